"""The one next question: which unknown, once answered, settles most programmes that are still possible."""

from functools import cached_property

import numpy as np

from eligibility import programmes
from eligibility.engine.judge import Judge
from eligibility.engine.registry import Array


class Questions:
    """Inputs that were not told, weighed by what an answer settles."""

    def __init__(self, judge: Judge) -> None:
        self.judge, self.done = judge, judge.done
        self.paths = [entry.path for entry in self.done.frame.unknown]

    def of(self, programme: str) -> list[str]:
        """Inputs that could settle one programme, the strongest first."""
        return self._strongest([self.judge.judged[programme].open_columns])

    def overall(self) -> list[str]:
        """Inputs that could settle something, the strongest first."""
        return self._strongest([judged.open_columns for judged in self.judge.judged.values()])

    def _strongest(self, groups: list[tuple[int, ...]]) -> list[str]:
        wanted = [list(group) for group in groups if group]
        if not wanted or not self.paths:
            return []
        swayed = self.done.swayed
        sways = np.sum([swayed[:, group].any(axis=1) for group in wanted], axis=0)
        scores = np.sum([self._settled(group) for group in wanted], axis=0)
        moving = [place for place in range(len(self.paths)) if sways[place]]
        order = sorted(moving, key=lambda at: (-scores[at], -sways[at], programmes.power(self.paths[at])))
        return [self.paths[place] for place in order]

    def _settled(self, group: list[int]) -> Array:
        """Share of an unknown's answers that settle these criteria: one of them fails, or all are decided."""
        decided, fails, unknown, weight = self._answers
        settled = fails[:, group].any(axis=1) | decided[:, group].all(axis=1)
        return np.bincount(unknown, weights=settled * weight, minlength=len(self.paths))

    @cached_property
    def _answers(self) -> tuple[Array, Array, Array, Array]:
        """One row for each value of each unknown: what it decides, what fails then, whose value it is, its weight."""
        copy_of = {
            (trial.unknown, trial.value, trial.harsh): copy for copy, trial in enumerate(self.done.trials, start=2)
        }
        values = [(at, value) for at, entry in enumerate(self.done.frame.unknown) for value in range(len(entry.values))]
        mild = self.done.met[[copy_of.get((at, value, False), 0) for at, value in values]]
        harsh = self.done.met[[copy_of.get((at, value, True), 1) for at, value in values]]
        unknown = np.asarray([at for at, _ in values])
        words = np.asarray([not entry.is_number for entry in self.done.frame.unknown])
        others = self.done.swayed[words].sum(axis=0) - self.done.swayed[unknown] * words[unknown, None]
        decided = (mild == harsh) & (others == 0)
        weight = 1 / np.asarray([len(self.done.frame.unknown[at].values) for at in unknown])
        return decided, decided & ~mild, unknown, weight
