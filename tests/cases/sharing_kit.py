"""Worlds of access: every kind of content once, and every way to stand to a case."""

from datetime import timedelta
from typing import Any

from django.db import connection

from cases.models import (
    Action,
    Case,
    CaseGrant,
    CaseLock,
    CaseShare,
    LeadPeriod,
    Means,
    Plan,
    ServiceRecord,
    TimelineEntry,
)
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, acting_as, visible_to
from hopecare.kernel.models import (
    Agreement,
    Category,
    Ground,
    Membership,
    Organisation,
    Person,
    ProviderKind,
    Service,
    User,
)
from tests.database import as_owner

#: Service whose records belong to the section.
SERVICES = {
    "dates": "companionship",
    "mental_health": "psychotherapy",
    "violence": "violence_protection",
    "legal": "legal_aid",
    "credit": "credit_recovery",
}


def record(case: Case, service: str, *, giver: str = "east_centre", **fields: Any) -> ServiceRecord:
    """A service given today, written with the owner's rights."""
    with as_owner():
        row = Service.objects.get(code=service)
        return ServiceRecord.objects.create(
            **{
                "case": case,
                "team_id": case.team_id,
                "provider": Organisation.objects.get(code=giver),
                "person_id": case.main_person_id,
                "service": row,
                "category": row.category,
                "provider_kind": ProviderKind.objects.get(code="private"),
                "given_on": clock.today(),
                "recorded_by_id": case.lead_id,
                **fields,
            }
        )


def fill(case: Case, user: User) -> None:
    """One row of every content of the matrix."""
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    for service in SERVICES.values():
        record(case, service)
    with as_owner():
        Means.objects.create(**keys, monthly_income_won=1, household_size=1, told_on=clock.today(), by=user)
        Plan.objects.create(**keys, goal="stabilise", by=user)
        TimelineEntry.objects.create(**keys, kind="note", words="말씀", by=user)
        Action.objects.create(
            **keys,
            category=Category.objects.get(code="health"),
            service=Service.objects.get(code="home_nursing"),
            title="방문간호",
            owner=user,
            owner_organisation_id=case.provider_id,
            due_on=clock.today(),
        )


def agree(one: Organisation, other: Organisation, level: int) -> None:
    """A version signed by both, written with the owner's rights."""
    first, second = sorted((one.pk, other.pk))
    with as_owner():
        version = 1 + Agreement.objects.filter(first_id=first, second_id=second).count()
        signed = {"first_signed_by": 1, "second_signed_by": 2}
        signed |= {"first_signed_at": clock.now(), "second_signed_at": clock.now()}
        Agreement.objects.create(
            first_id=first, second_id=second, level=level, version=version, starts_on=clock.today(), **signed
        )


def ground(case: Case, user: User, purpose: str, *, given: bool) -> None:
    with as_owner():
        Ground.objects.create(
            person_id=case.main_person_id,
            purpose=purpose,
            given=given,
            form_version="1",
            starts_on=clock.today(),
            recorded_by=user,
            scope_keys=Person.objects.get(pk=case.main_person_id).scope_keys,
        )


def share(case: Case, house: Organisation, user: User) -> CaseShare:
    with as_owner():
        return CaseShare.objects.create(
            case=case, team_id=case.team_id, provider_id=case.provider_id, organisation=house, reason="함께", by=user
        )


def lock(case: Case, user: User) -> None:
    with as_owner():
        CaseLock.objects.create(
            case=case, team_id=case.team_id, provider_id=case.provider_id, user=user, kind="conflict", reason="이해충돌"
        )


def grant(case: Case, user: User) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select id from auth_permission where codename = 'view_case'")
        permission = cursor.fetchone()[0]
        CaseGrant.objects.create(
            user=user,
            permission_id=permission,
            content_object=case,
            reason="함께",
            ends_at=clock.now() + timedelta(days=1),
        )


def lead(case: Case, user: User) -> None:
    with as_owner():
        Case.objects.filter(pk=case.pk).update(lead=user)
        LeadPeriod.objects.filter(case=case).update(user=user)


def contents(viewer: Viewer, case: Case, *, ours: bool) -> set[str]:
    """What the viewer meets of one case: by our predicate (`ours`), or by the database alone."""

    def rows(model: Any) -> Any:
        return visible_to(viewer, model) if ours else model._default_manager.all()

    with acting_as(viewer):
        of_case = {"means": Means, "plan": Plan}
        found = {name for name, model in of_case.items() if rows(model).filter(case_id=case.pk).exists()}
        found |= {"case"} if rows(Case).filter(pk=case.pk).exists() else set()
        found |= {"identity"} if rows(Person).filter(pk=case.main_person_id).exists() else set()
        found |= {"household"} if rows(Membership).filter(household_id=case.household_id).exists() else set()
        found |= {"notes"} if rows(TimelineEntry).filter(case_id=case.pk, kind="note").exists() else set()
        found |= {"health"} if rows(Action).filter(case_id=case.pk, section="health").exists() else set()
        given = set(rows(ServiceRecord).filter(case_id=case.pk).values_list("service__code", flat=True))
        found |= {name for name, code in SERVICES.items() if code in given}
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from hc_shared_dates(%s)", [case.pk])
            found |= {"dates"} if cursor.fetchone()[0] else set()
    return found
