"""`/desk/groups/`: advisory and consultation groups, what they talk about, what was decided before (R8, R13)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cases.selectors import council as found
from cases.selectors.catalogue import categories
from cases.services import council as services
from cases.ui.case_frame import done, taken
from cases.ui.forms_council import FoundForm, IssueForm, MeetingForm, PromiseForm, SeatForm, VerdictForm
from hopecare.kernel import audit, clock
from hopecare.kernel.models import Zone
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

audit.register_words(
    {
        "council_founded": gettext_lazy("founded a group"),
        "council_meets": gettext_lazy("planned a group's meeting"),
        "council_seated": gettext_lazy("seated a member of a group"),
        "council_unseated": gettext_lazy("ended a member's term"),
        "issue_raised": gettext_lazy("raised an issue"),
        "issue_decided": gettext_lazy("wrote down what a group decided"),
        "promised": gettext_lazy("wrote down a promise"),
        "promise_kept": gettext_lazy("noted that a promise was kept"),
    }
)


def _page(request: HopeRequest, name: str, context: dict[str, Any], *forms: Any) -> HttpResponse:
    broken = any(form is not None and form.is_bound and form.errors for form in forms)
    keeps = request.viewer.may(Permission.COUNCIL_KEEP)
    return render(request, f"cases/council/{name}.html", {"keeps": keeps, **context}, status=422 if broken else 200)


@staff(Permission.COUNCIL_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def issues(request: HopeRequest) -> HttpResponseBase:
    """What waits to be talked about, what is to be looked at again, and what was decided, found by words."""
    groups = found.councils(request.viewer)
    form = IssueForm(request.POST or None, groups=[row for row, _here in groups], categories=categories())

    def write() -> None:
        data = form.cleaned_data
        services.raise_issue(by=request.viewer, council_id=data.pop("council").pk, **data)

    if taken(request, form, write):
        return done(request, _("It stands on the list for the next meeting."), reverse("council_issues"))
    show, line = request.GET.get("show", ""), request.GET.get("q", "")[:80]
    show = show if show in found.SHOWN else "decided" if line else "open"
    tabs, counted = (
        {"open": _("To talk about"), "again": _("To look at again"), "decided": _("Decided")},
        found.counts(request.viewer),
    )
    url = reverse("council_issues")
    context = {
        "tabs": [{"words": words, "url": f"{url}?show={key}", "count": counted[key]} for key, words in tabs.items()],
        "current": f"{url}?show={show}",
        "show": show,
        "line": line,
        "issues": found.issues(request.viewer, show=show, line=line),
        "groups": groups,
        "form": form,
        "today": clock.today(),
    }
    return _page(request, "issues", context, form)


@staff(Permission.COUNCIL_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HopeRequest, issue_id: int) -> HttpResponseBase:
    """One issue: what was decided and why, who saw it otherwise, who promised what; below, the next step."""
    whole = found.whole(request.viewer, issue_id)
    promising = "owner" in request.POST
    verdict = VerdictForm(request.POST if request.method == "POST" and not promising else None)
    promise = PromiseForm(request.POST if promising else None, houses=found.houses(), auto_id="promise_%s")
    here = reverse("council_issue", args=[issue_id])

    def decide() -> None:
        services.decide(by=request.viewer, issue_id=issue_id, verdict=services.Verdict(**verdict.cleaned_data))

    if not promising and taken(request, verdict, decide):
        return done(request, _("The decision is written down."), here)
    if promising and taken(
        request, promise, lambda: services.promise(by=request.viewer, issue_id=issue_id, **promise.cleaned_data)
    ):
        return done(request, _("The promise is written down."), here)
    own = request.viewer.organisation_id
    keeps = request.viewer.may(Permission.COUNCIL_KEEP)
    promises = [
        {
            "row": row,
            "late": row.done_on is None and row.due_on < clock.today(),
            "may": row.done_on is None and (keeps or row.owner_id == own),
        }
        for row in whole.promises
    ]
    context = {"whole": whole, "promises": promises, "verdict": verdict, "promise": promise, "today": clock.today()}
    return _page(request, "issue", context, verdict, promise)


@staff(Permission.COUNCIL_VIEW)
@require_POST
def kept(request: HopeRequest, issue_id: int, promise_id: int) -> HttpResponseBase:
    services.keep_promise(by=request.viewer, promise_id=promise_id)
    return done(request, _("Thank you. The promise is kept."), reverse("council_issue", args=[issue_id]))


@staff(Permission.COUNCIL_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    form = FoundForm(request.POST or None, zones=Zone.objects.order_by("pk"))
    if taken(request, form, lambda: services.found(by=request.viewer, **form.cleaned_data)):
        return done(request, _("The group is there. Seat its members next."), reverse("council_issues"))
    return _page(request, "new", {"form": form}, form)


@staff(Permission.COUNCIL_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HopeRequest, council_id: int) -> HttpResponseBase:
    """Who sits in for which sector and until when, and who did before."""
    row, seats = found.council_of(request.viewer, council_id)
    form = SeatForm(request.POST or None)
    here = reverse("council", args=[council_id])
    if taken(request, form, lambda: services.seat(by=request.viewer, council_id=council_id, **form.cleaned_data)):
        return done(request, _("Seated."), here)
    today = clock.today()
    running = [seat for seat in seats if seat.ends_on >= today]
    context = {"row": row, "running": running, "past": [seat for seat in seats if seat.ends_on < today]}
    at = row.meets_at.astimezone(clock.SEOUL) if row.meets_at else None
    planned = {"day": at.date(), "hour": at.time(), "place": row.meets_in} if at else {}
    context |= {"meeting": MeetingForm(initial=planned, auto_id="meeting_%s"), "now": clock.now()}
    return _page(request, "group", {**context, "form": form}, form)


@staff(Permission.COUNCIL_KEEP)
@require_POST
def unseat(request: HopeRequest, council_id: int, seat_id: int) -> HttpResponseBase:
    services.end_seat(by=request.viewer, seat_id=seat_id)
    return done(request, _("The term has ended."), reverse("council", args=[council_id]))
