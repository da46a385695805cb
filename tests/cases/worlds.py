"""Random worlds of access, and an oracle that works out from the plan alone who sees what.

The oracle shares no line with the program: it reads the plan, never the database, and knows the rules in its own words.
"""

import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cases.models import Case
from hopecare.kernel import clock
from hopecare.kernel.models import Address, Household, Membership, Organisation, Person, SafeContact, Service
from tests.cases import sharing_kit as kit
from tests.cast import Actor, hire
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

HOUSES = ("east_centre", "north_centre", "hwado_office", "hanbit")
PUBLIC_HOUSES = {"hwado_office"}
TEAMS = ("east_mixed", "north_mixed")
TOWNS = {"east_mixed": "hwado", "north_mixed": "jinjeop"}
ROLES = ("social_worker", "centre_head", "nurse", "finance_counsellor", "partner_worker", "city_official", "accountant")
SURNAMES = "김이박최정"
SERVICES = ("companionship", "home_nursing", "psychotherapy", "credit_recovery", "meals")
#: Of these another organisation may learn that they were given.
HINTED = {"companionship", "home_nursing", "meals"}
#: What somebody severely needs → the section the answer stands in.
NEEDS = {"housing": "", "health": "health", "emotion_culture": "mental_health"}
SECTION = {"home_nursing": "health", "psychotherapy": "mental_health", "credit_recovery": "credit"}


@dataclass
class PlannedUser:
    actor: Actor
    role: str
    house: str
    teams: set[str]
    covered_by: set[int] = field(default_factory=set)


@dataclass
class Housemate:
    """Somebody else of the household, and what was said by that one: yes, no, or nothing at all (None)."""

    person: Person
    adult: bool
    consent: bool | None
    health: bool | None

    def lets_through(self, said: bool | None) -> bool:
        """An adult must have said yes; a child must not have said no (K6, K10)."""
        return said is True if self.adult else said is not False


@dataclass
class PlannedCase:
    case: Case
    name: str
    team: str
    house: str
    lead: int
    sealed: bool
    locked: set[int] = field(default_factory=set)
    granted: set[int] = field(default_factory=set)
    closed: set[int | str] = field(default_factory=set)  # accounts and houses let in from today, without earlier notes
    broken: set[int] = field(default_factory=set)  # whose danger to life still runs
    covers: set[int] = field(default_factory=set)  # who stands in for the lead today
    need: str = ""
    phone: str = ""
    place: str = ""
    shared: set[str] = field(default_factory=set)
    consent: bool = False
    health: bool = False
    public: bool = False
    told_to_partner: bool = False
    records: dict[int, tuple[str, str]] = field(default_factory=dict)  # id → (service, giver)
    other: Housemate | None = None
    others_records: set[int] = field(default_factory=set)  # those of them that the other one was given
    recorded: dict[int, int] = field(default_factory=dict)  # who wrote them down


@dataclass
class Row:
    """A row of one kind about one case; somebody, an organisation and a team that it may name."""

    kind: str
    case: PlannedCase
    user: PlannedUser | None
    house: str
    team: str
    section: str = ""
    private: bool = False
    of_other: bool = False  # about the other one of the household, not about the main person or all of them
    above: "Row | None" = None  # the row that it stands below
    early: bool = False  # a note that somebody wrote last week
    id: int = 0


@dataclass
class World:
    users: list[PlannedUser]
    cases: list[PlannedCase]
    levels: dict[frozenset[str], int]
    may: dict[str, set[str]]
    names: dict[str, str]  # of services and houses, as a file writes them


def build(dice: random.Random, may: dict[str, set[str]]) -> World:
    """People, cases and what binds them, chosen by the dice; the first case and the first users by `_partner`."""
    users = [_partner(), _colleague(), *(_user(dice, number) for number in range(1, dice.randint(3, 5)))]
    leads = [user for user in users[2:] if user.role in {"social_worker", "nurse", "centre_head"}] or users[2:3]
    cases = [_case(dice, number, dice.choice(leads), users) for number in range(dice.randint(2, 4))]
    levels: dict[frozenset[str], int] = {}
    for one in HOUSES:
        for other in HOUSES:
            told = {one, other} == {"hanbit", cases[0].house}
            if one < other and (told or dice.random() < 0.6):
                levels[frozenset({one, other})] = 3 if told else dice.randint(0, 3)
                houses = [Organisation.objects.get(code=code) for code in (one, other)]
                kit.agree(houses[0], houses[1], levels[frozenset({one, other})])
    for case in cases:
        _stand_in(dice, case, users)
    names = dict(Service.objects.values_list("code", "name_ko")) | dict(
        Organisation.objects.values_list("code", "name_ko")
    )
    return World(users, cases, levels, may, names)


