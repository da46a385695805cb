"""Earned income tax credit and child tax credit, on the income of the last calendar year."""

from typing import Any

import numpy as np

from eligibility.engine.registry import Array, View, half_up, household, person

SINGLE, ONE_EARNER, TWO_EARNERS = 0, 1, 2
CURVES = ("single", "one_earner", "two_earners")


def curve(gross: Array, figures: Any) -> Array:
    """The credit before reductions: rising, flat, falling; won, half-up."""
    rising = half_up(gross * figures.most, figures.up)
    falling = figures.most - half_up(
        np.clip(gross - figures.down, 0, figures.limit) * figures.most, figures.limit - figures.down
    )
    won = np.where(gross < figures.up, rising, np.where(gross < figures.down, figures.most, falling))
    return np.where(gross < figures.limit, np.maximum(won, 0), 0)


@person(bool)
def leads(of: View, law: Any) -> Array:
    """Head of the household or the head's spouse."""
    return of("is_head") | of("is_spouse")


@person()
def last_work(of: View, law: Any) -> Array:
    """Work income of the last year of those who lead the household."""
    return np.where(of("leads"), of("last_earned") + of("last_business"), 0)


@household()
def credit_children(of: View, law: Any) -> Array:
    """Children under eighteen."""
    raised = (of("age") < law.tax_credits.child_age) & ~of("leads")
    return of.sum_of(raised)


@household()
def credit_type(of: View, law: Any) -> Array:
    """Alone, one earner, two earners: a spouse counts as earning from a fixed sum on."""
    rules = law.tax_credits
    earning = of.sum_of(of("leads") & (of("last_work") >= rules.second_earner))
    spouse = of.any_of(of("is_head") & of("coupled"))
    old_kin = of.any_of(of("is_elder_kin") & (of("age") >= rules.parent_age))
    supports = spouse | old_kin | (of("credit_children") > 0)
    return np.where(spouse & (earning >= 2), TWO_EARNERS, np.where(supports, ONE_EARNER, SINGLE))


@household()
def credit_gross(of: View, law: Any) -> Array:
    """Wages and business income of the last year, together."""
    return of.sum("last_work")


@household()
def credit_income(of: View, law: Any) -> Array:
    """All income of the last year, together."""
    return of("credit_gross") + of.sum_of(np.where(of("leads"), of("last_other"), 0))


@household()
def credit_limit(of: View, law: Any) -> Array:
    """Income limit of the earned income tax credit by type."""
    limits = [getattr(law.tax_credits, name).limit for name in CURVES]
    return np.asarray(limits, dtype=np.int64)[of("credit_type")]


@household()
def credit_property(of: View, law: Any) -> Array:
    """All property of the household at face value, debt not deducted."""
    return of("whole_property") + of("financial")


@household(bool)
def has_worked(of: View, law: Any) -> Array:
    """Had wages or business income last year."""
    return of("credit_gross") > 0


@household(bool)
def has_credit_child(of: View, law: Any) -> Array:
    """Has a child under eighteen."""
    return of("credit_children") > 0


def _halved(of: View, law: Any, won: Array) -> Array:
    return np.where(of("credit_property") >= law.tax_credits.half_from, half_up(won, 2), won)


@household()
def eitc_paid(of: View, law: Any) -> Array:
    """Earned income tax credit a year: by its curve, half from a certain property on, small sums raised or dropped."""
    rules, gross, kind = law.tax_credits, of("credit_gross"), of("credit_type")
    figures = [getattr(rules, name) for name in CURVES]
    won = _halved(of, law, np.choose(kind, [curve(gross, figure) for figure in figures]))
    up, down = (np.asarray([getattr(figure, name) for figure in figures])[kind] for name in ("up", "down"))
    won = np.where(won < rules.nothing_below, 0, won)
    raised = np.where(gross < up, rules.least_rising, np.where(gross >= down, rules.least_falling, 0))
    return np.where(won > 0, np.maximum(won, raised), 0)


@household()
def ctc_paid(of: View, law: Any) -> Array:
    """Child tax credit a year: a sum a child, falling from a certain income on."""
    rules, gross = law.tax_credits, of("credit_gross")
    down = np.where(of("credit_type") == TWO_EARNERS, rules.child_down_two, rules.child_down_one)
    slope = half_up(np.maximum(gross - down, 0) * (rules.child - rules.child_least), rules.child_limit - down)
    each = np.maximum(rules.child - slope, rules.child_least)
    return _halved(of, law, each * of("credit_children"))
