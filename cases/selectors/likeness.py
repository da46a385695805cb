"""This person may exist: among the cases one may see, by name; elsewhere, only that the central desk knows (D17)."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from cases.models import Case
from hopecare.kernel import audit, phones
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Person

MOST = 5


@dataclass(frozen=True)
class Likeness:
    """`known`: open cases the viewer may see; `elsewhere`: another case may exist, nothing more is said."""

    known: tuple[Case, ...] = ()
    elsewhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.known) or self.elsewhere


def may_exist(viewer: Viewer, *, name: str, birth_year: int | None, phone: str) -> Likeness:
    """Same initials and year of birth, or the same telephone. Each question is logged as a probe."""
    audit.read(viewer, "person", [], what="probe")
    try:
        hashes = phones.candidates(phones.normal(phone)) if phone.strip() else []
    except phones.BadPhone:
        hashes = []
    known = _known(viewer, name, birth_year, hashes)
    if known:
        return Likeness(known=tuple(known))
    with connection.cursor() as cursor:
        cursor.execute("select hc_person_may_exist(%s, %s, %s)", [name.strip(), birth_year or 0, hashes])
        return Likeness(elsewhere=bool(cursor.fetchone()[0]))


def _known(viewer: Viewer, name: str, birth_year: int | None, hashes: list[str]) -> list[Case]:
    alike = Q(phone_hash__in=hashes) if hashes else Q(pk__in=[])
    initials = _initials(name)
    if birth_year and initials:
        alike |= Q(name_initials=initials, birth_date__year=birth_year)
    people = list(visible_to(viewer, Person).filter(alike, canonical=None).values_list("pk", flat=True)[: MOST * 4])
    cases = visible_to(viewer, Case).filter(main_person__in=people, closed_at=None)
    return list(cases.select_related("main_person", "town", "lead").order_by("-opened_at")[:MOST])


def _initials(name: str) -> str:
    if not name.strip():
        return ""
    with connection.cursor() as cursor:
        cursor.execute("select hc_initials(%s)", [name.strip()])
        return str(cursor.fetchone()[0] or "")
