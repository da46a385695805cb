"""Weights, risks, ties, advice, conferences, approvals and intakes of open cases, in numbers (COPY)."""

import json
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from cases.models import (
    Approval,
    ApprovalStep,
    Complexity,
    Conference,
    ConferenceSeat,
    Consultation,
    Decision,
    Intake,
    IntakeNumber,
    RiskFlag,
    Tie,
)
from cases.rules.complexity import risk_kinds
from hopecare.demo.caseload import KEYS, Caseload
from hopecare.demo.copying import copy, next_id
from hopecare.demo.households import House
from hopecare.demo.world import World, words
from hopecare.kernel import clock
from hopecare.kernel.models import User

TABLES = (Complexity, RiskFlag, Tie, Consultation, Conference, ConferenceSeat, Decision, Approval, ApprovalStep, Intake)
#: Kind of risk → the share of open cases in which it is noted.
RISKS = {"lonely_death": 0.14, "losing_home": 0.05, "debt": 0.09, "severe_illness": 0.12, "hoarding": 0.02,
         "young_carer": 0.02, "mental_illness": 0.05, "addiction": 0.03, "violence": 0.02}  # fmt: skip
POINTS = {"lonely_death": 3, "losing_home": 4, "debt": 3, "severe_illness": 3, "hoarding": 4, "young_carer": 3,
          "mental_illness": 4, "addiction": 4, "violence": 6}  # fmt: skip
DOORS = ["web", "web", "phone", "phone", "phone", "counter", "counter", "partner", "mobile_unit", "popup", "simulator"]
Row = tuple[Any, ...]


