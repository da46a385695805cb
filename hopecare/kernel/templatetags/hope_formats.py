"""How figures, ages, days and clocks read in both languages. Pure functions; registered as filters by `hope`."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import get_language

from hopecare.kernel import clock, codes

WEEKDAYS_KO = "월화수목금토일"
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def korean() -> bool:
    return (get_language() or "ko").startswith("ko")


def won(amount: Any) -> str:
    """12000 → "12,000원" / "₩12,000"; a missing amount is "–", never zero."""
    if amount is None or amount == "":
        return "–"
    figure = int(amount)
    sign = "−" if figure < 0 else ""
    return f"{sign}{abs(figure):,}원" if korean() else f"{sign}₩{abs(figure):,}"


def won_words(amount: Any) -> str:
    """1612400000 → "16억 1,240만 원" / "₩1,612.4 million": to read, rounded down to 10,000 won."""
    if amount is None or amount == "":
        return "–"
    figure = abs(int(amount))
    sign = "−" if int(amount) < 0 else ""
    if not korean():
        return f"{sign}₩{figure / 1e6:,.1f} million" if figure >= 1_000_000 else won(amount)
    if figure < 10_000:
        return won(amount)
    hundred_millions, rest = divmod(figure // 10_000, 10_000)
    parts = [f"{hundred_millions:,}억"] if hundred_millions else []
    parts += [f"{rest:,}만"] if rest else []
    return f"{sign}{' '.join(parts)} 원"


def figure(count: Any) -> str:
    """12345 → "12,345"; what is not told is "–", never zero."""
    return "–" if count is None or count == "" else f"{int(count):,}"


def age(years: Any) -> str:
    """78 → "78세" / "age 78"; unknown → empty."""
    if years is None or years == "":
        return ""
    return f"{years}세" if korean() else f"age {years}"


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(clock.SEOUL).date()
    return value if isinstance(value, date) else None


def day(value: Any) -> str:
    """ "11월 24일 (화)" / "Tue 24 Nov"; another year than this one is told."""
    moment = _day(value)
    if moment is None:
        return ""
    other = moment.year != clock.today().year
    if korean():
        return (
            f"{f'{moment.year}년 ' if other else ''}{moment.month}월 {moment.day}일 ({WEEKDAYS_KO[moment.weekday()]})"
        )
    return f"{DAYS_EN[moment.weekday()]} {moment.day} {MONTHS_EN[moment.month - 1]}{f' {moment.year}' if other else ''}"


def day_short(value: Any) -> str:
    """ "11/24" / "24 Nov"."""
    moment = _day(value)
    if moment is None:
        return ""
    other = moment.year != clock.today().year
    if korean():
        return f"{f'{moment.year}/' if other else ''}{moment.month}/{moment.day}"
    return f"{moment.day} {MONTHS_EN[moment.month - 1]}{f' {moment.year}' if other else ''}"


def day_long(value: Any) -> str:
    """ "2026년 11월 24일 화요일" / "Tuesday 24 November 2026"."""
    moment = _day(value)
    if moment is None:
        return ""
    if korean():
        return f"{moment.year}년 {moment.month}월 {moment.day}일 {WEEKDAYS_KO[moment.weekday()]}요일"
    return f"{moment:%A} {moment.day} {moment:%B} {moment.year}"


def day_name(value: Any) -> str:
    """ "11월 24일 화요일" / "Tuesday 24 November": the head of a page about one day."""
    moment = _day(value)
    if moment is None:
        return ""
    if korean():
        return f"{moment.month}월 {moment.day}일 {WEEKDAYS_KO[moment.weekday()]}요일"
    return f"{moment:%A} {moment.day} {moment:%B}"


def day_due(value: Any) -> str:
    """ "12/1 (화)" / "Tue 1 Dec"."""
    moment = _day(value)
    if moment is None:
        return ""
    return f"{day_short(moment)} ({WEEKDAYS_KO[moment.weekday()]})" if korean() else day(moment)


def day_words(value: Any) -> str:
    """ "어제", "오늘", "내일", "모레", else the short day."""
    moment = _day(value)
    if moment is None:
        return ""
    near = {-1: ("어제", "yesterday"), 0: ("오늘", "today"), 1: ("내일", "tomorrow"), 2: ("모레", "in two days")}
    words = near.get((moment - clock.today()).days)
    return (words[0] if korean() else words[1]) if words else day_short(moment)


def hour(value: Any) -> str:
    """ "16:40" in Seoul."""
    return f"{value.astimezone(clock.SEOUL):%H:%M}" if isinstance(value, datetime) else ""


def moment(value: Any) -> str:
    """ "11/23 16:40" / "23 Nov 16:40"."""
    return f"{day_short(value)} {hour(value)}" if isinstance(value, datetime) else day_short(value)


def left(until: Any) -> str:
    """Time until a promise: "25:08 남음" / "25:08 left"; past: "−1:02 지남" / "−1:02 late". Hours and minutes."""
    if not isinstance(until, datetime):
        return ""
    minutes = int((until - clock.now()) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    if is_late(until):
        return f"−{hours}:{rest:02d} {'지남' if korean() else 'late'}"
    return f"{hours}:{rest:02d} {'남음' if korean() else 'left'}"


def days_left(until: Any) -> str:
    """ "9일 남음" / "9 days left", "오늘까지" / "today", "2일 지남" / "2 days late"."""
    end = _day(until)
    if end is None:
        return ""
    days = (end - clock.today()).days
    if days == 0:
        return "오늘까지" if korean() else "due today"
    if korean():
        return f"{abs(days)}일 {'남음' if days > 0 else '지남'}"
    return f"{abs(days)} day{'' if abs(days) == 1 else 's'} {'left' if days > 0 else 'late'}"


def is_late(until: Any) -> bool:
    if isinstance(until, datetime):
        return until < clock.now()
    return isinstance(until, date) and until < clock.today()


def grouped(code: Any) -> str:
    """A code as it is written and stands in addresses: "7K2M4Q9PX3A5C" → "7K2M-4Q9P-X3A5C"."""
    return codes.shown(str(code or ""))


def spoken(code: Any) -> str:
    """A code as it is read out, sign by sign: "7K2M-4Q9P" → "칠·케이·이·엠, 사·큐·구·피" / "7 · K · 2 · M, …"."""
    groups = str(code or "").split("-")
    if not korean():
        return ", ".join(" · ".join(group) for group in groups)
    return ", ".join("·".join(SPOKEN_KO.get(sign, sign) for sign in group) for group in groups)


SPOKEN_KO = {
    **dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True)),
    "A": "에이",
    "B": "비",
    "C": "씨",
    "D": "디",
    "E": "이(E)",
    "F": "에프",
    "G": "지",
    "H": "에이치",
    "J": "제이",
    "K": "케이",
    "M": "엠",
    "N": "엔",
    "P": "피",
    "Q": "큐",
    "R": "아르",
    "S": "에스",
    "T": "티",
    "V": "브이",
    "W": "더블유",
    "X": "엑스",
    "Y": "와이",
    "Z": "제트",
}
FILTERS: dict[str, Callable[[Any], Any]] = {
    "won": won,
    "won_words": won_words,
    "figure": figure,
    "years": age,
    "day": day,
    "day_short": day_short,
    "day_long": day_long,
    "day_due": day_due,
    "day_name": day_name,
    "day_words": day_words,
    "hour": hour,
    "moment": moment,
    "left": left,
    "days_left": days_left,
    "is_late": is_late,
    "spoken": spoken,
    "grouped": grouped,
}
