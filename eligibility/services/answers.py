"""Saving answers under a code, throwing them away, and handing them to a centre by a one-time key, each when asked.

The work is done as the principal `simulator`, which sees the one row whose code or key was given and no other. Audit
rows name neither code nor contents.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from eligibility.models import HandOver, SavedAnswers
from eligibility.selectors.answers import HandedOver, bearer, handed_over, saved
from hopecare.kernel import audit, clock, codes
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to

KEPT = timedelta(days=30)
HAND_OVER_KEPT = timedelta(hours=1)
#: The words of consent on the hand-over page; a change of its words is a new version.
CONSENT_VERSION = "simulator-hand-over-2026-11"
CODE, KEY = "saved-answers", "hand-over"


@dataclass(frozen=True)
class Outcome:
    """What was reckoned from the answers (`facts` in the shape of the API), and what the rules of a version said."""

    facts: dict[str, Any]
    verdicts: dict[str, str]
    rules_version: str

    def kept(self) -> str:
        return json.dumps({"facts": self.facts, "verdicts": self.verdicts, "turned": {}}, ensure_ascii=False)


def keep(*, by: Viewer, answers: dict[str, Any], outcome: Outcome, code: str = "") -> str:
    """Keep the answers for thirty days; returns the code. With a code that is still known, that row is renewed."""
    if code and _renewed(by, answers, outcome, code):
        return code
    code, now = codes.new_code(), clock.now()
    as_bearer = bearer(by, CODE, code)
    with acting_as(as_bearer):
        row = SavedAnswers.objects.create(
            code_hash=as_bearer.subject,
            answers=json.dumps(answers, ensure_ascii=False),
            outcome=outcome.kept(),
            rules_version=outcome.rules_version,
            run_version=outcome.rules_version,
            saved_at=now,
            expires_at=now + KEPT,
        )
        audit.changed(as_bearer, "saved_answers", [row.pk], "saved")
    return code


def _renewed(by: Viewer, answers: dict[str, Any], outcome: Outcome, code: str) -> bool:
    """Whether the code's own row was still there and now holds these answers."""
    as_bearer = bearer(by, CODE, code)
    with acting_as(as_bearer):
        row = saved(as_bearer)
        if row is None:
            return False
        row.answers, row.outcome, row.reopened = json.dumps(answers, ensure_ascii=False), outcome.kept(), False
        row.rules_version = row.run_version = outcome.rules_version
        row.saved_at, row.expires_at = clock.now(), clock.now() + KEPT
        row.save()
        audit.changed(as_bearer, "saved_answers", [row.pk], "renewed")
    return True


def forget(*, by: Viewer, code: str) -> bool:
    """Empty the answers kept under a code; whether there were any."""
    as_bearer = bearer(by, CODE, code)
    with acting_as(as_bearer):
        row = saved(as_bearer)
        if row is None:
            return False
        row.answers, row.outcome, row.expires_at = "", "", clock.now()
        row.save(update_fields=["answers", "outcome", "expires_at"])
        audit.changed(as_bearer, "saved_answers", [row.pk], "forgotten")
    return True


def hand_over(*, by: Viewer, handed: dict[str, Any], town: str, rules_version: str) -> str:
    """Lay the answers down for a centre, with consent; returns the one-time key, good for an hour.

    `handed`: {"facts", "lines", "verdicts", "language"}. The key is posted to the centre's page, never put in an
    address.
    """
    key = secrets.token_urlsafe(24)
    as_bearer = bearer(by, KEY, key)
    now = clock.now()
    with acting_as(as_bearer):
        row = HandOver.objects.create(
            key_hash=as_bearer.subject,
            answers=json.dumps(handed, ensure_ascii=False),
            town=town,
            rules_version=rules_version,
            consent_version=CONSENT_VERSION,
            made_at=now,
            expires_at=now + HAND_OVER_KEPT,
        )
        audit.changed(as_bearer, "hand_over", [row.pk], "handed_over")
    return key


def take_over(*, by: Viewer, key: str) -> HandedOver | None:
    """Read what a key holds and empty it: a second look finds nothing. Part of the caller's transaction."""
    as_bearer = bearer(by, KEY, key)
    with acting_as(as_bearer):
        found = handed_over(as_bearer)
        if found is None:
            return None
        rows = visible_to(as_bearer, HandOver).filter(key_hash=as_bearer.subject, taken_at=None)
        if not rows.update(answers="", taken_at=clock.now()):
            return None
        audit.changed(as_bearer, "hand_over", [], "taken_over")
    return found


def forget_expired() -> int:
    """Empty everything whose time is over; returns how many rows."""
    sweep = system(Principal.SWEEP)
    with acting_as(sweep):
        answers = visible_to(sweep, SavedAnswers).filter(expires_at__lte=clock.now()).exclude(answers="")
        handed = visible_to(sweep, HandOver).filter(expires_at__lte=clock.now()).exclude(answers="")
        return answers.update(answers="", outcome="") + handed.update(answers="")
