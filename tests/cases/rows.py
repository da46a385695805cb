"""One row of every private model of a case, whatever it needs, and who may see it in the oracle's own words."""

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases import models as cases
from hopecare.kernel import clock
from hopecare.kernel.access import private_models
from hopecare.kernel.models import Category, Organisation, Service, ServiceClass, Team, Town, Zone
from tests.cases.worlds import (
    HOUSES,
    TEAMS,
    PlannedCase,
    PlannedUser,
    Row,
    World,
    answers_for,
    hears_of_other,
    holds_key,
    seen_records,
    sees_case,
    shared_level,
    shut,
    shut_otherwise,
    told_of,
)
from tests.database import as_owner

#: Asked elsewhere in the world, row by row: cases, people and services given.
ELSEWHERE = {"Case", "ServiceRecord"}
#: Private models that a world of cases cannot hold, each with the reason.
LEFT_OUT = {
    "ImportFile": "for whoever may bring files, by house, without a case: tests/cases/test_imports.py",
    "ImportRow": "as its file",
    "ReadingReview": "for whoever signs an organisation's odd reading, without a case: tests/cases/test_sharing.py",
}
#: About one person where they name one.
OF_ONE_PERSON = {"Action", "AgendaPoint", "Benefit", "CasePaper", "Decision", "DetailChange", "NeedAnswer", "Omission"}
OF_ONE_PERSON |= {"Overlap", "Pathway", "Pregnancy", "Referral", "RiskFlag", "TimelineEntry", "Voice", "Wish"}
#: What somebody wrote, or has to do → the field of that account, which reads it whomever it is about.
AUTHORS = {
    "Action": "owner",
    "AgendaPoint": "by",
    "CasePaper": "added_by",
    "Decision": "by",
    "DetailChange": "by",
    "NeedAnswer": "by",
    "Pathway": "by",
    "Pregnancy": "recorded_by",
    "Referral": "by",
    "RiskFlag": "by",
    "TimelineEntry": "by",
    "Voice": "by",
    "Wish": "by",
}
#: What stands below another row → the kind of that row.
BELOW = {
    "Commitment": "Action",
    "PathwayCheck": "Pathway",
    "PathwayPhoto": "Pathway",
    "PathwayStep": "Pathway",
    "PathwayWage": "Pathway",
}
SECTIONS = ("", "", "health", "mental_health", "violence", "legal", "credit", "means", "work")
PAST, SOON = timedelta(hours=-2), timedelta(hours=-1)


def kinds() -> list[type[models.Model]]:
    """Every private model of cases that is asked here, in the order in which rows may name one another."""
    ours = {one.__name__: one for one in private_models() if one._meta.app_label == "cases"}
    first = ("Report", "Visit", "Plan", "Action", "Conference", "Approval", "Watch", "WatchSource", "Alarm", "Pathway")
    names = [*first, "MarketCard", *sorted(ours)]
    return [ours[name] for name in dict.fromkeys(names) if name not in ELSEWHERE | set(LEFT_OUT)]


def fill(dice: random.Random, world: World) -> list[Row]:
    """For every case one row of each of them; keys between tables may lead nowhere, as the world is thrown away."""
    rows, known = [], _known()
    with as_owner():
        for number, case in enumerate(world.cases):
            made: dict[bool, dict[str, Row]] = {False: {}, True: {}}
            for kind, of_other in _wanted():
                told = Row(kind.__name__, case, dice.choice(world.users), dice.choice(HOUSES), dice.choice(TEAMS))
                before = {**made[False], **made[of_other]}
                told.of_other, told.above = of_other, before.get(BELOW.get(kind.__name__, ""))
                ids = {name: one.id for name, one in before.items()}
                row = _row(dice, told, kind, number + 50 * of_other, ids, known)
                kind._default_manager.bulk_create([row])
                told.id = row.pk
                made[of_other][kind.__name__] = told
                rows.append(told)
    return rows


def _wanted() -> list[tuple[type[models.Model], bool]]:
    """Every kind about the main person or all of them, and once more what may be about another."""
    twice = OF_ONE_PERSON | set(BELOW)
    return [(kind, of_other) for kind in kinds() for of_other in (False, True)[: 1 + (kind.__name__ in twice)]]


def _known() -> dict[type[models.Model], Any]:
    """Rows of reference that constraints or triggers really look at."""
    return {
        model: model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
        for model in (Category, Service, ServiceClass, Town, Zone)
    }


