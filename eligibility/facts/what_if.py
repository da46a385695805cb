"""A question to the rules about a whole city: what another line would change, and for how many."""

from dataclasses import dataclass, field

#: Of somebody's disability nobody asked.
NOT_KNOWN = -1


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
    `disabilities`: person by person the place of the word in facts.ENUMS, or NOT_KNOWN; empty = of nobody.
    """

    sizes: list[int]
    births: list[int]
    relations: list[str]
    incomes: list[int]
    groups: dict[str, list[int]]
    disabilities: list[int] = field(default_factory=list)


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
    follows. None = fewer than five households, or as many as would give a hidden cell away.

    `not_known`: households left out because nobody knows whether somebody there is disabled; None = it did not matter.
    """

    households: int | None
    before: int | None
    after: int | None
    total: Cell
    cells: tuple[Cell, ...]
    not_known: int | None = None
