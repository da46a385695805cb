"""담당 – 팀장 – 센터장: decided level by level, never by whoever asked; the last yes lets it take effect (K1, R47)."""

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Approval, ApprovalStep, ApprovalSubject, Case, EntryKind
from cases.rules import conferences as rules
from cases.rules.plans import stage_with_sign_off
from cases.selectors.approvals import accounts_on
from cases.selectors.central_approvals import keys_of_asked
from cases.services import closing, line, stages, timeline
from cases.services.locking import actor, locked_case
from cases.services.plans import newest_plan
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.permissions import Permission


def ask(*, by: Viewer, number: str, words: str = "") -> Approval:
    """Lay the newest plan before the line; a closing is laid there by closing (cases/services/closing.py)."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        plan = newest_plan(by, case)
        if plan is None:
            raise errors.Impossible(errors.Problem("no_goal", _("Set the goal first."), "subject"))
        return line.lay(by, case, ApprovalSubject.PLAN, plan=plan, words=words.strip())


def decide(*, by: Viewer, approval_id: int, verdict: str, words: str = "") -> Approval:
    """The next level decides. Returned ends the request with words; with the last yes it takes effect, once."""
    check(by, Permission.CASE_PLAN)
    with acting_as(by), acting_as(_let_in(by, approval_id)) as by:
        row = get_visible(by, Approval, named="approval", select=("case",), pk=approval_id)
        case = locked_case(by, row.case.number, Permission.CASE_PLAN, open_only=False)
        row.refresh_from_db()
        step = line.next_step(by, row)
        if _said_so_already(by, row, verdict):
            return row
        if row.state != "open" or step is None:
            raise errors.Impossible(errors.Problem("decided", _("This was decided already.")))
        _demand_level(by, case, row, step)
        found = rules.returning_problems(verdict, words)
        if found:
            raise errors.Impossible(*found)
        _write(by, step, verdict, words)
        audit.changed(by, "case", [case.pk], f"approval_{verdict}", owners=[case.provider_id], level=step.level)
        timeline.append(by, case, EntryKind.PLANNED, words=words.strip(), what=f"approval_{verdict}", level=step.level)
        if verdict == "approved" and line.next_step(by, row) is not None:
            line.tell_next(by, case, row)
            return row
        row.state = verdict
        row.save(update_fields=["state"])
        line.tell(by, case, row, row.asked_by_id, line.DECIDED)
        if verdict == "approved":
            _takes_effect(by, case, row)
        return row


def _let_in(by: Viewer, approval_id: int) -> Viewer:
    """Whoever was asked beyond the team reaches the case for the moment of the decision, so that it takes effect
    whole: a closing calls off tasks of every section. Nothing of it is shown."""
    keys = keys_of_asked(by, approval_id)
    if keys is None:
        return by
    case_id, team_id = keys
    return replace(by.also(teams=(team_id,)), reach=replace(by.reach, led=(*by.reach.led, case_id)))


def _said_so_already(by: Viewer, row: Approval, verdict: str) -> bool:
    """Sent twice is once: the same word of the same person on the level that was decided last."""
    last = visible_to(by, ApprovalStep).filter(approval=row, decided_by__isnull=False).order_by("-position").first()
    return last is not None and (last.decided_by_id, last.verdict) == (by.user_id, verdict)


def _takes_effect(by: Viewer, case: Case, row: Approval) -> None:
    if row.subject == ApprovalSubject.CLOSING:
        if row.reason and case.is_open:
            closing.end(by, case, reason=row.reason, words=row.words, erase=row.erase)
        return
    plan = newest_plan(by, case)
    if plan is not None and plan.pk == row.plan_id and (plan.signed_on or plan.unsigned_reason != "not_yet"):
        stages.move(by, case, stage_with_sign_off(case.stage))


def _demand_level(by: Viewer, case: Case, row: Approval, step: ApprovalStep) -> None:
    if row.asked_by_id == by.user_id:
        own = _("You asked for this yourself: somebody else decides.")
        raise errors.Impossible(errors.Problem("own", own))
    level = rules.level_named(step.level)
    if level == rules.beyond():
        stands_there = keys_of_asked(by, row.pk) is not None
    else:
        stands_there = by.user_id in accounts_on(by, case, level, asker=row.asked_by_id)
    if level is None or not (stands_there or by.role in level.roles):
        raise errors.Impossible(errors.Problem("level", _("This waits for somebody on another level.")))


def _write(by: Viewer, step: ApprovalStep, verdict: str, words: str) -> None:
    step.decided_by_id, step.decided_at, step.verdict, step.words = actor(by), clock.now(), verdict, words.strip()
    try:
        with transaction.atomic():
            step.save(update_fields=["decided_by", "decided_at", "verdict", "words"])
    except IntegrityError as error:
        twice = _("You decided on a lower level already: this one needs somebody else.")
        raise errors.Impossible(errors.Problem("twice", twice)) from error
