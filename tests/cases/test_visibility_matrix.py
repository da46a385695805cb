"""The matrix of docs/visibility_matrix.md, every cell opened through both walls (R9, R37, D5, D6, D11, K6, K7)."""

from datetime import date

import pytest
import yaml

from cases.rules.visibility import CONTENTS, relations, sees
from hopecare.kernel import clock
from hopecare.kernel.models import Organisation, Person
from hopecare.kernel.services.city import DATA
from tests.cases import sharing_kit as kit
from tests.cast import hire
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

ROLES = yaml.safe_load((DATA / "roles.yaml").read_text())
PLACES = {
    "lead": ("east_centre", "east_mixed"),
    "team": ("north_centre", "east_mixed"),
    "organisation": ("east_centre",),
    "exception": ("north_centre",),
    "let_in": ("north_centre",),
    "none": ("north_centre",),
    "locked": ("east_centre", "east_mixed"),
    "sealed": ("east_centre", "east_mixed"),
    "partner": ("hanbit",),
    "city_official": ("hwado_office", "east_mixed"),
    "city_danger": ("hanbit", "east_mixed"),
    "city_colleague": ("hanbit", "east_mixed"),
}


#: Born on which day the other person of the household is.
BORN = {"adult": date(1960, 3, 4), "child": date(2012, 3, 4)}


def _case(hana, number, whose="", **fields):
    household = make_household()
    case = make_case(hana, make_person(f"김가{number}", household, phone=f"010-0000-{number:04d}"), **fields)
    other = make_person(f"이나{number}", household, phone="", birth_date=BORN[whose]) if whose else None
    kit.fill(case, hana.user, other)
    case.other = other
    return case


@pytest.mark.rule("D11")
@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
@pytest.mark.rule("K10")
@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_matrix_holds_behind_both_walls(role, city, hana, gil):
    may = set(ROLES[role]["may"])
    people = {name: hire(f"{role}_{name}", role, *place) for name, place in PLACES.items()}
    case, sealed = _case(hana, 1), _case(hana, 2)
    kit.lock(case, people["locked"].user)
    kit.grant(case, people["exception"].user)
    kit.grant(case, people["let_in"].user, notes_from=clock.today())
    house, office = (Organisation.objects.get(code=code) for code in ("hanbit", "hwado_office"))
    city = _case(hana, 3, kind="public", provider=office)
    kit.break_glass(city, people["city_danger"].user)
    others = {(who, False): _case(hana, number, who) for number, who in enumerate(BORN, start=4)}
    for number, who in enumerate(BORN, start=6):
        others[who, True] = _case(hana, number, who, kind="public", provider=office)
    for shared in (case, city, *others.values()):
        kit.share(shared, house, hana.user)
    with as_owner():
        Person.objects.filter(pk=sealed.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + hana.id)])
    wrong, stood = [], {}
    for relation in relations():
        chosen = {"sealed": sealed, "city_official": city}.get(relation.name, city if relation.public else case)
        chosen = others[relation.whose, relation.public] if relation.whose else chosen
        if relation.name in {"partner", "city_colleague"} or chosen is city:
            _stand(chosen, house, relation, stood, hana.user)
        kit.lead(case, people["lead"].user if relation.name == "lead" else hana.user)
        viewer = people[relation.name].viewer
        expected = {content for content in CONTENTS if sees(may, relation, content)}
        for ours in (True, False):
            met = kit.contents(viewer, chosen, ours=ours)
            if met != expected:
                wrong.append((relation, "ours" if ours else "database", sorted(met ^ expected)))
    assert wrong == []


def _stand(case, house, relation, stood, user):
    """The agreement's level and the person's grounds as this row of the matrix wants them."""
    wanted = {"case_management": relation.ground, "health": relation.health}
    if stood.get(case.provider) != relation.level:
        kit.agree(case.provider, house, relation.level)
        stood[case.provider] = relation.level
    before = stood.setdefault(case.pk, {})
    for purpose in ("case_management", "health"):
        if before.get(purpose) != wanted[purpose]:
            kit.stand(case, user, purpose, wanted[purpose])
    before.update(wanted)
    if relation.whose:
        for purpose, said in (("case_management", relation.own), ("health", relation.own_health)):
            kit.stand(case, user, purpose, said, case.other)


def test_the_matrix_has_something_to_hide_and_something_to_show():
    cells = [sees(entry["may"], relation, content)
             for entry in ROLES.values() for relation in relations() for content in CONTENTS]  # fmt: skip
    assert 0.05 < sum(cells) / len(cells) < 0.5
    fraud = ROLES["fraud_reviewer"]["may"]
    assert not any(sees(fraud, relation, content) for relation in relations() for content in CONTENTS)
