"""Conferences of a case, and who could join it: per open category, and why (R47, R58)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max

from cases.models import Case, Commitment, Conference, ConferenceSeat, Decision, ServiceRecord
from cases.rules import conferences as rules
from cases.selectors.approvals import accounts_by_role
from cases.selectors.catalogue import categories, services
from cases.selectors.colleagues import Colleague, colleagues
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, get_visible, visible_to
from hopecare.kernel.models import Category, Organisation, Role, Service

SHOWN = 4


def conferences_of(viewer: Viewer, case: Case) -> list[Conference]:
    return list(visible_to(viewer, Conference).filter(case=case).order_by("-at", "-pk"))


@dataclass(frozen=True)
class Meeting:
    conference: Conference
    seats: list[ConferenceSeat]
    decisions: list[Decision]
    commitments: list[Commitment]


def meeting_of(viewer: Viewer, case: Case, conference_id: int) -> Meeting:
    """One conference with its seats, decisions and promises; NotFound otherwise."""
    row = get_visible(viewer, Conference, named="conference", select=("called_by",), pk=conference_id, case=case)
    related = ("action__owner", "action__owner_organisation", "action__category")
    return Meeting(
        conference=row,
        seats=list(visible_to(viewer, ConferenceSeat).filter(conference=row).order_by("pk")),
        decisions=list(visible_to(viewer, Decision).filter(conference=row).select_related("by").order_by("pk")),
        commitments=list(visible_to(viewer, Commitment).filter(conference=row).select_related(*related).order_by("pk")),
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
