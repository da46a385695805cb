"""Alarms of the watch: opened once, answered by people, climbing by themselves when nobody does (D10).

Call → whom the person named → visit → emergency. Every rung is a row; nothing climbs while the person is away.
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Alarm, AlarmResult, AlarmStep, Case, EntryKind, SignVia, StepResult, Watch, WatchAway
from cases.rules import watching as rules
from cases.selectors.duty import hours_of
from cases.services import alarm_news, timeline
from cases.services.locking import actor, locked_case
from cases.states import ALARM_STEPS, Rung, WatchState, demand_step
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient

_RELATED = ("case__town", "provider", "watch__person")
_OF_WATCH = ("case__lead", "case__town", "person", "provider")
_OVER = _("This alarm is over already. Please look at it again.")
_MOST = 200


def lock(by: Viewer, watch_id: int, *, skip: bool = False) -> Watch | None:
    """The watch before everything that hangs on it, and before its case: the order in which all of this locks.

    `skip`: None also when somebody else is at it, as sweeps want.
    """
    rows = visible_to(by, Watch).select_for_update(of=("self",), no_key=True, skip_locked=skip)
    return rows.select_related(*_OF_WATCH).filter(pk=watch_id).first()


def open_alarm(by: Viewer, watch: Watch, cause: str, kind: str = "") -> tuple[Alarm, bool]:
    """The watch's one open alarm, and whether it is new. The clock of the first rung begins when somebody answers:
    at night nobody does, and every page says so; where no hours are written at all, heads and the centre hear at once.
    """
    now = clock.now()
    start = rules.answered_from(now, hours_of(watch.team_id), clock.holidays())
    try:
        with transaction.atomic():
            alarm = Alarm.objects.create(
                watch=watch,
                case_id=watch.case_id,
                team_id=watch.team_id,
                provider_id=watch.provider_id,
                cause=cause,
                kind=kind,
                opened_at=now,
                next_at=rules.climbs_at(Rung.CALL, start or now),
            )
    except IntegrityError:
        return visible_to(by, Alarm).get(watch=watch, ended_at=None), False
    _step(alarm, Rung.CALL, now, alarm.next_at)
    audit.changed(by, "case", [alarm.case_id], "watch_alarm", owners=[alarm.provider_id], alarm=alarm.pk, cause=cause)
    alarm_news.tell(by, alarm, now, nobody=start is None)
    return alarm, True


def climb_due() -> int:
    """Alarms that nobody answered in time, each in a transaction of its own; returns how many climbed."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        due = visible_to(machine, Alarm).filter(ended_at=None, next_at__lte=clock.now()).order_by("next_at", "pk")
        ids = list(due.values_list("watch_id", flat=True)[:_MOST])
    return sum(_climb_one(machine, watch_id) for watch_id in ids)


def _climb_one(machine: Viewer, watch_id: int) -> bool:
    with acting_as(machine):
        now, watch = clock.now(), lock(machine, watch_id, skip=True)
        alarm = open_of(machine, watch) if watch is not None else None
        if alarm is None or alarm.next_at is None or alarm.next_at > now:
            return False
        until = away_until(machine, alarm.watch, now)
        if alarm.watch.state != WatchState.ON or until is not None:
            _hold(alarm, now, until)
            return False
        climb(machine, alarm, now)
        return True


def _hold(alarm: Alarm, now: datetime, until: datetime | None) -> None:
    """Away by their own plan: it waits until they are back; resting or ended: only its result is due."""
    alarm.next_at = rules.climbs_at(alarm.rung, until) if until and alarm.watch.state == WatchState.ON else None
    alarm.save(update_fields=["next_at"])
    _step(alarm, alarm.rung, now, alarm.next_at, StepResult.AWAY, "", None)


def away_until(by: Viewer, watch: Watch, now: datetime) -> datetime | None:
    rows = visible_to(by, WatchAway).filter(watch=watch, starts_at__lte=now, ends_at__gt=now)
    return rows.order_by("-ends_at").values_list("ends_at", flat=True).first()


