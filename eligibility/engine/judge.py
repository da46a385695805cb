"""From completions to verdicts: three-valued criteria, whom they are about, amounts, the one next question."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from eligibility import parameters, programmes
from eligibility.engine.completions import Completions, columns_of
from eligibility.engine.criteria import CRITERIA, CriterionSpec
from eligibility.engine.registry import REGISTRY, Array
from eligibility.facts import Amount, Criterion, Part

ORDER = {"unlikely": 0, "possible": 1, "likely": 2}
NEAR = 10  # a tenth of the line is near
RELIEVED = {"nbls_income", "copay_income", "single_parent_income"}
#: Flags about recipients → whom they ask about: programme → variable of what is drawn already.
DRAWN = {
    "nbls_livelihood": "gets_livelihood",
    "nbls_medical": "gets_medical",
    "nbls_housing": "gets_housing",
    "nbls_education": "gets_education",
}
STATUS = {
    "nbls_recipient": tuple(DRAWN),
    "recipient_or_near_poor": tuple(DRAWN),
    "not_medical_recipient": ("nbls_medical",),
}


@dataclass(frozen=True)
class Judged:
    """A programme's verdict; `rows` = the persons it is about (or 0), `unknown` = criteria still open, as columns."""

    programme: str
    verdict: str
    rows: tuple[int, ...]
    announced: bool
    confirmed: bool
    open_columns: tuple[int, ...]


@lru_cache(maxsize=4096)
def announced(names: tuple[str, ...], day: date) -> bool:
    return all(parameters.is_announced(name, day) for name in names)


@lru_cache(maxsize=4096)
def confirmed(names: tuple[str, ...], day: date) -> bool:
    return all(parameters.is_confirmed(name, day) for name in names)


@lru_cache(maxsize=512)
def fresh_columns(persons: int, day: date) -> tuple[bool, ...]:
    """Which criteria rest on figures that are announced for the day."""
    return tuple(announced(spec.figures, day) for spec, _ in columns_of(persons).specs)


@dataclass(frozen=True)
class About:
    """Where a criterion stands in the law of a day."""

    reference: str
    valid_from: date
    confirmed: bool


@lru_cache(maxsize=4096)
def about_criterion(spec: CriterionSpec, day: date) -> About:
    entries = [parameters.on(name, day) for name in spec.figures]
    return About(
        reference=" · ".join(dict.fromkeys(entry["reference"] for entry in entries)) or spec.statute[0],
        valid_from=max((entry["valid_from"] for entry in entries), default=spec.statute[1]),
        confirmed=confirmed(spec.figures, day),
    )