def _row(
    dice: random.Random,
    told: Row,
    kind: type[models.Model],
    number: int,
    made: dict[str, int],
    known: dict[type[models.Model], Any],
) -> models.Model:
    case, fields = told.case, kind._meta.concrete_fields
    if "section" in {field.name for field in fields}:
        told.section = dice.choice(SECTIONS) if kind is not cases.Voice else ""
    told.private = kind is cases.Voice and dice.random() < 0.5
    told.early = kind.__name__ in NOTES and dice.random() < 0.7
    wanted = {**_special(kind, told, number), "section": told.section, "case": case.case.pk}
    wanted |= {"team": case.case.team_id, "provider": case.case.provider_id}
    if told.of_other and case.other is not None and told.kind in OF_ONE_PERSON:
        wanted["person"] = case.other.person.pk
    elif told.kind in OF_ONE_PERSON:
        nobody = (None,) if kind._meta.get_field("person").null else ()
        wanted["person"] = dice.choice((*nobody, case.case.main_person_id))
    values: dict[str, Any] = {}
    for field in fields:
        if field.name in wanted:
            values[field.attname] = wanted[field.name]
        elif not (field.null or field.has_default() or field.has_db_default() or field.blank or _made(field)):
            values[field.attname] = _value(field, case, number, made, known)
    return kind(**values)


def _made(field: Any) -> bool:
    return bool(getattr(field, "generated", False)) or (field.primary_key and not field.is_relation)


def _value(field: Any, case: PlannedCase, number: int, made: dict[str, int], known: dict[Any, Any]) -> Any:
    if field.is_relation:
        to = field.related_model
        if to.__name__ in made:
            return made[to.__name__]
        people = {"Person": case.case.main_person_id, "User": case.lead, "Organisation": case.case.provider_id}
        return people.get(to.__name__) or known.get(to) or 1_000_000 + number
    if field.choices:
        return field.choices[0][0]
    simple: tuple[tuple[Any, Callable[[], Any]], ...] = (
        (models.DateTimeField, clock.now),
        (models.DateField, clock.today),
        (models.JSONField, dict),
        (ArrayField, list),
        (models.UUIDField, uuid.uuid4),
        (models.BooleanField, lambda: False),
        ((models.IntegerField, models.FloatField), lambda: 1),
    )
    for kinds_of, value in simple:
        if isinstance(field, kinds_of):
            return value()
    return f"{field.model.__name__}{number}"[-(field.max_length or 40) :]


def _special(kind: type[models.Model], told: Row, number: int) -> dict[str, Any]:
    """What a constraint asks for, or by what somebody is shown the row; whatever would give access lies in the past."""
    now = clock.now()
    over = {"starts_at": now + PAST, "ends_at": now + SOON}
    house = Organisation.objects.get(code=told.house).pk
    if kind is cases.StaffHome and number:
        told.user = None  # a home is told once by everybody
    user = told.user.actor.id if told.user else 3_000_000 + number
    wanted: dict[str, dict[str, Any]] = {
        "BreakGlass": {**over, "user": user, "reason": "위급", "article": "제18조"},
        "CaseHandOver": {"to_team": Team.objects.get(code=told.team).pk, "to_provider": house, "reason": "이사"},
        "CaseLock": {**over, "user": user, "kind": "conflict", "reason": "이해충돌"},
        "CaseMember": {"ends_on": clock.today(), "user": user},
        "CaseShare": {"organisation": house, "reason": "함께", "ended_at": now},
        "Cover": {**over, "organisation": house, "absent": user, "cover": 1_000_000},
        "DeclaredPerson": {"user": user, "birth_year": 1900, "name": "없는이"},
        "Draft": {"user": user},
        "HealthVisit": {"record": max(told.case.records, default=1_000_000)},
        "Intake": {"state": "case", "done_at": now},
        "KeeperNaming": {
            "lead": 1_000_000,
            "deputy": 1_000_001,
            "asked_by": 1_000_002,
            "agreed": False,
            "answered_by": 1_000_003,
            "answered_at": now,
        },
        "LeadPeriod": {"starts_at": now - timedelta(days=9000), "ends_at": now - timedelta(days=8999)},
        "Merge": {"merged": 2_000_000 + number},
        "PathwayWage": {"wage_won": 1_000_000},
        "PlaceRequest": {"category": "street_light"},
        "Presence": {"user": user, "due_at": now + timedelta(hours=1)},
        "PublishedNeed": {"target_won": 10_000},
        "StaffHome": {"user": user},
        **_notes(told, user),
        "Unsealing": {"asked_by": user, "agreed": False, "answered_by": 1_000_000, "answered_at": now},
        "UrgentRequest": {"from_organisation": house},
        "Watch": {"form_version": "1"},
    }
    author = {AUTHORS[kind.__name__]: user} if kind.__name__ in AUTHORS else {}
    return {**author, **wanted.get(kind.__name__, {})}


