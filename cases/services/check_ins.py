"""Asking whether somebody is well, and hearing it: by text, by a call, by the button or the page (D10, R93).

What the person said counts at once. Where a text may not or cannot go, somebody rings; silence alone is an alarm.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import translation
from django.utils.translation import gettext as _

from cases.models import Alarm, AlarmCause, CheckIn, EntryKind, SignVia, Watch, WatchWay
from cases.rules import watching as rules
from cases.selectors.duty import phone_of
from cases.selectors.own_watch import link_of
from cases.services import alarm_news, alarms, timeline
from cases.services.locking import locked_case
from cases.states import WatchState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to
from hopecare.kernel.models import PersonState
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import MessageFact, Recipient
from hopecare.messaging.selectors import last_message
from hopecare.messaging.services import notify, queue
from hopecare.messaging.states import MessageState

ASK, CALL = "watch.ask", "watch.call"
_LEFT = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)
_MOST = 500
#: So long after its hour a question may still be asked, as when the worker was down.
_LATE = timedelta(hours=6)


def ask_due() -> int:
    """Everybody whose hour has come; returns how many were asked. Safe to run in several processes."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        due = visible_to(machine, Watch).filter(state=WatchState.ON, next_ask_at__lte=clock.now())
        ids = list(due.order_by("next_ask_at", "pk").values_list("pk", flat=True)[:_MOST])
    return sum(_ask_one(machine, watch_id) for watch_id in ids)


def _ask_one(machine: Viewer, watch_id: int) -> bool:
    """The next hour is set first, so that no crash asks twice; an hour long gone is not made up for."""
    with acting_as(machine):
        now = clock.now()
        watch = alarms.lock(machine, watch_id, skip=True)
        if watch is None or watch.state != WatchState.ON or watch.ask_at is None or watch.next_ask_at is None:
            return False
        if watch.next_ask_at > now:
            return False
        hour = rules.next_ask(now - timedelta(days=1), weekday=watch.weekday, at=watch.ask_at)
        watch.next_ask_at = rules.next_ask(now, weekday=watch.weekday, at=watch.ask_at)
        watch.save(update_fields=["next_ask_at"])
        away = alarms.away_until(machine, watch, now) is not None
        if away or watch.person.state != PersonState.HERE or not hour <= now < hour + _LATE:
            return False
        _ask(machine, watch, hour, now)
        return True


def _ask(by: Viewer, watch: Watch, hour: datetime, now: datetime) -> None:
    early = watch.last_sign_at is not None and watch.last_sign_at >= hour - timedelta(hours=rules.figure("early_hours"))
    row = CheckIn.objects.create(
        watch=watch,
        case_id=watch.case_id,
        team_id=watch.team_id,
        provider_id=watch.provider_id,
        way=watch.way,
        asked_at=hour,
        answer_by=now + timedelta(minutes=watch.answer_minutes),
        answered_at=watch.last_sign_at if early else None,
        via=watch.last_sign_via if early else "",
    )
    if early:
        return
    if watch.way == WatchWay.SMS:
        _text(by, watch, row)
    elif watch.way == WatchWay.CALL:
        _ring(by, watch, row, "call")


def _text(by: Viewer, watch: Watch, row: CheckIn) -> None:
    """By the safe contact, in its hours; no name, nothing of why (D4)."""
    queue(
        by=by,
        purpose=ASK,
        about=("check_in", row.pk),
        step="ask",
        to=Recipient.person(watch.person_id, language=watch.person.language),
        template="cases/sms/watch_ask.txt",
        context={"phone": phone_of(watch.provider)},
        link=f"{settings.PUBLIC_URL}{link_of(watch)}",
        private_names=[watch.person.name],
        domestic=watch.person.language == "ko",
        provider_id=watch.provider_id,
        not_after=row.answer_by,
    )


def _ring(by: Viewer, watch: Watch, row: CheckIn, step: str) -> None:
    notify(
        by=by,
        purpose=CALL,
        about=("check_in", row.pk),
        step=step,
        to=Recipient.user(watch.caller_id or watch.case.lead_id),
        words=alarm_news.RING,
        parameters={"number": watch.case.number},
        link="/desk/watch/?show=calls",
        provider_id=watch.provider_id,
    )


