"""The steps of an action under chance, and what a volunteer may know (R47, K6, D5, D15)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Action
from cases.selectors.tasks import may_ask_volunteers, task_card, task_cards, task_place_after_yes
from cases.services import actions
from cases.states import ACTION_STEPS, ActionState
from hopecare.kernel import errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Person, PersonState
from tests.cases.case_kit import DAY, THURSDAY, consent, entries, events, task
from tests.database import as_owner
from tests.factories import make_case

OFFERS = system(Principal.OFFERS)


@pytest.fixture
def wanted(hana):
    """A volunteer's Thursday, with consent."""
    case = make_case(hana)
    consent(hana, case.main_person)
    return task(hana, case, owner_kind="volunteer")


def state(action):
    with as_owner():
        return Action.objects.get(pk=action.pk).state


def test_asked_said_yes_was_there(wanted):
    actions.mark_offered(by=OFFERS, action_id=wanted.pk)
    actions.mark_booked(by=OFFERS, action_id=wanted.pk, helper_name="한보순")
    actions.mark_done_by_volunteer(by=OFFERS, action_id=wanted.pk, on=THURSDAY.date())
    assert state(wanted) == "done"
    assert entries(wanted.case).count("offer") == 3


def test_a_second_yes_of_the_same_changes_nothing_and_of_another_is_refused(wanted):
    actions.mark_offered(by=OFFERS, action_id=wanted.pk)
    for _ in range(2):
        actions.mark_booked(by=OFFERS, action_id=wanted.pk, helper_name="한보순")
    with pytest.raises(errors.Impossible, match="already_booked"):
        actions.mark_booked(by=OFFERS, action_id=wanted.pk, helper_name="문보라")
    assert entries(wanted.case).count("offer") == 2


def test_one_yes_is_one_date_a_weekly_task_is_open_again_for_the_next_week(hana):
    case = make_case(hana)
    consent(hana, case.main_person)
    action = task(hana, case, owner_kind="volunteer", weekly=True)
    actions.mark_offered(by=OFFERS, action_id=action.pk)
    actions.mark_booked(by=OFFERS, action_id=action.pk, helper_name="한보순")
    actions.mark_done_by_volunteer(by=OFFERS, action_id=action.pk, on=THURSDAY.date())
    with as_owner():
        action.refresh_from_db()
    assert (action.state, action.at, action.done_on) == ("open", THURSDAY + actions.WEEK, THURSDAY.date())


def test_cancelled_tells_whoever_offered_it(hana, wanted):
    actions.mark_offered(by=OFFERS, action_id=wanted.pk)
    for _ in range(2):
        actions.cancel(by=hana.viewer, action_id=wanted.pk, reason="not_needed")
    assert [payload["was"] for payload in events("action.cancelled")] == ["offered"]


def test_chi_cannot_take_a_step(chi, wanted):
    for step in (actions.mark_offered, actions.reopen):
        with pytest.raises(errors.NotFound):
            step(by=chi.viewer, action_id=wanted.pk)
    assert state(wanted) == "open"


STEPS = st.lists(st.sampled_from(["offer", "book", "reopen", "done", "cancel"]), min_size=1, max_size=8)
ALLOWED = {(step.before, step.after) for step in ACTION_STEPS}


@given(STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_only_listed_steps_are_taken(wanted, steps):
    """A machine over ACTION_STEPS: each call either takes a listed step or changes nothing."""
    with as_owner():
        Action.objects.filter(pk=wanted.pk).update(state="open", helper_name="", done_on=None)
    run = {
        "offer": lambda: actions.mark_offered(by=OFFERS, action_id=wanted.pk),
        "book": lambda: actions.mark_booked(by=OFFERS, action_id=wanted.pk, helper_name="한보순"),
        "reopen": lambda: actions.reopen(by=OFFERS, action_id=wanted.pk),
        "done": lambda: actions.mark_done_by_volunteer(by=OFFERS, action_id=wanted.pk, on=DAY),
        "cancel": lambda: actions.cancel(by=OFFERS, action_id=wanted.pk, reason="not_needed"),
    }
    for step in steps:
        before = state(wanted)
        try:
            run[step]()
        except errors.Impossible:
            assert state(wanted) == before
        after = state(wanted)
        assert after == before or (ActionState(before), ActionState(after)) in ALLOWED


@pytest.mark.rule("K6")
def test_the_card_has_no_name_no_need_and_no_money(hana, wanted):
    with acting_as(OFFERS):
        card = task_card(OFFERS, wanted.pk)
    assert card is not None and card.may_be_asked
    assert (card.town, card.service, card.quarter, card.person_sex) == ("hwado", "companionship", "마석 장터 근처", "F")
    assert card.contact_phone == "031-000-0211"
    assert "윤순덕" not in repr(card) and "파란 대문" not in repr(card)


@pytest.mark.rule("K6")
def test_the_place_is_told_after_yes_and_with_consent_only(hana, wanted):
    def place():
        with acting_as(OFFERS):
            return task_place_after_yes(OFFERS, wanted.pk)

    assert place() is None, "not before the yes"
    actions.mark_offered(by=OFFERS, action_id=wanted.pk)
    actions.mark_booked(by=OFFERS, action_id=wanted.pk, helper_name="한보순")
    found = place()
    assert found is not None and found.directions == "마석 장터 뒤 파란 대문 2층"
    consent(hana, wanted.case.main_person, given=False)
    assert place() is None
    with acting_as(hana.viewer):
        assert may_ask_volunteers(wanted.case) is False


@pytest.mark.rule("D5")
def test_a_sealed_person_has_no_card(wanted):
    with acting_as(OFFERS):
        assert task_card(OFFERS, wanted.pk) is not None, "there is something to hide"
    with as_owner():
        Person.objects.filter(pk=wanted.case.main_person_id).update(sealed=True)
    with acting_as(OFFERS):
        assert task_cards(OFFERS, [wanted.pk]) == []


@pytest.mark.rule("D15")
def test_nobody_is_asked_to_an_empty_flat(wanted):
    with as_owner():
        Person.objects.filter(pk=wanted.case.main_person_id).update(state=PersonState.HOSPITAL)
    with acting_as(OFFERS):
        card = task_card(OFFERS, wanted.pk)
    assert card is not None and not card.may_be_asked


def test_chi_has_no_card(chi, wanted):
    with acting_as(chi.viewer):
        assert task_card(chi.viewer, wanted.pk) is None
