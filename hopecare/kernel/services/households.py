"""What changes in a household after it was created: where it lives, who belongs to it, its coverage class.

Nothing is overwritten: what held before stays with its last day. Keys follow the household (D5).
"""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, errors
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.models import Address, Coverage, Household, Membership, Town

_DAY = timedelta(days=1)


def move(*, by: Viewer, household: Household, town: Town, line: str, directions: str, since: date) -> Address:
    """The household lives somewhere else from `since` on; the earlier address ends the day before."""
    with acting_as(by):
        earlier = Address.objects.filter(household=household, ends_on=None)
        latest = earlier.order_by("-starts_on").first()
        if latest is not None and since < latest.starts_on:
            words = _("The address on record holds since %(day)s. Choose that day or a later one.")
            raise errors.Impossible(errors.Problem("before", words % {"day": latest.starts_on.isoformat()}, "since"))
        for row in earlier:
            row.ends_on = max(row.starts_on, since - _DAY)
            row.save(update_fields=["ends_on"])
        address = Address.objects.create(
            household=household,
            town=town,
            line=line,
            directions=directions,
            starts_on=since,
            scope_keys=household.scope_keys,
        )
        household.town = town
        household.save(update_fields=["town"])
        audit.changed(by, "household", [household.pk], "address")
    return address


def leave(*, by: Viewer, membership: Membership, on: date) -> None:
    """Somebody belongs to the household until this day, inclusive."""
    with acting_as(by):
        if on < membership.starts_on:
            words = _("On record as a member since %(day)s. Choose that day or a later one.")
            raise errors.Impossible(errors.Problem("before", words % {"day": membership.starts_on.isoformat()}, "on"))
        membership.ends_on = on
        membership.save(update_fields=["ends_on"])
        audit.changed(by, "person", [membership.person_id], "left", household=membership.household_id)


def set_coverage(*, by: Viewer, household: Household, coverage_class: str, since: date) -> Coverage:
    """Another coverage class from `since` on; one that began the same day was a slip and is written over (R86)."""
    with acting_as(by):
        latest = Coverage.objects.filter(household=household).order_by("-starts_on").first()
        first = None
        if latest is not None:
            first = latest.starts_on if latest.ends_on is None else latest.ends_on + _DAY
        if first is not None and since < first:
            words = _("Another class is on record until then. Choose %(day)s or a later day.")
            raise errors.Impossible(errors.Problem("before", words % {"day": first.isoformat()}, "since"))
        audit.changed(by, "household", [household.pk], "coverage")
        if latest is not None and latest.ends_on is None:
            if latest.starts_on == since:
                latest.coverage_class = coverage_class
                latest.save(update_fields=["coverage_class"])
                return latest
            latest.ends_on = since - _DAY
            latest.save(update_fields=["ends_on"])
        return Coverage.objects.create(
            household=household, coverage_class=coverage_class, starts_on=since, scope_keys=household.scope_keys
        )
