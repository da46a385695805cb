"""What a report may say, how soon somebody looks, and when its words ring the duty line. Values in, problems out."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from cases.facts import Told
from hopecare.kernel.errors import Problem

WORDS_LIMIT = 4000
PLACE_LIMIT = 300
NAME_LIMIT = 80
PHOTOS_LIMIT = 5
READ_UNTIL, READ_BY_NOON = time(18), time(12)
SOON, TODAY, DANGER = "soon", "today", "danger"
_DATA = Path(__file__).resolve().parent.parent / "data"
_UNSPEAKABLE = {"Cc", "Cs", "Co", "Cn"}


@cache
def _words() -> dict[str, Any]:
    return dict(yaml.safe_load((_DATA / "words.yaml").read_text()))


def clean(text: str) -> str:
    """Text without what no person typed: NUL and control signs, lone surrogates; one writing for one letter (NFC)."""
    if text.isprintable():  # nearly always
        return unicodedata.normalize("NFC", text).strip()
    kept = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in _UNSPEAKABLE)
    return unicodedata.normalize("NFC", kept.replace("\r", "")).strip()


def sounds_dangerous(text: str) -> bool:
    """D13: these words put the telephone numbers first again and ring the duty line."""
    return _holds(text, "danger")


def sounds_accusing(text: str) -> bool:
    """D11: wording that accuses somebody of cheating."""
    return _holds(text, "accusation")


def _holds(text: str, kind: str) -> bool:
    korean, english = _patterns(kind)
    return bool(korean.search(re.sub(r"\s+", "", text)) or english.search(text.lower()))


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    listed = (_words()[f"{kind}_{tongue}"] for tongue in ("ko", "en"))
    flat = (list(chain(*words.values())) if isinstance(words, dict) else words for words in listed)
    korean, english = ("|".join(map(re.escape, words)) for words in flat)
    return re.compile(korean), re.compile(rf"\b(?:{english})\b")


@cache
def danger_words() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """The same words for pages that judge without signal: number to ring, words in Korean, words in English."""
    korean, english = _words()["danger_ko"], _words()["danger_en"]
    return tuple((str(number), tuple(korean[number]), tuple(english.get(number, ()))) for number in korean)


@cache
def reporter_kinds() -> tuple[dict[str, Any], ...]:
    """Who reports, as data (K4): code, names, whether a duty to report binds them and by which law."""
    return tuple(yaml.safe_load((_DATA / "reporter_kinds.yaml").read_text()))


def promise(now: datetime, urgency: str, *, open_now: bool, next_working_day: date) -> datetime:
    """By when a person has looked: the next working day 18:00; if it is urgent the same day 18:00 while somebody is
    there, else the next working day at noon. Danger has the same promise: 119 is quicker than any of us."""
    if urgency not in {TODAY, DANGER}:
        return datetime.combine(next_working_day, READ_UNTIL, tzinfo=now.tzinfo)
    if open_now:
        return datetime.combine(now.date(), READ_UNTIL, tzinfo=now.tzinfo)
    return datetime.combine(next_working_day, READ_BY_NOON, tzinfo=now.tzinfo)


def problems(told: Told, *, towns: Iterable[str], in_city: bool, photos: int = 0) -> list[Problem]:
    """Everything that keeps a report from being taken, with words for a person. `in_city`: the point lies in reach;
    `photos`: how many came along."""
    found = list(_place(told, set(towns), in_city))
    if not (told.seen or told.words or photos):
        nothing = _("Please tap what you saw or write a few words, so that we know what to look for.")
        found.append(Problem("nothing_told", nothing, "words"))
    for field, text, limit in (
        ("words", told.words, WORDS_LIMIT),
        ("directions", told.directions, PLACE_LIMIT),
        ("reporter_name", told.reporter_name, NAME_LIMIT),
    ):
        if len(text) > limit:
            words = _("This is too long: at most %(limit)s signs, please.") % {"limit": f"{limit:,}"}
            found.append(Problem("too_long", words, field))
    if told.about != "self" and sounds_accusing(f"{told.words}\n{told.directions}"):
        found.append(_accusation())
    return found


def problems_of_addition(about: str, before: str, words: str) -> list[Problem]:
    """What keeps words from being added to a report."""
    if not words:
        return [Problem("nothing_told", _("Please write a few words about what you saw."), "words")]
    if len(before) + len(words) > 4 * WORDS_LIMIT or len(words) > WORDS_LIMIT:
        told = _("This is too long: at most %(limit)s signs, please.") % {"limit": f"{WORDS_LIMIT:,}"}
        return [Problem("too_long", told, "words")]
    return [_accusation()] if about != "self" and sounds_accusing(words) else []


def _accusation() -> Problem:
    words = _(
        "This page is for neighbours who need help, so it takes no suspicion about benefits."
        " Please take that sentence out and leave what you saw. Everything else is kept."
    )
    return Problem("accusation", words, "words")


def _place(told: Told, towns: set[str], in_city: bool) -> Iterable[Problem]:
    if told.town and told.town not in towns:
        yield Problem("unknown_town", _("We do not know this town. Please choose one from the list."), "town")
    if not told.town and told.lat is None and not told.directions:
        words = _("Please choose a town, or tell us in words where it is.")
        yield Problem("no_place", words, "directions")
    if told.lat is not None and not in_city:
        words = _("This place lies outside our city. Please ring 129, the welfare line of the whole country.")
        yield Problem("outside", words, "directions")
