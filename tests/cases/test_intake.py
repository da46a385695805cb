"""One intake with one number from every door, no refusal, and hints that betray nothing (R7, R17, R87, D17)."""

from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from cases.models import Intake, IntakeDoor
from cases.rules import likeness as rules
from cases.selectors.likeness import Asked, alike
from cases.services import assessment, intake, opening
from cases.services.intake import Arrival
from cases.states import INTAKE_STEPS
from hopecare.kernel import errors
from hopecare.kernel.access import Principal, acting_as, system
from tests.cases.case_kit import ask, entries
from tests.cases.desk_kit import form_of, met, open_from, told
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person


def arrival(**fields):
    values = {"door": "phone", "name": "윤순덕", "phone": "010-0000-0078", "town": "hwado", "words": "난방비가 없어요."}
    return Arrival(**{**values, **fields})


@pytest.mark.rule("R7")
@pytest.mark.parametrize("door", IntakeDoor.values)
def test_every_door_gives_one_intake_with_one_number(door, hana):
    row = intake.take(by=hana.viewer, arrival=arrival(door=door))
    assert row.number == "2026-I-00001" and row.door == door and row.team.code == "east_mixed"


def test_somebody_at_a_public_page_is_taken_by_the_principal_alone(city):
    row = intake.take(by=system(Principal.INTAKE), arrival=arrival(door="simulator", words="", told={"persons": []}))
    assert row.typed_by_id is None
    with acting_as(system(Principal.INTAKE, subject="2026-I-99999")):
        assert not Intake.objects.exists(), "it reads the one it writes and no other"


def test_what_was_born_offline_is_taken_once(hana):
    same = UUID("0192f000-0000-7000-8000-000000000001")
    first, second = (intake.take(by=hana.viewer, arrival=arrival(client_id=same)) for _ in range(2))
    assert first.pk == second.pk


def test_a_caller_for_somebody_else_leaves_both_names(hana):
    with pytest.raises(errors.Impossible, match="no_caller"):
        intake.take(by=hana.viewer, arrival=arrival(for_another=True))
    row = intake.take(
        by=hana.viewer, arrival=arrival(for_another=True, caller_name="박이장", caller_phone="031-000-0999")
    )
    assert (row.name, row.caller_name) == ("윤순덕", "박이장")


@pytest.mark.rule("R17")
def test_there_is_no_way_to_refuse(hana):
    assert {step.after for step in INTAKE_STEPS} == {"open", "case", "answered"}
    row = intake.take(by=hana.viewer, arrival=arrival())
    with pytest.raises(errors.Impossible, match="not_agreed"):
        intake.answer(by=hana.viewer, number=row.number, words_said="해당이 안 됩니다", agreed=False)
    with as_owner(), pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.filter(pk=row.pk).update(state="refused")
    intake.answer(by=hana.viewer, number=row.number, words_said="주민센터 전화번호를 알려 드림", agreed=True)
    assert intake.open_again(by=hana.viewer, number=row.number).state == "open"


@pytest.mark.rule("R1")
@pytest.mark.rule("R87")
@pytest.mark.parametrize("income", [0, 1_282_000, 4_000_000])
def test_basic_recipient_near_poor_and_non_poor_walk_the_same_way(income, hana, ana):
    row = intake.take(by=hana.viewer, arrival=arrival(told={"persons": [{"id": "a", "earned_income": income}]}))
    case = opening.open_case(by=hana.viewer, opening=told(hana, ana, intake=row.number))
    ask(hana, case, {"living": "2"})
    with as_owner():
        row.refresh_from_db()
        case.refresh_from_db()
    assert (row.state, row.case_id, case.stage) == ("case", case.pk, "survey")


@pytest.mark.rule("R7")
def test_no_case_is_without_its_door(hana, ana):
    from_report = open_from(hana, ana, met(hana, ana))
    with as_owner():
        row = Intake.objects.get(case=from_report)
    assert (row.door, row.state, row.report_id is not None) == ("web", "case", True)


def test_it_joins_a_case_that_is_open(hana, chi):
    case = make_case(hana)
    row = intake.take(by=hana.viewer, arrival=arrival())
    with pytest.raises(errors.NotFound):
        intake.join_case(by=chi.viewer, number=row.number, case_number=case.number)
    intake.join_case(by=hana.viewer, number=row.number, case_number=case.number)
    assert "note" in entries(case)
    with pytest.raises(errors.Impossible):
        intake.answer(by=hana.viewer, number=row.number, words_said="x", agreed=True)