def climb(by: Viewer, alarm: Alarm, now: datetime) -> None:
    """One rung up, inside the transaction that holds the alarm's lock; what stood unanswered is closed as such."""
    after = rules.next_rung(alarm.rung, has_contact=bool(alarm_news.contacts_of(by, alarm)))
    demand_step(ALARM_STEPS, alarm.rung, after, _OVER)
    unanswered = visible_to(by, AlarmStep).filter(alarm=alarm, result="")
    unanswered.update(result=StepResult.UNANSWERED, answered_at=now)
    next_at = rules.climbs_at(after, now, again=alarm.rung == after)
    alarm.rung, alarm.next_at, alarm.taken_by = after, next_at, None
    alarm.save(update_fields=["rung", "next_at", "taken_by"])
    _step(alarm, after, now, alarm.next_at)
    audit.changed(by, "case", [alarm.case_id], "watch_climbed", owners=[alarm.provider_id], alarm=alarm.pk, rung=after)
    alarm_news.tell(by, alarm, now)


def _step(
    alarm: Alarm,
    rung: str,
    now: datetime,
    due: datetime | None,
    result: str = "",
    words: str = "",
    by: Viewer | None = None,
) -> None:
    AlarmStep.objects.create(
        alarm=alarm,
        case_id=alarm.case_id,
        team_id=alarm.team_id,
        provider_id=alarm.provider_id,
        rung=rung,
        at=now,
        due_at=due,
        result=result,
        answered_at=now if result else None,
        by_id=by.user_id if by else None,
        by_name=by.name if by and by.user_id else "",
        words=words.strip()[:500],
    )


def _locked(by: Viewer, alarm_id: int) -> tuple[Alarm, Case]:
    found = visible_to(by, Alarm).filter(pk=alarm_id).values_list("watch_id", flat=True).first()
    watch = lock(by, found) if found is not None else None
    if watch is None:
        raise errors.NotFound("alarm", str(alarm_id))
    case = locked_case(by, watch.case.number, Permission.CASE_ASSESS, open_only=False)
    rows = visible_to(by, Alarm).select_for_update(of=("self",)).select_related(*_RELATED)
    alarm = rows.get(pk=alarm_id)
    if alarm.ended_at is not None:
        raise errors.Impossible(errors.Problem("over", _OVER))
    return alarm, case


def _answered(by: Viewer, alarm: Alarm, now: datetime, result: str, words: str = "") -> None:
    """Whoever did something stands on the rung that waited, or on a row of their own beside it."""
    open_step = visible_to(by, AlarmStep).filter(alarm=alarm, rung=alarm.rung, result="").order_by("-pk").first()
    if open_step is None:
        _step(alarm, alarm.rung, now, None, result, words, by)
    else:
        open_step.result, open_step.answered_at = result, now
        open_step.by_id, open_step.by_name, open_step.words = by.user_id, by.name, words.strip()[:500]
        open_step.save(update_fields=["result", "answered_at", "by", "by_name", "words"])
    if alarm.answered_at is None:
        alarm.answered_at = now
        alarm.save(update_fields=["answered_at"])


def take(*, by: Viewer, alarm_id: int) -> Alarm:
    """Somebody is at it: it does not climb before their time is over. Taken twice by the same person, once."""
    with acting_as(by):
        alarm, _case = _locked(by, alarm_id)
        now = clock.now()
        if alarm.taken_by_id == actor(by):
            return alarm
        _answered(by, alarm, now, StepResult.TAKEN)
        alarm.taken_by_id = actor(by)
        alarm.next_at = rules.taken_until(alarm.rung, now) if alarm.watch.state == WatchState.ON else None
        alarm.save(update_fields=["taken_by", "next_at"])
        audit.changed(by, "case", [alarm.case_id], "watch_taken", owners=[alarm.provider_id], alarm=alarm.pk)
    return alarm


def not_reached(*, by: Viewer, alarm_id: int, words: str = "") -> Alarm:
    """Rung, asked or knocked in vain: the next rung begins now. On the last one it stays, and repeats in its time."""
    with acting_as(by):
        alarm, _case = _locked(by, alarm_id)
        _answered(by, alarm, clock.now(), StepResult.NO_ANSWER, words)
        if alarm.rung != Rung.EMERGENCY and alarm.watch.state == WatchState.ON:
            climb(by, alarm, clock.now())
    return alarm


