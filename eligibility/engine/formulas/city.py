"""The city's own and private services: few questions, generous lines, never a bare no."""

from typing import Any

import numpy as np

from eligibility.engine.formulas.people import CHRONIC, FREE, OWNED
from eligibility.engine.registry import Array, View, household, share


@household()
def low_income_line(of: View, law: Any) -> Array:
    """Up to here the city's own services count a household as low in income."""
    return share(law.city_services.low_income, of("median"))


@household()
def middle_income_line(of: View, law: Any) -> Array:
    """The median itself."""
    return share(law.city_services.middle_income, of("median"))


@household()
def legal_aid_line(of: View, law: Any) -> Array:
    """Income line of free legal help."""
    return share(law.city_services.legal_aid, of("median"))


@household(bool)
def alone_or_elders(of: View, law: Any) -> Array:
    """Lives alone, or everybody here is sixty-five or older."""
    return (of("size") == 1) | ~of.any_of(of("age") < law.city_services.elder_age)


@household(bool)
def frail_at_home(of: View, law: Any) -> Array:
    """Somebody is old, disabled or ill."""
    return of.any_of((of("age") >= law.city_services.elder_age) | (of("disability") > 0) | (of("illness") >= CHRONIC))


@household(bool)
def old_or_disabled(of: View, law: Any) -> Array:
    """Somebody is old or disabled."""
    return of.any_of((of("age") >= law.city_services.elder_age) | (of("disability") > 0))


@household(bool)
def has_debt(of: View, law: Any) -> Array:
    """Owes money."""
    return of("debt") > 0


@household(bool)
def no_own_home(of: View, law: Any) -> Array:
    """Does not own the home."""
    return of("tenure") != OWNED


@household(bool)
def without_roof(of: View, law: Any) -> Array:
    """Lives at somebody else's, or has just lost the home."""
    lost = (of("crisis") == 5) | (of("crisis") == 6) | (of("crisis") == 7)
    return (of("tenure") == FREE) | lost


@household(bool)
def has_adult(of: View, law: Any) -> Array:
    """Somebody is of age."""
    return of.any_of(of("age") >= law.city_services.adult_age)


@household()
def food_market_limit(of: View, law: Any) -> Array:
    """What may be taken from the food market a month."""
    return np.full(of.layout.households, law.city_services.food_market_monthly, dtype=np.int64)


@household()
def miso_loan_limit(of: View, law: Any) -> Array:
    """The most that is lent to start a business."""
    return np.full(of.layout.households, law.city_services.miso_loan, dtype=np.int64)
