"""The week's plan: asked for, solved, looked at, published. One run at a time for a week, each step one transaction.

A run reads and proposes; nobody is asked before it is published. Publishing asks the proposed people in waves, so that
what was decided in the meantime by hand, by a pin or by an answer, stands.
"""

import time
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from volunteers import matching
from volunteers.access import get_visible, visible_to
from volunteers.facts import Gap
from volunteers.models import MatchRun, Pin, Portion, Proposal, Request, Volunteer
from volunteers.selectors.week import Week, monday_of, next_monday, wanted, week
from volunteers.services import asking, portions
from volunteers.services.acting import machine
from volunteers.states import LOOKING, RequestState, RunState

#: A run that has not come home by then died with its process; another may begin.
LOST = timedelta(minutes=15)
OTHERS = 4
#: Nobody published it: the week's questions go out by themselves on Monday morning.
BY_ITSELF = 8


def ask_run(*, by: Viewer, monday: date) -> MatchRun:
    """Have a week solved; one that waits or is being solved already is that run."""
    check(by, Permission.OFFER_MANAGE)
    return _begin(by, monday)


def _begin(by: Viewer, monday: date) -> MatchRun:
    with acting_as(by):
        lost = MatchRun.objects.filter(state=RunState.SOLVING, started_at__lte=clock.now() - LOST)
        lost.update(state=RunState.FAILED, finished_at=clock.now())
        try:
            with transaction.atomic():
                run = MatchRun.objects.create(week=monday_of(monday), asked_by_id=by.user_id, asked_at=clock.now())
        except IntegrityError:
            return MatchRun.objects.get(week=monday_of(monday), state__in=[RunState.WAITING, RunState.SOLVING])
        audit.changed(by, "match_run", [run.pk], "asked")
        return run


def begin_next_week() -> MatchRun:
    """Sunday night: the coming week, before anybody is at the desk."""
    return _begin(system(Principal.OFFERS), next_monday(clock.today()))


def begin_refill() -> MatchRun | None:
    """Every morning: this week's seats that are empty again or still; None when there is none."""
    by = system(Principal.OFFERS)
    monday = monday_of(clock.today())
    with acting_as(by):
        if not wanted(by, monday):
            return None
    return _begin(by, monday)


def waiting() -> list[int]:
    """Runs to solve now."""
    with acting_as(system(Principal.OFFERS)):
        return list(MatchRun.objects.filter(state=RunState.WAITING).order_by("pk").values_list("pk", flat=True))


def solve(*, run_id: int) -> MatchRun:
    """Solve a waiting run and write what it proposes; a run that is not waiting is left as it is."""
    by = system(Principal.OFFERS)
    with acting_as(by):
        began = MatchRun.objects.filter(pk=run_id, state=RunState.WAITING)
        if not began.update(state=RunState.SOLVING, started_at=clock.now()):
            return MatchRun.objects.get(pk=run_id)
    try:
        with acting_as(by):
            return _solve(by, MatchRun.objects.get(pk=run_id))
    except Exception:
        with acting_as(by):
            MatchRun.objects.filter(pk=run_id).update(state=RunState.FAILED, finished_at=clock.now())
        raise


def _solve(by: Viewer, run: MatchRun) -> MatchRun:
    engine, clock_start = matching.load(), time.monotonic()
    rows = week(by, run.week)
    problem = engine.problem(rows.needs, rows.helpers)
    plan = engine.solve(problem)
    seconds = time.monotonic() - clock_start
    options = engine.candidates(problem, plan, range(len(rows.needs)), OTHERS)
    Proposal.objects.bulk_create(_proposals(run, rows, plan, options), batch_size=1000)
    Portion.objects.bulk_create(_portions(run, rows, plan, options), batch_size=1000)
    run.state, run.finished_at, run.seconds = RunState.DONE, clock.now(), seconds
    run.seats, run.filled = len(rows.needs), len(rows.needs) - plan.empty_seats
    run.total, run.bound, run.fixed = plan.total, plan.bound, plan.fixed
    run.arcs, run.added, run.priced, run.method = plan.arcs, plan.added, plan.priced, plan.method
    run.empties = _empties(rows, plan, options)
    run.save()
    audit.changed(by, "match_run", [run.pk], "solved", seats=run.seats, empty=plan.empty_seats, bound=plan.bound)
    return run


def _proposals(run: MatchRun, rows: Week, plan: Any, options: dict[int, list[Any]]) -> list[Proposal]:
    found = []
    for seat, request in enumerate(rows.requests):
        chosen = next((one for one in options[seat] if one.window == plan.window[seat]), None)
        if chosen is None or chosen.helper < len(rows.gifts.rows):
            continue
        volunteer = rows.helpers[chosen.helper].id
        others = [one for one in options[seat] if one is not chosen and one.helper >= len(rows.gifts.rows)]
        found.append(
            Proposal(
                run=run,
                request=request,
                volunteer_id=volunteer,
                team_id=request.team_id,
                provider_id=request.provider_id,
                case_id=request.case_id,
                cost=chosen.total,
                terms=chosen.terms,
                others=[
                    {"volunteer": rows.helpers[one.helper].id, "cost": one.total, "planned": one.planned}
                    for one in others
                ],
                pinned=rows.needs[seat].pinned == volunteer,
            )
        )
    return found


