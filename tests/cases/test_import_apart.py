"""What another system sends goes to the record it means, whoever else may be the same person (D6)."""

import pytest

from cases.models import Benefit, ImportRow, ServiceRecord
from cases.services import imports, merging
from hopecare.kernel.models import Person
from tests.cases import import_kit as kit
from tests.cases.case_kit import consent
from tests.cases.import_kit import GIVEN, PEOPLE, ROWS, as_csv, states, take
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

PAID = ("대상자관리번호", "급여명", "보장시작일", "급여액")


@pytest.fixture
def mina(city):
    return kit.desk(city)


@pytest.fixture
def two(mina, hana, tmp_path):
    """Somebody of the city's file, and one of ours who is alike and has a case."""
    take(mina, as_csv(tmp_path / "people.csv", PEOPLE, [ROWS[0]]))
    with as_owner():
        merged = Person.objects.get(name="윤순덕")
    case = make_case(hana, make_person("윤순득", make_household(), phone="010-0000-0555"))
    consent(hana, case.main_person, "case_management")
    return case, merged


@pytest.fixture
def bring(mina, tmp_path):
    """A service and a benefit of the city's person."""

    def both(mark):
        given = as_csv(tmp_path / f"g{mark}.csv", GIVEN, [(f"V-{mark}", "P-1", "방문간호", f"2026-11-0{mark}", "")])
        paid = as_csv(tmp_path / f"p{mark}.csv", PAID, [("P-1", "생계급여", f"2026-0{mark}-01", "820,556")])
        return states(take(mina, given, "city_services")) + states(take(mina, paid, "city_benefits"))

    return both


def written():
    with as_owner():
        return [
            list(model.objects.order_by("pk").values_list("case_id", "person_id")) for model in (ServiceRecord, Benefit)
        ]


def merge(hana, case, merged):
    return merging.merge(by=hana.viewer, kept_id=case.main_person_id, merged_id=merged.pk, reasons=["phone"])


@pytest.mark.rule("D6")
def test_before_the_second_yes_nothing_of_one_is_written_with_the_other(two, bring, hana):
    case, merged = two
    merge(hana, case, merged)
    assert bring(1) == ["later", "later"] and written() == [[], []]
    own = make_case(hana, merged)
    assert imports.look_again() == 2
    assert written() == [[(own.pk, merged.pk)]] * 2


@pytest.mark.rule("D6")
def test_after_the_second_yes_it_comes_to_the_case_and_keeps_its_own_person(two, bring, hana, ana):
    case, merged = two
    merging.confirm(by=ana.viewer, merge_id=merge(hana, case, merged).pk)
    assert bring(1) == ["done", "done"]
    assert written() == [[(case.pk, merged.pk)]] * 2


@pytest.mark.rule("D6")
def test_taken_apart_nothing_of_one_stays_with_the_other(two, bring, hana, ana):
    case, merged = two
    row = merge(hana, case, merged)
    merging.confirm(by=ana.viewer, merge_id=row.pk)
    bring(1)
    merging.undo(by=hana.viewer, merge_id=row.pk, words="다른 분")
    assert written() == [[], []] and states(kind="services") == ["waiting"]
    imports.take_in()
    assert written() == [[], []] and states(kind="services") + states(kind="benefits") == ["later", "later"]
    own = make_case(hana, merged)
    imports.look_again()
    assert written() == [[(own.pk, merged.pk)]] * 2
    with as_owner():
        assert not ImportRow.objects.exclude(cells="").exists()


@pytest.mark.rule("R19", "D6")
def test_what_was_written_by_hand_for_one_is_not_written_again_for_the_other(two, bring, hana, ana):
    case, merged = two
    merging.confirm(by=ana.viewer, merge_id=merge(hana, case, merged).pk)
    assert bring(1) == ["done", "done"]
    with as_owner():
        ServiceRecord.objects.update(person=case.main_person, source="hand")
        ImportRow.objects.filter(kind="services").update(state="waiting", record=None)
    imports.take_in()
    assert [len(rows) for rows in written()] == [1, 1]
