"""A volunteer's day over the API: the same transactions as by link, word and call, and nothing of anybody else's."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from mobile_api.volunteer_schemas import HoursTold, OfferTold, PersonTold
from tests.cast import NOW, Actor
from tests.mobile_api.phone_kit import call, sign_in
from tests.volunteers.conftest import THURSDAY, Street, offer_of, offers, put_action, request_now, texts
from volunteers.models import Request, Volunteer
from volunteers.services import hours, requests, visits

MOON, BO = "010-0000-0041", "010-0000-0067"
Ask = Callable[..., Any]


@pytest.fixture
def asked(street: Street, moon_helps: Volunteer, bo_helps: Volunteer) -> Request:
    return requests.open_request(by=street.hana.viewer, action_id=street.action.pk)


@pytest.fixture
def phone(city: Any, as_: Callable[..., Client]) -> Ask:
    """`phone("GET", "/offers")` from Moon's telephone, `number=` from another."""
    keys: dict[tuple[str, datetime], str] = {}

    def ask(method: str, path: str, body: Any = None, *, number: str = MOON, status: int = 200) -> Any:
        known = (number, clock.now())
        if known not in keys:
            keys[known] = sign_in(as_(), number)["access_token"]
        answer = call(as_(), method, f"/volunteer{path}", body, key=keys[known])
        assert answer.status_code == status, (path, answer.content.decode())
        return answer.json() if answer["Content-Type"].startswith("application") else answer.content.decode()

    return ask


@pytest.fixture
def promised(asked: Request, phone: Ask) -> Iterator[str]:
    """Moon said yes on her telephone; the path of the offer."""
    path = f"/offers/{phone('GET', '/offers')['items'][0]['id']}"
    assert phone("POST", f"{path}/answer", {"yes": True})["outcome"] == "booked"
    yield path


def test_a_question_shows_no_place_and_a_yes_is_one_booking_by_whichever_path(
    asked: Request, street: Street, phone: Ask, moon_helps: Volunteer
) -> None:
    (question,) = phone("GET", "/offers")["items"]
    OfferTold.model_validate(question)
    assert (question["standing"], question["way"], question["town"]["name"]) == ("ask", None, "화도읍")
    assert "파란" not in str(question) and "순덕" not in str(question)
    path = f"/offers/{question['id']}"
    answers = [phone("POST", f"{path}/answer", {"yes": True}) for _ in range(3)]
    assert [answer["outcome"] for answer in answers] == ["booked", "already", "already"]
    assert answers[0]["offer"]["way"]["directions"].startswith("마석") and request_now(asked).filled == 1
    assert offer_of(moon_helps).answered_via == "app" and len(texts(moon_helps, "offer_settled")) == 1
    assert phone("POST", f"{path}/answer", {"yes": False})["outcome"] == "already"


def test_telephones_of_other_numbers_find_and_move_nothing(asked: Request, phone: Ask, promised: str) -> None:
    person = phone("GET", "/people")["items"][0]["id"]
    assert phone("GET", "/offers", number="010-0000-0099") == {"items": []}
    for method, path, body in (
        ("GET", promised, None),
        ("POST", f"{promised}/answer", {"yes": False}),
        ("POST", f"{promised}/withdrawal", None),
        ("POST", f"{promised}/arrival", {}),
        ("POST", f"{promised}/end", {}),
        ("GET", f"/people/{person}/hours", None),
        ("POST", f"/people/{person}/rest", {}),
        ("DELETE", f"/people/{person}/rest", None),
        ("POST", f"/people/{person}/certificate", None),
        ("POST", f"/people/{person}/stand-by", {"on": True}),
        ("POST", f"/people/{person}/days-off", {"first": "2026-12-24"}),
    ):
        phone(method, path, body, number=BO, status=404)
    assert offers(asked.pk) == [("문보라", "scheduled")]


def test_what_was_told_without_signal_arrives_later_as_it_was(
    promised: str, phone: Ask, moon_helps: Volunteer, street: Street
) -> None:
    came, left = THURSDAY + timedelta(minutes=3), THURSDAY + timedelta(minutes=64)
    with clock.pinned(THURSDAY + timedelta(hours=5)):
        for _ in range(2):
            told = phone("POST", f"{promised}/arrival", {"at": came.isoformat()})
        assert told["arrived_at"] == came.isoformat() and told["standing"] == "visit"
        for _ in range(2):
            told = phone("POST", f"{promised}/end", {"at": left.isoformat()})
        assert (told["standing"], told["way"]) == ("done", None)
    offer = offer_of(moon_helps)
    assert (offer.arrived_at, offer.done_at, offer.arrived_via, offer.done_via) == (came, left, "app", "app")
    hours.confirm(by=street.hana.viewer, offer_id=offer.pk, minutes=60)
    with clock.pinned(THURSDAY + timedelta(days=1)):
        person = PersonTold.model_validate(phone("GET", "/people")["items"][0])
        ledger = HoursTold.model_validate(phone("GET", f"/people/{person.id}/hours"))
        paper = phone("POST", f"/people/{person.id}/certificate")
    assert (person.minutes, person.visits, [line.minutes for line in ledger.items]) == (60, 1, [60])
    assert paper["minutes"] == 60 and f"/volunteer/certificate/{paper['code'].replace('-', '')}/" in paper["url"]


