"""Cases with their needs, plans, actions, timeline and services, in numbers (COPY)."""

import json
import random
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

from cases.models import (
    Action,
    AftercareCheck,
    Benefit,
    Case,
    CaseMember,
    CaseNumber,
    LeadPeriod,
    Means,
    NeedAnswer,
    Plan,
    TimelineEntry,
    Voice,
)
from eligibility.selectors import median_income
from hopecare.demo import benefits
from hopecare.demo.copying import copy, next_id
from hopecare.demo.households import House
from hopecare.demo.world import World, words
from hopecare.kernel import clock

TABLES = (Case, LeadPeriod, CaseMember, Means, Benefit, NeedAnswer, Voice, Plan, Action, TimelineEntry, AftercareCheck)
REASONS = ["improved", "improved", "improved", "self_reliant", "statutory", "moved", "wish", "died"]
#: Monthly income in percent of the median, from and to, by coverage class.
INCOMES = {"basic_recipient": (0, 34), "near_poverty": (24, 56), "low_income": (45, 82)}
Row = tuple[Any, ...]


class Caseload:
    """Everything of the cases that the households already know they have."""

    def __init__(self, world: World, houses: list[House]) -> None:
        self.world, self.houses = world, houses
        self.leads = {house.case_id: world.pick(house.post.workers) for house in houses}
        self.stages = {house.case_id: self._stage(house) for house in houses}
        self.closed_on = {
            house.case_id: min(house.opened_on + timedelta(days=world.dice.randrange(60, 500)), world.days_ago(5))
            for house in houses
            if not house.is_open
        }

    def load(self) -> None:
        numbers: dict[int, int] = {}
        copy(Case, CASE, self._cases(numbers))
        for year, last in numbers.items():
            CaseNumber.objects.update_or_create(year=year, defaults={"last": last})
        copy(LeadPeriod, (*KEYS, "user_id", "starts_at", "ends_at"), self._lead_periods())
        copy(CaseMember, (*KEYS, "user_id", "organisation_id", "starts_on", "ends_on"), self._members())
        copy(
            NeedAnswer,
            (*KEYS, "person_id", "category_id", "phase", "answer", "severity", "asked_at", "by_id"),
            self._needs(),
        )
        copy(Voice, (*KEYS, "person_id", "kind", "words", "at", "by_id"), self._voices())
        copy(
            Plan,
            (*KEYS, "goal", "goal_words", "signed_on", "signed_by_person_id", "unsigned_reason", "made_at", "by_id"),
            self._plans(),
        )
        copy(Action, ACTION, self._actions())
        copy(Means, (*KEYS, "monthly_income_won", "household_size", "told_on", "by_id"), self._means())
        copy(Benefit, (*KEYS, *benefits.COLUMNS), self._benefits())
        copy(TimelineEntry, (*KEYS, "at", "kind", "by_id", "by_name", "words", "details"), self._timeline())
        copy(AftercareCheck, (*KEYS, "months", "due_on", "done_on", "words", "done_by_id"), self._aftercare())

    def _keys(self, house: House) -> Row:
        return house.case_id, house.post.team_id, house.post.centre_id

    def _stage(self, house: House) -> str:
        if not house.is_open:
            return "closed"
        age = (self.world.today - house.opened_on).days
        if age < 10:
            return "survey"
        if age < 15:
            return "conference"
        if age < 30 or (age < 36 and self.world.dice.random() < 0.4):
            return "planning"
        return "delivery"

    def _cases(self, numbers: dict[int, int]) -> Iterator[Row]:
        world = self.world
        for house in sorted(self.houses, key=lambda one: one.opened_on):
            year = house.opened_on.year
            numbers[year] = numbers.get(year, 0) + 1
            opened, closed = house.opened_on, self.closed_on.get(house.case_id)
            touched = closed or max(opened, world.days_ago(world.dice.randrange(0, 40)))
            reason = world.pick(REASONS) if closed else ""
            yield (
                house.case_id,
                house.post.team_id,
                house.post.centre_id,
                f"{year}-{numbers[year]:06d}",
                world.pick(["joint", "joint", "centre"]),
                world.pick(["full", "full", "linkage"]),
                self.stages[house.case_id],
                house.id,
                house.people[0].id,
                house.town_id,
                self.leads[house.case_id].pk,
                world.moment(opened),
                opened + timedelta(days=10),
                opened + timedelta(days=15),
                opened + timedelta(days=30),
                max(opened, world.days_ago(world.dice.randrange(1, 60))),
                self.stages[house.case_id] in {"delivery", "closed"},
                world.moment(max(opened, world.days_ago(world.dice.randrange(1, 50)))),
                world.moment(touched),
                world.moment(closed) if closed else None,
                reason,
                world.pick(words()["close_words"][reason]) if closed else "",
            )

    def _lead_periods(self) -> Iterator[Row]:
        for house in self.houses:
            closed = self.closed_on.get(house.case_id)
            ends = self.world.moment(closed + timedelta(days=1)) if closed else None
            yield (*self._keys(house), self.leads[house.case_id].pk, self.world.moment(house.opened_on), ends)

    def _means(self) -> Iterator[Row]:
        """The income told in nine of ten open cases, by the household's class, in percent of the median."""
        medians = [median_income(size, self.world.today).won for size in range(1, 12)]
        for house in self.houses:
            dice = random.Random(house.id)  # a stream of its own: the rest of the city stays as it is
            if not house.is_open or dice.random() < 0.1:
                continue
            size = max(1, sum(1 for body in house.people if body.lives_here))
            low, high = INCOMES.get(house.coverage, (40, 110))
            won = medians[min(size, len(medians)) - 1] * dice.randrange(low * 10, high * 10) // 1_000
            yield (*self._keys(house), won // 1_000 * 1_000, size, house.opened_on, self.leads[house.case_id].pk)

    def _benefits(self) -> Iterator[Row]:
        told = clock.at(self.world.days_ago(1), time(9))
        for house, row in benefits.rows(self.houses, self.world.today):
            yield (*self._keys(house), *row, told)

    def _members(self) -> Iterator[Row]:
        for house in self.houses:
            official = house.post.officials[house.town_id]
            office = house.office_id
            ends = self.closed_on.get(house.case_id)
            yield (*self._keys(house), self.leads[house.case_id].pk, house.post.centre_id, house.opened_on, ends)
            yield (*self._keys(house), official.pk, office, house.opened_on, ends)

    def _needs(self) -> Iterator[Row]:
        dice = self.world.dice
        for house in self.houses:
            lead, closed = self.leads[house.case_id].pk, self.closed_on.get(house.case_id)
            asked = self.world.moment(house.opened_on)
            categories = self.world.categories if house.is_open else dice.sample(self.world.categories, 4)
            for category in categories:
                draw = dice.random()
                if house.is_open and draw < 0.12:
                    continue
                severity = None if draw < 0.4 else min(4, max(0, round(dice.gauss(2.2, 1.1))))
                answer = "severity" if severity is not None else "private" if draw < 0.17 else "nothing"
                yield (*self._keys(house), house.people[0].id, category.pk, "open", answer, severity, asked, lead)
                if closed and severity is not None:
                    later = max(0, severity - dice.randrange(0, 3))
                    moment = self.world.moment(closed)
                    yield (
                        *self._keys(house),
                        house.people[0].id,
                        category.pk,
                        "close",
                        "severity",
                        later,
                        moment,
                        lead,
                    )

    def _voices(self) -> Iterator[Row]:
        for house in self.houses:
            if house.is_open:
                lead, at, person = self.leads[house.case_id].pk, self.world.moment(house.opened_on), house.people[0].id
                yield (
                    *self._keys(house),
                    person,
                    "own_words",
                    self.world.pick(house.fitting(words()["own_words"])),
                    at,
                    lead,
                )
                if self.world.dice.random() < 0.4:
                    yield (*self._keys(house), person, "offer", self.world.pick(words()["offers"]), at, lead)

    def _plans(self) -> Iterator[Row]:
        for house in self.houses:
            if self.stages[house.case_id] in {"planning", "delivery"}:
                signed = self.stages[house.case_id] == "delivery"
                on = house.opened_on + timedelta(days=20)
                yield (
                    *self._keys(house),
                    self.world.pick(["stabilise", "prevent_worsening", "self_reliance"]),
                    "",
                    min(on, self.world.today) if signed else None,
                    house.people[0].id if signed else None,
                    "" if signed else "not_yet",
                    self.world.moment(house.opened_on),
                    self.leads[house.case_id].pk,
                )

    def _actions(self) -> Iterator[Row]:
        world = self.world
        for house in self.houses:
            if self.stages[house.case_id] not in {"planning", "delivery"}:
                continue
            for category in world.dice.sample(world.categories, world.dice.randrange(1, 4)):
                mine = world.dice.random() < 0.6
                owner = self.leads[house.case_id] if mine else house.post.officials[house.town_id]
                office = house.office_id
                due = world.today + timedelta(days=world.dice.randrange(-6, 45))
                done = world.dice.random() < (0.75 if due < world.today else 0.15)
                yield (
                    *self._keys(house),
                    category.pk,
                    world.pick(house.fitting(words()["actions"][category.code])),
                    "staff",
                    owner.pk,
                    house.post.centre_id if mine else office,
                    due,
                    False,
                    "",
                    False,
                    "done" if done else world.pick(["open", "doing"]),
                    min(due, world.today) if done else None,
                    "",
                    world.moment(world.days_ago(1)),
                )

    def _timeline(self) -> Iterator[Row]:
        world = self.world
        for house in self.houses:
            lead = self.leads[house.case_id]
            yield (*self._keys(house), world.moment(house.opened_on), "opened", lead.pk, lead.name, "", json.dumps({}))
            for _ in range(world.dice.randrange(1, 5) if house.is_open else 1):
                last = self.closed_on.get(house.case_id, world.today)
                day = house.opened_on + timedelta(days=world.dice.randrange(max(1, (last - house.opened_on).days)))
                yield (
                    *self._keys(house),
                    world.moment(day),
                    "note",
                    lead.pk,
                    lead.name,
                    world.pick(house.fitting(words()["notes"])),
                    json.dumps({}),
                )
            if not house.is_open:
                closed = self.closed_on[house.case_id]
                yield (*self._keys(house), world.moment(closed), "closed", lead.pk, lead.name, "", json.dumps({}))

    def _aftercare(self) -> Iterator[Row]:
        for house in self.houses:
            closed = self.closed_on.get(house.case_id)
            if closed and (self.world.today - closed).days < 500:
                for months in (3, 6, 12):
                    due = closed + timedelta(days=months * 30)
                    done = due < self.world.today and self.world.dice.random() < 0.93
                    lead = self.leads[house.case_id].pk if done else None
                    yield (*self._keys(house), months, due, due if done else None, "", lead)


KEYS = ("case_id", "team_id", "provider_id")
CASE = (
    "id",
    "team_id",
    "provider_id",
    "number",
    "kind",
    "track",
    "stage",
    "household_id",
    "main_person_id",
    "town_id",
    "lead_id",
    "opened_at",
    "survey_due",
    "conference_due",
    "plan_due",
    "stage_since",
    "signed_off",
    "last_contact_at",
    "updated_at",
    "closed_at",
    "close_reason",
    "close_words",
)
ACTION = (
    *KEYS,
    "category_id",
    "title",
    "owner_kind",
    "owner_id",
    "owner_organisation_id",
    "due_on",
    "weekly",
    "quarter",
    "stairs",
    "state",
    "done_on",
    "helper_name",
    "updated_at",
)


def first_case_id() -> int:
    return next_id(Case)
