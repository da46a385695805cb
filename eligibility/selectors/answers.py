"""Reading what was saved under a code or laid down under a one-time key: by its bearer alone."""

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from eligibility.models import HandOver, SavedAnswers
from hopecare.kernel import clock, crypto
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to


@dataclass(frozen=True)
class Saved:
    """Answers to go on with. `turned`: programme → what it said then, where other rules say otherwise now."""

    answers: dict[str, Any]
    rules_version: str
    saved_at: datetime
    expires_at: datetime
    reopened: bool
    turned: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HandedOver:
    """What a citizen gives a centre: `facts` as the API takes them, `lines` (what was asked, what was said) in Korean,
    `verdicts` of the day by programme. A statement of the person, nothing verified, and no application."""

    facts: dict[str, Any]
    lines: tuple[tuple[str, str], ...]
    verdicts: dict[str, str]
    town: str
    language: str
    rules_version: str
    consent_version: str
    made_on: date


def hashed(purpose: str, secret: str) -> str:
    return crypto.keyed_hash(secret, purpose=purpose)


def bearer(by: Viewer, purpose: str, secret: str) -> Viewer:
    """The principal that sees the one row of this code or key; during a rotation each key of the ring is tried."""
    viewers = [
        replace(system(Principal.SIMULATOR, subject=candidate), source_address=by.source_address)
        for candidate in reversed(crypto.hash_candidates(secret, purpose=purpose))
    ]
    for viewer in viewers[1:]:
        with acting_as(viewer):
            if any(visible_to(viewer, model).exists() for model in (SavedAnswers, HandOver)):
                return viewer
    return viewers[0]


def saved(as_bearer: Viewer) -> SavedAnswers | None:
    """The row of a code while its time runs; inside `acting_as(as_bearer)`."""
    row = visible_to(as_bearer, SavedAnswers).filter(expires_at__gt=clock.now()).first()
    return row if row is not None and row.answers else None


def restore(by: Viewer, code: str, *, purpose: str = "saved-answers") -> Saved | None:
    """What was saved under a code; None for a wrong, an unknown and an expired one alike."""
    as_bearer = bearer(by, purpose, code)
    with acting_as(as_bearer):
        row = saved(as_bearer)
    if row is None:
        return None
    turned = json.loads(row.outcome)["turned"] if row.outcome else {}
    return Saved(json.loads(row.answers), row.rules_version, row.saved_at, row.expires_at, row.reopened, turned)


def handed_over(as_bearer: Viewer) -> HandedOver | None:
    """What lies under a one-time key; inside `acting_as(as_bearer)`."""
    row = visible_to(as_bearer, HandOver).filter(expires_at__gt=clock.now(), taken_at=None).first()
    if row is None or not row.answers:
        return None
    told = json.loads(row.answers)
    return HandedOver(
        facts=told["facts"],
        lines=tuple((label, value) for label, value in told["lines"]),
        verdicts=told["verdicts"],
        town=row.town,
        language=told.get("language", "ko"),
        rules_version=row.rules_version,
        consent_version=row.consent_version,
        made_on=row.made_at.astimezone(clock.SEOUL).date(),
    )


def hand_over(key: str) -> HandedOver | None:
    """What a citizen laid down under a key, without taking it; None for a wrong, used and expired one alike."""
    as_bearer = bearer(Viewer(), "hand-over", key)
    with acting_as(as_bearer):
        return handed_over(as_bearer)
