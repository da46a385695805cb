"""Who said "call me": asked once a week, rung first and once at the most, left by one word; days off the same way."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from tests.cast import NOW, Actor
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
from tests.volunteers.test_assuring import calls, mark_sent, promised
from volunteers.access import visible_to
from volunteers.models import DayOff, StandBy, Volunteer
from volunteers.rules import own_words
from volunteers.services import assuring, news, requests, standby, visits
from volunteers.services.requests import Wishes

MONDAY = date(2026, 11, 23)
FRIDAY_BEFORE = NOW.replace(day=20, hour=10)


def line(volunteer: Volunteer) -> StandBy:
    with offers_principal():
        return StandBy.objects.get(volunteer=volunteer, week=MONDAY)


@pytest.mark.rule("R89")
def test_the_zone_is_asked_once_a_week_and_a_word_is_the_answer(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, helper: Callable[..., Volunteer], eli: Actor
) -> None:
    quiet = helper("조용한", 90, sms_ok=False)
    with clock.pinned(FRIDAY_BEFORE):
        assert standby.ask_for_next_week() == 2 and standby.ask_for_next_week() == 0
        [question] = texts(moon_helps, standby.STAND_BY)
        assert "11/23~11/29" in question.body and not texts(quiet)
        mark_sent(moon_helps)
        said = standby.reply(moon_helps.phone_hash, "1", received(moon_helps, "1"))
        assert said is not None and "대기끝" in str(said.answer)
        assert standby.reply(moon_helps.phone_hash, "글쎄요", received(moon_helps, "글쎄요")) is None
    assert [line(moon_helps).state, line(bo_helps).state] == ["on", "asked"]
    assert standby.ask(by=eli.viewer, zone="east", monday=MONDAY) == 0
    for words, state in (("대기끝", "off"), ("대기", "on")):
        assert news.visit_reply(moon_helps.phone_hash, words, received(moon_helps, words)) is not None
        assert line(moon_helps).state == state


@pytest.mark.rule("R89")
def test_they_are_rung_before_nearer_ones_when_somebody_does_not_come_and_once_at_the_most(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, helper: Callable[..., Volunteer], eli: Actor
) -> None:
    far = helper("멀리", 91, away=0.04)
    request = promised(street, moon_helps)
    nearer = [helper(f"가까이{number}", 92 + number, away=0.001) for number in range(3)]
    standby.put(by=eli.viewer, volunteer_id=far.pk, on=True)
    with clock.pinned(THURSDAY + timedelta(minutes=5)):
        visits.did_not_come(by=street.hana.viewer, offer_id=offer_of(moon_helps).pk)
    assert next(name for name, state in offers(request.pk) if state == "offered") == "멀리"
    assert line(far).rung_at is not None
    with offers_principal():
        assert not StandBy.objects.filter(volunteer__in=nearer).exists()


@pytest.mark.rule("R89")
def test_a_critical_visit_nobody_promised_rings_the_list_beside_the_back_up(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, helper: Callable[..., Volunteer], eli: Actor
) -> None:
    standby.put(by=eli.viewer, volunteer_id=bo_helps.pk, on=True)
    wishes = Wishes(critical=True, backup_name="동부센터 요양보호사", backup_phone="031-000-0900")
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk, wishes=wishes)
    assert offers(request.pk) == [("한보순", "offered")]  # asked first, though Moon lives nearer
    late = helper("새로온", 95, away=0.05)
    standby.put(by=eli.viewer, volunteer_id=late.pk, on=True)
    with clock.pinned(THURSDAY - timedelta(hours=20)):
        assuring.watch_all()
    assert len(calls("backup")) == 1 and [call.offer_id for call in calls("now")] == [offer_of(late).pk]
    assert request_now(request).state == "open" and line(late).rung_at is not None


@pytest.mark.rule("R89")
def test_the_board_shows_the_list_to_those_who_look_for_helpers_alone(
    street: Street, moon_helps: Volunteer, eli: Actor, fay: Actor, as_: Callable[..., Client]
) -> None:
    desk = as_(eli)
    assert desk.post(f"/desk/matching/volunteers/{moon_helps.pk}/change/", {"do": "on_call"}).status_code == 302
    assert "문보라" in desk.get("/desk/matching/?week=2026-11-23").content.decode().split('id="on-call"')[1]
    assert desk.post("/desk/matching/on-call/", {"zone": "east", "week": "2026-11-23"}).status_code == 302
    assert desk.post("/desk/matching/on-call/", {"zone": "nowhere", "week": "2026-11-23"}).status_code == 404
    with acting_as(fay.viewer):
        assert (visible_to(fay.viewer, StandBy).count(), StandBy.objects.count()) == (0, 0)


def test_days_off_by_link_and_by_word_are_kept_and_nobody_asks(
    street: Street, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    address = f"/o/{offer_of(moon_helps).token}/"
    client = as_()
    assert client.post(address, {"do": "days", "first": "2026-12-24", "last": "2026-12-26"}).status_code == 302
    assert client.post(address, {"do": "days", "first": "2026-11-01"}).status_code == 422
    for do in ("on_call", "off_call"):
        assert client.post(address, {"do": do}).status_code == 302
    assert line(moon_helps).state == "off" and "24" in client.get(address).content.decode()
    mark_sent(moon_helps)
    words = "휴무 12/31~1/2"
    said = news.reply(moon_helps.phone_hash, words, received(moon_helps, words))
    assert said is not None and "12/31" in str(said.answer)
    with offers_principal():
        kept = list(DayOff.objects.filter(volunteer=moon_helps).order_by("first").values_list("first", "last"))
    assert kept == [(date(2026, 12, 24), date(2026, 12, 26)), (date(2026, 12, 31), date(2027, 1, 2))]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("휴무 11/26", (date(2026, 11, 26), date(2026, 11, 26))),
        ("휴무11월26일~28일", (date(2026, 11, 26), date(2026, 11, 28))),
        ("off 12/30-1/2", (date(2026, 12, 30), date(2027, 1, 2))),
        ("휴무 2/30", None),
        ("휴무 11/28~11/26", None),
        ("휴무 11/2", None),
        ("휴무", None),
        ("휴무 11/26 병원에 가요", None),
    ],
)
def test_words_about_days_off(text: str, days: tuple[date, date] | None) -> None:
    assert own_words.days_off(text, date(2026, 11, 22)) == days
