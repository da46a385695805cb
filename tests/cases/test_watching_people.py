"""Signals of need: people take an alarm, neighbours answer, lives change, boards and pages show it (D10, D15)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Alarm, Case, CheckIn, Watch
from cases.selectors import watching as selectors
from cases.services import alarms, closing, own_watch
from cases.services.life_events import record_life_event
from hopecare.kernel import clock, errors, events
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, PersonState
from tests.cases.case_kit import approve
from tests.cases.watch_kit import (
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
    watched_case,
)
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case, make_person

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


def test_a_case_that_closes_ends_it_and_a_consent_has_an_end(hana: Actor, eli: Actor, watched: Watch) -> None:
    assert watched.agreed_until is not None
    with as_owner():
        Watch.objects.filter(pk=watched.pk).update(agreed_until=NOW.date() - timedelta(days=1))
    tick(NOW)
    assert (fresh(watched).state, fresh(watched).why) == ("ended", "consent")
    again = begin(hana, watched.case)
    asked = dict.fromkeys(Category.objects.values_list("code", flat=True), "none")
    closing.close_case(by=hana.viewer, number=again.case.number, reason="improved", words="잘 지내심", values=asked)
    approve(eli, again.case)
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
