"""From the promise to the confirmed hours: cannot come, was there, nobody opened, did not come."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.access import withdraw_task
from cases.services import actions
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import Call, CallKind, Offer, Request
from volunteers.rules import matching
from volunteers.selectors.helpers import candidates, task_of
from volunteers.services import asking, telling
from volunteers.services.acting import machine
from volunteers.services.answers import offer_id_of
from volunteers.states import BOOKED, Ending, OfferState, RequestState

#: A place that becomes free later than this before the visit is asked around as urgent.
SHORT_NOTICE = timedelta(hours=24)
LONGEST_MINUTES = 12 * 60
STAND_BY = 3  # rung at once when somebody did not come


def cannot_come(*, token: str, source_address: str | None = None) -> bool:
    """The volunteer takes her promise back; others are asked at once. False when there was no promise any more."""
    return take_promise_back(*_by_link(token, source_address))


def take_promise_back(acting: Viewer, offer_id: int) -> bool:
    """The same by word, by call or because somebody leaves; `acting` is the machine."""
    with acting_as(acting):
        request, offer, acting = _locked(acting, offer_id)
        if offer.state not in BOOKED:
            return False
        was_full = request.state == RequestState.FILLED
        _end(acting, offer, OfferState.CANCELLED, Ending.SELF)
        if offer.user is not None:
            withdraw_task(by=acting, action_id=request.action_id, user=offer.user)
        if was_full:
            actions.mark_offered(by=acting, action_id=request.action_id)
            request.offers.filter(state=OfferState.SCHEDULED).update(state=OfferState.ACCEPTED)
        soon = request.during.lower - clock.now() < SHORT_NOTICE
        request.filled -= 1
        request.urgent = request.urgent or soon
        Request.objects.filter(pk=request.pk).update(filled=request.filled, urgent=request.urgent)
        asking.settle_state(request, RequestState.OPEN)
        step = f"cannot-{offer.pk}"
        url = f"/desk/matching/{request.action_id}/"
        telling.notice(acting, request, step, telling.CANNOT_COME, url, who=offer.volunteer.name)
        asking.ask_next(acting, request)
        return True


def report_done(*, token: str, nobody_home: bool = False, source_address: str | None = None) -> bool:
    """ "I was there", or "I was there and nobody opened": the hours count either way.

    False when it was already told. Raises Impossible before the hour has come.
    """
    acting, offer_id = _by_link(token, source_address)
    with acting_as(acting):
        request, offer, acting = _locked(acting, offer_id)
        if offer.state != OfferState.SCHEDULED:
            return False
        if not matching.may_report(clock.now(), request.during.lower, demo=settings.HOPECARE_DEMO):
            raise errors.Impossible(Problem("too_early", _("The hour has not come yet. Please press it afterwards.")))
        offer.done_at, offer.nobody_home = clock.now(), nobody_home
        offer.state = OfferState.DONE
        offer.save(update_fields=["state", "done_at", "nobody_home"])
        what = "nobody_home" if nobody_home else "done"
        audit.changed(acting, "offer", [offer.pk], what, owners=[offer.provider_id])
        if nobody_home:
            url = f"/desk/matching/{request.action_id}/"
            step = f"nobody-{offer.pk}"
            telling.notice(acting, request, step, telling.NOBODY_OPENED, url, who=offer.volunteer.name)
        _finish(acting, request, offer)
        return True


def _finish(acting: Viewer, request: Request, offer: Offer) -> None:
    """The first who reports moves the plan's action; the last closes the request."""
    day = min(clock.today(), request.during.lower.astimezone(clock.SEOUL).date())
    if offer.nobody_home:
        asking.reopen_action(acting, request)
    else:
        _mark_done(acting, request, day)
    if not request.offers.filter(state__in=[*BOOKED]).exists():
        asking.close(acting, request, Ending.SELF)


def _mark_done(acting: Viewer, request: Request, day: object) -> None:
    try:
        with transaction.atomic():
            actions.mark_done_by_volunteer(by=acting, action_id=request.action_id, on=day)  # type: ignore[arg-type]
    except errors.Impossible:
        return  # the case ended it, or the other of two found nobody home: the hours stand all the same


def confirm(*, by: Viewer, offer_id: int, minutes: int) -> Offer:
    """Staff confirm the hours; only confirmed hours count. Repeating it changes nothing."""
    check(by, Permission.OFFER_MANAGE)
    if not 1 <= minutes <= LONGEST_MINUTES:
        words = _("Between 1 minute and 12 hours, please.")
        raise errors.Impossible(Problem("minutes", words, "minutes"))
    with acting_as(by):
        offer = get_visible(by, Offer, named="offer", pk=offer_id, select=("volunteer", "request"))
        changed = Offer.objects.filter(pk=offer.pk, state=OfferState.DONE).update(
            state=OfferState.CONFIRMED,
            confirmed_minutes=minutes,
            confirmed_by_id=by.user_id,
            confirmed_at=clock.now(),
        )
        if changed:
            audit.changed(by, "offer", [offer.pk], "confirmed", owners=[offer.provider_id], minutes=minutes)
        offer.refresh_from_db(fields=["state", "confirmed_minutes"])
        return offer


def did_not_come(*, by: Viewer, offer_id: int) -> None:
    """Staff know that the volunteer did not come; the plan's action waits again. Shown as help, never as a mark."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        get_visible(by, Offer, named="offer", pk=offer_id)
        with acting_as(machine(by)) as acting:
            request, offer, acting = _locked(acting, offer_id)
            if offer.state != OfferState.SCHEDULED or request.during.lower > clock.now():
                return
            _end(acting, offer, OfferState.NO_SHOW, Ending.SELF)
            if request.during.upper > clock.now():
                _find_somebody_now(acting, request, offer)
            if not request.offers.filter(state__in=[*BOOKED]).exists():
                asking.reopen_action(acting, request)
                asking.close(acting, request, Ending.SELF)


def _find_somebody_now(acting: Viewer, request: Request, absent: Offer) -> None:
    """Somebody waits at this very hour: no time for texts. The nearest who are free are rung, one after the other."""
    for candidate in candidates(acting, task_of(request), not_asked_for=request.pk)[:STAND_BY]:
        Call.objects.get_or_create(
            key=f"{CallKind.NOW}:{request.pk}:{candidate.helper.id}",
            defaults={
                "kind": CallKind.NOW,
                "volunteer_id": candidate.helper.id,
                "team_id": request.team_id,
                "provider_id": request.provider_id,
                "reason": request.service.code[:20],
                "created_at": clock.now(),
                "promised_at": request.during.lower,
            },
        )
    telling.notice(
        acting, request, f"no-show-{absent.pk}", telling.NO_SHOW, asking.CALLS_URL, who=absent.volunteer.name
    )


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
