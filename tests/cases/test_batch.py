"""One service for many people: a list, ticks, what is given twice on its line (R20, R56, D5, K13)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Overlap, ServiceRecord, TimelineEntry
from cases.rules.checks import Override
from cases.selectors.batch import called, per_household
from cases.services.batch import Batch, record_batch
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import FundSource, Organisation, Person, ProviderKind, Service
from tests.cases.case_kit import DAY
from tests.cases.sharing_kit import record
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

NO = Override()


def cases_of(actor, count, town="hwado"):
    return [
        make_case(actor, make_person(f"김가{sign}", make_household(town), phone=f"010-0000-1{number:03d}"), town=town)
        for number, sign in enumerate("가나다라마바사아자차카타"[:count])
    ]


def batch(service="hair_care", **fields):
    values = {
        "service": Service.objects.get(code=service),
        "provider_kind": ProviderKind.objects.get(code="private"),
        "provider": Organisation.objects.get(code="east_centre"),
        "given_on": DAY,
    }
    return Batch(**{**values, **fields})


def line(case, person=None):
    return case.pk, (person or case.main_person).pk


def spelt(case, person=None):
    return "{}-{}".format(*line(case, person))


def give(actor, cases, why=NO, **fields):
    return record_batch(by=actor.viewer, batch=batch(**fields), ticked={line(case): why for case in cases})


@pytest.mark.rule("R56")
def test_a_list_is_written_once_with_its_timeline(hana):
    cases = cases_of(hana, 3)
    assert (give(hana, cases, token="sheet-1"), give(hana, cases, token="sheet-1")) == (3, 0)
    with as_owner():
        assert ServiceRecord.objects.filter(service__code="hair_care", given_on=DAY).count() == 3
        assert TimelineEntry.objects.filter(kind="service", by_name=hana.user.name).count() == 3


def test_a_long_list_costs_as_many_queries_as_a_short_one(hana):
    cases, costs = cases_of(hana, 12), []
    for service, some in (("meals", cases[:1]), ("laundry", cases)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            give(hana, some, service=service)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 17


@pytest.mark.rule("R20")
def test_the_line_that_is_given_twice_stops_the_sheet_until_it_has_a_reason(hana):
    cases = cases_of(hana, 3)
    record(cases[1], "meals", giver="central")
    with pytest.raises(errors.Impossible) as refusal:
        give(hana, cases, service="meals")
    assert {problem.field for problem in refusal.value.problems} == {f"line_{spelt(cases[1])}"}
    assert give(hana, cases, Override("agreed"), service="meals") == 3
    with as_owner():
        assert list(Overlap.objects.values_list("case_id", "reason")) == [(cases[1].pk, "agreed")]


@pytest.mark.rule("K13")
def test_gifts_pay_a_list_no_other_way_than_one(hana):
    with pytest.raises(errors.Impossible, match="other_purpose"):
        give(hana, cases_of(hana, 1), service="companionship", amount_won=9_000,
             fund_source=FundSource.objects.get(code="gift_medical"))  # fmt: skip


@pytest.mark.rule("D5")
def test_a_pasted_sheet_finds_namesakes_and_never_the_sealed_or_the_strangers(hana, chi):
    first, second = cases_of(hana, 2)
    strange = make_case(chi, make_person("박나라", make_household("jinjeop"), phone="010-0000-2000"), town="jinjeop")
    with as_owner():
        Person.objects.filter(pk=second.main_person_id).update(sealed=True)
    sheet = f"1. 김 가가 (78)\n김가나\n박나라\n{strange.number}\n2026-000000"
    with acting_as(hana.viewer) as viewer:
        found = called(viewer, scope="names", names=sheet)
    assert [one.key for one in found.lines] == [line(first)]
    assert found.unknown == ("김가나", "박나라", strange.number, "2026-000000")
    with pytest.raises(errors.NotFound):
        give(hana, [first, strange])


def test_the_page_shows_ticks_keeps_and_writes(hana, as_):
    cases, client = cases_of(hana, 3), as_(hana)
    record(cases[2], "meals", giver="central")
    told = batch("meals")
    body = {
        "service": told.service.pk, "provider": told.provider.pk, "provider_kind": told.provider_kind.pk,
        "given_on": f"{DAY}", "scope": "mine", "token": "t1",
    }  # fmt: skip
    url, ids = "/desk/services/list/", [spelt(case) for case in cases]
    assert client.get(url).status_code == 200
    shown = client.post(url, {**body, "show": "all"}).content.decode()
    assert shown.count(" checked") >= 3 and "김가다" in shown and f'name="reason_{ids[2]}"' in shown
    picked = {**body, "row": ids, "got": ids[1:], "save": "1"}
    asked = client.post(url, picked)
    text = asked.content.decode()
    assert (
        asked.status_code == 422
        and f'id="asks-{ids[2]}"' in text
        and f'value="{ids[1]}" id="got-{ids[1]}" checked' in text
    )
    assert client.post(url, {**picked, f"reason_{ids[2]}": "agreed"}).status_code == 302
    with as_owner():
        assert set(ServiceRecord.objects.filter(source="hand").values_list("case_id", flat=True)) == {
            case.pk for case in cases[1:]
        }


@pytest.fixture
def family(hana):
    """Ga-ga with two children, a grown daughter elsewhere, and a mother who has died."""
    case = cases_of(hana, 1)[0]
    told = {
        "윤하늘": ("child", 2016),
        "윤바다": ("child", 2019),
        "윤강산": ("child", 1998),
        "윤어머니": ("parent", 1930),
    }
    people = {
        name: make_person(name, case.household, phone="", relation=relation, birth_date=DAY.replace(year=year))
        for name, (relation, year) in told.items()
    }
    with as_owner():
        Person.objects.filter(pk=people["윤어머니"].pk).update(state="died")
        people["윤강산"].memberships.update(lives_here=False)
        keys = Person.objects.get(pk=case.main_person_id).scope_keys
        for one in people.values():
            one.memberships.update(scope_keys=keys)
            Person.objects.filter(pk=one.pk).update(scope_keys=keys)
    return case, people


@pytest.mark.rule("R56")
def test_every_member_of_a_household_is_found_beside_its_name(hana, family, as_):
    case, people = family
    with acting_as(hana.viewer) as viewer:

        def found(**told):
            return [one.person.name for one in called(viewer, **{"scope": "mine", **told}).lines]

        assert found() == ["김가가"]
        assert found(who="all") == ["김가가", "윤하늘", "윤바다"], "who lives there and is alive"
        assert found(who="children") == ["윤하늘", "윤바다"]
        assert found(scope="names", names="윤하늘\n김가가") == ["김가가", "윤하늘"]
        assert found(who="children", together=True) == ["윤하늘"], "one line for what counts for the household"
        with as_owner():
            Person.objects.filter(pk=people["윤하늘"].pk).update(sealed=True)
        assert found(who="all") == ["김가가", "윤바다"]
    with as_owner():
        Person.objects.update(sealed=False)
    body = {"scope": "names", "names": "윤바다", "service": batch("meals").service.pk, "provider": batch().provider.pk,
            "provider_kind": batch().provider_kind.pk, "given_on": f"{DAY}", "show": "all"}  # fmt: skip
    page = as_(hana).post("/desk/services/list/", body).content.decode()
    assert "김가가 댁" in page and f'value="{spelt(case, people["윤바다"])}"' in page


@pytest.mark.rule("R20")
def test_what_a_child_receives_is_the_child_s_and_is_asked_about_alone(hana, family):
    case, people = family
    first, second = people["윤하늘"], people["윤바다"]
    record(case, "hair_care", giver="central", person_id=second.pk)
    ticked = {line(case, one): NO for one in (first, second)}
    with pytest.raises(errors.Impossible) as refusal:
        record_batch(by=hana.viewer, batch=batch("hair_care"), ticked=ticked)
    assert {problem.field for problem in refusal.value.problems} == {f"line_{spelt(case, second)}"}
    ticked[line(case, second)] = Override("agreed")
    assert record_batch(by=hana.viewer, batch=batch("hair_care"), ticked=ticked) == 2
    with as_owner():
        got = ServiceRecord.objects.filter(source="hand", service__code="hair_care", provider__code="east_centre")
        assert set(got.values_list("person_id", flat=True)) == {first.pk, second.pk}


def test_what_counts_for_a_household_is_written_once_and_strangers_of_it_never(hana, family):
    case, people = family
    shared = next(service for service in Service.objects.filter(category__isnull=False) if per_household(service))
    ticked = {line(case): NO, line(case, people["윤하늘"]): NO}
    assert record_batch(by=hana.viewer, batch=batch(shared.code), ticked=ticked) == 1
    other = make_person("다른", make_household(), phone="")
    for stranger in (other, people["윤강산"], people["윤어머니"]):
        with pytest.raises(errors.NotFound):
            record_batch(by=hana.viewer, batch=batch(), ticked={line(case, stranger): NO})
