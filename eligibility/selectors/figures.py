"""Figures of the law on a day, exact to the won. Public reference data, no viewer needed."""

from datetime import date

from eligibility import parameters
from eligibility.facts import Comparison, Line

LISTED = 7  # household sizes the notice lists; each further person adds what the last one added


def median_income(size: int, on: date) -> Line:
    """Standard median income of a household of `size` people, a month; ValueError below one person."""
    if size < 1:
        raise ValueError("a household has at least one person")
    entry = parameters.on("median_income", on)
    won: list[int] = entry["won"]
    figure = won[size - 1] if size <= LISTED else won[-1] + (size - LISTED) * (won[-1] - won[-2])
    return Line(figure, entry["valid_from"], entry["reference"])


def near_poverty_line(size: int, on: date) -> Line:
    """The near-poverty line: 50 % of the median, rounded half-up; one person in 2026: 1,282,119 won."""
    median = median_income(size, on)
    entry = parameters.on("near_poverty", on)
    won = (median.won * entry["percent_of_median"] * 2 + 100) // 200
    return Line(won, median.valid_from, f"{entry['reference']} · {median.reference}")


def compare_with_near_poverty(income_won: int, size: int, on: date) -> Comparison:
    """Where a monthly income as told stands; a sentence for staff, never a decision (R87)."""
    return Comparison(income_won, near_poverty_line(size, on))
