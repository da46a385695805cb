"""Ten years of service records, in numbers (COPY)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from cases.models import ServiceRecord
from hopecare.demo.caseload import Caseload
from hopecare.demo.copying import copy
from hopecare.demo.households import House
from hopecare.demo.world import World
from hopecare.kernel.models import Service

KINDS = {
    "private": 0.45,
    "public": 0.2,
    "regular_volunteer": 0.2,
    "professional_volunteer": 0.1,
    "occasional_volunteer": 0.05,
}
GIFT_SOURCES = {"living": "gift_living", "medical": "gift_medical", "children_education": "gift_children"}
SERVICE = (
    "case_id",
    "team_id",
    "provider_id",
    "person_id",
    "service_id",
    "category_id",
    "section",
    "provider_kind_id",
    "given_on",
    "until",
    "amount_won",
    "fund_source_id",
    "note",
    "source",
    "recorded_by_id",
    "recorded_at",
)


def load_services(world: World, load: Caseload) -> int:
    """One row a service given; returns how many."""
    return copy(ServiceRecord, SERVICE, (row for house in load.houses for row in _of_house(world, load, house)))


def _of_house(world: World, load: Caseload, house: House) -> Iterator[tuple[Any, ...]]:
    """Regular services repeat with the same provider kind, others stand alone."""
    dice = world.dice
    span = max(1, (load.closed_on.get(house.case_id, world.today) - house.opened_on).days)
    recorded = world.moment(house.opened_on + timedelta(days=span))
    service, kind = _draw(world)
    for _ in range(max(1, round(dice.expovariate(1 / world.figures.services_per_case)))):
        if dice.random() < 0.4:
            service, kind = _draw(world)
        given_on = house.opened_on + timedelta(days=dice.randrange(span))
        yield _row(world, load, house, service, kind, given_on, recorded)


def _draw(world: World) -> tuple[Service, str]:
    return world.dice.choice(world.services), world.dice.choices(list(KINDS), list(KINDS.values()))[0]


def _row(
    world: World, load: Caseload, house: House, service: Service, kind: str, given_on: Any, recorded: datetime
) -> tuple[Any, ...]:
    dice = world.dice
    provider = house.post.centre_id
    if kind == "public":
        provider = house.office_id
    elif dice.random() < 0.15:
        provider = dice.choice(world.partner_ids)
    paid = dice.random() < 0.25
    return (
        house.case_id,
        house.post.team_id,
        provider,
        house.people[0].id,
        service.pk,
        service.category_id,
        service.section,
        world.provider_kinds[kind],
        given_on,
        None,
        dice.randrange(5, 60) * 1_000 if paid else 0,
        world.fund_sources[GIFT_SOURCES.get(service.gift_purpose, "city_budget")] if paid else None,
        "",
        "hand",
        load.leads[house.case_id].pk,
        recorded,
    )
