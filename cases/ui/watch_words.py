"""The watch in words: causes, rungs, hours of answering, what devices report."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Alarm, DutyHour, Watch
from cases.selectors.watch_sentences import WEEKDAYS
from cases.states import Rung, WatchState
from hopecare.kernel import audit, clock

RUNGS = {
    Rung.CALL: gettext_lazy("Ring"),
    Rung.CONTACT: gettext_lazy("Ask whom they named"),
    Rung.VISIT: gettext_lazy("Go there, by two"),
    Rung.EMERGENCY: gettext_lazy("Ring 119"),
}
DEVICES = {
    "no_power": gettext_lazy("no electricity used"),
    "no_water": gettext_lazy("no water used"),
    "no_motion": gettext_lazy("nobody moved"),
    "door_closed": gettext_lazy("the door was not opened"),
    "help_button": gettext_lazy("the help button was pressed"),
}
_TONES = {"well": "acc", "helped": "acc", "false": "dim", "missed": "red"}


def standing(watch: Watch, *, away: bool) -> tuple[str, str]:
    """Tone and words of a tag."""
    if watch.state == WatchState.ENDED:
        return "dim", _("ended: %(why)s") % {"why": watch.get_why_display()}
    if watch.state == WatchState.PAUSED:
        return "amb", _("rests: %(why)s") % {"why": watch.get_why_display()}
    return ("amb", _("away")) if away else ("acc", _("under watch"))


def alarm_line(alarm: Alarm) -> dict[str, Any]:
    """One alarm as lists show it."""
    late = alarm.next_at is not None and alarm.next_at <= clock.now()
    return {
        "alarm": alarm,
        "cause": cause_words(alarm),
        "rung": RUNGS[Rung(alarm.rung)],
        "late": late,
        "tone": "red" if alarm.rung in {Rung.VISIT, Rung.EMERGENCY} or late else "amb",
        "result_tone": _TONES.get(alarm.result, "dim"),
        "minutes": int((clock.now() - alarm.opened_at).total_seconds() // 60),
    }


def cause_words(alarm: Alarm) -> str:
    device = DEVICES.get(alarm.kind)
    return f"{alarm.get_cause_display()}: {device}" if device else str(alarm.get_cause_display())


def duty_lines(rows: Iterable[DutyHour]) -> list[dict[str, Any]]:
    """Monday to Sunday; a day without anybody says so."""
    found = list(rows)
    return [
        {"day": day, "rows": [row for row in found if row.weekday == number]} for number, day in enumerate(WEEKDAYS)
    ]


audit.register_words(
    {
        "watch": gettext_lazy("looked at the watch"),
        "watch_on": gettext_lazy("began to watch over them"),
        "watch_off": gettext_lazy("ended the watch"),
        "watch_changed": gettext_lazy("changed the plan of the watch"),
        "watch_contact": gettext_lazy("wrote down whom to call first"),
        "watch_contact_ended": gettext_lazy("took away whom to call first"),
        "watch_rest": gettext_lazy("wrote down an absence"),
        "watch_back": gettext_lazy("wrote down that they are back"),
        "watch_new_link": gettext_lazy("gave the page another address"),
        "watch_source": gettext_lazy("registered a device"),
        "watch_source_ended": gettext_lazy("let a device go"),
        "watch_sign": gettext_lazy("a sign of life"),
        "watch_event": gettext_lazy("a device reported"),
        "watch_alarm": gettext_lazy("an alarm began"),
        "watch_climbed": gettext_lazy("the alarm climbed"),
        "watch_taken": gettext_lazy("took the alarm"),
        "watch_alarm_ended": gettext_lazy("the alarm ended"),
        "duty_written": gettext_lazy("wrote down who answers"),
        "duty_ended": gettext_lazy("took away who answers"),
    }
)
