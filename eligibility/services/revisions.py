"""Changing the catalogue: proposed by one, approved or declined by another, dated, never edited afterwards."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from eligibility import catalogue
from eligibility.models import Revision
from eligibility.rules import revisions as rules
from eligibility.selectors import board
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Proposal:
    """`fields`: what changes, as kept in a Revision; `is_new`: an entry that is not on the board yet."""

    code: str
    category: str
    fields: dict[str, Any]
    reason: str
    valid_from: date
    is_new: bool = False


def propose(*, by: Viewer, proposal: Proposal) -> Revision:
    """Lay a change before a colleague; raises Impossible, also while another change of the entry is open."""
    check(by, Permission.CATALOGUE_EDIT)
    problems = rules.proposal_problems(
        proposal.fields, reason=proposal.reason, valid_from=proposal.valid_from, today=clock.today()
    )
    off = board.taken_off().get(proposal.code)
    problems += rules.back_problems(
        proposal.fields, valid_from=proposal.valid_from, off_since=off.since if off else None
    )
    if proposal.is_new:
        known = Revision.objects.filter(code=proposal.code).exists() or proposal.code in catalogue.entries()
        problems += rules.new_entry_problems(proposal.fields, is_known=known)
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        try:
            with transaction.atomic():
                revision = Revision.objects.create(
                    code=proposal.code,
                    category=proposal.category,
                    fields=proposal.fields,
                    reason=proposal.reason.strip(),
                    valid_from=proposal.valid_from,
                    proposed_by_id=by.user_id or 0,
                )
        except IntegrityError:
            words = _("Another change of this entry waits for approval. Please decide that one first.")
            raise errors.Impossible(errors.Problem("one_open", words)) from None
        audit.changed(by, "revision", [revision.pk], "revision_proposed", code=proposal.code)
    return revision


def approve(*, by: Viewer, revision_id: int) -> Revision:
    """The change holds from its day on. Raises Impossible for the proposer's own and for a decided one."""
    with acting_as(by):
        revision = _open(by, revision_id)
        problems = rules.approval_problems(
            proposed_by=revision.proposed_by_id, approved_by=by.user_id, is_open=revision.is_open
        )
        if problems:
            raise errors.Impossible(*problems)
        revision.approved_by_id, revision.approved_at = by.user_id, clock.now()
        revision.save(update_fields=["approved_by", "approved_at"])
        audit.changed(by, "revision", [revision.pk], "revision_approved", code=revision.code)
    return revision


def decline(*, by: Viewer, revision_id: int, why: str) -> Revision:
    """The change is not made; the proposer may take it back this way, too."""
    with acting_as(by):
        revision = _open(by, revision_id)
        if not revision.is_open:
            raise errors.Impossible(*rules.approval_problems(proposed_by=0, approved_by=None, is_open=False))
        if not why.strip():
            raise errors.Impossible(errors.required("why"))
        revision.declined_by_id, revision.declined_at, revision.declined_why = by.user_id, clock.now(), why.strip()
        revision.save(update_fields=["declined_by", "declined_at", "declined_why"])
        audit.changed(by, "revision", [revision.pk], "revision_declined", code=revision.code)
    return revision


def _open(by: Viewer, revision_id: int) -> Revision:
    check(by, Permission.CATALOGUE_EDIT)
    revision = Revision.objects.select_for_update().filter(pk=revision_id).first()
    if revision is None:
        raise errors.NotFound("revision", str(revision_id))
    return revision
