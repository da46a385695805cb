"""A week in which volunteers are wanted, waiting for its plan, and the weeks before with who went where (COPY)."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from psycopg.types.range import TimestamptzRange

from cases.models import Action
from hopecare.demo.caseload import Caseload
from hopecare.demo.copying import copy, next_id
from hopecare.demo.households import House
from hopecare.demo.volunteers import AFTERNOON, SHIFTS, SKILLS, THURSDAY
from hopecare.demo.world import World
from hopecare.kernel import clock
from hopecare.kernel.crypto import encrypt
from hopecare.kernel.models import Service
from volunteers import access
from volunteers.models import Offer, Request, Skill
from volunteers.rules import safety

DAYS_AHEAD, WEEKS_BACK, KNOWN = 9, 6, 4_000
KEYS = ("case_id", "team_id", "provider_id")
ACTION = (
    "id", *KEYS, "category_id", "service_id", "title", "owner_kind", "owner_organisation_id", "due_on", "at", "minutes",
    "weekly", "quarter", "stairs", "state", "done_on", "helper_name", "updated_at",
)  # fmt: skip
REQUEST = (
    "id", *KEYS, "action_id", "service_id", "town_id", "lat", "lon", "during", "quarter", "stairs", "risk",
    "with_minor", "urgent", "gender", "languages", "licences", "car", "critical", "backup_name", "backup_phone",
    "seats", "filled", "waves", "state", "ending", "contact_name", "contact_phone",
    "lead_id", "opened_by_id", "opened_at", "updated_at",
)  # fmt: skip
OFFER = (
    *KEYS, "uuid", "request_id", "volunteer_id", "phone_hash", "letter", "during", "wave", "cost", "reasons", "state",
    "ending", "token", "token_hash", "token_until", "asked_at", "answered_at", "answered_via", "no_answers", "reserve",
    "done_at", "nobody_home", "confirmed_minutes", "confirmed_by_id", "confirmed_at",
)  # fmt: skip
PHONE = "031-000-0001"


def seed_week(world: World, load: Caseload) -> int:
    """One visit ahead and one behind for every house in delivery; returns how many seats wait for the plan."""
    services = {service.code: service for service in Service.objects.filter(code__in=SKILLS)}
    houses = [house for house in load.houses if load.stages[house.case_id] == "delivery"]
    visits = [_visit(world, house, services, ahead=ahead) for house in houses for ahead in (True, False)]
    first_action, first_request = next_id(Action), next_id(Request)
    numbered = [(first_action + n, first_request + n, visit) for n, visit in enumerate(visits)]
    copy(Action, ACTION, (_action(load, number, visit) for number, _, visit in numbered))
    copy(Request, REQUEST, (_request(world, load, *entry) for entry in numbered))
    copy(Offer, OFFER, _offers(world, load, numbered))
    return len(houses)


def _visit(world: World, house: House, services: dict[str, Service], *, ahead: bool) -> dict[str, Any]:
    dice = world.dice
    while True:
        service = services[dice.choice(SKILLS)]
        days = dice.randrange(1, DAYS_AHEAD) if ahead else -dice.randrange(7, 7 * WEEKS_BACK)
        day = world.today + timedelta(days=days)
        starts, ends = dice.choices(SHIFTS, [45, 45, 10])[0]
        # that hour belongs to Moon and Bo in the walk through the demo
        if not (service.code == "companionship" and day.weekday() == THURSDAY and (starts, ends) == AFTERNOON):
            break
    minutes = dice.choice([60, 60, 120])
    latest = (ends.hour - starts.hour) - minutes // 60
    at = clock.at(day, time(starts.hour + dice.randrange(latest + 1)))
    return {"house": house, "service": service, "day": day, "at": at, "minutes": minutes, "ahead": ahead}


def _during(visit: dict[str, Any]) -> TimestamptzRange:
    at: datetime = visit["at"]
    return TimestamptzRange(at, at + timedelta(minutes=visit["minutes"]), "[)")


def _keys(house: House) -> tuple[int, int, int]:
    return house.case_id, house.post.team_id, house.post.centre_id


def _action(load: Caseload, number: int, visit: dict[str, Any]) -> tuple[Any, ...]:
    house, service, day = visit["house"], visit["service"], visit["day"]
    state, done = ("offered", None) if visit["ahead"] else ("done", day)
    return (
        number, *_keys(house), service.category_id, service.pk, service.name_ko, "volunteer", house.post.centre_id,
        day, visit["at"], visit["minutes"], False, "", house.id % 3 == 0, state, done, "", visit["at"],
    )  # fmt: skip


def _request(world: World, load: Caseload, action: int, number: int, visit: dict[str, Any]) -> tuple[Any, ...]:
    house, service, lead = visit["house"], visit["service"], load.leads[visit["house"].case_id]
    dice, ahead = world.dice, visit["ahead"]
    critical = ahead and service.code == "meals" and dice.random() < 0.3
    opened = world.moment(min(visit["day"], world.today) - timedelta(days=dice.randrange(2, 6)))
    return (
        number, *_keys(house), action, service.pk, house.town_id, house.lat, house.lon, _during(visit), "",
        house.id % 3 == 0, service.volunteer_risk or 0, False, ahead and dice.random() < 0.08, "", [],
        list(safety.wanted(service.code).licences), False, critical, "도시락 업체" if critical else "",
        PHONE if critical else "", 1, 0 if ahead else 1, 0 if ahead else 1, "planned" if ahead else "closed", "",
        lead.name, PHONE, lead.pk, lead.pk, opened, opened,
    )  # fmt: skip


def _offers(world: World, load: Caseload, numbered: list[tuple[int, int, dict[str, Any]]]) -> Iterator[tuple[Any, ...]]:
    """Who went, with hours confirmed by the lead; a fifth of the visits behind found nobody."""
    able: dict[int, list[tuple[int, str]]] = {}
    rows = Skill.objects.filter(volunteer__state="active", volunteer__user=None).order_by("pk")
    for service_id, volunteer_id, phone_hash in rows.values_list("service_id", "volunteer_id", "volunteer__phone_hash")[
        : KNOWN * len(SKILLS)
    ]:
        able.setdefault(service_id, []).append((volunteer_id, phone_hash))
    for _, request, visit in numbered:
        people = able.get(visit["service"].pk, [])
        if visit["ahead"] or not people or world.dice.random() < 0.2:
            continue
        volunteer, phone_hash = world.pick(people[:KNOWN])
        lead, at = load.leads[visit["house"].case_id], visit["at"]
        token = access.new_token()
        after, asked = at + timedelta(minutes=visit["minutes"]), at - timedelta(days=2)
        yield (
            *_keys(visit["house"]), uuid.UUID(int=world.dice.getrandbits(128), version=4), request, volunteer,
            phone_hash, "", _during(visit), 1, world.dice.randrange(20, 60), json.dumps({}), "confirmed", "",
            encrypt(token),
            access.token_hash(token), after + timedelta(days=14), asked, asked + timedelta(hours=1), "word", 0, False,
            after, False, visit["minutes"], lead.pk, after + timedelta(days=1),
        )  # fmt: skip
