"""Basic pension and disability pension: the means of a person and the spouse, and what is paid."""

from typing import Any

import numpy as np

from eligibility.engine.registry import FINE, RATE, Array, View, half_up, household, person, share

_PER_RATE = FINE // RATE


def _means(of: View, law: Any, deduction: int) -> Array:
    """Means of a person and the spouse, fine units. Gifts from kin do not count here (기초연금법 시행령 제2조)."""
    earned = np.maximum(of("earned") - deduction, 0) * ((RATE - law.pension_means.earned_rate) * _PER_RATE)
    interest = np.maximum(of("interest") - law.pension_means.interest_free, 0)
    rest = (of("business") + of("rents") + interest + of("public_pension")) * FINE
    return of.with_spouse(earned + rest) + of.home("pension_property")


@person()
def basic_pension_means(of: View, law: Any) -> Array:
    """Recognised income of the basic pension, fine units."""
    return _means(of, law, law.basic_pension.earned_deduction)


@person()
def basic_pension_income(of: View, law: Any) -> Array:
    """Recognised income of the basic pension, won a month."""
    return half_up(of("basic_pension_means"))


@person()
def basic_pension_line(of: View, law: Any) -> Array:
    """The line for one, or for a couple."""
    return np.where(of("coupled"), law.basic_pension.couple, law.basic_pension.single)


@person(bool)
def no_special_pension(of: View, law: Any) -> Array:
    """Neither the person nor the spouse draws a civil-service, military or school pension."""
    own = of("special_pension") & (of("public_pension") > 0)
    return ~(own | of.spouse(own))


@person()
def basic_pension_before(of: View, law: Any) -> Array:
    """The pension before couple and threshold reductions: less beside a high national pension (제5조·제6조)."""
    means, base = law.pension_means, law.basic_pension.base
    drawn = of("public_pension")
    linked = np.clip(base * means.pension_link // RATE - drawn, base * means.pension_floor // RATE, base)
    return np.where(drawn > base * means.pension_link_from // RATE, linked, base)


@person()
def basic_pension_paid(of: View, law: Any) -> Array:
    """Basic pension a month: a fifth less for each of a pair, and never past the line by drawing it (제8조)."""
    means, base = law.pension_means, law.basic_pension.base
    drawn = of("basic_pension_person")
    pair = drawn & of.spouse(drawn)
    before = of("basic_pension_before")
    reduced = np.where(pair, half_up(before * (RATE - means.couple_reduction), RATE), before)
    gap = np.maximum(of("basic_pension_line") - of("basic_pension_income"), 0)
    least = share(means.smallest_share, np.full_like(base + reduced, base))
    alone = np.maximum(np.minimum(reduced, gap), least)
    return np.where(drawn, np.where(pair, _of_pair(of, reduced, gap, least), alone), 0)


def _of_pair(of: View, reduced: Array, gap: Array, least: Array) -> Array:
    """One's part of what a pair draws: at most the gap together, split as their pensions, a tenth each at least."""
    other = of.spouse(reduced)
    together = np.maximum(np.minimum(reduced + other, gap), 2 * least)
    first = np.arange(of.layout.persons) < of("spouse_row")
    senior, junior = np.where(first, reduced, other), np.where(first, other, reduced)
    seniors = half_up(together * senior, np.maximum(senior + junior, 1))
    seniors = np.clip(seniors, least, together - least)
    return np.where(first, seniors, together - seniors)


@household()
def basic_pension_amount(of: View, law: Any) -> Array:
    """Basic pension of the household a month."""
    return of.sum("basic_pension_paid")


@person()
def disability_pension_means(of: View, law: Any) -> Array:
    """Recognised income of the disability pension, fine units."""
    return _means(of, law, law.disability_pension.earned_deduction)


@person()
def disability_pension_income(of: View, law: Any) -> Array:
    """Recognised income of the disability pension, won a month."""
    return half_up(of("disability_pension_means"))


@person()
def disability_pension_line(of: View, law: Any) -> Array:
    """The line for one, or for a couple."""
    return np.where(of("coupled"), law.disability_pension.couple, law.disability_pension.single)


@person()
def disability_base(of: View, law: Any) -> Array:
    """Base benefit a month below 65: a fifth less for each of a pair, then by steps near the line."""
    rules = law.disability_pension
    young = of("age") < rules.elder_age
    drawn = of("disability_pension_person")
    pair = drawn & of.spouse(drawn & young) & young
    full = np.where(pair, half_up(np.full_like(of("age"), rules.base) * (RATE - 2000), RATE), rules.base)
    gap = np.maximum(of("disability_pension_line") - of("disability_pension_income"), 0)
    step = np.where(pair, rules.couple_step, rules.step)
    stepped = np.maximum((gap + step - 1) // step, 1) * step
    base = np.where(pair, np.minimum(full, stepped // 2), np.minimum(full, stepped))
    return np.where(drawn & young, base, 0)


@person()
def disability_extra(of: View, law: Any) -> Array:
    """Additional benefit a month by class: draws livelihood or medical aid, other near-poor, everybody else."""
    rules = law.disability_pension
    older = (of("age") >= rules.elder_age).astype(np.int64)
    near = of.home("near_poor") | of.home("housing_recipient") | of.home("education_recipient")
    poor = of.home("livelihood_recipient") | of.home("medical_recipient")
    extra = np.where(near, np.asarray(rules.extra_near_poor)[older], np.asarray(rules.extra_other)[older])
    extra = np.where(poor, np.asarray(rules.extra_recipient)[older], extra)
    return np.where(of("disability_pension_person"), extra, 0)


@person()
def disability_pension_paid(of: View, law: Any) -> Array:
    """Disability pension a month, base and additional benefit."""
    return of("disability_base") + of("disability_extra")


@person()
def disability_allowance_paid(of: View, law: Any) -> Array:
    """Disability allowance a month."""
    return np.where(of("disability_allowance_person"), law.disability_allowance.monthly, 0)


@person(bool)
def lighter_disability(of: View, law: Any) -> Array:
    """Registered disability below the disability pension's class."""
    return (of("disability") > 0) & ~of("pension_class")


@household(bool)
def recipient_or_near_poor(of: View, law: Any) -> Array:
    """Draws basic livelihood, likely would, or stays below half of the median."""
    return of("nbls_recipient") | of("near_poor")
