"""What may be chosen in the forms of a case."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from cases.models import Action, Case
from cases.rules import whose
from cases.selectors import catalogue
from cases.selectors.team import colleagues_outside, leaders_of, members_of, other_teams
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import (
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Service,
    Team,
    User,
)

_PARTNERS = (OrganisationKind.INSTITUTION, OrganisationKind.BUSINESS, OrganisationKind.SCHOOL)


def for_action(case: Case) -> dict[str, Iterable[Any]]:
    """Category, service, colleague of the team, organisation."""
    return {
        "category": catalogue.categories(),
        "service": [service for service in catalogue.services() if service.active],
        "owner": members_of(case.team_id),
        "owner_organisation": Organisation.objects.exclude(kind=OrganisationKind.FOUNDATION).order_by("name_ko"),
    }


def for_service(viewer: Viewer, case: Case, action: Action | None) -> dict[str, Iterable[Any]]:
    """Service, category, person, provider kind, giving organisation, source of money."""
    houses = {case.provider_id, viewer.organisation_id or 0}
    if action is not None:
        houses.add(action.owner_organisation_id)
    return {
        "service": [
            service for service in catalogue.services() if service.active and may_record(viewer, case, service)
        ],
        "category": catalogue.categories(),
        "person": people_of(viewer, case),
        "provider_kind": catalogue.provider_kinds(),
        "provider": Organisation.objects.filter(Q(pk__in=houses) | Q(kind__in=_PARTNERS)).order_by("pk"),
        "fund_source": catalogue.fund_sources(),
    }


def may_record(viewer: Viewer, case: Case, service: Service) -> bool:
    """One records what one may read: the role opens the section, or one leads the case (credit: the role alone)."""
    section = service.section
    return not section or section in viewer.sections or (section != "credit" and case.pk in viewer.reach.led)


def people_of(viewer: Viewer, case: Case) -> QuerySet[Person]:
    """The household's visible people today."""
    members = visible_to(viewer, Membership).filter(household=case.household_id, ends_on=None)
    return visible_to(viewer, Person).filter(pk__in=members.values("person_id")).order_by("pk")


def whom_about(viewer: Viewer, case: Case) -> list[Person]:
    """Whom alone a word may be about: the household's people where more than one adult lives, else nobody (D4)."""
    people = list(people_of(viewer, case))
    return people if whose.is_asked(person.age for person in people) else []


def new_leads(case: Case) -> QuerySet[User]:
    return leaders_of(case.team_id).exclude(pk=case.lead_id)


def receiving_teams(case: Case) -> QuerySet[Team]:
    return other_teams(case.team_id)


def receiving_leads(team_id: int | None) -> QuerySet[User]:
    return leaders_of(team_id) if team_id else User.objects.none()


def outside(case: Case) -> QuerySet[User]:
    return colleagues_outside(case.team_id)


def inside(case: Case) -> QuerySet[User]:
    return members_of(case.team_id)


def team_by_id(team_id: int) -> Team | None:
    return Team.objects.select_related("zone__centre").filter(pk=team_id).first()


def house_of(team: Team) -> Organisation | None:
    """The centre that provides for a team's cases; the central team has none of its own zone."""
    if team.zone is not None:
        return team.zone.centre
    return Organisation.objects.filter(kind=OrganisationKind.CENTRE, zone=None).order_by("pk").first()
