"""A request is opened from an action of the plan, and taken back."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cases.selectors.tasks import TaskCard, task_card
from cases.services import actions
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Service, Town
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import Package, Pin, Request, Volunteer
from volunteers.rules import safety
from volunteers.selectors.helpers import range_of
from volunteers.selectors.projects import package_of
from volunteers.services import asking, portions
from volunteers.services.acting import machine
from volunteers.states import Ending, PackageState, RequestState

MOST_SEATS = 6
TWO = 2  # the least with a minor (D7)


@dataclass(frozen=True)
class Wishes:
    """What the person or the task asks for beyond the plan; a critical task names who comes when nobody else does."""

    gender: str = ""
    languages: tuple[str, ...] = ()
    car: bool = False
    critical: bool = False
    backup_name: str = ""
    backup_phone: str = ""

    def problems(self) -> list[Problem]:
        if not self.critical or (self.backup_name.strip() and self.backup_phone.strip()):
            return []
        words = _("Somebody depends on this visit: please name who goes when no volunteer can, with a telephone.")
        return [Problem("backup", words, "backup_name")]


def open_request(
    *,
    by: Viewer,
    action_id: int,
    seats: int = 1,
    with_minor: bool = False,
    urgent: bool = False,
    later: bool = False,
    first: int | None = None,
    wishes: Wishes | None = None,
) -> Request:
    """Look for volunteers for one action and ask the first wave; an open request of the action is taken up again.

    `later`: nobody is asked before the week's plan is published. `first`: this volunteer before all others.

    Raises NotFound for an action the viewer may not see, and Impossible with every problem: no consent or nobody at
    home (K6, D15), a service that is not for volunteers, an hour that is past. With a minor there are always two (D7).
    """
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        card = _card(by, action_id)
        standing = Request.objects.filter(action_id=action_id).exclude(state=RequestState.CLOSED).first()
        if standing is not None:
            return _ask_again(by, standing, first)
        minor = with_minor or card.person_is_minor
        request = _open(by, card, wishes or Wishes(), seats=seats, minor=minor, urgent=urgent)
        if later:
            Request.objects.filter(pk=request.pk).update(state=RequestState.PLANNED)
        else:
            _ask(by, request, first)
        request.refresh_from_db()
        return request


def open_in_turn(acting: Viewer, action_id: int) -> Request:
    """A package of a project whose turn has come: the same, by the machine. Raises Impossible with every problem."""
    with acting_as(acting):
        card = _card(acting, action_id)
        request = _open(acting, card, Wishes(), seats=1, minor=card.person_is_minor, urgent=False)
        _ask(acting, request, None)
        request.refresh_from_db()
        return request


def _card(by: Viewer, action_id: int) -> TaskCard:
    card = task_card(by, action_id)
    if card is None:
        raise errors.NotFound("action", str(action_id))
    return card


def _open(by: Viewer, card: TaskCard, wishes: Wishes, *, seats: int, minor: bool, urgent: bool) -> Request:
    package = package_of(card.action_id)
    problems = [*problems_of(card), *wishes.problems(), *_out_of_turn(package)]
    if problems:
        raise errors.Impossible(*problems)
    actions.mark_offered(by=by, action_id=card.action_id)
    licences = safety.wanted(card.service).licences
    if package is not None:
        licence = safety.trades()[package.trade].licence
        seats, licences = package.seats, (licence,) if licence else ()
    if minor or safety.wanted(card.service).two:
        seats = max(seats, TWO)
    request = _create(by, card, wishes, seats=seats, minor=minor, urgent=urgent, licences=licences)
    audit.changed(by, "request", [request.pk], "opened", owners=[request.provider_id], seats=request.seats)
    return request


def _out_of_turn(package: Package | None) -> list[Problem]:
    if package is None or package.state != PackageState.WAITS:
        return []
    return [Problem("turn", _("The package before it is not done yet. It begins by itself when its turn has come."))]


def _ask_again(by: Viewer, standing: Request, first: int | None) -> Request:
    """Everybody suitable had been asked, or the plan was awaited: whoever is free by now is asked now."""
    if standing.state in (RequestState.CALLS, RequestState.PLANNED):
        if standing.state == RequestState.PLANNED:
            Request.objects.filter(pk=standing.pk).update(state=RequestState.OPEN)
        _ask(by, standing, first)
        standing.refresh_from_db()
    return standing


def _ask(by: Viewer, request: Request, first: int | None) -> None:
    if first is not None:
        Pin.objects.update_or_create(
            request=request,
            volunteer=get_visible(by, Volunteer, named="volunteer", pk=first),
            defaults={
                "wanted": True,
                "lifted_at": None,
                "set_by_id": by.user_id,
                "set_at": clock.now(),
                "team_id": request.team_id,
                "provider_id": request.provider_id,
                "case_id": request.case_id,
            },
        )
    with acting_as(machine(by)) as acting:
        row = asking.locked(request.pk)
        if first is None:
            portions.use_gifts(acting, row)
        asking.ask_next(acting, row)


def problems_of(card: TaskCard) -> list[Problem]:
    """Why volunteers may not be asked for this task, in words."""
    found = []
    if not card.may_be_asked:
        words = _("Volunteers are asked only with the person's consent, while they are at home and the case is open.")
        found.append(Problem("may_not_be_asked", words))
    if card.volunteer_risk is None:
        found.append(Problem("not_for_volunteers", _("This service is not done by volunteers.")))
    if card.at <= clock.now():
        found.append(Problem("past", _("The hour of this task is past. Set a new day in the plan first.")))
    return found


def _create(
    by: Viewer, card: TaskCard, wishes: Wishes, *, seats: int, minor: bool, urgent: bool, licences: tuple[str, ...]
) -> Request:
    return Request.objects.create(
        action_id=card.action_id,
        case_id=card.case_id,
        team_id=card.team_id,
        provider_id=card.provider_id,
        service=Service.objects.get(code=card.service),
        town=Town.objects.get(code=card.town),
        lat=card.town_lat,
        lon=card.town_lon,
        during=range_of(card.at, card.minutes),
        quarter=card.quarter,
        stairs=card.stairs,
        risk=card.volunteer_risk or 0,
        with_minor=minor,
        urgent=urgent,
        seats=min(max(seats, 1), MOST_SEATS),
        licences=list(licences),
        gender=wishes.gender,
        languages=list(wishes.languages),
        car=wishes.car,
        critical=wishes.critical,
        backup_name=wishes.backup_name.strip(),
        backup_phone=wishes.backup_phone.strip(),
        contact_name=card.contact_name,
        contact_phone=card.contact_phone,
        lead_id=card.lead_id,
        opened_by_id=by.user_id or card.lead_id,
    )


def take_back(*, by: Viewer, request_id: int) -> None:
    """Nobody is wanted any more for this date: open offers end, promises are cancelled, the action waits again."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        get_visible(by, Request, named="request", pk=request_id)
        with acting_as(machine(by)) as acting:
            withdraw(acting, asking.locked(request_id), Ending.STAFF)


def withdraw(acting: Viewer, request: Request, ending: Ending) -> None:
    """End a request that is not closed yet, whatever state it is in; repeating it changes nothing."""
    if request.state == RequestState.CLOSED:
        return
    asking.end_offers(acting, request, ending)
    asking.close(acting, request, ending)
    asking.reopen_action(acting, request)
