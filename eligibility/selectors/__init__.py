"""Reads of eligibility: figures of the law, programmes with rules, simulations. Public reference data, no viewer."""

from eligibility.selectors.answers import HandedOver, hand_over
from eligibility.selectors.figures import compare_with_near_poverty, median_income, near_poverty_line
from eligibility.selectors.simulation import (
    levers,
    programmes,
    rules_version,
    simulate,
    source_conflicts,
    told,
    what_if,
    worked_example,
)

__all__ = [
    "HandedOver",
    "compare_with_near_poverty",
    "hand_over",
    "levers",
    "median_income",
    "near_poverty_line",
    "programmes",
    "rules_version",
    "simulate",
    "source_conflicts",
    "told",
    "what_if",
    "worked_example",
]
