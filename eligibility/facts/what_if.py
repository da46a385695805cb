"""A question to the rules about a whole city: what another line would change, and for how many."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lever:
    """A line of the law that may be moved. `today`: where it stands on the day, in percent of the median
    (`unit` percent) or in 10,000 won (`unit` man_won). `note`: what is taken for granted about this line alone."""

    code: str
    name: str
    today: int
    unit: str
    pays: bool
    note: str


@dataclass(frozen=True)
class Homes:
    """Households in columns, as case records tell them: who lives there, the income told, and what to group them by.

    `births` (yyyymmdd) and `relations` (words of facts.ENUMS) stand person by person, household after household, the
    main person first; `incomes` are won a month of the whole household; `groups`: name → a small number a household.
    """

    sizes: list[int]
    births: list[int]
    relations: list[str]
    incomes: list[int]
    groups: dict[str, list[int]]


@dataclass(frozen=True)
class Cell:
    """Households of one group that a change lets in and out, and its cost a year; None = too few to tell."""

    group: str
    code: int
    gained: int | None
    lost: int | None
    won_a_year: int | None


@dataclass(frozen=True)
class WhatIf:
    """`before` and `after`: households below the line. `total` is a cell of all; `won_a_year` is 0 where no money
    follows. None = fewer than five households, or as many as would give a hidden cell away."""

    households: int
    before: int | None
    after: int | None
    total: Cell
    cells: tuple[Cell, ...]
