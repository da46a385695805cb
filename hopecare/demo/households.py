"""Households, people, addresses, coverage and safe contacts, in numbers (COPY)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hopecare.demo.copying import copy, next_id
from hopecare.demo.world import Post, World, words
from hopecare.kernel.access import CASE_KEY
from hopecare.kernel.crypto import encrypt
from hopecare.kernel.models import Address, Coverage, Ground, Household, Membership, Person, SafeContact

TABLES = (Household, Person, Membership, Address, Coverage, SafeContact, Ground)
PERSON = (
    "id",
    "name",
    "birth_date",
    "birth_year_only",
    "sex",
    "language",
    "phone",
    "phone_hash",
    "phone_tail_hash",
    "state",
    "sealed",
    "created_at",
    "scope_keys",
)
CLASSES = {"basic_recipient": 0.133, "near_poverty": 0.583, "low_income": 0.284}  # R86


@dataclass
class Body:
    """One person of a household, before it is a row."""

    id: int
    name: str
    sex: str
    born: date
    relation: str
    lives_here: bool = True


@dataclass
class House:
    """One household and the case about it, before they are rows."""

    id: int
    case_id: int
    zone: str
    post: Post
    town_id: int
    lat: float
    lon: float
    people: list[Body] = field(default_factory=list)
    opened_on: date = date(2020, 1, 1)
    is_open: bool = True
    coverage: str = ""

    @property
    def office_id(self) -> int:
        """The organisation of the town office."""
        return next(town.office_id for town in self.post.towns if town.pk == self.town_id)

    @property
    def keys(self) -> list[int]:
        return sorted([self.post.team_id, -self.post.centre_id, CASE_KEY + self.case_id])

    def age(self, body: Body) -> int:
        """Full years on the day the case was opened."""
        return (self.opened_on - body.born).days * 4 // 1461

    def fitting(self, options: dict[str, list[Any]]) -> list[Any]:
        """Of words that are sorted by whom they fit, those of anybody and those of a household like this one."""
        first, pupils = self.age(self.people[0]), [body for body in self.people[1:] if 7 <= self.age(body) <= 18]
        holds = {
            "any": True,
            "alone": len(self.people) == 1,
            "old": first >= 65,
            "working": 18 <= first < 65,
            "child": any(body.relation == "child" for body in pupils),
            "grandchild": any(body.relation == "grandchild" for body in pupils),
        }
        return [option for whom, fit in options.items() if holds[whom] for option in fit]


def make_houses(world: World, first_case: int) -> list[House]:
    """All households in memory; about 1.9 people each, as many old people alone as the zones have."""
    household, person = next_id(Household), next_id(Person)
    codes = list(world.zones)
    houses = []
    for number in range(world.figures.cases):
        code = codes[number % len(codes)]
        post = world.zones[code]
        town = world.pick(post.towns)
        house = House(
            id=household + number,
            case_id=first_case + number,
            zone=code,
            post=post,
            town_id=town.pk,
            lat=round(town.lat + world.dice.gauss(0, 0.008), 5),
            lon=round(town.lon + world.dice.gauss(0, 0.01), 5),
            is_open=world.dice.random() < world.figures.open_share,
        )
        house.opened_on = world.days_ago(
            world.dice.randrange(2, 400) if house.is_open else world.dice.randrange(90, 3_650)
        )
        house.people = _family(world, person)
        person += len(house.people)
        houses.append(house)
    return houses


def _family(world: World, first_id: int) -> list[Body]:
    draw = world.dice.random()
    if draw < 0.46:
        shape = [(world.dice.randrange(60, 95), "self")]
    elif draw < 0.62:
        age = world.dice.randrange(62, 88)
        shape = [(age, "self"), (age - world.dice.randrange(-4, 6), "spouse")]
    elif draw < 0.78:
        age = world.dice.randrange(27, 50)
        shape = [
            (age, "self"),
            *((world.dice.randrange(1, min(19, age - 18)), "child") for _ in range(world.dice.randrange(1, 4))),
        ]
    elif draw < 0.93:
        age = world.dice.randrange(30, 58)
        shape = [(age, "self"), (age - world.dice.randrange(-3, 5), "spouse")]
        shape += [(world.dice.randrange(0, min(22, age - 20)), "child") for _ in range(world.dice.randrange(1, 4))]
    else:
        age = world.dice.randrange(62, 80)
        shape = [
            (age, "self"),
            *((world.dice.randrange(5, 19), "grandchild") for _ in range(world.dice.randrange(1, 3))),
        ]
    people: list[Body] = []
    for place, (age, relation) in enumerate(shape):
        sex = world.pick(["F", "F", "F", "M", "M"])
        born = world.today - timedelta(days=age * 365 + world.dice.randrange(365) + age // 4)
        name = world.name(sex, age)
        if relation in {"child", "grandchild"} and len(name) == len(people[0].name) == 3:
            name = people[0].name[0] + name[1:]  # brothers and sisters bear one family name
        people.append(Body(first_id + place, name, sex, born, relation))
    return people


def load_houses(world: World, houses: list[House]) -> None:
    """Rows of everything that hangs on a household, in dependency order."""
    made = world.moment(world.days_ago(1))
    copy(Household, ("id", "town_id", "created_at", "scope_keys"), ((h.id, h.town_id, made, h.keys) for h in houses))
    copy(
        Person,
        PERSON,
        _people(world, houses, made),
    )
    copy(
        Membership,
        ("household_id", "person_id", "relation", "lives_here", "starts_on", "scope_keys"),
        ((h.id, p.id, p.relation, p.lives_here, h.opened_on, h.keys) for h in houses for p in h.people),
    )
    copy(
        Address,
        (
            "household_id",
            "line",
            "directions",
            "town_id",
            "lat",
            "lon",
            "rough_lat",
            "rough_lon",
            "starts_on",
            "scope_keys",
        ),
        (
            (
                h.id,
                "",
                world.pick(words()["directions"]),
                h.town_id,
                h.lat,
                h.lon,
                round(h.lat, 2),
                round(h.lon, 2),
                h.opened_on,
                h.keys,
            )
            for h in houses
        ),
    )
    copy(Coverage, ("household_id", "coverage_class", "starts_on", "scope_keys"), _coverages(world, houses))
    copy(
        SafeContact,
        (
            "person_id",
            "phone_ok",
            "sms_ok",
            "letter_ok",
            "from_hour",
            "to_hour",
            "number",
            "neutral_sender",
            "note",
            "scope_keys",
        ),
        _contacts(world, houses),
    )


def load_grounds(world: World, houses: list[House], by: int) -> None:
    """Consents of open cases: two years from opening, donors asked and mostly declined."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for house in houses:
            if house.is_open:
                for purpose, likely in (
                    ("case_management", 1.0),
                    ("health", 0.9),
                    ("volunteers", 0.8),
                    ("donors", 0.25),
                ):
                    yield (
                        house.people[0].id,
                        purpose,
                        "consent",
                        world.dice.random() < likely,
                        "2026-1",
                        "",
                        house.opened_on,
                        house.opened_on + timedelta(days=730),
                        by,
                        world.moment(house.opened_on),
                        house.keys,
                    )

    columns = ("person_id", "purpose", "kind", "given", "form_version", "article", "starts_on", "ends_on")
    copy(Ground, (*columns, "recorded_by_id", "recorded_at", "scope_keys"), rows())


