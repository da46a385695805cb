"""Signals of need: the plan of the person first, alarms that climb, nobody pretends to answer at night (D10, R92)."""

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.facts import WatchGround
from cases.models import Alarm, Case, DutyHour, Watch
from cases.rules import watching as rules
from cases.selectors import own_watch as own_selectors
from cases.services import alarm_news, alarms, own_watch, watching
from hopecare.kernel import clock, errors
from hopecare.kernel.models import Team
from hopecare.messaging.models import Message
from hopecare.messaging.services.unsent import tell_unsent
from tests.cases.watch_kit import (
    CONSENT,
    ELEVEN,
    NEIGHBOUR,
    alarm_of,
    answer,
    begin,
    fresh,
    neighbour,
    sent,
    steps,
    tick,
    token,
    told,
    watched_case,
    write_hours,
)
from tests.cast import NOW, Actor
from tests.database import as_owner

As = Callable[..., Client]


@pytest.fixture
def case(hana: Actor, eli: Actor) -> Case:
    return watched_case(hana)


@pytest.fixture
def watched(hana: Actor, case: Case) -> Watch:
    return begin(hana, case)


@pytest.fixture
def silent(watched: Watch) -> Watch:
    """Asked at eleven, nobody answered by noon."""
    tick(ELEVEN)
    sent("watch.ask")
    tick(ELEVEN + timedelta(minutes=61))
    return watched


@pytest.mark.rule("K7")
@pytest.mark.rule("D10")
def test_nobody_is_watched_without_their_word_and_never_where_nobody_answers(hana: Actor, case: Case) -> None:
    def refused(ground: WatchGround = CONSENT, **wishes: Any) -> set[str]:
        with pytest.raises(errors.Impossible) as found:
            begin(hana, case, ground, **wishes)
        return {problem.code for problem in found.value.problems}

    assert refused(WatchGround("consent", given=False)) == {"no_ground"}
    assert refused(WatchGround("public_duty", given=True)) == {"required"}
    assert refused(way="none", on_closed_door=False) == {"nothing"}
    assert refused(ask_at=time(20)) == {"unsafe_hour"} and refused(way="call") == {"caller"}
    with as_owner():
        DutyHour.objects.update(ended_at=NOW)
    assert refused() == {"nobody_answers"}
    write_hours(hana)
    begin(hana, case, WatchGround("urgent", article="개인정보 보호법 제15조제1항제5호"))
    assert refused() == {"twice"}


@pytest.mark.rule("K20")
@pytest.mark.rule("D4")
def test_asked_once_by_a_text_that_names_nobody_and_one_word_is_enough(watched: Watch) -> None:
    assert [tick(ELEVEN - timedelta(minutes=1)), tick(ELEVEN), tick(ELEVEN)] == [0, 1, 0]
    text = sent("watch.ask")
    assert len(text.body.encode("cp949")) <= 90 and "윤순덕" not in text.body and "순덕" not in text.link
    assert "잘 받았어요" in answer("1", ELEVEN + timedelta(minutes=5))
    assert tick(ELEVEN + timedelta(hours=2)) == 0 and alarm_of(watched) is None
    row = fresh(watched)
    assert row.last_sign_via == "sms" and row.next_ask_at == ELEVEN + timedelta(days=1)


