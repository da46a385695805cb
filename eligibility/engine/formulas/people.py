"""Who lives here: inputs as told and what follows from them. Words are numbers in the order of facts.ENUMS."""

import numpy as np

from eligibility.engine.registry import Array, View, given, household, person
from eligibility.facts import MAX_PERSONS

DAY = 100  # dates are yyyymmdd
#: Number of a word in facts.ENUMS.
MILD, SEVERE = 1, 2
CHRONIC, RARE = 1, 2
KINDERGARTEN, ELEMENTARY, MIDDLE, HIGH = 1, 2, 3, 4
AT_HOME, DAYCARE = 0, 1
OWNED, JEONSE, MONTHLY, FREE = 0, 1, 2, 3
DISABLED_CAR, BUSINESS_CAR = 1, 2
UNMARRIED, GRANDPARENT = 0, 3
NOT_TOLD = -1

given("person", int, "birth", "spouse_row", "disability", "class_told", "illness", "birth_order", "school", "childcare")
given("person", int, "earned", "business", "rents", "interest", "transfer", "public_pension")
given("person", int, "told_last_earned", "told_last_business", "told_last_other", default=NOT_TOLD)
given("person", bool, "is_head", "is_spouse", "is_elder_kin", "pregnant", "special_pension")
given(
    "household", int, "today", "tenure", "deposit", "monthly_rent", "home_value", "other_property", "financial", "debt"
)
given("household", int, "car_value", "car_cc", "car_age", "car_use", "luxury", "single_kind", "crisis")
given("household", int, "parents_size", default=1)
given("household", int, "parents_income", "parents_property")
given("household", bool, "car_general", "farm", "raises_alone")
given("household", bool, "gets_livelihood", "gets_medical", "gets_housing", "gets_education", "gets_near_poor")
for _slot in range(MAX_PERSONS):
    given("household", int, f"supporter_income_{_slot}", f"supporter_property_{_slot}")
    given("household", int, f"supporter_size_{_slot}", f"supporter_dependants_{_slot}", default=1)


@person()
def age(of: View, law: object) -> Array:
    """Full years of life."""
    return (of.home("today") - of("birth")) // (DAY * DAY)


@person()
def months(of: View, law: object) -> Array:
    """Full months of life."""
    today, birth = of.home("today"), of("birth")
    whole = (today // (DAY * DAY) - birth // (DAY * DAY)) * 12 + today // DAY % DAY - birth // DAY % DAY
    return whole - (today % DAY < birth % DAY)


@household()
def size(of: View, law: object) -> Array:
    """People in the household."""
    return of.sum_of(np.ones(of.layout.persons, dtype=np.int64))


@person(bool)
def minor(of: View, law: object) -> Array:
    """Under eighteen and not running the household."""
    return (of("age") < 18) & ~of("is_head") & ~of("is_spouse")


@person(bool)
def coupled(of: View, law: object) -> Array:
    """Has a spouse in the household."""
    return of("spouse_row") >= 0


@person(bool)
def pension_class(of: View, law: object) -> Array:
    """Severe in the sense of the disability pension: as told, else a severe disability."""
    told = of("class_told")
    return np.where(told == NOT_TOLD, of("disability") == SEVERE, told == 1) & (of("disability") > 0)


@person()
def last_earned(of: View, law: object) -> Array:
    """Wages of the last calendar year; not told: twelve times this month's."""
    told = of("told_last_earned")
    return np.where(told == NOT_TOLD, of("earned") * 12, told)


@person()
def last_business(of: View, law: object) -> Array:
    """Business income of the last calendar year."""
    told = of("told_last_business")
    return np.where(told == NOT_TOLD, of("business") * 12, told)


@person()
def last_other(of: View, law: object) -> Array:
    """Other income of the last calendar year: rents, interest, pensions."""
    told = of("told_last_other")
    monthly = of("rents") + of("interest") + of("public_pension")
    return np.where(told == NOT_TOLD, monthly * 12, told)


@household(bool)
def livelihood_recipient(of: View, law: object) -> Array:
    """Draws livelihood benefit or likely would."""
    return of("gets_livelihood") | of("nbls_livelihood")


@household(bool)
def medical_recipient(of: View, law: object) -> Array:
    """Draws medical aid or likely would."""
    return of("gets_medical") | of("nbls_medical")


@household(bool)
def housing_recipient(of: View, law: object) -> Array:
    """Draws housing benefit or likely would."""
    return of("gets_housing") | of("nbls_housing")


@household(bool)
def education_recipient(of: View, law: object) -> Array:
    """Draws education benefit or likely would."""
    return of("gets_education") | of("nbls_education")


@household(bool)
def nbls_recipient(of: View, law: object) -> Array:
    """Draws any basic livelihood benefit or likely would."""
    return of("livelihood_recipient") | of("medical_recipient") | of("housing_recipient") | of("education_recipient")
