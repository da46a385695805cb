"""The tax-benefit system of OpenFisca made from our registry and parameter files, and one run over arrays."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit, Instant, Period
from openfisca_core.simulations import Simulation
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from openfisca_core.variables.config import VALUE_TYPES

from eligibility import parameters
from eligibility.engine import formulas
from eligibility.engine.reads import reads, swayed_by
from eligibility.engine.registry import REGISTRY, Array, Layout, Spec, View
from eligibility.facts import MAX_PERSONS

# Money does not fit into OpenFisca's own 32 bits; set before the first Variable exists.
VALUE_TYPES[float]["dtype"] = np.float64
VALUE_TYPES[int]["dtype"] = np.int64
FILLED = formulas.__all__


class System:
    """`run` reckons; `reformed` gives the same rules with other figures."""

    def __init__(self, changed: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        persons = build_entity("person", "persons", "A person", is_person=True)
        homes = build_entity("household", "households", "A household", roles=[{"key": "member", "plural": "members"}])
        self.rules = TaxBenefitSystem([persons, homes])
        self.rules.parameters = _parameters(changed or {})
        entities = {entity.key: entity for entity in self.rules.entities}
        for spec in REGISTRY.values():
            self.rules.add_variable(_variable(spec, entities[spec.entity]))
        _assert_wide(self.rules)
        self._law: dict[date, Any] = {}
        self._swayed: dict[frozenset[str], frozenset[str]] = {}

    def reformed(self, changed: Mapping[str, Mapping[str, Any]]) -> "System":
        """The rules with some figures replaced on every day: {"nbls": {"livelihood": 3500}}."""
        return System(changed)

    def law(self, day: date) -> Any:
        """The figures of a day, as formulas see them."""
        turned = _turning(day)
        if turned not in self._law:
            self._law[turned] = self.rules.get_parameters_at_instant(Instant((turned.year, turned.month, turned.day)))
        return self._law[turned]

    def swayed_by(self, inputs: frozenset[str]) -> frozenset[str]:
        """Every variable that hangs on one of these inputs."""
        if inputs not in self._swayed:
            self._swayed[inputs] = swayed_by(self._reads, inputs)
        return self._swayed[inputs]

    @cached_property
    def _reads(self) -> dict[str, set[str]]:
        return reads(self.law(parameters.BEGIN))

    def run(self, day: date, layout: Layout, inputs: Mapping[str, Array], *, trace: bool = False) -> "Run":
        """`layout.households` households on a day; nothing is reckoned before it is asked for.

        With `trace` OpenFisca itself drives every variable and keeps its own record of who read what; without, the same
        formulas run on the same figures straight away. A test holds the two against each other.
        """
        turned = _turning(day)
        run = Run(layout, dict(inputs), self.law(day))
        if trace:
            period = Period((DateUnit.DAY, Instant((turned.year, turned.month, turned.day)), 1))
            simulation = _simulation(self.rules, layout)
            simulation.trace = True
            run.drive_by(simulation, period, inputs)
        return run


class Run:
    """Values by name; each is reckoned once, when it is first asked for."""

    def __init__(self, layout: Layout, kept: dict[str, Array], law: Any) -> None:
        self.layout, self.law, self.kept = layout, law, kept
        self.simulation: Any = None
        self.view = View(layout, kept, self.reckon)

    def __call__(self, name: str) -> Array:
        return self.view(name)

    def reckon(self, name: str) -> Array:
        """A variable from its formula, an input that was not told as its default."""
        spec = REGISTRY[name]
        if spec.formula is not None:
            return spec.formula(self.view, self.law)
        count = self.layout.persons if spec.entity == "person" else self.layout.households
        return np.full(count, spec.default, dtype=VALUE_TYPES[spec.kind]["dtype"])

    def drive_by(self, simulation: Any, period: Any, inputs: Mapping[str, Array]) -> None:
        """Let OpenFisca reckon from here on."""
        self.simulation = simulation
        simulation.law = self.law
        for name, values in inputs.items():
            simulation.populations[REGISTRY[name].entity].get_holder(name).put_in_cache(values, period)
        simulation.view = self.view
        self.view.ask = lambda name: simulation.populations[REGISTRY[name].entity](name, period)


def _simulation(rules: TaxBenefitSystem, layout: Layout) -> Any:
    populations = rules.instantiate_entities()
    populations["person"].count = layout.persons
    populations["household"].count = layout.households
    populations["household"].members_entity_id = layout.home_of
    return Simulation(rules, populations)


def _variable(spec: Spec, entity: Any) -> type[Variable]:
    attributes: dict[str, Any] = {
        "value_type": spec.kind,
        "entity": entity,
        "definition_period": DateUnit.DAY,
        "default_value": spec.default,
        "label": spec.label or spec.name,
    }
    if spec.formula is not None:
        attributes["formula"] = _formula(spec)
    return type(spec.name, (Variable,), attributes)


def _formula(spec: Spec) -> Any:
    ours = spec.formula
    assert ours is not None

    def formula(population: Any, period: Any, parameters: Any) -> Array:
        simulation = population.simulation
        if not hasattr(simulation, "view"):  # built by another tool of OpenFisca, its Web API for one
            home_of = np.asarray(simulation.populations["household"].members_entity_id)
            layout = Layout(np.flatnonzero(np.diff(home_of, prepend=-1)), home_of, MAX_PERSONS)
            Run(layout, {}, parameters(str(period.start))).drive_by(simulation, period, {})
        return ours(simulation.view, simulation.law)

    return formula


def _parameters(changed: Mapping[str, Mapping[str, Any]]) -> ParameterNode:
    """OpenFisca's parameter tree from our dated files; `changed` replaces figures on every day."""
    tree: dict[str, Any] = {}
    for name in parameters.names():
        for entry in parameters.entries(name):
            figures = {key: value for key, value in entry.items() if key not in parameters.ABOUT}
            _hang(tree.setdefault(name, {}), figures | dict(changed.get(name, {})), entry)
    return ParameterNode("", data=tree)


def _hang(node: dict[str, Any], figures: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
    for key, value in figures.items():
        if isinstance(value, dict):
            _hang(node.setdefault(key, {}), value, entry)
            continue
        about = {"reference": entry["reference"], "confidence": entry["confidence"]}
        kept = value.isoformat() if isinstance(value, date) else value
        values = node.setdefault(key, {"values": {}})["values"]
        values[entry["valid_from"].isoformat()] = {"value": kept, "metadata": about}


@lru_cache(maxsize=512)
def _turning(day: date) -> date:
    """The last day up to `day` on which a figure changed: between two of them every day has the same law."""
    before = [turn for turn in parameters.turning_days() if turn <= day]
    return before[-1] if before else day - timedelta(days=0)


def _assert_wide(rules: TaxBenefitSystem) -> None:
    narrow = [name for name, variable in rules.variables.items() if np.dtype(variable.dtype).itemsize not in {1, 8}]
    if narrow:
        raise RuntimeError(f"money would not be exact in {', '.join(narrow)}")
