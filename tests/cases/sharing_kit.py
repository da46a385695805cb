"""Worlds of access: every kind of content once, and every way to stand to a case."""

from datetime import date, timedelta
from typing import Any

from django.db import connection

from cases.models import (
    Action,
    BreakGlass,
    Case,
    CaseGrant,
    CaseLock,
    CaseMember,
    CaseShare,
    Cover,
    LeadPeriod,
    Means,
    NeedAnswer,
    Pathway,
    PathwayWage,
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

DAY = timedelta(days=1)
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


def fill(case: Case, user: User, person: Person | None = None) -> None:
    """One row of every content of the matrix; those that may be about one person are about this one."""
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    for service in SERVICES.values():
        record(case, service, **({"person_id": person.pk} if person else {}))
    with as_owner():
        Means.objects.create(**keys, monthly_income_won=1, household_size=1, told_on=clock.today(), by=user)
        whose = {"person": person or case.main_person, "kind": "employment"}
        begun = {**keys, "step": "working", "since": clock.today(), "by": user}
        way, fresh = Pathway.objects.get_or_create(case=case, **whose, defaults=begun)
        if fresh:
            PathwayWage.objects.create(**keys, pathway=way, step="working", wage_won=1, by=user)
        Plan.objects.create(**keys, goal="stabilise", by=user)
        TimelineEntry.objects.create(**keys, kind="note", words="말씀", by=user, person=person, at=clock.now() - DAY)
        Action.objects.create(
            **keys,
            person=person,
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


def ground(case: Case, user: User, purpose: str, *, given: bool, person: Person | None = None, **fields: Any) -> None:
    """One more row: a consent of the main person from today by default."""
    whose = person.pk if person else case.main_person_id
    told = {"form_version": "1", "starts_on": clock.today(), **fields}
    with as_owner():
        Ground.objects.create(
            person_id=whose,
            purpose=purpose,
            given=given,
            **told,
            recorded_by=user,
            scope_keys=Person.objects.get(pk=whose).scope_keys,
        )


def stand(case: Case, user: User, purpose: str, state: str, person: Person | None = None) -> None:
    """The newest word as the matrix names it; a yes that stood before is over."""
    today = clock.today()
    with as_owner():
        Ground.objects.filter(person_id=person.pk if person else case.main_person_id, purpose=purpose).delete()
    if state in {"consent", "withdrawn"}:
        ground(case, user, purpose, given=True, person=person)
    if state in {"withdrawn", "refused"}:
        ground(case, user, purpose, given=False, person=person)
    if state == "expired":
        span = {"starts_on": today - timedelta(days=30), "ends_on": today - timedelta(days=1)}
        ground(case, user, purpose, given=True, person=person, **span)
    if state in {"public_duty", "law", "urgent"}:
        ground(case, user, purpose, given=True, kind=state, article="제5조", person=person)


def share(case: Case, house: Organisation, user: User, *, notes_from: date | None = None) -> CaseShare:
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    with as_owner():
        return CaseShare.objects.create(**keys, organisation=house, reason="함께", by=user, notes_from=notes_from)


def lock(case: Case, user: User) -> None:
    with as_owner():
        CaseLock.objects.create(
            case=case, team_id=case.team_id, provider_id=case.provider_id, user=user, kind="conflict", reason="이해충돌"
        )


def grant(case: Case, user: User, *, notes_from: date | None = None) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select id from auth_permission where codename = 'view_case'")
        permission = cursor.fetchone()[0]
        CaseGrant.objects.create(
            user=user,
            permission_id=permission,
            content_object=case,
            reason="함께",
            ends_at=clock.now() + DAY,
            notes_from=notes_from,
        )


def break_glass(case: Case, user: User) -> None:
    """Danger to life, told an hour ago and still running."""
    with as_owner():
        BreakGlass.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            user=user,
            reason="위급",
            article="제18조",
            starts_at=clock.now() - timedelta(hours=1),
            ends_at=clock.now() + timedelta(hours=1),
        )


def belong(case: Case, user: User, house: Organisation) -> None:
    """A name among those who work on the case."""
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    with as_owner():
        if not CaseMember.objects.filter(case=case, user=user, ends_on=None).exists():
            CaseMember.objects.create(**keys, user=user, organisation=house, starts_on=clock.today())


def cover(absent: User, other: User, house: Organisation) -> None:
    """`other` is there for `absent` since an hour, until tomorrow; told once."""
    told = {"organisation": house, "absent": absent, "cover": other}
    with as_owner():
        if not Cover.objects.filter(**told).exists():
            span = {"starts_at": clock.now() - timedelta(hours=1), "ends_at": clock.now() + timedelta(days=1)}
            Cover.objects.create(**told, **span, by=absent)


def need(case: Case, category: str, section: str, user: User) -> NeedAnswer:
    """A severe need, in the section its words stand in."""
    with as_owner():
        return NeedAnswer.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            category=Category.objects.get(code=category),
            section=section,
            severity=3,
            phase="open",
            answer="severity",
            by=user,
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
        of_case = {"means": Means, "plan": Plan, "work": PathwayWage}
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
