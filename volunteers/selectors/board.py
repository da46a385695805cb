"""What the desk sees: open requests, one request with its candidates, whom to ring, what waits to be confirmed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from cases.selectors.tasks import TaskCard, task_card
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Service, Town
from hopecare.kernel.prepared import prepared
from volunteers.access import visible_to
from volunteers.facts import Candidate, Task
from volunteers.models import Call, CallKind, Hours, Offer, Request, Volunteer
from volunteers.selectors import helpers
from volunteers.states import LOOKING, OfferState, RequestState

MOST_ROWS, COUNT_CAP = 100, 99


@dataclass(frozen=True)
class Named:
    """A candidate with the person behind it."""

    volunteer: Volunteer
    candidate: Candidate

    @property
    def age(self) -> int | None:
        year = self.volunteer.birth_year
        return clock.today().year - year if year else None


@dataclass(frozen=True)
class MatchPage:
    """One action on the matching page; `card` is None for a coordinator without a key to the case."""

    action_id: int
    card: TaskCard | None
    request: Request | None
    service: Service
    town: Town
    starts: datetime
    minutes: int
    quarter: str
    stairs: bool
    risk: int
    offers: Sequence[Offer] = ()
    candidates: Sequence[Named] = ()
    refused: Sequence[Named] = ()
    case_number: str = ""
    waves: dict[int, list[Offer]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.request is not None and self.request.state != RequestState.CLOSED


def open_requests(viewer: Viewer) -> list[Request]:
    """Requests that are not over, those that nobody could be found for first, then by their hour. Two queries."""
    rows = (
        visible_to(viewer, Request)
        .exclude(state=RequestState.CLOSED)
        .select_related("service", "town")
        .prefetch_related(Prefetch("offers", queryset=_asked(viewer)))
        .order_by("during")[:MOST_ROWS]
    )
    return sorted(rows, key=lambda row: (row.state != RequestState.CALLS, row.state == RequestState.FILLED))


def to_confirm(viewer: Viewer) -> list[Offer]:
    """Visits that were told as done and whose hours nobody confirmed yet, oldest first. One query."""
    rows = visible_to(viewer, Offer).filter(state=OfferState.DONE)
    return list(rows.select_related("volunteer", "request__service", "request__town").order_by("done_at")[:MOST_ROWS])


def to_confirm_for_lead(viewer: Viewer) -> list[Offer]:
    """Those of them that wait for this very person, as lead or as who asked; only what my day says of them is read."""
    return _for_lead(viewer)


@prepared()
def _for_lead(viewer: Viewer, blank: Any) -> Any:
    mine = Q(request__lead_id=viewer.user_id) | Q(request__opened_by_id=viewer.user_id)
    rows = visible_to(viewer, Offer).filter(mine, state=OfferState.DONE)
    names = [f"request__{place}__name_{tongue}" for place in ("service", "town") for tongue in ("ko", "en")]
    shown = rows.only("done_at", "nobody_home", "volunteer__name", "request__during", *names)
    return shown.select_related("volunteer", "request__service", "request__town").order_by("done_at")[:20]


def looking_count(viewer: Viewer) -> int:
    """How many requests still look for people, capped."""
    return len(_looking(viewer))


@prepared()
def _looking(viewer: Viewer, blank: Any) -> Any:
    return visible_to(viewer, Request).filter(state__in=[*LOOKING]).order_by().values_list("pk")[: COUNT_CAP + 1]


def match_page(viewer: Viewer, action_id: int) -> MatchPage:
    """Everything about one action; NotFound in the same words as missing. Reads of the register are logged."""
    card = task_card(viewer, action_id)
    request = _request_of(viewer, action_id)
    if card is None and request is None:
        raise errors.NotFound("action", str(action_id))
    task, base = _base(card, request)
    number = _case_number(viewer, request, card)
    asked = list(_asked(viewer).filter(request=request)) if request is not None else []
    page = MatchPage(
        action_id=action_id, card=card, request=request, offers=asked, waves=_waves(asked), case_number=number, **base
    )
    looks = request is None or request.state in (*LOOKING, RequestState.PLANNED, RequestState.CLOSED)
    if not looks or task.starts <= clock.now():
        return page
    return _with_candidates(viewer, page, task)


def _with_candidates(viewer: Viewer, page: MatchPage, task: Task) -> MatchPage:
    skip = page.request.pk if page.request is not None and page.is_open else None
    with acting_as(system(Principal.OFFERS)) as machine:
        able = helpers.candidates(machine, task, not_asked_for=skip)[:8]
        asked = {offer.volunteer_id for offer in page.offers} if page.is_open else set()
        others = [one for one in helpers.refused(machine, task) if one.helper.id not in asked]
    people = _people(viewer, [one.helper.id for one in (*able, *others)])
    audit.read(viewer, "volunteer", list(people), what="candidates")
    return MatchPage(
        **{
            **page.__dict__,
            "candidates": [Named(people[one.helper.id], one) for one in able if one.helper.id in people],
            "refused": [Named(people[one.helper.id], one) for one in others if one.helper.id in people],
        }
    )


def calls(viewer: Viewer) -> tuple[list[Offer], list[Call]]:
    """(open offers, whoever else must be rung), soonest first. Two queries; reads of the register are logged."""
    asked = _asked(viewer).filter(_still_open()).exclude(calls__kind=CallKind.NOW)
    asked = asked.select_related("volunteer", "request__service", "request__town")
    rows = list(asked.order_by("during", "pk")[:MOST_ROWS])
    others = list(
        visible_to(viewer, Call)
        .filter(done_at=None)
        .exclude(kind="ask")
        .select_related("volunteer__town", "offer__volunteer", "offer__request__service", "offer__request__town")
        .order_by("promised_at", "created_at")[:MOST_ROWS]
    )
    seen = {row.volunteer_id for row in rows} | {row.volunteer_id for row in others if row.volunteer_id}
    audit.read(viewer, "volunteer", sorted(seen), what="calls")
    return rows, others


def offer_to_confirm(viewer: Viewer, offer_id: int) -> tuple[Offer, str]:
    """(the offer, the number of its case or "" for somebody without a key to it)."""
    offer = (
        visible_to(viewer, Offer)
        .select_related("volunteer", "request__service", "request__town")
        .filter(pk=offer_id)
        .first()
    )
    if offer is None:
        raise errors.NotFound("offer", str(offer_id))
    number = Offer.objects.filter(pk=offer_id).values_list("case__number", flat=True).first()
    return offer, number or ""


def lines_of(viewer: Viewer, offer_id: int) -> list[Hours]:
    """What the ledger says of one visit, oldest first."""
    rows = visible_to(viewer, Hours).filter(offer_id=offer_id)
    return list(rows.select_related("recorded_by").order_by("pk"))


def _still_open() -> Q:
    """Open offers, and expired ones while their request still looks for people."""
    return Q(state=OfferState.OFFERED) | Q(state=OfferState.EXPIRED, request__state=RequestState.CALLS)


def _asked(viewer: Viewer) -> "QuerySet[Offer]":
    return visible_to(viewer, Offer).select_related("volunteer", "answered_by").order_by("pk")


def _request_of(viewer: Viewer, action_id: int) -> Request | None:
    rows = visible_to(viewer, Request).filter(action_id=action_id).select_related("service", "town")
    return rows.order_by("-pk").first()


def _base(card: TaskCard | None, request: Request | None) -> tuple[Task, dict[str, Any]]:
    """The task as the rules see it and the words of the page: from the open request, else from the plan's action."""
    if request is not None and (request.state != RequestState.CLOSED or card is None):
        task = helpers.task_of(request)
        words: dict[str, Any] = {"service": request.service, "town": request.town, "quarter": request.quarter}
        stairs, risk = request.stairs, request.risk
    else:
        assert card is not None
        task = _task_of_card(card)
        words = {
            "service": Service.objects.get(code=card.service),
            "town": Town.objects.get(code=card.town),
            "quarter": card.quarter,
        }
        stairs, risk = card.stairs, card.volunteer_risk or 0
    minutes = int((task.ends - task.starts).total_seconds() // 60)
    return task, {**words, "stairs": stairs, "risk": risk, "starts": task.starts, "minutes": minutes}


def _task_of_card(card: TaskCard) -> Task:
    return helpers.task_of(
        Request(
            service=Service.objects.get(code=card.service),
            town=Town.objects.get(code=card.town),
            lat=card.town_lat,
            lon=card.town_lon,
            during=helpers.range_of(card.at, card.minutes),
            risk=card.volunteer_risk or 0,
            case_id=card.case_id,
            stairs=card.stairs,
            with_minor=card.person_is_minor,
        )
    )


def _case_number(viewer: Viewer, request: Request | None, card: TaskCard | None) -> str:
    """Empty for somebody without a key to the case; the join goes through row-level security."""
    if request is not None:
        return Request.objects.filter(pk=request.pk).values_list("case__number", flat=True).first() or ""
    return Request(case_id=card.case_id).case.number if card is not None else ""


def _waves(offers: Iterable[Offer]) -> dict[int, list[Offer]]:
    waves: dict[int, list[Offer]] = {}
    for offer in offers:
        waves.setdefault(offer.wave, []).append(offer)
    return waves


def _people(viewer: Viewer, ids: Iterable[int]) -> dict[int, Volunteer]:
    return {row.pk: row for row in visible_to(viewer, Volunteer).filter(pk__in=list(ids)).select_related("town")}
