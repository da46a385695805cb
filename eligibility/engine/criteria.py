"""Criteria: one Boolean variable each, with what a person must be told about it. Programmes are their conjunctions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from eligibility.engine.registry import FINE, REGISTRY, Array, Spec, View

COMPARE: dict[str, Callable[[Array, Any], Array]] = {
    "<=": lambda value, line: value <= line,
    "<": lambda value, line: value < line,
    ">=": lambda value, line: value >= line,
    ">": lambda value, line: value > line,
    "==": lambda value, line: value == line,
}
Threshold = str | bool | Callable[[Any], int]  # a variable, a flag, or a figure of the law


@dataclass(frozen=True)
class CriterionSpec:
    """`figures`: the parameter files it rests on (none = a statute of `statute`); `means`: its value in fine units."""

    programme: str
    id: str
    entity: str
    value: str
    operator: str
    threshold: Threshold
    unit: str
    figures: tuple[str, ...]
    statute: tuple[str, date]
    means: str = ""

    @property
    def variable(self) -> str:
        return f"{self.programme}__{self.id}"


def figure_of(spec: CriterionSpec, law: Any) -> int:
    """The line of a criterion that is a figure of the law and no variable."""
    if isinstance(spec.threshold, str | bool):
        raise TypeError(f"{spec.variable} is held against a variable")
    return spec.threshold(law)


CRITERIA: dict[str, list[CriterionSpec]] = {}
_NO_STATUTE = ("", date(1900, 1, 1))


def line(
    programme: str,
    id: str,
    value: str,
    threshold: Threshold,
    *figures: str,
    operator: str = "<=",
    unit: str = "KRW/month",
    means: str = "",
    statute: tuple[str, date] = _NO_STATUTE,
) -> None:
    """A number held against a line."""
    _keep(programme, id, value, operator, threshold, unit, figures, statute, means)


def yes(programme: str, id: str, value: str, *figures: str, statute: tuple[str, date] = _NO_STATUTE) -> None:
    """Something that must be so."""
    _keep(programme, id, value, "==", True, "", figures, statute, "")


def _keep(
    programme: str,
    id: str,
    value: str,
    operator: str,
    threshold: Threshold,
    unit: str,
    figures: tuple[str, ...],
    statute: tuple[str, date],
    means: str,
) -> None:
    entity = REGISTRY[value].entity
    spec = CriterionSpec(programme, id, entity, value, operator, threshold, unit, figures, statute, means)
    CRITERIA.setdefault(programme, []).append(spec)

    def formula(of: View, law: Any) -> Array:
        if means and isinstance(threshold, str):
            return COMPARE[operator](of(means), of(threshold) * FINE)
        if isinstance(threshold, bool):
            return of(value) == threshold
        return COMPARE[operator](of(value), of(threshold) if isinstance(threshold, str) else threshold(law))

    REGISTRY[spec.variable] = Spec(spec.variable, entity, bool, formula, False, f"{programme}: {id}")


def conjunctions() -> None:
    """`<programme>_person` and `<programme>`: all criteria met, for one person and for the household."""
    for programme, specs in CRITERIA.items():
        if programme in REGISTRY:
            raise ValueError(f"{programme} is a programme and a variable")
        personal = [spec.variable for spec in specs if spec.entity == "person"]
        shared = [spec.variable for spec in specs if spec.entity == "household"]
        if personal:
            REGISTRY[f"{programme}_person"] = Spec(
                f"{programme}_person", "person", bool, _each_person(personal, shared), False, programme
            )
        formula = _any_person(programme) if personal else _household(shared)
        REGISTRY[programme] = Spec(programme, "household", bool, formula, False, programme)


def _each_person(personal: list[str], shared: list[str]) -> Callable[[View, Any], Array]:
    def formula(of: View, law: Any) -> Array:
        met = of(personal[0])
        for name in personal[1:]:
            met = met & of(name)
        for name in shared:
            met = met & of.home(name)
        return met

    return formula


def _any_person(programme: str) -> Callable[[View, Any], Array]:
    return lambda of, law: of.any_of(of(f"{programme}_person"))


def _household(shared: list[str]) -> Callable[[View, Any], Array]:
    def formula(of: View, law: Any) -> Array:
        met = of(shared[0])
        for name in shared[1:]:
            met = met & of(name)
        return met

    return formula
