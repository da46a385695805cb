"""What the outside may know of an action that wants a volunteer: never a name, a need or money (K6, D5, D7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from cases.models import Action, Case, OwnerKind
from hopecare.kernel import clock, crypto
from hopecare.kernel.access import Principal, Viewer, visible_to
from hopecare.kernel.models import Ground, GroundPurpose


@dataclass(frozen=True)
class TaskCard:
    """An action as a volunteer may know it before saying yes; times in Seoul, `quarter` as a stranger may know it.

    `volunteer_risk`: 0 everybody, 1 trained, 2 licensed, None when the service is not for volunteers.
    `may_be_asked` is false without the person's consent (K6), for the away and the dead (D15) and for closed cases.
    """

    action_id: int
    case_id: int
    team_id: int
    provider_id: int
    state: str
    zone: str
    town: str
    town_name_ko: str
    town_name_en: str
    town_lat: float
    town_lon: float
    service: str
    service_name_ko: str
    service_name_en: str
    what: str
    at: datetime
    minutes: int
    weekly: bool
    quarter: str
    stairs: bool
    lead_id: int
    contact_name: str
    contact_phone: str
    helper_name: str
    volunteer_risk: int | None
    person_sex: str
    person_is_minor: bool
    done_on: date | None
    may_be_asked: bool


@dataclass(frozen=True)
class TaskPlace:
    """Where to go, for the one volunteer who is booked."""

    directions: str
    line: str
    contact_name: str
    contact_phone: str


_RELATED = ("case", "case__town__zone", "case__lead", "service")


def task_card(viewer: Viewer, action_id: int) -> TaskCard | None:
    """The card, or None: no such task, not for volunteers, not visible, or of a sealed person (D5). Two queries."""
    return next(iter(task_cards(viewer, [action_id])), None)


def task_cards(viewer: Viewer, action_ids: Iterable[int]) -> list[TaskCard]:
    """Cards of several tasks in two queries, in order of their time; runs inside `acting_as(viewer)`."""
    rows = list(
        _actions(viewer)
        .filter(pk__in=list(action_ids), owner_kind=OwnerKind.VOLUNTEER, service__isnull=False, at__isnull=False)
        .select_related(*_RELATED)
        .order_by("at", "pk")
    )
    facts = _facts([row.pk for row in rows])
    return [_card(row, facts[row.pk]) for row in rows if row.pk in facts]


def task_place_after_yes(viewer: Viewer, action_id: int) -> TaskPlace | None:
    """Directions for the volunteer who is booked; None before the yes, without consent or for a sealed person.

    The caller has made sure that whoever reads it is that volunteer (signed link, or a task grant).
    """
    return task_places_after_yes(viewer, [action_id]).get(action_id)


def task_places_after_yes(viewer: Viewer, action_ids: Iterable[int]) -> dict[int, TaskPlace]:
    """The same of several tasks, by task, in two queries; the caller answers for each of them."""
    leads = {
        row.pk: row.case.lead for row in _actions(viewer).filter(pk__in=[*action_ids]).select_related("case__lead")
    }
    if not leads:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select wanted, place.directions, place.line from unnest(%s::bigint[]) wanted"
            " cross join lateral hc_task_place(wanted, %s) place",
            [list(leads), clock.today()],
        )
        return {
            key: TaskPlace(directions, crypto.decrypt(line) if line else "", leads[key].name, leads[key].phone)
            for key, directions, line in cursor.fetchall()
        }


def may_ask_volunteers(case: Case) -> bool:
    """Whether the main person agreed that volunteers learn the place and the hour (K6); the newest ground counts."""
    today = clock.today()
    ground = (
        Ground.objects.filter(person_id=case.main_person_id, purpose=GroundPurpose.VOLUNTEERS)
        .order_by("-recorded_at", "-pk")
        .first()
    )
    if ground is None or not ground.given:
        return False
    return ground.starts_on <= today and (ground.ends_on is None or ground.ends_on >= today)


def _actions(viewer: Viewer) -> Any:
    return Action.objects.all() if viewer.principal == Principal.OFFERS else visible_to(viewer, Action)


def _facts(action_ids: list[int]) -> dict[int, tuple[str, bool, bool, bool]]:
    """action id → (sex, minor, here, consent); sealed people have no row."""
    if not action_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("select * from hc_task_facts(%s, %s)", [action_ids, clock.today()])
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in cursor.fetchall()}


def _card(action: Action, facts: tuple[str, bool, bool, bool]) -> TaskCard:
    sex, minor, here, consent = facts
    case, service = action.case, action.service
    assert service is not None and action.at is not None and action.minutes is not None
    return TaskCard(
        action_id=action.pk,
        case_id=case.pk,
        team_id=action.team_id,
        provider_id=action.provider_id,
        state=action.state,
        zone=case.town.zone.code,
        town=case.town.code,
        town_name_ko=case.town.name_ko,
        town_name_en=case.town.name_en,
        town_lat=case.town.lat,
        town_lon=case.town.lon,
        service=service.code,
        service_name_ko=service.name_ko,
        service_name_en=service.name_en,
        what=action.title,
        at=action.at.astimezone(clock.SEOUL),
        minutes=action.minutes,
        weekly=action.weekly,
        quarter=action.quarter,
        stairs=action.stairs,
        lead_id=case.lead_id,
        contact_name=case.lead.name,
        contact_phone=case.lead.phone,
        helper_name=action.helper_name,
        volunteer_risk=service.volunteer_risk,
        person_sex=sex,
        person_is_minor=minor,
        done_on=action.done_on,
        may_be_asked=consent and here and case.is_open,
    )