class Judge:
    """`judged` holds every programme that the completions do not merely take over from others."""

    def __init__(self, completions: Completions) -> None:
        self.done = completions
        self.day = completions.frame.day
        self._amounts: dict[str, tuple[Amount | None, tuple[Part, ...]]] = {}
        self.judged = {programme: self._judge(programme) for programme in CRITERIA if self._is_swayed(programme)}

    def _is_swayed(self, programme: str) -> bool:
        swayed = self.done.swayed_here
        pays = (strand["variable"] for strand in programmes.entries()[programme].get("pays", ()))
        return swayed is None or not swayed.isdisjoint((programme, *pays))

    def met(self, spec: CriterionSpec, row: int) -> bool | None:
        """As known; a figure that is not announced yet settles nothing."""
        return self.states[self.done.place[spec.variable, row]]

    @cached_property
    def states(self) -> list[bool | None]:
        fresh = fresh_columns(self.done.frame.persons, self.day)
        return [state if kept else None for state, kept in zip(self.done.known, fresh, strict=True)]

    def _judge(self, programme: str) -> Judged:
        specs, groups = CRITERIA[programme], self.done.columns.groups[programme]
        verdicts = [_verdict([self.states[column] for column in columns]) for columns in groups]
        best = max(verdicts, key=ORDER.__getitem__)
        chosen = tuple(row for row, verdict in enumerate(verdicts) if verdict == best)
        if best == "unlikely" and len(chosen) > 1:
            chosen = (min(chosen, key=lambda row: self._distance(specs, row)),)
        fresh = announced(tuple(programmes.entries()[programme]["figures"]), self.day)
        verdict = "possible" if best == "likely" and not fresh else best
        still_open = {column for row in chosen for column in groups[row] if self.done.known[column] is None}
        seen = confirmed(tuple(programmes.entries()[programme]["figures"]), self.day)
        asked = tuple(sorted(still_open)) if verdict == "possible" else ()
        return Judged(programme, verdict, chosen, fresh, seen, asked)

    def _distance(self, specs: list[CriterionSpec], row: int) -> tuple[int, int]:
        """How far a person is from a programme: criteria not met, then the sum of their gaps."""
        missed = [spec for spec in specs if spec.entity == "person" and self.met(spec, row) is False]
        return len(missed), sum(self._gap(spec, row) or 0 for spec in missed)

    def _gap(self, spec: CriterionSpec, row: int) -> int | None:
        value, line = self.value(spec, row), self.line(spec, row)
        if isinstance(value, bool) or isinstance(line, bool) or value is None or line is None:
            return None
        return abs(line - value)

    def value(self, spec: CriterionSpec, row: int) -> int | bool | None:
        """The number or flag a criterion looks at; None when it is not known."""
        values = self.done.values(spec.value)[:, row]
        return _plain(values[0]) if (values == values[0]).all() else None

    def line(self, spec: CriterionSpec, row: int) -> int | bool | None:
        if isinstance(spec.threshold, bool):
            return spec.threshold
        if not isinstance(spec.threshold, str):
            return int(spec.threshold(self.done.run.law))
        values = self.done.values(spec.threshold)[:, row]
        return _plain(values[0]) if (values == values[0]).all() else None

    def criteria(self, programme: str, language: str) -> tuple[Criterion, ...]:
        """The criteria of a programme with each person it is about, as a person reads them."""
        found = []
        for spec in CRITERIA[programme]:
            rows = self.judged[programme].rows if spec.entity == "person" else (0,)
            found += [self._criterion(spec, row, language) for row in rows]
        return tuple(found)

    def _criterion(self, spec: CriterionSpec, row: int, language: str) -> Criterion:
        met, value, line = self.met(spec, row), self.value(spec, row), self.line(spec, row)
        if met is False and spec.means and value == line and isinstance(value, int):
            value += 1  # over the line by less than half a won: the sentence must still be true
        about = about_criterion(spec, self.day)
        return Criterion(
            id=spec.id,
            person=self.done.frame.ids[row] if spec.entity == "person" else None,
            label=programmes.criterion_label(spec.programme, spec.id, language),
            met=met,
            value=value,
            operator=spec.operator,
            threshold=line,
            gap=None if isinstance(line, bool) or line is None or value is None else abs(line - int(value)),
            unit=spec.unit,
            reference=about.reference,
            valid_from=about.valid_from,
            confirmed=about.confirmed,
            announced=announced(spec.figures, self.day),
            note=self._note(spec, language),
        )

    def _note(self, spec: CriterionSpec, language: str) -> str:
        """Where the law asks who receives: what is drawn already and what this run finds likely."""
        asked = STATUS.get(spec.value, ())
        names = {name: programmes.said(programmes.entries()[name], "name", language) for name in asked}
        drawn = [names[name] for name in asked if self.done.values(DRAWN[name])[0, 0]]
        likely = [names[name] for name in asked if self.judged[name].verdict == "likely" and names[name] not in drawn]
        said = [("drawn", drawn), ("found_likely", likely)]
        return " ".join(programmes.sentence(code, language).format(names=", ".join(n)) for code, n in said if n)

    def amounts(self, programme: str) -> tuple[Amount | None, tuple[Part, ...]]:
        """What it would bring, reckoned once."""
        if programme not in self._amounts:
            self._amounts[programme] = self._reckon(programme)
        return self._amounts[programme]

    def _reckon(self, programme: str) -> tuple[Amount | None, tuple[Part, ...]]:
        """What it would bring where it is granted: None when it is not known or brings nothing in won."""
        pays = programmes.entries()[programme].get("pays", ())
        granted = self.done.values(programme)[:, 0]
        if self.judged[programme].verdict == "unlikely" or not granted.any():
            return None, ()
        parts: list[Part] = []
        for strand in pays:
            values = self.done.values(strand["variable"])
            seen = values[granted] if self._settled_by_words(programme) else values
            if not (seen == seen[0]).all():
                return None, ()
            parts += self._parts(strand, seen[0])
        return _total(parts, pays), tuple(parts)

    def _settled_by_words(self, programme: str) -> bool:
        """No unknown number stands between this programme and its answer, so that granted copies tell the amount."""
        numbers = np.asarray([entry.is_number for entry in self.done.frame.unknown], dtype=bool)
        columns = list(self.judged[programme].open_columns)
        return not columns or not self.done.swayed[numbers][:, columns].any()

    def _parts(self, pays: dict[str, Any], values: Array) -> list[Part]:
        shared = REGISTRY[pays["variable"]].entity == "household"
        ids = (None,) if shared else self.done.frame.ids
        return [
            Part(name, int(won), pays["per"], pays["kind"])
            for name, won in zip(ids, values, strict=True)
            if won or shared
        ]

    def near_miss(self, programme: str, criteria: tuple[Criterion, ...]) -> bool:
        """Unlikely, but every unmet criterion is short of its line by less than a tenth or rests on an unconfirmed
        figure (D12)."""
        unmet = [found for found in criteria if found.met is False]
        relieved = {spec.id for spec in CRITERIA[programme] if spec.value in RELIEVED}
        relief = int(self.done.values("unconfirmed_relief").max())
        return self.judged[programme].verdict == "unlikely" and all(
            _is_near(found) or (found.id in relieved and found.gap is not None and found.gap <= relief)
            for found in unmet
        )


def _verdict(states: list[bool | None]) -> str:
    if False in states:
        return "unlikely"
    return "possible" if None in states else "likely"


def _plain(value: Any) -> int | bool:
    return bool(value) if isinstance(value, np.bool_) else int(value)


def _is_near(found: Criterion) -> bool:
    if not found.confirmed:
        return True
    return found.gap is not None and isinstance(found.threshold, int) and found.gap * NEAR < found.threshold


def _total(parts: list[Part], pays: Any) -> Amount | None:
    """The total of the first kind that brings anything; kinds are never added together."""
    for entry in pays:
        won = sum(part.won for part in parts if (part.kind, part.per) == (entry["kind"], entry["per"]))
        if won:
            return Amount(won, entry["per"], entry["kind"])
    return Amount(0, pays[0]["per"], pays[0]["kind"]) if pays else None
