"""Close a case, look after it, open it again (R57, K1). The number stays."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import access
from cases.models import (
    Action,
    AftercareCheck,
    AftercareResult,
    ApprovalSubject,
    Case,
    CaseMember,
    CloseReason,
    EntryKind,
    Phase,
    RiskFlag,
    Track,
)
from cases.rules import closing as rules
from cases.rules import conferences
from cases.rules import resources as referral_rules
from cases.rules.days import future_problems
from cases.selectors.referrals import not_accepted_outside
from cases.selectors.work import newest_cells
from cases.services import actions, line, referrals, stages, timeline
from cases.services.locking import actor, first_time, locked_case
from cases.services.needs import append_answers
from cases.states import ActionState, CaseStage
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.models import Category
from hopecare.kernel.permissions import Permission

_OPEN = (ActionState.OPEN, ActionState.DOING, ActionState.OFFERED, ActionState.BOOKED)


def close_case(
    *,
    by: Viewer,
    number: str,
    reason: str,
    words: str,
    values: Mapping[str, str],
    seen_values: Mapping[str, str] | None = None,
    erase: bool = False,
) -> Case:
    """Close with the main person's eight asked again: unchanged cells are copied into the closing phase.

    Where the line of approval is asked the answers are kept and the case stays open until it has approved. Closing
    twice, or while it waits, changes nothing. `erase`: a young carer wishes that the file be destroyed (K9).
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_CLOSE, open_only=False)
        if not case.is_open or line.waiting(by, case, ApprovalSubject.CLOSING) is not None:
            return case
        cells = newest_cells(by, case).get(case.main_person_id, {})
        problems = _problems(by, case, reason, words, values, cells)
        if erase and not is_young_carer(by, case):
            refused = _("Only a young carer's file is destroyed at closing; other files follow their time.")
            problems.append(errors.Problem("not_young_carer", refused, "erase"))
        if problems:
            raise errors.Impossible(*problems)
        before = seen_values or {code: cell.value for code, cell in cells.items()}
        append_answers(by, case, case.main_person, Phase.CLOSE, values, cells, before)
        if line.is_asked(by, case, ApprovalSubject.CLOSING):
            line.lay(by, case, ApprovalSubject.CLOSING, reason=reason, words=words.strip(), erase=erase)
        else:
            end(by, case, reason=reason, words=words, erase=erase)
    return case


def end(by: Viewer, case: Case, *, reason: str, words: str, erase: bool) -> None:
    """The case is over; it is locked by the caller, and who had to approve has.

    Open actions are cancelled one by one with their events, grants of single colleagues and volunteers end,
    aftercare checks are dated, and `case.closed` tells the rest of the house. A file to be destroyed has no aftercare;
    the retention rules empty it at their next round.
    """
    outside = [] if reason == CloseReason.DIED else list(not_accepted_outside(by, case))
    if outside:
        raise errors.Impossible(*referral_rules.open_outside(row.to_name for row in outside))
    _end_everything(by, case, reason)
    _close(by, case, reason, words)
    if erase:
        Case.objects.filter(pk=case.pk).update(erase_asked_on=clock.today())
        audit.changed(by, "case", [case.pk], "erase_asked", owners=[case.provider_id])
    else:
        _date_aftercare(case, reason)
    events.publish("case.closed", case_id=case.pk, reason=reason)


def _problems(
    by: Viewer, case: Case, reason: str, words: str, values: Mapping[str, str], cells: Mapping[str, Any]
) -> list[errors.Problem]:
    codes = list(Category.objects.values_list("code", flat=True))
    if case.track == Track.LINKAGE:
        codes = [code for code in codes if code in cells]  # K1: the light track has no full grid
    problems = rules.closing_problems(reason=reason, words=words, values=values, categories=codes)
    if reason and reason not in conferences.reasons_on(clock.today()):
        problems.append(errors.Problem("old_reason", _("This reason is not on today's list."), "reason"))
    if reason != CloseReason.DIED:
        problems += referral_rules.open_outside(row.to_name for row in not_accepted_outside(by, case))
    return problems


def is_young_carer(by: Viewer, case: Case) -> bool:
    """Whether somebody noted that the main person cares for kin as a child or young adult."""
    flags = visible_to(by, RiskFlag).filter(case=case, kind=rules.YOUNG_CARER)
    return flags.filter(Q(person=case.main_person_id) | Q(person=None)).exists()


def _close(by: Viewer, case: Case, reason: str, words: str) -> None:
    before = case.stage
    case.stage, case.stage_since = CaseStage.CLOSED, clock.today()
    case.closed_at, case.close_reason, case.close_words = clock.now(), reason, words.strip()
    case.save(update_fields=["stage", "stage_since", "closed_at", "close_reason", "close_words"])
    audit.changed(by, "case", [case.pk], "closed", owners=[case.provider_id], reason=reason, before=str(before))
    timeline.append(by, case, EntryKind.CLOSED, words=words.strip(), reason=reason)


