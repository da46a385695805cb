"""Exactly one booking whatever the path; replays change nothing; overlapping promises are refused kindly."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cases.models import Action
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging.models import InboundMessage
from hopecare.messaging.services.receiving import receive
from tests.cast import NOW, Actor
from tests.volunteers.conftest import (
    THURSDAY,
    Street,
    offer_of,
    offers,
    offers_principal,
    put_action,
    received,
    request_now,
    texts,
)
from volunteers import access
from volunteers.models import Offer, Request, Volunteer
from volunteers.services import answers, news, requests
from volunteers.states import Outcome


def mark_sent(volunteer: Volunteer) -> None:
    """The provider has taken every text to this volunteer."""
    with acting_as(system(Principal.MESSAGES)):
        for row in texts(volunteer):
            row.state = "sent"
            row.save(update_fields=["state"])


def test_one_text_ten_times_is_one_answer(street: Street, moon_helps: Volunteer) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    mark_sent(moon_helps)
    for _ in range(10):
        receive(sid="SM1", phone=moon_helps.phone, text="1")
    assert offers(request.pk) == [("문보라", "scheduled")]
    assert request_now(request).filled == 1
    assert len(texts(moon_helps, "offer_settled")) == 1
    with acting_as(system(Principal.MESSAGES)):
        assert [row.state for row in InboundMessage.objects.all()] == ["answered"]


def test_ten_different_texts_with_yes_are_one_booking(street: Street, moon_helps: Volunteer) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    mark_sent(moon_helps)
    for number in range(10):
        receive(sid=f"SM{number}", phone=moon_helps.phone, text="네")
    assert request_now(request).filled == 1
    assert len(texts(moon_helps, "offer_settled")) == 1


def test_no_after_a_promise_goes_to_a_person(street: Street, moon_helps: Volunteer) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    mark_sent(moon_helps)
    receive(sid="SM1", phone=moon_helps.phone, text="1")
    receive(sid="SM2", phone=moon_helps.phone, text="2")
    assert offers(request.pk) == [("문보라", "scheduled")]
    with acting_as(system(Principal.MESSAGES)):
        assert InboundMessage.objects.get(provider_sid="SM2").state == "unknown"


def test_a_stranger_and_free_words_change_nothing(street: Street, moon_helps: Volunteer) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    mark_sent(moon_helps)
    receive(sid="SM1", phone="+821000009999", text="1")
    receive(sid="SM2", phone=moon_helps.phone, text="금요일은 어때요?")
    assert offers(request.pk) == [("문보라", "offered")]


def test_a_late_yes_after_others_were_first_hears_it_is_settled(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk, urgent=True)
    assert [state for _, state in offers(request.pk)] == ["offered", "offered"]
    mark_sent(moon_helps)
    assert answers.answer_by_link(token=offer_of(bo_helps).token, yes=True) == Outcome.BOOKED
    assert offers(request.pk) == [("문보라", "withdrawn"), ("한보순", "scheduled")]
    assert answers.answer_by_link(token=offer_of(moon_helps).token, yes=True) == Outcome.SETTLED
    assert "마감되었어요" in texts(moon_helps, "offer_closed")[0].body
    outcome = news.reply(moon_helps.phone_hash, "1", received(moon_helps, "1"))
    assert outcome is not None and outcome.answer is not None and "이미 정해졌어요" in outcome.answer


def test_a_text_that_never_left_is_taken_back_instead_of_contradicted(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk, urgent=True)
    answers.answer_by_link(token=offer_of(bo_helps).token, yes=True)
    assert [(row.purpose, row.state) for row in texts(moon_helps)] == [("offer", "suppressed")]


def test_an_overlapping_yes_is_refused_kindly_and_the_next_is_asked(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    with acting_as(street.hana.viewer):
        other = put_action(street.case, street.hana, at=THURSDAY + timedelta(minutes=30))
    first = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    with offers_principal():  # Moon was asked for the other hour before her first promise was noted
        second = bare_request(street, other)
        bare_offer(second, moon_helps)
    assert answers.answer_by_link(token=_token(first, moon_helps), yes=True) == Outcome.BOOKED
    assert answers.answer_by_link(token=_token(second, moon_helps), yes=True) == Outcome.CLASH
    assert offers(second.pk) == [("문보라", "declined"), ("한보순", "offered")]
    assert request_now(second).filled == 0


def bare_request(street: Street, action: Action, **fields: Any) -> Request:
    starts = action.at or THURSDAY
    with acting_as(street.hana.viewer):
        Action.objects.filter(pk=action.pk).update(state="offered")
        values: dict[str, Any] = {
            "action": action,
            "case": street.case,
            "team_id": street.case.team_id,
            "provider_id": street.case.provider_id,
            "service_id": action.service_id,
            "town_id": street.case.town_id,
            "lat": 37.653,
            "lon": 127.305,
            "during": (starts, starts + timedelta(hours=1)),
            "contact_name": "송하나",
            "contact_phone": "031-000-0211",
            "lead": street.hana.user,
            "opened_by": street.hana.user,
        }
        row = Request.objects.create(**(values | fields))
        return Request.objects.get(pk=row.pk)


def bare_offer(request: Request, volunteer: Volunteer, state: str = "offered") -> Offer:
    token = access.new_token()
    with offers_principal():
        Offer.objects.filter(volunteer=volunteer, state="offered").update(state="proposed")
        return Offer.objects.create(
            request=request,
            volunteer=volunteer,
            team_id=request.team_id,
            provider_id=request.provider_id,
            case_id=request.case_id,
            phone_hash=volunteer.phone_hash,
            during=request.during,
            state=state,
            token=token,
            token_hash=access.token_hash(token),
            token_until=THURSDAY + timedelta(days=9),
            asked_at=NOW,
            answer_by=NOW + timedelta(hours=4),
        )


def _token(request: Request, volunteer: Volunteer) -> str:
    with offers_principal():
        Offer.objects.filter(volunteer=volunteer, state="offered").exclude(request=request).update(state="proposed")
        Offer.objects.filter(volunteer=volunteer, request=request, state="proposed").update(state="offered")
        return str(Offer.objects.get(request=request, volunteer=volunteer).token)


@pytest.mark.rule("D7")
def test_with_a_minor_the_database_refuses_a_single_volunteer(street: Street, moon_helps: Volunteer) -> None:
    with pytest.raises(IntegrityError, match="request_never_one_with_a_minor"), transaction.atomic():
        bare_request(street, street.action, with_minor=True, seats=1)
    request = bare_request(street, street.action, with_minor=True, seats=2)
    offer = bare_offer(request, moon_helps)
    with pytest.raises(IntegrityError, match="never alone"), offers_principal():
        Offer.objects.filter(pk=offer.pk).update(state="scheduled")


@pytest.mark.rule("D7")
def test_with_a_minor_two_go_or_nobody(street: Street, moon_helps: Volunteer, bo_helps: Volunteer) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk, with_minor=True)
    assert request.seats == 2
    assert answers.answer_by_link(token=offer_of(moon_helps).token, yes=True) == Outcome.WAITING
    assert offers(request.pk) == [("문보라", "accepted"), ("한보순", "offered")]
    assert answers.answer_by_link(token=offer_of(bo_helps).token, yes=True) == Outcome.BOOKED
    assert [state for _, state in offers(request.pk)] == ["scheduled", "scheduled"]
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=street.action.pk).helper_name == "문보라, 한보순"


def test_two_questions_on_one_telephone_are_told_apart_by_letter(
    street: Street, helper: Callable[..., Volunteer]
) -> None:
    husband, wife = helper("김하늘", 88), helper("이바다", 88)
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk, urgent=True)
    assert [state for _, state in offers(request.pk)] == ["offered", "offered"]
    bodies = [texts(one)[0].body for one in (husband, wife)]
    assert "가능1" in bodies[0] and "가능B1 불가B2" in bodies[1]
    mark_sent(husband)
    mark_sent(wife)
    receive(sid="SM1", phone=husband.phone, text="1")
    assert [state for _, state in offers(request.pk)] == ["offered", "offered"]
    [answer] = [row for row in texts() if row.purpose == "reply"]
    assert "A1/A2" in answer.body and "B1/B2" in answer.body
    receive(sid="SM2", phone=husband.phone, text="B1")
    assert offers(request.pk) == [("김하늘", "withdrawn"), ("이바다", "scheduled")]


@pytest.mark.django_db(transaction=True)
def test_sixty_yes_at_once_by_link_word_and_call_for_three_seats_are_exactly_three(
    street: Street, hana: Actor, helper: Callable[..., Volunteer]
) -> None:
    people = [helper(f"봉사자{number:02d}", 200 + number, away=number / 1000) for number in range(20)]
    request = bare_request(street, street.action, seats=3)
    for person in people:
        bare_offer(request, person)
    rows = [offer_of(person) for person in people]

    def shout(number: int) -> str:
        offer = rows[number % 20]
        try:
            if number // 20 == 0:
                return str(answers.answer_by_link(token=offer.token, yes=True))
            if number // 20 == 1:
                return str(answers.answer_by_word(offer_id=offer.pk, yes=True))
            return str(answers.answer_by_call(by=hana.viewer, offer_id=offer.pk, yes=True))
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as crowd:
        said = list(crowd.map(shout, range(60)))
    assert (said.count("waiting"), said.count("booked")) == (2, 1)
    assert set(said) <= {"waiting", "booked", "settled", "already"}
    with offers_principal():
        assert Offer.objects.filter(request=request, state="scheduled").count() == 3
        assert Request.objects.get(pk=request.pk).filled == 3
        assert not Offer.objects.filter(request=request, state="offered").exists()


@pytest.mark.django_db(transaction=True)
def test_one_person_saying_yes_to_two_overlapping_visits_at_once_gets_one(
    street: Street, moon_helps: Volunteer
) -> None:
    with acting_as(street.hana.viewer):
        other = put_action(street.case, street.hana, at=THURSDAY + timedelta(minutes=30))
    first, second = bare_request(street, street.action), bare_request(street, other)
    one = bare_offer(first, moon_helps)
    two = bare_offer(second, moon_helps, state="expired")
    with offers_principal():
        Request.objects.filter(pk=second.pk).update(state="calls")

    def say(offer: Offer) -> str:
        try:
            return str(answers.answer_by_call(by=street.hana.viewer, offer_id=offer.pk, yes=True))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as crowd:
        assert sorted(crowd.map(say, [one, two])) == ["booked", "clash"]
    with offers_principal():
        assert Offer.objects.filter(volunteer=moon_helps, state="scheduled").count() == 1


def test_the_second_wall_holds_without_the_filter(street: Street, chi: Actor, moon_helps: Volunteer) -> None:
    """Chi may see the register of helpers, as every centre does, and nothing of the East's offers."""
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    with acting_as(street.hana.viewer):
        assert Offer.objects.count() == Request.objects.count() == 1
    with acting_as(chi.viewer):
        assert Offer.objects.count() == Request.objects.count() == 0
        assert Volunteer.objects.count() == 1


@pytest.mark.rule("D11")
def test_the_fraud_role_and_strangers_see_no_volunteer(
    street: Street, fraud: Actor, bo: Actor, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    for actor, seen in ((fraud, 0), (bo, 1)):
        with acting_as(actor.viewer):
            assert Volunteer.objects.count() == seen
    with acting_as(fraud.viewer):
        assert Offer.objects.count() == 0


def test_the_person_is_nowhere_in_what_volunteers_keep(street: Street, moon_helps: Volunteer) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    answers.answer_by_link(token=offer_of(moon_helps).token, yes=True)
    with offers_principal():
        stored = str(Request.objects.filter(pk=request.pk).values().get())
        stored += str(Offer.objects.filter(request=request).values().get())
    assert "순덕" not in stored and "파란 대문" not in stored
    assert all("순덕" not in row.body for row in texts())
