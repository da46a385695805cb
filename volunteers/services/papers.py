"""Licences and insurance of one volunteer, as the coordinator saw them."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import CallKind, Insurance, Insurer, Paper, Volunteer
from volunteers.rules import safety


def put_paper(
    *,
    by: Viewer,
    volunteer_id: int,
    kind: str,
    body: str,
    valid_until: date | None,
    number: str = "",
    renewing: bool = False,
) -> Paper:
    """A paper that was shown, or its renewal: one row a kind. `renewing`: handed in, so that the grace counts.

    Raises Impossible for an unknown kind, without the body that was asked, or for a day that is over.
    """
    check(by, Permission.VOLUNTEER_MANAGE)
    problems = [] if kind in safety.paper_kinds() else [errors.required("kind")]
    if not body.strip():
        problems.append(errors.required("body"))
    if valid_until is not None and valid_until < clock.today() and not renewing:
        words = _("That day is over. If its renewal is handed in, please say so.")
        problems.append(Problem("valid_until", words, "valid_until"))
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        values = {
            "body": body.strip(),
            "valid_until": valid_until,
            "renewing": renewing,
            "checked_on": clock.today(),
            "checked_by_id": by.user_id,
            "warned_at": None,
        }
        if number.strip():
            values["number"] = number.strip()
        paper, _fresh = Paper.objects.update_or_create(volunteer=volunteer, kind=kind, defaults=values)
        open_calls = volunteer.calls.filter(kind=CallKind.PAPER, done_at=None).exclude(reason="insurance")
        open_calls.update(done_at=clock.now(), done_by_id=by.user_id)
        audit.changed(by, "paper", [paper.pk], "seen", kind_of=kind, until=str(valid_until or ""))
        return paper


def insure(
    *, by: Viewer, volunteer_id: int, insurer: str, number_1365: str = "", valid_until: date | None = None
) -> Insurance:
    """How the volunteer is insured, and their number in the portal 1365 where they have one."""
    check(by, Permission.VOLUNTEER_MANAGE)
    if insurer not in Insurer.values:
        raise errors.Impossible(errors.required("insurer"))
    if insurer == Insurer.PORTAL and not number_1365.strip():
        words = _("For the insurance of 1365 their number there is wanted.")
        raise errors.Impossible(Problem("number", words, "number_1365"))
    with acting_as(by):
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        values = {
            "insurer": insurer,
            "number_1365": number_1365.strip(),
            "valid_until": valid_until,
            "noted_by_id": by.user_id,
            "noted_at": clock.now(),
            "warned_at": None,
        }
        row, _fresh = Insurance.objects.update_or_create(volunteer=volunteer, defaults=values)
        open_calls = volunteer.calls.filter(kind=CallKind.PAPER, reason="insurance", done_at=None)
        open_calls.update(done_at=clock.now(), done_by_id=by.user_id)
        audit.changed(by, "insurance", [row.pk], "noted", insurer=insurer)
        return row
