"""What the rows of one batch have in common: who acts, how the file is read, and what becomes of each row."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_noop

from cases.models import Case, ImportFile, ImportRow, ImportState
from cases.rules import imports as rules
from cases.rules.imports import MappingOf, Told
from cases.rules.linking import Candidate, Stranger
from cases.selectors.imports import route_of, stranger_of
from cases.selectors.routing import Route
from hopecare.kernel import clock, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Membership
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

#: Asked of the lead, in words that name nobody (D5).
HELD = gettext_noop(
    "The city's system has sent something that may concern case %(number)s. Please look whether anything is missing."
)


@dataclass
class Work:
    """`public`: the file belongs to the city, so that its law on resident numbers holds (K8)."""

    by: Viewer
    file: ImportFile
    mapping: MappingOf
    public: bool
    held_for: set[int] = field(default_factory=set)


@dataclass
class Line:
    """One row of a batch with what it says; `asked` is who it speaks of.

    `across`: it goes to another record of the same person. Its words are kept, so that it can be taken in again when
    the two are taken apart (D6).
    """

    row: ImportRow
    told: Told
    asked: Stranger
    route: Route | None = None
    phone: str = ""
    across: bool = False

    @property
    def words(self) -> dict[str, str]:
        return self.told.words

    def end(self, state: str, *, wrong: Iterable[tuple[str, str]] = ()) -> None:
        self.row.state = state
        self.row.problems = [list(pair) for pair in wrong]
        if state in {ImportState.DONE, ImportState.HELD}:
            self.row.done_at = clock.now()
            self.row.cells = self.row.cells if self.across else ""


def machine_for(file: ImportFile) -> Viewer:
    """The principal that takes rows in, in the name of whoever brought the file."""
    return replace(system(Principal.IMPORTS), user_id=file.brought_by_id, organisation_id=file.provider_id)


def mapping(code: str) -> MappingOf | None:
    return known_mappings().get(code)


def known_mappings() -> dict[str, MappingOf]:
    """Our own ways to read a file, and those of the city's folder IMPORT_MAPPINGS."""
    folder = settings.IMPORT_MAPPINGS
    return rules.mappings(*([folder] if folder else []))


def line_of(work: Work, row: ImportRow, cells: dict[str, str]) -> Line:
    """What the row says; everything wrong is already written on it."""
    told = rules.told(work.mapping, cells)
    wrong = list(told.wrong)
    number = ""
    try:
        number = phones.normal(told.words.get("phone", ""))
    except phones.BadPhone:
        wrong.append(("phone", "bad_phone"))
    route = route_of(told.words.get("town", ""))
    if told.words.get("town") and route is None:
        wrong.append(("town", "unknown"))
    line = Line(row, told, stranger_of(told, route, number), route, number)
    if wrong:
        line.end(ImportState.WRONG, wrong=wrong)
    return line


def candidate_of(line: Line, key: int) -> Candidate:
    """Somebody who is about to be added, so that the next row finds them."""
    return Candidate(key, line.asked.known, line.asked.town, line.asked.sex)


def known_people(work: Work, keys: Iterable[str]) -> dict[str, tuple[int | None, str]]:
    """The source's key → (person id, state) of the newest row about that person."""
    wanted = sorted({key for key in keys if key})
    rows = ImportRow.objects.filter(source=work.mapping.source, kind="people", key__in=wanted)
    settled = rows.filter(state__in=[ImportState.DONE, ImportState.HELD]).order_by("pk")
    return {key: (person, state) for key, person, state in settled.values_list("key", "person_id", "state")}


def hold(work: Work, people: Iterable[int]) -> None:
    """The leads of these people's cases are asked to look; once a file and case, whatever it holds."""
    homes = Membership.objects.filter(person_id__in=list(people), ends_on=None).values_list("household_id", flat=True)
    work.held_for |= set(Case.objects.filter(household__in=list(homes), closed_at=None).values_list("pk", flat=True))


def tell_leads(work: Work) -> None:
    if not work.held_for:
        return
    found = list(Case.objects.filter(pk__in=work.held_for).values_list("pk", "number", "lead_id", "provider_id"))
    with acting_as(system(Principal.SWEEP)) as sweep:
        for case_id, number, lead_id, provider_id in found:
            notify(
                by=sweep,
                purpose="import_held",
                about=("case", case_id),
                step=f"import:{work.file.pk}",
                to=Recipient.user(lead_id),
                words=HELD,
                parameters={"number": number},
                link=f"/desk/cases/{number}/",
                provider_id=provider_id,
            )


_WRITE = """
update cases_importrow r
set state = v.state, problems = v.problems::jsonb, cells = v.cells, person_id = v.person, household_id = v.household,
    record_id = v.record, made_person = v.made, done_at = v.done
from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bool[],
            %s::timestamptz[])
  as v(id, state, problems, cells, person, household, record, made, done)
where r.id = v.id
"""


def write(rows: list[ImportRow]) -> None:
    """What became of the rows, in one statement."""
    columns: list[list[Any]] = [
        [row.pk for row in rows],
        [str(row.state) for row in rows],
        [ImportRow._meta.get_field("problems").get_db_prep_value(row.problems, connection) for row in rows],
        [ImportRow._meta.get_field("cells").get_prep_value(row.cells) for row in rows],
        [row.person_id for row in rows],
        [row.household_id for row in rows],
        [row.record_id for row in rows],
        [row.made_person for row in rows],
        [row.done_at for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, columns)
