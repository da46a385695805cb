"""1004 money boxes at the desk: register, hand out, take back, count by two, and the bank's side."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from donations.rules.boxes import ASK_BACK
from donations.selectors import boxes as selectors
from donations.selectors.boxes import Counted
from donations.services import boxes as services
from donations.services.boxes import Holder
from donations.ui.box_forms import CountForm, ExplainForm, IssueForm, RegisterForm
from donations.ui.forms import place_problems
from donations.ui.many_hands import MAY, done_or_said, tabs
from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def boxes(request: HopeRequest) -> HttpResponseBase:
    """The register; a post makes new boxes."""
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register(by=request.viewer, many=form.cleaned_data["many"])
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            said = _("New boxes: %(first)s to %(last)s. Please write the numbers on them.")
            messages.success(request, said % {"first": made[0].shown, "last": made[-1].shown})
            return redirect("boxes")
    context = {"page": selectors.boxes(request.viewer), "form": form, "tabs": tabs(request.viewer), **_may(request)}
    return render(request, "donations/boxes.html", context, status=422 if form.is_bound and form.errors else 200)


def _may(request: HopeRequest) -> dict[str, Any]:
    viewer = request.viewer
    return {"may_manage": viewer.may(Permission.GIVING_MANAGE), "may_book": viewer.may(Permission.MONEY_BOOK)}


@staff(Permission.GIVING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HopeRequest, box_id: int) -> HttpResponseBase:
    box = selectors.box(request.viewer, box_id)
    form = IssueForm(request.POST or None, initial={"holder_kind": "shop", "ask_back_on": clock.today() + ASK_BACK})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = Holder(
            data["holder_kind"], data["holder_name"], data["holder_phone"], data["place"], data["ask_back_on"]
        )
        try:
            services.issue(by=request.viewer, box_id=box_id, holder=told)
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("%(box)s is on its way.") % {"box": box.shown})
            return redirect("boxes")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "donations/box_issue.html", {"form": form, "box": box}, status=status)


@staff(Permission.GIVING_MANAGE)
@require_POST
def back(request: HopeRequest, trip_id: int) -> HttpResponseBase:
    """It is here again (its seal whole or not), or it is lost."""
    lost, broken = request.POST.get("do") == "lost", bool(request.POST.get("seal_broken"))
    said = _("Written down as lost.") if lost else _("It is back and waits to be counted.")
    return done_or_said(
        request,
        lambda: services.take_back(by=request.viewer, trip_id=trip_id, seal_broken=broken, lost=lost),
        said,
        "boxes",
    )


@staff(Permission.GIVING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def count(request: HopeRequest) -> HttpResponseBase:
    """The first person counts what is back."""
    trips = selectors.uncounted(request.viewer)
    form = CountForm(request.POST or None, trips=trips)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.count(by=request.viewer, amounts=form.amounts())
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("Thank you. Now a second person counts, without seeing your figures."))
            return redirect("box-count", count_id=made.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "donations/box_count_new.html", {"form": form, "trips": trips}, status=status)


@staff(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def one_count(request: HopeRequest, count_id: int) -> HttpResponseBase:
    """One count: the second person's figures, then the slip for the bank, then what the bank showed."""
    found = selectors.one(request.viewer, count_id)
    trips = [line.trip for line in found.row.lines.all()]
    do = request.POST.get("do", "")
    form = CountForm(request.POST if do == "confirm" else None, trips=trips)
    reason = ExplainForm(request.POST if do == "explain" else None)
    if request.method == "POST":
        try:
            said = _do(request, do, found, form, reason)
        except errors.Impossible as error:
            place_problems(reason if do == "explain" else form, error.problems)
            if not form.is_bound and not reason.is_bound:
                messages.error(request, " ".join(str(problem.words) for problem in error.problems))
        else:
            messages.success(request, said)
            return redirect("boxes") if do == "void" else redirect("box-count", count_id=count_id)
    mine = found.row.first_by_id == request.viewer.user_id
    context = {"found": found, "form": form, "reason": reason, "mine": mine, **_may(request)}
    status = 422 if form.errors or reason.errors else 200
    return render(request, "donations/box_count.html", context, status=status)


def _do(request: HopeRequest, do: str, found: Counted, form: CountForm, reason: ExplainForm) -> str:
    by, key = request.viewer, found.row.pk
    match do:
        case "confirm":
            form.is_valid()
            services.confirm(by=by, count_id=key, amounts=form.amounts())
            return _("Both counts agree. Please bring it to the bank on the next working day.")
        case "void":
            services.void(by=by, count_id=key)
            return _("The boxes wait to be counted again.")
        case "explain":
            reason.is_valid()
            deposit = found.bank.deposit.pk if found.bank.deposit else 0
            words = reason.cleaned_data.get("explanation", "")
            services.explain(by=by, count_id=key, deposit_id=deposit, words=words)
            return _("What the bank shows is in the books; the difference stands beside it with its reason.")
    return ""
