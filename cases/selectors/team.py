"""Who may lead, who belongs to a team, and whether an organisation may be let in (R47, K2, K6)."""

from typing import Any

from django.db import connection
from django.db.models import DateField, F, Q, QuerySet

from cases.models import Case, CaseMember
from cases.selectors.catalogue import towns_of
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.menu_counts import recent
from hopecare.kernel.models import (
    Affiliation,
    GroundPurpose,
    Organisation,
    OrganisationKind,
    Team,
    TeamMembership,
    Town,
    User,
    UserKind,
)
from hopecare.kernel.permissions import Permission
from hopecare.kernel.prepared import prepared

_PUBLIC = (OrganisationKind.CITY, OrganisationKind.TOWN_OFFICE)


def _today(prefix: str = "") -> Q:
    today = clock.today()
    return Q(**{f"{prefix}starts_on__lte": today}) & (
        Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": today})
    )


def members_of(team_id: int) -> QuerySet[User]:
    """Active accounts in the team today, by name; `house_ko`/`house_en` name their organisation."""
    ids = TeamMembership.objects.filter(_today(), team_id=team_id).values("user_id")
    return (
        User.objects.filter(_today("affiliations__"), pk__in=ids, is_active=True)
        .annotate(house_ko=F("affiliations__organisation__name_ko"), house_en=F("affiliations__organisation__name_en"))
        .order_by("name", "pk")
        .distinct()
    )


def leaders_of(team_id: int) -> QuerySet[User]:
    """Those of the team whose role may lead a case (K2)."""
    roles = Affiliation.objects.filter(_today(), role__permissions__permission=Permission.CASE_LEAD)
    return members_of(team_id).filter(pk__in=roles.values("user_id"))


def colleagues_outside(team_id: int) -> QuerySet[User]:
    """Staff who may view cases somewhere but are not in this team, by name."""
    inside = TeamMembership.objects.filter(_today(), team_id=team_id).values("user_id")
    seers = Affiliation.objects.filter(_today(), role__permissions__permission=Permission.CASE_VIEW).values("user_id")
    return (
        User.objects.filter(_today("affiliations__"), pk__in=seers, is_active=True, kind=UserKind.STAFF)
        .exclude(pk__in=inside)
        .annotate(house_ko=F("affiliations__organisation__name_ko"), house_en=F("affiliations__organisation__name_en"))
        .order_by("name", "pk")
        .distinct()
    )


def other_teams(team_id: int) -> QuerySet[Team]:
    return Team.objects.exclude(pk=team_id).select_related("zone__centre").order_by("pk")


def organisation_of(user: User) -> int | None:
    """The organisation an account acts for today; the first one when there are several."""
    rows = Affiliation.objects.filter(_today(), user=user).order_by("pk")
    return rows.values_list("organisation_id", flat=True).first()


def consents_to_sharing(case: Case, user: User) -> bool:
    """True inside the public side; towards a private organisation the person's consent is needed (K6)."""
    organisation = Organisation.objects.filter(pk=organisation_of(user) or 0).first()
    return organisation is not None and may_receive(case, organisation)


def may_receive(case: Case, organisation: Organisation) -> bool:
    """As `consents_to_sharing`, before it is known which colleague of the organisation it will be."""
    return organisation.kind in _PUBLIC or organisation.pk == case.provider_id or consents(case.main_person_id)


def may_be_asked(case: Case, organisation: Organisation) -> bool:
    """Whether it may read of this case at all: the city's words need a consent, any other house's a ground (K6, K7)."""
    if organisation.kind in _PUBLIC or organisation.pk == case.provider_id:
        return True
    return _ground_holds(case.main_person_id, consent_only=case.provider.kind in _PUBLIC)


def consents(person_id: int) -> bool:
    """Whether the newest word of this person on case management is a yes that still holds; a duty is no yes (K6)."""
    return _ground_holds(person_id, consent_only=True)


def _ground_holds(person_id: int, *, consent_only: bool) -> bool:
    """Asked of the database, which answers the same to the walls, the import and the exchange between organisations."""
    with connection.cursor() as cursor:
        told: list[int | str] = [person_id, f"{GroundPurpose.CASE_MANAGEMENT}", consent_only, f"{clock.today()}"]
        cursor.execute("select hc_ground_holds(%s, %s, %s, %s)", told)
        return bool(cursor.fetchone()[0])


@prepared(today=DateField())
def _leads(viewer: Viewer, blank: Any) -> Any:
    now = Q(starts_on__lte=blank.today) & (Q(ends_on=None) | Q(ends_on__gte=blank.today))
    rows = TeamMembership.objects.filter(now, team__among=viewer.team_ids)
    return rows.order_by("user__name").values_list("user_id", "user__name").distinct()


def leads_and_towns(viewer: Viewer) -> tuple[list[tuple[int, str]], list[Town]]:
    """Who may be chosen in the list's filters: accounts of the viewer's teams, towns of their zones."""
    return recent("leads", viewer, lambda of: _leads(of, today=clock.today())), towns_of(viewer.team_ids)


def people_on_paper(viewer: Viewer, case: Case, *, most: int = 4) -> list[CaseMember]:
    """Who works on the case now, first come first, as many as fit on the paper that is left behind."""
    members = visible_to(viewer, CaseMember).filter(case=case, ends_on=None)
    return list(members.select_related("user", "organisation").order_by("pk")[:most])
