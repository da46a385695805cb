"""One service for many people in one transaction and a handful of queries, however long the list (R20, R56, K13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cases.models import Case, EntryKind, ServiceRecord
from cases.rules import services as rules
from cases.rules.checks import Near, Override, overlap_problems
from cases.selectors.batch import given_already, person_for
from cases.selectors.overlaps import refuses
from cases.services import overlaps, timeline
from cases.services.locking import actor, first_time
from cases.services.services_given import money_facts
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, visible_to
from hopecare.kernel.models import FundSource, Organisation, ProviderKind, Service
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Batch:
    """What everybody on the list received. `amount_won` is for each of them."""

    service: Service
    provider_kind: ProviderKind
    provider: Organisation
    given_on: date
    amount_won: int = 0
    fund_source: FundSource | None = None
    note: str = ""
    token: str = ""


def record_batch(*, by: Viewer, batch: Batch, ticked: Mapping[int, Override]) -> int:
    """Case id → the reason where it is given twice; returns how many records were written, 0 for a form sent twice.

    All or nothing: raises Impossible with `case_<id>` as the field of every row that needs a reason.
    """
    check(by, Permission.CASE_SERVICE)
    with acting_as(by):
        cases = _locked(by, ticked)
        if not first_time(by, batch.token):
            return 0
        _demand(cases, batch)
        found = _equivalent(by, cases, batch, ticked)
        records = _write(by, cases, batch)
        flagged = [
            (row, case, found[case.pk], ticked[case.pk])
            for row, case in zip(records, cases, strict=True)
            if case.pk in found
        ]
        overlaps.write_all(by, flagged)
        overlaps.ask_others([row.pk for row in records])
        ids, owners = [case.pk for case in cases], {batch.provider.pk, *(case.provider_id for case in cases)}
        audit.changed(by, "case", ids, "services", owners=owners, service=batch.service.code, count=len(ids))
        told = [{"service": batch.service.code, "record": row.pk} for row in records]
        timeline.append_all(by, cases, EntryKind.SERVICE, told, whose=[row.person_id for row in records])
        return len(records)


def _locked(by: Viewer, ticked: Mapping[int, Override]) -> list[Case]:
    """The ticked cases under their locks, always in the same order; NotFound when one is out of sight."""
    rows = visible_to(by, Case).select_for_update(of=("self",)).select_related("main_person")
    cases = list(rows.filter(pk__in=ticked, closed_at=None, main_person__sealed=False).order_by("pk"))
    missing = set(ticked) - {case.pk for case in cases}
    if missing:
        raise errors.NotFound("case", "")
    return cases


def _demand(cases: list[Case], batch: Batch) -> None:
    problems = rules.money_problems(money_facts(batch.service, batch.fund_source, batch.amount_won))
    for case in cases:
        opened_on = case.opened_at.astimezone(clock.SEOUL).date()
        problems += rules.day_problems(batch.given_on, None, opened_on=opened_on, today=clock.today())
    if not cases:
        problems.append(errors.Problem("nobody", rules.NOBODY_TICKED))
    if problems:
        raise errors.Impossible(*{problem.code: problem for problem in problems}.values())


def _equivalent(by: Viewer, cases: list[Case], batch: Batch, ticked: Mapping[int, Override]) -> dict[int, list[Near]]:
    found = given_already(
        by,
        cases,
        service=batch.service,
        giver_id=batch.provider.pk,
        given_on=batch.given_on,
        won=batch.amount_won,
    )
    strict = refuses(batch.service)
    problems = [
        errors.Problem(problem.code, problem.words, f"case_{key}", problem.weight)
        for key, near in found.items()
        for problem in overlap_problems(near, refuses=strict, override=ticked[key])
    ]
    if problems:
        raise errors.Impossible(*problems)
    return found


def _write(by: Viewer, cases: list[Case], batch: Batch) -> list[ServiceRecord]:
    records = [
        ServiceRecord(
            case=case,
            team_id=case.team_id,
            provider=batch.provider,
            person_id=person_for(case, batch.service),
            service=batch.service,
            category_id=batch.service.category_id or 0,
            provider_kind=batch.provider_kind,
            given_on=batch.given_on,
            amount_won=batch.amount_won,
            fund_source=batch.fund_source if batch.amount_won else None,
            note=batch.note.strip()[:500],
            recorded_by_id=actor(by),
            recorded_at=clock.now(),
        )
        for case in cases
    ]
    return ServiceRecord.objects.bulk_create(records)
