"""News for partners' systems: written beside the change, signed, tried again for two days, played again on wish.

What travels is a name, a moment, a state and an id that is made for this partner alone, so that two partners cannot
lay their lists side by side, and none can open anything of ours with it.
"""

import hashlib
import hmac
import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from django.conf import settings
from django.db.models import Count, Q

from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system, visible_to
from hopecare.messaging.gateway import hooks
from hopecare.messaging.gateway.errors import Refused
from hopecare.messaging.models import WebhookCall

log = logging.getLogger(__name__)
#: After the n-th attempt that nobody took; then a person looks and plays it again.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
NAMES = ("report.received", "report.looked_at", "case.opened", "case.closed", "case.reopened", "offer.filled")
LEASE = timedelta(minutes=1)
SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Partner:
    """`organisation`: the code of the centre whose news it hears; `names`: which of NAMES."""

    code: str
    url: str
    secret: str
    organisation: str
    names: frozenset[str]


class WrongFile(ValueError):
    """The file of partners says something that cannot be meant."""


@cache
def partners_of(path: str) -> tuple[Partner, ...]:
    """The partners of a file; none without one. Raises WrongFile."""
    if not path:
        return ()
    rows = yaml.safe_load(Path(path).read_text())["partners"]
    return tuple(_partner(row) for row in rows)


def partners() -> tuple[Partner, ...]:
    return partners_of(settings.PARTNER_WEBHOOKS)


def _partner(row: dict[str, Any]) -> Partner:
    found = Partner(row["code"], row["url"], row["secret"], row["organisation"], frozenset(row["names"]))
    if not found.names <= set(NAMES):
        raise WrongFile(f"{found.code}: unknown names {sorted(found.names - set(NAMES))}")
    if len(found.secret) < SHORTEST_SECRET:
        raise WrongFile(f"{found.code}: the secret needs {SHORTEST_SECRET} signs")
    if urlsplit(found.url).scheme != "https" and not settings.HOPECARE_DEMO:
        raise WrongFile(f"{found.code}: only https")
    return found


def tell(*, name: str, organisation: str, kind: str, pk: int, state: str) -> int:
    """Write one call for each partner who hears this news of this organisation; returns how many."""
    at = clock.now()
    told = [one for one in partners() if name in one.names and one.organisation == organisation]
    with acting_as(system(Principal.MESSAGES)):
        for partner in told:
            body = {
                "type": name,
                "at": at.isoformat(timespec="seconds"),
                "id": id_for(partner, kind, pk),
                "state": state,
            }
            WebhookCall.objects.create(partner=partner.code, body=body, at=at, next_attempt_at=at)
    return len(told)


def id_for(partner: Partner, kind: str, pk: int) -> str:
    """The same for the same row and partner, and for nobody else."""
    return hmac.new(partner.secret.encode(), f"{kind}:{pk}".encode(), hashlib.sha256).hexdigest()[:32]


def send_due(limit: int = 50) -> int:
    """Send what is due, oldest first; returns how many were taken. Safe in several processes at once."""
    known = {partner.code: partner for partner in partners()}
    taken = 0
    for _ in range(limit if known else 0):
        call = _next(known)
        if call is None:
            break
        taken += _send(known[call.partner], call)
    return taken


def _next(known: dict[str, Partner]) -> WebhookCall | None:
    by = system(Principal.MESSAGES)
    with acting_as(by):
        rows = visible_to(by, WebhookCall).filter(partner__in=known, next_attempt_at__lte=clock.now())
        call = rows.select_for_update(skip_locked=True).order_by("next_attempt_at", "pk").first()
        if call is not None:
            call.attempts, call.next_attempt_at = call.attempts + 1, clock.now() + LEASE
            call.save(update_fields=["attempts", "next_attempt_at"])
        return call


def _send(partner: Partner, call: WebhookCall) -> bool:
    body = json.dumps({"event": str(call.uuid), **call.body}, separators=(",", ":")).encode()
    moment = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "HopeCare/1",
        hooks.SIGNATURE: hooks.signature(partner.secret, moment, body),
    }
    try:
        status = hooks.post(partner.url, body, headers)
    except Refused:
        status = None
    taken = status is not None and 200 <= status < 300
    now, by = clock.now(), system(Principal.MESSAGES)
    pause = PAUSES[call.attempts - 1] if call.attempts <= len(PAUSES) else None
    with acting_as(by):
        visible_to(by, WebhookCall).filter(pk=call.pk).update(
            status=status,
            delivered_at=now if taken else None,
            next_attempt_at=None if taken or pause is None else now + pause,
        )
    if not taken:
        log.warning("webhook %s to %s not taken: %s", call.uuid, partner.code, status)
    return taken


def replay(*, partner: str, since: datetime) -> int:
    """Everything for this partner since then goes out again with the ids of the first time; returns how many."""
    by = system(Principal.MESSAGES)
    with acting_as(by):
        rows = visible_to(by, WebhookCall).filter(partner=partner, at__gte=since)
        return rows.update(attempts=0, next_attempt_at=clock.now(), delivered_at=None)


@dataclass(frozen=True)
class Standing:
    """How a partner's calls stand."""

    partner: str
    taken: int
    waiting: int
    given_up: int


def standing() -> list[Standing]:
    by = system(Principal.MESSAGES)
    waiting, taken = Q(next_attempt_at__isnull=False), Q(delivered_at__isnull=False)
    with acting_as(by):
        rows = (
            visible_to(by, WebhookCall)
            .values("partner")
            .annotate(
                taken=Count("pk", filter=taken),
                waiting=Count("pk", filter=waiting),
                given_up=Count("pk", filter=~waiting & ~taken),
            )
        )
        return [Standing(**row) for row in rows.order_by("partner")]
