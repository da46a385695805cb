"""Promises are watched: pressing, broken, climbing, unowned; each step is told once."""

from datetime import timedelta

import pytest

from cases.models import CallBack, Visit
from cases.services import promises, triage
from cases.tasks import watch_promises
from hopecare.kernel import clock
from hopecare.kernel.models import Organisation, Team
from hopecare.messaging.models import Message
from tests.cases.desk_kit import assign, make_report, result
from tests.cast import NOW, Actor
from tests.database import as_owner

pytestmark = pytest.mark.django_db


def _told(**after: int) -> set[tuple[str, str]]:
    """(step, recipient) of every notice about promises, after the watch ran at NOW + after."""
    with clock.pinned(NOW + timedelta(**after)):
        promises.watch()
    with as_owner():
        rows = Message.objects.filter(purpose__in=["report.promise", "call_back.promise"])
        return {(row.step.split(":")[0], f"{row.recipient_kind}:{row.recipient_id}") for row in rows}


def _team(code: str) -> str:
    return f"team:{Team.objects.get(code=code).pk}"


def test_nothing_is_said_while_there_is_time(eli: Actor) -> None:
    make_report(promised_at=NOW + timedelta(hours=8))
    assert _told() == set()


def test_a_pressing_promise_of_nobodys_report_is_told_to_the_team(eli: Actor) -> None:
    make_report(promised_at=NOW + timedelta(minutes=90))
    assert _told() == {("pressing", _team("east_mixed"))}


def test_a_broken_promise_is_told_to_the_two_and_then_to_the_head(ana: Actor, hana: Actor, eli: Actor) -> None:
    report = make_report(promised_at=NOW + timedelta(hours=1))
    assign(ana, report, ana, hana)
    both = {("broken", f"user:{ana.id}"), ("broken", f"user:{hana.id}")}
    assert _told(minutes=61) == both
    assert _told(hours=5) == both | {("climbed", f"user:{eli.id}")}


def test_a_report_that_nobody_takes_reaches_the_central_team(eli: Actor) -> None:
    make_report(urgency="danger", promised_at=NOW)
    assert ("unowned", _team("central")) in _told(minutes=16)


def test_a_hand_over_that_nobody_accepts_reaches_the_central_team(ana: Actor, eli: Actor) -> None:
    report = make_report(promised_at=NOW + timedelta(days=2))
    triage.hand_over(by=ana.viewer, code=report.code, zone_code="north", reason="집이 진접읍 쪽입니다.")
    assert _told(hours=9) == {("unowned", _team("central"))}


def test_each_step_is_told_once_however_often_the_watch_runs(eli: Actor) -> None:
    make_report(promised_at=NOW - timedelta(hours=1))
    assert (watch_promises(), watch_promises(), watch_promises()) == (1, 0, 0)


def test_what_was_looked_at_is_silent(ana: Actor, hana: Actor, eli: Actor) -> None:
    report = make_report(promised_at=NOW + timedelta(hours=1))
    result(hana, assign(ana, report, ana, hana), "nobody_home", again_at=NOW + timedelta(days=2))
    with as_owner():
        assert Visit.objects.filter(report=report, result="").exists()
    assert _told(hours=5) == set()


def test_a_forgotten_call_back_climbs_as_well(hana: Actor, eli: Actor) -> None:
    with as_owner():
        CallBack.objects.create(
            about="help",
            name="서정임",
            phone="+821000003344",
            phone_hash="k1:x",
            consent_version="1",
            team=Team.objects.get(code="east_mixed"),
            provider=Organisation.objects.get(code="east_centre"),
            promised_at=NOW,
        )
    assert _told(minutes=1) == {("late", _team("east_mixed"))}
    assert _told(hours=4) == {("late", _team("east_mixed")), ("climbed", f"user:{eli.id}")}


@pytest.mark.rule("D2")
def test_no_notice_names_a_person_or_a_place_below_the_town(eli: Actor) -> None:
    make_report(promised_at=NOW - timedelta(hours=1))
    _told()
    with as_owner():
        for notice in Message.objects.filter(purpose="report.promise"):
            assert "파란 대문" not in f"{notice.body}{notice.parameters}"