@pytest.mark.rule("D10")
@pytest.mark.rule("R93")
def test_an_unanswered_alarm_climbs_rung_by_rung_each_told_once(
    hana: Actor, eli: Actor, silent: Watch, settings: Any
) -> None:
    settings.DUTY_PHONE = "010-0000-0119"
    neighbour(hana, silent)
    noon = ELEVEN + timedelta(minutes=61)
    assert steps(alarm_of(silent)) == [("call", "")] and told("watch.alarm") == {("user", str(hana.id))}
    assert [tick(noon + timedelta(minutes=29)), tick(noon + timedelta(minutes=30))] == [0, 1]
    text = sent("watch.neighbour", NEIGHBOUR)
    assert len(text.body.encode("cp949")) <= 90 and "윤순덕" not in text.body and "정미경" not in text.body
    assert [tick(noon + timedelta(minutes=60)), tick(noon + timedelta(minutes=60))] == [1, 0]
    assert ("user", str(eli.id)) in told("watch.alarm")
    tick(noon + timedelta(minutes=121))
    team = Team.objects.get(code="central").pk
    assert ("team", str(team)) in told("watch.alarm") and told("watch.duty") != set()
    assert steps(alarm_of(silent)) == [
        ("call", "unanswered"),
        ("contact", "unanswered"),
        ("visit", "unanswered"),
        ("emergency", ""),
    ]
    with as_owner():
        for row in Message.objects.filter(purpose__startswith="watch."):
            assert "윤순덕" not in f"{row.body}{row.parameters}{row.link}"


@pytest.mark.rule("D10")
def test_away_by_their_own_plan_nothing_asks_and_nothing_climbs(hana: Actor, silent: Watch) -> None:
    back = NOW + timedelta(days=3)
    watching.go_away(by=hana.viewer, number=silent.case.number, watch_id=silent.pk, starts=NOW, ends=back)
    assert tick(NOW + timedelta(hours=5)) == 0 and tick(ELEVEN + timedelta(days=1)) == 0
    found = alarm_of(silent)
    assert found is not None and (found.rung, found.next_at) == ("call", back + timedelta(minutes=30))
    assert steps(found)[-1] == ("call", "away")
    with clock.pinned(NOW + timedelta(days=1)):
        watching.back(by=hana.viewer, number=silent.case.number, watch_id=silent.pk)
    assert tick(NOW + timedelta(days=2, hours=1)) == 1, "asked again from the next hour on"


@pytest.mark.rule("D10")
def test_at_night_nobody_answers_and_every_page_says_so(hana: Actor, watched: Watch, as_: As) -> None:
    two = NOW.replace(hour=2) + timedelta(days=1)
    with clock.pinned(two):
        own_watch.by_link(token=token(watched), what="ring")
        board = as_(hana).get("/desk/watch/").content.decode()
        page = as_().get(own_selectors.link_of(watched)).content.decode()
    assert "지금은 아무도 답하지 않습니다" in board
    assert "월–금요일 09:00–18:00" in page and "밤에는 아무도 읽지 않습니다" in page and "119" in page
    found = alarm_of(watched)
    assert found is not None and found.next_at == two.replace(hour=9, minute=30)
    assert tick(two.replace(hour=9)) == 0 and steps(found) == [("call", "")]
    friday = NOW.replace(hour=20) + timedelta(days=4)
    assert rules.answered_from(friday, [rules.Duty(0, 9, 18, False, 1)], ()) == (friday + timedelta(days=3)).replace(
        hour=9
    )


@pytest.mark.rule("D10")
def test_at_night_the_mobiles_that_were_written_down_ring_and_no_other(hana: Actor, eli: Actor, watched: Watch) -> None:
    night, mobile = {"from_hour": 0, "to_hour": 9, "weekdays": range(7)}, "010-0000-0873"
    write_hours(hana, **night, phone=mobile)
    write_hours(eli, **{**night, "weekdays": [5]}, phone="010-0000-0874")
    with pytest.raises(errors.Impossible, match="bad_phone"):
        write_hours(eli, **{**night, "weekdays": [6]}, phone="밤")
    two = NOW.replace(hour=2) + timedelta(days=1)
    with clock.pinned(two):
        own_watch.by_link(token=token(watched), what="ring")
    with as_owner():
        (text,) = Message.objects.filter(purpose="watch.night")
    assert text.duty and text.body == alarm_news.NIGHT_WORDS and "윤순덕" not in text.body
    for minutes in (31, 100):
        tick(two + timedelta(minutes=minutes))
    with as_owner():
        rungs = {row.step.split(":")[0] for row in Message.objects.filter(purpose="watch.night")}
        last = Message.objects.filter(purpose="watch.night", step__startswith="emergency")
        assert rungs == {"call", "visit", "emergency"} and last.count() == 2, "at the end every number of the team"
    with clock.pinned(two + timedelta(minutes=101)):
        alarms.end(by=hana.viewer, alarm_id=alarm_of(watched).pk, result="well", words="통화했어요")
    with as_owner():
        assert not Message.objects.filter(purpose="watch.night", state="queued").exists()


