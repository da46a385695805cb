"""What the city pays to people of open cases, as its own system would tell it: most of what they may draw, not all."""

import random
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hopecare.demo.households import Body, House

COLUMNS = ("person_id", "programme", "starts_on", "amount_won", "source", "told_at")
OLD, GROWN, CHILD = 65, 18, 9
#: Who draws it, in a thousand of its age, and how many won a month are on record.
PENSION, ALLOWANCE = (700, 349_700), (900, 100_000)
SEVERE, LIGHTER = (30, 439_700), (30, 60_000)
Paid = tuple[str, int]


def rows(houses: Sequence[House], today: date) -> Iterator[tuple[House, tuple[Any, ...]]]:
    """(house, row) of every benefit; a stream of chance of its own: the rest of the city stays as it is."""
    for house in houses:
        dice = random.Random(f"benefits of {house.id}")
        for place, body in enumerate(house.people if house.is_open else ()):
            paid = list(_by_age(body, today, dice))
            if place == 0 and house.coverage == "basic_recipient":
                paid += [("nbls_livelihood", 0), ("nbls_medical", 0)]
            for programme, won in paid if body.lives_here else ():
                yield house, (body.id, programme, max(house.opened_on, body.born), won, "city")


def _by_age(body: Body, today: date, dice: random.Random) -> Iterator[Paid]:
    age = (today - body.born).days // 365
    if age >= OLD and dice.randrange(1_000) < PENSION[0]:
        yield "basic_pension", PENSION[1]
    if age < CHILD and dice.randrange(1_000) < ALLOWANCE[0]:
        yield "child_allowance", ALLOWANCE[1]
    if age >= GROWN:
        draw = dice.randrange(1_000)
        if draw < SEVERE[0]:
            yield "disability_pension", SEVERE[1]
        elif draw < SEVERE[0] + LIGHTER[0]:
            yield "disability_allowance", LIGHTER[1]