BORN = date(1948, 3, 2)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (rules.Known("윤 순덕", BORN), ("birth", "name")),
        (rules.Known("순덕 윤", BORN), ("birth", "name_turned")),
        (rules.Known("윤순독", date(1948, 2, 3)), ("birth_turned", "name_near")),
        (rules.Known("윤순덕", date(1948, 1, 1), True), ("name", "year")),
        (rules.Known("김말순", BORN), ("birth",)),
        (rules.Known("윤순덕", None, False, frozenset({"h"})), ("phone", "name")),
        (rules.Known("윤순덕", None, False, frozenset(), frozenset({"n"})), ("number", "name")),
    ],
)
def test_why_two_may_be_one(typed, expected):
    other = rules.Known("윤순덕", BORN, False, frozenset({"h"}), frozenset({"n"}))
    assert rules.reasons(typed, other) == expected
    assert rules.reasons(rules.Known("Lan Nguyen Thi"), rules.Known("Nguyen Thi Lan")) == ("name_turned",)


@pytest.mark.parametrize("name", ["윤순덕", "윤 순덕", "덕윤순", "순덕 윤", "윤순더"])
def test_the_database_finds_them_however_the_name_is_written(name, hana):
    case = make_case(hana)
    with acting_as(hana.viewer):
        found = alike(hana.viewer, Asked(name, BORN, 1948))
    assert [twin.case for twin in found.twins] == [case]


@pytest.mark.rule("D17")
def test_elsewhere_only_the_central_desk_is_named_and_for_some_nothing(hana, chi):
    case = make_case(hana)
    asked = Asked("윤순덕", BORN, 1948)
    with acting_as(chi.viewer):
        found = alike(chi.viewer, asked)
    assert (found.twins, found.elsewhere) == ((), True)
    assessment.raise_flag(by=hana.viewer, number=case.number, kind="violence")
    with acting_as(chi.viewer):
        assert not alike(chi.viewer, asked), "a hint would tell that she is somewhere"


@pytest.mark.rule("D17")
def test_the_sheet_shows_the_twin_or_only_a_telephone(hana, chi, as_):
    case = make_case(hana)
    typed = {"door": "phone", "for_another": "self", "name": "윤순덕", "birth": "1948-03-02", "words": "쌀이 없어요",
             "sex": "U", "town": "hwado"}  # fmt: skip
    mine = as_(hana).post("/desk/intake/new/", typed)
    theirs = as_(chi).post("/desk/intake/new/", typed)
    assert mine.status_code == theirs.status_code == 422
    assert case.number in mine.content.decode()
    page = theirs.content.decode()
    assert "031-000-0010" in page and case.number not in page and "송하나" not in page
    taken = as_(hana).post("/desk/intake/new/", {**typed, "take": "1"})
    assert taken.status_code == 302 and taken["Location"] == "/desk/intake/2026-I-00001/"


def test_the_opening_form_is_filled_in_from_the_sheet(hana, ana, as_):
    row = intake.take(by=hana.viewer, arrival=arrival(born=BORN))
    client = as_(hana)
    form = client.get(f"/desk/cases/new/?intake={row.number}").content.decode()
    assert 'value="윤순덕"' in form and 'value="1948-03-02"' in form and f'value="{row.number}"' in form
    assert client.post("/desk/cases/new/", form_of(hana, ana, intake=row.number)).status_code == 302
    assert client.get(f"/desk/intake/{row.number}/").context["intake"].case is not None


@pytest.mark.rule("D11")
def test_only_the_team_reads_it(hana, chi, fraud, as_):
    row = intake.take(by=hana.viewer, arrival=arrival())
    assert as_(hana).get(f"/desk/intake/{row.number}/").status_code == 200
    for other in (chi, fraud):
        assert as_(other).get(f"/desk/intake/{row.number}/").status_code == 404
    assert "윤순덕" not in as_(chi).get("/desk/intake/").content.decode()


def test_a_second_house_of_the_same_name_is_no_twin(hana):
    make_case(hana, make_person(household=make_household(), birth_date=date(1971, 6, 6), phone="010-0000-0500"))
    with acting_as(hana.viewer):
        assert not alike(hana.viewer, Asked("윤순덕", BORN, 1948, "010-0000-0078"))
