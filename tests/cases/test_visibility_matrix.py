"""The matrix of docs/visibility_matrix.md, every cell opened through both walls (R9, R37, D5, D6, D11, K6, K7)."""

import pytest
import yaml

from cases.rules.visibility import CONTENTS, relations, sees
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
    "none": ("north_centre",),
    "locked": ("east_centre", "east_mixed"),
    "sealed": ("east_centre", "east_mixed"),
    "partner": ("hanbit",),
}


def _case(hana, number):
    household = make_household()
    case = make_case(hana, make_person(f"김가{number}", household, phone=f"010-0000-{number:04d}"))
    kit.fill(case, hana.user)
    return case


@pytest.mark.rule("D11")
@pytest.mark.rule("K6")
@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_matrix_holds_behind_both_walls(role, city, hana, gil):
    may = set(ROLES[role]["may"])
    people = {name: hire(f"{role}_{name}", role, *place) for name, place in PLACES.items()}
    case, sealed = _case(hana, 1), _case(hana, 2)
    kit.lock(case, people["locked"].user)
    kit.grant(case, people["exception"].user)
    house = Organisation.objects.get(code="hanbit")
    kit.share(case, house, hana.user)
    with as_owner():
        Person.objects.filter(pk=sealed.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + hana.id)])
    wrong, levels = [], {"level": -1, "ground": None, "health": None}
    for relation in relations():
        chosen = sealed if relation.name == "sealed" else case
        if relation.name == "partner":
            _stand(case, house, relation, levels, hana.user)
        kit.lead(case, people["lead"].user if relation.name == "lead" else hana.user)
        viewer = people[relation.name].viewer
        expected = {content for content in CONTENTS if sees(may, relation, content)}
        for ours in (True, False):
            met = kit.contents(viewer, chosen, ours=ours)
            if met != expected:
                wrong.append((relation, "ours" if ours else "database", sorted(met ^ expected)))
    assert wrong == []


def _stand(case, house, relation, levels, user):
    """The agreement's level and the person's consents as this row of the matrix wants them."""
    if levels["level"] != relation.level:
        kit.agree(case.provider, house, relation.level)
    if levels["ground"] != relation.ground:
        kit.ground(case, user, "case_management", given=relation.ground)
    if levels["health"] != relation.health:
        kit.ground(case, user, "health", given=relation.health)
    levels.update(level=relation.level, ground=relation.ground, health=relation.health)


def test_the_matrix_has_something_to_hide_and_something_to_show():
    cells = [sees(entry["may"], relation, content)
             for entry in ROLES.values() for relation in relations() for content in CONTENTS]  # fmt: skip
    assert 0.1 < sum(cells) / len(cells) < 0.5
    fraud = ROLES["fraud_reviewer"]["may"]
    assert not any(sees(fraud, relation, content) for relation in relations() for content in CONTENTS)
