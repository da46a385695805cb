"""The words of messages and how answers are understood. Pure: values in, text out; language is a parameter.

An offer's first part is at most 90 EUC-KR bytes, works without the link, and names no person, illness or poverty
(K20). Words are never cut off: shorter wordings are tried in turn.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

LIMIT = 90
_WEEKDAYS_KO = "월화수목금토일"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_YES = "1 예 네 넵 네네 넹 응 가능 가능1 가능합니다 가능해요 좋아요 갈게요 할게요 yes y ok okay"
_NO = "2 아니오 아니요 아뇨 불가 불가2 불가능 불가합니다 못해요 안돼요 안되요 어려워요 어렵습니다 no n"
YES_WORDS, NO_WORDS = frozenset(_YES.split()), frozenset(_NO.split())
_ARRIVED = "도착 도착했어요 도착했습니다 도착함 왔어요 왔습니다 arrived here"
_DONE = "끝 끝났어요 끝났습니다 완료 마침 마쳤어요 마쳤습니다 다녀왔어요 다녀왔습니다 done finished"
_NOBODY = "부재 부재중 안계세요 안계심 안계십니다 안열어요 문안열어요 아무도없어요 nobody"
_VISIT_WORDS = {
    **dict.fromkeys(_ARRIVED.split(), "arrived"),
    **dict.fromkeys(_DONE.split(), "done"),
    **dict.fromkeys(_NOBODY.split(), "nobody"),
}
_CODED = re.compile(r"^(?:가능|불가|yes|no)?([a-z])([12])$")


@dataclass(frozen=True)
class Ask:
    """What an offer says; names in both languages, `category_*` for a service with too long a name."""

    starts: datetime
    minutes: int
    town_ko: str
    town_en: str
    service_ko: str
    service_en: str
    category_ko: str
    category_en: str
    phone: str
    letter: str = ""
    stairs: bool = False
    contact: str = ""


def understood(plain: str) -> tuple[bool, str] | None:
    """A reply without spaces and signs, in small letters → (yes?, letter or ""); None for anything else."""
    if plain in YES_WORDS:
        return True, ""
    if plain in NO_WORDS:
        return False, ""
    coded = _CODED.match(plain)
    return (coded.group(2) == "1", coded.group(1).upper()) if coded else None


def visit_word(plain: str) -> str | None:
    """ "arrived", "done" or "nobody" for a word about a visit of this very day; None for anything else."""
    return _VISIT_WORDS.get(plain)


def size(text: str) -> int:
    """Bytes on a Korean telephone; far too many when it cannot be written there."""
    try:
        return len(text.encode("cp949"))
    except UnicodeEncodeError:
        return LIMIT * 10


def offer_text(ask: Ask, language: str) -> str:
    """The first wording that fits; the shortest when even that does not, and the outbox refuses it."""
    text = ""
    for text in _korean(ask) if language.startswith("ko") else _english(ask):
        if size(text) <= LIMIT:
            return text
    return text


def _korean(ask: Ask) -> Iterator[str]:
    day = ask.starts
    date = f"{day.month}/{day.day}({_WEEKDAYS_KO[day.weekday()]})"
    hour = f"{day.hour}시" if day.minute == 0 else f"{day:%H:%M}"
    clock = f"{date}{hour}"
    long, short = _span_ko(ask.minutes)
    yes, no = f"가능{ask.letter}1", f"불가{ask.letter}2"
    stairs = " 계단" if ask.stairs else ""
    if ask.contact:
        whole = f"[희망케어] {clock} {ask.town_ko} {ask.service_ko} {long}{stairs}."
        yield f"{whole} {yes} {no} 답장/전화 {ask.contact} {ask.phone}"
    for service in (ask.service_ko, ask.service_ko.replace(" ", ""), ask.category_ko, "봉사"):
        for town in (ask.town_ko, _short_town(ask.town_ko)):
            yield f"[희망케어] {clock} {town} {service} {long}{stairs}. {yes} {no} 답장/전화 {ask.phone}"
            yield f"[희망케어] {clock} {town} {service} {short}{stairs}. {yes} {no} 답장/전화 {ask.phone}"
            yield f"[희망케어] {clock} {town} {service} {short}{stairs} {yes} {no} 전화 {ask.phone}"
            yield f"[희망케어] {clock} {town} {service} {short}{stairs} {yes} {no} {ask.phone}"


def _english(ask: Ask) -> Iterator[str]:
    day = ask.starts
    date = f"{_WEEKDAYS_EN[day.weekday()]} {day.month}/{day.day} {day:%H:%M}"
    span = _span_en(ask.minutes)
    yes, no = f"Yes {ask.letter}1", f"No {ask.letter}2"
    stairs = " stairs" if ask.stairs else ""
    for service in (ask.service_en, ask.category_en, "Helping"):
        for town in (ask.town_en, ask.town_en.split("-")[0]):
            yield f"[Hope Care] {date} {town}, {service}, {span}{stairs}. {yes}, {no} or call {ask.phone}"
            yield f"[HopeCare] {date} {town}, {service} {span}{stairs}. {yes}, {no} or call {ask.phone}"
            yield f"[HopeCare] {date} {town} {service} {span}{stairs}. {yes} {no} Tel {ask.phone}"
            yield f"[HopeCare] {date} {town} {service} {span}{stairs} {yes} {no} {ask.phone}"


def _span_ko(minutes: int) -> tuple[str, str]:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}분", f"{rest}분"
    if not rest:
        return f"{hours}시간", f"{hours}시간"
    return f"{hours}시간{rest}분", f"{hours}시간반" if rest == 30 else f"{minutes}분"


def _span_en(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{rest}min" if not hours else f"{hours}h" if not rest else f"{hours}h{rest:02d}"


def _short_town(name: str) -> str:
    """솔밭면 → 솔밭, 하늘2동 → 하늘2."""
    return name[:-1] if len(name) > 2 and name[-1] in "읍면동" else name


def clock_text(starts: datetime, language: str) -> str:
    """11/26(목)14시 · Thu 11/26 14:00 — for the shorter messages."""
    if language.startswith("ko"):
        hour = f"{starts.hour}시" if starts.minute == 0 else f"{starts:%H:%M}"
        return f"{starts.month}/{starts.day}({_WEEKDAYS_KO[starts.weekday()]}){hour}"
    return f"{_WEEKDAYS_EN[starts.weekday()]} {starts.month}/{starts.day} {starts:%H:%M}"


def day_text(day: date, language: str) -> str:
    """11/26(목) · Thu 11/26"""
    if language.startswith("ko"):
        return f"{day.month}/{day.day}({_WEEKDAYS_KO[day.weekday()]})"
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.month}/{day.day}"
