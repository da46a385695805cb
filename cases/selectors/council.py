"""Groups with who sits there today; issues by what waits; what was decided before, found by words (R13)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cases.models import Council, CouncilDecision, CouncilIssue, CouncilPromise, CouncilSeat
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.models import Organisation, OrganisationKind
from hopecare.kernel.permissions import Permission

SHOWN = ("open", "again", "decided")
MOST = 100


@dataclass(frozen=True)
class Listed:
    """One issue with its newest decision, if any, and promises whose day has passed."""

    issue: CouncilIssue
    decision: CouncilDecision | None
    broken: int


@dataclass(frozen=True)
class Whole:
    """Everything about one issue: decisions, the newest first, and promises, the soonest first."""

    issue: CouncilIssue
    decisions: list[CouncilDecision]
    promises: list[CouncilPromise]


def councils(viewer: Viewer) -> list[tuple[Council, int]]:
    """Every group with the number of its members today."""
    check(viewer, Permission.COUNCIL_VIEW)
    today = clock.today()
    here = Count("seats", filter=Q(seats__starts_on__lte=today, seats__ends_on__gte=today))
    rows = Council.objects.select_related("zone").annotate(here=here).order_by("kind", "name")
    return [(row, row.here) for row in rows]


def council_of(viewer: Viewer, council_id: int) -> tuple[Council, list[CouncilSeat]]:
    """A group with its seats: terms that run first, then those that ended, the newest first."""
    check(viewer, Permission.COUNCIL_VIEW)
    row = Council.objects.select_related("zone").filter(pk=council_id).first()
    if row is None:
        raise errors.NotFound("council", str(council_id))
    seats = list(CouncilSeat.objects.filter(council=row).order_by("sector", "name", "pk"))
    today = clock.today()
    seats.sort(key=lambda seat: (seat.ends_on < today, -seat.ends_on.toordinal() if seat.ends_on < today else 0))
    return row, seats


def _waiting(show: str) -> QuerySet[CouncilIssue]:
    rows, today = CouncilIssue.objects.all(), clock.today()
    late = CouncilPromise.objects.filter(issue=OuterRef("pk"), done_on=None, due_on__lt=today)
    if show == "open":
        return rows.filter(decided_at=None)
    if show == "again":
        return rows.filter(Q(review_on__lte=today) | Q(Exists(late)), decided_at__isnull=False)
    return rows.filter(decided_at__isnull=False)


def counts(viewer: Viewer) -> dict[str, int]:
    check(viewer, Permission.COUNCIL_VIEW)
    return {show: _waiting(show).count() for show in SHOWN}


def issues(viewer: Viewer, *, show: str, line: str = "") -> list[Listed]:
    """Issues of one tab, the newest first; `line`: each word stands in title, question, decision, reason or dissent."""
    check(viewer, Permission.COUNCIL_VIEW)
    rows = _waiting(show)
    for word in line.split()[:6]:
        said = CouncilDecision.objects.filter(issue=OuterRef("pk")).filter(
            Q(words__icontains=word) | Q(why__icontains=word) | Q(dissent__icontains=word)
        )
        rows = rows.filter(Q(title__icontains=word) | Q(words__icontains=word) | Q(Exists(said)))
    named = rows.select_related("council", "house", "category", "raised_by")
    late = Count("promises", filter=Q(promises__done_on=None, promises__due_on__lt=clock.today()))
    listed = list(named.annotate(broken=late).order_by("-raised_at", "-pk")[:MOST])
    newest: dict[int, CouncilDecision] = {}
    for decision in CouncilDecision.objects.filter(issue__in=listed).order_by("at", "pk"):
        newest[decision.issue_id] = decision
    return [Listed(row, newest.get(row.pk), row.broken) for row in listed]


def whole(viewer: Viewer, issue_id: int) -> Whole:
    check(viewer, Permission.COUNCIL_VIEW)
    rows = CouncilIssue.objects.select_related("council", "house", "category", "raised_by")
    issue = rows.filter(pk=issue_id).first()
    if issue is None:
        raise errors.NotFound("council_issue", str(issue_id))
    decisions = CouncilDecision.objects.filter(issue=issue).select_related("by").order_by("-at", "-pk")
    promises = CouncilPromise.objects.filter(issue=issue).select_related("owner").order_by("due_on", "pk")
    return Whole(issue, list(decisions), list(promises))


@dataclass(frozen=True)
class Agenda:
    """What a group talks about next: new issues, decisions to look at again, promises that wait, the soonest first."""

    council: Council
    seats: list[CouncilSeat]
    new: list[CouncilIssue]
    again: list[Listed]
    promises: list[CouncilPromise]


def agenda(viewer: Viewer, council_id: int, *, upto: date | None = None) -> Agenda:
    """`upto`: what is due by then, else by the next meeting, else today; no issue that waits is left out."""
    row, seats = council_of(viewer, council_id)
    today = clock.today()
    last = upto or (row.meets_at.astimezone(clock.SEOUL).date() if row.meets_at else today)
    issues = CouncilIssue.objects.filter(council=row).select_related("house", "category", "council")
    again = list(issues.filter(review_on__lte=last).order_by("review_on", "pk"))
    newest = {one.issue_id: one for one in CouncilDecision.objects.filter(issue__in=again).order_by("at", "pk")}
    promises = CouncilPromise.objects.filter(issue__council=row, done_on=None).select_related("owner", "issue")
    return Agenda(
        row,
        [seat for seat in seats if seat.starts_on <= today <= seat.ends_on],
        list(issues.filter(decided_at=None).order_by("raised_at", "pk")),
        [Listed(one, newest.get(one.pk), 0) for one in again],
        list(promises.filter(due_on__lte=last).order_by("due_on", "pk")),
    )


def days_ahead(viewer: Viewer, council_id: int) -> tuple[Council, dict[date, int], dict[date, int]]:
    """A group, and how many decisions and how many promises fall due on which day from today on."""
    row, _seats = council_of(viewer, council_id)
    today = clock.today()
    reviews = CouncilIssue.objects.filter(council=row, review_on__gte=today).values_list("review_on", flat=True)
    due = CouncilPromise.objects.filter(issue__council=row, done_on=None, due_on__gte=today)
    return row, Counter(day for day in reviews if day), Counter(due.values_list("due_on", flat=True))


def houses() -> list[Organisation]:
    """Organisations that may promise something: the city, centres, institutions."""
    kinds = [OrganisationKind.CITY, OrganisationKind.TOWN_OFFICE, OrganisationKind.CENTRE, OrganisationKind.INSTITUTION]
    return list(Organisation.objects.filter(kind__in=kinds).order_by("name_ko"))
