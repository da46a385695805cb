"""By when somebody looks, as a person would say it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from cases.rules import reports as rules
from hopecare.kernel import clock
from hopecare.kernel.templatetags.hope_formats import DAYS_EN, MONTHS_EN, WEEKDAYS_KO


@dataclass(frozen=True)
class Promises:
    """Spoken moments until which somebody looks at a report left now."""

    soon: str
    today: str
    open_now: bool


def promised(now: datetime, urgency: str) -> datetime:
    return rules.promise(now, urgency, open_now=clock.is_open(now), next_working_day=clock.next_working_day(now.date()))


def promises(now: datetime) -> Promises:
    return Promises(
        spoken_until(promised(now, rules.SOON)), spoken_until(promised(now, rules.TODAY)), clock.is_open(now)
    )


def spoken_until(moment: datetime) -> str:
    """ "내일(24일, 화) 18시" / "tomorrow (Tue 24 Nov), 18:00"; today without its date."""
    local = moment.astimezone(clock.SEOUL)
    days = (local.date() - clock.today()).days
    if (get_language() or "ko").startswith("ko"):
        hour = f"{local.hour}시" + (f" {local.minute}분" if local.minute else "")
        day = f"{local.day}일, {WEEKDAYS_KO[local.weekday()]}"
        near = {0: "오늘", 1: f"내일({day})"}
        return f"{near.get(days, f'{local.month}월 {local.day}일({WEEKDAYS_KO[local.weekday()]})')} {hour}"
    written = f"{DAYS_EN[local.weekday()]} {local.day} {MONTHS_EN[local.month - 1]}"
    day = {0: "today", 1: f"tomorrow ({written})"}.get(days, written)
    return f"{day}, {local:%H:%M}"
