"""Conferences of a case, and who could join it: per open category, and why (R47, R58)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Count, Max

from cases.models import AgendaPoint, Case, Commitment, Conference, ConferenceSeat, Decision, ServiceRecord
from cases.rules import conferences as rules
from cases.selectors.approvals import accounts_by_role
from cases.selectors.catalogue import categories, services
from cases.selectors.colleagues import Colleague, colleagues
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, get_visible, visible_to
from hopecare.kernel.models import Category, Organisation, Person, Role, Service

SHOWN = 4


def conferences_of(viewer: Viewer, case: Case) -> list[Conference]:
    return list(visible_to(viewer, Conference).filter(case=case).order_by("-at", "-pk"))


@dataclass(frozen=True)
class Meeting:
    conference: Conference
    seats: list[ConferenceSeat]
    points: list[AgendaPoint]
    decisions: list[Decision]
    commitments: list[Commitment]


def meeting_of(viewer: Viewer, case: Case, conference_id: int) -> Meeting:
    """One conference with its seats, points about one alone, decisions and promises; NotFound otherwise."""
    row = get_visible(viewer, Conference, named="conference", select=("called_by",), pk=conference_id, case=case)
    related = ("action__owner", "action__owner_organisation", "action__category", "action__person")
    points = visible_to(viewer, AgendaPoint).filter(conference=row).select_related("person")
    decisions = visible_to(viewer, Decision).filter(conference=row).select_related("by", "person")
    return Meeting(
        conference=row,
        seats=list(visible_to(viewer, ConferenceSeat).filter(conference=row).order_by("pk")),
        points=list(points.order_by("pk")),
        decisions=list(decisions.order_by("pk")),
        commitments=list(visible_to(viewer, Commitment).filter(conference=row).select_related(*related).order_by("pk")),
    )


def of_one(meeting: Meeting, person: Person) -> Meeting:
    """What somebody of the household may take home: what is about all of them, and their own; nobody else's (D4)."""
    ours = {None, person.pk}
    return replace(
        meeting,
        points=[one for one in meeting.points if one.person_id in ours],
        decisions=[one for one in meeting.decisions if one.person_id in ours],
        commitments=[one for one in meeting.commitments if one.action.person_id in ours],
    )


def seats_to_offer(case: Case) -> list[Colleague]:
    """Colleagues of the team, by name."""
    return colleagues([case.team_id])


@dataclass(frozen=True)
class Helper:
    """A colleague who could join; `load` = open cases they lead."""

    colleague: Colleague
    role: Role
    load: int


@dataclass(frozen=True)
class House:
    """An organisation that gave help of this kind within a year, as far as the viewer may see it."""

    organisation: Organisation
    given: int


@dataclass(frozen=True)
class Open:
    """One open category: how heavy, who could join, which houses and which volunteers' services there are."""

    category: Category
    severity: int
    helpers: Sequence[Helper]
    houses: Sequence[House]
    services: Sequence[Service]


def team_for(viewer: Viewer, case: Case, severities: dict[str, int], members: set[int]) -> list[Open]:
    """The open categories, the heaviest first. `severities`: category code → worst number; `members`: on it already."""
    team = {one.user_id: one for one in colleagues([case.team_id])}
    by_role = accounts_by_role(case.team_id)
    roles = {role.code: role for role in Role.objects.filter(code__in=by_role)}
    loads = _loads(viewer, case)
    houses = _houses(viewer, case)
    found = []
    for category in categories():
        severity = severities.get(category.code, 0)
        if severity < 1:
            continue
        helpers = [
            Helper(team[user], roles[role], loads.get(user, 0))
            for role in rules.roles_for(category.code)
            for user in sorted(by_role.get(role, ()), key=lambda user: (loads.get(user, 0), user))
            if user in team and user not in members
        ]
        volunteers = [
            service
            for service in services()
            if service.category_id == category.pk and service.volunteer_risk is not None and service.active
        ]
        found.append(Open(category, severity, helpers[:SHOWN], houses.get(category.pk, [])[:SHOWN], volunteers[:SHOWN]))
    return sorted(found, key=lambda one: (-one.severity, one.category.position))


def _loads(viewer: Viewer, case: Case) -> dict[int, int]:
    rows = visible_to(viewer, Case).filter(team=case.team_id, closed_at=None).values("lead").annotate(n=Count("pk"))
    return {row["lead"]: row["n"] for row in rows.order_by()}


def _houses(viewer: Viewer, case: Case) -> dict[int, list[House]]:
    """Category id → organisations that gave something to the team's cases in the last year."""
    since = clock.today() - timedelta(days=365)
    rows = (
        visible_to(viewer, ServiceRecord)
        .filter(team=case.team_id, given_on__gte=since)
        .exclude(provider=case.provider_id)
        .order_by()
        .values("category_id", "provider_id")
        .annotate(n=Count("pk"), last=Max("given_on"))
    )
    found = list(rows.order_by("-n")[:120])
    named = Organisation.objects.in_bulk({row["provider_id"] for row in found})
    houses: dict[int, list[House]] = {}
    for row in found:
        houses.setdefault(row["category_id"], []).append(House(named[row["provider_id"]], row["n"]))
    return houses
