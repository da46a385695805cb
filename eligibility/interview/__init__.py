"""The simulator's questions: which pages there are, in which order, and what their answers mean as facts.

Plain values throughout: `Told` maps a page to what its form made of it. A page that was skipped is missing, and what is
missing is not known; it is never read as zero.
"""

from collections.abc import Mapping
from typing import Any

Told = Mapping[str, Mapping[str, Any]]

#: Pages in the order of their power. The first ones are always asked, the others only while they can change a verdict.
PAGES = (
    "home",
    "people",
    "children",
    "life",
    "whose",
    "alone",
    "income",
    "housing",
    "rent",
    "savings",
    "car",
    "crisis",
    "receives",
    "family",
    "parents",
)
ALWAYS = ("home", "people", "children", "life", "whose", "alone", "income")
MOST_PEOPLE = 12

#: What each page can settle, as the last part of the paths in a result's unknown inputs.
SETTLES: dict[str, frozenset[str]] = {
    "children": frozenset({"birth_date", "school", "childcare", "birth_order"}),
    "life": frozenset({"disability", "illness", "pregnant", "single_parent", "disability_pension_class"}),
    "alone": frozenset({"single_parent_kind"}),
    "income": frozenset(
        {
            "earned_income",
            "business_income",
            "property_income",
            "transfer_income",
            "public_pension_income",
            "public_pension_kind",
            "last_year",
        }
    ),
    "housing": frozenset({"tenure", "deposit", "monthly_rent", "home_value"}),
    "rent": frozenset({"deposit", "monthly_rent", "home_value"}),
    "savings": frozenset({"financial_assets", "debt", "other_property"}),
    "car": frozenset({"car_value", "car_cc", "car_age_years", "car_use"}),
    "crisis": frozenset({"crisis"}),
    "receives": frozenset({"receives"}),
    "family": frozenset({"supporters"}),
    "parents": frozenset({"parents_household"}),
}
#: First and last full year of an age band; the youngest are asked for the month of birth instead.
BANDS: dict[str, tuple[int, int]] = {
    "0-9": (0, 9),
    "10-12": (10, 12),
    "13-15": (13, 15),
    "16-17": (16, 17),
    "18": (18, 18),
    "19-24": (19, 24),
    "25-29": (25, 29),
    "30-34": (30, 34),
    "35-49": (35, 49),
    "50-59": (50, 59),
    "60-64": (60, 64),
    "65-79": (65, 79),
    "80": (80, 94),
}
MONTH_BAND = "0-9"
SCHOOL_OF = {"10-12": "elementary", "13-15": "middle", "16-17": "high", "18": "high"}
RECEIVABLE = (
    "nbls_livelihood",
    "nbls_medical",
    "nbls_housing",
    "nbls_education",
    "near_poverty_copay",
    "basic_pension",
    "disability_pension",
    "single_parent",
)


def numbers(told: Told) -> range:
    """The people of the household by number, 1 = who answers."""
    return range(1, int(told.get("home", {}).get("size") or 1) + 1)


def band(told: Told, number: int) -> str:
    return str(told.get("people", {}).get(f"band_{number}") or "")


def youngest_age(told: Told, number: int) -> int | None:
    """The least age of somebody's band; None when it was not told."""
    code = band(told, number)
    return BANDS[code][0] if code in BANDS else None


def children(told: Told) -> list[int]:
    """Everybody up to 18."""
    ages = {number: youngest_age(told, number) for number in numbers(told)}
    return [number for number, age in ages.items() if age is not None and age <= 18]


def earners(told: Told) -> list[int]:
    """Everybody of sixteen and more, of whom income is asked."""
    ages = {number: youngest_age(told, number) for number in numbers(told)}
    return [number for number, age in ages.items() if age is None or age >= 16]


def flags(told: Told) -> list[str]:
    """What was said to be the matter with somebody at home, of the kind that belongs to one person."""
    chosen = told.get("life", {}).get("of") or []
    return [code for code in ("severe", "mild", "heavy", "long", "pregnant") if code in chosen]


def has_place(told: Told, page: str) -> bool:
    """Whether a page makes sense after what was told before it, whatever it would settle."""
    if page == "children":
        return bool(children(told))
    if page == "whose":
        return len(numbers(told)) > 1 and bool(flags(told))
    if page == "alone":
        return "single_parent" in (told.get("life", {}).get("of") or [])
    if page == "rent":
        return told.get("housing", {}).get("tenure") in {"owned", "jeonse", "monthly_rent"}
    if page == "parents":
        return any(band(told, number) in {"19-24", "25-29", "30-34"} for number in numbers(told))
    return True


def settles(page: str, unknown: frozenset[str]) -> bool:
    """Whether the page asks for one of the unknown inputs; paths are cut to their names."""
    names = {part for path in unknown for part in path.replace("/", ".").split(".")}
    return bool(SETTLES.get(page, frozenset()) & names)


def page_for(path: str) -> str:
    """The page that asks for an input (`household.monthly_rent` → rent); empty when none does."""
    return next((page for page in ("rent", *PAGES) if settles(page, frozenset({path}))), "")
