"""Reports in numbers, and the handful on the desk that a newcomer meets on the first morning."""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from cases.models import PlaceRequest, Report, Visit
from cases.states import PLACES
from hopecare.demo.copying import copy, next_id
from hopecare.demo.households import House
from hopecare.demo.world import Post, World, words
from hopecare.kernel import clock, codes
from hopecare.kernel.models import Town, User

SEEN = ["lives_alone", "skips_meals", "mail_piles", "no_light", "ill", "bills", "children_alone", "other"]
REPORT = (
    "id",
    "team_id",
    "provider_id",
    "code",
    "about",
    "door",
    "reporter_kind",
    "town_id",
    "directions",
    "lat",
    "lon",
    "seen",
    "words",
    "urgency",
    "danger_words",
    "language",
    "reporter_name",
    "reporter_phone",
    "reporter_phone_hash",
    "state",
    "received_at",
    "promised_at",
    "assigned_at",
    "looked_at",
    "closed_at",
    "case_id",
)

#: On the East team's desk: (town, place, what was seen, words, urgency, working days ago, hour, reporter kind).
DESK = (
    (
        "pyeongnae",
        "평내호평역 뒤 반지하",
        ["children_alone"],
        "아이 둘이 저녁마다 밖에 있어요. 울음소리가 나요.",
        "danger",
        0,
        8,
        "citizen",
    ),
    (
        "hopyeong",
        "한빛아파트 관리사무소",
        ["bills"],
        "관리비 네 달, 문을 두드려도 대답이 작아요.",
        "today",
        0,
        8,
        "building_manager",
    ),
    ("sudong", "버스 종점 옆", ["other"], "가스가 끊겼습니다. 저녁에 전화 주세요.", "soon", 1, 15, "citizen"),
    ("hwado", "우체국 골목", ["mail_piles"], "집배원: 2주째 그대로입니다.", "soon", 1, 11, "postman"),
    ("sudong", "저수지 길", ["ill"], "지팡이를 새로 짚으세요. 말수가 줄었어요.", "soon", 2, 16, "citizen"),
    ("hopyeong", "놀이터 앞 상가", ["other"], "She asked me for rice twice.", "soon", 1, 14, "citizen"),
    ("hwado", "천마산 들머리", ["lives_alone"], "늘 앉던 자리에 안 계세요.", "soon", 1, 10, "citizen"),
)
#: Three weeks ago a meter reader wrote of the house that the walk through the demo is about.
METER_READER = (
    "hwado",
    "마석 장터 뒤 골목 2층",
    ["no_light"],
    "계량기가 거의 안 돕니다. 2층.",
    "meter_reader",
    37.6528,
    127.3052,
)


def seed_reports(world: World, houses: list[House]) -> None:
    copy(Report, REPORT, _history(world, houses, next_id(Report)))
    _desk(world)
    seed_places(world)


