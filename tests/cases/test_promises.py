"""Promises are watched: pressing, broken, climbing, unowned; each step is told once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import CallBack, Intake, Visit
from cases.services import intake, promises, triage
from cases.services.intake import Arrival
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


def _intake(hana: Actor) -> Intake:
    told = Arrival(door="phone", name="윤순덕", phone="010-0000-0078", town="hwado", words="난방비가 없어요.")
    return intake.take(by=hana.viewer, arrival=told)


@pytest.mark.rule("R17")
def test_an_intake_nobody_takes_on_climbs_to_the_team_the_head_and_the_centre(hana: Actor, eli: Actor) -> None:
    row = _intake(hana)
    late = row.promised_at - NOW

    def steps(**after: int) -> set[tuple[str, str]]:
        with clock.pinned(NOW + late + timedelta(**after)):
            promises.watch()
        with as_owner():
            rows = Message.objects.filter(purpose="intake.promise")
            return {(found.step.split(":")[0], f"{found.recipient_kind}:{found.recipient_id}") for found in rows}

    team, head, centre = _team("east_mixed"), f"user:{eli.id}", _team("central")
    assert steps(hours=-5) == set()
    assert steps(hours=-1) == {("pressing", team)}
    assert steps(minutes=1) == {("pressing", team), ("broken", team)}
    assert steps(hours=4) >= {("climbed", head)} and ("unowned", centre) not in steps(hours=4)
    assert steps(hours=9) == {("pressing", team), ("broken", team), ("climbed", head), ("unowned", centre)}
    with as_owner():
        for notice in Message.objects.filter(purpose="intake.promise"):
            assert "윤순덕" not in f"{notice.body}{notice.parameters}" and "난방비" not in f"{notice.body}"


@pytest.mark.rule("R17")
def test_an_intake_that_is_answered_is_silent_and_when_they_come_back_it_is_watched_anew(hana: Actor) -> None:
    row = _intake(hana)
    with clock.pinned(row.promised_at + timedelta(minutes=1)):
        assert (promises.watch(), promises.watch()) == (1, 0)
    intake.answer(by=hana.viewer, number=row.number, words_said="동에서 받는 법을 알려드림", agreed=True)
    with clock.pinned(row.promised_at + timedelta(hours=9)):
        assert promises.watch() == 0
        again = intake.open_again(by=hana.viewer, number=row.number)
    with clock.pinned(again.promised_at + timedelta(minutes=1)):
        assert promises.watch() == 1


@pytest.mark.rule("R17")
def test_the_day_tells_how_many_intakes_wait(as_, hana: Actor, chi: Actor) -> None:
    row = _intake(hana)
    with clock.pinned(row.promised_at + timedelta(minutes=1)):
        page = as_(hana).get("/desk/").content.decode()
    assert "/desk/intake/" in page and "아무도 맡지 않은 접수 1건" in page and "약속 넘김 1" in page
    assert "아무도 맡지 않은 접수" not in as_(chi).get("/desk/").content.decode()


@pytest.mark.rule("R17")
def test_what_was_told_long_ago_costs_no_question_of_its_own(
    hana: Actor, eli: Actor, django_assert_num_queries
) -> None:
    late = _intake(hana).promised_at + timedelta(days=3)
    make_report(promised_at=NOW)
    with clock.pinned(late):
        assert promises.watch() == 6
        with CaptureQueriesContext(connection) as one:
            promises.watch()
    for number in range(6):
        told = Arrival(door="phone", name=f"윤순{number}", phone=f"010-0000-008{number}", town="hwado", words="쌀")
        intake.take(by=hana.viewer, arrival=told)
        make_report(promised_at=NOW)
    with clock.pinned(late):
        assert promises.watch() > 12
        with django_assert_num_queries(len(one)):
            assert promises.watch() == 0
