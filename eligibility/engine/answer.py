"""A whole answer from facts: verdicts always, reasons and the rest as asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from eligibility import parameters, programmes
from eligibility.engine.changes import changes
from eligibility.engine.completions import Completions
from eligibility.engine.examples import Examples
from eligibility.engine.flips import Flips
from eligibility.engine.frame import frame_of
from eligibility.engine.judge import Judge
from eligibility.engine.lowering import lowering
from eligibility.engine.questions import Questions
from eligibility.engine.system import System
from eligibility.engine.unknowns import head_row
from eligibility.engine.what_if import SMALLEST, Progress, nobody, of_homes, of_known, what_if
from eligibility.facts import Application, Facts, Homes, HouseholdFigures, Question, Result, Simulation, WhatIf

Places = Mapping[str, dict[str, str]]
RECOGNISED = {
    "nbls": "nbls_income",
    "near_poverty_copay": "copay_income",
    "single_parent": "single_parent_income",
    "basic_pension": "basic_pension_income",
    "disability_pension": "disability_pension_income",
}


class Engine:
    """One a process: the built rules and what is asked of them."""

    def __init__(self) -> None:
        self.system = System()
        self.examples = Examples(self.system)

    def what_if(self, homes: Homes, lever: Mapping[str, Any], line: int, on: date, progress: Progress | None) -> WhatIf:
        if lever.get("only") != "known_disability":
            return what_if(self.system, on, of_homes(homes, on), lever, line, progress)
        known, left_out = of_known(homes, on)
        if not known.sizes:
            return nobody(left_out)
        found = what_if(self.system, on, of_homes(known, on), lever, line, progress)
        few = len(known.sizes) < SMALLEST
        return replace(found, households=None if few else found.households, not_known=left_out)

    def answer(self, facts: Facts, *, detail: str, language: str, places: Places) -> Simulation:
        done = Completions(self.system, frame_of(facts))
        return Answer(self.system, facts, done, detail, language, places).whole()


class Answer:
    def __init__(
        self, system: System, facts: Facts, done: Completions, detail: str, language: str, places: Places
    ) -> None:
        self.system, self.facts, self.done = system, facts, done
        self.detail, self.language, self.places = detail, language, places
        self.judge = Judge(done)
        self.questions = Questions(self.judge)
        self.changes = changes(system, facts, self.judge, language) if detail == "full" else {}
        self.lowering = lowering(system, facts, self.judge, language) if detail == "full" else {}
        self.flips = Flips(system, facts, self.judge).by_programme() if detail == "full" else {}

    def whole(self) -> Simulation:
        say = self.language
        return Simulation(
            rules_version=str(parameters.rules()["version"]),
            as_of=self.facts.as_of,
            disclaimer=programmes.sentence("disclaimer", say),
            rights=tuple(programmes.sentence(code, say) for code in ("right_to_apply", "right_to_object")),
            assumptions=tuple(programmes.assumption(code, say) for code in assumed(self.facts)),
            facts=self._figures(),
            results=tuple(self._result(programme) for programme in programmes.entries()),
            next_question=self._question() if self.detail != "verdicts" else None,
        )

    def _figures(self) -> HouseholdFigures:
        eldest = min(range(self.done.frame.persons), key=lambda row: self.facts.persons[row].birth)
        recognised: dict[str, int | None] = {}
        for name, variable in RECOGNISED.items():
            values = self.done.values(variable)
            column = values[:, eldest if values.shape[1] > 1 else 0]
            recognised[name] = int(column[0]) if (column == column[0]).all() else None
        return HouseholdFigures(
            household_size=self.done.frame.persons,
            median_income=int(self.done.values("median")[0, 0]),
            recognised_income=recognised,
        )

    def _result(self, programme: str) -> Result:
        entry, judged, say = programmes.entries()[programme], self.judge.judged[programme], self.language
        amount, parts = self.judge.amounts(programme)
        reasons = self.detail != "verdicts"
        criteria = self.judge.criteria(programme, say) if reasons or judged.verdict == "unlikely" else ()
        near = self.judge.near_miss(programme, criteria)
        open_inputs = tuple(self.questions.of(programme)) if reasons and judged.open_columns else ()
        return Result(
            programme=programme,
            name=programmes.said(entry, "name", say),
            category=entry["category"],
            provider=entry.get("provider", "public"),
            verdict=judged.verdict,
            amount=amount,
            parts=parts,
            criteria=criteria if reasons else (),
            flips=self.flips.get(programme, ()),
            next_question=self._asked(open_inputs[0]) if open_inputs else None,
            application=window(entry, self.facts.as_of),
            documents=tuple(programmes.said(entry, "documents", say)),
            apply_at=programmes.contact(entry, say, dict(self.places)),
            interacts_with=tuple(entry.get("interacts", ())),
            effects=programmes.effects(entry, say),
            lowers=self.lowering.get(programme, ()),
            near_miss=near,
            advice=self._advice(judged.verdict, near, judged.announced),
            changes=self.changes.get(programme, ()),
            announced=judged.announced,
            confirmed=judged.confirmed,
            unknown_inputs=open_inputs,
        )

    def _advice(self, verdict: str, near: bool, fresh: bool) -> str:
        words = programmes.sentence("near_miss" if near else verdict, self.language)
        return words if fresh else f"{words} {programmes.sentence('not_announced', self.language)}"

    def _question(self) -> Question | None:
        inputs = self.questions.overall()
        return self._asked(inputs[0]) if inputs else None

    def _asked(self, path: str) -> Question:
        parts = path.split(".")
        who = ""
        if parts[0] == "persons":
            row = self.done.frame.ids.index(parts[1])
            relation = "head" if row == head_row(self.facts) else self.facts.persons[row].relation or "other"
            who = programmes.who(relation, self.facts.persons[row].birth[0].year, self.language)
        return Question(path, programmes.question_words(path, who, self.language))


def window(entry: Mapping[str, Any], day: date) -> Application | None:
    """When a programme takes applications; None = any day."""
    if "window" not in entry:
        return None
    figures = parameters.on(entry["window"], day)
    first, last = figures["apply_from"], figures["apply_to"]
    return Application(first, last, first <= day <= last)


def assumed(facts: Facts) -> list[str]:
    """Codes of everything taken for granted in this answer."""
    persons, home = facts.persons, facts.household
    told = {
        "head": not any(person.relation == "head" for person in persons),
        "spouses": any(person.relation == "spouse" and person.spouse_of is None for person in persons)
        and persons[head_row(facts)].spouse_of is None,
        "pension_class": any(person.disability_pension_class is None for person in persons),
        "pension_kind": any(person.public_pension_kind is None for person in persons),
        "interest": any(person.interest_income is None for person in persons),
        "last_year": any(
            None in (person.last_year.earned, person.last_year.business, person.last_year.other) for person in persons
        ),
        "luxury": home.luxury_membership is None,
        "farm": home.farm is None,
        "car_rate": home.car_general_rate is None,
        "supporters": bool(home.supporters),
        "birth_order": any(person.birth_order is None for person in persons),
        "receives": facts.receives is None,
        "property_owner": True,
        "entered_only": True,
        "not_asked": True,
    }
    return [code for code, holds in told.items() if holds]
