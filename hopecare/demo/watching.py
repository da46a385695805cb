"""Signals of need in the East: who answers when, three people under watch, one alarm that waits for a call."""

from datetime import datetime, time, timedelta
from typing import Any

from cases.models import (
    Alarm,
    AlarmStep,
    Case,
    CheckIn,
    DutyHour,
    Watch,
    WatchAway,
    WatchContact,
)
from cases.rules import opening as grounds
from cases.rules import watching as rules
from hopecare.demo.world import World
from hopecare.kernel import clock, phones
from hopecare.kernel.models import SafeContact, User

_WISHES = (
    {"way": "sms", "words": "아침에 문자 한 통이면 돼요. 답이 없으면 옆집 먼저요.", "no_contact_days": 7},
    {"way": "call", "words": "귀가 어두우니 벨을 길게 울려 주세요.", "weekday": 0},
    {"way": "button", "words": "여행이 잦아요. 집 비울 때는 제가 누를게요.", "on_closed_door": False},
)
_NEIGHBOURS = (("neighbour", "옆집 정미경", "010-0000-0871"), ("family", "조카 서지훈", "010-0000-0872"))


def seed_watching(world: World, cast: dict[str, User]) -> None:
    hana, ana = cast["hana"], cast["ana"]
    team = world.zones["east"].team_id
    now = clock.now()
    for day in range(5):
        for user, start, end in ((hana, 9, 18), (ana, 18, 20)):
            DutyHour.objects.create(
                team_id=team, weekday=day, from_hour=start, to_hour=end, user=user, by=hana, since=now
            )
    cases = Case.objects.filter(lead=hana, closed_at=None, main_person__sealed=False, main_person__state="here")
    # not the first ones: those are the stage of other walks
    for case, wish in zip(cases.select_related("main_person").order_by("-pk")[: len(_WISHES)], _WISHES, strict=False):
        _watch(case, hana, wish, now)


def _watch(case: Case, hana: User, wish: dict[str, Any], now: datetime) -> None:
    asks, weekday = time(9, 30), wish.get("weekday")
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    if wish["way"] == "sms":
        SafeContact.objects.filter(person=case.main_person).update(sms_ok=True, from_hour=9, to_hour=18)
    started = now - timedelta(days=20)
    watch = Watch.objects.create(
        **keys,
        **wish,
        person=case.main_person,
        form_version=grounds.form_version(),
        agreed_until=grounds.consent_ends(started.date()),
        ask_at=asks,
        caller=hana,
        keys="옆집 정미경",
        state_since=started,
        started_at=started,
        next_ask_at=rules.next_ask(now, weekday=weekday, at=asks),
        by=hana,
    )
    for rank, (kind, name, phone) in enumerate(_NEIGHBOURS if wish["way"] == "sms" else _NEIGHBOURS[:1], 1):
        number = phones.normal(phone)
        WatchContact.objects.create(
            **keys,
            watch=watch,
            rank=rank,
            kind=kind,
            name=name,
            phone=number,
            phone_hash=phones.hashed(number),
            agreed_on=started.date(),
            texts=rank == 1,
            by=hana,
        )
    _days(watch, keys, now, weekday)
    if wish["way"] == "sms":
        _open_alarm(watch, keys, now)
    if wish["way"] == "button":
        WatchAway.objects.create(
            **keys, watch=watch, starts_at=now, ends_at=now + timedelta(days=2), told_via="link", told_at=now
        )


def _days(watch: Watch, keys: dict[str, Any], now: datetime, weekday: int | None) -> None:
    """A fortnight of answers, and one false alarm of a week ago."""
    for ago in range(14, 0, -1):
        day = now.date() - timedelta(days=ago)
        if weekday is not None and day.weekday() != weekday:
            continue
        asked = clock.at(day, time(9, 30))
        via = {"sms": "sms", "call": "call", "button": "app"}[watch.way]
        answered = asked + timedelta(minutes=7 + ago)
        CheckIn.objects.create(
            **keys,
            watch=watch,
            way=watch.way,
            asked_at=asked,
            answer_by=asked + timedelta(minutes=watch.answer_minutes),
            answered_at=answered,
            via=via,
        )
        watch.last_sign_at, watch.last_sign_via = answered, via
    watch.save(update_fields=["last_sign_at", "last_sign_via"])
    if watch.way == "call":
        opened = now - timedelta(days=9)
        Alarm.objects.create(
            **keys,
            watch=watch,
            cause="door",
            opened_at=opened,
            rung="contact",
            answered_at=opened + timedelta(minutes=9),
            ended_at=opened + timedelta(minutes=52),
            ended_by=watch.by,
            ended_via="staff",
            result="false",
            words="복지관에 다녀오시느라 방문 시각을 잊으셨음",
        )


def _open_alarm(watch: Watch, keys: dict[str, Any], now: datetime) -> None:
    opened = now - timedelta(minutes=12)
    alarm = Alarm.objects.create(
        **keys, watch=watch, cause="check_in", opened_at=opened, next_at=rules.climbs_at("call", opened)
    )
    AlarmStep.objects.create(**keys, alarm=alarm, rung="call", at=opened, due_at=alarm.next_at)
