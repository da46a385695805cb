"""What is told about a household. None means "not asked" and is never read as zero. Incomes are monthly won."""

from dataclasses import dataclass, field
from datetime import date

MAX_PERSONS = 20
MAX_WON = 100_000_000_000  # a hundred billion: more is a slip of the hand
OLDEST_YEARS = 120

#: Closed lists of words; the first word is the plainest.
ENUMS: dict[str, tuple[str, ...]] = {
    "relation": ("head", "spouse", "child", "parent", "grandparent", "grandchild", "sibling", "other"),
    "sex": ("F", "M"),
    "disability": ("none", "mild", "severe"),
    "illness": ("none", "chronic", "rare_or_severe"),
    "school": ("none", "kindergarten", "elementary", "middle", "high", "university"),
    "childcare": ("home", "daycare", "kindergarten"),
    "public_pension_kind": ("national", "special"),
    "tenure": ("owned", "jeonse", "monthly_rent", "free"),
    "car_use": ("private", "disabled", "business"),
    "single_parent_kind": ("unmarried", "divorced", "widowed", "grandparent"),
    "crisis": (
        "none",
        "job_loss",
        "illness",
        "death",
        "divorce",
        "fire",
        "abuse",
        "eviction",
        "utility_cut",
        "other",
    ),
    "detail": ("full", "reasons", "verdicts"),
}


@dataclass(frozen=True)
class LastYear:
    """Income of the whole last calendar year, in won; for the tax credits alone."""

    earned: int | None = None
    business: int | None = None
    other: int | None = None


@dataclass(frozen=True)
class Person:
    """`birth` = (earliest, latest) possible birth date: equal when the day is told, else up to a year apart."""

    id: str
    birth: tuple[date, date]
    relation: str | None = None
    spouse_of: str | None = None
    sex: str | None = None
    disability: str | None = None
    disability_pension_class: bool | None = None
    illness: str | None = None
    pregnant: bool | None = None
    due_date: date | None = None
    birth_order: int | None = None
    school: str | None = None
    childcare: str | None = None
    earned_income: int | None = None
    business_income: int | None = None
    property_income: int | None = None
    interest_income: int | None = None
    transfer_income: int | None = None
    public_pension_income: int | None = None
    public_pension_kind: str | None = None
    last_year: LastYear = LastYear()


@dataclass(frozen=True)
class Supporter:
    """A child, parent or their spouse outside the household, whom the law may ask to help."""

    yearly_income: int | None = None
    general_property: int | None = None
    household_size: int = 1
    dependants: int = 1


@dataclass(frozen=True)
class ParentsHousehold:
    """The household of a young adult's parents, counted with the young adult in it or not, as told."""

    size: int | None = None
    monthly_income: int | None = None
    property: int | None = None


@dataclass(frozen=True)
class Household:
    """Home, property, debt, car and circumstances. `supporters` None = not asked, () = there are none."""

    tenure: str | None = None
    deposit: int | None = None
    monthly_rent: int | None = None
    home_value: int | None = None
    other_property: int | None = None
    financial_assets: int | None = None
    debt: int | None = None
    car_value: int | None = None
    car_general_rate: bool | None = None
    car_cc: int | None = None
    car_age_years: int | None = None
    car_use: str | None = None
    luxury_membership: int | None = None
    farm: bool | None = None
    single_parent: bool | None = None
    single_parent_kind: str | None = None
    crisis: str | None = None
    supporters: tuple[Supporter, ...] | None = None
    parents_household: ParentsHousehold | None = None


@dataclass(frozen=True)
class Facts:
    """One benefit unit on a day. `receives` = ids of programmes drawn already; None = not told, read as none."""

    as_of: date
    town: str
    persons: tuple[Person, ...]
    household: Household = field(default_factory=Household)
    receives: tuple[str, ...] | None = None
    detail: str = "full"
