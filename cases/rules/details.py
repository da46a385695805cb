"""What a form showed, what stands now and what was typed, field by field. Values in, values out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem

#: Fields of the safe contact that are yes or no; the others are words or hours.
CONTACT_FLAGS = ("phone_ok", "sms_ok", "letter_ok", "neutral_sender")
CONTACT_HOURS = ("from_hour", "to_hour")
CONTACT_WORDS = ("number", "note")


def _mark(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def marks(values: Mapping[str, str]) -> str:
    """What a form carries of the values it showed: it tells whether they still stand, and holds none of them."""
    return json.dumps({name: _mark(value) for name, value in values.items()}, separators=(",", ":"))


def marks_in(text: str) -> dict[str, str]:
    """What came back of them; of anything else nothing."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(name): str(mark) for name, mark in found.items()} if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Settled:
    """`changed`: field → (before, after). `overtaken`: field → what somebody else wrote since the form was opened."""

    changed: dict[str, tuple[str, str]]
    overtaken: dict[str, str]


def settle(typed: Mapping[str, str], now: Mapping[str, str], seen: Mapping[str, str]) -> Settled:
    """Only a field that both changed to different things is in conflict; what nobody touched here stays as it is."""
    changed, overtaken = {}, {}
    for name, value in typed.items():
        stands = now[name]
        if value == stands:
            continue
        if seen.get(name) == _mark(stands):
            changed[name] = (stands, value)
        elif seen.get(name) != _mark(value):
            overtaken[name] = stands
    return Settled(changed, overtaken)


def settle_whole(typed: Mapping[str, str], now: Mapping[str, str], seen: Mapping[str, str]) -> Settled:
    """As `settle` for what is one thing, as an address is: half of one and half of another is nowhere."""
    changed = {name: (now[name], value) for name, value in typed.items() if value != now[name]}
    if changed and any(seen.get(name) != _mark(value) for name, value in now.items()):
        return Settled({}, {name: now[name] for name in changed})
    return Settled(changed, {})


def looser(values: Mapping[str, str], limits: Mapping[str, str]) -> list[str]:
    """Fields of a contact that allow what another record of the same person forbids (D4)."""
    if not limits:
        return []
    found = [name for name in ("phone_ok", "sms_ok", "letter_ok") if values[name] and not limits[name]]
    found += ["neutral_sender"] if limits["neutral_sender"] and not values["neutral_sender"] else []
    found += ["from_hour"] if int(values["from_hour"]) < int(limits["from_hour"]) else []
    return found + (["to_hour"] if int(values["to_hour"]) > int(limits["to_hour"]) else [])


def unsafe_problems(before: Mapping[str, str], after: Mapping[str, str], limits: Mapping[str, str]) -> list[Problem]:
    """What stood there before is left alone: a form that changes something else betrays nothing (D5, D17)."""
    words = _("This is not safe for this person now. Please leave it as it was, or ask the central desk.")
    return [Problem("unsafe", words, name) for name in looser(after, limits) if after[name] != before[name]]


def born_words(born: date | None, year_only: bool) -> str:
    """ "1948-03-02", "1948" where only the year is known, "" where nothing is."""
    if born is None:
        return ""
    return f"{born:%Y}" if year_only else born.isoformat()


def born_of(words: str) -> tuple[date | None, bool]:
    if not words:
        return None, False
    return (date(int(words), 1, 1), True) if len(words) == 4 else (date.fromisoformat(words), False)


def leaving_problems(*, is_main: bool, is_sealed: bool) -> list[Problem]:
    """Whom a case is named after, and whom a protection keeps the case closed for, do not simply go."""
    found = []
    if is_main:
        words = _("The case is named after this person. Close it, and open one for those who stay.")
        found.append(Problem("main", words))
    if is_sealed:
        words = _("This person is protected. End the protection first, or the case would open to the whole team.")
        found.append(Problem("sealed", words))
    return found
