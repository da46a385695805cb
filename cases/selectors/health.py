"""Visits of nurses and doctors: one person's over time, one sheet, what a form offers (R49, R51, D4, D6)."""

from cases.models import Action, Case, HealthVisit
from cases.rules import health as rules
from cases.selectors import catalogue
from cases.selectors.choices import people_of
from cases.selectors.same_person import records_of
from cases.states import ActionState
from hopecare.kernel import audit, errors
from hopecare.kernel.access import Viewer, get_visible, visible_to
from hopecare.kernel.models import Person, Service
from hopecare.kernel.permissions import Permission

MOST = 100


def may_read(viewer: Viewer, case: Case) -> bool:
    """The role opens the section health, or one leads the case."""
    return rules.SECTION in viewer.sections or case.pk in viewer.reach.led


def demand_reading(viewer: Viewer, case: Case) -> None:
    """NotFound, as for what is not there; the refusal is written down."""
    if not may_read(viewer, case):
        raise errors.NotFound("case", case.number)


def services_at_home() -> dict[str, Service]:
    """Kind → the service of the catalogue that it is recorded as; a city without it has no such visits."""
    there = {service.code: service for service in catalogue.services() if service.active}
    return {code: there[kind.service] for code, kind in rules.kinds().items() if kind.service in there}


def kinds_for(viewer: Viewer, case: Case) -> list[rules.Kind]:
    """What the viewer may write down for this case."""
    if not (viewer.may(Permission.CASE_SERVICE) and may_read(viewer, case)):
        return []
    there = services_at_home()
    return [kind for kind in rules.kinds().values() if kind.code in there]


def people_seen(viewer: Viewer, case: Case) -> list[Person]:
    """The household's people, the main person first, and whoever was visited and has left."""
    seen = visible_to(viewer, HealthVisit).filter(case=case).values("person")
    rows = people_of(viewer, case) | visible_to(viewer, Person).filter(pk__in=seen)
    return sorted(rows.distinct(), key=lambda person: (person.pk != case.main_person_id, person.pk))


def visits_to(viewer: Viewer, case: Case, person: Person) -> list[HealthVisit]:
    """The newest first, over all records that surely are this person (D6); reads in further cases are logged."""
    rows = visible_to(viewer, HealthVisit).filter(person_id__in=records_of(viewer, person).sensitive)
    found = list(rows.select_related("case", "person", "by").order_by("-on", "-pk")[:MOST])
    elsewhere = {row.case_id: row.provider_id for row in found if row.case_id != case.pk}
    if elsewhere:
        audit.read(viewer, "case", sorted(elsewhere), owners=set(elsewhere.values()), what="health")
    return found


def visit_of(viewer: Viewer, case: Case, visit_id: int) -> HealthVisit:
    related = ("person", "by", "record__provider", "record__provider_kind", "record__service", "next_action")
    return get_visible(viewer, HealthVisit, named="health_visit", select=related, pk=visit_id, case=case)


def open_tasks(viewer: Viewer, case: Case, service: Service) -> list[Action]:
    """Tasks that such a visit may be, the soonest first."""
    rows = visible_to(viewer, Action).filter(
        case=case, service=service, state__in=[ActionState.OPEN, ActionState.DOING]
    )
    return list(rows.select_related("person").order_by("due_on", "pk"))