class Assessments:
    """What stands beside the answers, for the cases that are open."""

    def __init__(self, world: World, load: Caseload) -> None:
        self.world, self.load_of = world, load
        self.houses = [house for house in load.houses if house.is_open]
        self.flags = {house.case_id: self._flags(house) for house in self.houses}
        self.heads = dict(
            User.objects.filter(affiliations__role__code="centre_head").values_list(
                "affiliations__organisation_id", "pk"
            )
        )

    def load(self) -> None:
        copy(
            RiskFlag,
            (*KEYS, "person_id", "kind", "section", "words", "raised_at", "by_id", "ended_words"),
            self._risks(),
        )
        copy(Complexity, (*KEYS, "score", "reasons", "at"), self._weights())
        copy(Tie, (*KEYS, "name", "kind", "strength", "note", "since", "by_id"), self._ties())
        copy(
            Consultation,
            (*KEYS, "specialist", "question", "asked_at", "asked_by_id", "due_on", "adviser", "answer", "not_taken",
             "ended_at", "ended_by_id"),
            self._advice(),
        )  # fmt: skip
        self._meetings()
        self._approvals()
        self._intakes()

    def _keys(self, house: House) -> Row:
        return house.case_id, house.post.team_id, house.post.centre_id

    def _lead(self, house: House) -> User:
        lead: User = self.load_of.leads[house.case_id]
        return lead

    def _flags(self, house: House) -> list[str]:
        fitting = {"lonely_death": len(house.people) == 1, "young_carer": bool(house.fitting({"child": [1]}))}
        shares = {kind: share for kind, share in RISKS.items() if fitting.get(kind, True)}
        return [kind for kind, share in shares.items() if self.world.dice.random() < share]

    def _risks(self) -> Iterator[Row]:
        for house in self.houses:
            for kind in self.flags[house.case_id]:
                said = words()["risk_words"][kind]
                moment = self.world.moment(house.opened_on)
                section = risk_kinds()[kind].section
                yield (*self._keys(house), house.people[0].id, kind, section, said, moment, self._lead(house).pk, "")

    def _weights(self) -> Iterator[Row]:
        """One weight a case, out of the number of categories and the risks that were noted."""
        dice = self.world.dice
        for house in self.houses:
            chosen = dice.sample(self.world.categories, dice.randrange(2, 6))
            reasons: list[list[Any]] = [
                [f"need_{category.code}", dice.choice([1, 2, 2, 4, 4, 6])] for category in chosen
            ]
            reasons += [[f"risk_{kind}", POINTS[kind]] for kind in self.flags[house.case_id]]
            reasons.sort(key=lambda reason: -reason[1])
            score = sum(points for _, points in reasons)
            yield (*self._keys(house), score, json.dumps(reasons), self.world.moment(house.opened_on))

    def _ties(self) -> Iterator[Row]:
        for house in self.houses:
            for name, kind in self.world.dice.sample(house.fitting(words()["ties"]), self.world.dice.randrange(0, 4)):
                strength = self.world.pick(["strong", "ordinary", "ordinary", "thin", "strained"])
                yield (*self._keys(house), name, kind, strength, "", house.opened_on, self._lead(house).pk)

    def _advice(self) -> Iterator[Row]:
        for house in self.houses:
            if self.world.dice.random() < 0.06:
                kind, question, adviser, answer = self.world.pick(words()["advice"])
                asked = house.opened_on + timedelta(days=self.world.dice.randrange(1, 9))
                answered = asked < self.world.days_ago(8)
                lead = self._lead(house).pk
                yield (
                    *self._keys(house), kind, question, self.world.moment(min(asked, self.world.today)), lead,
                    asked + timedelta(days=7), adviser if answered else "", answer if answered else "", "",
                    self.world.moment(asked + timedelta(days=5)) if answered else None, lead if answered else None,
                )  # fmt: skip

    def _meetings(self) -> None:
        """Past the conference stage one was held; in it, one is called for the next days."""
        first, seats, decisions = next_id(Conference), [], []

        def rows() -> Iterator[Row]:
            for number, house in enumerate(self._conferring()):
                lead, stage = self._lead(house), self.load_of.stages[house.case_id]
                held = stage != "conference"
                day = house.opened_on + timedelta(days=12) if held else self.world.today + timedelta(days=2)
                at = clock.at(day, time(self.world.pick([10, 14, 15, 16])))
                seats.extend(self._seats(house, first + number, held))
                if held:
                    decided = (*self._keys(house), first + number, self.world.pick(house.fitting(words()["decisions"])))
                    dissent = self.world.pick(words()["dissents"]) if self.world.dice.random() < 0.1 else ["", ""]
                    decisions.append((*decided, dissent[0], dissent[1], at, lead.pk))
                wish = self.world.pick(["comes", "sends_words", "sends_words", "declined"])
                yield (
                    first + number, *self._keys(house), at, self.world.pick(words()["meeting_places"]), "classify",
                    "살펴본 것\n당사자가 바라는 것\n누가 무엇을 언제까지", wish if held else "not_asked",
                    self.world.pick(house.fitting(words()["own_words"])) if held else "",
                    lead.pk, self.world.moment(house.opened_on), at if held else None, "",
                )  # fmt: skip

        columns = ("at", "place", "purpose", "agenda", "client_wish", "client_words", "called_by_id", "called_at")
        copy(Conference, ("id", *KEYS, *columns, "held_at", "summary"), rows())
        copy(ConferenceSeat, (*KEYS, "conference_id", "user_id", "name", "sector", "house", "present"), seats)
        copy(Decision, (*KEYS, "conference_id", "words", "dissent", "dissenters", "at", "by_id"), decisions)

    def _conferring(self) -> Iterator[House]:
        for house in self.houses:
            if self.load_of.stages[house.case_id] in {"conference", "planning", "delivery"}:
                yield house

    def _seats(self, house: House, conference: int, held: bool) -> list[Row]:
        lead, official = self._lead(house), house.post.officials[house.town_id]
        present = True if held else None
        people: list[Row] = [(lead.pk, lead.name, "private", ""), (official.pk, official.name, "public", "")]
        if self.world.dice.random() < 0.3:
            people.append((None, house.people[0].name, "client", ""))
        return [(*self._keys(house), conference, *one, present) for one in people]

    def _approvals(self) -> None:
        """Plans in delivery were approved by the head of the centre; some of those in planning wait."""
        first, steps = next_id(Approval), []

        def rows() -> Iterator[Row]:
            number = 0
            for house in self._conferring():
                lead, head = self._lead(house), self.heads.get(house.post.centre_id)
                stage = self.load_of.stages[house.case_id]
                waits = stage == "planning" and self.world.dice.random() < 0.3
                if head is None or head == lead.pk or not (stage == "delivery" or waits):
                    continue
                asked = self.world.moment(house.opened_on + timedelta(days=18) if not waits else self.world.days_ago(1))
                key = first + number
                number += 1
                done = None if waits else head
                verdict = "" if waits else "approved"
                steps.append((*self._keys(house), key, 1, "head", lead.pk, done, None if waits else asked, verdict, ""))
                state = "open" if waits else "approved"
                yield (key, *self._keys(house), "plan", "", "", False, lead.pk, asked, state)

        columns = ("subject", "words", "reason", "erase", "asked_by_id", "asked_at", "state")
        copy(Approval, ("id", *KEYS, *columns), rows())
        names = ("approval_id", "position", "level", "asked_by_id", "decided_by_id", "decided_at", "verdict", "words")
        copy(ApprovalStep, (*KEYS, *names), steps)

    def _intakes(self) -> None:
        """Every open case came by a door; a few people came today and yesterday and wait."""
        numbers: dict[int, int] = {}
        columns = (
            "number", "door", "state", "received_at", "promised_at", "name", "birth_year_only", "sex", "phone",
            "phone_hash", "town_id", "directions", "caller_name", "caller_phone", "caller_kind", "words", "told",
            "consent_version", "done_at", "done_by_id", "answer",
        )  # fmt: skip
        copy(Intake, (*KEYS, *columns), sorted(self._intake_rows(numbers), key=lambda row: row[6]))
        for year, last in numbers.items():
            IntakeNumber.objects.update_or_create(year=year, defaults={"last": last})

    def _intake_rows(self, numbers: dict[int, int]) -> Iterator[Row]:
        for house in sorted(self.houses, key=lambda one: one.opened_on):
            came = house.opened_on - timedelta(days=self.world.dice.randrange(0, 4))
            door, moment = self.world.pick(DOORS), self.world.moment(came)
            yield (
                *self._keys(house), self._number(numbers, came), door, "case", moment, moment, house.people[0].name,
                False, house.people[0].sex, "", "", house.town_id, "", "", "", "", "", "", "",
                self.world.moment(house.opened_on), self._lead(house).pk, "",
            )  # fmt: skip
        for number in range(max(6, len(self.houses) // 2_000)):
            post = list(self.world.zones.values())[number % len(self.world.zones)]
            moment = self.world.moment(self.world.days_ago(number % 2))
            sex = self.world.pick(["F", "M"])
            yield (
                None, post.team_id, post.centre_id, self._number(numbers, self.world.today),
                self.world.pick(["phone", "counter", "simulator"]), "open", moment, moment + timedelta(days=1),
                self.world.name(sex, 58), False, sex, "", "", self.world.pick(post.towns).pk, "", "", "", "",
                self.world.pick(words()["asked_for"]), "", "", None, None, "",
            )  # fmt: skip

    def _number(self, numbers: dict[int, int], day: date) -> str:
        numbers[day.year] = numbers.get(day.year, 0) + 1
        return f"{day.year}-I-{numbers[day.year]:05d}"
