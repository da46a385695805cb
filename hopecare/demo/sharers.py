"""Shops, schools and groups of the demo city, and what they give again and again; the first ones near the cast."""

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from psycopg.types.range import TimestamptzRange

from hopecare.demo.copying import copy, next_id
from hopecare.demo.world import World
from hopecare.kernel import clock, codes, phones
from hopecare.kernel.crypto import encrypt
from hopecare.kernel.models import Service, Town
from volunteers import access
from volunteers.models import Attendance, Partner, Pupil, Session, Standing

YEAR = timedelta(days=365)
PARTNER = (
    "id", "uuid", "name", "kind", "contact_name", "phone", "phone_hash", "language", "town_id", "lat", "lon",
    "provider_id", "sms_ok", "links", "state", "token", "token_hash", "agreed_on",
)  # fmt: skip
STANDING = (
    "partner_id", "service_id", "weekdays", "nth", "starts", "ends", "capacity", "per", "place", "radius_km", "pupils",
    "adult_name", "paper_kind", "paper_until", "since",
)  # fmt: skip
PUPIL = (
    "partner_id", "provider_id", "name", "birth_year", "guardian_name", "guardian_phone", "consent_on",
    "consent_until", "form_version", "noted_at",
)  # fmt: skip
PUPILS = 7


@dataclass(frozen=True)
class Kind:
    """A sort of partner: what it is called, and what it gives (empty `nth` = every week)."""

    kind: str
    names: tuple[str, ...]
    service: str
    weekdays: tuple[int, ...]
    nth: tuple[int, ...]
    hours: tuple[time, time]
    capacity: int
    per: str = "day"
    place: str = "theirs"
    paper: str = ""
    pupils: bool = False


KINDS = (
    Kind("business", ("국밥집", "칼국수", "한정식"), "dining", (4,), (3,), (time(11), time(18)), 12),
    Kind(
        "business", ("미용실", "헤어", "이발관"), "hair_care", (1, 2), (), (time(9), time(18)), 10, per="month",
        paper="barber",
    ),
    Kind("school", ("중학교 봉사반", "고등학교 나눔반"), "housekeeping", (5,), (2, 4), (time(9), time(12)), 3,
         place="homes", pupils=True),
    Kind("business", ("반찬가게", "도시락"), "meals", (0, 3), (), (time(9), time(12)), 4, place="homes"),
    Kind("business", ("작은극장", "시네마"), "culture", (2,), (), (time(13), time(18)), 6, per="week"),
    Kind("association", ("전기안전 봉사단", "집수리 봉사단"), "home_environment", (5, 6), (), (time(9), time(18)), 2,
         place="homes", paper="electric"),
    Kind("group", ("빨래 봉사회", "이불빨래 모임"), "laundry", (1, 4), (), (time(9), time(18)), 3, place="homes"),
)  # fmt: skip
#: The first, so that the walk through the demo finds one of each near Hwado.
NEAR_THE_CAST = ("마석 국밥집", "마석 미소 미용실", "화도 새빛중학교 봉사반")


def seed_partners(world: World) -> int:
    """As many as the scale asks for; returns how many."""
    services = {row.code: row.pk for row in Service.objects.filter(code__in=[kind.service for kind in KINDS])}
    first = next_id(Partner)
    drawn = [_draw(world, first + number, number) for number in range(world.figures.sharers)]
    copy(Partner, PARTNER, (row for row, _kind in drawn))
    copy(Standing, STANDING, (_standing(world, row, kind, services) for row, kind in drawn))
    copy(Pupil, PUPIL, [pupil for row, kind in drawn if kind.pupils for pupil in _pupils(world, row)])
    return len(drawn)


def seed_training(world: World, people: list[dict[str, Any]]) -> None:
    """In every zone a course that is over, with its certificates, and a refresher that is ahead."""
    for post in world.zones.values():
        towns = {town.pk for town in post.towns}
        near = [person for person in people if person["row"][9] in towns and person["row"][20] == "active"][:40]
        over = clock.at(world.days_ago(world.today.weekday() + 2), time(10))
        held = _session(post.centre_id, "safe_visits", over, 120, "2층 교육실")
        for person in world.dice.sample(near, min(9, len(near))):
            came = world.dice.random() < 0.8
            Attendance.objects.create(
                session=held,
                volunteer_id=person["id"],
                state="came" if came else "missed",
                asked_at=over - timedelta(days=14),
                noted_at=over + timedelta(hours=3),
                completed_on=over.date() if came else None,
                code=codes.new_code(world.dice.choice) if came else None,
            )
        ahead = clock.at(world.today + timedelta(days=12 - world.today.weekday()), time(14))
        session = _session(post.centre_id, "hope_manager_again", ahead, 180, "2층 교육실")
        for person in world.dice.sample(near, min(6, len(near))):
            state = world.dice.choice(["asked", "coming", "coming", "declined"])
            Attendance.objects.create(
                session=session, volunteer_id=person["id"], state=state, asked_at=over + timedelta(hours=4)
            )


def _session(centre_id: int, course: str, starts: datetime, minutes: int, place: str) -> Session:
    during = TimestamptzRange(starts, starts + timedelta(minutes=minutes), "[)")
    return Session.objects.create(course=course, provider_id=centre_id, during=during, place=place, seats=24)


def _draw(world: World, row_id: int, number: int) -> tuple[tuple[Any, ...], Kind]:
    dice, kind = world.dice, KINDS[number % len(KINDS)]
    post = world.zones["east"] if number < len(NEAR_THE_CAST) else world.pick(list(world.zones.values()))
    town: Town = post.towns[0] if number < len(NEAR_THE_CAST) else world.pick(post.towns)
    plain = town.name_ko.rstrip("0123456789동읍면") or town.name_ko
    name = NEAR_THE_CAST[number] if number < len(NEAR_THE_CAST) else f"{plain} {dice.choice(kind.names)} {number}호"
    phone, token = f"+8231000{500 + number % 9000:04d}", access.new_token()
    row = (
        row_id, uuid.UUID(int=dice.getrandbits(128), version=4), name, kind.kind, world.name(dice.choice("FM"), 50),
        encrypt(phone), phones.hashed(phone), "ko", town.pk, round(town.lat + dice.gauss(0, 0.006), 3),
        round(town.lon + dice.gauss(0, 0.008), 3), post.centre_id, dice.random() < 0.9, dice.random() < 0.7, "active",
        encrypt(token), access.token_hash(token), world.days_ago(dice.randrange(40, 900)),
    )  # fmt: skip
    return row, kind


def _standing(world: World, row: tuple[Any, ...], kind: Kind, services: dict[str, int]) -> tuple[Any, ...]:
    until = world.today + timedelta(days=world.dice.randrange(90, 900)) if kind.paper else None
    return (
        row[0], services[kind.service], list(kind.weekdays), list(kind.nth), *kind.hours, kind.capacity, kind.per,
        kind.place, 6.0, kind.pupils, row[4] if kind.pupils else "", kind.paper, until, row[-1],
    )  # fmt: skip


def _pupils(world: World, row: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    found = []
    for _ in range(PUPILS):
        consent = world.days_ago(world.dice.randrange(10, 300))
        found.append(
            (row[0], row[11], encrypt(world.name(world.dice.choice("FM"), 15)),
             world.today.year - world.dice.randrange(14, 18), encrypt(world.name("F", 45)),
             encrypt(world.telephone()[0]), consent, consent + YEAR, "2026-1", world.moment(consent))
        )  # fmt: skip
    return found
