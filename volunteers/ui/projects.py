"""Projects in packages: drafted from a case, filled package by package, begun, and looked at while they run."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff
from volunteers.facts import PackageTold
from volunteers.selectors import projects as selectors
from volunteers.services import projects as services
from volunteers.ui.forms import place_problems


class ProjectForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Number of the case"), max_length=20)
    title = forms.CharField(
        label=gettext_lazy("What shall be done?"),
        help_text=gettext_lazy("Such as: a dry, warm house before winter. No name, no illness."),
        max_length=80,
        required=False,
    )


class PackageForm(forms.Form):
    trade = forms.ChoiceField(label=gettext_lazy("Trade"), required=False)
    what = forms.CharField(
        label=gettext_lazy("What is to be done"),
        help_text=gettext_lazy("Such as: new cables and a fuse box"),
        max_length=120,
        required=False,
    )
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )
    hour = forms.TimeField(
        label=gettext_lazy("From what hour?"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=10, max_value=480, initial=240)
    seats = forms.IntegerField(label=gettext_lazy("How many people"), min_value=1, max_value=6, initial=2)
    quarter = forms.CharField(label=gettext_lazy("Quarter, as a stranger may know it"), max_length=40, required=False)
    stairs = forms.BooleanField(label=gettext_lazy("Stairs or lifting"), required=False)
    materials = forms.CharField(
        label=gettext_lazy("Materials"),
        help_text=gettext_lazy("Such as: 40 m of cable, one fuse box"),
        max_length=300,
        required=False,
    )
    won = forms.IntegerField(label=gettext_lazy("Cost of the materials, won"), min_value=0, initial=0, required=False)
    fund = forms.ChoiceField(label=gettext_lazy("From which money"), required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trade"].choices = [("", _("Choose")), *selectors.trades()]  # type: ignore[attr-defined]
        self.fields["fund"].choices = [("", _("No money is needed")), *selectors.funds()]  # type: ignore[attr-defined]

    def told(self) -> PackageTold:
        data = self.cleaned_data
        return PackageTold(
            trade=data.get("trade", ""),
            what=data.get("what", ""),
            day=data.get("day"),
            hour=data.get("hour"),
            minutes=data.get("minutes"),
            quarter=data.get("quarter", ""),
            seats=data.get("seats") or 0,
            materials=data.get("materials", ""),
            won=data.get("won") or 0,
            fund=data.get("fund", ""),
            stairs=bool(data.get("stairs")),
        )


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def projects(request: HopeRequest) -> HttpResponseBase:
    context = {"cards": selectors.projects(request.viewer), "may_plan": _may_plan(request)}
    return render(request, "volunteers/projects.html", context)


@staff(Permission.OFFER_MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    form = ProjectForm(request.POST or None, initial={"number": request.GET.get("case", "")[:20]})
    if request.method == "POST" and form.is_valid():
        try:
            row = services.draft(by=request.viewer, **form.cleaned_data)
            return redirect("project", project_id=row.pk)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    return render(request, "volunteers/project_new.html", {"form": form}, status=422 if form.errors else 200)


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def project(request: HopeRequest, project_id: int) -> HttpResponseBase:
    return _page(request, project_id)


@staff(Permission.OFFER_MANAGE)
@require_POST
def add(request: HopeRequest, project_id: int) -> HttpResponseBase:
    form = PackageForm(request.POST)
    if form.is_valid():
        try:
            token = form.cleaned_data["token"]
            services.add(by=request.viewer, project_id=project_id, told=form.told(), token=token)
            return redirect("project", project_id=project_id)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    return _page(request, project_id, form)


@staff(Permission.OFFER_MANAGE)
@require_POST
def go_on(request: HopeRequest, project_id: int) -> HttpResponseBase:
    """Begin, or go on after a package that had to wait for another day."""
    package = services.begin(by=request.viewer, project_id=project_id)
    if package is not None and package.state == "open":
        messages.success(request, _("Somebody is being looked for: %(what)s") % {"what": package.what})
    elif package is not None:
        messages.error(request, _("It cannot begin: please look at its day in the plan and at the consent."))
    return redirect("project", project_id=project_id)


@staff(Permission.OFFER_MANAGE)
@require_POST
def package(request: HopeRequest, project_id: int, package_id: int) -> HttpResponseBase:
    """Left out, or done by somebody else; the next begins."""
    try:
        if request.POST.get("do") == "left":
            services.leave_out(by=request.viewer, package_id=package_id)
        elif request.POST.get("do") == "done":
            services.done_otherwise(by=request.viewer, package_id=package_id)
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, str(problem.words))
    return redirect("project", project_id=project_id)


def _may_plan(request: HopeRequest) -> bool:
    return request.viewer.may(Permission.OFFER_MANAGE) and request.viewer.may(Permission.CASE_PLAN)


def _page(request: HopeRequest, project_id: int, form: PackageForm | None = None) -> HttpResponse:
    context = {
        "page": selectors.project(request.viewer, project_id),
        "form": form or PackageForm(initial={"token": secrets.token_urlsafe(16)}),
        "may_plan": _may_plan(request),
    }
    return render(request, "volunteers/project.html", context, status=422 if form else 200)
