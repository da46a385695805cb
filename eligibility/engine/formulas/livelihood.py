"""Basic livelihood's four benefits, the near-poor and the supporters the law looks at."""

from typing import Any

import numpy as np

from eligibility.engine.formulas.people import CHRONIC, ELEMENTARY, FREE, HIGH, JEONSE, MIDDLE, MONTHLY, OWNED
from eligibility.engine.registry import FINE, RATE, Array, View, by_size, half_up, household, median_of, person, share

PUPIL_UNTIL = 25


@household()
def livelihood_line(of: View, law: Any) -> Array:
    """Line of livelihood benefit."""
    return share(law.nbls.livelihood, of("median"))


@household()
def medical_line(of: View, law: Any) -> Array:
    """Line of medical aid."""
    return share(law.nbls.medical, of("median"))


@household()
def housing_line(of: View, law: Any) -> Array:
    """Line of housing benefit."""
    return share(law.nbls.housing, of("median"))


@household()
def education_line(of: View, law: Any) -> Array:
    """Line of education benefit."""
    return share(law.nbls.education, of("median"))


@household()
def near_poor_line(of: View, law: Any) -> Array:
    """The near-poverty line."""
    return share(law.near_poverty.rate, of("median"))


@household(bool)
def near_poor(of: View, law: Any) -> Array:
    """At most half of the median, or drawing the near-poor's relief."""
    return (of("nbls_means") <= of("near_poor_line") * FINE) | of("gets_near_poor")


@household(bool)
def no_rich_supporter(of: View, law: Any) -> Array:
    """No supporter passes the income or the property at which livelihood benefit looks at supporters."""
    rules, fine = law.supporters, np.ones(of.layout.households, dtype=bool)
    for slot in range(of.layout.supporter_slots):
        fine &= of(f"supporter_income_{slot}") <= rules.yearly_income
        fine &= of(f"supporter_property_{slot}") <= rules.general_property
    return fine


@household(bool)
def no_able_supporter(of: View, law: Any) -> Array:
    """No supporter earns as much as medical aid asks of one."""
    rules, able = law.medical_supporters, np.zeros(of.layout.households, dtype=bool)
    own = of("median") * rules.recipient
    for slot in range(of.layout.supporter_slots):
        needed = own + median_of(law, of(f"supporter_size_{slot}")) * rules.supporter
        able |= of(f"supporter_income_{slot}") * RATE > needed * 12
        able |= of(f"supporter_property_{slot}") > law.supporters.general_property
    return ~able


@household(bool)
def no_copay_supporter(of: View, law: Any) -> Array:
    """No supporter passes the line of co-payment relief, by how many it supports."""
    fine = np.ones(of.layout.households, dtype=bool)
    rates = np.asarray(law.copay.supporter_rates, dtype=np.int64)
    for slot in range(of.layout.supporter_slots):
        rate = rates[np.minimum(of(f"supporter_dependants_{slot}"), len(rates)) - 1]
        line = half_up(median_of(law, of(f"supporter_size_{slot}")) * rate, RATE)
        fine &= of(f"supporter_income_{slot}") <= line * 12
    return fine


@household()
def livelihood_paid(of: View, law: Any) -> Array:
    """Livelihood benefit a month: the line less recognised income."""
    return np.maximum(of("livelihood_line") - of("nbls_income"), 0)


@household(bool)
def has_home_costs(of: View, law: Any) -> Array:
    """Pays rent or a deposit, or owns the home."""
    tenure = of("tenure")
    renting = ((tenure == MONTHLY) | (tenure == JEONSE)) & ((of("monthly_rent") > 0) | (of("deposit") > 0))
    return renting | (tenure == OWNED)


def rent_less_share(rent: Array, recognised: Array, line: Array, own_share: int) -> Array:
    """Housing benefit before rounding, in parts of RATE × 12: rent in the same parts, income and line in won."""
    return np.maximum(rent - np.maximum(recognised - line, 0) * own_share * 12, 0)


@household()
def rent_paid(of: View, law: Any) -> Array:
    """Housing benefit of tenants a month: the actual rent up to the standard, less the own share."""
    rules, parts = law.housing_benefit, RATE * 12
    tenure = of("tenure")
    rent = np.where(tenure == MONTHLY, of("monthly_rent"), 0) * parts + of("deposit") * rules.deposit_rate
    most = by_size(rules.rent, of("size")) * parts
    paid = rent_less_share(np.minimum(rent, most), of("nbls_income"), of("livelihood_line"), rules.own_share)
    return np.where((tenure == MONTHLY) | (tenure == JEONSE), half_up(paid, parts), 0)


@household()
def repair_limit(of: View, law: Any) -> Array:
    """Housing benefit of owners: the most a great repair costs, by the share their income leaves them."""
    rules = law.housing_benefit
    income = of("nbls_means")
    tier = (income > of("livelihood_line") * FINE).astype(np.int64) + (income > of("medical_line") * FINE)
    limit = half_up(rules.repair[2] * np.asarray(rules.repair_shares, dtype=np.int64)[tier], RATE)
    return np.where(of("tenure") == OWNED, limit, 0)


@person(bool)
def pupil(of: View, law: Any) -> Array:
    """Goes to elementary, middle or high school, at an age at which one does."""
    return (of("school") >= ELEMENTARY) & (of("school") <= HIGH) & (of("age") < PUPIL_UNTIL)


@household(bool)
def has_pupil(of: View, law: Any) -> Array:
    """Somebody goes to school."""
    return of.any_of(of("pupil"))


@person()
def education_paid(of: View, law: Any) -> Array:
    """Education benefit a year."""
    rules, school = law.education_benefit, of("school")
    won = np.where(school == ELEMENTARY, rules.elementary, np.where(school == MIDDLE, rules.middle, rules.high))
    return np.where(of("pupil"), won, 0)


@household(bool)
def ill_or_minor(of: View, law: Any) -> Array:
    """Somebody has a chronic, rare or severe illness, or is under eighteen."""
    return of.any_of((of("illness") >= CHRONIC) | (of("age") < 18))


@household(bool)
def not_medical_recipient(of: View, law: Any) -> Array:
    """Medical aid does not cover the household already."""
    return ~of("medical_recipient")


@household(bool)
def has_no_rent(of: View, law: Any) -> Array:
    """Lives free of rent in a home that is not its own."""
    return of("tenure") == FREE