def _partner() -> PlannedUser:
    """In every world somebody of another organisation takes part in the first case at level 3, its main person has
    agreed, and another adult has not: what may and may not be read there is the narrowest of all."""
    return PlannedUser(hire("partner_worker0", "partner_worker", "hanbit"), "partner_worker", "hanbit", set())


def _colleague() -> PlannedUser:
    """Of the same organisation, and in every team: where the first case is the city's, the narrowest of a team."""
    user = hire("colleague0", "social_worker", "hanbit", *TEAMS)
    return PlannedUser(user, "social_worker", "hanbit", set(TEAMS))


def _stand_in(dice: random.Random, case: PlannedCase, users: list[PlannedUser]) -> None:
    """Somebody of the same organisation is there for the lead today; it holds for all that this lead answers for."""
    lead = next(user for user in users if user.actor.id == case.lead)
    for user in (user for user in users if user is not lead and user.house == lead.house):
        if dice.random() < 0.4:
            kit.cover(lead.actor.user, user.actor.user, Organisation.objects.get(code=user.house))
            lead.covered_by.add(user.actor.id)
    case.covers = lead.covered_by


def _user(dice: random.Random, number: int) -> PlannedUser:
    role, house = dice.choice(ROLES), dice.choice(HOUSES)
    teams = {team for team in TEAMS if dice.random() < 0.4}
    return PlannedUser(hire(f"{role}{number}", role, house, *sorted(teams)), role, house, teams)


def _case(dice: random.Random, number: int, lead: PlannedUser, users: list[PlannedUser]) -> PlannedCase:
    team, house = dice.choice(TEAMS), dice.choice(("east_centre", "north_centre", "hwado_office"))
    name = dice.choice(SURNAMES) + f"가{'나다라마'[number]}"
    phone, place = f"010-0000-10{number:02d}", f"{'가나다라'[number]}람나무 골목 안집"
    person = make_person(name, make_household(TOWNS[team], directions=place), phone=phone)
    provider = Organisation.objects.get(code=house)
    case = make_case(lead.actor, person, town=TOWNS[team], provider=provider)
    planned = PlannedCase(case, name, team, house, lead.actor.id, dice.random() < 0.2, phone=phone, place=place)
    planned.told_to_partner = not number
    planned.public = dice.random() < (0.3 if number else 0.6)
    planned.other = _housemate(dice, case, number, lead)
    keys = [case.team_id, -provider.pk, 1_000_000_000 + case.pk]
    _rekey(case, keys)
    for service in dice.sample(SERVICES, dice.randint(1, 4)):
        giver, of_other = dice.choice((house, "hanbit", "east_centre")), dice.random() < 0.4
        whose = {"person_id": planned.other.person.pk} if of_other else {}
        row = kit.record(case, service, giver=giver, recorded_by_id=dice.choice(users).actor.id, **whose)
        planned.recorded[row.pk] = row.recorded_by_id or 0
        planned.records[row.pk] = (service, giver)
        planned.others_records |= {row.pk} if of_other else set()
    for purpose in ("case_management", "health"):
        given = dice.random() < 0.6 or not number
        kit.ground(case, lead.actor.user, purpose, given=given)
        setattr(planned, "consent" if purpose == "case_management" else "health", given)
    planned.need = dice.choice(sorted(NEEDS))
    kit.need(case, planned.need, NEEDS[planned.need], lead.actor.user)
    _bind(dice, planned, users)
    if planned.public:
        with as_owner():
            Case.objects.filter(pk=case.pk).update(kind="public")
    if planned.sealed:
        with as_owner():
            Person.objects.filter(pk=person.pk).update(sealed=True, scope_keys=[-(1_000_000_000 + lead.actor.id)])
    return planned


def _housemate(dice: random.Random, case: Case, number: int, lead: PlannedUser) -> Housemate:
    """Moved out as often as not: what was written about somebody stays theirs."""
    born = date(1960, 1, 1) if dice.random() < 0.7 or not number else date(2011, 1, 1)
    person = make_person(f"독고{'나다라마'[number]}", case.household, birth_date=born, phone="")
    said: list[bool | None] = []
    for purpose in ("case_management", "health"):
        said.append(dice.choice((True, False, None) if number else (False, None)))
        if said[-1] is not None:
            kit.ground(case, lead.actor.user, purpose, given=said[-1], person=person)
    if dice.random() < 0.5:
        with as_owner():
            Membership.objects.filter(person=person).update(ends_on=clock.today())
    return Housemate(person, born.year < 2000, *said)


