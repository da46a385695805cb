"""What each likeness weighs: Fellegi–Sunter, estimated and kept as data. No clock, no database (D6, D17).

Of every level m says how often two records of one person show it, u how often those of two people do. log2(m / u) is
its weight, what cannot be compared weighs nothing, and together with the prior they are the chance that both are one.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

OURS = Path(__file__).resolve().parent.parent / "data" / "likeness.yaml"
#: What is compared → how it can stand, from alike to unlike. `year`: of one of the two only the year is known.
#: Not the sex: a given name tells it already, and where it differs nothing is linked anyway (linking).
FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "name_turned", "name_near", "name_other"),
    "birth": ("birth", "birth_turned", "birth_near", "birth_year", "birth_other"),
    "year": ("year", "year_other"),
    "phone": ("phone", "phone_other"),
    "town": ("town", "town_other"),
}
#: What is weighed against each other: a glance at a line of a page, a look at a doubtful row, somebody who stands
#: twice because nobody was asked, two people mixed up.
COSTS = ("glance", "look", "missed", "mixed_up")


@dataclass(frozen=True)
class Weights:
    """`m`, `u`: level → share. `people`: among how many they were sought; `known`: the share of rows that are ours."""

    m: Mapping[str, float]
    u: Mapping[str, float]
    people: int
    known: float
    costs: Mapping[str, float]
    told: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def bits(self) -> dict[str, float]:
        return {level: math.log2(self.m[level] / self.u[level]) for levels in FIELDS.values() for level in levels}

    @cached_property
    def prior(self) -> float:
        """The chance that a row means one certain person of ours, before anything was compared."""
        return self.known / self.people

    @property
    def shown(self) -> float:
        """From this chance on a line that says "perhaps" costs less than standing twice."""
        return self.costs["glance"] / self.costs["missed"]

    @property
    def asked(self) -> float:
        """From this chance on a person's look costs less than standing twice."""
        return self.costs["look"] / self.costs["missed"]

    @cached_property
    def sure(self) -> float:
        """From this chance on a person's look costs more than the mix-ups it would prevent."""
        return 1 - self.costs["look"] / self.costs["mixed_up"]

    def odds(self, levels: Iterable[str]) -> float:
        """That both are one, against that they are two."""
        bits = self.bits
        return self.prior / (1 - self.prior) * 2.0 ** sum([bits[level] for level in levels])

    def chance(self, levels: Iterable[str]) -> float:
        odds = self.odds(levels)
        return odds / (1 + odds)


def read(path: Path) -> Weights:
    """A file of weights. Raises ValueError with the sentence that says what is wrong with it."""
    text = yaml.safe_load(path.read_text(encoding="utf-8"))
    pairs = {level: pair for levels in text["levels"].values() for level, pair in levels.items()}
    wanted = {level for levels in FIELDS.values() for level in levels}
    if wanted - set(pairs):
        raise ValueError(f"{path}: no figures for {', '.join(sorted(wanted - set(pairs)))}")
    if not all(0 < share <= 1 for level in wanted for share in pairs[level]) or not 0 < text["known"] < 1:
        raise ValueError(f"{path}: every share is more than 0 and at most 1")
    costs = {name: float(text["costs"][name]) for name in COSTS}
    if not 0 < costs["glance"] <= costs["look"] < costs["missed"] <= costs["mixed_up"]:
        raise ValueError(f"{path}: a glance costs least, then a look, then standing twice, then a mix-up")
    m, u = ({level: float(pairs[level][side]) for level in wanted} for side in (0, 1))
    return Weights(m, u, int(text["people"]), float(text["known"]), costs, text["estimated"])


@cache
def _of(path: Path) -> Weights:
    return read(path)


_path = [OURS]


def use(path: Path) -> None:
    """Weigh by the city's own figures from now on. Refuses a file that cannot be right."""
    _of(path)
    _path[0] = path


def current() -> Weights:
    return _of(_path[0])


def as_text(weights: Weights) -> str:
    """The file that `read` reads."""
    lines = [
        "# Made by `manage.py likeness_weights`; what it means stands in docs/adr/0015-weights-of-likeness.md.",
        "# level: [m, u] – how often it shows of one person, and of two.",
        "estimated:",
        *(f"  {name}: {told}" for name, told in weights.told.items()),
        f"people: {weights.people}",
        f"known: {weights.known:.4g}",
        "# Minutes of work: a glance at a line, a look at a doubtful row, somebody standing twice, two mixed up.",
        f"costs: {{{', '.join(f'{name}: {cost:g}' for name, cost in weights.costs.items())}}}",
        "levels:",
    ]
    for name, levels in FIELDS.items():
        lines.append(f"  {name}:")
        lines += [f"    {level}: [{weights.m[level]:.4g}, {weights.u[level]:.4g}]" for level in levels]
    return "\n".join([*lines, ""])
