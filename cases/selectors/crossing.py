"""What crosses the border of a team: hand-overs, urgent requests, and whom one can choose there (R17, R38)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from cases.models import Case, CaseHandOver, CaseLock, Cover, DeclaredPerson, Intake, UrgentRequest
from cases.rules.access import hand_over_unowned_at
from cases.selectors.team import leaders_of, members_of
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Organisation, TeamMembership, Town, User

MOST = 50


def hand_overs(viewer: Viewer) -> tuple[list[CaseHandOver], list[CaseHandOver]]:
    """Open ones: (offered to the viewer's teams, offered by them), those that wait longest first. One query."""
    rows = visible_to(viewer, CaseHandOver).filter(accepted_at=None, withdrawn_at=None)
    related = rows.select_related("to_team", "town", "offered_by").order_by("offered_at")
    found = list(related[:MOST])
    asked = [row for row in found if row.to_team_id in viewer.team_ids]
    return asked, [row for row in found if row not in asked]


def told_centrally_at(row: CaseHandOver) -> datetime:
    return hand_over_unowned_at(row.offered_at)


def without_their_lead(viewer: Viewer) -> list[Case]:
    """Open cases whose lead left their team and still leads them, the longest first; no protected ones (D5)."""
    today = clock.today()
    seats = TeamMembership.objects.filter(user=OuterRef("lead"), team=OuterRef("team"), starts_on__lte=today)
    left = seats.filter(ends_on__lt=today).order_by("-ends_on").values("ends_on")[:1]
    rows = visible_to(viewer, Case).filter(closed_at=None).exclude(pk__among=viewer.reach.sealed)
    rows = rows.filter(~Exists(seats.filter(Q(ends_on=None) | Q(ends_on__gte=today)))).annotate(last_day=Subquery(left))
    rows = rows.filter(last_day__isnull=False).select_related("lead", "town")
    found: list[Case] = list(rows.order_by("last_day", "pk")[:MOST])
    owners = {case.provider_id for case in found}
    audit.read(viewer, "case", [case.pk for case in found], owners=owners, what="list")
    return found


def leaders(team_id: int) -> QuerySet[User]:
    return leaders_of(team_id)


def leader(viewer: Viewer, text: str) -> User:
    """Whom the viewer chose among the own teams' leads; the viewer, when it is nobody of them."""
    people = [user for team_id in viewer.team_ids for user in leaders_of(team_id)]
    chosen = next((user for user in people if str(user.pk) == text), None)
    return chosen or User.objects.get(pk=viewer.user_id or 0)


def urgent_requests(viewer: Viewer) -> tuple[list[UrgentRequest], list[UrgentRequest]]:
    """(for the viewer's team or centre, asked by the viewer's organisation); open ones first, the promised next.

    `sheet`: the number of the intake it led to, where the viewer may see that.
    """
    related = ("town", "category", "from_organisation", "provider", "taken_by")
    sheet = visible_to(viewer, Intake).filter(pk=OuterRef("intake")).values("number")
    rows = visible_to(viewer, UrgentRequest).select_related(*related).annotate(sheet=Subquery(sheet))
    found: list[Any] = list(rows.order_by(F("done_at").desc(nulls_first=True), "promised_at")[: 2 * MOST])
    if found:
        audit.read(viewer, "urgent", [row.pk for row in found], owners={row.provider_id for row in found}, what="list")
    ours = [row for row in found if row.team_id in viewer.team_ids or row.provider_id in viewer.provider_ids]
    return ours, [row for row in found if row.from_organisation_id == viewer.organisation_id]


def towns() -> list[Town]:
    return list(Town.objects.select_related("zone__centre").order_by("zone_id", "name_ko"))


def covers(viewer: Viewer) -> Sequence[Cover]:
    """Covers of the viewer's organisation that hold or are to come."""
    rows = visible_to(viewer, Cover).filter(ends_at__gt=clock.now()).select_related("absent", "cover")
    return list(rows.order_by("starts_at")[:MOST])


def colleagues_of(viewer: Viewer) -> list[User]:
    """The viewer's teammates of the same organisation, by name."""
    today = clock.today()
    own = Q(affiliations__organisation_id=viewer.organisation_id) & (
        Q(affiliations__ends_on=None) | Q(affiliations__ends_on__gte=today)
    )
    found = {user.pk: user for team_id in viewer.team_ids for user in members_of(team_id).filter(own)}
    return sorted(found.values(), key=lambda user: (user.name, user.pk))


def declared(viewer: Viewer) -> list[DeclaredPerson]:
    """Whom the viewer declared as close; nobody else's list exists."""
    return list(visible_to(viewer, DeclaredPerson).order_by("-declared_at", "-pk")[:MOST])


def locks_of(viewer: Viewer, case_id: int) -> list[CaseLock]:
    rows = visible_to(viewer, CaseLock).filter(case_id=case_id, ends_at=None)
    return list(rows.select_related("user").order_by("starts_at"))


def partners_for(case_provider_id: int) -> list[Organisation]:
    """Organisations that can take part in a case: all but its own and those that only operate centres."""
    rows = Organisation.objects.exclude(pk=case_provider_id).exclude(kind="foundation")
    return list(rows.order_by("kind", "name_ko"))
