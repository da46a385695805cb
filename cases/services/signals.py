"""Events of devices, and news from elsewhere that concern a watch (R93, D10, D15)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from cases.models import (
    AlarmCause,
    Case,
    EventOutcome,
    SignVia,
    Watch,
    WatchEvent,
    WatchSource,
    WatchWay,
    WatchWhy,
)
from cases.rules import watching as rules
from cases.selectors.senders import Sender
from cases.services import alarms, check_ins, watching
from cases.states import WatchState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to
from hopecare.kernel.models import PersonState
from hopecare.kernel.services import once
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

RESTS = gettext_noop("Watch, case %(number)s: it rests or has ended. An open alarm still needs its result.")
_ALIVE = (WatchState.ON, WatchState.PAUSED)
#: A state of the person → what becomes of the watch (D15).
_BY_STATE = {
    PersonState.HOSPITAL: WatchWhy.HOSPITAL,
    PersonState.MOVED: WatchWhy.MOVED,
    PersonState.DIED: WatchWhy.DIED,
}


@dataclass(frozen=True)
class Reported:
    """One event: the sender's own id for it, its device, what it saw for how many hours, and when."""

    id: str
    device: str
    kind: str
    hours: int
    at: datetime


def take_in(*, sender: Sender, told: Reported, body: str) -> str:
    """Once for each id of the sender: `taken`, or `again`. NotFound for a device that nobody has any more.

    The answer does not say whether an alarm came of it: the sender learns nothing about the person.
    Raises once.OtherBody when the id was used for something else, once.StillRunning.
    """
    if told.kind not in sender.kinds:
        raise errors.Impossible(errors.required("kind"))
    machine = system(Principal.WATCH)
    with acting_as(machine):
        key = once.Once.of(told.id, body, client=f"signal:{sender.code}"[:64])
        if once.take(key, status=202, body={}) is not None:
            return "again"
        rows = visible_to(machine, WatchSource).filter(sender=sender.code, name=told.device, ended_at=None)
        source = rows.first()
        watch = alarms.lock(machine, source.watch_id) if source is not None else None
        if source is None or watch is None:
            raise errors.NotFound("device", "")
        _hear(machine, source, watch, told)
    return "taken"


def _hear(by: Viewer, source: WatchSource, watch: Watch, told: Reported) -> None:
    now = clock.now()
    outcome = EventOutcome.SMALL
    if watch.state != WatchState.ON or alarms.away_until(by, watch, now) is not None:
        outcome = EventOutcome.AWAY
    elif rules.is_alarm(told.kind, told.hours):
        fresh = alarms.open_alarm(by, watch, AlarmCause.DEVICE, told.kind)[1]
        outcome = EventOutcome.ALARM if fresh else EventOutcome.KNOWN
    WatchEvent.objects.create(
        source=source,
        case_id=watch.case_id,
        team_id=watch.team_id,
        provider_id=watch.provider_id,
        kind=told.kind,
        hours=told.hours,
        at=told.at,
        outcome=outcome,
    )
    audit.changed(by, "case", [watch.case_id], "watch_event", owners=[watch.provider_id], outcome=str(outcome))


def person_state(payload: dict[str, Any]) -> None:
    """In hospital it rests; back at home it goes on; died or moved it ends (D15)."""
    state = PersonState(payload["state"])
    machine = system(Principal.WATCH)
    with acting_as(machine):
        for watch in _of(machine, person=payload["person_id"]):
            if state == PersonState.HERE:
                if watch.state == WatchState.PAUSED and watch.why == WatchWhy.HOSPITAL:
                    watching.resume_row(machine, watch, SignVia.SYSTEM)
            elif state == PersonState.HOSPITAL:
                watching.pause_row(machine, watch, WatchWhy.HOSPITAL, SignVia.SYSTEM)
                _tell(machine, watch, f"rests:{clock.now():%m%d%H%M%S}")
            else:
                _end(machine, watch, _BY_STATE[state])


def person_sealed(payload: dict[str, Any]) -> None:
    """A protected address: whom they once named may be whom they flee from, so nothing is asked of anybody (D5)."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        for watch in _of(machine, person=payload["person_id"]):
            _end(machine, watch, WatchWhy.SEALED)


def case_closed(payload: dict[str, Any]) -> None:
    machine = system(Principal.WATCH)
    with acting_as(machine):
        for watch in _of(machine, case=payload["case_id"]):
            _end(machine, watch, WatchWhy.CLOSED)


def case_transferred(payload: dict[str, Any]) -> None:
    """Another team: until it names somebody, the new lead rings."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        lead = Case.objects.filter(pk=payload["case_id"]).values_list("lead_id", flat=True).first()
        visible_to(machine, Watch).filter(case=payload["case_id"], way=WatchWay.CALL).update(caller=lead)


def nobody_opened(payload: dict[str, Any]) -> None:
    """Somebody stood before a closed door (R92); older news than the last sign of life says nothing any more."""
    machine = system(Principal.WATCH)
    at = datetime.fromisoformat(payload["at"])
    with acting_as(machine):
        for watch in _of(machine, case=payload["case_id"], on_closed_door=True, state=WatchState.ON):
            signed = watch.last_sign_at is not None and watch.last_sign_at > at
            if not signed and alarms.away_until(machine, watch, clock.now()) is None:
                alarms.open_alarm(machine, watch, AlarmCause.DOOR)


def _of(by: Viewer, **which: Any) -> list[Watch]:
    ids = visible_to(by, Watch).filter(**{"state__in": _ALIVE, **which}).order_by("pk").values_list("pk", flat=True)
    return [watch for watch_id in list(ids) if (watch := alarms.lock(by, watch_id)) is not None]


def _end(by: Viewer, watch: Watch, why: WatchWhy) -> None:
    watching.end_row(by, watch, why, SignVia.SYSTEM)
    _tell(by, watch, f"ended:{why}")


def _tell(by: Viewer, watch: Watch, step: str) -> None:
    notify(
        by=by,
        purpose="watch.rests",
        about=("watch", watch.pk),
        step=step,
        to=Recipient.user(watch.case.lead_id),
        words=RESTS,
        parameters={"number": watch.case.number},
        link=f"/desk/cases/{watch.case.number}/watch/",
        provider_id=watch.provider_id,
    )


def consents_run_out() -> int:
    """A consent has an end (K7); returns how many watches ended with it."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        found = _of(machine, agreed_until__lt=clock.today())
        for watch in found:
            _end(machine, watch, WatchWhy.CONSENT)
        return len(found)


def watch() -> int:
    """Every minute: who is to be asked, who did not answer, who was silent too long, what climbs."""
    asked = consents_run_out() + check_ins.ask_due() + check_ins.look_for_missed()
    return asked + check_ins.look_for_silence() + alarms.climb_due()
