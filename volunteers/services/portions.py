"""A portion of a standing gift: promised, given, missed, taken back. The gift was promised for good: nobody is asked.

Order of locks as everywhere: the request's row first. How many there are is kept by the database.
"""

from datetime import date, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from hopecare.kernel import audit, clock
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import MatchRun, Portion, Request, Standing
from volunteers.rules import matching, recurring
from volunteers.selectors.gifts import TAKEN, Free, free_between, pattern_of
from volunteers.selectors.helpers import task_of
from volunteers.services import answers, asking, visits
from volunteers.services.acting import machine
from volunteers.states import LOOKING, Ending, PartnerState, PortionState, RequestState

MOST = 100


def keep_plan(acting: Viewer, request: Request, run: MatchRun) -> int:
    """What a published run proposed of standing gifts for this request is promised now; returns how much."""
    rows = request.portions.filter(run=run, state=PortionState.PLANNED).order_by("pk")
    return sum(_promise(acting, request, portion) for portion in list(rows))


def use_gifts(acting: Viewer, request: Request) -> int:
    """A request outside the week's plan: what is given anyway, nearest first, before anybody is asked."""
    starts = request.during.lower.astimezone(clock.SEOUL)
    ends = request.during.upper.astimezone(clock.SEOUL)
    if request.with_minor or request.state not in LOOKING or starts.date() != ends.date():
        return 0
    found = free_between(acting, starts.date(), starts.date(), [request.service_id])
    fits = [one for one in found if _fits(request, one)]
    kept = 0
    for one in sorted(fits, key=lambda one: (_km(request, one.standing), one.standing.pk)):
        for _ in range(min(one.left, request.seats - request.filled)):
            kept += _promise(acting, request, draft(request, one.standing))
    return kept


def hand_on(payload: dict[str, Any]) -> None:
    """Something became free within the week: who is being looked for on these days has it now, the urgent first.

    `payload`: {standing_id, first, last}, days in ISO form.
    """
    with acting_as(system(Principal.OFFERS)) as acting:
        standing = Standing.objects.select_related("partner").filter(pk=payload["standing_id"]).first()
        if standing is None or standing.partner.state != PartnerState.ACTIVE:
            return
        first, last = (date.fromisoformat(payload[name]) for name in ("first", "last"))
        rows = Request.objects.filter(
            state__in=[*LOOKING],
            service_id=standing.service_id,
            filled__lt=F("seats"),
            during__startswith__gt=clock.now(),
            during__startswith__gte=clock.at(first, time(0)),
            during__startswith__lt=clock.at(last + timedelta(days=1), time(0)),
        )
        for request_id in list(rows.order_by("-urgent", "during", "pk").values_list("pk", flat=True)[:MOST]):
            use_gifts(acting, asking.locked(request_id))


def cannot_on(acting: Viewer, standing: Standing, on: date) -> int:
    """The partner cannot on that day: what was promised is looked for elsewhere at once."""
    rows = Portion.objects.filter(standing=standing, on=on, state=PortionState.PROMISED).order_by("pk")
    return sum(_take_back(acting, portion_id) for portion_id in list(rows.values_list("pk", flat=True)))


def all_came(acting: Viewer, standing: Standing, on: date) -> int:
    """The partner says that everybody came; nobody was named to say it."""
    rows = Portion.objects.filter(standing=standing, on=on, state=PortionState.PROMISED).order_by("pk")
    return sum(_settle(acting, portion_id, came=True) for portion_id in list(rows.values_list("pk", flat=True)))


