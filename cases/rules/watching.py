"""Signals of need: who answers when, what climbs when, what a plan may say (D10, R92, R93). No clock, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from cases.facts import WatchGround, WatchPlan
from cases.states import Rung
from hopecare.kernel.errors import Problem, required

_FILE = Path(__file__).resolve().parent.parent / "data" / "watching.yaml"
_ORDER = (Rung.CALL, Rung.CONTACT, Rung.VISIT, Rung.EMERGENCY)
YOUNGEST = 14  # K10: below that a guardian consents, and a child is looked after in another way


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(_FILE.read_text()))


def figure(name: str) -> int:
    return int(_data()[name])


def bounds(name: str) -> dict[str, int]:
    """`default`, `least` and `most` of a figure in a plan."""
    return dict(_data()[name])


def sensors() -> dict[str, int]:
    """Kind of event → hours from which on it is an alarm."""
    return dict(_data()["sensors"])


@dataclass(frozen=True)
class Duty:
    """Who answers on a weekday (0 = Monday) between two full hours; with `holidays` on public holidays, too."""

    weekday: int
    from_hour: int
    to_hour: int
    holidays: bool
    user_id: int
    name: str = ""
    phone: str = ""


def on_duty(moment: datetime, hours: Iterable[Duty], off_days: Iterable[date]) -> list[Duty]:
    """Who answers at `moment` (Seoul); nobody is an answer that is told, too."""
    day = moment.date()
    return [
        duty
        for duty in hours
        if duty.weekday == day.weekday()
        and duty.from_hour <= moment.hour < duty.to_hour
        and (duty.holidays or day not in off_days)
    ]


def answered_from(moment: datetime, hours: Iterable[Duty], off_days: Iterable[date]) -> datetime | None:
    """The first moment from `moment` on at which somebody answers; None when nobody does within a fortnight."""
    found, off = list(hours), frozenset(off_days)
    if on_duty(moment, found, off):
        return moment
    for ahead in range(15):
        day = moment.date() + timedelta(days=ahead)
        for hour in sorted({duty.from_hour for duty in found if duty.weekday == day.weekday()}):
            start = datetime.combine(day, time(hour), tzinfo=moment.tzinfo)
            if start > moment and on_duty(start, found, off):
                return start
    return None


def next_rung(rung: str, *, has_contact: bool) -> Rung:
    """Call → whom the person named → visit → emergency, which repeats. Without anybody named that rung is left out."""
    place = min(_ORDER.index(Rung(rung)) + 1, len(_ORDER) - 1)
    return Rung.VISIT if _ORDER[place] == Rung.CONTACT and not has_contact else _ORDER[place]


def climbs_at(rung: str, moment: datetime, *, again: bool = False) -> datetime:
    """`again`: the last rung repeats, less often than it came."""
    return moment + timedelta(minutes=figure("again_minutes") if again else _data()["rungs"][rung])


def taken_until(rung: str, moment: datetime) -> datetime:
    return moment + timedelta(minutes=_data()["taken"][rung])


def next_ask(after: datetime, *, weekday: int | None, at: time) -> datetime:
    """The first hour of asking behind `after` (Seoul); on every day, or on one weekday (0 = Monday)."""
    day = after.date()
    while True:
        moment = datetime.combine(day, at, tzinfo=after.tzinfo)
        if moment > after and (weekday is None or day.weekday() == weekday):
            return moment
        day += timedelta(days=1)


def _words(meaning: str) -> list[str]:
    return list(_data()["words"][meaning])


def understood(plain: str) -> str:
    """`well`, `ring`, `rest:<days>` or "" for what a person must read; `plain` has no spaces, signs or capitals."""
    for meaning in ("well", "ring"):
        if plain in _words(meaning):
            return meaning
    for word in _words("rest"):
        days = plain.removeprefix(word).removesuffix("일").removesuffix("days")
        if plain == word or (plain.startswith(word) and days.isdecimal() and len(days) < 3):
            return f"rest:{min(max(int(days or figure('pause_days')), 1), figure('longest_away_days'))}"
    return ""


def neighbour_said(plain: str) -> str:
    """`seen`, `unseen` or "" for what a person must read."""
    return next((meaning for meaning in ("seen", "unseen") if plain in _words(meaning)), "")


def is_alarm(kind: str, hours: int) -> bool:
    """Whether a device's event is grave enough; an unknown kind never is."""
    return kind in sensors() and hours >= sensors()[kind]


