"""Volunteers of the demo city in numbers, and the two of the cast whom the first morning asks."""

import uuid
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from hopecare.demo.copying import copy, next_id
from hopecare.demo.world import World
from hopecare.kernel import phones
from hopecare.kernel.crypto import encrypt
from hopecare.kernel.models import Service, Town, User
from volunteers.models import Skill, Volunteer, Window

TABLES = (Volunteer, Window, Skill)
THURSDAY, AFTERNOON = 3, (time(13), time(18))
SHIFTS = ((time(9), time(12)), AFTERNOON, (time(18), time(21)))
SKILLS = (
    "companionship",
    "meals",
    "housekeeping",
    "laundry",
    "going_out",
    "culture",
    "dining",
    "education",
    "hair_care",
)
VOLUNTEER = (
    "id",
    "uuid",
    "name",
    "phone",
    "phone_hash",
    "phone_tail_hash",
    "birth_year",
    "language",
    "languages",
    "town_id",
    "lat",
    "lon",
    "radius_km",
    "stairs_ok",
    "car",
    "gender",
    "kind",
    "level",
    "level_until",
    "weekly_cap",
    "state",
    "sms_ok",
    "links",
    "consent_version",
    "consent_at",
    "checked_kind",
    "checked_body",
    "checked_on",
    "signed_up_at",
)
#: Moon lives nearest, Bo a walk away; both are free on Thursday afternoons, so the first no leads to the second yes.
CAST = (("moon", "hwado", 1985, "010-0000-0041", 0.002), ("bo", "hwado", 1959, "010-0000-0067", 0.009))


def seed_volunteers(world: World, cast: dict[str, User]) -> list[dict[str, Any]]:
    """Everybody who helps, but for the two of the cast: {id, row (columns of VOLUNTEER), skills, windows}."""
    _seed_cast(world, cast)
    first = next_id(Volunteer)
    services = list(Service.objects.filter(code__in=SKILLS).order_by("code"))
    people = [_draw(world, first + number, services) for number in range(world.figures.volunteers)]
    copy(Volunteer, VOLUNTEER, (person["row"] for person in people))
    copy(Window, ("volunteer_id", "weekday", "starts", "ends"), _windows(people))
    copy(Skill, ("volunteer_id", "service_id"), ((p["id"], service.pk) for p in people for service in p["skills"]))
    return people


def _draw(world: World, row_id: int, services: list[Service]) -> dict[str, Any]:
    dice = world.dice
    zone = world.pick(list(world.zones))
    town: Town = world.pick(world.zones[zone].towns)
    age = dice.randrange(19, 79)
    number, digest, tail = world.telephone()
    gender = dice.choice("FFM")
    kind = dice.choices(["regular_volunteer", "occasional_volunteer", "professional_volunteer"], [30, 62, 8])[0]
    level = {"professional_volunteer": 2, "regular_volunteer": 1}.get(kind, 0)
    checked = dice.random() < 0.9
    joined = world.moment(world.days_ago(dice.randrange(20, 3_000)))
    skills = dice.sample(services, dice.randrange(1, 4))
    windows = {(dice.randrange(7), dice.choice(SHIFTS)) for _ in range(dice.randrange(1, 4))}
    if zone == "east" and any(service.code == "companionship" for service in skills):
        windows.discard((THURSDAY, AFTERNOON))  # that hour belongs to Moon and Bo in the walk through the demo
    row = (
        row_id,
        uuid.UUID(int=dice.getrandbits(128), version=4),
        world.name(gender, age),
        encrypt(number),
        digest,
        tail,
        world.today.year - age,
        "ko",
        ["ko"],
        town.pk,
        round(town.lat + dice.gauss(0, 0.008), 3),
        round(town.lon + dice.gauss(0, 0.01), 3),
        dice.choice([3, 5, 8, 12]),
        dice.random() < 0.85,
        dice.random() < 0.4,
        gender,
        kind,
        level,
        date(world.today.year + 1, 12, 31) if level else None,
        dice.choice([1, 2, 2, 3]),
        "active" if checked else "waiting",
        dice.random() < 0.92,
        dice.random() < 0.6,
        "2026-1",
        joined,
        "interview" if checked else "",
        "",
        joined.date() if checked else None,
        joined,
    )
    return {"id": row_id, "row": row, "skills": skills, "windows": windows}


def _windows(people: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for person in people:
        for weekday, (starts, ends) in sorted(person["windows"]):
            yield person["id"], weekday, starts, ends


def _seed_cast(world: World, cast: dict[str, User]) -> None:
    hwado = next(town for town in world.zones["east"].towns if town.code == "hwado")
    for username, _, born, phone, away in CAST:
        number = phones.normal(phone)
        volunteer = Volunteer.objects.create(
            uuid=uuid.UUID(int=world.dice.getrandbits(128), version=4),
            user=cast[username],
            name=cast[username].name,
            phone=number,
            phone_hash=phones.hashed(number),
            phone_tail_hash=phones.tail_hashed(number),
            birth_year=born,
            languages=["ko"],
            town=hwado,
            lat=hwado.lat + away,
            lon=hwado.lon,
            kind="regular_volunteer",
            level=1,
            level_until=date(world.today.year + 1, 12, 31),
            state="active",
            sms_ok=True,
            consent_version="2026-1",
            checked_kind="interview",
            checked_on=world.days_ago(300),
        )
        Skill.objects.create(volunteer=volunteer, service=Service.objects.get(code="companionship"))
        Window.objects.create(volunteer=volunteer, weekday=THURSDAY, starts=AFTERNOON[0], ends=AFTERNOON[1])
