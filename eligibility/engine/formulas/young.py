"""Young people: monthly rent and those who look after a family member."""

from typing import Any

import numpy as np

from eligibility.engine.formulas.people import MONTHLY
from eligibility.engine.registry import FINE, RATE, Array, View, half_up, household, median_of, person, share, within

_PER_RATE = FINE // RATE


@household()
def young_means(of: View, law: Any) -> Array:
    """Income of the young household after 30 % off work, fine units."""
    return of.sum_of(of("work") * ((RATE - law.nbls_means.earned_rate) * _PER_RATE) + of("other_income") * FINE)


@household()
def young_income(of: View, law: Any) -> Array:
    """Income of the young household after deductions, won a month."""
    return half_up(of("young_means"))


@household()
def young_line(of: View, law: Any) -> Array:
    """Income line of the young household."""
    return share(law.youth_rent.own_rate, of("median"))


@household()
def young_property(of: View, law: Any) -> Array:
    """All property of the young household less debt."""
    return np.maximum(of("whole_property") + of("financial") - of("debt"), 0)


@household(bool)
def parents_waived(of: View, law: Any) -> Array:
    """Parents are not looked at: thirty or older, married, a single parent, or an income of one's own."""
    rules = law.youth_rent
    married = of.any_of(of("is_head") & of("coupled"))
    own = of("young_means") >= half_up(of("median") * rules.waived_rate, RATE) * FINE
    return (of("parent_age") >= rules.waived_age) | married | of("raises_alone") | own


@household(bool)
def parents_income_fits(of: View, law: Any) -> Array:
    """The parents' household earns at most the median, or is not looked at."""
    line = half_up(median_of(law, of("parents_size")) * law.youth_rent.parents_rate, RATE)
    return of("parents_waived") | (of("parents_income") <= line)


@household(bool)
def parents_property_fits(of: View, law: Any) -> Array:
    """The parents' household owns at most the limit, or is not looked at."""
    return of("parents_waived") | (of("parents_property") <= law.youth_rent.parents_property)


@household(bool)
def pays_monthly_rent(of: View, law: Any) -> Array:
    """Pays a monthly rent."""
    return (of("tenure") == MONTHLY) & (of("monthly_rent") > 0)


@household(bool)
def lives_apart(of: View, law: Any) -> Array:
    """Lives apart from the parents."""
    return ~of.any_of(of("is_elder_kin"))


@household()
def youth_rent_paid(of: View, law: Any) -> Array:
    """Rent for young people a month: the rent up to the limit, less housing benefit drawn for it."""
    housing = np.where(of("housing_recipient"), of("rent_paid"), 0)
    return np.maximum(np.minimum(of("monthly_rent"), law.youth_rent.monthly) - housing, 0)


@household(bool)
def somebody_needs_care(of: View, law: Any) -> Array:
    """Somebody in the household is ill or disabled."""
    return of.any_of((of("illness") > 0) | (of("disability") > 0))


@person(bool)
def other_needs_care(of: View, law: Any) -> Array:
    """Somebody else in the household is ill or disabled."""
    frail = (of("illness") > 0) | (of("disability") > 0)
    return of.sum_of(frail)[of.layout.home_of] - frail > 0


@household(bool)
def carer_law_in_force(of: View, law: Any) -> Array:
    """The law for young carers holds on the day."""
    return np.full(of.layout.households, law.young_carer.in_force > 0)


@household()
def carer_line(of: View, law: Any) -> Array:
    """Income line for young carers."""
    return share(law.young_carer.income_rate, of("median"))


@person()
def young_carer_paid(of: View, law: Any) -> Array:
    """Self-care money of a young carer a year."""
    rules = law.young_carer
    entitled = within(rules.money_from_age, of("age"), rules.to_age) & of("other_needs_care")
    return np.where(entitled, rules.yearly, 0)
