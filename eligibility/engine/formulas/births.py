"""Children: allowance, parent benefit, first-meeting voucher, home-care allowance."""

from typing import Any

import numpy as np

from eligibility.engine.formulas.people import AT_HOME, DAYCARE
from eligibility.engine.registry import Array, View, household, person

_YEAR = 10_000


@person(bool)
def allowance_age(of: View, law: Any) -> Array:
    """Below the age of the year, or of the birth year that stays in."""
    rules = law.child_allowance
    return (of("age") < rules.age) | (of("birth") // _YEAR == rules.kept_birth_year)


@person()
def child_allowance_paid(of: View, law: Any) -> Array:
    """Child allowance a month."""
    return np.where(of("allowance_age"), law.child_allowance.monthly, 0)


@person(bool)
def under_two(of: View, law: Any) -> Array:
    """Not yet two years old."""
    return of("months") < 24


@person(bool)
def in_daycare(of: View, law: Any) -> Array:
    """Goes to day care."""
    return of("childcare") == DAYCARE


@person()
def parent_voucher(of: View, law: Any) -> Array:
    """The part of parent benefit that day care is paid with, a month."""
    rules = law.parent_benefit
    voucher = np.where(of("months") < 12, rules.voucher0, rules.voucher1)
    return np.where(of("under_two") & of("in_daycare"), voucher, 0)


@person()
def parent_cash(of: View, law: Any) -> Array:
    """Parent benefit in cash a month: all of it at home, the difference in day care."""
    rules = law.parent_benefit
    whole = np.where(of("months") < 12, rules.age0, rules.age1)
    return np.where(of("under_two"), np.maximum(whole - of("parent_voucher"), 0), 0)


@person(bool)
def just_born(of: View, law: Any) -> Array:
    """Born less than two years ago."""
    return of("months") < law.first_meeting.months


@person()
def first_meeting_paid(of: View, law: Any) -> Array:
    """First-meeting voucher, once."""
    rules = law.first_meeting
    return np.where(of("just_born"), np.where(of("birth_order") > 1, rules.later, rules.first), 0)


@person(bool)
def home_care_age(of: View, law: Any) -> Array:
    """Between two and seven, before school."""
    rules = law.home_care
    return (of("months") >= rules.from_month) & (of("months") <= rules.to_month)


@person(bool)
def cared_at_home(of: View, law: Any) -> Array:
    """Looked after at home."""
    return of("childcare") == AT_HOME


@person()
def home_care_paid(of: View, law: Any) -> Array:
    """Home-care allowance a month; more on a farm and with a disability."""
    rules, months = law.home_care, of("months")
    farm = np.where(months < 36, rules.farm_until_36, np.where(months < 48, rules.farm_until_48, rules.monthly))
    disabled = np.where(months < 36, rules.disabled_until_36, rules.monthly)
    won = np.where(of.home("farm"), farm, rules.monthly)
    won = np.where(of("disability") > 0, np.maximum(disabled, won), won)
    return np.where(of("home_care_age") & of("cared_at_home"), won, 0)


@household(bool)
def expects(of: View, law: Any) -> Array:
    """Somebody is pregnant."""
    return of.any_of(of("pregnant"))
