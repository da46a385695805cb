"""The machine that asks: one wave after another until the seats are taken or nobody is left to ask.

Works under the principal `offers` inside a transaction that holds the request's row lock; `by` is the signed machine
(see services.acting).
"""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from cases.services import actions
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from volunteers import access
from volunteers.facts import Candidate, Task, Wave
from volunteers.models import CallKind, Offer, Pairing, Request, StandBy, Volunteer
from volunteers.rules import matching
from volunteers.selectors import standby
from volunteers.selectors.helpers import candidates, task_of
from volunteers.services import telling
from volunteers.states import (
    BOOKED,
    LOOKING,
    Ending,
    OfferState,
    PortionState,
    RequestState,
    RunState,
    StandByState,
    VolunteerState,
)

#: The link still shows the visit for a while after it, for "I was there".
LINK_DAYS_AFTER = 14
CALLS_URL = "/desk/matching/calls/"
#: One asker at a time, so that two requests never ask the same person in the same moment.
_ASKING_LOCK = 720_001
RELATED = ("service__category", "town")


def locked(request_id: int) -> Request:
    """The request under its row lock: whoever changes it or its offers holds this first."""
    return Request.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=request_id)


def quiet_hours() -> tuple[int, int] | None:
    """The city's quiet hours (K16: courtesy for offers), None where there are none."""
    start, _, end = settings.MESSAGE_QUIET_HOURS.partition("-")
    return (int(start), int(end)) if end else None


def ask_next(by: Viewer, request: Request, *, after_silence: bool = False) -> int:
    """Ask as many as the policy says; returns how many. Nobody left and nobody asked: people telephone."""
    free = request.seats - request.filled
    if request.state not in LOOKING or free <= 0:
        return 0
    open_offers = request.offers.filter(state=OfferState.OFFERED).count()
    task = task_of(request)
    plan = matching.wave(
        now=clock.now(),
        starts=task.starts,
        urgent=request.urgent,
        after_silence=after_silence,
        free_seats=free,
        open_offers=open_offers,
        quiet=quiet_hours(),
    )
    asked = 0
    if plan is not None and plan.size:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_ASKING_LOCK])
        asked += _ask_reserve(by, request, plan)
        for candidate in _in_order(by, request, task):
            if asked >= plan.size:
                break
            asked += _offer(by, request, candidate, plan)
    if asked:
        request.waves += 1
        _set(request, RequestState.OPEN)
    elif not open_offers:
        to_calls(by, request)
    return asked


def _in_order(by: Viewer, request: Request, task: Task) -> list[Candidate]:
    """Whom staff chose, who looks after the house, who said "call me" where it is urgent, then whom the published plan
    of the week proposes, then by points. Ruled out stays out."""
    pins = dict(request.pins.filter(lifted_at=None).values_list("volunteer_id", "wanted"))
    planned = request.proposals.filter(run__state=RunState.PUBLISHED).order_by("-run_id", "cost", "pk")
    proposed = list(planned.values_list("volunteer_id", flat=True))
    chosen = [volunteer for volunteer, wanted in pins.items() if wanted]
    if matching.MANAGER in request.licences:
        own = Pairing.objects.filter(case_id=request.case_id, ended_on=None)
        chosen += own.values_list("manager__volunteer_id", flat=True)
    if request.urgent or request.critical:
        chosen += standby.for_request(by, request)
    first = {volunteer: place for place, volunteer in reversed(list(enumerate([*chosen, *proposed])))}
    found = candidates(by, task, not_asked_for=request.pk, also=tuple(first))
    able = [one for one in found if pins.get(one.helper.id, True)]
    return sorted(able, key=lambda one: first.get(one.helper.id, len(first)))


def _ask_reserve(by: Viewer, request: Request, plan: Wave) -> int:
    """Those who said yes too late are asked before anybody new; the same offer is open once more."""
    asked = 0
    waiting = request.offers.filter(state=OfferState.WITHDRAWN, ending=Ending.FILLED, reserve=True)
    for offer in waiting.select_related("volunteer").order_by("answered_at", "pk"):
        if asked == plan.size:
            break
        if offer.volunteer.state != VolunteerState.ACTIVE:
            continue
        offer.request = request
        offer.state, offer.ending, offer.reserve, offer.wave = OfferState.OFFERED, "", False, request.waves + 1
        offer.asked_at, offer.answer_by = clock.now(), plan.answer_by
        try:
            with transaction.atomic():
                offer.save(update_fields=["state", "ending", "reserve", "wave", "asked_at", "answer_by"])
        except IntegrityError:  # being asked for something else
            continue
        audit.changed(by, "offer", [offer.pk], "asked", owners=[offer.provider_id], wave=offer.wave)
        telling.ask(by, offer, step=f"ask-{offer.wave}")
        asked += 1
    return asked


