"""Who may decide on what level, and what waits for whom."""

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from cases.models import Approval, ApprovalStep, Case
from cases.rules import conferences as rules
from cases.selectors.team import members_of
from hopecare.kernel.access import Viewer, get_visible, visible_to
from hopecare.kernel.models import Affiliation


def accounts_by_role(team_id: int) -> dict[str, list[int]]:
    """Role code → accounts of the team who hold it today."""
    people = list(members_of(team_id).values_list("pk", flat=True))
    rows = Affiliation.objects.filter(user__in=people, ends_on=None).order_by("user_id", "pk")
    found: dict[str, list[int]] = {}
    for role, user in rows.values_list("role__code", "user_id"):
        if user not in found.setdefault(role, []):
            found[role].append(user)
    return found


def approvals_of(viewer: Viewer, case: Case) -> list[Approval]:
    """Everything that was laid before the line, the newest first, with its steps."""
    rows = visible_to(viewer, Approval).filter(case=case).select_related("asked_by", "plan")
    return list(rows.prefetch_related("steps__decided_by").order_by("-asked_at", "-pk"))


def approval_of(viewer: Viewer, case: Case, approval_id: int) -> Approval:
    return get_visible(viewer, Approval, named="approval", select=("asked_by", "plan"), pk=approval_id, case=case)


def my_levels(viewer: Viewer) -> tuple[str, ...]:
    """Codes of the levels on which the viewer's role decides."""
    return tuple(level.code for level in rules.levels() if viewer.role in level.roles)


def open_for(viewer: Viewer, levels: tuple[str, ...]) -> QuerySet[Approval]:
    """Open requests of others in one's teams whose next level is one of these, and on which one decided nothing yet."""
    following = ApprovalStep.objects.filter(approval=OuterRef("pk"), decided_by=None).order_by("position")
    mine = ApprovalStep.objects.filter(approval=OuterRef("pk"), decided_by=viewer.user_id or 0)
    return (
        visible_to(viewer, Approval)
        .filter(~Exists(mine), state="open", team__among=viewer.team_ids)
        .exclude(asked_by=viewer.user_id or 0)
        .annotate(next_level=Subquery(following.values("level")[:1]))
        .filter(next_level__in=levels)
    )


def waiting_for(viewer: Viewer) -> list[Approval]:
    """Open requests of others whose next level is the viewer's role; the oldest first."""
    levels = my_levels(viewer)
    if not levels:
        return []
    rows = open_for(viewer, levels).select_related("case__main_person", "asked_by")
    return list(rows.order_by("asked_at", "pk")[:60])
