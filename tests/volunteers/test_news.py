"""Cases that end, people who are away, telephones that want no texts: nobody travels in vain."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.models import Action
from cases.services import actions, consents
from hopecare.kernel import events
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Organisation, PersonState, Team
from hopecare.kernel.services import people
from hopecare.kernel.services.people import set_state
from hopecare.messaging.models import Message
from hopecare.messaging.services.receiving import receive
from tests.volunteers.conftest import Street, offer_of, offers, offers_principal, request_now, texts
from volunteers.models import Call, Request, Volunteer
from volunteers.services import answers, news, requests
from volunteers.states import Outcome


def calls() -> list[tuple[str, str]]:
    with offers_principal():
        return list(Call.objects.filter(done_at=None).order_by("pk").values_list("kind", "reason"))


@pytest.fixture
def booked(street: Street, moon_helps: Volunteer) -> Request:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    assert answers.answer_by_link(token=offer_of(moon_helps).token, yes=True) == Outcome.BOOKED
    return request


@pytest.mark.rule("D15")
@pytest.mark.parametrize("state", [PersonState.DIED, PersonState.HOSPITAL, PersonState.MOVED])
def test_away_or_dead_ends_the_promise_gently_and_without_a_reason(
    street: Street, booked: Request, moon_helps: Volunteer, state: PersonState
) -> None:
    with acting_as(street.hana.viewer):
        set_state(by=street.hana.viewer, person=street.person, state=state, since=date(2026, 11, 23))
    assert events.deliver_open() >= 1
    assert offers(booked.pk) == [("문보라", "cancelled")]
    assert request_now(booked).state == "closed"
    [text] = texts(moon_helps, "task_cancelled")
    assert "안 오셔도 됩니다" in text.body and text.duty
    assert not any(word in text.body for word in ("사망", "입원", "이사", "순덕", "병원"))


@pytest.mark.rule("D15")
def test_nobody_is_asked_for_an_empty_flat(street: Street, moon_helps: Volunteer) -> None:
    with acting_as(street.hana.viewer):
        set_state(by=street.hana.viewer, person=street.person, state=PersonState.HOSPITAL, since=date(2026, 11, 23))
    events.deliver_open()
    with pytest.raises(Exception, match="may_not_be_asked"):
        requests.open_request(by=street.hana.viewer, action_id=street.action.pk)


def test_a_cancelled_action_withdraws_open_offers(street: Street, moon_helps: Volunteer) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    actions.cancel(by=street.hana.viewer, action_id=street.action.pk, reason="not_needed")
    for _ in range(2):
        events.deliver_open()
    assert offers(request.pk) == [("문보라", "withdrawn")]
    assert answers.answer_by_link(token=offer_of(moon_helps).token, yes=True) == Outcome.GONE
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=street.action.pk).state == "cancelled"


@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
def test_a_consent_taken_back_ends_the_promise_and_the_task_waits(
    street: Street, booked: Request, moon_helps: Volunteer
) -> None:
    back: dict[str, Any] = {"by": street.hana.viewer, "number": street.case.number, "person_id": street.person.pk}
    told = consents.Back(on=date(2026, 11, 23), way="telephone", reason="낯선 사람이 싫다")
    ended = consents.take_back(**back, purpose="volunteers", back=told)
    assert ended is not None and [task.pk for task in ended.tasks] == [street.action.pk]
    events.deliver_open()
    assert offers(booked.pk) == [("문보라", "cancelled")] and request_now(booked).state == "closed"
    [text] = texts(moon_helps, "task_cancelled")
    assert "낯선" not in text.body and "동의" not in text.body
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=street.action.pk).state == "open"
    with pytest.raises(Exception, match="may_not_be_asked"):
        requests.open_request(by=street.hana.viewer, action_id=street.action.pk)


def test_a_closed_case_ends_everything(street: Street, booked: Request) -> None:
    news.case_closed({"case_id": street.case.pk})
    assert offers(booked.pk) == [("문보라", "cancelled")]


def test_taking_back_by_hand_lets_the_action_wait_again(street: Street, booked: Request) -> None:
    for _ in range(2):
        requests.take_back(by=street.hana.viewer, request_id=booked.pk)
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=street.action.pk).state == "open"


def test_stop_wins_and_the_open_question_goes_to_the_call_list(street: Street, moon_helps: Volunteer) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    receive(sid="SM1", phone=moon_helps.phone, text="수신거부")
    assert calls() == [("ask", "opt_out")]
    with offers_principal():
        assert Volunteer.objects.get().sms_ok is False
    assert offer_of(moon_helps).state == "offered"


def test_a_cancelled_visit_of_somebody_without_texts_is_rung(
    street: Street, booked: Request, moon_helps: Volunteer
) -> None:
    receive(sid="SM1", phone=moon_helps.phone, text="그만")
    requests.take_back(by=street.hana.viewer, request_id=booked.pk)
    assert ("tell", "no_texts") in calls()
    assert texts(moon_helps, "task_cancelled") == []


def test_a_text_that_failed_is_rung_and_the_lead_is_told(
    street: Street, booked: Request, moon_helps: Volunteer
) -> None:
    requests.take_back(by=street.hana.viewer, request_id=booked.pk)
    [text] = texts(moon_helps, "task_cancelled")
    text.reason, text.state = "opt_out", "suppressed"
    for _ in range(2):
        news.unsent(text.fact())
    assert calls() == [("tell", "opt_out")]
    with acting_as(system(Principal.MESSAGES)):
        notices = Message.objects.filter(channel="notice", recipient_id=str(street.hana.id))
        told = [row.step for row in notices if not row.step.startswith("first")]
        assert told == [f"tell-{offer_of(moon_helps).pk}-{street.hana.id}"]


def test_somebody_who_wants_no_texts_is_asked_by_telephone(street: Street, helper: Callable[..., Volunteer]) -> None:
    quiet = helper("노정임", 63, sms_ok=False)
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    assert texts(quiet) == [] and calls() == [("ask", "no_texts")]


@pytest.mark.rule("K6")
def test_without_consent_nobody_is_asked(street: Street, moon_helps: Volunteer) -> None:
    with acting_as(street.hana.viewer):
        people.record_ground(
            by=street.hana.viewer, person=street.person, purpose="volunteers", given=False, form_version="1"
        )
    with pytest.raises(Exception, match="may_not_be_asked"):
        requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    assert texts(moon_helps) == []


def test_keys_and_contact_follow_the_case(street: Street, booked: Request, ana: Any, chi: Any) -> None:
    north = {
        "team_id": Team.objects.get(code="north_mixed").pk,
        "provider_id": Organisation.objects.get(code="north_centre").pk,
    }
    news.case_transferred({"case_id": street.case.pk, **north})
    with acting_as(chi.viewer):
        assert Request.objects.count() == 1
    with acting_as(street.hana.viewer):
        assert Request.objects.count() == 0
