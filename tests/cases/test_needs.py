"""The grid: several visits, several people, conflicts cell by cell, and the stages of K1."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.models import NeedAnswer, Voice
from cases.rules import needs as rules
from cases.selectors.work import cells_of, newest_cells
from cases.services.needs import Asked, Overtaken, record_answers, record_means
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as
from hopecare.messaging.models import Message
from tests.cases.case_kit import TOLD, again, ask, entries
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person


def answers(case):
    with as_owner():
        return list(NeedAnswer.objects.filter(case=case).order_by("pk"))


@pytest.mark.rule("K1")
def test_the_first_answer_begins_the_survey_and_the_eighth_ends_it(hana):
    case = make_case(hana)
    ask(hana, case, {"living": "3"})
    assert again(case).stage == "survey"
    ask(hana, case, {key: value for key, value in TOLD.items() if key != "living"})
    assert again(case).stage == "conference"
    assert entries(case).count("assessed") == 2


@pytest.mark.rule("K1")
def test_something_critical_goes_to_the_conference_at_once(hana):
    case = make_case(hana)
    ask(hana, case, {"health": "4"})
    assert again(case).stage == "conference"


def test_not_asked_writes_nothing_and_asked_and_nothing_does(hana):
    case = make_case(hana)
    ask(hana, case, {"living": "unasked", "education": "none", "finance_legal": "private", "health": "0"})
    assert [(row.answer, row.severity) for row in answers(case)] == [
        ("nothing", None),
        ("private", None),
        ("severity", 0),
    ]


def test_what_was_asked_cannot_become_unasked(hana):
    case = make_case(hana)
    ask(hana, case, {"living": "2"})
    with pytest.raises(errors.Impossible, match="already_asked"):
        ask(hana, case, {"living": "unasked"}, before={"living": "2"}, seen={"living": answers(case)[0].pk})


def test_a_review_copies_what_is_unchanged(hana):
    case = make_case(hana)
    ask(hana, case, {"living": "3", "care": "3"})
    ask(hana, case, {"living": "3", "care": "1"}, phase="review", before={"living": "3", "care": "3"})
    rows = [(row.phase, row.severity) for row in answers(case)]
    assert rows == [("open", 3), ("open", 3), ("review", 3), ("review", 1)]
    ask(hana, case, {"living": "3", "care": "1"}, phase="review", before={"living": "3", "care": "1"})
    assert len(answers(case)) == 4, "a form sent twice writes once"


def test_two_colleagues_fill_different_cells_at_once(hana, ana):
    case = make_case(hana)
    ask(hana, case, {"living": "3", "care": "unasked"})
    ask(ana, case, {"living": "unasked", "care": "2"})
    with acting_as(hana.viewer):
        cells = newest_cells(hana.viewer, case)[case.main_person_id]
    assert {code: cell.value for code, cell in cells.items()} == {"living": "3", "care": "2"}


def test_the_same_cell_changed_by_two_is_a_conflict_of_that_cell_only(hana, ana):
    case = make_case(hana)
    ask(hana, case, {"living": "3"})
    with pytest.raises(Overtaken) as refusal:
        ask(ana, case, {"living": "1", "care": "2"})
    assert set(refusal.value.cells) == {"living"}
    assert refusal.value.cells["living"].by_name == "송하나"
    assert len(answers(case)) == 1, "nothing half-written"


def test_after_looking_at_both_mine_stands(hana, ana):
    case = make_case(hana)
    ask(hana, case, {"living": "3"})
    seen = answers(case)[0].pk
    ask(ana, case, {"living": "1"}, seen={"living": seen}, before={"living": "3"})
    with acting_as(hana.viewer):
        assert cells_of(hana.viewer, case, case.main_person_id)["living"].value == "1"


def test_one_form_counts_once(hana):
    case = make_case(hana)
    for _ in range(2):
        ask(hana, case, {"living": "3"}, phase="review", token="the-same-form", own_words="혼자 먹으면 밥맛이 없어.")
    assert len(answers(case)) == 1
    with as_owner():
        assert Voice.objects.filter(case=case).count() == 1


@pytest.mark.rule("D4")
def test_each_adult_keeps_a_private_note_of_their_own(hana, as_):
    house = make_household()
    case = make_case(hana, make_person(household=house))
    husband = make_person("배영호", house, phone="010-0000-0079", relation="spouse")
    with as_owner():
        husband.memberships.update(scope_keys=again(case).main_person.scope_keys)
    ask(hana, case, {"care": "3"}, private_note="남편이 때린 적이 있다고 하심")
    own = as_(hana).get(f"/desk/cases/{case.number}/needs/{case.main_person_id}/").content.decode()
    assert "때린 적" in own, "the note is there to leak"
    for path in (f"needs/{husband.pk}/", "needs/household/", "needs/", "plan/paper/", ""):
        page = as_(hana).get(f"/desk/cases/{case.number}/{path}")
        assert page.status_code == 200
        assert "때린 적" not in page.content.decode(), path


@pytest.mark.rule("D8")
def test_a_worry_about_money_goes_to_the_lead_in_words_that_tell_nothing(hana, ana):
    case = make_case(hana)
    ask(ana, case, {"living": "2"}, phase="review", money="worry")
    with as_owner():
        message = Message.objects.get(purpose="money_worry")
    assert message.recipient_id == str(hana.id)
    assert "윤순덕" not in message.body


@pytest.mark.rule("D4")
def test_somebody_of_another_household_is_not_asked_here(hana):
    case, stranger = make_case(hana), make_person("박철수", phone="010-0000-0080")
    with pytest.raises(errors.NotFound):
        ask(hana, case, {"living": "2"}, person_id=stranger.pk)


@pytest.mark.rule("R37")
def test_income_needs_its_own_permission(hana, someone):
    case = make_case(hana)
    record_means(by=hana.viewer, number=case.number, monthly_income_won=1_310_000, household_size=1)
    nurse = someone("nurse")
    with pytest.raises(errors.Forbidden):
        record_means(by=nurse.viewer, number=case.number, monthly_income_won=0, household_size=1)


def test_chi_cannot_ask(hana, chi):
    case = make_case(hana)
    with pytest.raises(errors.NotFound):
        ask(chi, case, {"living": "2"})


VALUE = st.sampled_from(rules.VALUES)


@given(
    mine=st.dictionaries(st.sampled_from(sorted(TOLD)), VALUE),
    theirs=st.dictionaries(st.sampled_from(sorted(TOLD)), VALUE),
)
def test_no_answer_of_a_colleague_is_overwritten_unseen(mine, theirs):
    """Whatever two people choose on the same empty form: a cell both answered differently is always a conflict."""
    now = {code: rules.Cell(value, 7) for code, value in theirs.items() if value != rules.UNASKED}
    found = rules.conflicts(mine, {}, now, {})
    both = {code for code in mine if code in now and mine[code] not in {rules.UNASKED, now[code].value}}
    assert set(found) == both


@given(
    st.sampled_from(["intake", "survey", "conference", "planning", "delivery", "closed"]), st.lists(VALUE, max_size=8)
)
@settings(max_examples=60)
def test_answers_never_move_a_case_backwards(stage, values):
    after = rules.stage_after(stage, values, values)
    assert after is None or (stage, after) in {("intake", "survey"), ("intake", "conference"), ("survey", "conference")}


def test_a_form_that_conflicts_comes_back_with_everything_typed(hana, ana, as_):
    case = make_case(hana)
    url = f"/desk/cases/{case.number}/needs/{case.main_person_id}/"
    ask(ana, case, {"living": "3"})
    typed = {"phase": "open", "need_living": "1", "seen_living": "0", "before_living": "unasked", "own_words": "괜찮아"}
    answer = as_(hana).post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "안서연" in page and "괜찮아" in page
    seen = answers(case)[0].pk
    assert f'value="{seen}"' in page, "what the others wrote counts as seen now"
    again_typed = {**typed, "seen_living": seen, "before_living": "3"}
    assert as_(hana).post(url, again_typed).status_code == 302
    assert answers(case)[-1].severity == 1


def test_record_answers_needs_a_case_that_is_open(hana):
    case = make_case(hana)
    with as_owner():
        type(case).objects.filter(pk=case.pk).update(stage="closed", closed_at=case.opened_at, close_reason="improved")
    with pytest.raises(errors.Impossible, match="closed"):
        record_answers(
            by=hana.viewer, number=case.number, person_id=None, phase="open", asked=Asked(values={"living": "1"})
        )
