"""What the person themselves does with their watch: "I am well", rest, back, stop — by page, app or text (D10).

Each is done at once and asks nobody; the team hears of a stop and rings.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases.models import AlarmCause, CheckIn, SignVia, Watch, WatchAway, WatchWhy
from cases.rules import watching as rules
from cases.selectors.own_watch import by_token, of_phone
from cases.services import alarm_news, alarms, check_ins, watching
from cases.states import WatchState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to
from hopecare.messaging.facts import ReceivedMessage, Recipient, ReplyOutcome
from hopecare.messaging.services import notify

DOES = ("well", "ring", "rest", "back", "stop")


def by_link(*, token: str, what: str, days: int = 0, source_address: str | None = None) -> Watch:
    """`what`: one of DOES. NotFound for a link that opens nothing; Impossible once the watch has ended."""
    machine = system(Principal.WATCH, source_address=source_address)
    with acting_as(machine):
        return _do(machine, by_token(machine, token), what, days, SignVia.LINK)


def by_phone(*, phone: str, watch: UUID, what: str, days: int = 0, source_address: str | None = None) -> Watch:
    """From a telephone whose number was proven."""
    machine = system(Principal.WATCH, source_address=source_address)
    with acting_as(machine):
        found = next((one for one in of_phone(machine, phone) if one.uuid == watch), None)
        if found is None:
            raise errors.NotFound("watch", str(watch))
        return _do(machine, found, what, days, SignVia.APP)


def _do(by: Viewer, found: Watch, what: str, days: int, via: str) -> Watch:
    watch = (
        visible_to(by, Watch).select_for_update(of=("self",)).select_related("case__lead", "person").get(pk=found.pk)
    )
    if watch.state == WatchState.ENDED:
        if what == "stop":
            return watch
        raise errors.Impossible(errors.Problem("ended", _("This watch has ended. Nobody is told anything any more.")))
    acts: dict[str, Callable[[], None]] = {
        "well": lambda: check_ins.sign(by, watch, via),
        "ring": lambda: _ring(by, watch, via),
        "rest": lambda: _rest(by, watch, days, via),
        "back": lambda: _back(by, watch, via),
        "stop": lambda: _stop(by, watch, via),
    }
    acts[what]()
    return watch


def _ring(by: Viewer, watch: Watch, via: str) -> None:
    check_ins.sign(by, watch, via)
    if watch.state == WatchState.ON:
        alarms.open_alarm(by, watch, AlarmCause.ASKED)


def _rest(by: Viewer, watch: Watch, days: int, via: str) -> None:
    """Nothing asks and nothing climbs until then; the newest word counts."""
    now = clock.now()
    until = now + timedelta(days=min(max(days or rules.figure("pause_days"), 1), rules.figure("longest_away_days")))
    check_ins.sign(by, watch, via)
    running = visible_to(by, WatchAway).filter(watch=watch, starts_at__lte=now, ends_at__gt=now)
    if not running.update(ends_at=until, told_via=via):
        watching.add_away(watch, now, until, via)
    audit.changed(by, "case", [watch.case_id], "watch_rest", owners=[watch.provider_id], via=str(via))


def _back(by: Viewer, watch: Watch, via: str) -> None:
    watching.end_aways(by, watch)
    if watch.state == WatchState.PAUSED and watch.why == WatchWhy.WISH:
        watching.resume_row(by, watch, via)
    check_ins.sign(by, watch, via)


def _stop(by: Viewer, watch: Watch, via: str) -> None:
    check_ins.sign(by, watch, via)
    watching.end_row(by, watch, WatchWhy.WISH, via)
    notify(
        by=by,
        purpose="watch.stopped",
        about=("watch", watch.pk),
        step="stopped",
        to=Recipient.user(watch.case.lead_id),
        words=alarm_news.STOPPED,
        parameters={"number": watch.case.number},
        link=f"/desk/cases/{watch.case.number}/watch/",
        provider_id=watch.provider_id,
    )


def reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """A word about the question of today; None for everything a person must read."""
    said, _sep, days = rules.understood(received.plain).partition(":")
    asked = [int(fact.object_id) for fact in received.about if fact.purpose == check_ins.ASK]
    if not said or not asked:
        return None
    machine = system(Principal.WATCH)
    with acting_as(machine):
        row = visible_to(machine, CheckIn).filter(pk=asked[0]).select_related("watch__person").first()
        if row is None or row.watch.state == WatchState.ENDED:
            return None
        if said == "well" and alarms.away_until(machine, row.watch, clock.now()) is not None:
            said = "back"
        _do(machine, row.watch, said, int(days or 0), SignVia.SMS)
        language = row.watch.person.language
    return ReplyOutcome(check_ins.thanks(language, "well" if said == "back" else said), language=language)


def opted_out(phone_hash: str) -> None:
    """STOP: no more texts, and nobody keeps watching over somebody who said so."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        rows = visible_to(machine, Watch).filter(way="sms", state__in=[WatchState.ON, WatchState.PAUSED])
        for watch in rows.filter(person__phone_hash=phone_hash).select_related("case__lead", "person"):
            _do(machine, watch, "stop", 0, SignVia.SMS)


def neighbour(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """Somebody who was asked to look answered; people decide what comes of it."""
    said = rules.neighbour_said(received.plain)
    asked = [int(fact.object_id) for fact in received.about if fact.purpose == alarm_news.NEIGHBOUR]
    if not said or not asked:
        return None
    machine = system(Principal.WATCH)
    with acting_as(machine):
        alarm = alarms.locked_open(machine, asked[0])
        if alarm is None:
            return None
        contacts = alarm_news.contacts_of(machine, alarm)
        who = next((one for one in contacts if one.phone_hash == phone_hash), None)
        alarms.seen(machine, alarm, who.name if who else "", well=said == "seen")
        return ReplyOutcome(check_ins.thanks("ko", "well"), language="ko")
