"""What was not asked, as the admissible values it may have; every completion is one copy of the household."""

from dataclasses import dataclass
from datetime import date

from eligibility.engine.formulas.people import NOT_TOLD
from eligibility.facts import ENUMS, MAX_PERSONS, MAX_WON, Facts, Person
from eligibility.facts.checks import OLDEST_MOTHER, YOUNGEST_MOTHER

Column = tuple[str, int | None]  # variable and person (None = household)
CAN_CHILDCARE, SCHOOL_FROM, SCHOOL_UNTIL = 8, 4, 25


@dataclass(frozen=True)
class Unknown:
    """`values`: one tuple a value, parallel to `columns`. Of a number the first is the mildest for a means test, the
    last the harshest; a word begins with the plainest."""

    path: str
    columns: tuple[Column, ...]
    values: tuple[tuple[int, ...], ...]
    is_number: bool


#: Input of the API → variable. Order = order of questions of equal power.
PERSON_MONEY = {
    "earned_income": "earned",
    "public_pension_income": "public_pension",
    "business_income": "business",
    "transfer_income": "transfer",
    "property_income": "rents",
}
HOUSEHOLD_MONEY = {
    "deposit": "deposit",
    "monthly_rent": "monthly_rent",
    "home_value": "home_value",
    "other_property": "other_property",
    "financial_assets": "financial",
    "car_value": "car_value",
}
PARENTS = {"size": "parents_size", "monthly_income": "parents_income", "property": "parents_property"}
MORE_IS_WORSE = ((0,), (MAX_WON,))
MORE_IS_BETTER = ((MAX_WON,), (0,))
SIZES = ((MAX_PERSONS,), (1,))


def as_number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def unknowns_of(facts: Facts) -> list[Unknown]:
    """Everything that was not told and could matter, in the order in which one would ask."""
    found = _of_household_words(facts)
    for row, person in enumerate(facts.persons):
        found += _of_person(facts, row, person)
    home = facts.household
    for name, variable in HOUSEHOLD_MONEY.items():
        if getattr(home, name) is None:
            found.append(_number(f"household.{name}", variable, None, MORE_IS_WORSE))
    if home.debt is None:
        found.append(_number("household.debt", "debt", None, MORE_IS_BETTER))
    if home.car_cc is None:
        found.append(_number("household.car_cc", "car_cc", None, ((0,), (20_000,))))
    if home.car_age_years is None:
        found.append(_number("household.car_age_years", "car_age", None, ((100,), (0,))))
    return [*found, *_of_kin(facts)]


def _number(path: str, variable: str, row: int | None, values: tuple[tuple[int, ...], ...]) -> Unknown:
    return Unknown(path, ((variable, row),), values, True)


def _word(path: str, variable: str, row: int | None, values: tuple[int, ...]) -> Unknown:
    return Unknown(path, ((variable, row),), tuple((value,) for value in values), False)


def _all(name: str) -> tuple[int, ...]:
    return tuple(range(len(ENUMS[name])))


def _of_household_words(facts: Facts) -> list[Unknown]:
    home, found = facts.household, []
    if home.tenure is None:
        found.append(_word("household.tenure", "tenure", None, _all("tenure")))
    if home.crisis is None:
        evicted = ENUMS["crisis"].index("eviction")
        found.append(_word("household.crisis", "crisis", None, (0, 1, evicted)))
    if home.single_parent is None and _may_raise_alone(facts):
        found.append(_word("household.single_parent", "raises_alone", None, (0, 1)))
    if home.single_parent_kind is None and home.single_parent is not False and _may_raise_alone(facts):
        found.append(_word("household.single_parent_kind", "single_kind", None, _all("single_parent_kind")))
    if home.car_use is None:
        found.append(_word("household.car_use", "car_use", None, _all("car_use")))
    return found


def _may_raise_alone(facts: Facts) -> bool:
    """A head without a spouse here, and somebody else young enough to be raised."""
    head = head_row(facts)
    partner = any(person.relation == "spouse" for person in facts.persons) or facts.persons[head].spouse_of
    young = any(
        facts.as_of.year - person.birth[1].year <= 22 for row, person in enumerate(facts.persons) if row != head
    )
    return young and not partner


def head_row(facts: Facts) -> int:
    """Row of the head: who is named so, else the first person."""
    return next((row for row, person in enumerate(facts.persons) if person.relation == "head"), 0)


def _of_person(facts: Facts, row: int, person: Person) -> list[Unknown]:
    path, found = f"persons.{person.id}", []
    first, last = person.birth[0], min(person.birth[1], facts.as_of)
    oldest = facts.as_of.year - first.year
    youngest = facts.as_of.year - last.year - 1
    if first != last:
        middle = date.fromordinal((first.toordinal() + last.toordinal()) // 2)
        days = [(as_number(day),) for day in (middle, first, last)]
        found.append(Unknown(f"{path}.birth_date", (("birth", row),), tuple(days), False))
    for name, variable in PERSON_MONEY.items():
        if getattr(person, name) is None:
            found.append(_number(f"{path}.{name}", variable, row, MORE_IS_WORSE))
    if person.disability is None:
        found.append(_word(f"{path}.disability", "disability", row, _all("disability")))
    if person.illness is None:
        found.append(_word(f"{path}.illness", "illness", row, _all("illness")))
    fertile = oldest >= YOUNGEST_MOTHER and youngest < OLDEST_MOTHER and person.sex != "M"
    if person.pregnant is None and person.due_date is None and fertile:
        found.append(_word(f"{path}.pregnant", "pregnant", row, (0, 1)))
    if person.school is None and oldest >= SCHOOL_FROM and youngest < SCHOOL_UNTIL:
        found.append(_word(f"{path}.school", "school", row, _all("school")))
    if person.childcare is None and youngest < CAN_CHILDCARE:
        found.append(_word(f"{path}.childcare", "childcare", row, _all("childcare")))
    return found


def _of_kin(facts: Facts) -> list[Unknown]:
    home, found = facts.household, []
    if home.supporters is None:
        columns = (("supporter_income_0", None), ("supporter_property_0", None))
        found.append(Unknown("household.supporters", columns, ((0, 0), (MAX_WON, MAX_WON)), True))
    for slot, supporter in enumerate(home.supporters or ()):
        path = f"household.supporters.{slot}"
        if supporter.yearly_income is None:
            found.append(_number(f"{path}.yearly_income", f"supporter_income_{slot}", None, MORE_IS_WORSE))
        if supporter.general_property is None:
            found.append(_number(f"{path}.general_property", f"supporter_property_{slot}", None, MORE_IS_WORSE))
    parents = home.parents_household
    if parents is None:
        whole = (("parents_size", None), ("parents_income", None), ("parents_property", None))
        extremes = ((MAX_PERSONS, 0, 0), (1, MAX_WON, MAX_WON))
        found.append(Unknown("household.parents_household", whole, extremes, True))
    else:
        for name, variable in PARENTS.items():
            if getattr(parents, name) is None:
                values = SIZES if name == "size" else MORE_IS_WORSE
                found.append(_number(f"household.parents_household.{name}", variable, None, values))
    return found


__all__ = ["NOT_TOLD", "Unknown", "as_number", "head_row", "unknowns_of"]