@pytest.mark.parametrize(
    ("now", "at", "code"),
    [
        (timedelta(hours=-2), None, "too_early"),
        (timedelta(hours=2), timedelta(hours=-3), "too_early"),
        (timedelta(hours=2), timedelta(hours=3), "to_come"),
        (timedelta(days=8), timedelta(), "too_old"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(
    promised: str, phone: Ask, now: timedelta, at: timedelta | None, code: str
) -> None:
    with clock.pinned(THURSDAY + now):
        body = {} if at is None else {"at": (THURSDAY + at).isoformat()}
        assert phone("POST", f"{promised}/arrival", body, status=422)["errors"][0]["code"] == code


def test_when_the_centre_noted_something_else_somebody_has_to_talk(
    promised: str, phone: Ask, moon_helps: Volunteer, street: Street
) -> None:
    with clock.pinned(THURSDAY + timedelta(minutes=50)):
        visits.did_not_come(by=street.hana.viewer, offer_id=offer_of(moon_helps).pk)
        body = {"at": (THURSDAY + timedelta(minutes=2)).isoformat()}
        answer = phone("POST", f"{promised}/arrival", body, status=422)
    assert answer["errors"][0]["code"] == "noted_otherwise" and "송하나" in answer["detail"]


@pytest.mark.rule("D10")
def test_nobody_opened_reaches_the_lead_and_a_promise_taken_back_the_next(
    promised: str, phone: Ask, asked: Request, bo_helps: Volunteer
) -> None:
    assert phone("POST", f"{promised}/withdrawal")["standing"] == "cannot"
    assert offers(asked.pk) == [("문보라", "cancelled"), ("한보순", "offered")]
    theirs = f"/offers/{phone('GET', '/offers', number=BO)['items'][0]['id']}"
    assert phone("POST", f"{theirs}/answer", {"yes": True}, number=BO)["outcome"] == "booked"
    with clock.pinned(THURSDAY + timedelta(minutes=9)):
        assert phone("POST", f"{theirs}/end", {"nobody_home": True}, number=BO)["standing"] == "nobody"
    assert offer_of(bo_helps).nobody_home


def test_stand_by_and_days_off_are_told_on_the_telephone_as_by_link(
    asked: Request, phone: Ask, moon_helps: Volunteer
) -> None:
    person = phone("GET", "/people")["items"][0]
    assert (person["on_call"], person["days_off"]) == (False, [])
    path = f"/people/{person['id']}"
    assert [phone("POST", f"{path}/stand-by", {"on": on})["on_call"] for on in (True, True, False, True)] == [
        True, True, False, True,
    ]  # fmt: skip
    days = {"first": "2026-12-24", "last": "2026-12-26"}
    for _ in range(2):
        told = PersonTold.model_validate(phone("POST", f"{path}/days-off", days))
    assert told.on_call and [one.model_dump() for one in told.days_off] == [days]
    for wrong in ({"first": "2026-02-31"}, {"first": "2026-11-01"}, {**days, "last": "2026-12-32"}, {"first": 5}):
        phone("POST", f"{path}/days-off", wrong, status=422)
    page = Client().get(f"/o/{offer_of(moon_helps).token}/").content.decode()
    assert "급한 전화는 그만 받을게요" in page and "이날은 여쭙지 않아요" in page


def test_stand_by_pressed_without_signal_counts_for_its_own_week_alone(asked: Request, phone: Ask) -> None:
    path = f"/people/{phone('GET', '/people')['items'][0]['id']}/stand-by"
    sunday, friday = NOW - timedelta(days=1), NOW + timedelta(days=4)
    assert not phone("POST", path, {"on": True, "at": sunday.isoformat()})["on_call"], "that week is over"
    with clock.pinned(friday):
        assert phone("POST", path, {"on": True, "at": NOW.isoformat()})["on_call"]
        for wrong in (friday + timedelta(hours=1), friday - timedelta(days=8)):
            phone("POST", path, {"on": False, "at": wrong.isoformat()}, status=422)


def test_a_rest_declines_what_is_open_and_ends_by_itself_or_by_a_word(asked: Request, phone: Ask) -> None:
    person = phone("GET", "/people")["items"][0]["id"]
    rested = phone("POST", f"/people/{person}/rest", {"days": 14})
    assert (rested["state"], rested["paused_until"]) == ("paused", "2026-12-07")
    assert offers(asked.pk) == [("문보라", "declined"), ("한보순", "offered")]
    assert phone("DELETE", f"/people/{person}/rest")["state"] == "active"
    phone("POST", f"/people/{person}/rest", {"days": 400}, status=422)
    phone("POST", f"/people/{person}/rest", {"days": 14, "state": "left"}, status=422)


def test_the_calendar_holds_no_address(promised: str, phone: Ask) -> None:
    text = phone("GET", "/calendar").replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") == 1 and "DTSTART:20261126T050000Z" in text and "LOCATION:화도읍" in text
    assert "파란" not in text and "순덕" not in text


def test_one_promise_and_three_cost_the_same_queries(
    promised: str, phone: Ask, street: Street, hana: Actor, bo_helps: Volunteer
) -> None:
    phone("POST", f"/people/{bo_helps.uuid}/rest", {}, number=BO)

    def queries() -> int:
        phone("GET", "/people")
        with CaptureQueriesContext(connection) as seen:
            phone("GET", "/offers")
        return sum(1 for row in seen if "volunteers_" in row["sql"] or "cases_" in row["sql"] or "place" in row["sql"])

    one = queries()
    for day in (1, 2):
        at = THURSDAY + timedelta(days=7 * day)
        with acting_as(hana.viewer):
            action = put_action(street.case, hana, at=at)
        requests.open_request(by=hana.viewer, action_id=action.pk)
        item = next(row for row in phone("GET", "/offers")["items"] if row["standing"] == "ask")
        assert phone("POST", f"/offers/{item['id']}/answer", {"yes": True})["outcome"] == "booked"
    assert one == 5 and queries() == 5