def look_for_missed() -> int:
    """Hours of asking that nobody answered in time; returns how many became alarms."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        due = visible_to(machine, CheckIn).filter(answered_at=None, missed_at=None, answer_by__lte=clock.now())
        ids = list(due.filter(watch__state=WatchState.ON).order_by("answer_by").values_list("pk", flat=True)[:_MOST])
    return sum(_missed(machine, row_id) for row_id in ids)


def _missed(machine: Viewer, row_id: int) -> bool:
    with acting_as(machine):
        now, row = clock.now(), _open(machine, row_id)
        if row is None or row.answer_by > now:
            return False
        if row.way == WatchWay.SMS and not _left(row):
            _ring_instead(machine, row)
            return False
        row.missed_at = now
        row.save(update_fields=["missed_at"])
        if alarms.away_until(machine, row.watch, now) is not None:
            return False
        return alarms.open_alarm(machine, row.watch, AlarmCause.CHECK_IN)[1]


def _open(by: Viewer, row_id: int) -> CheckIn | None:
    """The watch is locked first, then what was asked."""
    rows = visible_to(by, CheckIn).filter(pk=row_id, answered_at=None, missed_at=None)
    watch_id = rows.values_list("watch_id", flat=True).first()
    watch = alarms.lock(by, watch_id) if watch_id is not None else None
    row = rows.select_for_update().first() if watch is not None else None
    if row is not None and watch is not None:
        row.watch = watch
    return row


def _left(row: CheckIn) -> bool:
    sent = last_message(purpose=ASK, about=("check_in", row.pk))
    return sent is not None and sent.state in _LEFT


def _ring_instead(by: Viewer, row: CheckIn) -> None:
    """Who was never asked cannot have kept silent: a person rings, and has time for it."""
    row.way, row.answer_by = WatchWay.CALL, clock.now() + timedelta(minutes=rules.figure("ring_minutes"))
    row.save(update_fields=["way", "answer_by"])
    _ring(by, row.watch, row, "instead")


def unsent(fact: MessageFact) -> None:
    """The text may not or could not go (safe contact, opt-out, provider)."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        row = _open(machine, int(fact.object_id))
        if row is not None and row.way == WatchWay.SMS:
            _ring_instead(machine, row)


def rung_up(*, by: Viewer, check_in_id: int, well: bool) -> int | None:
    """Somebody rang, as agreed. Not reached is an alarm at once; its id, or None. A second word changes nothing."""
    with acting_as(by):
        found = visible_to(by, CheckIn).filter(pk=check_in_id).values_list("watch__case__number", flat=True).first()
        if found is None:
            raise errors.NotFound("check_in", str(check_in_id))
        row = _open(by, check_in_id)
        case = locked_case(by, found, Permission.CASE_ASSESS, open_only=False)
        if row is None:
            return None
        way = "called" if well else "no_answer"
        timeline.append(by, case, EntryKind.CONTACT if well else EntryKind.NOTE, way=way, whose=row.watch.person_id)
        if well:
            sign(by, row.watch, SignVia.CALL)
            return None
        row.missed_at = clock.now()
        row.save(update_fields=["missed_at"])
        if alarms.away_until(by, row.watch, row.missed_at) is not None:
            return None
        return alarms.open_alarm(by, row.watch, AlarmCause.CHECK_IN)[0].pk


def look_for_silence() -> int:
    """Nobody has been in touch for as many days as the person chose, neither they nor the team (R92)."""
    machine, now = system(Principal.WATCH), clock.now()
    with acting_as(machine):
        touched = Greatest(
            "state_since", Coalesce("last_sign_at", "state_since"), Coalesce("case__last_contact_at", "state_since")
        )
        rows = visible_to(machine, Watch).filter(state=WatchState.ON, no_contact_days__isnull=False)
        silent = rows.annotate(touched=touched).filter(
            touched__lte=Value(now) - F("no_contact_days") * timedelta(days=1)
        )
        quiet = silent.exclude(pk__in=visible_to(machine, Alarm).filter(ended_at=None).values("watch"))
        ids = list(quiet.order_by("pk").values_list("pk", flat=True)[:_MOST])
    return sum(_silent(machine, watch_id, now) for watch_id in ids)


def _silent(machine: Viewer, watch_id: int, now: datetime) -> bool:
    with acting_as(machine):
        watch = alarms.lock(machine, watch_id, skip=True)
        if watch is None or watch.state != WatchState.ON or alarms.away_until(machine, watch, now) is not None:
            return False
        return alarms.open_alarm(machine, watch, AlarmCause.NO_CONTACT)[1]


def sign(by: Viewer, watch: Watch, via: str) -> None:
    """ "I am well", or anything that shows it; answers what was asked, and calms an alarm that nobody has taken."""
    now = clock.now()
    visible_to(by, Watch).filter(pk=watch.pk).update(last_sign_at=now, last_sign_via=via)
    watch.last_sign_at, watch.last_sign_via = now, via
    open_ones = visible_to(by, CheckIn).filter(watch=watch, answered_at=None, missed_at=None)
    open_ones.update(answered_at=now, via=via)
    audit.changed(by, "case", [watch.case_id], "watch_sign", owners=[watch.provider_id], via=str(via))
    alarms.calm(by, watch, via)


def thanks(language: str, said: str) -> str:
    """The answer to a text: it holds no name and not what office writes (D4)."""
    with translation.override("ko" if language.startswith("ko") else "en"):
        words = {
            "well": _("Thank you, noted. Have a good day."),
            "ring": _("Noted. Somebody rings you. If it is urgent, ring 119."),
            "rest": _("Noted. We do not ask until then. Answer 1 when you are back."),
            "stop": _("Stopped. Nobody asks you any more."),
        }
    return words[said]
