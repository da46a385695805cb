"""The monthly look through odd reads is signed by somebody who answers for the records (K9)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from cases.models import ReadingReview
from cases.selectors.reading import month_of, odd_looks
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.permissions import Permission


def sign_month(*, by: Viewer, month: date, words: str) -> ReadingReview:
    """Once a month and organisation, after it is over; words are needed where something stood in the list.

    Nobody signs off a list in which they stand themselves.
    """
    check(by, Permission.AUDIT_VIEW)
    with acting_as(by):
        listed = odd_looks(by, month)
        looks = len(listed)
        problems = []
        if by.user_id in {look.user_id for look in listed}:
            words_own = _("You stand in this list yourself. Somebody else who may look through it signs.")
            problems.append(errors.Problem("own_looks", words_own, "words"))
        if month_of(month) >= month_of(clock.today()):
            problems.append(errors.Problem("runs", _("This month is not over yet."), "words"))
        if looks and not words.strip():
            problems.append(errors.required("words"))
        if problems:
            raise errors.Impossible(*problems)
        row, fresh = ReadingReview.objects.get_or_create(
            organisation_id=by.organisation_id or 0,
            month=month_of(month),
            defaults={"looks": looks, "words": words.strip()[:1000], "signed_by_id": actor(by)},
        )
        if fresh:
            audit.changed(
                by, "organisation", [by.organisation_id or 0], "reading_reviewed", owners=[by.organisation_id]
            )
    return row
