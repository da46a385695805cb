"""Closing asks all eight again and ends everything with its news; aftercare; opening again (R57, K1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Action, AftercareCheck, CaseMember, NeedAnswer
from cases.rules.closing import Change, aftercare_dates, months_later
from cases.selectors.work import changes_of
from cases.services.closing import close_case, record_aftercare, reopen_case
from cases.services.leads import grant_access
from cases.states import CASE_STEPS, CaseStage, demand_step
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from tests.cases.case_kit import DAY, TOLD, again, ask, consent, events, task
from tests.database import as_owner
from tests.factories import make_case, make_person

AFTER = {**TOLD, "care": "1", "emotion_culture": "2"}


def close(actor, case, values=None, **fields):
    words = {"reason": "improved", "words": "이제 이웃이랑 같이 먹어.", **fields}
    return close_case(by=actor.viewer, number=case.number, values=values or AFTER, **words)


def test_care_from_three_to_one(hana):
    case = make_case(hana)
    ask(hana, case, TOLD)
    close(hana, case)
    with acting_as(hana.viewer):
        changes = {change.category: change for change in changes_of(hana.viewer, case)}
    assert (changes["care"].before, changes["care"].after, changes["care"].difference) == ("3", "1", -2)
    assert changes["finance_legal"].difference is None
    with as_owner():
        assert NeedAnswer.objects.filter(case=case, phase="close").count() == 8, "what is unchanged is copied"


@pytest.mark.rule("R48")
@pytest.mark.rule("K1")
def test_aftercare_stands_in_the_calendar(hana):
    case = make_case(hana)
    close(hana, case)
    with as_owner():
        checks = list(AftercareCheck.objects.filter(case=case).order_by("due_on").values_list("months", "due_on"))
    assert checks == [(3, date(2027, 2, 23)), (6, date(2027, 5, 23)), (12, date(2027, 11, 23))]


def test_all_eight_are_asked_again_before_closing(hana):
    case = make_case(hana)
    with pytest.raises(errors.Impossible) as refusal:
        close(hana, case, {"living": "1"})
    assert {problem.field for problem in refusal.value.problems} == set(TOLD) - {"living"}
    assert again(case).is_open


@pytest.mark.rule("D15")
def test_after_a_death_nobody_is_asked_and_nobody_rings(hana):
    case = make_case(hana)
    close(hana, case, {"living": "unasked"}, reason="died", words="")
    with as_owner():
        assert not AftercareCheck.objects.filter(case=case).exists()


def test_closing_calls_off_what_is_open_and_tells_it(hana):
    case = make_case(hana)
    consent(hana, case.main_person)
    staff, volunteer = task(hana, case), task(hana, case, owner_kind="volunteer")
    close(hana, case)
    with as_owner():
        assert set(Action.objects.filter(case=case).values_list("state", flat=True)) == {"cancelled"}
        assert not CaseMember.objects.filter(case=case, ends_on=None).exists()
    assert {payload["action_id"] for payload in events("action.cancelled")} == {staff.pk, volunteer.pk}
    assert [payload["reason"] for payload in events("case.closed")] == ["improved"]


@pytest.mark.rule("R58")
def test_closing_ends_single_accesses(hana, chi):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    grant_access(
        by=hana.viewer, number=case.number, user=chi.user, until=DAY + timedelta(days=9), reason="휴가 동안 대신"
    )
    assert case.pk in chi.viewer.case_ids
    close(hana, case)
    assert case.pk not in chi.viewer.case_ids


def test_closing_twice_is_closing_once(hana):
    case = make_case(hana)
    close(hana, case)
    close(hana, case, reason="moved")
    assert again(case).close_reason == "improved"
    assert len(events("case.closed")) == 1


def test_opening_again_keeps_the_number_and_the_lead(hana):
    case = make_case(hana)
    close(hana, case)
    reopen_case(by=hana.viewer, number=case.number, reason="다시 넘어지심")
    assert (again(case).stage, case.closed_at, case.lead_id) == ("delivery", None, hana.id)
    with as_owner():
        assert CaseMember.objects.filter(case=case, user=hana.user, ends_on=None).count() == 1
    close(hana, case)
    assert not again(case).is_open


def test_a_household_has_one_open_case(hana):
    case = make_case(hana)
    close(hana, case)
    other = make_case(hana, make_person("다른", case.household, phone="010-0000-0099"))
    assert other.household_id == case.household_id
    with pytest.raises(errors.Impossible, match="other_case"):
        reopen_case(by=hana.viewer, number=case.number, reason="다시")


def test_aftercare_is_written_once(hana):
    case = make_case(hana)
    close(hana, case)
    with as_owner():
        check = AftercareCheck.objects.filter(case=case).earliest("due_on")
    for words in ("잘 지내심", "두 번째"):
        record_aftercare(by=hana.viewer, check_id=check.pk, done_on=DAY, words=words)
    with as_owner():
        check.refresh_from_db()
    assert (check.words, check.done_by_id) == ("잘 지내심", hana.id)


def test_chi_cannot_close(hana, chi):
    case = make_case(hana)
    with pytest.raises(errors.NotFound):
        close(chi, case)
    assert again(case).is_open


STAGES = list(CaseStage)


@given(st.lists(st.sampled_from(STAGES), min_size=1, max_size=12))
def test_whatever_is_tried_a_case_walks_only_listed_steps(path):
    """A machine over CASE_STEPS: from every stage a case can be closed, and a closed one only opens again."""
    stage = CaseStage.INTAKE
    for wanted in path:
        try:
            demand_step(CASE_STEPS, stage, wanted, "")
        except errors.Impossible:
            continue
        assert stage != CaseStage.CLOSED or wanted == CaseStage.DELIVERY
        stage = wanted
    assert stage == CaseStage.CLOSED or any(s.before == stage and s.after == CaseStage.CLOSED for s in CASE_STEPS)


@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)), st.integers(1, 24))
def test_months_later_is_never_another_month(day, months):
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_dates_are_data():
    assert [months for months, _ in aftercare_dates(DAY, "improved")] == [3, 6, 12]
    assert aftercare_dates(DAY, "died") == []


def test_nothing_counts_as_zero():
    assert Change("living", "2", "none").difference == -2
    assert Change("living", "unasked", "1").difference is None


def test_the_closing_page_asks_links_and_keeps(hana, as_):
    case = make_case(hana)
    url = f"/desk/cases/{case.number}/close/"
    answer = as_(hana).post(url, {"reason": "improved", "words": "많이 나아졌어", "need_living": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "많이 나아졌어" in page and "#id_need_care_group" in page
    answers = {f"need_{code}": value for code, value in AFTER.items()}
    done = as_(hana).post(url, {"reason": "improved", "words": "많이 나아졌어", **answers})
    assert done.status_code == 302
    picture = as_(hana).get(done["Location"]).content.decode()
    assert "<svg" in picture and "<table" in picture
    assert clock.today() == DAY
