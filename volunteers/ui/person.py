"""One volunteer's page for the coordinator; what went wrong, first visits, partings."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff
from volunteers.selectors import board, training
from volunteers.selectors import managers as selectors_of_managers
from volunteers.selectors import person as selectors
from volunteers.selectors.standby import of_volunteer
from volunteers.services import escorts, incidents, leaving, managers, papers, standby
from volunteers.ui.forms import place_problems
from volunteers.ui.forms_person import DaysForm, IncidentForm, InsuranceForm, OutcomeForm, PaperForm, RestForm
from volunteers.ui.managers import ManagerForm

Forms = dict[str, forms.Form]


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def find(request: HopeRequest) -> HttpResponseBase:
    words = request.GET.get("q", "")[:40]
    context = {"words": words, "found": selectors.find(request.viewer, words)}
    return render(request, "volunteers/find.html", context)


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def volunteer(request: HopeRequest, volunteer_id: int) -> HttpResponseBase:
    return _page(request, volunteer_id, {})


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def change(request: HopeRequest, volunteer_id: int) -> HttpResponseBase:
    """One of the page's forms; `do` says which."""
    by, do = request.viewer, request.POST.get("do", "")
    wanted: dict[str, tuple[Callable[..., forms.Form], Callable[..., Any]]] = {
        "paper": (PaperForm, papers.put_paper),
        "insurance": (InsuranceForm, papers.insure),
        "rest": (RestForm, leaving.pause_for),
        "days": (DaysForm, leaving.not_on),
        "back": (forms.Form, leaving.come_back),
        "manager": (_manager_form(request), managers.appoint),
        "on_call": (forms.Form, partial(standby.put, on=True)),
        "off_call": (forms.Form, partial(standby.put, on=False)),
        "leave": (forms.Form, leaving.leave_for),
    }
    if do not in wanted:
        return redirect("volunteer-page", volunteer_id=volunteer_id)
    form_class, act = wanted[do]
    form = form_class(request.POST)
    if form.is_valid():
        try:
            act(by=by, volunteer_id=volunteer_id, **form.cleaned_data)
            messages.success(request, _("Noted."))
            return redirect("volunteer-page", volunteer_id=volunteer_id)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    return _page(request, volunteer_id, {do: form})


@staff(Permission.OFFER_MANAGE)
@require_http_methods(["GET", "POST"])
def new_incident(request: HopeRequest, offer_id: int) -> HttpResponseBase:
    """Somebody told a colleague that something went wrong with a visit."""
    offer, _number = board.offer_to_confirm(request.viewer, offer_id)
    form = IncidentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = incidents.note(by=request.viewer, offer_id=offer_id, **form.cleaned_data)
            messages.success(request, _("Kept. The lead hears that there is something to read."))
            may_read = request.viewer.may(Permission.VOLUNTEER_MANAGE) or row.lead_id == request.viewer.user_id
            return (
                redirect("incident", incident_id=row.pk)
                if may_read
                else redirect("match", action_id=offer.request.action_id)
            )
        except errors.Impossible as error:
            place_problems(form, error.problems)
    context = {"form": form, "offer": offer}
    return render(request, "volunteers/incident_new.html", context, status=422 if form.errors else 200)


@staff(Permission.OFFER_MANAGE)
@require_http_methods(["GET", "POST"])
def incident(request: HopeRequest, incident_id: int) -> HttpResponseBase:
    """Read it; write what was done about it."""
    row = selectors.incident(request.viewer, incident_id)
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        incidents.settle(by=request.viewer, incident_id=incident_id, **form.cleaned_data)
        return redirect("incident", incident_id=incident_id)
    return render(
        request, "volunteers/incident.html", {"incident": row, "form": form}, status=422 if form.errors else 200
    )


@staff(Permission.OFFER_MANAGE)
@require_POST
def beside(request: HopeRequest, offer_id: int) -> HttpResponseBase:
    """ "I go along" the first time, or "somebody else next time" for this house."""
    offer, _number = board.offer_to_confirm(request.viewer, offer_id)
    if request.POST.get("do") == "along":
        escorts.go_along(by=request.viewer, offer_id=offer_id)
        messages.success(request, _("Thank you. The volunteer reads your name."))
    elif request.POST.get("do") == "pair":
        try:
            managers.pair(by=request.viewer, offer_id=offer_id)
            messages.success(request, _("From now on it is their house: a contact every week."))
        except errors.Impossible as error:
            messages.error(request, str(error.problems[0].words))
    elif request.POST.get("do") == "part":
        leaving.part(by=request.viewer, offer_id=offer_id)
        messages.success(request, _("Noted, without a reason. Somebody else is asked from now on."))
    return redirect("match", action_id=offer.request.action_id)


def _manager_form(request: HopeRequest) -> Callable[..., forms.Form]:
    return partial(ManagerForm, choices=selectors_of_managers.choices(request.viewer))


def _known(part: selectors_of_managers.ManagerPart) -> dict[str, Any]:
    row = part.manager
    return {"cohort": row.cohort_id, "leader": row.leader_id, "most": row.most} if row is not None else {}


def _page(request: HopeRequest, volunteer_id: int, sent: Forms) -> HttpResponse:
    page = selectors.volunteer_page(request.viewer, volunteer_id, language=get_language() or "ko")
    insurance = page.insurance
    known: dict[str, Any] = {
        "insurer": insurance.insurer,
        "number_1365": insurance.number_1365,
        "valid_until": insurance.valid_until,
    } if insurance else {}  # fmt: skip
    part = selectors_of_managers.part_of(request.viewer, page.volunteer)
    context = {
        "page": page,
        "paper_form": sent.get("paper", PaperForm()),
        "insurance_form": sent.get("insurance", InsuranceForm(initial=known)),
        "days_form": sent.get("days", DaysForm()),
        "rest_form": sent.get("rest", RestForm()),
        "loose": sent.get("back"),
        "manager": part,
        "manager_form": sent.get("manager", _manager_form(request)(initial=_known(part))),
        "on_call": of_volunteer(request.viewer, page.volunteer),
        "courses": training.ahead(request.viewer),
        "may_manage": request.viewer.may(Permission.VOLUNTEER_MANAGE),
        "may_ask": request.viewer.may(Permission.OFFER_MANAGE),
    }
    return render(request, "volunteers/volunteer.html", context, status=422 if sent else 200)
