"""What is known today of the people and the home of a case, and what was known before (D4, K9)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from cases.models import Case, DetailChange
from cases.rules import details as rules
from cases.selectors.case_page import Member, members_of
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Address, Coverage, Membership, Person, PersonState, SafeContact
from hopecare.kernel.statements import array

MOST = 100


@dataclass(frozen=True)
class Change:
    """One change; `told`: field → (before, after)."""

    at: datetime
    by: str
    kind: str
    name: str
    reason: str
    told: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Details:
    """Newest first everywhere; `contacts` by person."""

    members: list[Member]
    contacts: Mapping[int, SafeContact]
    left: list[Membership]
    addresses: list[Address]
    coverages: list[Coverage]
    changes: list[Change]


def details_of(viewer: Viewer, case: Case) -> Details:
    members = members_of(viewer, case)
    ids = [member.person.pk for member in members]
    home = {"household": case.household_id}
    left = visible_to(viewer, Membership).filter(**home, ends_on__isnull=False).select_related("person")
    return Details(
        members=members,
        contacts={row.person_id: row for row in visible_to(viewer, SafeContact).filter(person__in=ids)},
        left=list(left.order_by("-ends_on", "-pk")),
        addresses=list(visible_to(viewer, Address).filter(**home).select_related("town").order_by("-starts_on", "-pk")),
        coverages=list(visible_to(viewer, Coverage).filter(**home).order_by("-starts_on", "-pk")),
        changes=changes_of(viewer, case),
    )


def changes_of(viewer: Viewer, case: Case) -> list[Change]:
    rows = visible_to(viewer, DetailChange).filter(case=case).select_related("person", "by").order_by("-at", "-pk")
    return [
        Change(
            row.at,
            row.by.name,
            row.kind,
            row.person.name if row.person else "",
            row.reason,
            {name: (pair[0], pair[1]) for name, pair in json.loads(row.told).items()},
        )
        for row in rows[:MOST]
    ]


def last_by(viewer: Viewer, case: Case, kind: str, person: Person | None) -> str:
    """Who changed this last, for whoever is told that somebody was faster."""
    rows = visible_to(viewer, DetailChange).filter(case=case, kind=kind).select_related("by")
    row = (rows.filter(person=person) if person else rows).order_by("-at", "-pk").first()
    return row.by.name if row else ""


def counting(viewer: Viewer, person: Person) -> Person | None:
    """The record by which texts go: of a merged one, the one that counts (D4, D6). None where one may not see it.

    The record of a household that they left is read by the people of that household's case: it stays as it was, and
    what is told today is written to the one that was asked alone (D5).
    """
    if person.canonical_id is None:
        return person
    found = visible_to(viewer, Person).filter(pk=person.canonical_id).first()
    left = found is not None and found.state == PersonState.MOVED != person.state
    return person if left else found


def contact_now(viewer: Viewer, person: Person) -> dict[str, str]:
    """The safe contact as a form has it; where nobody asked yet, the careful answer: no texts."""
    row = visible_to(viewer, SafeContact).filter(person=person).first() or SafeContact()
    flags = {name: "yes" if getattr(row, name) else "" for name in rules.CONTACT_FLAGS}
    rest = {name: str(getattr(row, name)) for name in (*rules.CONTACT_HOURS, *rules.CONTACT_WORDS)}
    return {**flags, **rest}


def elsewhere(viewer: Viewer, person: Person, *, protected: bool = False) -> dict[str, str]:
    """What other records of the same person forbid, for the contact that `contact_now` shows; of a protected record
    only where it is asked for, to refuse by it and never to show it (D4, D5, D17). Empty where there is none."""
    counts = counting(viewer, person) or person
    with connection.cursor() as cursor:
        told = (person.pk, array([person.pk, counts.pk]), protected)
        cursor.execute("select * from hc_strictest_contact(%s, %s::bigint[], %s)", told)
        row = cursor.fetchone()
    if row is None:
        return {}
    names = ("phone_ok", "sms_ok", "letter_ok", "neutral_sender", *rules.CONTACT_HOURS)
    return {
        name: str(value) if name in rules.CONTACT_HOURS else "yes" * value
        for name, value in zip(names, row, strict=True)
    }


def person_now(person: Person) -> dict[str, str]:
    born = rules.born_words(person.birth_date, person.birth_year_only)
    return {"name": person.name, "birth": born, "phone": person.phone}


def home_now(viewer: Viewer, case: Case) -> dict[str, str]:
    rows = visible_to(viewer, Address).filter(household=case.household_id, ends_on=None).select_related("town")
    row = rows.order_by("-starts_on", "-pk").first()
    if row is None:
        return {"town": case.town.code, "line": "", "directions": ""}
    return {"town": row.town.code, "line": row.line, "directions": row.directions}


def coverage_now(viewer: Viewer, case: Case) -> dict[str, str]:
    row = visible_to(viewer, Coverage).filter(household=case.household_id, ends_on=None).first()
    return {"coverage_class": row.coverage_class if row else ""}


def since_of(viewer: Viewer, case: Case, person_id: int) -> date | None:
    """Since when somebody belongs to the household."""
    rows = visible_to(viewer, Membership).filter(household=case.household_id, person=person_id, ends_on=None)
    return rows.values_list("starts_on", flat=True).first()