def seed_places(world: World) -> None:
    """Twenty-four things in public (D3) over the last eighty days; half of them are done. With dice of their own."""
    dice = random.Random(311)
    posts = list(world.zones.values())
    for number in range(24):
        post = posts[number % len(posts)]
        town = dice.choice(post.towns)
        told = clock.at(world.days_ago(3 * number + 1), time(7 + number % 12, dice.randrange(60)))
        done, category = number % 2 == 1, PLACES[number // 2 % len(PLACES)]
        PlaceRequest.objects.create(
            team_id=post.team_id,
            provider_id=post.centre_id,
            code=codes.new_code(dice.choice),
            category=category,
            town=town,
            lat=town.lat + dice.gauss(0, 0.01),
            lon=town.lon + dice.gauss(0, 0.01),
            attributes={"broken_part": "handrail"} if category == "broken_ramp" else {},
            state="closed" if done else "open",
            requested_at=told,
            updated_at=min(told + timedelta(days=2), clock.now()) if done else told,
            promised_on=(told + timedelta(days=7)).date(),
            closed_by=post.workers[0] if done else None,
        )


def _history(world: World, houses: list[House], first: int) -> Iterator[tuple[Any, ...]]:
    """Reports of the last four hundred days, all looked at; most of them kept the promise."""
    posts = list(world.zones.values())
    cases = [house for house in houses if house.opened_on > world.days_ago(380)]
    for number in range(world.figures.reports):
        house = world.pick(cases) if cases and world.dice.random() < 0.5 else None
        post = house.post if house else world.pick(posts)
        town = next(t for t in post.towns if t.pk == house.town_id) if house else world.pick(post.towns)
        received = world.moment(house.opened_on if house else world.days_ago(world.dice.randrange(4, 400)))
        promised = clock.at(clock.next_working_day(received.date()), time(18))
        late = world.dice.random() < 0.03
        looked = min(promised + timedelta(hours=5 if late else -world.dice.randrange(1, 24)), clock.now())
        looked = max(looked, received + timedelta(minutes=30))
        yield (
            first + number,
            post.team_id,
            post.centre_id,
            codes.new_code(world.dice.choice),
            "neighbour",
            "web",
            "citizen",
            town.pk,
            world.pick(words()["directions"]),
            *_point(world, house, town),
            world.dice.sample(SEEN, world.dice.randrange(1, 3)),
            world.pick(words()["report_words"]),
            world.pick(["soon", "soon", "soon", "today"]),
            False,
            "ko",
            "",
            "",
            "",
            "closed",
            received,
            promised,
            received + timedelta(minutes=20),
            looked,
            looked,
            house.case_id if house else None,
        )


def _point(world: World, house: House | None, town: Town) -> tuple[float, float]:
    """The house, or somewhere in the town: reports that all point at its centre would all lie near each other."""
    if house:
        return house.lat, house.lon
    return town.lat + world.dice.gauss(0, 0.02), town.lon + world.dice.gauss(0, 0.02)


def _town(post: Post, code: str) -> Town:
    return next(town for town in post.towns if town.code == code)


def _received(world: World, working_days: int, hour: int) -> datetime:
    day = world.today
    for _ in range(working_days):
        day -= timedelta(days=1)
        while not clock.is_working_day(day):
            day -= timedelta(days=1)
    return min(clock.at(day, time(hour, world.dice.randrange(60))), clock.now() - timedelta(minutes=12))


def _desk(world: World) -> None:
    east = world.zones["east"]
    for number, (code, place, seen, text, urgency, days, hour, kind) in enumerate(DESK):
        town = _town(east, code)
        received = _received(world, days, hour)
        report = Report.objects.create(
            team_id=east.team_id,
            provider_id=east.centre_id,
            code=codes.new_code(world.dice.choice),
            about="neighbour" if number != 2 else "self",
            reporter_kind=kind,
            town=town,
            directions=place,
            lat=town.lat + world.dice.gauss(0, 0.004),
            lon=town.lon + world.dice.gauss(0, 0.004),
            seen=seen,
            words=text,
            urgency=urgency,
            danger_words=urgency == "danger",
            received_at=received,
            promised_at=max(clock.at(clock.next_working_day(received.date()), time(18)), received + timedelta(hours=2)),
        )
        if number >= 4:
            _assign(world, report, east, town)
    _meter_reader(world, east)


def _assign(world: World, report: Report, post: Post, town: Town) -> None:
    """The first visit by two is agreed."""
    worker: User = post.workers[0]
    report.state, report.assigned_at = "assigned", report.received_at + timedelta(minutes=30)
    report.save(update_fields=["state", "assigned_at"])
    Visit.objects.create(
        team_id=post.team_id,
        provider_id=post.centre_id,
        report=report,
        at=clock.at(clock.next_working_day(world.today), time(world.dice.randrange(9, 17))),
        official=post.officials[town.pk],
        worker=worker,
    )


def _meter_reader(world: World, east: Post) -> None:
    code, place, seen, text, kind, lat, lon = METER_READER
    received = world.moment(world.days_ago(21))
    Report.objects.create(
        team_id=east.team_id,
        provider_id=east.centre_id,
        code=codes.new_code(world.dice.choice),
        about="neighbour",
        reporter_kind=kind,
        town=_town(east, code),
        directions=place,
        lat=lat,
        lon=lon,
        seen=seen,
        words=text,
        state="closed",
        received_at=received,
        promised_at=received + timedelta(days=1),
        assigned_at=received + timedelta(hours=1),
        looked_at=received + timedelta(hours=20),
        closed_at=received + timedelta(hours=20),
    )


def seed_visits(world: World, houses: list[House]) -> None:
    """Review visits of open cases over the last and the coming fortnight, so that every day has an agenda."""
    open_houses = [house for house in houses if house.is_open]
    visits = []
    for house in open_houses:
        if world.dice.random() > 0.35:
            continue
        day = world.today + timedelta(days=world.dice.randrange(-10, 14))
        if not clock.is_working_day(day):
            continue
        worker = world.pick(house.post.workers[:4])
        past = day < world.today
        visits.append(
            Visit(
                team_id=house.post.team_id,
                provider_id=house.post.centre_id,
                case_id=house.case_id,
                kind="review",
                at=world.moment(day),
                official=house.post.officials[house.town_id],
                worker=worker,
                result="met" if past else "",
                recorded_by=worker if past else None,
                recorded_at=world.moment(day) if past else None,
            )
        )
    Visit.objects.bulk_create(visits, batch_size=2_000)
