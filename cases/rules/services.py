"""A service that was given, and its money (R56, R61, R71, K13)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from cases.rules.days import future_problems
from hopecare.kernel.errors import Problem

YEAR = timedelta(days=365)
LARGEST_WON = 100_000_000  # above this somebody mistyped
NOBODY_TICKED = _("Tick who received it.")


@dataclass(frozen=True)
class MoneyFacts:
    """`source_purpose`: the payable purpose of a gift source; `service_purpose`: what the service may be paid for."""

    amount_won: int
    has_source: bool
    source_is_gift: bool = False
    source_purpose: str = ""
    service_purpose: str = ""


def money_problems(facts: MoneyFacts) -> list[Problem]:
    """Gifts pay what their purpose names and never the running cost of a house (K13, R71)."""
    found = []
    if facts.amount_won < 0:
        found.append(Problem("negative", _("An amount is not below zero."), "amount_won"))
    if facts.amount_won > LARGEST_WON:
        found.append(Problem("too_much", _("Please look at the amount again: it is very large."), "amount_won"))
    if facts.amount_won > 0 and not facts.has_source:
        found.append(Problem("no_source", _("Say from which money it was paid."), "fund_source"))
    if facts.has_source and facts.source_is_gift and facts.amount_won >= 0:
        if not facts.service_purpose:
            words = _("Gifts do not pay for this service. Please choose another source of money.")
            found.append(Problem("not_payable", words, "fund_source"))
        elif facts.source_purpose != facts.service_purpose:
            words = _("This gift fund has another purpose than the service. Please choose the fund that fits.")
            found.append(Problem("other_purpose", words, "fund_source"))
    return found


def day_problems(given_on: date, until: date | None, *, opened_on: date, today: date) -> list[Problem]:
    found = future_problems(given_on, today, "given_on")
    if given_on < opened_on - YEAR:
        found.append(Problem("too_old", _("That day is long before the case was opened."), "given_on"))
    if until is not None and until < given_on:
        found.append(Problem("ends_before", _("It cannot end before it began."), "until"))
    return found
