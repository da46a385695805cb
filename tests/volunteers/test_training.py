"""Courses: planned, asked, attended; a completed one is a paper at once. And what confirmed hours come to."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from hopecare.kernel import clock, errors
from hopecare.messaging.facts import ReceivedMessage
from tests.cast import Actor
from tests.volunteers.conftest import offers_principal, texts
from volunteers.models import Attendance, Paper, Session, Volunteer
from volunteers.rules import recognition
from volunteers.rules import training as rules
from volunteers.rules.recognition import Line
from volunteers.services import assuring, papers, training

SATURDAY = datetime(2026, 12, 5, 10, 0, tzinfo=clock.SEOUL)


def put(eli: Actor, course: str = "hope_manager", *, days: int = 0, minutes: int = 480) -> Session:
    return training.plan(
        by=eli.viewer,
        course=course,
        starts=SATURDAY + timedelta(days=days),
        minutes=minutes,
        place="동부센터 3층",
        seats=2,
    )


def row_of(volunteer: Volunteer) -> Attendance:
    with offers_principal():
        return Attendance.objects.filter(volunteer=volunteer).latest("pk")


@pytest.mark.rule("R2")
def test_the_paper_comes_with_the_last_hour_and_not_before(eli: Actor, moon_helps: Volunteer) -> None:
    for days in (0, 7):
        session = put(eli, days=days)
        training.invite(by=eli.viewer, session_id=session.pk, volunteer_id=moon_helps.pk)
        with clock.pinned(SATURDAY + timedelta(days=days, hours=9)):
            done = training.note(by=eli.viewer, session_id=session.pk, came={moon_helps.pk})
        assert done == (days == 7)
    with offers_principal():
        paper, moon = Paper.objects.get(kind="hope_manager"), Volunteer.objects.get(pk=moon_helps.pk)
    assert paper.valid_until == date(2028, 12, 12) and (moon.level, moon.level_until) == (1, date(2028, 12, 12))
    assert paper.number == row_of(moon_helps).code


def test_who_did_not_come_completes_nothing_and_a_session_ahead_is_not_noted(eli: Actor, moon_helps: Volunteer) -> None:
    session = put(eli, minutes=720)
    training.invite(by=eli.viewer, session_id=session.pk, volunteer_id=moon_helps.pk)
    with pytest.raises(errors.Impossible):
        training.note(by=eli.viewer, session_id=session.pk, came={moon_helps.pk})
    with clock.pinned(SATURDAY + timedelta(hours=1)):
        assert training.note(by=eli.viewer, session_id=session.pk, came=set()) == 0
    assert row_of(moon_helps).state == "missed"


@pytest.mark.parametrize(
    ("held", "expected"), [(date(2026, 12, 24), date(2028, 12, 24)), (date(2026, 11, 1), date(2028, 12, 5))]
)
def test_renewed_in_time_nothing_is_lost(held: date, expected: date) -> None:
    assert rules.counts_until(rules.courses()["hope_manager_again"], date(2026, 12, 5), held) == expected


@pytest.mark.rule("R28")
def test_a_paper_that_runs_out_asks_to_the_next_refresher_and_one_word_answers(
    eli: Actor, moon_helps: Volunteer
) -> None:
    put(eli, "hope_manager_again", minutes=180)
    papers.put_paper(
        by=eli.viewer,
        volunteer_id=moon_helps.pk,
        kind="hope_manager",
        body="희망케어센터",
        valid_until=date(2026, 12, 24),
    )
    assuring.watch_all()
    assuring.watch_all()
    (asked,) = texts(moon_helps, "training")
    assert "보수 교육" in asked.body and len(asked.body.encode("cp949")) <= 90
    received = ReceivedMessage(1, moon_helps.phone_hash, "1", "1", clock.now(), (asked.fact(),))
    assert training.reply(moon_helps.phone_hash, "1", received) is not None
    assert row_of(moon_helps).state == "coming"


@pytest.mark.rule("R2")
def test_the_pages_of_courses_from_plan_to_certificate(
    eli: Actor, hana: Actor, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client, address = as_(eli), "/desk/matching/training/"
    form: dict[str, Any] = {
        "course": "safe_visits", "day": "2026-12-05", "hour": "10:00", "minutes": "120", "seats": "20", "taught_by": "",
    }  # fmt: skip
    assert client.post(address, form).status_code == 422
    made = client.post(address, form | {"place": "동부센터 3층"})
    page = made["Location"]
    assert client.post(f"{page}invite/", {"volunteer": [str(moon_helps.pk)]}).status_code == 302
    with clock.pinned(SATURDAY + timedelta(hours=3)):
        assert client.post(f"{page}note/", {"came": [str(moon_helps.pk)]}).status_code == 302
        shown = client.get(page).content.decode()
        assert "문보라" in shown and "1/1" in client.get(address).content.decode()
        paper = client.get(f"{address}certificates/{row_of(moon_helps).pk}/").content.decode()
    assert "안전하고 존중하는 방문" in paper and "2시간" in paper
    assert as_(hana).post(f"{page}note/", {}).status_code == 404


@pytest.mark.rule("R32")
@pytest.mark.parametrize(
    ("lines", "points", "tier"),
    [
        ([Line(date(2025, 5, 1), 600, 1)], 100, "sprout"),  # before the version that adds for training
        ([Line(date(2026, 5, 1), 600, 1)], 120, "sprout"),
        ([Line(date(2026, 5, 1), 600, 2), Line(date(2026, 5, 1), -60, 2)], 135, "sprout"),  # corrected
        ([Line(date(2026, 5, 1), 599, 0)], 99, None),
        ([Line(date(2026, 5, 1), 60 * 500, 0)], 5000, "forest"),
    ],
)
def test_each_hour_counts_by_the_rules_of_its_own_day(lines: list[Line], points: int, tier: str | None) -> None:
    found = recognition.thanks(lines, date(2026, 11, 23))
    assert (found.points, found.tier.code if found.tier else None) == (points, tier)
    assert found.missing is None if tier == "forest" else (found.missing or 0) > 0
