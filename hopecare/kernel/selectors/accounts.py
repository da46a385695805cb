"""Named reads of accounts and of whom they act for. Not private rows: names of staff stand on every paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.cast import cast_data
from hopecare.kernel.models import (
    Affiliation,
    Organisation,
    OrganisationKind,
    Role,
    RolePermission,
    Team,
    TeamMembership,
    User,
    UserKind,
)
from hopecare.kernel.permissions import Permission
from hopecare.kernel.viewers import CONFIRM_DAYS, affiliations_of

#: Days before an affiliation rests from which its line asks for a look.
SOON_DAYS = 30
KIND_WORDS: dict[str, Any] = {
    UserKind.STAFF: _("Staff"),
    UserKind.VOLUNTEER: _("Volunteer"),
    UserKind.DONOR: _("Donor"),
    UserKind.CITIZEN: _("Citizen"),
    UserKind.SYSTEM: _("Program"),
}


def cast_buttons() -> list[dict[str, str]]:
    """The demo's one-click entries: username, name, and who that is in the reader's language."""
    tongue = "what_ko" if (get_language() or "ko").startswith("ko") else "what_en"
    return [{"username": one["username"], "name": one["name"], "what": one[tongue]} for one in cast_data()["people"]]


def cast_account(username: str) -> User | None:
    """The account of a member of the demo's cast, or None for anybody else."""
    if username not in {entry["username"] for entry in cast_data()["people"]}:
        return None
    return User.objects.filter(username=username, is_active=True).first()


@dataclass(frozen=True)
class OwnAccount:
    """What is stored about an account, for the person whose account it is."""

    user: Any
    affiliations: Sequence[Affiliation]
    teams: Sequence[TeamMembership]

    @property
    def kind_words(self) -> Any:
        return KIND_WORDS[self.user.kind]


def own_account(user: User) -> OwnAccount:
    today = clock.today()
    teams = TeamMembership.objects.filter(user=user, starts_on__lte=today).exclude(ends_on__lt=today)
    return OwnAccount(user, affiliations_of(user), list(teams.select_related("team")))


@dataclass(frozen=True)
class Colleague:
    """One affiliation in the quarterly look: until when it holds without a new confirmation."""

    affiliation: Affiliation
    rests_on: date
    state: str  # rests, soon, fine
    own: bool


def colleagues(viewer: Viewer) -> list[Colleague]:
    """Affiliations that this viewer confirms every quarter: those of the own organisation, from the city hall all.

    The ones that rest or soon will stand first. Raises Forbidden.
    """
    check(viewer, Permission.AFFILIATION_CONFIRM)
    today = clock.today()
    rows = (
        confirmable(viewer)
        .exclude(ends_on__lt=today)
        .select_related("user", "organisation", "role")
        .order_by("confirmed_on", "pk")
    )
    return [_colleague(viewer, row, today) for row in rows]


def confirmable(viewer: Viewer) -> Any:
    """The QuerySet of affiliations this viewer answers for."""
    if _at_city_hall(viewer):
        return Affiliation.objects.all()
    return Affiliation.objects.filter(organisation=viewer.organisation_id)


def _at_city_hall(viewer: Viewer) -> bool:
    return Organisation.objects.filter(pk=viewer.organisation_id or 0, kind=OrganisationKind.CITY).exists()


@dataclass(frozen=True)
class Openable:
    """For whom, in which roles and into which teams somebody may let a new colleague in."""

    organisations: Any
    roles: Any
    teams: Any


def openable(viewer: Viewer) -> Openable:
    """From the city hall everything; elsewhere the own organisation, the own teams, and no role that may do more than
    the viewer. What a profession reads (its sections) is no power of the one who lets it in. Raises Forbidden.
    """
    check(viewer, Permission.ACCOUNT_OPEN)
    if _at_city_hall(viewer):
        return Openable(Organisation.objects.order_by("pk"), Role.objects.order_by("pk"), Team.objects.order_by("pk"))
    acts = RolePermission.objects.exclude(permission__startswith="section.")
    more = acts.exclude(permission__in=viewer.permissions).values("role_id")
    roles = Role.objects.filter(permissions__isnull=False).exclude(pk__in=more).distinct()
    return Openable(
        Organisation.objects.filter(pk=viewer.organisation_id or 0),
        roles.order_by("pk"),
        Team.objects.filter(pk__in=viewer.team_ids).order_by("pk"),
    )


@dataclass(frozen=True)
class Movable:
    """A colleague, the memberships of the house's teams that hold or begin later, and the other teams of the house."""

    affiliation: Affiliation
    memberships: Sequence[TeamMembership]
    teams: Any

    @property
    def user(self) -> User:
        return self.affiliation.user


def teams_of(organisation: Organisation) -> Any:
    """Teams in which an organisation works: those of its zone, and those in which somebody of it sits today."""
    today = clock.today()
    theirs = Affiliation.objects.filter(organisation=organisation, starts_on__lte=today).exclude(ends_on__lt=today)
    seats = TeamMembership.objects.filter(user__in=theirs.values("user"), starts_on__lte=today)
    sat = seats.exclude(ends_on__lt=today).values("team")
    return Team.objects.filter(Q(zone__centre=organisation) | Q(pk__in=sat)).order_by("pk")


def movable(viewer: Viewer, affiliation_id: int) -> Movable | None:
    """None where the colleague is not the viewer's to move; nobody moves themselves. Raises Forbidden."""
    check(viewer, Permission.AFFILIATION_CONFIRM)
    check(viewer, Permission.ACCOUNT_OPEN)
    today = clock.today()
    rows = confirmable(viewer).exclude(ends_on__lt=today).exclude(user_id=viewer.user_id)
    row = rows.select_related("user", "organisation", "role").filter(pk=affiliation_id).first()
    if row is None:
        return None
    teams = teams_of(row.organisation)
    theirs = TeamMembership.objects.filter(user=row.user_id, team__in=teams).exclude(ends_on__lt=today)
    seats = list(theirs.select_related("team").order_by("starts_on", "pk"))
    return Movable(row, seats, teams.exclude(pk__in=[seat.team_id for seat in seats if seat.ends_on is None]))


def _colleague(viewer: Viewer, row: Affiliation, today: date) -> Colleague:
    rests_on = row.confirmed_on + timedelta(days=CONFIRM_DAYS)
    state = "rests" if rests_on < today else "soon" if rests_on - today <= timedelta(days=SOON_DAYS) else "fine"
    return Colleague(row, rests_on, state, row.user_id == viewer.user_id)