@pytest.mark.rule("D4")
def test_who_cannot_be_asked_by_text_is_rung_and_not_alarmed_about(hana: Actor, watched: Watch, as_: As) -> None:
    tick(ELEVEN)
    with as_owner():
        rows = Message.objects.filter(purpose="watch.ask")
        rows.update(state="suppressed", reason="safe_contact", finished_at=ELEVEN, unsent_to_tell=True)
    with clock.pinned(ELEVEN + timedelta(minutes=2)):
        tell_unsent()
        page = as_(hana).get("/desk/watch/?show=calls").content.decode()
    assert told("watch.call") == {("user", str(hana.id))} and "윤순덕" in page
    assert tick(ELEVEN + timedelta(minutes=61)) == 0
    row = re.search(r"/desk/watch/calls/(\d+)/", page)
    assert row is not None
    with clock.pinned(ELEVEN + timedelta(minutes=62)):
        assert as_(hana).post(row[0], {"said": "no"}).status_code == 302
        assert as_(hana).post(row[0], {"said": "well"}).status_code == 302, "a second word changes nothing"
    assert steps(alarm_of(watched)) == [("call", "")]


@pytest.mark.rule("D10")
def test_the_person_sees_it_stops_it_and_no_old_link_opens_it(hana: Actor, silent: Watch, as_: As) -> None:
    address, nobody = own_selectors.link_of(silent), as_()
    page = nobody.get(address)
    assert "윤순덕" not in page.content.decode() and "no-store, private" in page["Cache-Control"]
    assert nobody.get(address[:-4] + "AAA/").status_code == 404
    with clock.pinned(NOW + timedelta(hours=3)):
        assert nobody.post(address, {"do": "well"}).status_code == 302
        assert (alarm_of(silent) or Alarm()).result == "well"
        nobody.post(address, {"do": "rest", "days": "3"})
        assert "여쭙지 않습니다" in nobody.get(address).content.decode()
    assert tick(ELEVEN + timedelta(days=1)) == 0
    watching.new_link(by=hana.viewer, number=silent.case.number, watch_id=silent.pk)
    assert nobody.get(address).status_code == 404
    nobody.post(own_selectors.link_of(fresh(silent)), {"do": "stop"})
    assert (fresh(silent).state, fresh(silent).why, fresh(silent).changed_via) == ("ended", "wish", "link")
    assert told("watch.stopped") == {("user", str(hana.id))}
    paper = as_(hana).get(f"/desk/cases/{silent.case.number}/watch/{silent.pk}/paper/").content.decode()
    assert "그만두거나 쉬는 방법" in paper and "09:00–18:00" in paper


@pytest.mark.rule("D10")
def test_by_text_message_too_they_rest_ring_and_stop(watched: Watch) -> None:
    tick(ELEVEN)
    sent("watch.ask")
    assert "그때까지 여쭙지" in answer("쉼 3", ELEVEN + timedelta(minutes=1))
    assert tick(ELEVEN + timedelta(days=2)) == 0 and tick(ELEVEN + timedelta(days=4)) == 1
    sent("watch.ask")
    assert "전화드릴게요" in answer("2", ELEVEN + timedelta(days=4, minutes=1))
    found = alarm_of(watched)
    assert found is not None and found.cause == "asked"
    answer("1", ELEVEN + timedelta(days=4, minutes=9))
    assert alarm_of(watched).ended_at is None, "who asked to be rung is rung"  # type: ignore[union-attr]
    answer("그만", ELEVEN + timedelta(days=4, minutes=10))
    assert fresh(watched).state == "ended" and alarm_of(watched).next_at is None  # type: ignore[union-attr]
    assert tick(ELEVEN + timedelta(days=5)) == 0