def ring_now(by: Viewer, request: Request, most: int) -> int:
    """Somebody did not come: who said "call me", then the nearest who are free, stand on the call list; the first yes
    there settles it."""
    asked = _ring(by, request, most, "no_show")
    request.waves += 1
    _set(request, RequestState.OPEN)
    if not asked:
        to_calls(by, request)
    return asked


def ring_on_call(by: Viewer, request: Request, most: int) -> int:
    """Somebody depends on a visit that nobody promised: those alone who said "call me" for this week are rung."""
    asked = _ring(by, request, most, "critical", besides=False) if request.state in LOOKING else 0
    if asked:
        request.waves += 1
        _set(request, RequestState.OPEN)
    return asked


def _ring(by: Viewer, request: Request, most: int, reason: str, *, besides: bool = True) -> int:
    plan, asked = Wave(most, request.during.lower), 0
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_ASKING_LOCK])
    on_call = standby.for_request(by, request)
    found = candidates(by, task_of(request), not_asked_for=request.pk, also=on_call)
    able = [one for one in found if besides or one.helper.id in on_call]
    place = {volunteer: number for number, volunteer in enumerate(on_call)}
    for candidate in sorted(able, key=lambda one: place.get(one.helper.id, len(place))):
        if asked == most:
            break
        asked += _offer(by, request, candidate, plan, ring=reason)
    return asked


def _was_rung(by: Viewer, request: Request, volunteer_id: int) -> None:
    """Not again as stand-by in this week."""
    monday = standby.week_of(request.during.lower.astimezone(clock.SEOUL).date())
    rows = StandBy.objects.filter(volunteer_id=volunteer_id, week=monday, state=StandByState.ON, rung_at=None)
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        StandBy.objects.filter(pk__in=ids).update(rung_at=clock.now())
        audit.changed(by, "stand_by", ids, "rung")


def _offer(by: Viewer, request: Request, candidate: Candidate, plan: Wave, *, ring: str = "") -> int:
    volunteer = Volunteer.objects.get(pk=candidate.helper.id)
    open_letters = Offer.objects.filter(phone_hash=volunteer.phone_hash, state=OfferState.OFFERED)
    token = access.new_token()
    now = clock.now()
    try:
        with transaction.atomic():
            offer = Offer.objects.create(
                request=request,
                volunteer=volunteer,
                team_id=request.team_id,
                provider_id=request.provider_id,
                case_id=request.case_id,
                phone_hash=volunteer.phone_hash,
                letter=matching.first_free_letter(open_letters.values_list("letter", flat=True)),
                during=request.during,
                wave=request.waves + 1,
                cost=candidate.total,
                reasons={cost.term.value: cost.amount for cost in candidate.costs},
                state=OfferState.OFFERED,
                token=token,
                token_hash=access.token_hash(token),
                token_until=request.during.upper + timedelta(days=LINK_DAYS_AFTER),
                asked_at=now,
                answer_by=plan.answer_by,
            )
    except IntegrityError:  # asked for something else in this very moment
        return 0
    audit.changed(by, "offer", [offer.pk], "asked", owners=[offer.provider_id], wave=offer.wave)
    if ring:
        telling.call(offer, CallKind.NOW, ring)
        _was_rung(by, request, volunteer.pk)
    else:
        telling.ask(by, offer)
    return 1


def to_calls(by: Viewer, request: Request) -> None:
    """Everybody suitable was asked: those who never answered stand on the call list, and the lead knows."""
    if request.state == RequestState.CALLS:
        return
    _set(request, RequestState.CALLS)
    for offer in request.offers.filter(state=OfferState.EXPIRED).select_related("volunteer"):
        telling.call(offer, CallKind.ASK, "no_answer")
    audit.changed(by, "request", [request.pk], "everybody_asked", owners=[request.provider_id])
    telling.notice(by, request, f"calls-{request.waves}", telling.EVERYBODY_ASKED, CALLS_URL)


def is_awaited(request: Request) -> bool:
    """Whether somebody is still on the way, or a portion of a standing gift still promised."""
    coming = request.offers.filter(state__in=[*BOOKED]).exists()
    return coming or request.portions.filter(state=PortionState.PROMISED).exists()


def close(by: Viewer, request: Request, ending: Ending) -> None:
    request.ending = ending
    Request.objects.filter(pk=request.pk).update(ending=ending)
    _set(request, RequestState.CLOSED)
    audit.changed(by, "request", [request.pk], "closed", owners=[request.provider_id], ending=str(ending))


def _set(request: Request, state: RequestState) -> None:
    request.state, request.updated_at = state, clock.now()
    Request.objects.filter(pk=request.pk).update(
        state=request.state, waves=request.waves, updated_at=request.updated_at
    )


def settle_state(request: Request, state: RequestState) -> None:
    """Another state with the row's own time."""
    _set(request, state)


