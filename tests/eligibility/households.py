"""Households to ask about, in the API's shape; every answer given, nothing that was not asked."""

from typing import Any

NOTHING: dict[str, Any] = {
    "earned_income": 0,
    "business_income": 0,
    "property_income": 0,
    "interest_income": 0,
    "transfer_income": 0,
    "public_pension_income": 0,
    "public_pension_kind": "national",
    "disability": "none",
    "illness": "none",
    "school": "none",
    "childcare": "home",
    "pregnant": False,
}
HOME: dict[str, Any] = {
    "tenure": "monthly_rent",
    "deposit": 0,
    "monthly_rent": 300_000,
    "home_value": 0,
    "other_property": 0,
    "financial_assets": 0,
    "debt": 0,
    "car_value": 0,
    "car_cc": 0,
    "car_age_years": 0,
    "car_use": "private",
    "single_parent": False,
    "single_parent_kind": "divorced",
    "crisis": "none",
    "supporters": [],
    "parents_household": {"size": 2, "monthly_income": 0, "property": 0},
}


def person(id: str, birth_date: str, relation: str = "head", **told: Any) -> dict[str, Any]:
    return {"id": id, "birth_date": birth_date, "relation": relation, **NOTHING, **told}


def household(*persons: dict[str, Any], as_of: str = "2026-11-21", **told: Any) -> dict[str, Any]:
    return {"as_of": as_of, "town": "hwado", "persons": list(persons), "household": {**HOME, **told}}


def old_woman(**told: Any) -> dict[str, Any]:
    """Sun-deok: 76, alone, above a shop, rent 300,000 won."""
    return household(person("a", "1950-03-02", sex="F"), **told)


def family(**told: Any) -> dict[str, Any]:
    """Two earners, a pupil, a baby at day care, some savings."""
    home = {"deposit": 50_000_000, "financial_assets": 10_000_000, **told}
    return household(
        person("a", "1985-05-01", earned_income=1_800_000),
        person("b", "1986-01-01", "spouse", earned_income=900_000),
        person("c", "2017-03-01", "child", school="elementary"),
        person("d", "2025-03-01", "child", childcare="daycare"),
        **home,
    )


def nearly_silent() -> dict[str, Any]:
    """Only what must be told."""
    return {"as_of": "2026-11-21", "town": "hwado", "persons": [{"id": "a", "birth_date": "1985"}]}
