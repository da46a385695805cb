"""Who may decide on what level, and what waits for whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from cases.models import Approval, ApprovalStep, Case, Cover
from cases.rules import conferences as rules
from cases.selectors.central_approvals import central_heads
from cases.selectors.team import members_of
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, get_visible, visible_to
from hopecare.kernel.models import Affiliation, User
from hopecare.kernel.viewers import viewer_of


def accounts_by_role(team_id: int) -> dict[str, list[int]]:
    """Role code → accounts of the team who hold it today."""
    people = list(members_of(team_id).values_list("pk", flat=True))
    rows = Affiliation.objects.filter(user__in=people, ends_on=None).order_by("user_id", "pk")
    found: dict[str, list[int]] = {}
    for role, user in rows.values_list("role__code", "user_id"):
        if user not in found.setdefault(role, []):
            found[role].append(user)
    return found


def deciders(viewer: Viewer, case: Case) -> dict[str, list[int]]:
    """Role of the line → accounts of the team who hold it today, or stand in for somebody who does (R18).

    Whoever may not see this case, as its kin or because it is protected or the city's own, decides nothing about it.
    """
    roles = {role for level in rules.levels() for role in level.roles}
    held = {role: ids for role, ids in accounts_by_role(case.team_id).items() if role in roles}
    now, absent = clock.now(), [one for ids in held.values() for one in ids]
    covers: dict[int, list[int]] = {}
    rows = visible_to(viewer, Cover).filter(absent__in=absent, cover__is_active=True)
    for away, cover in rows.filter(starts_at__lte=now, ends_at__gt=now).values_list("absent", "cover"):
        covers.setdefault(away, []).append(cover)
    asked = {role: [*ids, *(cover for one in ids for cover in covers.get(one, ()))] for role, ids in held.items()}
    everybody = User.objects.filter(pk__in={one for ids in asked.values() for one in ids})
    able = {one.pk for one in everybody if case.pk not in viewer_of(one).reach.locked}
    return {role: [one for one in dict.fromkeys(ids) if one in able] for role, ids in asked.items()}


def line_of(viewer: Viewer, case: Case, subject: str) -> list[rules.Level]:
    """Whom it would wait for if the viewer laid it before the line; empty where it waits for nobody."""
    if not rules.waits_for_line(subject, track=case.track, organisation=case.provider.code):
        return []
    return line_from(viewer, case, asker=viewer.user_id or 0)


def line_from(viewer: Viewer, case: Case, *, asker: int) -> list[rules.Level]:
    """The levels that can decide what `asker` asks; beyond the team where it holds nobody else (K1)."""
    line = rules.line_for(asker, deciders(viewer, case), up_to=rules.highest(case.provider.code))
    return line or ([rules.beyond()] if central_heads(case, asker=asker) else [])


def accounts_on(viewer: Viewer, case: Case, level: rules.Level | None, *, asker: int) -> list[int]:
    """Who may decide on a level what `asker` asked."""
    if level == rules.beyond():
        return central_heads(case, asker=asker)
    held = deciders(viewer, case) if level else {}
    ids = [user for role in (level.roles if level else ()) for user in held.get(role, ())]
    return [user for user in dict.fromkeys(ids) if user != asker]


@dataclass(frozen=True)
class Waiting:
    """What of a case waits for whom and since when, or came back with which words."""

    approval: Approval
    level: rules.Level | None
    names: list[str]
    since: datetime
    returned_by: str = ""
    words: str = ""


def waiting_of(viewer: Viewer, case: Case) -> list[Waiting]:
    """The newest request of each kind, where it waits or came back and was not asked again."""
    rows = visible_to(viewer, Approval).filter(case=case).order_by("subject", "-asked_at", "-pk").distinct("subject")
    newest = visible_to(viewer, Approval).filter(pk__in=rows.values("pk"), state__in=["open", "returned"])
    return [_waiting(viewer, case, row) for row in newest.prefetch_related("steps__decided_by").order_by("pk")]


def _waiting(viewer: Viewer, case: Case, row: Approval) -> Waiting:
    row.case = case
    steps = sorted(row.steps.all(), key=lambda step: step.position)
    last = max((step for step in steps if step.decided_at), key=lambda step: step.position, default=None)
    since = last.decided_at if last and last.decided_at else row.asked_at
    if row.state == "returned" and last and last.decided_by:
        return Waiting(row, rules.level_named(last.level), [], since, last.decided_by.name, last.words)
    level = next((rules.level_named(step.level) for step in steps if step.decided_by is None), None)
    ids = accounts_on(viewer, case, level, asker=row.asked_by_id)
    over = {step.decided_by_id for step in steps}
    people = User.objects.filter(pk__in=[one for one in ids if one not in over]).order_by("name", "pk")
    return Waiting(row, level, list(people.values_list("name", flat=True)), since)


def approvals_of(viewer: Viewer, case: Case) -> list[Approval]:
    """Everything that was laid before the line, the newest first, with its steps."""
    rows = visible_to(viewer, Approval).filter(case=case).select_related("asked_by", "plan")
    return list(rows.prefetch_related("steps__decided_by").order_by("-asked_at", "-pk"))


def approval_of(viewer: Viewer, case: Case, approval_id: int) -> Approval:
    return get_visible(viewer, Approval, named="approval", select=("asked_by", "plan"), pk=approval_id, case=case)


def my_levels(viewer: Viewer) -> tuple[str, ...]:
    """Codes of the levels on which the viewer's own role decides."""
    return tuple(level.code for level in rules.levels() if viewer.role in level.roles)


def open_for(viewer: Viewer, levels: tuple[str, ...], now: Any) -> QuerySet[Approval]:
    """Open requests of others in one's teams whose next level is one of these, or one of somebody whose place one takes
    at `now` (R18), and on which one decided nothing yet."""
    following = ApprovalStep.objects.filter(approval=OuterRef("pk"), decided_by=None).order_by("position")
    mine = ApprovalStep.objects.filter(approval=OuterRef("pk"), decided_by=viewer.user_id or 0)
    absent = visible_to(viewer, Cover).filter(cover=viewer.user_id or 0, starts_at__lte=now, ends_at__gt=now)
    held = Affiliation.objects.filter(user__in=absent.values("absent"), ends_on=None)
    mine_to_decide = Q(next_level__in=levels)
    for level in rules.levels()[1:]:
        if level.code not in levels:
            mine_to_decide |= Q(Exists(held.filter(role__code__in=level.roles)), next_level=level.code)
    return (
        visible_to(viewer, Approval)
        .filter(~Exists(mine), state="open", team__among=viewer.team_ids)
        .exclude(asked_by=viewer.user_id or 0)
        .annotate(next_level=Subquery(following.values("level")[:1]))
        .filter(mine_to_decide)
    )


def waiting_for(viewer: Viewer) -> list[Approval]:
    """Open requests of others whose next level is the viewer's role, or one they stand in for; the oldest first."""
    rows = open_for(viewer, my_levels(viewer), clock.now()).select_related("case__main_person", "asked_by")
    return list(rows.order_by("asked_at", "pk")[:60])
