"""People and households of a batch: who is known stays as we know them, who is new is added, doubt waits (R19, D5, D6).

What the city sends is seen by the town office alone; with the person's consent by the team that works for them (K6).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from cases.models import ImportRow, ImportState
from cases.rules.linking import judge
from cases.rules.opening import form_version
from cases.selectors.linking import Index, likely
from cases.services.import_work import Line, Work, candidate_of, hold, known_people
from hopecare.kernel import address_words, clock, crypto, phones
from hopecare.kernel.models import (
    Address,
    Coverage,
    Ground,
    GroundPurpose,
    Household,
    Membership,
    Person,
    ResidentNumber,
    Town,
)

_CONSENT = timedelta(days=730)


@dataclass
class Added:
    """Rows to be written together, in this order."""

    households: list[tuple[Household, Line]] = field(default_factory=list)
    people: list[tuple[Line, Person, Household]] = field(default_factory=list)
    fresh: dict[int, tuple[Person, Household]] = field(default_factory=dict)
    homes: list[tuple[Line, Household]] = field(default_factory=list)
    by_key: dict[str, Household] = field(default_factory=dict)
    offices: dict[int, int] = field(default_factory=dict)


def take_people(work: Work, lines: list[Line]) -> list[int]:
    """Write what the lines say; returns the ids of everybody who was added or recognised."""
    known = known_people(work, [line.row.key for line in lines])
    decided = [line.row.person_id for line in lines if line.row.decided == "same" and line.row.person_id]
    ids = [person for person, _ in known.values() if person] + decided
    index, added = likely([line.asked for line in lines], ids=ids), _start(work, lines)
    for place, line in enumerate(lines, 1):
        _place(work, line, known, index, added, -place)
    _write(work, added)
    _fill(lines, added)
    return sorted({line.row.person_id for line in lines if line.row.person_id})


def take_households(work: Work, lines: list[Line]) -> list[int]:
    """Households that nobody has named before; an older one gets a coverage class when it has none."""
    added = _start(work, lines)
    for line in lines:
        added.homes.append((line, added.by_key.get(line.row.household_key) or _new_household(line, added)))
        line.end(ImportState.DONE)
    _write(work, added)
    return []


def _start(work: Work, lines: list[Line]) -> Added:
    keys = sorted({line.row.household_key for line in lines if line.row.household_key})
    rows = ImportRow.objects.filter(source=work.mapping.source, household_key__in=keys, household__isnull=False)
    homes = dict(rows.order_by("-pk").values_list("household_key", "household_id"))
    found = Household.objects.in_bulk(set(homes.values()))
    towns = dict(Town.objects.values_list("pk", "office_id"))
    return Added(by_key={key: found[home] for key, home in homes.items() if home in found}, offices=towns)


def _place(
    work: Work, line: Line, known: dict[str, tuple[int | None, str]], index: Index, added: Added, key: int
) -> None:
    """Decide about one line: somebody we know, somebody new, or a person looks."""
    row = line.row
    person_id, state = known.get(row.key, (None, "")) if row.key else (None, "")
    if row.decided == "same":
        person_id = row.person_id
    if state == ImportState.HELD or (person_id and index.of[person_id].sealed):
        _held(work, line, [person_id] if person_id else [])
    elif person_id:
        _recognise(line, person_id, added)
    else:
        verdict = judge(line.asked, index.near(line.asked))
        if verdict.kind == "held":
            _held(work, line, [found.one.id for found in verdict.near])
        elif verdict.kind == "same" and verdict.chosen is not None and row.decided != "other":
            _recognise(line, verdict.chosen.record, added)
        elif verdict.kind == "doubtful" and row.decided != "other":
            line.end(ImportState.REVIEW)
        else:
            _add(work, line, index, added, key)


def _held(work: Work, line: Line, people: list[int]) -> None:
    """Nothing is written, and the row looks like any that was taken in."""
    hold(work, people)
    line.end(ImportState.HELD)


def _recognise(line: Line, person_id: int, added: Added) -> None:
    """Known: nothing of ours is overwritten. A negative id is somebody of this very batch."""
    line.end(ImportState.DONE)
    if person_id < 0:
        added.people.append((line, *added.fresh[person_id]))
    else:
        line.row.person_id = person_id


def _add(work: Work, line: Line, index: Index, added: Added, key: int) -> None:
    home = added.by_key.get(line.row.household_key)
    if home is not None and home.pk and _sealed_inside(home):
        members = Membership.objects.filter(household=home, ends_on=None, person__sealed=True)
        _held(work, line, list(members.values_list("person_id", flat=True)))
        return
    home = home or _new_household(line, added)
    words, days = line.words, line.told.days
    person = Person(
        name=words["name"][:80],
        birth_date=days.get("birth_date"),
        birth_year_only=line.told.year_only,
        sex=words.get("sex", "U"),
        phone=line.phone,
        phone_hash=phones.hashed(line.phone),
        phone_tail_hash=phones.tail_hashed(line.phone),
        scope_keys=_keys(line, added),
        created_at=clock.now(),
    )
    line.row.made_person = True
    added.people.append((line, person, home))
    added.fresh[key] = (person, home)
    index.put(candidate_of(line, key))
    line.end(ImportState.DONE)


def _sealed_inside(home: Household) -> bool:
    return Membership.objects.filter(household=home, ends_on=None, person__sealed=True).exists()


def _keys(line: Line, added: Added) -> list[int]:
    """The town office; with the person's consent the zone's team and centre as well (K6)."""
    route = line.route
    if route is None or route.town_id is None:
        return []
    office = [-added.offices[route.town_id]]
    return sorted([*office, *route.scope_keys]) if "consent_on" in line.told.days else office


def _new_household(line: Line, added: Added) -> Household:
    route = line.route
    town_id = (route.town_id if route else None) or 0
    home = Household(town_id=town_id, scope_keys=_keys(line, added), created_at=clock.now())
    added.households.append((home, line))
    if line.row.household_key:
        added.by_key[line.row.household_key] = home
    return home


def _write(work: Work, added: Added) -> None:
    today = clock.today()
    firsts = added.households
    Household.objects.bulk_create([home for home, _ in firsts])
    Address.objects.bulk_create(
        Address(household=home, town_id=home.town_id, line=line.words.get("address", ""), starts_on=today,
                line_words=address_words.marks(line.words.get("address", "")), scope_keys=home.scope_keys)
        for home, line in firsts
    )  # fmt: skip
    Coverage.objects.bulk_create(
        Coverage(
            household=home, coverage_class=line.words["coverage"], starts_on=today, scope_keys=home.scope_keys
        )
        for home, line in firsts
        if line.words.get("coverage")
    )  # fmt: skip
    fresh = [entry for entry in added.people if entry[0].row.made_person]
    Person.objects.bulk_create([person for _, person, _ in fresh])
    Membership.objects.bulk_create(
        Membership(household=home, person=person, relation=line.words.get("relation", "self"), starts_on=today,
                   scope_keys=person.scope_keys)
        for line, person, home in fresh
    )  # fmt: skip
    _grounds(work, fresh, today)
    _numbers(work, fresh)
    for line, person, home in added.people:
        line.row.person_id, line.row.household_id = person.pk, home.pk
    for line, home in added.homes:
        line.row.household_id = home.pk


def _grounds(work: Work, fresh: list[tuple[Line, Person, Household]], today: date) -> None:
    """The consent that the file tells of, from its day on (K7)."""
    Ground.objects.bulk_create(
        Ground(person=person, purpose=GroundPurpose.CASE_MANAGEMENT, given=True, form_version=form_version(),
               starts_on=given, ends_on=given + _CONSENT, recorded_by_id=work.file.brought_by_id,
               scope_keys=person.scope_keys)
        for line, person, _ in fresh
        if (given := line.told.days.get("consent_on")) and given <= today
    )  # fmt: skip


def _numbers(work: Work, fresh: list[tuple[Line, Person, Household]]) -> None:
    """Kept where the mapping names the law, for the city alone (K8)."""
    if not (work.public and work.mapping.article):
        return
    ResidentNumber.objects.bulk_create(
        ResidentNumber(person=person, number=number, number_hash=crypto.resident_number_hash(number),
                       article=work.mapping.article[:120], recorded_by_id=work.file.brought_by_id,
                       scope_keys=[key for key in person.scope_keys if key < 0][:1])
        for line, person, _ in fresh
        if (number := line.words.get("resident_number", ""))
    )  # fmt: skip


def _fill(lines: list[Line], added: Added) -> None:
    """Where somebody we knew lives: later rows of the same household find it."""
    open_rows = [line.row for line in lines if line.row.person_id and not line.row.household_id]
    ids = [row.person_id for row in open_rows]
    homes = dict(
        Membership.objects.filter(person_id__in=ids, ends_on=None)
        .order_by("-pk")
        .values_list("person_id", "household_id")
    )
    for row in open_rows:
        row.household_id = homes.get(row.person_id or 0)
