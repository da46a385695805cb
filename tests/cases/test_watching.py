"""Signals of need: the plan of the person first, alarms that climb, nobody pretends to answer at night (D10, R92)."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.facts import WatchGround, WatchPlan
from cases.models import Alarm, AlarmStep, Case, CheckIn, DutyHour, Watch
from cases.rules import watching as rules
from cases.selectors import own_watch as own_selectors
from cases.selectors import watching as selectors
from cases.services import alarms, closing, duty, own_watch, signals, watching
from cases.services.life_events import record_life_event
from hopecare.kernel import clock, errors, events, phones
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, PersonState, SafeContact, Team
from hopecare.messaging.models import Message
from hopecare.messaging.services import receive
from hopecare.messaging.services.unsent import tell_unsent
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case, make_person

As = Callable[..., Client]
ELEVEN = NOW.replace(hour=11)
NEIGHBOUR = "010-0000-0871"
CONSENT = WatchGround("consent", given=True)


@pytest.fixture
def case(hana: Actor, eli: Actor) -> Case:
    """Sun-deok wants texts in the morning; Hana answers from nine to six on working days."""
    found = make_case(hana)
    with as_owner():
        SafeContact.objects.filter(person=found.main_person).update(sms_ok=True, from_hour=9, to_hour=18)
    write_hours(hana)
    return found


def write_hours(actor: Actor, **fields: Any) -> int:
    values = {"team_id": Team.objects.get(code="east_mixed").pk, "user_id": actor.id, "weekdays": range(5)}
    return duty.write_hours(by=actor.viewer, **{**values, "from_hour": 9, "to_hour": 18, **fields})


def begin(actor: Actor, case: Case, ground: WatchGround = CONSENT, **wishes: Any) -> Watch:
    plan = WatchPlan(**{"way": "sms", "ask_at": time(11), "answer_minutes": 60, **wishes})
    found = watching.start(by=actor.viewer, number=case.number, person_id=case.main_person_id, ground=ground, plan=plan)
    assert found is not None
    return found


def neighbour(actor: Actor, watch: Watch, *, texts: bool = True) -> None:
    watching.name_contact(
        by=actor.viewer,
        number=watch.case.number,
        watch_id=watch.pk,
        kind="neighbour",
        name="정미경",
        phone=NEIGHBOUR,
        agreed_on=NOW.date(),
        texts=texts,
    )


def tick(at: datetime) -> int:
    with clock.pinned(at):
        return signals.watch()


def sent(purpose: str, number: str = "010-0000-0078") -> Message:
    """The newest text of this purpose, as the provider took it."""
    with as_owner():
        row = Message.objects.filter(purpose=purpose, channel="sms").order_by("-pk")[0]
        clear = phones.normal(number)
        Message.objects.filter(pk=row.pk).update(state="sent", phone=clear, phone_hash=phones.hashed(clear))
    return row


def answer(text: str, at: datetime, number: str = "010-0000-0078") -> str:
    """A text comes in; what goes back."""
    with clock.pinned(at):
        assert receive(sid=f"SM{text[:1]}{at:%m%d%H%M}{number[-4:]}", phone=phones.normal(number), text=text)
    with as_owner():
        back = Message.objects.filter(purpose="reply").order_by("-pk").first()
    return back.body if back else ""


def alarm_of(watch: Watch) -> Alarm | None:
    with as_owner():
        return Alarm.objects.select_related("taken_by").filter(watch=watch).order_by("-pk").first()


def steps(alarm: Alarm | None) -> list[tuple[str, str]]:
    assert alarm is not None
    with as_owner():
        return list(AlarmStep.objects.filter(alarm=alarm).order_by("pk").values_list("rung", "result"))


def fresh(watch: Watch) -> Watch:
    with as_owner():
        return Watch.objects.select_related("case", "person").get(pk=watch.pk)


def told(purpose: str) -> set[tuple[str, str]]:
    with as_owner():
        return set(Message.objects.filter(purpose=purpose).values_list("recipient_kind", "recipient_id"))


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


def token(watch: Watch) -> str:
    return own_selectors.link_of(fresh(watch)).split("/")[2]


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


@pytest.mark.rule("D10")
def test_people_take_it_try_in_vain_and_end_it_with_a_dated_result(hana: Actor, silent: Watch, as_: As) -> None:
    found, client = alarm_of(silent), as_(hana)
    assert found is not None
    url, one = f"/desk/watch/alarms/{found.pk}/", ELEVEN + timedelta(minutes=70)
    with clock.pinned(one):
        page = client.get(url).content.decode()
        assert "문을 부수지 마세요" in page and "본인의 계획이 먼저입니다" in page
        client.post(url, {"take": "1"})
        assert tick(one + timedelta(minutes=29)) == 0
        client.post(url, {"no_answer": "1", "said": "세 번 걸었어요"})
        assert alarm_of(silent).rung == "visit", "they named nobody"  # type: ignore[union-attr]
        assert client.post(url, {"end": "1", "result": "false"}).status_code == 422
        assert client.post(url, {"end": "1", "result": "false", "words": "전화기를 두고 나가심"}).status_code == 302
        board = client.get("/desk/watch/?show=over&result=false").content.decode()
    assert "전화기를 두고 나가심" in board and "100%" in board
    assert steps(found) == [("call", "taken"), ("call", "no_answer"), ("visit", "ended")]
    with pytest.raises(errors.Impossible):
        alarms.take(by=hana.viewer, alarm_id=found.pk)


@pytest.mark.rule("D11")
@pytest.mark.rule("R47")
def test_other_teams_and_the_fraud_role_find_nothing(silent: Watch, chi: Actor, fraud: Actor, as_: As) -> None:
    found = alarm_of(silent)
    assert found is not None
    assert "윤순덕" not in as_(chi).get("/desk/watch/?show=people").content.decode()
    for path in (f"/desk/watch/alarms/{found.pk}/", f"/desk/cases/{silent.case.number}/watch/{silent.pk}/"):
        assert as_(chi).get(path).status_code == 404 and as_(fraud).get(path).status_code == 404
    with acting_as(chi.viewer):
        assert Watch.objects.count() + Alarm.objects.count() + CheckIn.objects.count() == 0, "the second wall, too"
    with pytest.raises(errors.NotFound):
        alarms.take(by=chi.viewer, alarm_id=found.pk)


@pytest.mark.rule("D10")
def test_a_neighbour_who_looked_answers_in_one_word_and_people_decide(hana: Actor, silent: Watch) -> None:
    neighbour(hana, silent)
    noon = ELEVEN + timedelta(minutes=61)
    tick(noon + timedelta(minutes=30))
    sent("watch.neighbour", NEIGHBOUR)
    answer("1", noon + timedelta(minutes=40), NEIGHBOUR)
    assert steps(alarm_of(silent))[-1] == ("contact", "seen") and alarm_of(silent).ended_at is None  # type: ignore[union-attr]
    answer("2", noon + timedelta(minutes=45), NEIGHBOUR)
    assert alarm_of(silent).rung == "visit"  # type: ignore[union-attr]
    alarms.end(by=hana.viewer, alarm_id=alarm_of(silent).pk, result="helped")  # type: ignore[union-attr]
    assert tick(noon + timedelta(hours=3)) == 0


@pytest.mark.rule("D15")
@pytest.mark.parametrize(
    ("state", "after"), [(PersonState.HOSPITAL, "paused"), (PersonState.DIED, "ended"), (PersonState.MOVED, "ended")]
)
def test_hospital_lets_it_rest_death_and_moving_end_it(
    hana: Actor, silent: Watch, state: PersonState, after: str
) -> None:
    def happens(to: PersonState) -> None:
        case = silent.case
        person = {"person_id": silent.person_id, "since": NOW.date()}
        record_life_event(by=hana.viewer, number=case.number, state=to, **person)
        events.deliver_open()

    happens(state)
    assert (fresh(silent).state, alarm_of(silent).next_at) == (after, None)  # type: ignore[union-attr]
    assert tick(ELEVEN + timedelta(days=1)) == 0
    if state == PersonState.HOSPITAL:
        happens(PersonState.HERE)
        assert fresh(silent).state == "on" and fresh(silent).next_ask_at is not None


@pytest.mark.rule("R92")
def test_a_closed_door_and_long_silence_are_signals_if_they_chose_so(hana: Actor, case: Case) -> None:
    watch = begin(hana, case, way="none", no_contact_days=5)
    events.publish("visit.nobody_opened", case_id=case.pk, offer_id=1, at=NOW.isoformat())
    events.deliver_open()
    first = alarm_of(watch)
    assert first is not None and first.cause == "door"
    alarms.end(by=hana.viewer, alarm_id=first.pk, result="well")
    assert tick(NOW + timedelta(days=4, hours=23)) == 0 and tick(NOW + timedelta(days=5)) == 1
    assert alarm_of(watch).cause == "no_contact"  # type: ignore[union-attr]


def test_a_case_that_closes_ends_it_and_a_consent_has_an_end(hana: Actor, watched: Watch) -> None:
    assert watched.agreed_until is not None
    with as_owner():
        Watch.objects.filter(pk=watched.pk).update(agreed_until=NOW.date() - timedelta(days=1))
    tick(NOW)
    assert (fresh(watched).state, fresh(watched).why) == ("ended", "consent")
    again = begin(hana, watched.case)
    asked = dict.fromkeys(Category.objects.values_list("code", flat=True), "none")
    closing.close_case(by=hana.viewer, number=again.case.number, reason="improved", words="잘 지내심", values=asked)
    events.deliver_open()
    assert (fresh(again).state, fresh(again).why) == ("ended", "closed")


def test_the_board_asks_as_little_for_three_as_for_one(
    hana: Actor, silent: Watch, as_: As, django_assert_num_queries: Any
) -> None:
    def rows(many: int) -> None:
        for number in range(many):
            person = make_person(f"이웃{number}", phone=f"010-0000-05{number:02}")
            case = make_case(hana, person)
            watch = begin(hana, case, way="call", caller_id=hana.id)
            with clock.pinned(NOW):
                own_watch.by_link(token=token(watch), what="ring")

    for many in (0, 2):
        rows(many)
        with acting_as(hana.viewer) as viewer:
            with django_assert_num_queries(2):
                assert selectors.counts(viewer).alarms == many + 1
            with django_assert_num_queries(1):
                assert len(selectors.open_alarms(viewer)) == many + 1
            with django_assert_num_queries(1):
                assert len(selectors.watched(viewer)[0]) == many + 1
            with django_assert_num_queries(1):
                assert selectors.figures(viewer).total == 0
    for show in ("alarms", "calls", "people", "over"):
        assert as_(hana).get(f"/desk/watch/?show={show}").status_code == 200


def test_the_pages_of_a_case_begin_change_and_show_a_watch(hana: Actor, case: Case, as_: As) -> None:
    client, url = as_(hana), f"/desk/cases/{case.number}/watch/"
    typed = {
        "person": str(case.main_person_id), "ground": "consent", "given": "on", "way": "sms", "weekday": "",
        "ask_at": "11:00", "answer_minutes": "60", "never_break": "on", "safe_from": "8", "safe_to": "20",
        "words": "옆집 먼저요", "token": "t" * 20,
    }  # fmt: skip
    answer = client.post(url, {**typed, "given": ""})
    assert answer.status_code == 422 and "옆집 먼저요" in answer.content.decode()
    assert client.post(url, typed).status_code == 302
    with as_owner():
        watch = Watch.objects.get(case=case)
    here = f"{url}{watch.pk}/"
    contact = {"contact": "1", "kind": "family", "name": "서지훈", "phone": "010-0000-0872"}
    assert client.post(here, contact).status_code == 422, "asked first, with a day"
    assert client.post(here, {**contact, "agreed_on": "2026-11-20"}).status_code == 302
    away = {"away": "1", "starts_on": "2026-11-23", "ends_on": "2026-11-25"}
    assert client.post(here, away).status_code == 302
    page = client.get(here).content.decode()
    assert "서지훈" in page and "집을 비우심" in page
    plan = {**typed, "plan": "1", "way": "button", "weekday": "2"}
    assert client.post(here, plan).status_code == 302 and fresh(watch).weekday == 2
    for what in ("back", "rest", "back", "link", "stop"):
        assert client.post(f"{here}do/", {"do": what}).status_code == 302
    assert fresh(watch).state == "ended" and client.get(url).status_code == 200
    hours = {"team": str(case.team_id), "user": str(hana.id), "weekdays": ["5"], "from_hour": "9", "to_hour": "12"}
    assert client.post("/desk/watch/hours/", hours).status_code == 302
    assert "토요일" in client.get("/desk/watch/hours/").content.decode()