def _notes(told: Row, user: int) -> dict[str, dict[str, Any]]:
    """Words of somebody, of last week or of today; a service of last week is no note."""
    at = clock.now() - timedelta(days=7 * told.early)
    kind, details = ENTRIES.get(told.section, ("note", {}))
    recorded = {"recorded_at": at, "recorded_by": user, "result": "met"}
    return {
        "AgendaPoint": {"at": at, "by": user},
        "Conference": {"held_at": at, "called_by": user, "client_wish": "comes", "summary": "말씀"},
        "Decision": {"at": at, "by": user},
        "AftercareCheck": {"done_on": at.astimezone(clock.SEOUL).date(), "done_by": user, "words": "말씀"},
        "StopPerson": {**recorded, "words": "말씀"},
        "TimelineEntry": {"at": at, "by": user, "kind": kind, "words": "말씀", "details": details},
        "Visit": {"official": user, "worker": 1_000_000, **({**recorded, "note": "말씀"} if told.early else {})},
        "Voice": {"at": at, "by": user, "kind": "private" if told.private else "own_words"},
    }


# ---- the oracle -----------------------------------------------------------------------------------------------------

OF_THE_CASE = {
    "Alarm",
    "AlarmStep",
    "Approval",
    "ApprovalStep",
    "CaseLock",
    "CaseMember",
    "CheckIn",
    "Complexity",
    "ConferenceSeat",
    "Consultation",
    "Intake",
    "LeadPeriod",
    "MarketCard",
    "MarketTaking",
    "PublishedNeed",
    "Report",
    "RoomConsent",
    "RoomPhoto",
    "ServiceQuestion",
    "Tie",
    "Unsealing",
    "Watch",
    "WatchAway",
    "WatchContact",
    "WatchEvent",
    "WatchSource",
}
#: Where somebody's words stand that whoever was let in later does not read; rows of the case like the others.
WORDS = {"AftercareCheck", "AgendaPoint", "Conference", "Decision", "StopPerson"}
NOTES = {*WORDS, "TimelineEntry", "Visit", "Voice"}
#: By the section of an entry: its kind and details; a decision is a note, a service or another goal is none.
ENTRIES: dict[str, tuple[str, dict[str, str]]] = {
    "means": ("service", {}),
    "work": ("planned", {"what": "decided"}),
    "legal": ("planned", {}),
}
BY_SECTION = {"CasePaper", "Gap", "Omission", "Overlap", "Pathway", "Pregnancy", "Referral", "RiskFlag"}
OF_THE_UNIT = {"CallBack", "Merge", "PlaceRequest", "Presence", "RegisteredReporter"}
ABOUT_MONEY = {"Benefit", "BenefitRun", "Means"}


