"""Shapes that eligibility hands out and takes in. Money is an integer number of won a month. Django-free."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Line:
    """A threshold on a day: how many won, since when the figure holds, and the article or notice it stands in."""

    won: int
    valid_from: date
    reference: str

    @property
    def year(self) -> int:
        return self.valid_from.year


@dataclass(frozen=True)
class Comparison:
    """Income as told against a line. `over_won` is negative below the line. It informs and refuses nobody (R87)."""

    income_won: int
    line: Line

    @property
    def over_won(self) -> int:
        return self.income_won - self.line.won

    @property
    def is_over(self) -> bool:
        return self.over_won > 0

    @property
    def distance_won(self) -> int:
        return abs(self.over_won)