def _rekey(case: Case, keys: list[int]) -> None:
    with as_owner():
        Person.objects.filter(memberships__household=case.household_id).update(scope_keys=keys)
        Household.objects.filter(pk=case.household_id).update(scope_keys=keys)
        Address.objects.filter(household_id=case.household_id).update(scope_keys=keys)
        Membership.objects.filter(household_id=case.household_id).update(scope_keys=keys)
        SafeContact.objects.filter(person_id=case.main_person_id).update(scope_keys=keys)


def _bind(dice: random.Random, planned: PlannedCase, users: list[PlannedUser]) -> None:
    for user in users:
        if user.actor.id != planned.lead and dice.random() < 0.15:
            kit.lock(planned.case, user.actor.user)
            planned.locked.add(user.actor.id)
        if dice.random() < 0.2:
            kit.grant(planned.case, user.actor.user, notes_from=_notes_from(dice, planned, user.actor.id))
            planned.granted.add(user.actor.id)
        if dice.random() < 0.15:
            kit.break_glass(planned.case, user.actor.user)
            planned.broken.add(user.actor.id)
        if dice.random() < 0.3:  # a name on the list of who works on it opens nothing by itself
            kit.belong(planned.case, user.actor.user, Organisation.objects.get(code=user.house))
    for house in HOUSES:
        told = planned.told_to_partner and house == "hanbit"
        if house != planned.house and (told or dice.random() < 0.4):
            day = _notes_from(dice, planned, house)
            kit.share(planned.case, Organisation.objects.get(code=house), users[0].actor.user, notes_from=day)
            planned.shared.add(house)


def _notes_from(dice: random.Random, planned: PlannedCase, who: int | str) -> date | None:
    """As often as not whoever is let in may not read what was noted before today."""
    if dice.random() < 0.5:
        return None
    planned.closed.add(who)
    return clock.today()


# ---- the oracle -----------------------------------------------------------------------------------------------------


def by_exception(user: PlannedUser, case: PlannedCase) -> bool:
    """Let in by name: by a grant, for danger to life, or in place of the lead who is away."""
    return user.actor.id in case.granted | case.broken | case.covers


def answers_for(user: PlannedUser, case: PlannedCase) -> bool:
    """The lead, and whoever stands in: both read what the case needs (credit apart, R39)."""
    return user.actor.id == case.lead or user.actor.id in case.covers


def holds_key(world: World, user: PlannedUser, case: PlannedCase) -> bool:
    """Team, organisation or exception, before locks."""
    may = world.may[user.role]
    if "case.view" not in may:
        return False
    by_house = "case.view_organisation" in may and user.house == case.house
    return case.team in user.teams or by_house or by_exception(user, case)


def shut(user: PlannedUser, case: PlannedCase) -> bool:
    return shut_otherwise(user, case) or (case.sealed and user.actor.id != case.lead)


def shut_otherwise(user: PlannedUser, case: PlannedCase) -> bool:
    """A conflict of interest; or a case of the city without consent, towards a private colleague (K6)."""
    works_on_it = case.team in user.teams or user.actor.id in case.granted
    city_only = case.public and not case.consent and user.house not in PUBLIC_HOUSES and user.house != case.house
    city_only = city_only and user.actor.id != case.lead and user.actor.id not in case.broken
    return user.actor.id in case.locked or (city_only and works_on_it)


def apart(user: PlannedUser, case: PlannedCase) -> bool:
    """In a case of the city a colleague of a private organisation hears of each adult by that adult's own word (K6).
    Not the lead, and not for danger to life."""
    works_on_it = case.team in user.teams or user.actor.id in case.granted
    private = user.house not in PUBLIC_HOUSES and user.house != case.house
    answers = user.actor.id == case.lead or user.actor.id in case.broken
    return case.public and works_on_it and private and not answers


def hears_of_other(user: PlannedUser, case: PlannedCase, section: str = "") -> bool:
    """Whether rows about the other one of the household are there for this colleague."""
    if case.other is None or not apart(user, case):
        return True
    told = case.other.lets_through(case.other.consent)
    return told and (section != "health" or case.other.lets_through(case.other.health))