def ground_problems(ground: WatchGround, *, age: int | None) -> list[Problem]:
    """K7: the person's own consent, or duty or urgency with its article; never a child's (K10)."""
    problems = []
    if ground.kind == "consent" and not ground.given:
        words = _("Nobody is watched over without being asked: write down the consent, or the article that allows it.")
        problems.append(Problem("no_ground", words, "given"))
    if ground.kind != "consent" and not ground.article:
        problems.append(required("article"))
    if age is not None and age < YOUNGEST:
        problems.append(Problem("child", _("A child is looked after in another way: ring the guardian."), "person"))
    return problems


def plan_problems(plan: WatchPlan, *, sms_ok: bool, safe_hours: tuple[int, int], may_call: bool) -> list[Problem]:
    """What the person wishes must be possible; `safe_hours` are those of the safe contact (D4)."""
    problems = []
    if plan.way == "none" and not plan.on_closed_door and not plan.no_contact_days and not plan.devices:
        problems.append(Problem("nothing", _("Choose at least one signal."), "way"))
    if plan.way != "none" and plan.ask_at is None:
        problems.append(required("ask_at"))
    if plan.way == "call" and not may_call:
        problems.append(Problem("caller", _("Say who rings."), "caller"))
    if plan.way == "sms":
        problems += _sms_problems(plan, sms_ok, safe_hours)
    least, most = bounds("answer_minutes")["least"], bounds("answer_minutes")["most"]
    if not least <= plan.answer_minutes <= most:
        words = _("Between half an hour and a day, please.")
        problems.append(Problem("minutes", words, "answer_minutes"))
    if plan.safe_from >= plan.safe_to:
        problems.append(Problem("hours", _("These hours end before they begin."), "safe_to"))
    return problems


def _sms_problems(plan: WatchPlan, sms_ok: bool, safe_hours: tuple[int, int]) -> list[Problem]:
    if not sms_ok:
        words = _("This person wants no text messages (safe contact). Ring instead, or ask again about the contact.")
        return [Problem("no_sms", words, "way")]
    start, end = safe_hours
    if plan.ask_at is not None and not start <= plan.ask_at.hour < end:
        return [Problem("unsafe_hour", _("At that hour a text is not safe for this person (safe contact)."), "ask_at")]
    return []


def away_problems(starts: datetime, ends: datetime, now: datetime) -> list[Problem]:
    if ends <= starts:
        return [Problem("order", _("It cannot end before it began."), "ends_on")]
    if ends <= now:
        return [Problem("past", _("That day has passed."), "ends_on")]
    if ends - starts > timedelta(days=figure("longest_away_days")):
        return [Problem("too_long", _("Three months at most. For longer, end the watch and begin it anew."), "ends_on")]
    return []


def duty_problems(weekdays: Iterable[int], from_hour: int, to_hour: int) -> list[Problem]:
    problems = [] if list(weekdays) else [required("weekdays")]
    if not 0 <= from_hour < to_hour <= 24:
        problems.append(Problem("hours", _("These hours end before they begin."), "to_hour"))
    return problems


def result_problems(result: str, words: str) -> list[Problem]:
    """A false alarm and one that came too late are told in a sentence: they are measured and learned from."""
    if result not in {"well", "false", "missed", "helped"}:
        return [required("said")]
    if result in {"false", "missed"} and not words.strip():
        return [Problem("words", _("Say in a sentence what happened: this is how the watch gets better."), "words")]
    return []
