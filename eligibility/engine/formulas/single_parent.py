"""Single-parent families: child support."""

from typing import Any

import numpy as np

from eligibility.engine.formulas.people import GRANDPARENT, HIGH, UNMARRIED
from eligibility.engine.registry import Array, View, household, person, share, within


@household()
def single_parent_line(of: View, law: Any) -> Array:
    """Line of child support for single parents."""
    return share(law.single_parent.rate, of("median"))


@person(bool)
def supported_child(of: View, law: Any) -> Array:
    """Under eighteen, or still at high school and under twenty-two; not running the household."""
    rules, age = law.single_parent, of("age")
    raised = ~of("is_head") & ~of("is_spouse")
    return raised & ((age < rules.child_age) | ((age < rules.pupil_age) & (of("school") == HIGH)))


@household(bool)
def has_supported_child(of: View, law: Any) -> Array:
    """Raises a child of that age."""
    return of.any_of(of("supported_child"))


@household()
def parent_age(of: View, law: Any) -> Array:
    """Age of the head of the household."""
    return of.most_of(np.where(of("is_head"), of("age"), 0))


@person()
def single_parent_paid(of: View, law: Any) -> Array:
    """Child support a month: by the parent's and the child's age."""
    rules, age, parent = law.single_parent, of("age"), of.home("parent_age")
    kind = of.home("single_kind")
    teen = parent <= rules.teen_age
    usual = np.full_like(age, rules.child)
    infant = age <= rules.extra_infant_age
    raised_alone = (kind == GRANDPARENT) | ((kind == UNMARRIED) & (parent >= rules.unmarried_age))
    young = within(rules.young_from, parent, rules.young_to) & (age < rules.child_age)
    usual = usual + np.where(infant & raised_alone, rules.extra_infant, 0) + np.where(young, rules.extra_young, 0)
    won = np.where(teen, np.where(age < 2, rules.teen_infant, rules.teen_child), usual)
    return np.where(of("supported_child"), won, 0)
