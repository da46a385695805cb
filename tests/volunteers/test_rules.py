"""Rules without a database: hard filters, order, waves, words, states."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hopecare.kernel import clock
from hopecare.messaging import rules as messaging_rules
from volunteers.facts import Helper, Obstacle, Task, Window
from volunteers.rules import calendar, matching, words
from volunteers.states import OFFER_STEPS, OfferState, may_step

THURSDAY = datetime(2026, 11, 26, 14, 0, tzinfo=clock.SEOUL)
TASK = Task(1, 1, 37.653, 127.305, THURSDAY, THURSDAY + timedelta(hours=1))
CITY = yaml.safe_load(Path("hopecare/kernel/data/cities/namyangju.yaml").read_text())
VOLUNTARY = [service for service in CITY["services"] if "volunteer_risk" in service]


def helper(**changes: Any) -> Helper:
    values: dict[str, Any] = {
        "id": 1,
        "state": "active",
        "town_id": 1,
        "lat": 37.655,
        "lon": 127.305,
        "radius_km": 5.0,
        "birth_year": 1960,
        "skills": frozenset({1}),
        "windows": (Window(3, time(13), time(18)),),
    }
    return Helper(**(values | changes))


def test_somebody_near_and_free_may_be_asked() -> None:
    assert matching.obstacles(TASK, helper()) == ()


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"state": "paused"}, Obstacle.NOT_ACTIVE),
        ({"skills": frozenset({2})}, Obstacle.SKILL),
        ({"town_id": 2, "lat": 37.9}, Obstacle.FAR),
        ({"windows": (Window(2, time(13), time(18)),)}, Obstacle.WINDOW),
        ({"windows": (Window(3, time(14, 30), time(18)),)}, Obstacle.WINDOW),
        ({"booked": ((THURSDAY + timedelta(minutes=30), THURSDAY + timedelta(hours=2)),)}, Obstacle.CLASH),
        ({"booked": ((THURSDAY - timedelta(days=1), THURSDAY - timedelta(hours=23)),) * 2}, Obstacle.CAP),
        ({"asked_elsewhere": True}, Obstacle.ASKED),
    ],
)
def test_each_hard_filter_alone(changes: dict[str, Any], obstacle: Obstacle) -> None:
    assert matching.obstacles(TASK, helper(**changes)) == (obstacle,)


def test_a_certificate_that_runs_out_before_the_visit_blocks_it() -> None:
    trained = Task(1, 1, 37.653, 127.305, THURSDAY, THURSDAY + timedelta(hours=1), risk=1)
    assert matching.obstacles(trained, helper(level=1, level_until=date(2026, 11, 26))) == ()
    assert matching.obstacles(trained, helper(level=1, level_until=date(2026, 11, 25))) == (Obstacle.LEVEL,)


@pytest.mark.rule("D7")
@pytest.mark.rule("K10")
def test_with_a_minor_only_people_who_are_surely_of_age() -> None:
    minor = Task(1, 1, 37.653, 127.305, THURSDAY, THURSDAY + timedelta(hours=1), with_minor=True)
    assert matching.obstacles(minor, helper(birth_year=2007)) == (Obstacle.MINOR,)
    assert matching.obstacles(minor, helper(birth_year=None)) == (Obstacle.MINOR,)
    assert matching.obstacles(minor, helper(birth_year=2006)) == ()


def test_nearer_is_first_and_a_full_month_comes_later() -> None:
    near, far, busy = helper(id=1), helper(id=2, lat=37.68), helper(id=3, month_count=6)
    assert [one.helper.id for one in matching.rank(TASK, [busy, far, near])] == [1, 2, 3]


def test_waves_ask_one_then_two_and_urgent_three() -> None:
    now = THURSDAY - timedelta(days=2, hours=4)
    usual: dict[str, Any] = {"now": now, "starts": THURSDAY, "urgent": False, "free_seats": 1, "open_offers": 0}
    first = matching.wave(**usual, after_silence=False)
    assert first is not None and first.size == 1
    silent = matching.wave(**usual, after_silence=True)
    assert silent is not None and silent.size == 2
    urgent = matching.wave(**(usual | {"urgent": True}), after_silence=False)
    assert urgent is not None and urgent.size == 3
    assert matching.wave(**(usual | {"now": THURSDAY - timedelta(hours=2, minutes=10)}), after_silence=False) is None


@pytest.mark.rule("K16")
@given(minutes=st.integers(0, 60 * 24 * 6), urgent=st.booleans())
def test_nobody_must_answer_in_the_night(minutes: int, urgent: bool) -> None:
    now = THURSDAY - timedelta(days=6) + timedelta(minutes=minutes)
    until = matching.answer_until(now, THURSDAY, urgent=urgent, quiet=(21, 8))
    assert until <= THURSDAY - timedelta(hours=2)
    assert until < now or not matching.is_quiet(until - timedelta(minutes=1), (21, 8)) or until == now


@pytest.mark.rule("K10")
@pytest.mark.parametrize(("born", "band"), [(2013, "under14"), (2012, "under14"), (2011, "under19"), (2007, "")])
def test_age_bands_are_careful_with_a_year_alone(born: int, band: str) -> None:
    assert matching.age_band(born, 2026) == band


ASKS = st.builds(
    lambda town, service, day, hour, minute, minutes, letter: words.Ask(
        starts=datetime(2026, 1, 1, hour, minute, tzinfo=clock.SEOUL) + timedelta(days=day),
        minutes=minutes,
        town_ko=town["name_ko"],
        town_en=town["name_en"],
        service_ko=service["name_ko"],
        service_en=service["name_en"],
        category_ko=next(c["name_ko"] for c in CITY["categories"] if c["code"] == service["category"]),
        category_en=next(c["name_en"] for c in CITY["categories"] if c["code"] == service["category"]),
        phone="031-000-0001",
        letter=letter,
    ),
    st.sampled_from(CITY["towns"]),
    st.sampled_from(VOLUNTARY),
    st.integers(0, 365),
    st.integers(7, 20),
    st.sampled_from([0, 5, 30, 45]),
    st.integers(15, 480),
    st.sampled_from(["", "B", "K"]),
)


@pytest.mark.rule("K20")
@given(ask=ASKS, language=st.sampled_from(["ko", "en"]))
def test_every_offer_fits_into_90_bytes_and_says_enough(ask: words.Ask, language: str) -> None:
    text = words.offer_text(ask, language)
    assert words.size(text) <= words.LIMIT
    assert ask.phone in text and "http" not in text
    assert f"{ask.letter}1" in text and f"{ask.letter}2" in text
    assert f"{ask.starts.month}/{ask.starts.day}" in text
    town, service = (ask.town_ko[:2], ask.service_ko[:1]) if language == "ko" else (ask.town_en.split("-")[0], "")
    assert town in text and service in text.replace("봉사", "")
    assert messaging_rules.lint(text) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1", (True, "")),
        ("네", (True, "")),
        ("응", (True, "")),
        ("가능", (True, "")),
        ("yes", (True, "")),
        ("2", (False, "")),
        ("아니오", (False, "")),
        ("불가", (False, "")),
        ("no", (False, "")),
        ("b1", (True, "B")),
        ("가능b1", (True, "B")),
        ("불가a2", (False, "A")),
        ("11", None),
        ("못갈것같은데금요일은어때요", None),
        ("", None),
    ],
)
def test_words_that_are_understood(said: str, meant: tuple[bool, str] | None) -> None:
    assert words.understood(said) == meant


@given(st.text(max_size=20))
def test_other_words_are_for_a_person(text: str) -> None:
    plain = messaging_rules.plain_reply(text)
    known = words.YES_WORDS | words.NO_WORDS
    coded = len(plain) <= 5 and plain[-1:] in {"1", "2"}
    assert (words.understood(plain) is None) or plain in known or coded


@given(st.lists(st.sampled_from(list(OfferState)), min_size=2, max_size=8))
def test_what_is_over_stays_over(path: list[OfferState]) -> None:
    """Along any path that the table allows, nothing leaves an end and nothing is confirmed that was not there."""
    walked = [OfferState.PROPOSED]
    for state in path:
        if may_step(walked[-1], state):
            walked.append(state)
    for before in (OfferState.DECLINED, OfferState.CANCELLED, OfferState.CONFIRMED):
        assert before not in walked[:-1]
    after_withdrawn = {after for one, after in pairwise(walked) if one == OfferState.WITHDRAWN}
    assert after_withdrawn <= {OfferState.OFFERED}  # said yes too late: asked first when a place is free again
    if OfferState.CONFIRMED in walked:
        assert OfferState.DONE in walked or OfferState.NO_SHOW in walked
    if OfferState.DONE in walked:
        assert OfferState.SCHEDULED in walked


def test_every_state_has_a_way_in_and_an_owner() -> None:
    entered = {step.after for step in OFFER_STEPS} | {OfferState.PROPOSED}
    assert entered == set(OfferState)
    assert all(step.owner for step in OFFER_STEPS)


def test_a_calendar_line_is_never_longer_than_75_bytes() -> None:
    entry = calendar.Entry(
        uid="1@hopecare",
        starts=THURSDAY,
        ends=THURSDAY + timedelta(hours=1),
        title="봉사: 말벗·장보기, " * 9,
        place="화도읍",
        words="담당; 전화\n둘째 줄",
    )
    text = calendar.file([entry], made=THURSDAY)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "담당\\; 전화\\n둘째 줄" in text