def end(*, by: Viewer, alarm_id: int, result: str, words: str = "") -> Alarm:
    """A dated result: well, helped, false, or missed (found too late)."""
    problems = rules.result_problems(result, words)
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        alarm, case = _locked(by, alarm_id)
        demand_step(ALARM_STEPS, alarm.rung, Rung.ENDED, _OVER)
        now = clock.now()
        _answered(by, alarm, now, StepResult.ENDED, words)
        _end(by, alarm, now, result, SignVia.STAFF, words)
        met = result in {AlarmResult.WELL, AlarmResult.HELPED}
        if met:
            visible_to(by, Watch).filter(pk=alarm.watch_id).update(last_sign_at=now, last_sign_via=SignVia.STAFF)
        kind = EntryKind.CONTACT if met else EntryKind.NOTE
        told: dict[str, Any] = {"way": "watch_alarm", "alarm": alarm.pk, "result": result}
        timeline.append(by, case, kind, words=words.strip(), whose=alarm.watch.person_id, **told)
    return alarm


def _end(by: Viewer, alarm: Alarm, now: datetime, result: str, via: str, words: str = "") -> None:
    alarm.ended_at, alarm.result, alarm.next_at = now, result, None
    alarm.ended_by_id, alarm.ended_via, alarm.words = by.user_id, via, words.strip()[:500]
    alarm.save(update_fields=["ended_at", "result", "next_at", "ended_by", "ended_via", "words"])
    visible_to(by, AlarmStep).filter(alarm=alarm, result="").update(result=StepResult.ENDED, answered_at=now)
    alarm_news.over(by, alarm)
    audit.changed(
        by, "case", [alarm.case_id], "watch_alarm_ended", owners=[alarm.provider_id], alarm=alarm.pk, result=result
    )


def open_of(by: Viewer, watch: Watch) -> Alarm | None:
    """The watch's open alarm under a lock."""
    rows = visible_to(by, Alarm).select_for_update(of=("self",)).select_related(*_RELATED)
    return rows.filter(watch=watch, ended_at=None).first()


def locked_open(by: Viewer, alarm_id: int) -> Alarm | None:
    """By its id, for answers that come by text; None when it is over."""
    found = visible_to(by, Alarm).filter(pk=alarm_id, ended_at=None).values_list("watch_id", flat=True).first()
    watch = lock(by, found) if found is not None else None
    alarm = open_of(by, watch) if watch is not None else None
    return alarm if alarm is not None and alarm.pk == alarm_id else None


def calm(by: Viewer, watch: Watch, via: str) -> None:
    """The person gave a sign of life. What nobody has taken yet is over; else whoever is at it decides."""
    alarm = open_of(by, watch)
    if alarm is None:
        return
    now = clock.now()
    _step(alarm, alarm.rung, now, None, StepResult.SIGN)
    if alarm.rung == Rung.CALL and alarm.taken_by_id is None and alarm.cause != "asked":
        _end(by, alarm, now, AlarmResult.WELL, via)
        return
    to = Recipient.user(alarm.taken_by_id) if alarm.taken_by_id else Recipient.team(alarm.team_id)
    alarm_news.told_once(by, alarm, f"sign:{now:%m%d%H%M%S}", alarm_news.SIGN, [to])


def seen(by: Viewer, alarm: Alarm, words: str, *, well: bool) -> None:
    """Somebody whom the person named answered by text: seen, or not. People decide; "not" climbs at once."""
    now = clock.now()
    _step(alarm, alarm.rung, now, None, StepResult.SEEN if well else StepResult.NO_ANSWER, words)
    if well:
        to = Recipient.user(alarm.taken_by_id) if alarm.taken_by_id else Recipient.team(alarm.team_id)
        alarm_news.told_once(by, alarm, f"seen:{now:%m%d%H%M%S}", alarm_news.SIGN, [to])
    elif alarm.rung == Rung.CONTACT and alarm.taken_by_id is None and alarm.watch.state == WatchState.ON:
        climb(by, alarm, now)


def rest(by: Viewer, watch: Watch) -> None:
    """The watch rests or ended: an open alarm climbs no more and waits for its result."""
    visible_to(by, Alarm).filter(watch=watch, ended_at=None).update(next_at=None)
