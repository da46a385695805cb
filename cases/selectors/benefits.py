"""What a household may get by what its case knows: the people from their rows, what the city pays them already, and
everything else as it was asked."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.models import Benefit, BenefitRun, Case, Intake
from cases.selectors.case_page import Member, members_of
from eligibility import selectors as rules
from eligibility.facts import Simulation
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.permissions import Permission

#: Asked when no single input settles a programme but several together would.
_MEANS = tuple(
    f"household.{name}"
    for name in ("tenure", "deposit", "home_value", "financial_assets", "debt", "other_property", "car_value")
)


MOST = 200
BAND_YEARS = 8  # half of the widest age band of the simulator


@dataclass(frozen=True)
class Run:
    """A simulation of today, and the inputs (paths) that could still change a verdict. `people`: id → member; `facts`:
    what was reckoned, in the shape of the API."""

    simulation: Simulation
    facts: dict[str, Any]
    asked: frozenset[str]
    people: dict[str, Member]
    without_birth: list[Member]


def people_of(viewer: Viewer, case: Case) -> tuple[dict[str, Member], list[Member]]:
    """(id in the facts → who lives here with a known birth date, those without one)."""
    here = [member for member in members_of(viewer, case) if member.lives_here]
    known = {f"p{member.person.pk}": member for member in here if member.person.birth_date}
    return known, [member for member in here if not member.person.birth_date]


def run(
    viewer: Viewer, case: Case, told: Mapping[str, Any], *, drawn: Collection[str] = (), language: str
) -> Run | None:
    """`told`: path → value, as `household.deposit` or `persons.p7.earned_income`; `drawn`: programmes that somebody
    here receives already, which opens what hangs on them. None when nobody's birth is known.

    Raises Impossible where values do not fit together. Nothing is stored.
    """
    check(viewer, Permission.SECTION_MEANS)
    people, without = people_of(viewer, case)
    if not people:
        return None
    draws = sorted(set(drawn) & {one.programme for one in rules.programmes()})
    facts: dict[str, Any] = {
        "as_of": clock.today().isoformat(),
        "town": case.town.code,
        "persons": [_person(key, member, case) for key, member in people.items()],
        "household": {},
        **({"receives": draws} if draws else {}),
    }
    persons = {person["id"]: person for person in facts["persons"]}
    for path, value in told.items():
        place, _dot, name = path.rpartition(".")
        target = facts["household"] if place == "household" else persons.get(place.removeprefix("persons."))
        if target is not None:
            target[name] = value
    simulation = rules.simulate(rules.told(facts), detail="reasons", language=language)
    asked = {path for result in simulation.of("possible") for path in result.unknown_inputs or _MEANS}
    return Run(simulation, facts, frozenset(asked), people, without)


@dataclass(frozen=True)
class Before:
    """Answers given before: path → value, and when. `by_themselves`: told to the simulator, nothing verified."""

    told: dict[str, Any]
    at: datetime
    by_themselves: bool


def told_before(viewer: Viewer, case: Case, kept: BenefitRun | None, people: Mapping[str, Member]) -> Before | None:
    """What a kept result was reckoned from, else what the person gave the centre from the simulator: nobody is asked
    twice."""
    if kept is not None and kept.facts:
        return Before(_paths(json.loads(kept.facts)), kept.kept_at, by_themselves=False)
    intakes = visible_to(viewer, Intake).filter(case=case).exclude(told="").order_by("-received_at")
    for intake in intakes[:1]:
        facts = json.loads(intake.told)
        facts["persons"] = list(_the_same(facts.get("persons", ()), case, people))
        return Before(_paths(facts), intake.received_at, by_themselves=True)
    return None


def _paths(facts: Mapping[str, Any]) -> dict[str, Any]:
    found = {f"household.{name}": value for name, value in facts.get("household", {}).items()}
    for person in facts.get("persons", ()):
        found |= {f"persons.{person['id']}.{name}": value for name, value in person.items()}
    return found


def _the_same(told: Sequence[Mapping[str, Any]], case: Case, people: Mapping[str, Member]) -> Iterator[dict[str, Any]]:
    """Who answered as the main person of the case, where the year of birth fits an age band; nobody else is guessed."""
    key = f"p{case.main_person_id}"
    born = people[key].person.birth_date if key in people else None
    for person in told:
        year = int(str(person.get("birth_date", ""))[:4] or 0)
        if born is not None and person.get("relation", "head") == "head" and abs(born.year - year) <= BAND_YEARS:
            yield {**person, "id": key}


def _person(key: str, member: Member, case: Case) -> dict[str, Any]:
    person = member.person
    own = person.pk == case.main_person_id
    born = person.birth_date.isoformat() if person.birth_date else ""
    values = {"id": key, "relation": "head" if own else _relation(member.relation), "birth_date": born}
    return {**values, "sex": person.sex} if person.sex in {"F", "M"} else values


def _relation(code: str) -> str:
    return code if code in {"spouse", "child", "parent", "grandparent", "grandchild", "sibling"} else "other"


@dataclass(frozen=True)
class Received:
    """What another system pays to somebody here, by its file; `won` a month, 0 where it did not tell."""

    programme: str
    name: str
    person: str
    starts_on: date
    ends_on: date | None
    won: int
    told_at: datetime

    @property
    def runs(self) -> bool:
        return self.starts_on <= clock.today() and (self.ends_on is None or self.ends_on >= clock.today())


def received(viewer: Viewer, case: Case, *, language: str) -> list[Received]:
    """Benefits that files of other systems told of (R19, R37): those that run first, then the latest. One query."""
    rows = visible_to(viewer, Benefit).filter(case=case).select_related("person")
    names = {one.programme: one.name for one in rules.programmes(language=language)}
    found = [
        Received(
            programme=row.programme,
            name=names.get(row.programme, row.programme),
            person=row.person.name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            won=row.amount_won,
            told_at=row.told_at,
        )
        for row in rows.order_by("-starts_on", "pk")
    ]
    return sorted(found, key=lambda one: not one.runs)


def kept(viewer: Viewer, case: Case) -> BenefitRun | None:
    """The newest kept result of a case."""
    rows = visible_to(viewer, BenefitRun).filter(case=case, replaced_at=None)
    return rows.select_related("by", "seen_by").first()


def turned(viewer: Viewer) -> list[BenefitRun]:
    """Kept results that other rules read otherwise and nobody has looked at, the oldest first; the reads are logged."""
    open_runs = visible_to(viewer, BenefitRun).filter(replaced_at=None, turned_at__isnull=False, seen_at=None)
    rows = list(open_runs.select_related("case__town", "case__lead").order_by("turned_at", "pk")[:MOST])
    if rows:
        owners = {row.provider_id for row in rows}
        audit.read(viewer, "case", [row.case_id for row in rows], owners=owners, what="list")
    return rows