def _portions(run: MatchRun, rows: Week, plan: Any, options: dict[int, list[Any]]) -> list[Portion]:
    """Seats that a standing gift fills; promised when the plan is published."""
    found = []
    for seat, request in enumerate(rows.requests):
        chosen = next((one for one in options[seat] if one.window == plan.window[seat]), None)
        standing = rows.gifts.of.get(rows.helpers[chosen.helper].id) if chosen is not None else None
        if chosen is not None and standing is not None:
            draft = portions.draft(request, standing)
            draft.run, draft.cost, draft.terms = run, chosen.total, chosen.terms
            found.append(draft)
    return found


def _empties(rows: Week, plan: Any, options: dict[int, list[Any]]) -> dict[str, str]:
    """Request id → why its seat stays empty, for each seat that does."""
    nobody = matching.load().NOBODY
    return {
        str(request.pk): str(Gap.ALL_PLANNED if options[seat] else _why_nobody(rows, seat))
        for seat, request in enumerate(rows.requests)
        if plan.window[seat] == nobody
    }


def _why_nobody(rows: Week, seat: int) -> Gap:
    """The first filter that leaves nobody, in the order in which a coordinator could do something about it."""
    need = rows.needs[seat]
    able = [row for row in rows.helpers if need.service in row.skills]
    if not able:
        return Gap.NO_SKILL
    able = [row for row in able if row.levels[need.weekday] >= need.risk]
    able = [row for row in able if all(row.papers.get(kind, -1) >= need.weekday for kind in need.licences)]
    if not able:
        return Gap.NO_PAPER
    free = [
        row for row in able if any(d == need.weekday and s <= need.starts and need.ends <= e for d, s, e in row.windows)
    ]
    if not free:
        return Gap.NO_TIME
    return Gap.NO_CAR if need.car and not any(row.car for row in free) else Gap.TOO_FAR


def publish(*, by: Viewer, run_id: int) -> int:
    """Ask the people a run proposes, for the requests this coordinator sees; returns how many were asked."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        mine = [
            *visible_to(by, Proposal).filter(run_id=run_id).values_list("request_id", flat=True),
            *visible_to(by, Portion).filter(run_id=run_id).values_list("request_id", flat=True),
        ]
        if not MatchRun.objects.filter(pk=run_id, state__in=[RunState.DONE, RunState.PUBLISHED]).exists():
            raise errors.Impossible(Problem("run", _("This plan is not ready yet.")))
    return _publish(by, run_id, mine)


def publish_forgotten() -> int:
    """Monday morning: a plan of this week that nobody published goes out; a question binds nobody."""
    if clock.now().hour < BY_ITSELF:
        return 0
    by = system(Principal.OFFERS)
    with acting_as(by):
        runs = MatchRun.objects.filter(week=monday_of(clock.today()), state=RunState.DONE, asked_by=None)
        latest = runs.order_by("-pk").values_list("pk", flat=True).first()
    return _publish(by, latest, None) if latest is not None else 0


def _publish(by: Viewer, run_id: int, only: list[int] | None) -> int:
    with acting_as(machine(by)) as acting:
        run = MatchRun.objects.select_for_update().get(pk=run_id)
        if run.state not in (RunState.DONE, RunState.PUBLISHED):
            return 0
        run.state, run.published_at = RunState.PUBLISHED, run.published_at or clock.now()
        run.save(update_fields=["state", "published_at"])
        rows = Request.objects.filter(Q(proposals__run=run) | Q(portions__run=run)).order_by("during", "pk").distinct()
        if only is not None:
            rows = rows.filter(pk__in=only)
        ids = list(rows.values_list("pk", flat=True))
        audit.changed(acting, "match_run", [run.pk], "published", requests=len(ids))
    return sum(_ask(by, request_id, run) for request_id in ids)


def _ask(by: Viewer, request_id: int, run: MatchRun) -> int:
    """One request, one transaction: a thousand locks are not held for one that waits."""
    with acting_as(machine(by)) as acting:
        request = asking.locked(request_id)
        if request.state == RequestState.PLANNED:
            asking.settle_state(request, RequestState.OPEN)
        portions.keep_plan(acting, request, run)
        return asking.ask_next(acting, request) if request.state in LOOKING else 0


def pin(*, by: Viewer, request_id: int, volunteer_id: int, wanted: bool) -> Pin:
    """This person, or not this person this time; the same again changes nothing, the other word replaces it."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        request = get_visible(by, Request, named="request", pk=request_id)
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        row, _fresh = Pin.objects.update_or_create(
            request=request,
            volunteer=volunteer,
            defaults={
                "wanted": wanted,
                "lifted_at": None,
                "set_by_id": by.user_id,
                "set_at": clock.now(),
                "team_id": request.team_id,
                "provider_id": request.provider_id,
                "case_id": request.case_id,
            },
        )
        audit.changed(by, "pin", [row.pk], "wanted" if wanted else "ruled_out", owners=[request.provider_id])
        return row


def lift(*, by: Viewer, pin_id: int) -> None:
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        row = get_visible(by, Pin, named="pin", pk=pin_id)
        if row.lifted_at is None:
            row.lifted_at = clock.now()
            row.save(update_fields=["lifted_at"])
            audit.changed(by, "pin", [row.pk], "lifted", owners=[row.provider_id])
