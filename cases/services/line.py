"""The line of approval a plan or a closing waits for: laid before it, told, withdrawn (K1, R47).

What an approval sets in motion is in cases/services/approvals.py.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import Approval, ApprovalStep, ApprovalSubject, Case, EntryKind, Plan
from cases.rules import conferences as rules
from cases.selectors.approvals import accounts_on, deciders, line_from
from cases.services import timeline
from cases.services.locking import actor
from hopecare.kernel import audit, errors
from hopecare.kernel.access import Viewer, visible_to
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

ASKED = gettext_noop("Case %(number)s waits for your decision.")
DECIDED = gettext_noop("Case %(number)s: your request was decided.")


def is_asked(by: Viewer, case: Case, subject: str) -> bool:
    """Whether it waits for somebody: the track and the organisation ask for it, and the line has people.

    A level for which the team has nobody is left out; where that leaves no level at all, nothing waits.
    """
    wanted = rules.waits_for_line(subject, track=case.track, organisation=case.provider.code)
    return wanted and any(deciders(by, case).values())


def is_approved(by: Viewer, plan: Plan) -> bool:
    return visible_to(by, Approval).filter(plan=plan, state="approved").exists()


def waiting(by: Viewer, case: Case, subject: str) -> Approval | None:
    return visible_to(by, Approval).filter(case=case, subject=subject, state="open").first()


def lay(by: Viewer, case: Case, subject: str, *, plan: Plan | None = None, **told: Any) -> Approval:
    """Lay it before the line and tell the first level; the same open request twice is one. The case is locked."""
    found = waiting(by, case, subject)
    if found is not None:
        return found
    asker = actor(by)
    line = line_from(by, case, asker=asker)
    if not line:
        nobody = _("Nobody in this team may decide this besides yourself. Please ask the central desk.")
        raise errors.Impossible(errors.Problem("nobody", nobody))
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "asked_by_id": asker}
    row = Approval.objects.create(**keys, subject=subject, plan=plan, **told)
    ApprovalStep.objects.bulk_create(
        ApprovalStep(**keys, approval=row, position=place, level=level.code) for place, level in enumerate(line, 1)
    )
    audit.changed(by, "case", [case.pk], "approval_asked", owners=[case.provider_id], approval=row.pk)
    timeline.append(by, case, EntryKind.PLANNED, what="approval_asked", subject=subject)
    tell_next(by, case, row)
    return row


def lay_plan(by: Viewer, case: Case, plan: Plan) -> bool:
    """Whether the plan has to wait; then it lies before the line. Its agreement is on record either way."""
    if not is_asked(by, case, ApprovalSubject.PLAN) or is_approved(by, plan):
        return False
    if line_from(by, case, asker=actor(by)):
        lay(by, case, ApprovalSubject.PLAN, plan=plan)
    return True


def withdraw(by: Viewer, case: Case, subject: str) -> None:
    """What was laid before the line is not what stands there any more."""
    if visible_to(by, Approval).filter(case=case, subject=subject, state="open").update(state="withdrawn"):
        audit.changed(by, "case", [case.pk], "approval_withdrawn", owners=[case.provider_id], subject=subject)
        timeline.append(by, case, EntryKind.PLANNED, what="approval_withdrawn", subject=subject)


def next_step(by: Viewer, row: Approval) -> ApprovalStep | None:
    return visible_to(by, ApprovalStep).filter(approval=row, decided_by=None).order_by("position").first()


def tell_next(by: Viewer, case: Case, row: Approval) -> None:
    step = next_step(by, row)
    level = rules.level_named(step.level) if step else None
    link = f"/desk/approvals/{row.pk}/" if level == rules.beyond() else ""
    for user_id in accounts_on(by, case, level, asker=row.asked_by_id):
        tell(by, case, row, user_id, ASKED, link=link)


def tell(by: Viewer, case: Case, row: Approval, user_id: int, words: str, *, link: str = "") -> None:
    left = visible_to(by, ApprovalStep).filter(approval=row, decided_by=None).count()
    notify(
        by=by,
        purpose="approval",
        about=("case", case.pk),
        step=f"{row.pk}:{user_id}:{row.state}:{left}",
        to=Recipient.user(user_id),
        words=words,
        parameters={"number": case.number},
        link=link or f"/desk/cases/{case.number}/approval/{row.pk}/",
        provider_id=case.provider_id,
    )
