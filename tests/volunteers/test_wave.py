"""The offer goes to the best, a no asks the next, silence asks on, everybody asked ends on the call list."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.models import Action
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging.models import Message
from tests.cast import NOW, Actor
from tests.volunteers.conftest import Street, offer_of, offers, offers_principal, received, request_now, texts
from volunteers.models import Call, Volunteer
from volunteers.services import answers, asking, news, requests
from volunteers.states import Outcome


def test_moon_says_no_and_bo_is_asked_at_once_and_says_yes(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    assert offers(request.pk) == [("문보라", "offered")]
    assert news.reply(moon_helps.phone_hash, "2", received(moon_helps, "2")) is not None
    assert offers(request.pk) == [("문보라", "declined"), ("한보순", "offered")]
    outcome = news.reply(bo_helps.phone_hash, "네", received(bo_helps, "네"))
    assert outcome is not None and outcome.details["outcome"] == "booked"
    assert answers.answer_by_link(token=offer_of(bo_helps).token, yes=True) == Outcome.ALREADY
    assert (request_now(request).filled, request_now(request).state) == (1, "filled")
    with acting_as(street.hana.viewer):
        action = Action.objects.get(pk=street.action.pk)
    assert (action.state, action.helper_name) == ("booked", "한보순")
    assert [row.body for row in texts(bo_helps, "offer_settled")] == [
        "[희망케어] 고맙습니다! 약속되었어요: 11/26(목)14시 화도읍. 담당 송하나 031-000-0211"
    ]


@pytest.mark.rule("K20")
def test_the_text_is_the_one_of_the_journey_and_the_link_stands_apart(street: Street, moon_helps: Volunteer) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    [text] = texts(moon_helps)
    assert text.body == "[희망케어] 11/26(목)14시 화도읍 말벗·장보기 1시간. 가능1 불가2 답장/전화 031-000-0001"
    assert "/o/" in text.link and "http" not in text.body


@pytest.mark.rule("K20")
def test_without_links_the_text_goes_alone(street: Street, helper: Callable[..., Volunteer]) -> None:
    plain = helper("노정임", 63, links=False)
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    assert [row.link for row in texts(plain)] == [""]


def test_silence_asks_two_more(street: Street, helper: Callable[..., Volunteer]) -> None:
    for number, away in enumerate((0.001, 0.002, 0.003, 0.004)):
        helper(f"봉사자{number}", 70 + number, away=away)
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    with clock.pinned(NOW + timedelta(hours=5)):
        assert asking.advance_all() == 1
    assert [state for _, state in offers(request.pk)] == ["expired", "offered", "offered"]


def test_when_everybody_was_asked_people_telephone_and_a_late_yes_by_call_books(
    street: Street, moon_helps: Volunteer
) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    with clock.pinned(NOW + timedelta(hours=5)):
        asking.advance_all()
        assert request_now(request).state == "calls"
        with offers_principal():
            assert [(call.kind, call.reason) for call in Call.objects.all()] == [("ask", "no_answer")]
        offer = offer_of(moon_helps)
        assert answers.answer_by_link(token=offer.token, yes=True) == Outcome.EXPIRED
        assert answers.answer_by_call(by=street.hana.viewer, offer_id=offer.pk, yes=True) == Outcome.BOOKED
    offer = offer_of(moon_helps)
    assert (offer.state, offer.answered_via, offer.answered_by_id) == ("scheduled", "call", street.hana.id)
    with offers_principal():
        assert not Call.objects.filter(done_at=None).exists()
    with acting_as(system(Principal.MESSAGES)):
        notices = Message.objects.filter(channel="notice", recipient_id=str(street.hana.id)).order_by("pk")
        assert [row.step.split("-")[0] for row in notices] == ["calls", "first"]


def test_nobody_suitable_goes_straight_to_the_call_list(street: Street) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    assert request_now(request).state == "calls"


def test_an_hour_that_has_come_closes_the_request_and_the_action_waits_again(
    street: Street, moon_helps: Volunteer
) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    with clock.pinned(NOW + timedelta(days=4)):
        asking.advance_all()
    assert offers(request.pk) == [("문보라", "withdrawn")]
    assert request_now(request).state == "closed"
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=street.action.pk).state == "open"


def test_opening_twice_is_one_request(street: Street, moon_helps: Volunteer) -> None:
    first = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    assert requests.open_request(by=street.hana.viewer, action_id=street.action.pk).pk == first.pk
    assert len(texts(moon_helps)) == 1


def test_a_stranger_finds_no_action(street: Street, chi: Actor, moon_helps: Volunteer) -> None:
    assert requests.open_request(by=street.hana.viewer, action_id=street.action.pk).pk
    with pytest.raises(errors.NotFound):
        requests.open_request(by=chi.viewer, action_id=street.action.pk)
