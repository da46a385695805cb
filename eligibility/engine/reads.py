"""Which variables read which: formulas have no branches, so one run over anybody tells it for good."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from eligibility.engine.registry import REGISTRY, Array, Layout, View


class _Listener(View):
    """Reckons one household of one and writes down who asked for what."""

    def __init__(self, law: Any) -> None:
        layout = Layout(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))
        super().__init__(layout, {}, self._reckon)
        self.law = law
        self.read: dict[str, set[str]] = {name: set() for name in REGISTRY}
        self.asking: list[str] = []

    def __call__(self, name: str) -> Array:
        if self.asking:
            self.read[self.asking[-1]].add(name)
        return super().__call__(name)

    def _reckon(self, name: str) -> Array:
        spec = REGISTRY[name]
        if spec.formula is None:
            return np.full(1, spec.default, dtype=bool if spec.kind is bool else np.int64)
        self.asking.append(name)
        try:
            return spec.formula(self, self.law)
        finally:
            self.asking.pop()


def reads(law: Any) -> dict[str, set[str]]:
    """Variable → the variables its formula reads."""
    listener = _Listener(law)
    for name in REGISTRY:
        listener(name)
    return listener.read


def swayed_by(read: dict[str, set[str]], inputs: Iterable[str]) -> frozenset[str]:
    """The inputs and every variable that hangs on one of them, at whatever remove."""
    found = set(inputs)
    while more := {name for name, sources in read.items() if name not in found and sources & found}:
        found |= more
    return frozenset(found)
