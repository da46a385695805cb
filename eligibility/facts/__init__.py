"""Shapes that eligibility takes in and hands out; Django-free. Money is an integer number of won."""

from eligibility.facts.inputs import ENUMS, MAX_PERSONS, MAX_WON, Facts, Household, LastYear, ParentsHousehold, Person
from eligibility.facts.inputs import Supporter as Supporter
from eligibility.facts.lines import Comparison, Line
from eligibility.facts.reading import read_facts
from eligibility.facts.results import (
    Amount,
    Application,
    Change,
    Contact,
    Criterion,
    Flip,
    HouseholdFigures,
    Part,
    Programme,
    Question,
    Result,
    Simulation,
    SourceConflict,
    as_json,
)
from eligibility.facts.what_if import NOT_KNOWN, Cell, Homes, Lever, WhatIf

__all__ = [
    "ENUMS",
    "MAX_PERSONS",
    "MAX_WON",
    "NOT_KNOWN",
    "Amount",
    "Application",
    "Cell",
    "Change",
    "Comparison",
    "Contact",
    "Criterion",
    "Facts",
    "Flip",
    "Homes",
    "Household",
    "HouseholdFigures",
    "LastYear",
    "Lever",
    "Line",
    "ParentsHousehold",
    "Part",
    "Person",
    "Programme",
    "Question",
    "Result",
    "Simulation",
    "SourceConflict",
    "Supporter",
    "WhatIf",
    "as_json",
    "read_facts",
]
