"""The rules as formulas; importing this package fills the registry."""

from eligibility.engine.formulas import (
    births,
    city,
    criteria,
    emergency,
    livelihood,
    means,
    pensions,
    people,
    single_parent,
    taxes,
    young,
)

__all__ = [
    "births",
    "city",
    "criteria",
    "emergency",
    "livelihood",
    "means",
    "pensions",
    "people",
    "single_parent",
    "taxes",
    "young",
]