def settle(*, by: Viewer, portion_id: int, came: bool) -> bool:
    """Staff know whether this house had its portion; the second time nothing happens."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        portion = get_visible(by, Portion, named="portion", pk=portion_id)
        return _settle(machine(by), portion.pk, came=came)


def redeem(acting: Viewer, portion_id: int) -> bool:
    """Its coupon lies at the till, on its day: given. False when it was settled or taken back before."""
    return _settle(acting, portion_id, came=True, at_the_till=True)


def _fits(request: Request, free: Free) -> bool:
    standing, task = free.standing, task_of(request)
    in_time = standing.starts <= task.starts.time() and task.ends.time() <= standing.ends
    near = request.town_id == standing.partner.town_id or _km(request, standing) <= standing.radius_km
    wants_paper = bool(request.risk or request.licences)
    paper = recurring.paper_counts(
        standing.paper_kind, standing.paper_until, frozenset(request.licences), task.starts.date()
    )
    licensed = standing.paper_until is not None and standing.paper_until >= task.starts.date()
    asks_more = request.gender or request.car or (request.languages and "ko" not in request.languages)
    return in_time and near and paper and (licensed or not wants_paper) and not asks_more


def _km(request: Request, standing: Standing) -> float:
    return matching.km_between(request.lat, request.lon, standing.partner.lat, standing.partner.lon)


def draft(request: Request, standing: Standing) -> Portion:
    """Not written yet: a portion of this gift for this request, on its day."""
    on = request.during.lower.astimezone(clock.SEOUL).date()
    return Portion(
        standing=standing,
        request=request,
        team_id=request.team_id,
        provider_id=request.provider_id,
        case_id=request.case_id,
        on=on,
        period=recurring.period_of(standing.per, on),
    )


def _promise(acting: Viewer, request: Request, portion: Portion) -> int:
    """One, or none when it is given away by now, rests, ran out of its paper — all of it refused by the database."""
    standing = Standing.objects.select_for_update(of=("self",)).select_related("partner").get(pk=portion.standing_id)
    taken = Portion.objects.filter(standing=standing, period=portion.period, state__in=TAKEN)
    number = recurring.free_number(taken.values_list("number", flat=True), standing.capacity)
    falls = recurring.days(pattern_of(standing), portion.on, portion.on)
    off = standing.turns.filter(on=portion.on, off_at__isnull=False).exists()
    if number is None or off or not falls:
        return 0
    portion.number, portion.state, portion.promised_at = number, PortionState.PROMISED, clock.now()
    try:
        with transaction.atomic():
            free = Request.objects.filter(pk=request.pk, filled__lt=F("seats"), state__in=[*LOOKING])
            if not free.update(filled=F("filled") + 1, updated_at=clock.now()):
                return 0
            portion.save()
    except IntegrityError:
        return 0
    request.filled += 1
    audit.changed(acting, "portion", [portion.pk], "promised", owners=[portion.provider_id])
    if request.filled == request.seats:
        answers.fill(acting, request)
    return 1


def _take_back(acting: Viewer, portion_id: int) -> int:
    with acting_as(acting):
        request, portion = _locked(portion_id)
        if portion.state != PortionState.PROMISED:
            return 0
        _end(acting, portion, PortionState.TAKEN_BACK)
        if request.state != RequestState.CLOSED:
            visits.free_a_seat(acting, request, step=f"portion-{portion.pk}", who=portion.standing.partner.name)
        return 1


def _settle(acting: Viewer, portion_id: int, *, came: bool, at_the_till: bool = False) -> bool:
    with acting_as(acting):
        request, portion = _locked(portion_id)
        if portion.state != PortionState.PROMISED:
            return False
        if not at_the_till and not matching.may_report(clock.now(), request.during.lower, demo=False):
            return False
        _end(acting, portion, PortionState.GIVEN if came else PortionState.MISSED)
        if came:
            visits.mark_done(acting, request, portion.on)
        if request.state != RequestState.CLOSED and not asking.is_awaited(request):
            if not came:
                asking.reopen_action(acting, request)
            asking.close(acting, request, Ending.SELF)
        return True


def _end(acting: Viewer, portion: Portion, state: PortionState) -> None:
    portion.state, portion.settled_at, portion.settled_by_id = state, clock.now(), acting.user_id
    portion.save(update_fields=["state", "settled_at", "settled_by"])
    audit.changed(acting, "portion", [portion.pk], str(state), owners=[portion.provider_id])


def _locked(portion_id: int) -> tuple[Request, Portion]:
    request_id = Portion.objects.values_list("request_id", flat=True).get(pk=portion_id)
    request = asking.locked(request_id)
    portion = Portion.objects.select_for_update(of=("self",)).select_related("standing__partner").get(pk=portion_id)
    portion.request = request
    return request, portion
