"""From the promise to its end: cannot come, is there, was there, nobody opened, did not come."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import TimestamptzRange

from cases.access import withdraw_task
from cases.services import actions, no_contact
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import CallKind, Offer, Package, Request
from volunteers.rules import matching, safety
from volunteers.services import asking, rhythm, telling
from volunteers.services.acting import machine
from volunteers.services.answers import offer_id_of
from volunteers.states import BOOKED, Ending, OfferState, PackageState, Path, RequestState

#: A place that becomes free later than this before the visit is asked around as urgent.
SHORT_NOTICE = timedelta(hours=24)
#: Somebody did not come: so many are rung, who have so long for the way, if a visit of that length is still worth it.
STAND_BY, COME_WITHIN, WORTH_COMING = 3, timedelta(minutes=20), timedelta(minutes=20)


def cannot_come(*, token: str, source_address: str | None = None) -> bool:
    """The volunteer takes her promise back; others are asked at once. False when there was no promise any more."""
    return take_promise_back(*_by_link(token, source_address))


def take_promise_back(acting: Viewer, offer_id: int) -> bool:
    """The same by word, by call or because somebody leaves; `acting` is the machine."""
    with acting_as(acting):
        request, offer, acting = _locked(acting, offer_id)
        if offer.state not in BOOKED:
            return False
        _end(acting, offer, OfferState.CANCELLED, Ending.SELF)
        if offer.user is not None:
            withdraw_task(by=acting, action_id=request.action_id, user=offer.user)
        free_a_seat(acting, request, step=f"cannot-{offer.pk}", who=offer.volunteer.name)
        return True


def free_a_seat(acting: Viewer, request: Request, *, step: str, who: str) -> None:
    """Somebody who promised does not come: the lead hears of it and the next are asked. Holds the request's lock."""
    if request.state == RequestState.FILLED:
        actions.mark_offered(by=acting, action_id=request.action_id)
        request.offers.filter(state=OfferState.SCHEDULED).update(state=OfferState.ACCEPTED)
    soon = request.during.lower - clock.now() < SHORT_NOTICE
    request.filled -= 1
    request.urgent = request.urgent or soon
    Request.objects.filter(pk=request.pk).update(filled=request.filled, urgent=request.urgent)
    asking.settle_state(request, RequestState.OPEN)
    url = f"/desk/matching/{request.action_id}/"
    telling.notice(acting, request, step, telling.CANNOT_COME, url, who=who)
    asking.ask_next(acting, request)


def arrive(*, token: str, source_address: str | None = None) -> bool:
    """ "I am here", by the link. False when it was told before or nothing is promised."""
    return _arrive(*_by_link(token, source_address), Path.LINK)


def report_done(*, token: str, nobody_home: bool = False, source_address: str | None = None) -> bool:
    """ "I was there", or "I was there and nobody opened": the hours count either way.

    False when it was already told. Raises Impossible before the hour has come.
    """
    return _report(*_by_link(token, source_address), nobody_home=nobody_home, via=Path.LINK)


def told_by_word(*, offer_id: int, what: str) -> bool:
    """`what`: arrived, done or nobody (rules.words.visit_word), for somebody with a cheap telephone."""
    by = system(Principal.OFFERS)
    if what == "arrived":
        return _arrive(by, offer_id, Path.WORD)
    return _report(by, offer_id, nobody_home=what == "nobody", via=Path.WORD)


def told_by_app(*, offer_id: int, what: str, at: datetime, source_address: str | None = None) -> bool:
    """`what`: arrived, done or nobody, told to a telephone at `at`, perhaps without signal, and sent when there was."""
    by = system(Principal.OFFERS, source_address=source_address)
    if what == "arrived":
        return _arrive(by, offer_id, Path.APP, at)
    return _report(by, offer_id, nobody_home=what == "nobody", via=Path.APP, at=at)