def advance_all() -> int:
    """The beat's look: late answers expire and the next are asked; requests whose hour has come are closed."""
    now = clock.now()
    machine = system(Principal.OFFERS)
    with acting_as(machine):
        late = Offer.objects.filter(state=OfferState.OFFERED, answer_by__lte=now).values_list("request_id", flat=True)
        live = [*LOOKING, RequestState.PLANNED]
        over = Request.objects.filter(state__in=live, during__startswith__lte=now).values_list("pk", flat=True)
        idle = (
            Request.objects.filter(state=RequestState.OPEN)
            .exclude(offers__state=OfferState.OFFERED)
            .values_list("pk", flat=True)
        )
        waiting = sorted({*late, *over, *idle})
    for request_id in waiting:
        advance(request_id=request_id)
    return len(waiting)


def advance(*, request_id: int) -> None:
    """One request, one transaction; whatever was settled meanwhile stays."""
    by = system(Principal.OFFERS)
    with acting_as(by):
        request = locked(request_id)
        if request.state not in (*LOOKING, RequestState.PLANNED):
            return
        if request.during.lower <= clock.now():
            _nobody_found(by, request)
            return
        if request.state == RequestState.PLANNED:
            return
        expired = _expire(by, request)
        ask_next(by, request, after_silence=bool(expired))


def _expire(by: Viewer, request: Request) -> int:
    late = request.offers.filter(state=OfferState.OFFERED, answer_by__lte=clock.now())
    ids = list(late.values_list("pk", flat=True))
    if ids:
        Offer.objects.filter(pk__in=ids).update(state=OfferState.EXPIRED, ending=Ending.LATE)
        audit.changed(by, "offer", ids, "expired", owners=[request.provider_id])
        if request.state == RequestState.CALLS:
            for offer in Offer.objects.filter(pk__in=ids).select_related("volunteer"):
                telling.call(offer, CallKind.ASK, "no_answer")
    return len(ids)


def _nobody_found(by: Viewer, request: Request) -> None:
    """The hour has come with a seat empty: offers end, promises of others are taken back, the lead knows.

    Where one of two did not come and nobody else was found, whoever may go alone goes on.
    """
    there = list(request.offers.filter(state=OfferState.SCHEDULED).values_list("volunteer__name", flat=True))
    if there:
        _go_on_with(by, request, there)
        return
    end_offers(by, request, Ending.LATE)
    close(by, request, Ending.LATE)
    reopen_action(by, request)
    telling.notice(by, request, "late", telling.NOBODY_FOUND, f"/desk/matching/{request.action_id}/")


def _go_on_with(by: Viewer, request: Request, there: list[str]) -> None:
    for offer in request.offers.filter(state=OfferState.OFFERED).select_related("volunteer"):
        offer.request = request
        _end(by, offer, OfferState.WITHDRAWN, Ending.LATE)
        telling.closed(by, offer)
    Request.objects.filter(pk=request.pk).update(seats=request.filled)
    request.seats = request.filled
    actions.mark_booked(by=by, action_id=request.action_id, helper_name=", ".join(there)[:80])
    _set(request, RequestState.FILLED)


def end_offers(by: Viewer, request: Request, ending: Ending) -> None:
    """Take back every open offer and every promise of a request; everybody is told gently, never why."""
    for offer in request.offers.select_related("volunteer", "request__service__category", "request__town"):
        if offer.state in (OfferState.OFFERED, OfferState.PROPOSED):
            _end(by, offer, OfferState.WITHDRAWN, ending)
            telling.closed(by, offer)
        elif offer.state in (OfferState.ACCEPTED, OfferState.SCHEDULED):
            _end(by, offer, OfferState.CANCELLED, ending)
            telling.cancelled(by, offer)
    gifts = request.portions.filter(state__in=[PortionState.PLANNED, PortionState.PROMISED])
    for standing_id, on in set(gifts.filter(state=PortionState.PROMISED).values_list("standing_id", "on")):
        events.publish("gift.free", standing_id=standing_id, first=on.isoformat(), last=on.isoformat())
    gifts.update(state=PortionState.TAKEN_BACK, settled_at=clock.now())
    Request.objects.filter(pk=request.pk).update(filled=0)
    request.filled = 0


def _end(by: Viewer, offer: Offer, state: OfferState, ending: Ending) -> None:
    offer.state, offer.ending = state, ending
    offer.save(update_fields=["state", "ending"])
    audit.changed(by, "offer", [offer.pk], str(state), owners=[offer.provider_id], ending=str(ending))


def reopen_action(by: Viewer, request: Request) -> None:
    """The plan's action waits again, unless the case has already ended it."""
    try:
        with transaction.atomic():
            actions.reopen(by=by, action_id=request.action_id)
    except (errors.Impossible, errors.NotFound):
        return