def _end_everything(by: Viewer, case: Case, reason: str) -> None:
    """Actions before the case itself, so that each is cancelled while its case is still open."""
    why = "died" if reason == CloseReason.DIED else "case_closed"
    open_actions = visible_to(by, Action).filter(case=case, state__in=_OPEN).order_by("pk")
    for action_id in list(open_actions.values_list("pk", flat=True)):
        actions.cancel(by=by, action_id=action_id, reason=why)
    referrals.take_back_all(by=by, case=case, words=str(_("The case was closed.")))
    access.withdraw_all(by=by, case=case)
    visible_to(by, CaseMember).filter(case=case, ends_on=None).update(ends_on=clock.today())


def _date_aftercare(case: Case, reason: str) -> None:
    for months, day in rules.aftercare_dates(clock.today(), reason):
        AftercareCheck.objects.get_or_create(
            case=case,
            due_on=day,
            defaults={"months": months, "team_id": case.team_id, "provider_id": case.provider_id},
        )


def record_aftercare(
    *, by: Viewer, check_id: int, done_on: date, words: str, result: str = AftercareResult.WELL, token: str = ""
) -> AftercareCheck:
    """Somebody rang or visited after closing; a second record of the same check changes nothing.

    Not reached: the check is asked again in two weeks, as a task of its own, twice at most.
    """
    check(by, Permission.CASE_ASSESS)
    with acting_as(by):
        row = get_visible(by, AftercareCheck, named="aftercare", select=("case",), pk=check_id)
        case = locked_case(by, row.case.number, Permission.CASE_ASSESS, open_only=False)
        row.refresh_from_db()
        if row.done_on is not None or not first_time(by, token):
            return row
        if problems := future_problems(done_on, clock.today(), "done_on"):
            raise errors.Impossible(*problems)
        row.done_on, row.words, row.done_by_id, row.result = done_on, words.strip(), actor(by), result
        row.save(update_fields=["done_on", "words", "done_by", "result"])
        audit.changed(by, "case", [case.pk], "aftercare", owners=[case.provider_id], months=row.months, result=result)
        timeline.append(by, case, EntryKind.AFTERCARE, words=words.strip(), months=row.months, result=result)
        if result == AftercareResult.NOT_REACHED:
            _ask_again(by, case, row)
        return row


def _ask_again(by: Viewer, case: Case, row: AftercareCheck) -> None:
    tries = visible_to(by, AftercareCheck).filter(case=case, months=row.months, result=AftercareResult.NOT_REACHED)
    if tries.count() <= rules.TRIES:
        due = clock.today() + timedelta(days=rules.AGAIN_AFTER_DAYS)
        AftercareCheck.objects.get_or_create(
            case=case,
            due_on=due,
            defaults={"months": row.months, "team_id": case.team_id, "provider_id": case.provider_id},
        )


def reopen_case(*, by: Viewer, number: str, reason: str) -> Case:
    """Open a closed case again under its number; the lead stays, aftercare that is not due any more is marked so."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_OPEN, open_only=False)
        if case.is_open:
            return case
        if not reason.strip():
            raise errors.Impossible(errors.required("reason"))
        case.closed_at, case.close_reason, case.close_words = None, "", ""
        _reopened(case)
        stages.move(by, case, CaseStage.DELIVERY, told=False)
        CaseMember.objects.get_or_create(
            case=case,
            user_id=case.lead_id,
            ends_on=None,
            defaults={
                "team_id": case.team_id,
                "provider_id": case.provider_id,
                "organisation_id": case.provider_id,
                "starts_on": clock.today(),
            },
        )
        rows = visible_to(by, AftercareCheck).filter(case=case, done_on=None)
        rows.update(done_on=clock.today(), done_by_id=actor(by), words=_("The case was opened again."))
        audit.changed(by, "case", [case.pk], "reopened", owners=[case.provider_id])
        timeline.append(by, case, EntryKind.REOPENED, words=reason.strip())
        events.publish("case.reopened", case_id=case.pk)
    return case


def _reopened(case: Case) -> None:
    """Stage and closing fields change together, as the database demands."""
    try:
        with transaction.atomic():
            Case.objects.filter(pk=case.pk).update(
                closed_at=None, close_reason="", close_words="", erase_asked_on=None, stage=CaseStage.DELIVERY
            )
    except IntegrityError as error:
        words = _("This household has another open case. Please work there.")
        raise errors.Impossible(errors.Problem("other_case", words)) from error
