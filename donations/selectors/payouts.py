"""Payments out: what waits for whom, and from which funds an action may be paid."""

import uuid
from dataclasses import dataclass

from donations.access import get_visible, visible_to
from donations.models import Fund, Payout
from donations.rules import payouts as rules
from donations.states import PayoutState
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission

SHOWN = 100
_RELATED = ("fund", "service", "category", "case", "requested_by", "approved_by", "paid_by", "provider", "evidence")
_ONE = (*_RELATED, "letter", "team", "asked_team")


@dataclass(frozen=True)
class Waiting:
    """The desk's list: what I may do first, then what is on its way, then the latest."""

    to_approve: list[Payout]
    to_pay: list[Payout]
    to_prove: list[Payout]
    late_approval: list[Payout]
    others: list[Payout]


def waiting(viewer: Viewer) -> Waiting:
    """One question; the viewer's own rows. The auditor sees urgent payments without approval in `late_approval`."""
    rows = list(visible_to(viewer, Payout).select_related(*_RELATED).order_by("-requested_at", "-pk")[:SHOWN])
    approves, books = viewer.may(Permission.PAYOUT_APPROVE), viewer.may(Permission.MONEY_BOOK)
    to_approve = [
        row
        for row in rows
        if approves
        and row.approved_by_id is None
        and may_be_approved(viewer, row)
        and row.state in (PayoutState.REQUESTED, PayoutState.PAID, PayoutState.PROVEN, PayoutState.RETURNED)
    ]
    to_pay = [row for row in rows if books and may_be_paid(row)]
    to_prove = [row for row in rows if may_be_proved(viewer, row)]
    late = [row for row in rows if row.approve_by is not None and row.approved_by_id is None]
    first = {row.pk for row in (*to_approve, *to_pay, *to_prove)}
    return Waiting(to_approve, to_pay, to_prove, late, [row for row in rows if row.pk not in first])


def may_be_approved(viewer: Viewer, row: Payout) -> bool:
    """Never one's own; of a case that was handed over, by somebody of the centre whose gifts pay."""
    moved = rules.elsewhere(row.team_id, row.asked_team_id)
    return row.requested_by_id != viewer.user_id and (not moved or row.provider_id == viewer.organisation_id)


def may_be_proved(viewer: Viewer, row: Payout) -> bool:
    """By the people of the case, who alone see it."""
    return row.state == PayoutState.PAID and row.case is not None and viewer.may(Permission.CASE_SERVICE)


def may_be_paid(row: Payout) -> bool:
    return row.state == PayoutState.APPROVED or (row.state == PayoutState.REQUESTED and row.urgent)


def payout(viewer: Viewer, key: uuid.UUID) -> Payout:
    """One payment, its read logged; NotFound otherwise."""
    row = get_visible(viewer, Payout, named="payout", uuid=key, select=_ONE)
    audit.read(viewer, "payout", [row.pk], owners=[row.provider_id])
    return row


def overdue_approvals(viewer: Viewer) -> int:
    """Urgent payments whose second approval did not come in time; for the auditor."""
    rows = visible_to(viewer, Payout).filter(approved_by=None, approve_by__lt=clock.today())
    return rows.count()


def funds_for(viewer: Viewer, centre_id: int, purpose: str, needs: tuple[uuid.UUID, ...]) -> list[Fund]:
    """Funds of the centre's receiver that may pay this purpose: those of the person's own needs first."""
    rows = Fund.objects.filter(receiver__centre_id=centre_id, is_gift=True, allowed_purposes__contains=[purpose])
    own = [row for row in rows if row.need_uuid is None or row.need_uuid in needs]
    return sorted(own, key=lambda row: (row.need_uuid is None, row.kind == "general", row.pk))
