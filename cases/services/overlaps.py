"""What is given twice: written down with its reason at entry, looked for at night, answered by people (R20, D11)."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection

from cases.models import Case, Overlap, OverlapKind, ServiceRecord
from cases.rules import access as access_rules
from cases.rules import checks as rules
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system, visible_to
from hopecare.kernel.permissions import Permission

UNFOUNDED = "unfounded"


def write_all(by: Viewer, written: Iterable[tuple[ServiceRecord, Case, list[rules.Near], rules.Override]]) -> None:
    """The flags of records that were written all the same, each with its reason and a day to answer. One query."""
    due = rules.overlap_due(clock.today())
    flags = [
        Overlap(
            record=record,
            kind=OverlapKind.QUOTA if near.kind == "quota" else OverlapKind.PERIOD,
            other_record_id=_other(near),
            case_id=case.pk,
            team_id=case.team_id,
            provider_id=case.provider_id,
            person_id=record.person_id,
            service_class_id=record.service.service_class_id or 0,
            other_provider_id=near.provider_id,
            other_ends_on=near.ends_on,
            reason=override.reason,
            reason_words=override.words.strip()[:300],
            answer_due=due,
        )
        for record, case, found, override in written
        for near in found
    ]
    if flags:
        Overlap.objects.bulk_create(flags, ignore_conflicts=True)


def ask_others(record_ids: list[int]) -> None:
    """Where no hint may be given, the other organisation gets the question and nobody here learns of it (D17)."""
    with connection.cursor() as cursor:
        due = rules.overlap_due(clock.today())
        cursor.execute("select hc_ask_others(x, %s, %s) from unnest(%s::bigint[]) x", [due, clock.now(), record_ids])


def _other(near: rules.Near) -> int:
    """The record where it is of the same case, else its organisation below zero, as the nightly look writes it."""
    if near.kind == "quota":
        return 0
    return near.record_id if near.same_case and near.record_id else -(near.provider_id or 0)


def answer(
    *, by: Viewer, overlap_id: int, answer: str, words: str, told_person_on: date | None = None
) -> Overlap | None:
    """What somebody found out; `unfounded` deletes the flag (D11). Nothing is cut off by any answer.

    None when the flag is gone. Raises Impossible with every problem.
    """
    check(by, Permission.CASE_SERVICE)
    problems = access_rules.reason_problems(words, "words")
    if told_person_on is not None and told_person_on > clock.today():
        problems.append(errors.required("told_person_on"))
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        row = visible_to(by, Overlap).select_for_update().filter(pk=overlap_id).first()
        if row is None:
            raise errors.NotFound("overlap", str(overlap_id))
        owners = [row.provider_id, row.other_provider_id]
        if answer == UNFOUNDED:
            with connection.cursor() as cursor:
                cursor.execute("select hc_forget_overlap(%s)", [row.pk])
            audit.changed(by, "case", [row.case_id], "overlap_unfounded", owners=owners)
            return None
        if row.answered_at is None:
            row.answer, row.answer_words = answer, words.strip()[:300]
            row.answered_at, row.answered_by_id, row.told_person_on = clock.now(), actor(by), told_person_on
            row.save(update_fields=["answer", "answer_words", "answered_at", "answered_by", "told_person_on"])
            audit.changed(by, "case", [row.case_id], "overlap_answered", owners=owners, answer=answer)
    return row


def sweep() -> int:
    """Tonight's look over what was given lately, twice or beyond a quota, whoever wrote or imported it.

    Returns how many new flags stand. Safe to repeat.
    """
    today = clock.today()
    since = today - timedelta(days=rules.data()["overlap"]["sweep_back"])
    with acting_as(system(Principal.SWEEP)), connection.cursor() as cursor:
        told = [today, since, rules.overlap_due(today), clock.now()]
        cursor.execute("select hc_sweep_overlaps(%s, %s, %s, %s) + hc_sweep_quotas(%s, %s, %s, %s)", [*told, *told])
        return int(cursor.fetchone()[0])
