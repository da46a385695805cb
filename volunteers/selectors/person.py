"""One volunteer as the coordinator sees them: papers, visits, hours, partings, incidents — each by its own rule."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from hopecare.kernel import audit, clock, phones
from hopecare.kernel.access import Viewer, get_visible
from hopecare.kernel.models.base import in_language
from volunteers.access import visible_to
from volunteers.models import DayOff, Escort, Hours, Incident, Insurance, Offer, Paper, Parting, Volunteer
from volunteers.rules import safety
from volunteers.states import BOOKED, OfferState, VolunteerState

MOST_ROWS, MOST_FOUND, TAIL = 12, 30, 4
_SHOWN = (*BOOKED, OfferState.DONE, OfferState.CONFIRMED, OfferState.NO_SHOW)


@dataclass(frozen=True)
class PaperCard:
    """A paper with its name in the reader's language; `counts_until` with its grace, `soon` while it is renewed."""

    paper: Paper
    name: str
    counts_until: date | None
    soon: bool
    over: bool


@dataclass
class VolunteerPage:
    """`visits` and `minutes` are those that the viewer may see: of their own teams and centre."""

    volunteer: Volunteer
    papers: list[PaperCard]
    insurance: Insurance | None
    days_off: list[DayOff]
    terms: tuple[str, ...]
    coming: list[Offer]
    visits: list[Offer]
    partings: list[Parting]
    incidents: list[Incident]
    minutes: int
    year: int

    @property
    def age(self) -> int | None:
        born = self.volunteer.birth_year
        return self.year - born if born else None

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def insured_over(self) -> bool:
        last = self.insurance.valid_until if self.insurance is not None else None
        return last is not None and last < clock.today()

    @property
    def insured_soon(self) -> bool:
        last = self.insurance.valid_until if self.insurance is not None else None
        return last is not None and clock.today() >= last - safety.insurance_early()


def volunteer_page(viewer: Viewer, volunteer_id: int, *, language: str) -> VolunteerPage:
    """Everything about one volunteer that this viewer may know; the read is logged. Eleven queries."""
    row = get_visible(viewer, Volunteer, named="volunteer", pk=volunteer_id, select=("town__zone",))
    today = clock.today()
    offers = visible_to(viewer, Offer).filter(volunteer=row, state__in=_SHOWN)
    offers = offers.select_related("request__service", "request__town")
    given = visible_to(viewer, Hours).filter(volunteer=row, on__year=today.year)
    page = VolunteerPage(
        volunteer=row,
        papers=[_paper(paper, today) for paper in visible_to(viewer, Paper).filter(volunteer=row).order_by("kind")],
        insurance=visible_to(viewer, Insurance).filter(volunteer=row).first(),
        days_off=list(visible_to(viewer, DayOff).filter(volunteer=row, last__gte=today).order_by("first")[:MOST_ROWS]),
        terms=safety.terms(language),
        coming=list(offers.filter(during__startswith__gt=clock.now()).order_by("during")[:MOST_ROWS]),
        visits=list(offers.filter(during__startswith__lte=clock.now()).order_by("-during")[:MOST_ROWS]),
        partings=list(visible_to(viewer, Parting).filter(volunteer=row).order_by("-noted_at")[:MOST_ROWS]),
        incidents=list(visible_to(viewer, Incident).filter(volunteer=row).order_by("-told_at")[:MOST_ROWS]),
        minutes=given.aggregate(whole=Sum("minutes"))["whole"] or 0,
        year=today.year,
    )
    audit.read(viewer, "volunteer", [row.pk], what="page")
    if page.incidents:
        audit.read(viewer, "incident", [one.pk for one in page.incidents], what="list")
    return page


def find(viewer: Viewer, words: str) -> list[Volunteer]:
    """Volunteers whose name begins so, or whose telephone ends so (four figures). One query; the read is logged."""
    words = words.strip()
    if not words:
        return []
    rows = visible_to(viewer, Volunteer).exclude(state=VolunteerState.LEFT).select_related("town")
    if words.isascii() and words.isdigit() and len(words) == TAIL:
        rows = rows.filter(phone_tail_hash__in=phones.tail_candidates(words))
    else:
        rows = rows.filter(name__startswith=words)
    found = list(rows.order_by("name", "pk")[:MOST_FOUND])
    audit.read(viewer, "volunteer", [row.pk for row in found], what="search")
    return found


def incident(viewer: Viewer, incident_id: int) -> Incident:
    """One incident with its words, for the lead and the centre; NotFound for everybody else. The read is logged."""
    related = ("volunteer", "offer__request__service", "offer__request__town", "noted_by", "settled_by", "lead")
    row = get_visible(viewer, Incident, named="incident", pk=incident_id, select=related)
    audit.read(viewer, "incident", [row.pk], what="page")
    return row


def open_incidents(viewer: Viewer) -> list[Incident]:
    """What waits to be settled, oldest first. One query."""
    rows = visible_to(viewer, Incident).filter(settled_at=None).select_related("volunteer", "offer__request__town")
    return list(rows.order_by("told_at")[:MOST_ROWS])


def escorts_of(viewer: Viewer, request_id: int) -> dict[int, Escort]:
    """Offer's id → its first visit and who goes along."""
    rows = visible_to(viewer, Escort).filter(offer__request_id=request_id).select_related("user")
    return {row.offer_id: row for row in rows}


def _paper(paper: Paper, today: date) -> PaperCard:
    kind = safety.paper_kinds().get(paper.kind)
    until = safety.counts_until(paper.kind, paper.valid_until, renewing=paper.renewing)
    over = until is not None and until < today
    soon = not over and safety.is_due(paper.kind, paper.valid_until, today)
    name = in_language(kind.name_ko, kind.name_en) if kind is not None else paper.kind
    return PaperCard(paper, name, until, soon, over)
