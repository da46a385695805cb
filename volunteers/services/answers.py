"""An answer, by whichever path it comes — link, word, call — is one transaction that books exactly once.

Order of locks: the request's row, its offer, the volunteer. The seat is taken by `filled < seats`, the hours
by the exclusion constraint, both by the database.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from cases.access import grant_task
from cases.services import actions
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.models import User, UserKind
from hopecare.kernel.permissions import Permission
from volunteers import access
from volunteers.access import get_visible
from volunteers.models import CallKind, Offer, Request, Volunteer
from volunteers.selectors.helpers import papers_hold, task_of
from volunteers.services import asking, escorts, telling
from volunteers.services.acting import machine
from volunteers.states import LOOKING, Ending, OfferState, Outcome, Path, PortionState, RequestState

GRANT_DAYS_AFTER = 7
_OVERLAP = "offer_promises_do_not_overlap"
_WHY_DECLINED: dict[str, Outcome] = {Ending.CLASH: Outcome.CLASH, Ending.PAPERS: Outcome.PAPERS}


def answer_by_link(*, token: str, yes: bool, source_address: str | None = None) -> Outcome:
    """The one-tap link. Raises NotFound for a link that is forged, cut off, unknown or out of date."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        offer_id = offer_id_of(token)
    return _answer(by, offer_id, yes=yes, via=Path.LINK)


def answer_by_call(*, by: Viewer, offer_id: int, yes: bool) -> Outcome:
    """Staff heard the answer on the telephone and act for the volunteer: both names stand in the record."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        get_visible(by, Offer, named="offer", pk=offer_id)
        return _answer(by, offer_id, yes=yes, via=Path.CALL)


def answer_by_word(*, offer_id: int, yes: bool) -> Outcome:
    return _answer(system(Principal.OFFERS), offer_id, yes=yes, via=Path.WORD)


def answer_by_app(*, offer_id: int, yes: bool, source_address: str | None = None) -> Outcome:
    """A telephone signed in with the volunteer's number; the caller found the offer among those of that number."""
    return _answer(system(Principal.OFFERS, source_address=source_address), offer_id, yes=yes, via=Path.APP)


