"""One household as arrays, and copies of it side by side: each copy is a household of its own to the engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from eligibility.engine.formulas.people import NOT_TOLD
from eligibility.engine.registry import REGISTRY, Array, Layout
from eligibility.engine.unknowns import (
    HOUSEHOLD_MONEY,
    PARENTS,
    PERSON_MONEY,
    Column,
    Unknown,
    as_number,
    head_row,
    unknowns_of,
)
from eligibility.facts import ENUMS, Facts, Person

RECEIVED = {
    "nbls_livelihood": "gets_livelihood",
    "nbls_medical": "gets_medical",
    "nbls_housing": "gets_housing",
    "nbls_education": "gets_education",
    "near_poverty_copay": "gets_near_poor",
}
ELDER_KIN = {"parent", "grandparent"}


@dataclass(frozen=True)
class Frame:
    """`values`: variable → one number a person, or one of the household. `unknown`: what was not told."""

    day: date
    ids: tuple[str, ...]
    values: dict[str, list[int]]
    unknown: list[Unknown]
    slots: int

    @property
    def persons(self) -> int:
        return len(self.ids)

    def copies(self, count: int) -> "Copies":
        """`count` equal copies, unknown numbers at their mildest, unknown words at their plainest."""
        arrays = {}
        for name, values in self.values.items():
            kind = REGISTRY[name].kind
            row = np.asarray(values, dtype=bool if kind is bool else np.int64)
            arrays[name] = np.tile(row, (count, 1))
        starts = np.arange(count, dtype=np.int64) * self.persons
        spouse = arrays["spouse_row"]
        arrays["spouse_row"] = np.where(spouse >= 0, spouse + starts[:, None], spouse)
        home_of = np.repeat(np.arange(count, dtype=np.int64), self.persons)
        return Copies(arrays, Layout(starts, home_of, self.slots))


@dataclass(frozen=True)
class Copies:
    """Arrays of shape (copies, persons) or (copies, 1)."""

    arrays: dict[str, Array]
    layout: Layout

    def put(self, which: int | slice | Array, column: Column, value: int | Array) -> None:
        """Set a variable of some copies."""
        name, row = column
        self.arrays[name][which, 0 if row is None else row] = value

    def expanded(self, rows: Sequence[int], count: int) -> "Copies":
        """`count` copies of each of these copies, one block after another."""
        persons = self.arrays["birth"].shape[1]
        arrays = {name: np.repeat(values[list(rows)], count, axis=0) for name, values in self.arrays.items()}
        total = len(rows) * count
        starts = np.arange(total, dtype=np.int64) * persons
        spouse = arrays["spouse_row"]
        own = np.repeat(self.layout.starts[list(rows)], count)[:, None]
        arrays["spouse_row"] = np.where(spouse >= 0, spouse - own + starts[:, None], spouse)
        home_of = np.repeat(np.arange(total, dtype=np.int64), persons)
        return Copies(arrays, Layout(starts, home_of, self.layout.supporter_slots))

    def inputs(self) -> dict[str, Array]:
        return {name: values.reshape(-1) for name, values in self.arrays.items()}


def frame_of(facts: Facts, day: date | None = None) -> Frame:
    """A household's facts as numbers; `day` asks about another day than the facts' own."""
    unknown = unknowns_of(facts)
    values = _household(facts, day or facts.as_of)
    rows = [_person(facts, row, person) for row, person in enumerate(facts.persons)]
    for name in rows[0]:
        values[name] = [row[name] for row in rows]
    for entry in unknown:
        for (name, row_of), value in zip(entry.columns, entry.values[0], strict=True):
            values[name][row_of or 0] = value
    ids = tuple(person.id for person in facts.persons)
    return Frame(day or facts.as_of, ids, values, unknown, max(1, len(facts.household.supporters or ())))


def _word(name: str, value: str | None) -> int:
    return 0 if value is None else ENUMS[name].index(value)


def _household(facts: Facts, day: date) -> dict[str, list[int]]:
    home = facts.household
    parents = home.parents_household
    plain: dict[str, int] = {
        "today": as_number(day),
        "tenure": _word("tenure", home.tenure),
        "car_use": _word("car_use", home.car_use),
        "single_kind": _word("single_parent_kind", home.single_parent_kind),
        "crisis": _word("crisis", home.crisis),
        "debt": home.debt or 0,
        "car_cc": home.car_cc or 0,
        "car_age": home.car_age_years or 0,
        "luxury": home.luxury_membership or 0,
        "car_general": bool(home.car_general_rate),
        "farm": bool(home.farm),
        "raises_alone": bool(home.single_parent),
    }
    plain |= {variable: getattr(home, name) or 0 for name, variable in HOUSEHOLD_MONEY.items()}
    plain |= {variable: (getattr(parents, name, None) or 1) for name, variable in PARENTS.items() if name == "size"}
    plain |= {variable: (getattr(parents, name, None) or 0) for name, variable in PARENTS.items() if name != "size"}
    plain |= {variable: code in (facts.receives or ()) for code, variable in RECEIVED.items()}
    for slot, supporter in enumerate(home.supporters or ()):
        plain[f"supporter_income_{slot}"] = supporter.yearly_income or 0
        plain[f"supporter_property_{slot}"] = supporter.general_property or 0
        plain[f"supporter_size_{slot}"] = supporter.household_size
        plain[f"supporter_dependants_{slot}"] = supporter.dependants
    if not home.supporters:
        plain |= {"supporter_income_0": 0, "supporter_property_0": 0}
        plain |= {"supporter_size_0": 1, "supporter_dependants_0": 1}
    return {name: [int(value)] for name, value in plain.items()}


def _told(value: int | None) -> int:
    return NOT_TOLD if value is None else value


def _person(facts: Facts, row: int, person: Person) -> dict[str, int]:
    plain: dict[str, int] = {
        "birth": as_number(person.birth[0]),
        "spouse_row": spouse_row(facts, row),
        "is_head": row == head_row(facts),
        "is_spouse": person.relation == "spouse" or spouse_row(facts, row) == head_row(facts),
        "is_elder_kin": person.relation in ELDER_KIN,
        "disability": _word("disability", person.disability),
        "class_told": NOT_TOLD if person.disability_pension_class is None else int(person.disability_pension_class),
        "illness": _word("illness", person.illness),
        "pregnant": bool(person.pregnant) or person.due_date is not None,
        "birth_order": person.birth_order or birth_order(facts, row),
        "school": _word("school", person.school),
        "childcare": _word("childcare", person.childcare),
        "interest": person.interest_income or 0,
        "special_pension": person.public_pension_kind == "special",
        "told_last_earned": _told(person.last_year.earned),
        "told_last_business": _told(person.last_year.business),
        "told_last_other": _told(person.last_year.other),
    }
    plain |= {variable: getattr(person, name) or 0 for name, variable in PERSON_MONEY.items()}
    return {name: int(value) for name, value in plain.items()}


def spouse_row(facts: Facts, row: int) -> int:
    """Row of the spouse: as told by either, else head and spouse; -1 without one."""
    person = facts.persons[row]
    by_id = {other.id: place for place, other in enumerate(facts.persons)}
    if person.spouse_of is not None:
        return by_id[person.spouse_of]
    named = [place for place, other in enumerate(facts.persons) if other.spouse_of == person.id]
    if named:
        return named[0]
    head = head_row(facts)
    for place, other in enumerate(facts.persons):
        if other.relation == "spouse" and other.spouse_of is None and place != head:
            if row == place:
                return head
            if row == head:
                return place
    return -1


def birth_order(facts: Facts, row: int) -> int:
    """Place of a child among the children listed, the oldest first."""
    person = facts.persons[row]
    raised = [
        other
        for place, other in enumerate(facts.persons)
        if place != head_row(facts) and other.relation in {None, "child"}
    ]
    return 1 + sum(1 for other in raised if other.birth[0] < person.birth[0])
