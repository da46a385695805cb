"""Who shares how much with whom: the level in force, versions and who signed them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.models import Agreement, Organisation, User
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Partner:
    """One organisation we have an agreement with. `waiting` = the newest version, when a signature is missing."""

    organisation: Organisation
    level: int
    versions: Sequence[Agreement]
    waiting: Agreement | None
    waits_for_us: bool


def level_between(one: int, other: int) -> int:
    """The level in force today; 0 without an agreement."""
    with connection.cursor() as cursor:
        cursor.execute("select hc_agreed_level(%s, %s, %s)", [one, other, clock.today()])
        return int(cursor.fetchone()[0])


def newest_between(one: int, other: int) -> Agreement | None:
    first, second = sorted((one, other))
    return Agreement.objects.filter(first_id=first, second_id=second).order_by("-version").first()


def partners(viewer: Viewer) -> list[Partner]:
    """Every organisation that the viewer's own ever agreed with, by name."""
    check(viewer, Permission.AGREEMENT_SIGN)
    own = viewer.organisation_id or 0
    rows = Agreement.objects.filter(Q(first_id=own) | Q(second_id=own)).order_by("-version")
    by_other: dict[int, list[Agreement]] = {}
    for row in rows:
        by_other.setdefault(row.second_id if row.first_id == own else row.first_id, []).append(row)
    houses = Organisation.objects.filter(pk__in=by_other).order_by("name_ko")
    return [_partner(own, house, by_other[house.pk]) for house in houses]


def _partner(own: int, house: Organisation, versions: list[Agreement]) -> Partner:
    newest = versions[0]
    waiting = None if newest.holds else newest
    signed = newest.first_signed_at if newest.first_id == own else newest.second_signed_at
    return Partner(house, level_between(own, house.pk), versions, waiting, waiting is not None and signed is None)


def possible_partners(viewer: Viewer) -> list[Organisation]:
    """Everybody one can agree with: all but the own house and the bodies that only operate centres (K3)."""
    return list(
        Organisation.objects.exclude(pk=viewer.organisation_id or 0)
        .exclude(kind="foundation")
        .order_by("kind", "name_ko")
    )


def signers(rows: Sequence[Agreement]) -> dict[int, str]:
    """Account id → name, of everybody who signed one of the versions."""
    ids = {key for row in rows for key in (row.first_signed_by, row.second_signed_by) if key}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
