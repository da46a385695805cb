"""Goal, tasks, agreement; what a volunteer needs to know, and consent first (R57, K1, K6)."""

from datetime import timedelta

import pytest

from cases.models import Action, Plan
from cases.services.plans import Wanted, add_action, change_action, set_action_state, set_goal, sign_off
from hopecare.kernel import errors
from hopecare.kernel.models import Category, Service
from tests.cases.case_kit import DAY, THURSDAY, again, consent, entries, goal, task
from tests.database import as_owner
from tests.factories import make_case


def codes(refusal):
    return {problem.code for problem in refusal.value.problems}


@pytest.mark.rule("K1")
def test_goal_then_agreement_lead_from_conference_to_delivery(hana):
    case = make_case(hana, stage="conference")
    goal(hana, case)
    assert again(case).stage == "planning"
    sign_off(by=hana.viewer, number=case.number, herself=True, signed_on=DAY)
    assert (again(case).stage, case.signed_off) == ("delivery", True)
    with as_owner():
        assert Plan.objects.get(case=case).signed_by_person_id == case.main_person_id


def test_without_agreement_the_reason_is_on_record(hana):
    case = make_case(hana)
    goal(hana, case)
    with pytest.raises(errors.Impossible, match="no_reason"):
        sign_off(by=hana.viewer, number=case.number, herself=False)
    plan = sign_off(by=hana.viewer, number=case.number, herself=False, reason="illness")
    assert (plan.signed_on, plan.unsigned_reason) == (None, "illness")
    assert again(case).signed_off is False


def test_a_new_goal_is_agreed_anew_and_the_same_goal_changes_nothing(hana):
    case = make_case(hana)
    first = goal(hana, case)
    assert goal(hana, case).pk == first.pk
    sign_off(by=hana.viewer, number=case.number, herself=True, signed_on=DAY)
    other = set_goal(by=hana.viewer, number=case.number, goal="self_reliance", words="")
    assert other.pk != first.pk
    assert again(case).signed_off is False


@pytest.mark.rule("R1")
def test_agreement_without_a_goal_is_not_possible(hana):
    case = make_case(hana)
    with pytest.raises(errors.Impossible, match="no_goal"):
        sign_off(by=hana.viewer, number=case.number, herself=True, signed_on=DAY)


def test_every_problem_of_a_task_is_told_at_once(hana):
    case = make_case(hana)
    wanted = Wanted(
        title=" ",
        category=Category.objects.get(code="care"),
        owner_kind="volunteer",
        due_on=DAY - timedelta(days=1),
        service=Service.objects.get(code="home_nursing"),
    )
    with pytest.raises(errors.Impossible) as refusal:
        add_action(by=hana.viewer, number=case.number, wanted=wanted)
    assert codes(refusal) == {
        "required",
        "past_day",
        "no_consent",
        "not_for_volunteers",
        "no_time",
        "no_minutes",
        "no_quarter",
    }


@pytest.mark.rule("K6")
def test_a_volunteer_is_wanted_only_with_the_persons_consent(hana):
    case = make_case(hana)
    with pytest.raises(errors.Impossible, match="no_consent"):
        task(hana, case, owner_kind="volunteer")
    consent(hana, case.main_person)
    assert task(hana, case, owner_kind="volunteer").at == THURSDAY
    consent(hana, case.main_person, given=False)
    with pytest.raises(errors.Impossible, match="no_consent"):
        task(hana, case, owner_kind="volunteer")


def test_a_task_belongs_to_the_house_of_its_owner(hana, ana):
    case = make_case(hana)
    assert task(hana, case).owner_organisation.code == "east_centre"
    assert task(hana, case, owner=ana.user).owner_organisation.code == "hwado_office"


def test_one_form_makes_one_task(hana):
    case = make_case(hana)
    task(hana, case, token="once")
    with pytest.raises(AssertionError):
        task(hana, case, token="once")
    with as_owner():
        assert Action.objects.filter(case=case).count() == 1


def test_a_task_that_moved_on_is_not_overwritten(hana, ana):
    case = make_case(hana)
    action = task(hana, case)
    shown = action.updated_at.isoformat()
    set_action_state(by=ana.viewer, action_id=action.pk, after="doing")
    with as_owner():
        Action.objects.filter(pk=action.pk).update(updated_at=action.updated_at + timedelta(seconds=1))
    wanted = Wanted(title="x", category=action.category, owner_kind="staff", due_on=DAY, owner=hana.user)
    with pytest.raises(errors.Impossible, match="overtaken"):
        change_action(by=hana.viewer, action_id=action.pk, wanted=wanted, seen_at=shown)


def test_done_is_done_once(hana):
    case = make_case(hana)
    action = task(hana, case)
    for _ in range(2):
        assert set_action_state(by=hana.viewer, action_id=action.pk, after="done").done_on == DAY
    assert entries(case).count("planned") == 2


def test_the_task_form_keeps_what_was_typed(hana, as_):
    case = make_case(hana)
    url = f"/desk/cases/{case.number}/plan/new/"
    answer = as_(hana).post(url, {"title": "목욕 도움", "owner_kind": "volunteer", "quarter": "마석 장터 근처"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "목욕 도움" in page and "마석 장터 근처" in page
    assert 'role="alert"' in page


@pytest.mark.rule("R35")
@pytest.mark.rule("D4")
def test_the_paper_has_one_named_contact_and_no_answers(hana, as_):
    case = make_case(hana)
    goal(hana, case)
    task(hana, case)
    page = as_(hana).get(f"/desk/cases/{case.number}/plan/paper/").content.decode()
    assert "송하나" in page and "031-000-0211" in page
    assert "에너지바우처" in page
    assert "hc-sev" not in page


def test_chi_can_neither_plan_nor_see(hana, chi, as_):
    case = make_case(hana)
    action = task(hana, case)
    with pytest.raises(errors.NotFound):
        task(chi, case)
    with pytest.raises(errors.NotFound):
        set_action_state(by=chi.viewer, action_id=action.pk, after="done")
    assert as_(chi).get(f"/desk/cases/{case.number}/plan/{action.pk}/").status_code == 404