def _people(world: World, houses: list[House], made: Any) -> Iterator[tuple[Any, ...]]:
    for house in houses:
        for person in house.people:
            number, digest, tail = world.telephone() if person.relation in {"self", "spouse"} else ("", "", "")
            sealed_number = encrypt(number) if number else ""
            language = "ko" if len(person.name) <= 4 else world.pick(["vi", "en", "zh", "ko"])
            yield (
                person.id,
                person.name,
                person.born,
                False,
                person.sex,
                language,
                sealed_number,
                digest,
                tail,
                "here",
                False,
                made,
                house.keys,
            )


def _coverages(world: World, houses: list[House]) -> Iterator[tuple[Any, ...]]:
    for house in houses:
        house.coverage = code = world.dice.choices(list(CLASSES), list(CLASSES.values()))[0]
        yield (house.id, code, house.opened_on, house.keys)


def _contacts(world: World, houses: list[House]) -> Iterator[tuple[Any, ...]]:
    for house in houses:
        if house.is_open:
            texts = world.dice.random() < 0.5
            start = world.pick([9, 9, 9, 10, 13])
            yield (
                house.people[0].id,
                True,
                texts,
                True,
                start,
                world.pick([12, 18, 18, 20]) if start < 12 else 18,
                "",
                False,
                "",
                house.keys,
            )
