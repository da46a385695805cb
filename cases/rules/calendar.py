"""A calendar file (RFC 5545) out of days and hours; values in, text out. What it may name is decided by who calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST = 75  # octets of a line, after which it goes on in the next


@dataclass(frozen=True)
class Entry:
    """One entry: a day (all of it) or a moment with its length. `uid` stays the same when the file is fetched again."""

    uid: str
    at: date | datetime
    summary: str
    place: str = ""
    url: str = ""
    minutes: int = 120


def calendar(name: str, entries: Iterable[Entry], *, made_at: datetime) -> str:
    """The whole file, with the line ends that calendars ask for."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hope Care//KO", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{_text(name)}"]
    for entry in entries:
        lines += ["BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{_moment(made_at)}", *_times(entry)]
        lines += [f"SUMMARY:{_text(entry.summary)}"]
        lines += [f"LOCATION:{_text(entry.place)}"] if entry.place else []
        lines += [f"URL:{entry.url}"] if entry.url else []
        lines += ["END:VEVENT"]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _times(entry: Entry) -> list[str]:
    if isinstance(entry.at, datetime):
        end = entry.at + timedelta(minutes=entry.minutes)
        return [f"DTSTART:{_moment(entry.at)}", f"DTEND:{_moment(end)}"]
    return [f"DTSTART;VALUE=DATE:{entry.at:%Y%m%d}", f"DTEND;VALUE=DATE:{entry.at + timedelta(days=1):%Y%m%d}"]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    for sign in ("\\", ";", ","):
        words = words.replace(sign, f"\\{sign}")
    return " ".join(words.split())


def _folded(line: str) -> str:
    """Never inside a letter: a Korean one has three octets."""
    parts, rest = [""], _LONGEST
    for letter in line:
        size = len(letter.encode())
        if size > rest:
            parts.append(" ")
            rest = _LONGEST - 1
        parts[-1] += letter
        rest -= size
    return "\r\n".join(parts)
