"""Write down a visit of a nurse or doctor: service record, what was found beside it, the next visit as a task (R49)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from cases.models import Action, Case, HealthVisit, OwnerKind, ServiceRecord
from cases.rules import health as rules
from cases.rules.checks import Override
from cases.selectors.choices import may_record
from cases.services.locking import actor, locked_case
from cases.services.plans import Wanted, add_action
from cases.services.services_given import NO_OVERRIDE, Given, record_service
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.models import Category, Organisation, Person, ProviderKind, Service, User
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class VisitTold:
    """A visit as the form tells it; `action_id`: the task that it was, which ends with it."""

    service: Service
    person: Person
    given_on: date
    visitor: str
    provider: Organisation
    provider_kind: ProviderKind
    measured: Mapping[str, Decimal] = field(default_factory=dict)
    fasting: bool | None = None
    sure: bool = False
    medicines: str = ""
    done: Sequence[str] = ()
    found: str = ""
    advice: str = ""
    prescription: bool | None = None
    referred_to: str = ""
    signs: Sequence[str] = ()
    told_whom: str = ""
    next_on: date | None = None
    action_id: int | None = None
    token: str = ""
    override: Override = NO_OVERRIDE


def record_visit(*, by: Viewer, number: str, kind: str, told: VisitTold) -> HealthVisit | None:
    """Record, values and next task together; None when this very form was taken before.

    Raises Forbidden without the section, Impossible with every problem; given twice is asked about as ever (R20).
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_SERVICE, open_only=told.next_on is not None)
        if not may_record(by, case, told.service):
            raise errors.Forbidden(f"section.{rules.SECTION}")
        problems = rules.visit_problems(_facts(told), today=clock.today())
        if not told.visitor.strip():
            problems.append(errors.required("visitor"))
        if problems:
            raise errors.Impossible(*problems)
        record = record_service(by=by, number=number, given=_given(told))
        return None if record is None else _beside(by, case, kind, told, record)


def _facts(told: VisitTold) -> rules.VisitFacts:
    return rules.VisitFacts(
        given_on=told.given_on,
        measured=told.measured,
        fasting=told.fasting,
        done=told.done,
        words=(told.found, told.advice, told.referred_to),
        signs=told.signs,
        told_whom=told.told_whom,
        next_on=told.next_on,
        sure=told.sure,
    )


def _category(service: Service) -> Category:
    if service.category is None:
        raise errors.Impossible(errors.required("service"))
    return service.category


def _given(told: VisitTold) -> Given:
    return Given(
        service=told.service,
        category=_category(told.service),
        provider_kind=told.provider_kind,
        provider=told.provider,
        given_on=told.given_on,
        person=told.person,
        action_id=told.action_id,
        finish_action=told.action_id is not None,
        token=told.token,
        override=told.override,
    )


def _beside(by: Viewer, case: Case, kind: str, told: VisitTold, record: ServiceRecord) -> HealthVisit:
    measured: dict[str, Any] = dict(told.measured)
    next_action = _next(by, case, told)
    row = HealthVisit.objects.create(
        case=case,
        team_id=case.team_id,
        provider_id=case.provider_id,
        record=record,
        person=told.person,
        kind=kind,
        on=told.given_on,
        visitor=told.visitor.strip(),
        **measured,
        fasting=told.fasting if "glucose" in measured else None,
        confirmed=rules.rare(told.measured),
        medicines=told.medicines,
        done=list(told.done),
        found=told.found.strip(),
        advice=told.advice.strip(),
        prescription=told.prescription,
        referred_to=told.referred_to.strip(),
        signs=list(told.signs),
        told_whom=told.told_whom.strip() if told.signs else "",
        next_on=told.next_on,
        next_action=next_action,
        by_id=actor(by),
    )
    audit.changed(by, "case", [case.pk], "health_visit", owners=[case.provider_id], visit=row.pk, record=record.pk)
    return row


def _next(by: Viewer, case: Case, told: VisitTold) -> Action | None:
    """The next visit stands on the day of whoever wrote this one down; missed, it is asked about (R20)."""
    if told.next_on is None:
        return None
    wanted = Wanted(
        title=told.service.name,
        category=_category(told.service),
        owner_kind=OwnerKind.STAFF,
        due_on=told.next_on,
        service=told.service,
        owner=User.objects.get(pk=actor(by)),
        person=told.person,
    )
    return add_action(by=by, number=case.number, wanted=wanted, permission=Permission.CASE_SERVICE)


def print_sheet(*, by: Viewer, visit: HealthVisit) -> None:
    """A paper for that person alone left the house (D4)."""
    with acting_as(by):
        owners = [visit.provider_id]
        audit.changed(by, "case", [visit.case_id], "health_visit_printed", owners=owners, visit=visit.pk)
