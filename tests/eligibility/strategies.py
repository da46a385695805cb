"""Random households with everything told, many of them near some line; one seed, one household."""

import random
from datetime import date, timedelta
from typing import Any

from eligibility.facts import ENUMS
from tests.eligibility.households import HOME, person

DAY = date(2026, 11, 21)
SUMS = [
    0,
    0,
    0,
    40_001,
    349_700,
    524_551,
    600_000,
    820_556,
    900_000,
    1_172_222,
    1_465_279,
    2_000_000,
    2_470_000,
    3_100_001,
]
WEALTH = [0, 0, 0, 4_999_999, 5_000_001, 20_000_001, 42_000_000, 80_000_000, 85_000_001, 122_000_000, 151_000_001,
          170_000_000, 194_000_000, 239_999_999, 300_000_000, 900_000_000]  # fmt: skip


def random_household(seed: int) -> dict[str, Any]:
    dice = random.Random(seed)
    people = [person("p0", _born(dice, 19, 95), **_told(dice))]
    if dice.random() < 0.45:
        people.append(person("p1", _born(dice, 19, 95), "spouse", **_told(dice)))
    head = date.fromisoformat(people[0]["birth_date"])
    for number in range(dice.choice([0, 0, 1, 1, 2, 3, 6])):
        born = _born(dice, 0, 24)
        if date.fromisoformat(born) > head:
            people.append(person(f"c{number}", born, "child", **_child(dice)))
    if dice.random() < 0.12 and head.year > 1960:
        people.append(person("g", _born(dice, 68, 95), "parent", **_told(dice)))
    return {"as_of": DAY.isoformat(), "town": "hwado", "persons": people, "household": {**HOME, **_home(dice)}}


def _born(dice: random.Random, youngest: int, oldest: int) -> str:
    days = dice.randint(youngest * 365 + 20, oldest * 365)
    day = DAY - timedelta(days=days)
    edges = [date(1961, 12, 31), date(1962, 1, 1), date(1961, 11, 21), date(1961, 11, 22), date(2017, 1, 1)]
    fitting = [edge for edge in edges if youngest * 366 <= (DAY - edge).days <= oldest * 365]
    return (dice.choice(fitting) if fitting and dice.random() < 0.15 else day).isoformat()


def _near(dice: random.Random, values: list[int]) -> int:
    return max(dice.choice(values) + dice.choice([-1, 0, 0, 1, 0, dice.randint(-99_999, 99_999)]), 0)


def _told(dice: random.Random) -> dict[str, Any]:
    names = ["earned", "business", "property", "interest", "transfer", "public_pension"]
    chosen = dice.sample(names, dice.choice([0, 1, 1, 2]))
    told: dict[str, Any] = {f"{name}_income": _near(dice, SUMS) for name in chosen}
    told["disability"] = dice.choice(["none"] * 4 + ["mild", "severe"])
    told["illness"] = dice.choice(["none"] * 4 + ["chronic", "rare_or_severe"])
    told["public_pension_kind"] = dice.choice(["national"] * 5 + ["special"])
    return told


def _child(dice: random.Random) -> dict[str, Any]:
    return {
        "school": dice.choice(ENUMS["school"]),
        "childcare": dice.choice(ENUMS["childcare"]),
        "disability": dice.choice(["none"] * 6 + ["severe"]),
    }


def _home(dice: random.Random) -> dict[str, Any]:
    told: dict[str, Any] = {"tenure": dice.choice(ENUMS["tenure"]), "crisis": dice.choice(["none", "none", "job_loss"])}
    if told["tenure"] == "owned":
        told["home_value"] = _near(dice, WEALTH)
    for name, often in (("deposit", 0.5), ("other_property", 0.2), ("financial_assets", 0.5), ("debt", 0.3)):
        if dice.random() < often:
            told[name] = _near(dice, WEALTH)
    told["monthly_rent"] = _near(dice, [0, 150_000, 200_000, 300_000, 463_000])
    if dice.random() < 0.3:
        told |= {
            "car_value": _near(dice, [0, 300_000, 4_000_000, 40_000_000]),
            "car_cc": dice.choice([1000, 1999, 2000]),
        }
        told |= {"car_use": dice.choice(ENUMS["car_use"]), "car_age_years": dice.choice([2, 9, 10, 15])}
    if dice.random() < 0.3:
        told["supporters"] = [
            {
                "yearly_income": _near(dice, [0, 36_000_000, 43_079_196, 130_000_000]),
                "general_property": _near(dice, [0, 1_200_000_000]),
                "household_size": dice.choice([1, 2, 4]),
                "dependants": dice.choice([1, 2, 3]),
            }
            for _ in range(dice.choice([1, 2]))
        ]
    told["single_parent"] = dice.random() < 0.3
    told["single_parent_kind"] = dice.choice(ENUMS["single_parent_kind"])
    told["parents_household"] = {
        "size": dice.choice([2, 3, 4]),
        "monthly_income": _near(dice, [0, 4_199_292, 5_359_036]),
        "property": _near(dice, [0, 470_000_000]),
    }
    return told
