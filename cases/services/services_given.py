"""Record a service that was given, with its money (R56, R61, R71, K13). Records are added, never changed."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import Action, Case, EntryKind, ServiceRecord
from cases.rules import services as rules
from cases.rules.checks import Near, Override, overlap_problems
from cases.selectors.overlaps import equivalent, refuses
from cases.services import overlaps, timeline
from cases.services.locking import actor, first_time, locked_case
from cases.services.plans import set_action_state
from cases.states import ActionState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, get_visible, visible_to
from hopecare.kernel.models import Category, FundSource, Organisation, Person, ProviderKind, Service
from hopecare.kernel.permissions import Permission

NO_OVERRIDE = Override()


@dataclass(frozen=True)
class Given:
    """Who gave what to whom, when, from which money. `provider` = the organisation that gave it."""

    service: Service
    category: Category
    provider_kind: ProviderKind
    provider: Organisation
    given_on: date
    until: date | None = None
    person: Person | None = None
    amount_won: int = 0
    fund_source: FundSource | None = None
    action_id: int | None = None
    note: str = ""
    finish_action: bool = False
    token: str = ""
    payment_uuid: uuid.UUID | None = None
    override: Override = NO_OVERRIDE


def record_service(*, by: Viewer, number: str, given: Given) -> ServiceRecord | None:
    """The record, or None when this very form was taken before. One record an action and day (retries are safe).

    An equivalent service at the same time, or an exceeded quota, asks for a reason first (R20).
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_SERVICE, open_only=False)
        action = _action(by, case, given.action_id)
        if not first_time(by, given.token):
            return None
        _demand(by, case, given, action)
        found = _equivalent(by, case, given)
        record = ServiceRecord.objects.create(
            case=case,
            team_id=case.team_id,
            provider=given.provider,
            person=given.person,
            service=given.service,
            category=given.category,
            provider_kind=given.provider_kind,
            given_on=given.given_on,
            until=given.until,
            amount_won=given.amount_won,
            fund_source=given.fund_source if given.amount_won else None,
            action=action,
            payment_uuid=given.payment_uuid,
            note=given.note.strip(),
            recorded_by_id=actor(by),
            recorded_at=clock.now(),
        )
        audit.changed(by, "case", [case.pk], "service", owners={case.provider_id, given.provider.pk}, record=record.pk)
        overlaps.write_all(by, [(record, case, found, given.override)])
        overlaps.ask_others([record.pk])
        told: dict[str, Any] = {"service": given.service.code, "record": record.pk}
        timeline.append(by, case, EntryKind.SERVICE, whose=record.person_id, **told)
        if given.finish_action and action is not None and action.state in {ActionState.OPEN, ActionState.DOING}:
            _finish(by, action.pk, given.given_on)
        return record


def _finish(by: Viewer, action_id: int, on: date) -> None:
    """Whoever may record ends what was recorded: a nurse has no right to plan."""
    set_action_state(by=by, action_id=action_id, after=ActionState.DONE, on=on, permission=Permission.CASE_SERVICE)


def _action(by: Viewer, case: Case, action_id: int | None) -> Action | None:
    return None if action_id is None else get_visible(by, Action, named="action", pk=action_id, case=case)


def _demand(by: Viewer, case: Case, given: Given, action: Action | None) -> None:
    problems = rules.day_problems(
        given.given_on, given.until, opened_on=case.opened_at.astimezone(clock.SEOUL).date(), today=clock.today()
    )
    problems += rules.money_problems(money_facts(given.service, given.fund_source, given.amount_won))
    if action is not None and not problems and _same_day(by, action, given.given_on):
        words = _("There is already a record for this task on that day.")
        problems.append(errors.Problem("twice", words, "given_on"))
    if problems:
        raise errors.Impossible(*problems)


def money_facts(service: Service, source: FundSource | None, amount_won: int) -> rules.MoneyFacts:
    """What the rules of money need to know of one giving."""
    return rules.MoneyFacts(
        amount_won=amount_won,
        has_source=source is not None,
        source_is_gift=bool(source and source.is_gift),
        source_purpose=source.purpose if source else "",
        service_purpose=service.gift_purpose,
    )


def _same_day(by: Viewer, action: Action, day: date) -> bool:
    return visible_to(by, ServiceRecord).filter(action=action, given_on=day).exists()


def _equivalent(by: Viewer, case: Case, given: Given) -> list[Near]:
    """What the same people receive already; raises Impossible until a reason is given that is enough."""
    found = equivalent(
        by,
        case_id=case.pk,
        person_id=given.person.pk if given.person else None,
        service_id=given.service.pk,
        giver_id=given.provider.pk,
        given_on=given.given_on,
        until=given.until,
        won=given.amount_won,
        provider_id=case.provider_id,
    )
    problems = overlap_problems(found, refuses=refuses(given.service), override=given.override)
    if problems:
        raise errors.Impossible(*problems)
    return found