def sees_row(world: World, user: PlannedUser, row: Row) -> bool:
    """Whether this user may see this row: every kind is named once here or fails as a KeyError."""
    case, may = row.case, world.may[user.role]
    mine, part = row.user is user, bool({"case.view", "report.type"} & may)
    inside = sees_case(world, user, case) and heard(world, user, row)
    away = "case.view" in may and shut(user, case)  # whoever may see no case at all has no locks, either
    house = part and user.house == row.house
    if row.early and _is_note(row) and not mine and earlier_closed(world, user, case):
        return False
    if row.kind in OF_THE_CASE | WORDS:
        return inside
    if row.kind in BY_SECTION:
        return inside and reads(world, user, case, row.section)
    if row.kind == "DetailChange":
        return inside and {"section.identity", "section.household"} <= may
    if row.kind in ABOUT_MONEY:
        return inside and "section.means" in may
    if row.kind in OF_THE_UNIT:
        return of_the_unit(world, user, case)
    if row.kind in BELOW:
        return inside and (
            row.kind not in {"PathwayCheck", "PathwayStep", "PathwayWage"} or reads(world, user, case, row.section)
        )
    return {
        "Action": lambda: (
            (inside or (mine and own_task(world, user, case)) or opened(world, user, row, 2))
            and reads(world, user, case, row.section)
        ),
        "BreakGlass": lambda: (inside or mine) and not away,
        "CaseHandOver": lambda: (inside or ("case.view" in may and row.team in user.teams)) and not away,
        "CaseShare": lambda: (inside or house) and not away,
        "Cover": lambda: house,
        "DeclaredPerson": lambda: mine,
        "Draft": lambda: inside and mine,
        "HealthVisit": lambda: (
            inside
            and reads(world, user, case, "health")
            and (not apart_of_somebody(user, case) or max(case.records) in seen_records(world, user))
        ),
        "KeeperNaming": lambda: (
            {"person.seal", "case.view_organisation"} <= may
            and user.house == case.house
            and not shut_otherwise(user, case)
        ),
        "NeedAnswer": lambda: (inside or opened(world, user, row, 3)) and reads(world, user, case, row.section),
        "Plan": lambda: inside or level_of(world, user, case) >= 2,
        "ReportPhoto": lambda: of_the_unit(world, user, case) and not away,
        "Satisfaction": lambda: False,  # nobody reads an answer, sums alone leave the table
        "StaffHome": lambda: mine,
        "TimelineEntry": lambda: (inside or opened(world, user, row, 3)) and reads(world, user, case, row.section),
        "UrgentRequest": lambda: of_the_unit(world, user, case) or house,
        "Wish": lambda: inside,
        "Visit": lambda: inside or (mine and own_of_sealed(world, user, case)),
        "Voice": lambda: inside or (not row.private and opened(world, user, row, 3)),
    }[row.kind]()


def heard(world: World, user: PlannedUser, row: Row) -> bool:
    """Whether a colleague in the city's case hears of whomever the row is about, or of the row that it stands below."""
    if row.above is not None and apart_of_somebody(user, row.case):
        return sees_row(world, user, row.above)
    wrote = row.kind in AUTHORS and row.user is user
    return wrote or row.kind in BELOW or not row.of_other or hears_of_other(user, row.case, row.section)


def apart_of_somebody(user: PlannedUser, case: PlannedCase) -> bool:
    return not (hears_of_other(user, case) and hears_of_other(user, case, "health"))


def earlier_closed(world: World, user: PlannedUser, case: PlannedCase) -> bool:
    """Whether nothing but being let in later opens this case to them, and nobody opened earlier notes."""
    by_house = "case.view_organisation" in world.may[user.role] and user.house == case.house
    if case.team in user.teams or by_house or answers_for(user, case) or user.actor.id in case.broken:
        return False
    doors: set[int | str] = {user.actor.id} & case.granted
    if shared_level(world, user, case) == 3:
        doors.add(user.house)
    return bool(doors) and doors <= case.closed


def _is_note(row: Row) -> bool:
    """Own words belong to what was asked; a service of the timeline to what was given."""
    if row.kind == "TimelineEntry":
        return row.section not in {"means", "legal"}
    return row.private if row.kind == "Voice" else row.kind in NOTES


def reads(world: World, user: PlannedUser, case: PlannedCase, section: str) -> bool:
    """A section is the role's, or the lead's own case opens it; credit never does (R39)."""
    may = world.may[user.role]
    led = answers_for(user, case) and "case.view" in may and section != "credit"
    return not section or f"section.{section}" in may or led


def of_the_unit(world: World, user: PlannedUser, case: PlannedCase) -> bool:
    """What belongs to a team and its organisation before there is a case: no exception, no lock reaches it."""
    may = world.may[user.role]
    return "case.view" in may and (
        case.team in user.teams or ("case.view_organisation" in may and user.house == case.house)
    )


def own_task(world: World, user: PlannedUser, case: PlannedCase) -> bool:
    """Whomever it is about."""
    return sees_case(world, user, case) or own_of_sealed(world, user, case)


def own_of_sealed(world: World, user: PlannedUser, case: PlannedCase) -> bool:
    """A task or visit of one's own for a sealed person stays, without name (D5), unless something else shuts it."""
    hidden = case.sealed and user.actor.id != case.lead
    return hidden and not shut_otherwise(user, case) and holds_key(world, user, case)


def level_of(world: World, user: PlannedUser, case: PlannedCase) -> int:
    return (shared_level(world, user, case) or 0) if case.consent else 0


def opened(world: World, user: PlannedUser, row: Row, level: int) -> bool:
    """By agreement, with the consent of whoever it is about: nothing sensitive, health with one of its own (K6, K7)."""
    told = told_of(row.case, about_other=row.of_other, section=row.section)
    return told and level_of(world, user, row.case) >= level
