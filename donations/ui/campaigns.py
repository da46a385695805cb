"""Campaigns at the desk: proposed by one, opened by another, closed, and what is left of them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from donations.rules.campaigns import Plan
from donations.selectors import campaigns as selectors
from donations.services import campaigns as services
from donations.ui.forms import WonField, place_problems
from donations.ui.many_hands import MAY, tabs
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


class CampaignForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=80, required=False)
    words = forms.CharField(
        label=gettext_lazy("What it is about, as givers read it"),
        help_text=gettext_lazy("Nobody's name, no picture, nothing by which somebody could be recognised."),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )
    purpose = forms.ChoiceField(label=gettext_lazy("What may be paid from it"), required=False)
    target_won = WonField(label=gettext_lazy("Target in won"), required=False)
    registration = forms.CharField(
        label=gettext_lazy("Registration of the campaign"),
        help_text=gettext_lazy("Needed from 10 million won on."),
        max_length=80,
        required=False,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, *args: Any, purposes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]
        self.fields["target_won"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}


@staff(*MAY)
@require_safe
def campaigns(request: HopeRequest) -> HttpResponseBase:
    context = {
        "rows": selectors.desk(request.viewer),
        "tabs": tabs(request.viewer),
        "may_manage": request.viewer.may(Permission.GIVING_MANAGE),
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
    }
    return render(request, "donations/campaigns.html", context)


@staff(Permission.GIVING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    purposes = [(row.code, row.name) for row in services.payable_purposes()]
    form = CampaignForm(request.POST or None, purposes=purposes, initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            row = services.propose(by=request.viewer, plan=Plan(**form.cleaned_data))
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("Written down. A second person opens it."))
            return redirect("campaign-desk", code=row.code)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "donations/campaign_new.html", {"form": form}, status=status)


@staff(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, code: str) -> HttpResponseBase:
    """One campaign: open, close, or move on what is left."""
    shown = selectors.one(request.viewer, code)
    problems: list[Any] = []
    if request.method == "POST":
        try:
            said = _do(request, code)
        except errors.Impossible as error:
            problems = [problem.words for problem in error.problems]
        else:
            messages.success(request, said)
            return redirect("campaign-desk", code=code)
    row = shown.progress.row
    context = {
        "shown": shown,
        "one": shown.progress,
        "problems": problems,
        "approval": request.POST.get("approval", ""),
        "own": row.made_by_id == request.viewer.user_id,
        "address": codes.shown(row.code),
        "may_manage": request.viewer.may(Permission.GIVING_MANAGE),
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
    }
    return render(request, "donations/campaign_desk.html", context, status=422 if problems else 200)


def _do(request: HopeRequest, code: str) -> str:
    by = request.viewer
    match request.POST.get("do", ""):
        case "open":
            services.open_it(by=by, code=code)
            return _("Open. It stands on the giving page from its first day on.")
        case "close":
            services.close(by=by, code=code)
            return _("Closed. Nothing more is collected.")
        case "rest":
            moved = services.move_on(by=by, code=code, approval=request.POST.get("approval", ""))
            return _("%(count)s gifts moved on, as their givers chose.") % {"count": moved}
    return ""
