"""Emergency livelihood aid and the energy voucher."""

from typing import Any

import numpy as np

from eligibility.engine.formulas.people import RARE
from eligibility.engine.registry import Array, View, by_size, household, share


@household()
def emergency_line(of: View, law: Any) -> Array:
    """Income line of emergency aid."""
    return share(law.emergency.income_rate, of("median"))


@household()
def emergency_property(of: View, law: Any) -> Array:
    """Property less a part of the home and less debt."""
    home = np.minimum(of("home_property"), law.emergency.home_deduction)
    return np.maximum(of("whole_property") - home - of("debt"), 0)


@household()
def emergency_property_line(of: View, law: Any) -> Array:
    """Property line of emergency aid."""
    return np.full(of.layout.households, law.emergency.property, dtype=np.int64)


@household()
def emergency_financial_line(of: View, law: Any) -> Array:
    """Financial line of emergency aid: a base and the household's median."""
    return law.emergency.financial_base + of("median")


@household(bool)
def in_crisis(of: View, law: Any) -> Array:
    """Something sudden has happened."""
    return of("crisis") > 0


@household()
def emergency_paid(of: View, law: Any) -> Array:
    """Emergency livelihood aid a month."""
    rules, size = law.emergency, of("size")
    return by_size(rules.monthly, size) + np.maximum(size - len(rules.monthly), 0) * rules.further


@household(bool)
def energy_member(of: View, law: Any) -> Array:
    """Somebody old, very young, disabled, expecting, severely ill; one parent; or two children and more."""
    rules, birth = law.energy_voucher, of("birth")
    frail = (birth <= rules.elder_born_until) | (birth >= rules.infant_born_from)
    frail = frail | (of("disability") > 0) | of("pregnant") | (of("illness") == RARE)
    children = of.sum_of((of("age") < 19) & ~of("is_head") & ~of("is_spouse"))
    return of.any_of(frail) | (of("raises_alone") & (children > 0)) | (children >= 2)


@household()
def energy_paid(of: View, law: Any) -> Array:
    """Energy voucher a year."""
    return by_size(law.energy_voucher.won, of("size"))
