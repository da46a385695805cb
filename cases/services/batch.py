"""One service for many people in one transaction and a handful of queries, however long the list (R20, R56, K13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cases.models import Case, EntryKind, ServiceRecord
from cases.rules import services as rules
from cases.rules.checks import Near, Override, overlap_problems
from cases.selectors.batch import Key, Line, chosen_for, given_already, per_household, person_for
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


def record_batch(*, by: Viewer, batch: Batch, ticked: Mapping[Key, Override]) -> int:
    """(case, person) → the reason where it is given twice; returns how many records were written, 0 for a form sent
    twice.

    All or nothing: raises Impossible with `line_<case>-<person>` as the field of every line that needs a reason. What
    counts for a household together is written once for each, however many of it are ticked.
    """
    check(by, Permission.CASE_SERVICE)
    with acting_as(by):
        lines = _locked(by, ticked)
        if per_household(batch.service):
            lines = list({line.case.pk: line for line in reversed(lines)}.values())[::-1]
        if not first_time(by, batch.token):
            return 0
        cases = [line.case for line in lines]
        _demand(cases, batch)
        found = _equivalent(by, lines, batch, ticked)
        records = _write(by, lines, batch)
        flagged = [
            (row, line.case, found[line.key], ticked[line.key])
            for row, line in zip(records, lines, strict=True)
            if line.key in found
        ]
        overlaps.write_all(by, flagged)
        overlaps.ask_others([row.pk for row in records])
        ids, owners = sorted({case.pk for case in cases}), {batch.provider.pk, *(case.provider_id for case in cases)}
        audit.changed(by, "case", ids, "services", owners=owners, service=batch.service.code, count=len(records))
        told = [{"service": batch.service.code, "record": row.pk} for row in records]
        timeline.append_all(by, cases, EntryKind.SERVICE, told, whose=[row.person_id for row in records])
        return len(records)


def _locked(by: Viewer, ticked: Mapping[Key, Override]) -> list[Line]:
    """The ticked lines with their cases under lock, always in the same order; NotFound when one is out of sight."""
    rows = visible_to(by, Case).select_for_update(of=("self",)).select_related("main_person")
    rows = rows.filter(pk__in={case for case, _person in ticked}, closed_at=None, main_person__sealed=False)
    lines = chosen_for(by, list(rows.order_by("pk")), ticked)
    if set(ticked) - {line.key for line in lines}:
        raise errors.NotFound("case", "")
    return lines


def _demand(cases: list[Case], batch: Batch) -> None:
    problems = rules.money_problems(money_facts(batch.service, batch.fund_source, batch.amount_won))
    for case in cases:
        opened_on = case.opened_at.astimezone(clock.SEOUL).date()
        problems += rules.day_problems(batch.given_on, None, opened_on=opened_on, today=clock.today())
    if not cases:
        problems.append(errors.Problem("nobody", rules.NOBODY_TICKED))
    if problems:
        raise errors.Impossible(*{problem.code: problem for problem in problems}.values())


def _equivalent(by: Viewer, lines: list[Line], batch: Batch, ticked: Mapping[Key, Override]) -> dict[Key, list[Near]]:
    found = given_already(
        by,
        lines,
        service=batch.service,
        giver_id=batch.provider.pk,
        given_on=batch.given_on,
        won=batch.amount_won,
    )
    strict = refuses(batch.service)
    problems = [
        errors.Problem(problem.code, problem.words, f"line_{key[0]}-{key[1]}", problem.weight)
        for key, near in found.items()
        for problem in overlap_problems(near, refuses=strict, override=ticked[key])
    ]
    if problems:
        raise errors.Impossible(*problems)
    return found


def _write(by: Viewer, lines: list[Line], batch: Batch) -> list[ServiceRecord]:
    records = [
        ServiceRecord(
            case=line.case,
            team_id=line.case.team_id,
            provider=batch.provider,
            person_id=person_for(line, batch.service),
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
        for line in lines
    ]
    return ServiceRecord.objects.bulk_create(records)
