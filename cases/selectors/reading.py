"""Who reads our records, and which looks were odd: for the organisation that owns them (R9, K9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import F

from cases.models import BreakGlass, ReadingReview
from cases.rules.access import odd_rules
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Viewer, check, check_any, visible_to
from hopecare.kernel.models import Organisation
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Reader:
    """Somebody of another organisation: how many records, how many refusals, when last."""

    organisation: str
    name: str
    records: int
    refused: int
    last_at: datetime


@dataclass(frozen=True)
class OddLook:
    """`kind`: own_town, same_surname, same_address, night, bulk, probing; `numbers`: at most twenty cases."""

    kind: str
    user_id: int
    name: str
    organisation: str
    at: datetime
    looks: int
    numbers: list[str]


def readers(viewer: Viewer, *, days: int = 30) -> list[Reader]:
    """Other organisations' people who read what the viewer's organisation owns, the latest first."""
    check_any(viewer, Permission.AGREEMENT_SIGN, Permission.AUDIT_VIEW)
    with connection.cursor() as cursor:
        cursor.execute(
            "select organisation_id, user_name, records, refused, last_at from hc_readers(%s, %s)",
            [viewer.organisation_id or 0, clock.now() - timedelta(days=days)],
        )
        rows = cursor.fetchall()
    names = _names(row[0] for row in rows)
    return [Reader(names.get(house, ""), name, records, refused, at) for house, name, records, refused, at in rows]


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {key for key in ids if key}
    return {row.pk: row.name for row in Organisation.objects.filter(pk__in=wanted)}


def month_of(day: date) -> date:
    return day.replace(day=1)


def odd_looks(viewer: Viewer, month: date) -> list[OddLook]:
    """The odd looks of one month at records of the viewer's organisation, for the city also of its town offices."""
    check(viewer, Permission.AUDIT_VIEW)
    first = clock.at(month_of(month), time.min)
    following = clock.at(month_of(month_of(month) + timedelta(days=32)), time.min)
    odd = odd_rules()
    figures = (odd.night_from, odd.night_to, odd.bulk_an_hour, odd.probes_a_day)
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, user_id, user_name, organisation_id, at, looks, numbers"
            " from hc_odd_reads(%s, %s, %s, %s, %s, %s, %s)",
            [viewer.organisation_id or 0, first, following, *figures],
        )
        rows = cursor.fetchall()
    names = _names(row[3] for row in rows)
    return [
        OddLook(kind, user, name, names.get(house, ""), at, looks, numbers)
        for kind, user, name, house, at, looks, numbers in rows
    ]


def review_of(viewer: Viewer, month: date) -> ReadingReview | None:
    rows = visible_to(viewer, ReadingReview).select_related("signed_by")
    return rows.filter(organisation_id=viewer.organisation_id or 0, month=month_of(month)).first()


def broken_glass(viewer: Viewer, most: int = 50) -> list[BreakGlass]:
    """What was opened for danger to life or body and is the viewer's to look through, or was opened by the viewer."""
    rows = (
        visible_to(viewer, BreakGlass)
        .select_related("user", "provider", "reviewed_by")
        .annotate(number=F("case__number"))
    )
    return list(rows.order_by(F("reviewed_at").desc(nulls_first=True), "-starts_at")[:most])


def month_from(text: str) -> date:
    """`2026-11` of an address; the month before this one when it is none. Raises NotFound for a month to come."""
    today = clock.today()
    if not text:
        return month_of(month_of(today) - timedelta(days=1))
    try:
        month = date(int(text[:4]), int(text[5:7]), 1)
    except ValueError as error:
        raise errors.NotFound from error
    if month > today:
        raise errors.NotFound
    return month