def note_no_answer(*, by: Viewer, offer_id: int) -> None:
    """The telephone rang and nobody picked it up; the offer stays as it is."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        offer = get_visible(by, Offer, named="offer", pk=offer_id)
        Offer.objects.filter(pk=offer.pk).update(no_answers=F("no_answers") + 1)
        offer.calls.filter(done_at=None).update(tries=F("tries") + 1)
        audit.changed(by, "offer", [offer.pk], "no_answer", owners=[offer.provider_id])


def offer_id_of(token: str) -> int:
    """The offer of a link that is ours and still in date; inside `acting_as`."""
    found = None
    if access.token_is_ours(token):
        rows = Offer.objects.filter(token_hash__in=access.token_candidates(token), token_until__gt=clock.now())
        found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise errors.NotFound("offer_link", "")
    return found


def _answer(by: Viewer, offer_id: int, *, yes: bool, via: Path) -> Outcome:
    with acting_as(machine(by)):
        request_id = Offer.objects.values_list("request_id", flat=True).get(pk=offer_id)
        request = asking.locked(request_id)
        offer = Offer.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=offer_id)
        offer.request = request
        acting = machine(by, offer.volunteer)
        standing = _standing(request, offer, via)
        if standing is not None:
            too_late = yes and standing == Outcome.SETTLED and offer.state == OfferState.WITHDRAWN
            if not (too_late and _open_again(request, offer)):
                if too_late:
                    _keep_in_reserve(acting, offer)
                return standing
        with acting_as(acting):
            staff_id = by.user_id if via == Path.CALL else None
            return (_yes if yes else _no)(acting, request, offer, via, staff_id)


def _standing(request: Request, offer: Offer, via: Path) -> Outcome | None:
    """What already stands and no answer changes; None while the offer is open."""
    match offer.state:
        case OfferState.ACCEPTED | OfferState.SCHEDULED | OfferState.DONE | OfferState.CONFIRMED | OfferState.NO_SHOW:
            return Outcome.ALREADY
        case OfferState.DECLINED:
            return _WHY_DECLINED.get(offer.ending, Outcome.DECLINED)
        case OfferState.WITHDRAWN:
            return Outcome.SETTLED if offer.ending == Ending.FILLED else Outcome.GONE
        case OfferState.CANCELLED:
            return Outcome.GONE
    if request.state not in LOOKING:
        return Outcome.SETTLED if request.state == RequestState.FILLED else Outcome.GONE
    if offer.state == OfferState.EXPIRED and via != Path.CALL:
        return Outcome.EXPIRED
    return None if request.during.lower > clock.now() else Outcome.GONE


def _no(acting: Viewer, request: Request, offer: Offer, via: Path, staff_id: int | None) -> Outcome:
    _record(acting, offer, OfferState.DECLINED, via, staff_id)
    asking.ask_next(acting, request)
    return Outcome.DECLINED


def _yes(acting: Viewer, request: Request, offer: Offer, via: Path, staff_id: int | None) -> Outcome:
    # Two promises of one person in the same moment wait here, one after the other, instead of for each other.
    Volunteer.objects.select_for_update(of=("self",)).get(pk=offer.volunteer_id)
    if not papers_hold(acting, offer.volunteer, task_of(request)):
        return _papers_ran_out(acting, request, offer, via, staff_id)
    user = _account(offer.volunteer)
    try:
        with transaction.atomic():
            free = Request.objects.filter(pk=request.pk, filled__lt=F("seats"), state__in=[*LOOKING])
            if not free.update(filled=F("filled") + 1, updated_at=clock.now()):
                return Outcome.SETTLED
            offer.user = user
            _record(acting, offer, OfferState.ACCEPTED, via, staff_id)
    except IntegrityError as error:
        if _OVERLAP not in str(error):
            raise
        offer.ending = Ending.CLASH
        _record(acting, offer, OfferState.DECLINED, via, staff_id)
        asking.ask_next(acting, request)
        return Outcome.CLASH
    request.filled += 1
    if request.filled < request.seats:
        telling.waiting(acting, offer)
        return Outcome.WAITING
    fill(acting, request)
    return Outcome.BOOKED


def _papers_ran_out(acting: Viewer, request: Request, offer: Offer, via: Path, staff_id: int | None) -> Outcome:
    """Valid when asked, not on the day of the visit: refused kindly, the centre rings, the next is asked."""
    offer.ending = Ending.PAPERS
    _record(acting, offer, OfferState.DECLINED, via, staff_id)
    telling.call(offer, CallKind.PAPER, "papers")
    asking.ask_next(acting, request)
    return Outcome.PAPERS


def _open_again(request: Request, offer: Offer) -> bool:
    """It was settled when she was told so, and a seat is free by now: her yes is not too late after all."""
    if request.state not in LOOKING or request.during.lower <= clock.now():
        return False
    try:
        with transaction.atomic():
            offer.state, offer.ending, offer.reserve = OfferState.OFFERED, "", False
            offer.save(update_fields=["state", "ending", "reserve"])
    except IntegrityError:  # asked for something else at the moment
        offer.refresh_from_db(fields=["state", "ending", "reserve"])
        return False
    return True


def _keep_in_reserve(acting: Viewer, offer: Offer) -> None:
    """A yes that came too late is not lost: the first who is asked when a place becomes free."""
    if Offer.objects.filter(pk=offer.pk, reserve=False).update(reserve=True, answered_at=clock.now()):
        audit.changed(acting, "offer", [offer.pk], "reserve", owners=[offer.provider_id])


def _record(acting: Viewer, offer: Offer, state: OfferState, via: Path, staff_id: int | None) -> None:
    offer.state, offer.answered_via, offer.answered_at, offer.answered_by_id = state, via, clock.now(), staff_id
    offer.save(update_fields=["state", "ending", "answered_via", "answered_at", "answered_by", "user"])
    audit.changed(acting, "offer", [offer.pk], str(state), owners=[offer.provider_id], via=str(via))
    telling.finish_calls(acting, offer)


def fill(acting: Viewer, request: Request) -> None:
    """The last seat is taken: all who promised are scheduled, the action is booked, the others are told."""
    asking.settle_state(request, RequestState.FILLED)
    coming, others, there = [], [], []
    for offer in request.offers.select_related("volunteer", "user").order_by("pk"):
        offer.request = request
        if offer.state == OfferState.ACCEPTED:
            coming.append(offer)
        elif offer.state == OfferState.OFFERED:
            others.append(offer)
        elif offer.state == OfferState.SCHEDULED:  # came when the other of two did not
            there.append(offer)
    Offer.objects.filter(pk__in=[offer.pk for offer in coming]).update(state=OfferState.SCHEDULED)
    gifts = request.portions.filter(state=PortionState.PROMISED).values_list("standing__partner__name", flat=True)
    names = ", ".join([*(offer.volunteer.name for offer in [*there, *coming]), *gifts.distinct()])
    actions.mark_booked(by=acting, action_id=request.action_id, helper_name=names[:80])
    for offer in coming:
        grant_until = request.during.upper + timedelta(days=GRANT_DAYS_AFTER)
        if offer.user is not None:
            grant_task(by=acting, action_id=request.action_id, user=offer.user, ends_at=grant_until)
        telling.settled(acting, offer)
        escorts.begin(acting, offer)
    for offer in others:
        Offer.objects.filter(pk=offer.pk).update(state=OfferState.WITHDRAWN, ending=Ending.FILLED)
        telling.closed(acting, offer)
    audit.changed(acting, "request", [request.pk], "filled", owners=[request.provider_id])
    events.publish("offer.filled", request_id=request.pk)


def _account(volunteer: Volunteer) -> User:
    """The volunteer's own account, made at the first yes; it has no password until she wants one."""
    if volunteer.user is not None:
        return volunteer.user
    user, fresh = User.objects.get_or_create(
        username=f"v-{volunteer.uuid.hex[:16]}",
        defaults={"name": volunteer.name, "kind": UserKind.VOLUNTEER, "language": volunteer.language},
    )
    if fresh:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    volunteer.user = user
    volunteer.save(update_fields=["user"])
    return user
