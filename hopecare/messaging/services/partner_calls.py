"""How the news for partners' systems stand, for the desk of the centre whose news they are; and sending them again.

A partner belongs to one organisation (the file of partners says so); nobody else sees its calls.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system, visible_to
from hopecare.kernel.models import Organisation
from hopecare.kernel.permissions import Permission
from hopecare.messaging.models import WebhookCall
from hopecare.messaging.services import webhooks
from hopecare.messaging.services.webhooks import Standing

SHOWN = 50
#: How far back "again" reaches; older news would only confuse.
AGAIN_FOR = timedelta(days=30)
TAKEN, WAITING, GIVEN_UP = "taken", "waiting", "given_up"
STATES: dict[str, Q] = {
    TAKEN: Q(delivered_at__isnull=False),
    WAITING: Q(delivered_at=None, next_attempt_at__isnull=False),
    GIVEN_UP: Q(delivered_at=None, next_attempt_at=None),
}


@dataclass(frozen=True)
class CallTold:
    """One piece of news: its name, when, how often it was tried, the last answer's status, when it is tried next."""

    pk: int
    uuid: UUID
    partner: str
    name: str
    at: datetime
    state: str
    attempts: int
    status: int | None
    next_at: datetime | None


@dataclass(frozen=True)
class Page:
    """Newest first; `next` as `after` for the page that follows."""

    items: list[CallTold]
    next: str | None


def partners_of(by: Viewer) -> list[str]:
    """Codes of the partners who hear the news of the viewer's organisation."""
    check(by, Permission.MESSAGE_REPAIR)
    known = webhooks.partners()
    if not known or by.organisation_id is None:
        return []
    own = Organisation.objects.filter(pk=by.organisation_id).values_list("code", flat=True).first()
    return [partner.code for partner in known if partner.organisation == own]


def standings(by: Viewer) -> list[Standing]:
    """One line for each partner, also for those who were told nothing yet."""
    codes = partners_of(by)
    found = {row.partner: row for row in webhooks.standing()} if codes else {}
    return [found.get(code, Standing(code, 0, 0, 0)) for code in codes]


def page(*, by: Viewer, state: str = "", after: str = "") -> Page:
    """Calls of the organisation's partners, fifty at a time, in one `state` or in all."""
    codes, machine = partners_of(by), system(Principal.MESSAGES)
    with acting_as(machine):
        rows = visible_to(machine, WebhookCall).filter(STATES.get(state, Q()), partner__in=codes)
        if after.isascii() and after.isdigit() and len(after) < 19:
            rows = rows.filter(pk__lt=int(after))
        found = list(rows.order_by("-pk")[: SHOWN + 1])
    items = [_told(row) for row in found[:SHOWN]]
    return Page(items, str(items[-1].pk) if len(found) > SHOWN else None)


def again(*, by: Viewer, call: UUID) -> None:
    """One call goes out again with the id of the first time. Raises NotFound for calls of others, too."""
    if not _again(by, Q(uuid=call)):
        raise errors.NotFound("webhook_call", str(call))


def again_all(*, by: Viewer, partner: str) -> int:
    """Everything that was given up for this partner in the last thirty days; returns how many."""
    return _again(by, STATES[GIVEN_UP] & Q(partner=partner, at__gte=clock.now() - AGAIN_FOR))


def _again(by: Viewer, which: Q) -> int:
    codes, machine = partners_of(by), system(Principal.MESSAGES)
    with acting_as(by), acting_as(machine):
        rows: QuerySet[WebhookCall] = visible_to(machine, WebhookCall).filter(which, partner__in=codes)
        ids = list(rows.select_for_update().values_list("pk", flat=True))
        values: dict[str, Any] = {"attempts": 0, "next_attempt_at": clock.now(), "delivered_at": None}
        visible_to(machine, WebhookCall).filter(pk__in=ids).update(**values)
        if ids:
            audit.changed(by, "webhook_call", ids, "again", owners=[by.organisation_id])
    return len(ids)


def _told(row: WebhookCall) -> CallTold:
    state = TAKEN if row.delivered_at else WAITING if row.next_attempt_at else GIVEN_UP
    name = str(row.body.get("type", ""))
    return CallTold(row.pk, row.uuid, row.partner, name, row.at, state, row.attempts, row.status, row.next_attempt_at)
