"""The volunteers' weeks of the demo city: four that are over, this one and the next, with everybody's answers.

A house has its own hour and mostly its own volunteer. What is open by now is left to the machine that asks, and the
two coming plans to the worker that solves them: they are real from the first minute on.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from cases.models import Action, Case
from cases.states import CaseStage
from hopecare.demo.caseload import ACTION
from hopecare.demo.copying import copy, next_id
from hopecare.demo.volunteers import AFTERNOON, SHIFTS, THURSDAY
from hopecare.demo.world import World, words
from hopecare.kernel import clock
from hopecare.kernel.crypto import encrypt
from hopecare.kernel.models import Ground, Service
from volunteers import access
from volunteers.models import Call, MatchRun, Offer, Paper, Request, Skill
from volunteers.rules import matching, safety
from volunteers.services.asking import quiet_hours

WEEKS_BACK, WEEK, HOUR = 4, timedelta(days=7), timedelta(hours=1)
#: Service → how often it is wanted; only what volunteers do.
WANTED = {
    "companionship": 22, "meals": 20, "housekeeping": 14, "going_out": 12, "laundry": 8, "culture": 6, "dining": 6,
    "education": 8, "hair_care": 5, "counselling": 3, "legal_aid": 2, "home_environment": 2,
}  # fmt: skip
#: Kind of paper → (service, who gave it); one professional in five each.
PAPERS = {
    "barber": ("hair_care", "남양주시장"),
    "counsellor": ("counselling", "한국상담심리학회"),
    "lawyer": ("legal_aid", "대한변호사협회"),
    "electric": ("home_environment", "한국산업인력공단"),
    "doctor": ("home_doctor", "보건복지부"),
}
#: Every confirmed visit stands in the ledger of hours.
_HOURS = """
insert into volunteers_hours (offer_id, volunteer_id, team_id, provider_id, case_id, service_id, "on", minutes,
  heard_from, reason, recorded_by_id, recorded_at)
select o.id, o.volunteer_id, o.team_id, o.provider_id, o.case_id, r.service_id,
  (lower(o.during) at time zone 'Asia/Seoul')::date, o.confirmed_minutes,
  case when o.id % 3 = 0 then 'staff' else 'person' end, '', o.confirmed_by_id, o.confirmed_at
from volunteers_offer o join volunteers_request r on r.id = o.request_id where o.state = 'confirmed'
"""
NEAR_DEGREES, FREE = 0.11, 8
REQUEST = (
    "id", "action_id", "case_id", "team_id", "provider_id", "service_id", "town_id", "lat", "lon", "during", "quarter",
    "stairs", "risk", "with_minor", "urgent", "gender", "languages", "licences", "car", "critical", "backup_name",
    "backup_phone", "seats", "filled", "waves", "state", "ending", "contact_name", "contact_phone", "lead_id",
    "opened_by_id", "opened_at", "updated_at",
)  # fmt: skip
OFFER = (
    "uuid", "request_id", "volunteer_id", "case_id", "team_id", "provider_id", "phone_hash", "letter", "during", "wave",
    "cost", "reasons", "state", "ending", "token", "token_hash", "token_until", "asked_at", "answer_by", "answered_at",
    "answered_via", "answered_by_id", "reserve", "reminded_at", "assured_at", "no_answers", "arrived_at", "arrived_via",
    "done_at", "done_via", "nobody_home", "confirmed_minutes", "confirmed_by_id", "confirmed_at",
)  # fmt: skip


@dataclass
class Visit:
    """A house's hour of every week, and whoever mostly comes."""

    case: Case
    service: Service
    weekday: int
    shift: tuple[time, time]
    starts: time
    minutes: int
    quarter: str
    stairs: bool
    usual: dict[str, Any] | None = None


@dataclass
class Answered:
    """Somebody asked for one date: `state` of the offer, and by when they were asked."""

    person: dict[str, Any]
    state: str
    ending: str = ""
    nobody_home: bool = False


