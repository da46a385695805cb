"""Agreements between organisations: proposed by one, signed by both, lowered by either at once (R9, R23, K6)."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.models import Agreement, Organisation
from hopecare.kernel.permissions import Permission
from hopecare.kernel.selectors.agreements import level_between, newest_between

MOVED_ON = _("The other side was quicker: there is a newer version. Please look at it again.")


def propose(
    *,
    by: Viewer,
    other: Organisation,
    level: int,
    text: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Agreement:
    """A new version with the proposer's signature; it holds when the other side has signed, too."""
    own = _own(by)
    starts_on = starts_on or clock.today()
    problems = []
    if other.pk == own:
        problems.append(errors.Problem("same", _("Choose another organisation than your own."), "other"))
    if not text.strip():
        problems.append(errors.required("text"))
    if ends_on is not None and ends_on < starts_on:
        problems.append(errors.Problem("ends_before", _("It cannot end before it began."), "ends_on"))
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        return _write(by, own, other.pk, level=level, text_ko=text.strip(), starts_on=starts_on, ends_on=ends_on)


def lower(*, by: Viewer, other: Organisation, level: int) -> Agreement:
    """At once and without the other side; a version that still waits for a signature cannot undo it."""
    own = _own(by)
    with acting_as(by):
        now = level_between(own, other.pk)
        if level >= now:
            words = _("You share at level %(level)s now. Raising it needs both signatures.") % {"level": now}
            raise errors.Impossible(errors.Problem("not_lower", words, "level"))
        return _write(by, own, other.pk, level=level, lowered=True, starts_on=clock.today())


def sign(*, by: Viewer, agreement_id: int) -> Agreement:
    """The second signature, under the newest version only; signing twice changes nothing."""
    own = _own(by)
    with acting_as(by):
        row = Agreement.objects.select_for_update().filter(pk=agreement_id).first()
        if row is None or own not in {row.first_id, row.second_id}:
            raise errors.NotFound("agreement", str(agreement_id))
        newest = newest_between(row.first_id, row.second_id)
        if newest is not None and newest.pk != row.pk:
            raise errors.Impossible(errors.Problem("newer", MOVED_ON))
        side = "first" if row.first_id == own else "second"
        if getattr(row, f"{side}_signed_at") is not None:
            return row
        setattr(row, f"{side}_signed_at", clock.now())
        setattr(row, f"{side}_signed_by", by.user_id)
        row.save(update_fields=[f"{side}_signed_at", f"{side}_signed_by"])
        _told(by, row, "agreement_signed")
    return row


def _own(by: Viewer) -> int:
    check(by, Permission.AGREEMENT_SIGN)
    if by.organisation_id is None or by.user_id is None:
        raise errors.Forbidden("an organisation")
    return by.organisation_id


def _write(by: Viewer, own: int, other: int, **values: object) -> Agreement:
    first, second = sorted((own, other))
    newest = newest_between(first, second)
    side = "first" if own == first else "second"
    signed = {f"{side}_signed_by": by.user_id, f"{side}_signed_at": clock.now()}
    version = newest.version + 1 if newest else 1
    try:
        with transaction.atomic():
            row = Agreement.objects.create(first_id=first, second_id=second, version=version, **signed, **values)
    except IntegrityError as error:
        raise errors.Impossible(errors.Problem("newer", MOVED_ON)) from error
    _told(by, row, "agreement_lowered" if row.lowered else "agreement_proposed")
    return row


def _told(by: Viewer, row: Agreement, what: str) -> None:
    owners = [row.first_id, row.second_id]
    audit.changed(by, "agreement", [row.pk], what, owners=owners, level=row.level, version=row.version)
    events.publish("agreement.changed", agreement_id=row.pk)