def sees_case(world: World, user: PlannedUser, case: PlannedCase) -> bool:
    return holds_key(world, user, case) and not shut(user, case)


def seen_records(world: World, user: PlannedUser) -> set[int]:
    """Ids of service records: by key or because the own organisation gave it, and by section."""
    may, found = world.may[user.role], set()
    for case in world.cases:
        for record, (service, giver) in case.records.items():
            own = "case.view_organisation" in may and "case.view" in may and giver == user.house
            if shut(user, case) or not (_holds_row_key(world, user, case) or own):
                continue
            section = SECTION.get(service, "")
            spared = giver == user.house or user.actor.id == case.recorded[record]
            if record in case.others_records and not (spared or hears_of_other(user, case, section)):
                continue
            led = answers_for(user, case) and "case.view" in may and section != "credit"
            if not section or f"section.{section}" in may or led:
                found.add(record)
    return found


def lines_of(world: World, user: PlannedUser) -> list[tuple[str, ...]]:
    """The file of services, line by line: no number where the case itself is out of sight."""
    if "case.export" not in world.may[user.role]:
        return []
    seen, day = seen_records(world, user), f"{clock.today()}"
    lines = []
    for case in world.cases:
        number = case.case.number if sees_case(world, user, case) else ""
        for record, (service, giver) in case.records.items():
            if record in seen:
                lines.append((number, day, "", world.names[service], world.names[giver], "0"))
    return sorted(lines)


def _holds_row_key(world: World, user: PlannedUser, case: PlannedCase) -> bool:
    """A record's organisation is its giver's, so only team and exception reach it through the case."""
    return "case.view" in world.may[user.role] and (case.team in user.teams or by_exception(user, case))


def sees_person(world: World, user: PlannedUser, case: PlannedCase) -> bool:
    """A sealed person is there for the lead alone, by a key of their own."""
    if "section.identity" not in world.may[user.role]:
        return False
    return user.actor.id == case.lead if case.sealed else sees_case(world, user, case)


def people_beside(world: World, user: PlannedUser) -> set[int]:
    """The others of a household are there for whoever works on the case, never by an agreement; in a case of the city,
    to a private colleague, by their own word alone."""
    if "section.identity" not in world.may[user.role]:
        return set()
    cases = (case for case in world.cases if case.other and hears_of_other(user, case))
    return {case.other.person.pk for case in cases if case.other and sees_case(world, user, case)}


def shared_level(world: World, user: PlannedUser, case: PlannedCase) -> int | None:
    """The level an organisation that takes part has; None when it takes no part."""
    if "case.view" not in world.may[user.role] or user.house not in case.shared or case.sealed:
        return None
    if shut_otherwise(user, case):
        return None
    return world.levels.get(frozenset({user.house, case.house}), 0) if case.consent else 0


def told_of(case: PlannedCase, *, about_other: bool, section: str) -> bool:
    """Whether the words of the people let a row out to another organisation: an adult's own, a child's too (K6, K7)."""
    ours, health = case.consent, case.health
    if about_other and case.other is not None:
        ours = ours and case.other.lets_through(case.other.consent)
        health = health and case.other.lets_through(case.other.health)
    return ours and (not section or (section == "health" and health))


def shared_dates(world: World, user: PlannedUser, case: PlannedCase) -> int:
    """How many services another organisation reads category and day of; a hint must be allowed for that service."""
    if not shared_level(world, user, case):
        return 0
    return sum(
        service in HINTED
        and told_of(case, about_other=record in case.others_records, section=SECTION.get(service, ""))
        and (SECTION.get(service, "") != "health" or "section.health" in world.may[user.role])
        for record, (service, _giver) in case.records.items()
    )


def expectations(world: World, user: PlannedUser) -> dict[str, Any]:
    """Everything the comparison looks at, for one user."""
    met = [case for case in world.cases if sees_person(world, user, case)]
    pages = [case for case in met if sees_case(world, user, case)]
    return {
        "cases": {case.case.pk for case in world.cases if sees_case(world, user, case)},
        "people": {case.case.main_person_id for case in met} | people_beside(world, user),
        "pages": {case.case.pk for case in pages},
        "records": seen_records(world, user),
        "names": {case.name for case in pages if not case.sealed},
        "lines": lines_of(world, user),
        "dates": {case.case.pk: shared_dates(world, user, case) for case in world.cases},
        "shared": {
            case.case.number: level for case in world.cases if (level := shared_level(world, user, case)) is not None
        },
    }