@dataclass
class Weeks:
    """All rows of the weeks while they are drawn."""

    world: World
    people: list[dict[str, Any]]
    now: datetime
    free: dict[tuple[str, int, time], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    busy: set[tuple[int, date, time]] = field(default_factory=set)
    given: dict[tuple[int, date], int] = field(default_factory=lambda: defaultdict(int))
    asked: set[int] = field(default_factory=set)
    actions: list[tuple[Any, ...]] = field(default_factory=list)
    requests: list[tuple[Any, ...]] = field(default_factory=list)
    offers: list[tuple[Any, ...]] = field(default_factory=list)
    first_action: int = field(default_factory=lambda: next_id(Action))
    first_request: int = field(default_factory=lambda: next_id(Request))

    def pick(self, visit: Visit, day: date, monday: date, *, besides: set[int]) -> dict[str, Any] | None:
        """Somebody near who has the skill and the hours and is not promised elsewhere; the usual one first."""
        found = [visit.usual] if visit.usual else []
        able = self.free[visit.service.code, visit.weekday, visit.shift[0]]
        found += self.world.dice.sample(able, min(FREE, len(able)))
        for person in found:
            lat, lon = person["row"][10], person["row"][11]
            near = abs(lat - visit.case.town.lat) + abs(lon - visit.case.town.lon) < NEAR_DEGREES
            full = self.given[person["id"], monday] >= person["row"][19]
            taken = (person["id"], day, visit.shift[0]) in self.busy or person["id"] in besides
            if near and not full and not taken:
                return person
        return None


def seed_volunteering(world: World, people: list[dict[str, Any]]) -> None:
    """`people`: as demo.volunteers drew them. Ends with two plans that wait for the worker."""
    weeks = Weeks(world, people, clock.now())
    _papers(weeks)
    for person in people:
        if person["row"][20] == "active":
            for service in person["skills"]:
                for weekday, (starts, _) in person["windows"]:
                    if person["row"][17] >= (service.volunteer_risk or 0):
                        weeks.free[service.code, weekday, starts].append(person)
    first = world.today - timedelta(days=world.today.weekday()) - WEEKS_BACK * WEEK
    visits = list(_visits(weeks))
    for number in range(WEEKS_BACK + 2):
        for visit in visits:
            _date(weeks, visit, first + number * WEEK)
    copy(Action, ("id", *ACTION, "service_id", "at", "minutes"), weeks.actions)
    copy(Request, REQUEST, weeks.requests)
    copy(Offer, OFFER, weeks.offers)
    with connection.cursor() as cursor:
        cursor.execute(_HOURS)
    _newcomers(weeks)
    for monday in (first + WEEKS_BACK * WEEK, first + (WEEKS_BACK + 1) * WEEK):
        MatchRun.objects.create(week=monday, asked_at=weeks.now)


def _papers(weeks: Weeks) -> None:
    """What professionals may do; some papers run out soon, a few handed their renewal in."""
    dice, services = weeks.world.dice, {one.code: one for one in Service.objects.filter(volunteer_risk__gte=1)}
    papers, skills = [], []
    for person in weeks.people:
        if person["row"][17] < 2:
            continue
        kind = dice.choice(list(PAPERS))
        code, body = PAPERS[kind]
        until = weeks.world.today + timedelta(days=dice.choice([20, 40, 200, 500, 900, 1400]))
        checked = weeks.world.days_ago(dice.randrange(30, 700))
        number = encrypt(f"{dice.randrange(10**6):06d}")
        papers.append((person["id"], kind, number, body, until, dice.random() < 0.1, checked))
        if services[code] not in person["skills"]:
            person["skills"].append(services[code])
            skills.append((person["id"], services[code].pk))
    copy(Paper, ("volunteer_id", "kind", "number", "body", "valid_until", "renewing", "checked_on"), papers)
    copy(Skill, ("volunteer_id", "service_id"), skills)


def _visits(weeks: Weeks) -> Iterator[Visit]:
    """Houses whose people agreed that volunteers come (K6), each with an hour of its own."""
    dice = weeks.world.dice
    agreed = Ground.objects.filter(purpose="volunteers", given=True, ends_on__gte=weeks.world.today + 2 * WEEK)
    rows = Case.objects.filter(
        stage=CaseStage.DELIVERY,
        closed_at=None,
        main_person__state="here",
        main_person__sealed=False,
        main_person_id__in=agreed.values("person_id"),
    )
    cases = list(rows.select_related("town", "lead").order_by("pk"))
    services = {one.code: one for one in Service.objects.filter(code__in=WANTED)}
    for _ in range(min(weeks.world.figures.seats_a_week, 2 * len(cases))):
        service = services[dice.choices(list(WANTED), list(WANTED.values()))[0]]
        shift = dice.choices(SHIFTS, [45, 45, 10])[0]
        weekday = dice.choices(range(7), [17, 17, 17, 17, 17, 9, 6])[0]
        if service.code == "companionship" and (weekday, shift) == (THURSDAY, AFTERNOON):
            weekday -= 1  # that hour belongs to the two of the cast
        minutes = dice.choice([60, 60, 120])
        latest = shift[1].hour - minutes // 60
        starts = time(dice.randrange(shift[0].hour, latest + 1), dice.choice([0, 30]))
        if starts.hour == latest:
            starts = time(latest)
        yield Visit(
            dice.choice(cases), service, weekday, shift, starts, minutes, dice.choice(words()["quarters"]),
            dice.random() < 0.3,
        )  # fmt: skip


def _date(weeks: Weeks, visit: Visit, monday: date) -> None:
    """One date of a visit: who was asked, what came of it, and its rows."""
    dice, day = weeks.world.dice, monday + timedelta(days=visit.weekday)
    starts = clock.at(day, visit.starts)
    ends = starts + timedelta(minutes=visit.minutes)
    two = safety.wanted(visit.service.code).two
    asked = _asked(weeks, visit, day, monday, seats=2 if two else 1)
    urgent = dice.random() < 0.08
    if ends <= weeks.now:
        state, ending, answers = _over(weeks, asked, ends)
    elif starts <= weeks.now:
        return
    else:
        state, ending, answers = _coming(weeks, visit, asked, monday, urgent=urgent)
    booked = [one for one in answers if one.state in ("scheduled", "done", "confirmed")]
    for one in booked:
        weeks.busy.add((one.person["id"], day, visit.shift[0]))
        weeks.given[one.person["id"], monday] += 1
        visit.usual = visit.usual or one.person
    _rows(weeks, visit, starts, ends, state, ending, answers, urgent=urgent, seats=2 if two else 1)


def _asked(weeks: Weeks, visit: Visit, day: date, monday: date, *, seats: int) -> list[dict[str, Any]]:
    """As many as the seats want, and two more who might be asked before."""
    found: list[dict[str, Any]] = []
    while len(found) < seats + 2:
        person = weeks.pick(visit, day, monday, besides={one["id"] for one in found})
        if person is None:
            break
        found.append(person)
    return found


def _over(weeks: Weeks, asked: list[dict[str, Any]], ends: datetime) -> tuple[str, str, list[Answered]]:
    dice, draw = weeks.world.dice, weeks.world.dice.random()
    seats = max(1, len(asked) - 2)
    if not asked or draw < 0.05:
        return "closed", "late", [Answered(one, "expired", "late") for one in asked[:2]]
    if draw < 0.08:
        return "closed", "self", [Answered(asked[0], "no_show", "self")]
    fresh = weeks.now - ends < timedelta(days=3) and dice.random() < 0.5
    served = [Answered(one, "done" if fresh else "confirmed", "", draw > 0.97) for one in asked[:seats]]
    refused = [Answered(one, *dice.choice([("declined", ""), ("expired", "late")])) for one in asked[seats:]]
    return "closed", "self", [*served, *(one for one in refused if dice.random() < 0.25)]


def _coming(
    weeks: Weeks, visit: Visit, asked: list[dict[str, Any]], monday: date, *, urgent: bool
) -> tuple[str, str, list[Answered]]:
    draw = weeks.world.dice.random()
    seats = 2 if safety.wanted(visit.service.code).two else 1
    this_week = monday <= weeks.world.today
    if len(asked) >= seats and draw < (0.72 if this_week else 0.3):
        return "filled", "", [Answered(one, "scheduled") for one in asked[:seats]]
    quiet = [one for one in asked if one["id"] not in weeks.asked]
    starts = clock.at(monday + timedelta(days=visit.weekday), visit.starts)
    until = matching.answer_until(weeks.now, starts, urgent=urgent, quiet=quiet_hours())
    if until - weeks.now > HOUR / 2 and quiet and (urgent or (this_week and draw < 0.8)):
        now_asked = quiet[: 3 if urgent else 1]
        weeks.asked.update(one["id"] for one in now_asked)
        return "open", "", [Answered(one, "offered") for one in now_asked]
    if this_week and draw < 0.88:
        return "calls", "", [Answered(one, "declined") for one in asked[:1]]
    return "planned", "", []


def _rows(
    weeks: Weeks,
    visit: Visit,
    starts: datetime,
    ends: datetime,
    state: str,
    ending: str,
    answers: list[Answered],
    *,
    urgent: bool,
    seats: int,
) -> None:
    case, service = visit.case, visit.service
    action_id, request_id = weeks.first_action + len(weeks.actions), weeks.first_request + len(weeks.requests)
    opened = min(weeks.now, starts) - timedelta(days=4)
    served = [one for one in answers if one.state in ("done", "confirmed") and not one.nobody_home]
    promised = [one for one in answers if one.state in ("scheduled", "done", "confirmed")]
    action = "booked" if state == "filled" else "done" if served else "cancelled" if state == "closed" else "offered"
    names = ", ".join(one.person["row"][2] for one in promised)[:80]
    keys = (case.pk, case.team_id, case.provider_id)
    day = starts.date()
    weeks.actions.append(
        (action_id, *keys, service.category_id, f"{service.name_ko}, {visit.starts:%H:%M}", "volunteer", None,
         case.provider_id, day, False, visit.quarter, visit.stairs, action, day if served else None, names, opened,
         service.pk, starts, visit.minutes)
    )  # fmt: skip
    during = f"[{starts.isoformat()},{ends.isoformat()})"
    wanted = safety.wanted(service.code)
    filled = len(promised) if state in ("filled", "closed") else 0
    weeks.requests.append(
        (request_id, action_id, *keys, service.pk, case.town_id, case.town.lat, case.town.lon, during, visit.quarter,
         visit.stairs, service.volunteer_risk or 0, False, urgent, "", [], list(wanted.licences), False, False, "", "",
         seats, filled, 1 if answers else 0, state, ending, case.lead.name, case.lead.phone, case.lead_id,
         case.lead_id, opened, opened)
    )  # fmt: skip
    weeks.offers += [_offer(weeks, request_id, keys, case, during, starts, ends, one) for one in answers]


def _offer(
    weeks: Weeks,
    request_id: int,
    keys: tuple[Any, ...],
    case: Case,
    during: str,
    starts: datetime,
    ends: datetime,
    one: Answered,
) -> tuple[Any, ...]:
    dice, person = weeks.world.dice, one.person
    still_open = one.state == "offered"
    asked = weeks.now - HOUR if still_open else min(weeks.now, starts) - timedelta(days=3, hours=dice.randrange(8))
    answered = None if one.state in ("offered", "expired") else asked + timedelta(minutes=dice.randrange(4, 200))
    via = dice.choice(["word", "word", "link", "call"]) if answered else ""
    served = one.state in ("done", "confirmed")
    told = served and dice.random() < 0.6
    minutes = int((ends - starts).total_seconds() // 60)
    km = matching.km_between(case.town.lat, case.town.lon, person["row"][10], person["row"][11])
    token = access.new_token()
    confirmed = ends + timedelta(days=1) if one.state == "confirmed" else None
    soon = one.state == "scheduled" and starts - weeks.now < timedelta(days=1)
    until = matching.answer_until(weeks.now, starts, urgent=False, quiet=quiet_hours())
    return (
        uuid.UUID(int=dice.getrandbits(128), version=4), request_id, person["id"], *keys, person["row"][4], "", during,
        1, min(round(km * matching.POINTS_PER_KM), matching.FARTHEST_POINTS),
        json.dumps({"distance": round(km, 1), "load": 0, "practice": 0, "familiar": 0}), one.state, one.ending,
        encrypt(token), access.token_hash(token), ends + timedelta(days=14), asked,
        until if still_open else asked + 4 * HOUR, answered, via, case.lead_id if via == "call" else None, False,
        weeks.now if soon else None, weeks.now if soon and dice.random() < 0.8 else None,
        1 if one.state == "expired" else 0, starts if told else None, "word" if told else "", ends if served else None,
        "link" if served else "", one.nobody_home, minutes if confirmed else None,
        case.lead_id if confirmed else None, min(confirmed, weeks.now) if confirmed else None,
    )  # fmt: skip


def _newcomers(weeks: Weeks) -> None:
    """Three a zone who signed up these days and wait to be met (K15)."""
    met: dict[int, int] = defaultdict(int)
    centres = {town.pk: post.centre_id for post in weeks.world.zones.values() for town in post.towns}
    for person in weeks.people:
        centre = centres[person["row"][9]]
        if person["row"][20] == "waiting" and met[centre] < 3:
            met[centre] += 1
            Call.objects.create(
                key=f"meet:{person['row'][1]}",
                kind="meet",
                volunteer_id=person["id"],
                provider_id=centre,
                created_at=weeks.now - timedelta(days=1),
                promised_at=clock.at(clock.next_working_day(weeks.world.today), clock.CLOSES),
            )
