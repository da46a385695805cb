"""What a line that holds nobody but whoever asked lays before the head of the central centre (K1, K6, D5, D6).

The database hands out the text that is to be decided on, from the asking until the decision, and nothing else of the
case; whoever may decide and who must not is asked there, too (`hc_asked_of_central`).
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from cases.models import ApprovalSubject, Case, CloseReason, Goal
from cases.rules.closing import Change
from cases.selectors.colleagues import own_heads_of
from cases.selectors.team import may_be_asked
from cases.selectors.work import changes_in
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.models import Organisation, Team, TeamKind, User
from hopecare.kernel.permissions import Permission
from hopecare.kernel.viewers import viewer_of


def central_heads(case: Case, *, asker: int) -> list[int]:
    """Accounts that head the central centre today and may look at this case; never whoever asks."""
    codes = Team.objects.filter(kind=TeamKind.CENTRAL).values("code")
    houses = list(Organisation.objects.filter(code__in=codes))
    houses = [house for house in houses if may_be_asked(case, house)]
    people = User.objects.filter(pk__in=own_heads_of([house.pk for house in houses])).exclude(pk=asker)
    return [user.pk for user in people.order_by("pk") if case.pk not in viewer_of(user).reach.locked]


@dataclass(frozen=True)
class AskedCentrally:
    """What is to be decided on: the plan with its tasks, or the closing with what changed. Nobody is named."""

    approval_id: int
    case_id: int
    team_id: int
    house: Organisation
    number: str
    subject: ApprovalSubject
    asked_at: datetime
    asked_by: str
    words: str
    reason: str
    goal: str
    goal_words: str
    tasks: list[tuple[str, date | None, Organisation | None]]
    changes: list[Change]


def keys_of_asked(viewer: Viewer, approval_id: int) -> tuple[int, int] | None:
    """Case and team of one request that waits for the viewer as head of the central centre."""
    with connection.cursor() as cursor:
        told: list[Any] = [clock.today(), clock.now(), approval_id]
        cursor.execute("select case_id, team_id from hc_asked_of_central(%s, %s) where approval_id = %s", told)
        found: tuple[int, int] | None = cursor.fetchone()
    return found


def asked_centrally(viewer: Viewer) -> list[AskedCentrally]:
    """Everything that waits for the viewer as head of the central centre, the oldest first; the reads are logged."""
    check(viewer, Permission.CASE_PLAN)
    with connection.cursor() as cursor:
        cursor.execute("select * from hc_asked_of_central(%s, %s)", [clock.today(), clock.now()])
        rows = cursor.fetchall()
    if not rows:
        return []
    houses = {house.pk: house for house in Organisation.objects.all()}
    found = [_asked(row, houses) for row in rows]
    owners = {one.house.pk for one in found}
    audit.read(viewer, "case", [one.case_id for one in found], owners=owners, what="approvals")
    return found


def one_asked_centrally(viewer: Viewer, approval_id: int) -> AskedCentrally:
    """One of them; NotFound (logged as refused) otherwise, as after the decision."""
    found = next((one for one in asked_centrally(viewer) if one.approval_id == approval_id), None)
    if found is None:
        raise errors.NotFound("approval", str(approval_id))
    return found


def _asked(row: tuple[Any, ...], houses: dict[int, Organisation]) -> AskedCentrally:
    approval, case, team, house, number, subject, asked_at, asked_by, words, reason, goal, goal_words, *parts = row
    tasks, answers = (json.loads(part) if isinstance(part, str) else part for part in parts)
    return AskedCentrally(
        approval,
        case,
        team,
        houses[house],
        number,
        ApprovalSubject(subject),
        asked_at,
        asked_by,
        words,
        str(CloseReason(reason).label) if reason else "",
        str(Goal(goal).label) if goal else "",
        goal_words or "",
        [(title, date.fromisoformat(due) if due else None, houses.get(of)) for title, due, of in tasks],
        [change for change in changes_in(answers) if change.category in {code for code, *_rest in answers}],
    )
