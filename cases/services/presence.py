"""In and out at a visit, told by each of the two for themselves; whoever does not come out is looked for (D10).

The team hears first, then heads, the centre and the duty telephone. The desk and every other door use the same words.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.facts import USUAL_STAY
from cases.models import Presence, Visit
from cases.rules import visits as rules
from cases.selectors.colleagues import heads_of
from cases.selectors.duty import central_team
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, get_visible, system, visible_to
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import queueing

NOTICE, DUTY = "visit.inside", "visit.inside_duty"
NOT_OUT = gettext_noop("%(name)s went into a visit at %(since)s and has not come out. Please ring now: %(phone)s.")
STILL_NOT_OUT = gettext_noop("Still no sign of %(name)s, inside since %(since)s. Ring %(phone)s, then 112.")
DUTY_WORDS = "[희망케어] 방문 간 직원이 나왔다는 연락이 없습니다. 업무 화면의 알림을 지금 봐 주세요."
_MOST = 200


def arrive(*, by: Viewer, visit_id: int, minutes: int = USUAL_STAY, told_at: datetime | None = None) -> Presence:
    """One of the two goes in and means to be out after so many minutes; told again, it is later by so much.

    `told_at`: when a telephone without signal was told so. The same moment told twice is one going in.
    """
    check(by, Permission.VISIT_RECORD)
    with acting_as(by):
        visit, now = _visit(by, visit_id), clock.now()
        Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)  # two taps at the same moment are one going in
        if by.user_id not in {visit.official_id, visit.worker_id}:
            raise errors.Impossible(Problem("not_one_of_two", _("Only the two who make this visit can go in.")))
        at = min(told_at or now, now)
        problems = rules.stay_problems(minutes, visit.at, at)
        if problems:
            raise errors.Impossible(*problems)
        if told_at and (known := _rows(by, visit, actor(by)).filter(Q(came_at=at) | Q(left_at__gte=at)).first()):
            return known
        return _goes_in(by, visit, at, minutes)


def _goes_in(by: Viewer, visit: Visit, at: datetime, minutes: int) -> Presence:
    row, due = _inside(by, visit, actor(by)), at + timedelta(minutes=minutes)
    if row is None:
        keys = {"team_id": visit.team_id, "provider_id": visit.provider_id}
        row = Presence.objects.create(visit=visit, user_id=actor(by), came_at=at, due_at=due, **keys)
        audit.changed(by, "visit", [visit.pk], "went_in", owners=[visit.provider_id], minutes=minutes)
    elif due > row.due_at:
        row.due_at, row.alarms = due, 0
        row.save(update_fields=["due_at", "alarms"])
        audit.changed(by, "visit", [visit.pk], "stays", owners=[visit.provider_id], minutes=minutes)
    return row


def leave(*, by: Viewer, visit_id: int, user_id: int | None = None, told_at: datetime | None = None) -> bool:
    """Out again; `user_id`: a colleague reached that one of the two. False when nobody was inside any more."""
    check(by, Permission.VISIT_RECORD)
    with acting_as(by):
        visit = _visit(by, visit_id)
        return came_out(by, visit, user_id or actor(by), told_at)


def came_out(by: Viewer, visit: Visit, user_id: int, told_at: datetime | None = None) -> bool:
    """Inside the caller's transaction, as danger at a visit means it, too."""
    row = _inside(by, visit, user_id)
    if row is None or (told_at and told_at < row.came_at):
        return False
    row.left_at, row.ended_by_id = min(told_at or clock.now(), clock.now()), actor(by)
    row.save(update_fields=["left_at", "ended_by"])
    what = "came_out" if user_id == by.user_id else "reached_colleague"
    audit.changed(by, "visit", [visit.pk], what, owners=[visit.provider_id], user=user_id)
    queueing.cancel(by=by, purpose=DUTY, about=("presence", row.pk))
    return True


def _visit(by: Viewer, visit_id: int) -> Visit:
    return get_visible(by, Visit, named="visit", pk=visit_id)


def _rows(by: Viewer, visit: Visit, user_id: int) -> QuerySet[Presence]:
    return visible_to(by, Presence).select_for_update().filter(visit=visit, user_id=user_id)


def _inside(by: Viewer, visit: Visit, user_id: int) -> Presence | None:
    return _rows(by, visit, user_id).filter(left_at=None).first()


def watch() -> int:
    """Whoever should have been out is told of, once a rung; returns how many rungs were climbed."""
    machine = system(Principal.SWEEP)
    with acting_as(machine):
        late = visible_to(machine, Presence).filter(left_at=None, due_at__lte=clock.now() - rules.GRACE)
        rows = late.filter(alarms__lt=rules.MOST_ALARMS).select_for_update(of=("self",), skip_locked=True)
        return sum(_climb(machine, row) for row in rows.select_related("user").order_by("due_at")[:_MOST])


def _climb(by: Viewer, row: Presence) -> int:
    wanted = rules.alarms_due(row.due_at, clock.now())
    if wanted <= row.alarms:
        return 0
    Presence.objects.filter(pk=row.pk).update(alarms=F("alarms") + 1)
    rung = row.alarms + 1
    for to in _who(row, rung):
        _tell(by, row, rung, to)
    if rung > 1 and settings.DUTY_PHONE:
        number = Recipient.number(settings.DUTY_PHONE)
        queueing.queue(
            by=by, purpose=DUTY, about=("presence", row.pk), step=f"{rung}:{row.due_at:%m%d%H%M}", to=number,
            body=DUTY_WORDS, duty=True, provider_id=row.provider_id,
        )  # fmt: skip
    return 1


def _who(row: Presence, rung: int) -> list[Recipient]:
    found = [Recipient.team(row.team_id)]
    if rung > 1:
        found += [Recipient.user(head) for head in heads_of(row.provider_id)]
        central = central_team()
        found += [Recipient.team(central)] if central else []
    return found


def _tell(by: Viewer, row: Presence, rung: int, to: Recipient) -> None:
    since = f"{row.came_at.astimezone(clock.SEOUL):%H:%M}"
    queueing.notify(
        by=by,
        purpose=NOTICE,
        about=("presence", row.pk),
        step=f"{rung}:{row.due_at:%m%d%H%M}:{to.kind}:{to.id}",
        to=to,
        words=NOT_OUT if rung == 1 else STILL_NOT_OUT,
        parameters={"name": row.user.name, "since": since, "phone": row.user.phone or "–"},
        link=f"/desk/visits/{row.visit_id}/",
        provider_id=row.provider_id,
    )
