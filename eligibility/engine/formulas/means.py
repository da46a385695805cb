"""Property and income as each law counts them, in fine units (see registry.FINE) until rounded once."""

from typing import Any

import numpy as np

from eligibility.engine.formulas.people import BUSINESS_CAR, DISABLED_CAR, JEONSE, MONTHLY, OWNED, SEVERE
from eligibility.engine.registry import FINE, RATE, Array, View, half_up, household, median_of, person

_PER_RATE = FINE // RATE


@household()
def median(of: View, law: Any) -> Array:
    """Standard median income of the household's size."""
    return median_of(law, of("size"))


@household()
def home_property(of: View, law: Any) -> Array:
    """The home at face value: what is owned, or the deposit."""
    tenure = of("tenure")
    rented = (tenure == JEONSE) | (tenure == MONTHLY)
    return np.where(tenure == OWNED, of("home_value"), np.where(rented, of("deposit"), 0))


@household(bool)
def car_left_out(of: View, law: Any) -> Array:
    """A car for work, or the small car of a severely disabled person."""
    use = of("car_use")
    severe = of.any_of(of("disability") == SEVERE)
    small = of("car_cc") < law.nbls_means.disabled_car_cc
    return (use == BUSINESS_CAR) | ((use == DISABLED_CAR) & small & severe)


@person()
def work(of: View, law: Any) -> Array:
    """Wages and business income of the month."""
    return of("earned") + of("business")


@person()
def other_income(of: View, law: Any) -> Array:
    """Income of the month that is not from work."""
    return of("rents") + of("interest") + of("transfer") + of("public_pension")


def _after_deduction(of: View, rate: int, youth_age: int, youth_deduction: int) -> Array:
    """Income of each person in fine units: work less 30 %, for the young less a fixed sum before it."""
    work = of("work")
    counted = np.where(of("age") <= youth_age, np.maximum(work - youth_deduction, 0), work)
    return counted * ((RATE - rate) * _PER_RATE) + of("other_income") * FINE


@household()
def nbls_evaluated(of: View, law: Any) -> Array:
    """Income after deductions, fine units (시행령 제5조·제5조의2)."""
    means = law.nbls_means
    return of.sum_of(_after_deduction(of, means.earned_rate, means.youth_age, means.youth_deduction))


def property_steps(
    home: Array, other: Array, financial: Array, debt: Array, *, limit: int, basic: int, reserve: int
) -> tuple[Array, Array, Array]:
    """Home, general and financial property after deductions (시행령 제5조의4 제1항).

    What a home is worth above the limit is general property. Basic property and debt come off the home first, then off
    general, then off financial property.
    """
    kept_home = np.minimum(home, limit)
    general = other + home - kept_home
    left = basic + debt
    home_net = np.maximum(kept_home - left, 0)
    left = np.maximum(left - kept_home, 0)
    general_net = np.maximum(general - left, 0)
    left = np.maximum(left - general, 0)
    return home_net, general_net, np.maximum(financial - reserve - left, 0)


def _converted(of: View, law: Any, basic: int) -> Array:
    """Property turned into monthly income, fine units."""
    means = law.nbls_means
    car = np.where(of("car_left_out"), 0, of("car_value"))
    general_car = of("car_general")
    home, general, financial = property_steps(
        of("home_property"),
        of("other_property") + of("luxury") + np.where(general_car, car, 0),
        of("financial"),
        of("debt"),
        limit=means.housing_limit,
        basic=basic,
        reserve=means.living_reserve,
    )
    monthly = home * means.housing + general * means.general + financial * means.financial
    return (monthly + np.where(general_car, 0, car) * means.car) * _PER_RATE


@household()
def unconfirmed_relief(of: View, law: Any) -> Array:
    """Won that would come off if the deduction for workers who are 65 or disabled, known from memory only, is true."""
    means = law.nbls_means
    favoured = (of("age") >= means.elder_age) | (of("disability") > 0)
    off = np.minimum(of("work"), means.elder_deduction) * (RATE - means.earned_rate) // RATE
    return of.sum_of(np.where(favoured, off, 0))


@household()
def nbls_property(of: View, law: Any) -> Array:
    """Property turned into monthly income for basic livelihood, fine units."""
    return _converted(of, law, law.nbls_means.basic_property)


@household()
def nbls_means(of: View, law: Any) -> Array:
    """Recognised income of basic livelihood, fine units."""
    return of("nbls_evaluated") + of("nbls_property")


@household()
def nbls_income(of: View, law: Any) -> Array:
    """Recognised income of basic livelihood, won a month."""
    return half_up(of("nbls_means"))


@household()
def copay_means(of: View, law: Any) -> Array:
    """Recognised income of co-payment relief, fine units: its own basic property."""
    return of("nbls_evaluated") + _converted(of, law, law.copay.basic_property)


@household()
def copay_income(of: View, law: Any) -> Array:
    """Recognised income of co-payment relief, won a month."""
    return half_up(of("copay_means"))


@household()
def single_parent_means(of: View, law: Any) -> Array:
    """Recognised income of single-parent support, fine units: its own deduction for the young."""
    rate, law_of = law.nbls_means.earned_rate, law.single_parent
    evaluated = of.sum_of(_after_deduction(of, rate, law_of.youth_age, law_of.youth_deduction))
    return evaluated + of("nbls_property")


@household()
def single_parent_income(of: View, law: Any) -> Array:
    """Recognised income of single-parent support, won a month."""
    return half_up(of("single_parent_means"))


@household()
def plain_income(of: View, law: Any) -> Array:
    """Everything that comes in a month, nothing deducted."""
    return of.sum_of(of("work") + of("other_income"))


@household()
def whole_property(of: View, law: Any) -> Array:
    """Home, other property, car and memberships at face value, without money in the bank."""
    return of("home_property") + of("other_property") + of("car_value") + of("luxury")


@household()
def pension_property(of: View, law: Any) -> Array:
    """Property turned into monthly income for the pensions, fine units: each deduction stands alone, then debt."""
    means = law.pension_means
    car, age_of_car, use = of("car_value"), of("car_age"), of("car_use")
    private = (use != BUSINESS_CAR) & (use != DISABLED_CAR)
    luxurious = (car >= means.luxury_car) & (age_of_car < means.luxury_car_years) & private
    general = of("home_property") + of("other_property") + np.where(luxurious, 0, car)
    left = np.maximum(general - means.basic_property, 0) + np.maximum(of("financial") - means.financial_deduction, 0)
    yearly = np.maximum(left - of("debt"), 0) * means.conversion_yearly
    return yearly * _PER_RATE // 12 + (np.where(luxurious, car, 0) + of("luxury")) * FINE
