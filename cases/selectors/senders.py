"""Senders whose devices may report over the signed address: a file of the operator, as their secrets are keys (R93)."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from cases.rules import watching as rules
from hopecare.kernel import clock

SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Sender:
    """`name` for people; `kinds`: which events it may report; `secret`: shared, at least 32 signs."""

    code: str
    name: str
    secret: str
    kinds: frozenset[str]


class WrongFile(ValueError):
    """The file of senders says something that cannot be meant."""


@cache
def senders_of(path: str) -> tuple[Sender, ...]:
    """The senders of a file; none without one. Raises WrongFile."""
    if not path:
        return ()
    return tuple(_sender(row) for row in yaml.safe_load(Path(path).read_text())["senders"])


def senders() -> tuple[Sender, ...]:
    return senders_of(settings.SIGNAL_SENDERS)


def _sender(row: dict[str, Any]) -> Sender:
    found = Sender(row["code"], row["name"], row["secret"], frozenset(row["kinds"]))
    if not found.kinds <= set(rules.sensors()):
        raise WrongFile(f"{found.code}: unknown kinds {sorted(found.kinds - set(rules.sensors()))}")
    if len(found.secret) < SHORTEST_SECRET:
        raise WrongFile(f"{found.code}: the secret needs {SHORTEST_SECRET} signs")
    return found


def signed_by(header: str, body: bytes) -> Sender | None:
    """Who signed `body`: `code=…,t=<unix seconds>,v1=<hex>`, HMAC-SHA256 over "t.body" with the sender's secret.

    None for strangers, changed bodies and clocks that differ too much: what was overheard cannot be played again later,
    and what is played again at once is known by its id.
    """
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    moment, given = parts.get("t", ""), parts.get("v1", "")
    sender = next((one for one in senders() if one.code == parts.get("code")), None)
    if sender is None or not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        return None
    if abs(clock.now().timestamp() - int(moment)) > rules.figure("clock_seconds"):
        return None
    wanted = hmac.new(sender.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return sender if hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")) else None
