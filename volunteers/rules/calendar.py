"""A calendar file of visits (RFC 5545). It leaves for somebody's cloud: a town and a number, no address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Entry:
    """One visit as a calendar may know it; `uid` is the same each time, so that an entry is renewed, not doubled."""

    uid: str
    starts: datetime
    ends: datetime
    title: str
    place: str
    words: str


def file(entries: Iterable[Entry], *, made: datetime) -> str:
    """A reminder on the evening before each; lines end with CRLF and are folded at 75 bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hope Care//Volunteers//KO", "METHOD:PUBLISH"]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"DTSTAMP:{_utc(made)}",
            f"DTSTART:{_utc(entry.starts)}",
            f"DTEND:{_utc(entry.ends)}",
            f"SUMMARY:{_escaped(entry.title)}",
            f"LOCATION:{_escaped(entry.place)}",
            f"DESCRIPTION:{_escaped(entry.words)}",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(entry.title)}",
            "TRIGGER:-PT20H",
            "END:VALARM",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    parts, part = [], ""
    for sign in line:
        if len((part + sign).encode()) > 73:
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])