def told_by_call(*, by: Viewer, offer_id: int, what: str) -> bool:
    """Staff heard it on the telephone: arrived, done, nobody; both names stand in the record."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        get_visible(by, Offer, named="offer", pk=offer_id)
        if what == "arrived":
            return _arrive(machine(by), offer_id, Path.CALL)
        return _report(machine(by), offer_id, nobody_home=what == "nobody", via=Path.CALL)


def _arrive(acting: Viewer, offer_id: int, via: Path, at: datetime | None = None) -> bool:
    moment = at or clock.now()
    with acting_as(acting):
        request, offer, acting = _locked(acting, offer_id)
        if offer.state != OfferState.SCHEDULED or offer.arrived_at is not None:
            return False
        during = request.during
        if not matching.may_arrive(moment, during.lower, during.upper, demo=settings.HOPECARE_DEMO):
            raise errors.Impossible(Problem("too_early", _("The hour has not come yet. Please press it there.")))
        offer.arrived_at, offer.arrived_via = moment, via
        offer.save(update_fields=["arrived_at", "arrived_via"])
        offer.calls.filter(kind=CallKind.ASSURE, done_at=None).update(done_at=clock.now())
        audit.changed(acting, "offer", [offer.pk], "arrived", owners=[offer.provider_id], via=str(via))
        return True


def _report(acting: Viewer, offer_id: int, *, nobody_home: bool, via: Path, at: datetime | None = None) -> bool:
    moment = at or clock.now()
    with acting_as(acting):
        request, offer, acting = _locked(acting, offer_id)
        if offer.state != OfferState.SCHEDULED:
            return False
        if not matching.may_report(moment, request.during.lower, demo=settings.HOPECARE_DEMO):
            raise errors.Impossible(Problem("too_early", _("The hour has not come yet. Please press it afterwards.")))
        offer.done_at, offer.done_via, offer.nobody_home = moment, via, nobody_home
        offer.state = OfferState.DONE
        offer.save(update_fields=["state", "done_at", "done_via", "nobody_home"])
        what = "nobody_home" if nobody_home else "done"
        audit.changed(acting, "offer", [offer.pk], what, owners=[offer.provider_id], via=str(via))
        telling.finish_calls(acting, offer)
        rhythm.visited(acting, offer)
        if nobody_home:
            _nobody_opened(acting, request, offer)
        _finish(acting, request, offer)
        return True


def _nobody_opened(acting: Viewer, request: Request, offer: Offer) -> None:
    """The lead hears of it at once; the case counts from now on the time in which nobody has reached the person."""
    url = f"/desk/matching/{request.action_id}/"
    telling.notice(acting, request, f"nobody-{offer.pk}", telling.NOBODY_OPENED, url, who=offer.volunteer.name)
    no_contact.tried(offer.case_id)
    events.publish("visit.nobody_opened", case_id=offer.case_id, offer_id=offer.pk, at=request.during.lower.isoformat())


def _finish(acting: Viewer, request: Request, offer: Offer) -> None:
    """The first who reports moves the plan's action; the last closes the request."""
    day = min(clock.today(), request.during.lower.astimezone(clock.SEOUL).date())
    if offer.nobody_home:
        asking.reopen_action(acting, request)
    else:
        mark_done(acting, request, day)
    if not asking.is_awaited(request):
        asking.close(acting, request, Ending.SELF)


def mark_done(acting: Viewer, request: Request, day: date) -> None:
    """The plan's action is done on that day, unless the case has ended it."""
    try:
        with transaction.atomic():
            actions.mark_done_by_volunteer(by=acting, action_id=request.action_id, on=day)
    except errors.Impossible:
        return  # the case ended it, or the other of two found nobody home: the hours stand all the same
    if Package.objects.filter(action_id=request.action_id, state=PackageState.OPEN).exists():
        events.publish("package.done", action_id=request.action_id)


def did_not_come(*, by: Viewer, offer_id: int) -> None:
    """Staff know that the volunteer did not come. Shown as help, never as a mark.

    While there is still time, the nearest who are free are rung for the rest of it; else the plan's action waits again.
    """
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        get_visible(by, Offer, named="offer", pk=offer_id)
        with acting_as(machine(by)) as acting:
            request, offer, acting = _locked(acting, offer_id)
            if offer.state != OfferState.SCHEDULED or request.during.lower > clock.now():
                return
            _end(acting, offer, OfferState.NO_SHOW, Ending.SELF)
            telling.finish_calls(acting, offer)
            if offer.user is not None:
                withdraw_task(by=acting, action_id=request.action_id, user=offer.user)
            url, who = asking.CALLS_URL, offer.volunteer.name
            telling.notice(acting, request, f"no-show-{offer.pk}", telling.NO_SHOW, url, who=who)
            rest = request.during.upper - clock.now() - COME_WITHIN
            if request.state == RequestState.FILLED and rest >= WORTH_COMING:
                _find_somebody_now(acting, request)
            elif not asking.is_awaited(request):
                asking.reopen_action(acting, request)
                asking.close(acting, request, Ending.SELF)


def _find_somebody_now(acting: Viewer, request: Request) -> None:
    """Somebody waits at this very hour, too near for texts: the request is open again for what is left of the time.

    Whoever came for the other of two seats goes on; but nobody is alone with a minor, nor where two are wanted (D7).
    """
    actions.mark_offered(by=acting, action_id=request.action_id)
    request.filled, request.urgent = request.filled - 1, True
    request.during = TimestamptzRange(clock.now() + COME_WITHIN, request.during.upper, "[)")
    Request.objects.filter(pk=request.pk).update(filled=request.filled, urgent=True, during=request.during)
    asking.settle_state(request, RequestState.OPEN)
    if request.with_minor or safety.wanted(request.service.code).two:
        for other in request.offers.filter(state=OfferState.SCHEDULED).select_related("volunteer"):
            other.request = request
            other.state = OfferState.ACCEPTED
            other.save(update_fields=["state"])
            telling.waiting(acting, other, step="alone")
    asking.ring_now(acting, request, STAND_BY)


def _by_link(token: str, source_address: str | None) -> tuple[Viewer, int]:
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        return by, offer_id_of(token)


def _locked(acting: Viewer, offer_id: int) -> tuple[Request, Offer, Viewer]:
    """Request first, then offer; and the machine signed with the volunteer's name."""
    request_id = Offer.objects.values_list("request_id", flat=True).get(pk=offer_id)
    request = asking.locked(request_id)
    offer = Offer.objects.select_for_update(of=("self",)).select_related("volunteer", "user").get(pk=offer_id)
    offer.request = request
    return request, offer, machine(acting, offer.volunteer)


def _end(acting: Viewer, offer: Offer, state: OfferState, ending: Ending) -> None:
    offer.state, offer.ending = state, ending
    offer.save(update_fields=["state", "ending"])
    audit.changed(acting, "offer", [offer.pk], str(state), owners=[offer.provider_id], ending=str(ending))
