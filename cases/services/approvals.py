"""담당 – 팀장 – 센터장: laid before the line, decided level by level, never by whoever asked (K1, R47)."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import Approval, ApprovalStep, ApprovalSubject, Case, EntryKind
from cases.rules import conferences as rules
from cases.selectors.approvals import accounts_by_role
from cases.services import timeline
from cases.services.locking import actor, locked_case
from cases.services.plans import newest_plan
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

ASKED = gettext_noop("Case %(number)s waits for your decision.")
DECIDED = gettext_noop("Case %(number)s: your request was decided.")


def ask(*, by: Viewer, number: str, subject: str, words: str = "") -> Approval:
    """Lay the newest plan, or the closing, before the line; the same open request twice is one."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        waiting = visible_to(by, Approval).filter(case=case, subject=subject, state="open").first()
        if waiting is not None:
            return waiting
        if subject not in ApprovalSubject.values:
            raise errors.Impossible(errors.required("subject"))
        plan = newest_plan(by, case) if subject == ApprovalSubject.PLAN else None
        if subject == ApprovalSubject.PLAN and plan is None:
            raise errors.Impossible(errors.Problem("no_goal", _("Set the goal first."), "subject"))
        asker = actor(by)
        line = rules.line_for(asker, accounts_by_role(case.team_id))
        if not line:
            nobody = _("Nobody in this team may decide this besides yourself. Please ask the central desk.")
            raise errors.Impossible(errors.Problem("nobody", nobody))
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "asked_by_id": asker}
        row = Approval.objects.create(**keys, subject=subject, plan=plan, words=words.strip())
        ApprovalStep.objects.bulk_create(
            ApprovalStep(**keys, approval=row, position=place, level=level.code) for place, level in enumerate(line, 1)
        )
        audit.changed(by, "case", [case.pk], "approval_asked", owners=[case.provider_id], approval=row.pk)
        timeline.append(by, case, EntryKind.PLANNED, what="approval_asked", subject=subject)
        _tell_next(by, case, row)
        return row


def decide(*, by: Viewer, approval_id: int, verdict: str, words: str = "") -> Approval:
    """The next level decides. Returned ends the request with words; the last yes approves it."""
    check(by, Permission.CASE_PLAN)
    with acting_as(by):
        row = get_visible(by, Approval, named="approval", select=("case",), pk=approval_id)
        case = locked_case(by, row.case.number, Permission.CASE_PLAN, open_only=False)
        row.refresh_from_db()
        step = visible_to(by, ApprovalStep).filter(approval=row, decided_by=None).order_by("position").first()
        if row.state != "open" or step is None:
            raise errors.Impossible(errors.Problem("decided", _("This was decided already.")))
        _demand_level(by, row, step)
        found = rules.returning_problems(verdict, words)
        if found:
            raise errors.Impossible(*found)
        _write(by, step, verdict, words)
        last = not visible_to(by, ApprovalStep).filter(approval=row, decided_by=None).exists()
        if verdict == "returned" or last:
            row.state = verdict
            row.save(update_fields=["state"])
            _tell(by, case, row, row.asked_by_id, DECIDED)
        else:
            _tell_next(by, case, row)
        audit.changed(by, "case", [case.pk], f"approval_{verdict}", owners=[case.provider_id], level=step.level)
        timeline.append(by, case, EntryKind.PLANNED, words=words.strip(), what=f"approval_{verdict}", level=step.level)
        return row


def _demand_level(by: Viewer, row: Approval, step: ApprovalStep) -> None:
    if row.asked_by_id == by.user_id:
        own = _("You asked for this yourself: somebody else decides.")
        raise errors.Impossible(errors.Problem("own", own))
    level = rules.level_named(step.level)
    if level is None or by.role not in level.roles:
        raise errors.Impossible(errors.Problem("level", _("This waits for somebody on another level.")))


def _write(by: Viewer, step: ApprovalStep, verdict: str, words: str) -> None:
    step.decided_by_id, step.decided_at, step.verdict, step.words = actor(by), clock.now(), verdict, words.strip()
    try:
        with transaction.atomic():
            step.save(update_fields=["decided_by", "decided_at", "verdict", "words"])
    except IntegrityError as error:
        twice = _("You decided on a lower level already: this one needs somebody else.")
        raise errors.Impossible(errors.Problem("twice", twice)) from error


def _tell_next(by: Viewer, case: Case, row: Approval) -> None:
    step = visible_to(by, ApprovalStep).filter(approval=row, decided_by=None).order_by("position").first()
    level = rules.level_named(step.level) if step else None
    if level is None:
        return
    accounts = accounts_by_role(case.team_id)
    for user_id in dict.fromkeys(user for role in level.roles for user in accounts.get(role, ())):
        if user_id != row.asked_by_id:
            _tell(by, case, row, user_id, ASKED)


def _tell(by: Viewer, case: Case, row: Approval, user_id: int, words: str) -> None:
    left = visible_to(by, ApprovalStep).filter(approval=row, decided_by=None).count()
    notify(
        by=by,
        purpose="approval",
        about=("case", case.pk),
        step=f"{row.pk}:{user_id}:{row.state}:{left}",
        to=Recipient.user(user_id),
        words=words,
        parameters={"number": case.number},
        link=f"/desk/cases/{case.number}/approval/{row.pk}/",
        provider_id=case.provider_id,
    )
