"""From plain values (a request's JSON, a form) to Facts; every misfit is a Problem naming its field as a path."""

import re
from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from eligibility.facts.checks import impossible_in
from eligibility.facts.inputs import (
    ENUMS,
    MAX_PERSONS,
    MAX_WON,
    Facts,
    Household,
    LastYear,
    ParentsHousehold,
    Person,
    Supporter,
)
from hopecare.kernel.errors import Impossible, Problem, required

Range = tuple[int, int]
WON: Range = (0, MAX_WON)
COUNTS: dict[str, Range] = {
    "birth_order": (1, 20),
    "car_cc": (0, 20_000),
    "car_age_years": (0, 100),
    "household_size": (1, MAX_PERSONS),
    "dependants": (1, MAX_PERSONS),
    "size": (1, MAX_PERSONS),
}
FLAGS = {"disability_pension_class", "pregnant", "car_general_rate", "farm", "single_parent"}
_ID = re.compile(r"^[A-Za-z0-9_-]{1,40}$")
_DAY = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
_TOP = {"as_of", "town", "detail", "receives", "persons", "household"}


def read_facts(told: Any, *, towns: Collection[str], programmes: Collection[str]) -> Facts:
    """Facts from plain values in the API's shape; raises Impossible with one Problem a field (`persons/0/birth_date`).

    `towns` and `programmes` are the codes that are known; None and a missing field both mean "not asked".
    """
    reader = _Reader()
    top = reader.mapping(told, "", _TOP)
    facts = Facts(
        as_of=reader.day(top.get("as_of"), "as_of"),
        town=reader.known(top.get("town"), "town", towns),
        persons=reader.persons(top.get("persons"), "persons"),
        household=reader.household(top.get("household"), "household"),
        receives=reader.receives(top.get("receives"), programmes),
        detail=reader.word("detail", top.get("detail"), "detail") or "full",
    )
    reader.stop_if_unfit()
    for problem in impossible_in(facts):
        reader.problems.append(problem)
    reader.stop_if_unfit()
    return facts


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def stop_if_unfit(self) -> None:
        if self.problems:
            raise Impossible(*self.problems[:50])

    def unfit(self, code: str, words: Any, path: str) -> None:
        self.problems.append(Problem(code, words, path))

    def mapping(self, value: Any, path: str, known: Collection[str]) -> Mapping[str, Any]:
        if value is None and path:
            return {}
        if not isinstance(value, Mapping):
            self.unfit("not_an_object", _("Fields with names are expected here."), path)
            return {}
        for name in value:
            if name not in known:
                self.unfit("unknown_field", _("We do not know this field."), f"{path}/{name}".strip("/")[:200])
        return value

    def known(self, value: Any, path: str, codes: Collection[str]) -> str:
        if value is None or value == "":
            self.problems.append(required(path))
        elif not isinstance(value, str) or value not in codes:
            self.unfit("unknown_code", _("We do not know this code."), path)
        return str(value)

    def word(self, name: str, value: Any, path: str) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str) or value not in ENUMS[name]:
            words = _("This must be one of: %(known)s.") % {"known": ", ".join(ENUMS[name])}
            self.unfit("unknown_word", words, path)
            return None
        return value

    def whole(self, value: Any, path: str, allowed: Range) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.unfit("not_whole", _("A whole number is expected here."), path)
            return None
        if not allowed[0] <= value <= allowed[1]:
            words = _("This must lie between %(least)s and %(most)s.") % {
                "least": f"{allowed[0]:,}",
                "most": f"{allowed[1]:,}",
            }
            self.unfit("out_of_range", words, path)
            return None
        return int(value)

    def flag(self, value: Any, path: str) -> bool | None:
        if value is None:
            return None
        if isinstance(value, bool):
            return value
        self.unfit("not_a_flag", _("Yes or no is expected here."), path)
        return None

    def span(self, value: Any, path: str) -> tuple[date, date]:
        """The first and last day that a date, a month or a year can mean."""
        found = _DAY.match(value) if isinstance(value, str) else None
        if value is None or value == "":
            self.problems.append(required(path))
        elif found is None:
            self.unfit("not_a_date", _("Write the day as 1950-03-02, 1950-03 or 1950."), path)
        else:
            year, month, day = (int(part) if part else 0 for part in found.groups())
            try:
                first = date(year, month or 1, day or 1)
                end = date(year, month or 12, day or monthrange(year, month or 12)[1])
                return first, end
            except ValueError:
                self.unfit("no_such_day", _("There is no such day."), path)
        return date.max, date.max

    def day(self, value: Any, path: str) -> date:
        if isinstance(value, date):
            return value
        first, last = self.span(value, path)
        if first != last:
            self.unfit("not_a_date", _("Write the whole day, as 2026-11-21."), path)
        return first

    def receives(self, value: Any, programmes: Collection[str]) -> tuple[str, ...] | None:
        if value is None:
            return None
        if not isinstance(value, list | tuple) or len(value) > 100:
            self.unfit("not_a_list", _("A list is expected here."), "receives")
            return None
        return tuple(self.known(code, f"receives/{index}", programmes) for index, code in enumerate(value))

    def persons(self, value: Any, path: str) -> tuple[Person, ...]:
        if not value:
            self.problems.append(required(path))
            return ()
        if not isinstance(value, list | tuple):
            self.unfit("not_a_list", _("A list is expected here."), path)
            return ()
        if len(value) > MAX_PERSONS:
            words = _("At most %(most)s people can be reckoned together.") % {"most": MAX_PERSONS}
            self.unfit("too_many", words, path)
            return ()
        return tuple(self.person(entry, f"{path}/{index}") for index, entry in enumerate(value))

    def person(self, value: Any, path: str) -> Person:
        names = {entry.name for entry in fields(Person)} - {"birth"} | {"birth_date"}
        told = self.mapping(value, path, names)
        plain = self.plain(told, path, names - {"id", "birth_date", "spouse_of", "due_date", "last_year"})
        code = told.get("id")
        if not isinstance(code, str) or not _ID.match(code):
            self.unfit("not_an_id", _("Each person needs a short name of letters and digits."), f"{path}/id")
        partner = told.get("spouse_of")
        if partner is not None and not isinstance(partner, str):
            self.unfit("not_an_id", _("Each person needs a short name of letters and digits."), f"{path}/spouse_of")
        last_names = {entry.name for entry in fields(LastYear)}
        last_year = self.mapping(told.get("last_year"), f"{path}/last_year", last_names)
        due = told.get("due_date")
        return Person(
            id=str(code),
            birth=self.span(told.get("birth_date"), f"{path}/birth_date"),
            spouse_of=partner if isinstance(partner, str) else None,
            due_date=None if due is None else self.day(due, f"{path}/due_date"),
            last_year=LastYear(**self.plain(last_year, f"{path}/last_year", last_names)),
            **plain,
        )

    def household(self, value: Any, path: str) -> Household:
        names = {entry.name for entry in fields(Household)}
        told = self.mapping(value, path, names)
        plain = self.plain(told, path, names - {"supporters", "parents_household"})
        supporters = told.get("supporters")
        if supporters is not None and (not isinstance(supporters, list | tuple) or len(supporters) > MAX_PERSONS):
            self.unfit("not_a_list", _("A list of at most %(most)s is expected here.") % {"most": MAX_PERSONS}, path)
            supporters = None
        return Household(
            supporters=None
            if supporters is None
            else tuple(self.supporter(entry, f"{path}/supporters/{index}") for index, entry in enumerate(supporters)),
            parents_household=self.parents(told.get("parents_household"), f"{path}/parents_household"),
            **plain,
        )

    def supporter(self, value: Any, path: str) -> Supporter:
        names = {entry.name for entry in fields(Supporter)}
        told = self.plain(self.mapping(value, path, names), path, names)
        return Supporter(**{name: kept for name, kept in told.items() if kept is not None})

    def parents(self, value: Any, path: str) -> ParentsHousehold | None:
        if value is None:
            return None
        names = {entry.name for entry in fields(ParentsHousehold)}
        return ParentsHousehold(**self.plain(self.mapping(value, path, names), path, names))

    def plain(self, told: Mapping[str, Any], path: str, names: Collection[str]) -> dict[str, Any]:
        """Words, flags, counts and money by their names."""
        read: dict[str, Any] = {}
        for name in sorted(names):
            value, place = told.get(name), f"{path}/{name}"
            if name in ENUMS:
                read[name] = self.word(name, value, place)
            elif name in FLAGS:
                read[name] = self.flag(value, place)
            else:
                read[name] = self.whole(value, place, COUNTS.get(name, WON))
        return read
