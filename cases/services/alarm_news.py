"""Who hears of an alarm on which rung: notices without a name, a text to whom the person named, the duty telephone."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_noop

from cases.models import Alarm, WatchContact
from cases.rules.watching import on_duty
from cases.selectors.colleagues import heads_of
from cases.selectors.duty import central_team, hours_of, phone_of
from cases.states import Rung
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import cancel, notify, queue

NOTICE, NEIGHBOUR, DUTY, NIGHT = "watch.alarm", "watch.neighbour", "watch.duty", "watch.night"
NIGHT_WORDS = "[희망케어] 안부 경보가 기다립니다. 업무 화면의 알림을 봐 주세요."
DUTY_WORDS = "[희망케어] 안부 경보에 아무도 답하지 않았습니다. 업무 화면의 알림을 지금 봐 주세요."
WORDS = {
    Rung.CONTACT: gettext_noop("Watch, case %(number)s in %(town)s: not reached. Please ring whom they named."),
    Rung.VISIT: gettext_noop("Watch, case %(number)s in %(town)s: not reached. Two of you, please go there."),
    Rung.EMERGENCY: gettext_noop("Watch, case %(number)s in %(town)s: nobody has answered. Ring 119 now."),
}
#: On the first rung the reason is told.
CAUSES = {
    "check_in": gettext_noop("Watch, case %(number)s in %(town)s: no sign at the hour of asking. Please ring now."),
    "asked": gettext_noop("Watch, case %(number)s in %(town)s: asked to be rung. Please ring now."),
    "door": gettext_noop("Watch, case %(number)s in %(town)s: nobody opened at a visit. Please ring now."),
    "no_contact": gettext_noop("Watch, case %(number)s in %(town)s: nobody has been in touch. Please ring now."),
    "device": gettext_noop("Watch, case %(number)s in %(town)s: a device reported. Please ring now."),
}
SIGN = gettext_noop("Watch, case %(number)s: the person gave a sign of life. Please look before you go on.")
STOPPED = gettext_noop("Watch, case %(number)s: stopped as the person wished. Please ring and ask gently.")
NOBODY = gettext_noop("Watch, case %(number)s: no hours of answering are written for this team.")
RING = gettext_noop("Watch, case %(number)s: please ring and ask how they are.")


def tell(by: Viewer, alarm: Alarm, moment: datetime, *, nobody: bool = False) -> None:
    """The rung as it begins at `moment`; the step's name holds it, so that each is told once."""
    case, rung = alarm.case, Rung(alarm.rung)
    values = {"number": case.number, "town": case.town.name_ko}
    words = CAUSES[alarm.cause] if rung == Rung.CALL else WORDS[rung]
    step = f"{rung}:{moment:%m%d%H%M%S}"
    for to in _who(alarm, rung, moment, nobody):
        notice(by, alarm, f"{step}:{to.kind}:{to.id}", to, words, values)
        if nobody:
            notice(by, alarm, f"nobody:{to.kind}:{to.id}", to, NOBODY, values)
    if rung == Rung.CONTACT:
        _ask_contacts(by, alarm)
    _ring_at_night(by, alarm, rung, moment, step)
    if rung == Rung.EMERGENCY and settings.DUTY_PHONE:
        queue(
            by=by,
            purpose=DUTY,
            about=("watch_alarm", alarm.pk),
            step=step,
            to=Recipient.number(settings.DUTY_PHONE),
            body=DUTY_WORDS,
            duty=True,
            provider_id=alarm.provider_id,
        )


def _ring_at_night(by: Viewer, alarm: Alarm, rung: Rung, moment: datetime, step: str) -> None:
    """Outside office hours nobody reads a page: the mobiles of those who answer now, and at the end every one that the
    team wrote down. Whoever wrote down none is not rung, and the page says who answers when (D10)."""
    if clock.is_open(moment):
        return
    hours = hours_of(alarm.team_id)
    rung_now = hours if rung == Rung.EMERGENCY else on_duty(moment.astimezone(clock.SEOUL), hours, clock.holidays())
    for place, number in enumerate(dict.fromkeys(one.phone for one in rung_now if one.phone)):
        queue(
            by=by,
            purpose=NIGHT,
            about=("watch_alarm", alarm.pk),
            step=f"{step}:{place}",
            to=Recipient.number(number, quiet=None),
            body=NIGHT_WORDS,
            duty=True,
            provider_id=alarm.provider_id,
        )


def _who(alarm: Alarm, rung: Rung, moment: datetime, nobody: bool) -> list[Recipient]:
    """Whoever answers at that hour, else the team; from the visit on all of them; at the end heads and the centre."""
    duty = on_duty(moment.astimezone(clock.SEOUL), hours_of(alarm.team_id), clock.holidays())
    found = [Recipient.user(one.user_id) for one in duty if rung in {Rung.CALL, Rung.CONTACT}]
    caller = alarm.watch.caller_id
    if found and caller and caller not in {one.user_id for one in duty}:
        found.append(Recipient.user(caller))
    found = found or [Recipient.team(alarm.team_id)]
    if rung in {Rung.VISIT, Rung.EMERGENCY} or nobody:
        found += [Recipient.user(head) for head in heads_of(alarm.provider_id)]
    central = central_team()
    return [*found, Recipient.team(central)] if central and (rung == Rung.EMERGENCY or nobody) else found


def notice(by: Viewer, alarm: Alarm, step: str, to: Recipient, words: str, values: dict[str, str]) -> bool:
    return notify(
        by=by,
        purpose=NOTICE,
        about=("watch_alarm", alarm.pk),
        step=step,
        to=to,
        words=words,
        parameters=values,
        link=f"/desk/watch/alarms/{alarm.pk}/",
        provider_id=alarm.provider_id,
    ).fresh


def _ask_contacts(by: Viewer, alarm: Alarm) -> None:
    """By text those who wished it; the text names nobody and asks one thing."""
    for contact in contacts_of(by, alarm):
        if contact.texts:
            queue(
                by=by,
                purpose=NEIGHBOUR,
                about=("watch_alarm", alarm.pk),
                step=f"contact:{contact.pk}",
                to=Recipient.number(contact.phone),
                template="cases/sms/watch_neighbour.txt",
                context={"phone": phone_of(alarm.provider)},
                private_names=[alarm.watch.person.name, contact.name],
                domestic=True,
                provider_id=alarm.provider_id,
            )


def contacts_of(by: Viewer, alarm: Alarm) -> list[WatchContact]:
    return list(visible_to(by, WatchContact).filter(watch=alarm.watch_id, ended_at=None).order_by("rank", "pk"))


def over(by: Viewer, alarm: Alarm) -> None:
    """What has not left yet is taken back: nobody is asked about an alarm that is over."""
    for purpose in (NEIGHBOUR, DUTY, NIGHT):
        cancel(by=by, purpose=purpose, about=("watch_alarm", alarm.pk))


def told_once(by: Viewer, alarm: Alarm, step: str, words: str, to: Iterable[Recipient]) -> None:
    for one in to:
        notice(by, alarm, f"{step}:{one.kind}:{one.id}", one, words, {"number": alarm.case.number})
