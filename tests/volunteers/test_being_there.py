"""From the doorstep to the certificate: a cheap telephone, a closed door, somebody who did not come, hours."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client

from cases.services import no_contact, notes
from hopecare.kernel import clock, errors
from hopecare.messaging.models import Message
from tests.cases.case_kit import again
from tests.cast import Actor
from tests.database import as_owner
from tests.volunteers.conftest import (
    THURSDAY,
    Street,
    offer_of,
    offers,
    offers_principal,
    received,
    request_now,
    texts,
)
from tests.volunteers.test_answers import mark_sent
from volunteers.models import Call, Hours, Request, Volunteer
from volunteers.services import answers, assuring, hours, news, requests, visits
from volunteers.states import Outcome

AFTER = THURSDAY + timedelta(minutes=70)


@pytest.fixture
def old_man(helper: Callable[..., Volunteer]) -> Volunteer:
    """67, a telephone with keys, no links please."""
    return helper("이만석", 77, birth_year=1959, links=False)


@pytest.fixture
def promised(street: Street, old_man: Volunteer) -> Request:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    mark_sent(old_man)
    news.reply(old_man.phone_hash, "네", received(old_man, "네"))
    assert offers(request.pk) == [("이만석", "scheduled")]
    return request


@pytest.fixture
def there(promised: Request) -> Iterator[None]:
    with clock.pinned(THURSDAY + timedelta(minutes=2)):
        yield


def word(volunteer: Volunteer, text: str) -> str:
    mark_sent(volunteer)
    outcome = news.visit_reply(volunteer.phone_hash, text, received(volunteer, text))
    return str(outcome.answer) if outcome else ""


def notices(purpose: str) -> list[Message]:
    with as_owner():
        return list(Message.objects.filter(channel="notice", purpose=purpose).order_by("pk"))


def calls(kind: str) -> list[Call]:
    with offers_principal():
        return list(Call.objects.filter(kind=kind, done_at=None).select_related("offer__volunteer").order_by("pk"))


def minutes_of(volunteer: Volunteer) -> list[int]:
    with offers_principal():
        return list(Hours.objects.filter(volunteer=volunteer).order_by("pk").values_list("minutes", flat=True))


@pytest.mark.rule("K20")
@pytest.mark.rule("R89")
def test_a_volunteer_without_a_smartphone_lives_through_the_whole_of_a_task(
    street: Street, old_man: Volunteer, promised: Request, as_: Callable[..., Client]
) -> None:
    first = texts(old_man, "offer")[0]
    assert len(first.body.encode("cp949")) <= 90 and not first.link
    with clock.pinned(THURSDAY - timedelta(hours=20)):
        assuring.watch_all()
        mark_sent(old_man)
        assert news.reminder_reply(old_man.phone_hash, "1", received(old_man, "1")) is not None
    with clock.pinned(THURSDAY - timedelta(hours=2)):
        assert assuring.watch_all() == 1 and assuring.watch_all() == 0
    told = texts(old_man, "visit_words")[0]
    assert "도착" in told.body and "부재" in told.body and len(told.body.encode("cp949")) <= 90
    with clock.pinned(THURSDAY + timedelta(minutes=3)):
        assert "적었어요" in word(old_man, "도착")
    with clock.pinned(THURSDAY + timedelta(minutes=74)):
        assert "함께해 주셔서" in word(old_man, "끝")
    offer = offer_of(old_man)
    assert (offer.state, offer.arrived_via, offer.done_via) == ("done", "word", "word")
    with clock.pinned(AFTER + timedelta(days=1)):
        page = as_(street.hana).get(f"/desk/matching/offers/{offer.pk}/confirm/").content.decode()
        assert 'value="70"' in page  # from arrival to end, in tens
        answer = as_(street.hana).post(
            f"/desk/matching/offers/{offer.pk}/confirm/", {"minutes": "70", "heard_from": "person"}
        )
        assert answer.status_code == 302 and minutes_of(old_man) == [70]
    assert "70분" in texts(old_man, "visit_thanks")[0].body


@pytest.mark.rule("D10")
@pytest.mark.rule("R92")
@pytest.mark.usefixtures("there")
def test_a_closed_door_is_told_in_a_word_and_the_news_climbs_until_somebody_is_reached(
    street: Street, eli: Actor, old_man: Volunteer
) -> None:
    assert "시간은 그대로" in word(old_man, "부재")
    assert offer_of(old_man).nobody_home and again(street.case).tries == 1
    told = [row for row in notices("volunteers") if row.step.startswith("nobody")]
    assert [row.recipient_id for row in told] == [str(street.hana.user.pk)]
    assert no_contact.watch() == 0
    with clock.pinned(THURSDAY + timedelta(minutes=35)):
        assert no_contact.watch() == 1 and no_contact.watch() == 0
    with clock.pinned(THURSDAY + timedelta(hours=2, minutes=5)):
        assert no_contact.watch() == 1
        notes.record_contact(by=street.hana.viewer, number=street.case.number, way="called")
    with clock.pinned(THURSDAY + timedelta(hours=25)):
        assert no_contact.watch() == 0
    hours.confirm(by=street.hana.viewer, offer_id=offer_of(old_man).pk, minutes=60)
    assert minutes_of(old_man) == [60]


@pytest.mark.rule("R89")
def test_somebody_does_not_come_and_the_nearest_who_is_free_goes_for_the_rest(
    street: Street, promised: Request, bo_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    with clock.pinned(THURSDAY + timedelta(minutes=15)):
        client = as_(street.hana)
        client.post(f"/desk/matching/offers/{_first(promised)}/visit/", {"said": "no_show"})
        assert offers(promised.pk) == [("이만석", "no_show"), ("한보순", "offered")]
        assert [call.offer.volunteer.name for call in calls("now") if call.offer] == ["한보순"]
        assert texts(bo_helps) == []
        page = client.get("/desk/matching/calls/").content.decode()
        assert "지금 바로 가실 수 있는지" in page and page.count("한보순 님이 예라고 했어요") == 1
        client.post(f"/desk/matching/offers/{offer_of(bo_helps).pk}/answer/", {"said": "yes"})
    assert offers(promised.pk)[1] == ("한보순", "scheduled") and calls("now") == []
    assert request_now(promised).during.lower == THURSDAY + timedelta(minutes=35)


def test_too_late_for_anybody_the_task_waits_again(street: Street, promised: Request, bo_helps: Volunteer) -> None:
    with clock.pinned(THURSDAY + timedelta(minutes=40)):
        visits.did_not_come(by=street.hana.viewer, offer_id=_first(promised))
    assert offers(promised.pk) == [("이만석", "no_show")] and request_now(promised).state == "closed"


def test_a_visit_of_which_nothing_was_told_is_a_call_with_one_tap(
    street: Street, promised: Request, old_man: Volunteer, as_: Callable[..., Client]
) -> None:
    with clock.pinned(THURSDAY + timedelta(hours=2, minutes=10)):
        assuring.watch_all()
        assert len(calls("visit")) == 1
        client = as_(street.hana)
        assert "방문은 어땠나요" in client.get("/desk/matching/calls/").content.decode()
        client.post(f"/desk/matching/offers/{_first(promised)}/visit/", {"said": "done"})
    assert offer_of(old_man).state == "done" and offer_of(old_man).done_via == "call" and calls("visit") == []


def test_a_word_is_understood_around_the_visit_alone(promised: Request, old_man: Volunteer) -> None:
    assert word(old_man, "도착") == ""  # days before: a person reads it
    with clock.pinned(THURSDAY + timedelta(minutes=5)):
        assert word(old_man, "도착했는데 어디죠") == "" and word(old_man, "도착") != ""


@pytest.mark.usefixtures("there")
def test_hours_are_appended_and_never_changed(street: Street, old_man: Volunteer) -> None:
    word(old_man, "끝")
    offer, hana = offer_of(old_man), street.hana.viewer
    with pytest.raises(errors.Impossible):
        hours.correct(by=hana, offer_id=offer.pk, minutes=30, reason="일찍 마침")
    for _ in range(2):
        hours.confirm(by=hana, offer_id=offer.pk, minutes=60, heard_from="person")
    with pytest.raises(errors.Impossible):
        hours.correct(by=hana, offer_id=offer.pk, minutes=40, reason=" ")
    assert hours.correct(by=hana, offer_id=offer.pk, minutes=40, reason="20분 일찍 마침") == -20
    assert minutes_of(old_man) == [60, -20]
    for change in ("update volunteers_hours set minutes = 600", "delete from volunteers_hours"):
        with as_owner(), pytest.raises(Error, match="only appended"), transaction.atomic():
            connection.cursor().execute(change)


@pytest.mark.usefixtures("there")
def test_a_visit_that_is_not_confirmed_has_no_hours(old_man: Volunteer) -> None:
    offer = offer_of(old_man)
    values: dict[str, Any] = {"team_id": offer.team_id, "provider_id": offer.provider_id, "case_id": offer.case_id}
    with as_owner(), pytest.raises(Error, match="confirmed visit only"), transaction.atomic():
        Hours.objects.create(
            offer=offer,
            volunteer=old_man,
            service_id=offer.request.service_id,
            on=THURSDAY.date(),
            minutes=60,
            **values,
        )


def test_the_certificate_is_drawn_by_the_link_and_found_by_its_code(
    street: Street, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    offer, client = offer_of(moon_helps), as_()
    assert answers.answer_by_link(token=offer.token, yes=True) == Outcome.BOOKED
    with clock.pinned(AFTER):
        assert client.post(f"/o/{offer.token}/", {"do": "certificate"}).status_code == 422
        client.post(f"/o/{offer.token}/", {"do": "done"})
        hours.confirm(by=street.hana.viewer, offer_id=offer.pk, minutes=90)
        drawn = {client.post(f"/o/{offer.token}/", {"do": "certificate"})["Location"] for _ in range(2)}
        (address,) = drawn
        page = client.get(address).content.decode()
        assert "문보라" in page and "1.5시간" in page and "윤순덕" not in page and "고쳐졌습니다" not in page
        code = address.rstrip("/").split("/")[-1]
        assert client.get("/volunteer/certificate/", {"code": code.lower()})["Location"] == address
        assert client.get("/volunteer/certificate/0000000000000/").status_code == 404
        hours.correct(by=street.hana.viewer, offer_id=offer.pk, minutes=60, reason="잘못 적음")
        assert "고쳐졌습니다" in client.get(address).content.decode()


def _first(request: Request) -> int:
    with offers_principal():
        return request.offers.order_by("pk").values_list("pk", flat=True)[0]
