"""`/desk/intake/`: who came by any door, one sheet each, and the three ways on: a case, an open case, an answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.access import intake_for, may_ask_number
from cases.models import IntakeDoor
from cases.selectors import intakes as selectors
from cases.selectors.likeness import Asked, Likeness, alike
from cases.services import intake as services
from cases.ui.forms_case import add_problems
from cases.ui.forms_desk import AttachForm
from cases.ui.forms_intake import AnswerForm, IntakeForm
from cases.ui.intake_words import hopeful, told_rows, twin_rows
from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_OPEN)
@require_safe
def intakes(request: HopeRequest) -> HttpResponse:
    waiting = selectors.waiting(request.viewer)
    return render(request, "cases/intake/list.html", {"waiting": waiting})


@staff(Permission.REPORT_TYPE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    """The sheet for somebody on the line or in the room; before it is taken, who it may be is shown once."""
    may_number = may_ask_number(request.viewer)
    if request.method != "POST":
        return _sheet(request, IntakeForm(initial=_proposal(request), may_number=may_number))
    form = IntakeForm(request.POST, may_number=may_number)
    if not form.is_valid():
        return _sheet(request, form, status=422)
    likes = _alike(request, form)
    if likes and "take" not in request.POST:
        return _sheet(request, form, likes=likes, status=422)
    try:
        intake = services.take(by=request.viewer, arrival=form.arrival())
    except errors.Impossible as refusal:
        add_problems(form, refusal)
        return _sheet(request, form, status=422)
    messages.success(request, _("Taken: %(number)s") % {"number": intake.number})
    ours = intake.team_id in request.viewer.team_ids and request.viewer.may(Permission.CASE_OPEN)
    if not ours:
        messages.info(request, _("The team of that town has it now."))
        return HttpResponseRedirect(reverse("intake-new"))
    return HttpResponseRedirect(reverse("intake", args=[intake.number]))


def _proposal(request: HopeRequest) -> dict[str, Any]:
    stop = request.GET.get("stop", "")
    if not (stop.isdecimal() and len(stop) < 10):
        return {"door": IntakeDoor.PHONE}
    door = IntakeDoor.POPUP if request.GET.get("kind") == "popup" else IntakeDoor.MOBILE_UNIT
    return {"door": door, "stop": int(stop)}


def _alike(request: HopeRequest, form: IntakeForm) -> Likeness:
    data = form.cleaned_data
    number = data.get("resident_number", "")
    if not (data["name"].strip() or data["phone"].strip() or number):
        return Likeness()
    born, year_only = data["birth"] or (None, False)
    year = born.year if born else None
    return alike(request.viewer, Asked(data["name"], None if year_only else born, year, data["phone"], number))


def _sheet(request: HopeRequest, form: IntakeForm, *, likes: Any = None, status: int = 200) -> HttpResponse:
    context = {"form": form, "likes": likes, "twins": twin_rows(likes) if likes else []}
    return render(request, "cases/intake/new.html", context, status=status)


@staff(Permission.CASE_OPEN)
@require_safe
def intake(request: HopeRequest, number: str) -> HttpResponse:
    return _page(request, number)


def _page(
    request: HopeRequest,
    number: str,
    *,
    answer: forms.Form | None = None,
    attach: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    found = selectors.detail(request.viewer, number)
    told = services.told_of(found.intake)
    likely, possible = hopeful(told)
    context = {
        "found": found,
        "intake": found.intake,
        "twins": twin_rows(found.likes),
        "told": told_rows(told),
        "likely": likely,
        "possible": possible,
        "answer": answer or AnswerForm(),
        "attach": attach or AttachForm(),
    }
    return render(request, "cases/intake/detail.html", context, status=status)


@staff(Permission.CASE_OPEN)
@require_POST
def join(request: HopeRequest, number: str) -> HttpResponseBase:
    """It belongs to a case that is open already."""
    form = AttachForm(request.POST)
    if form.is_valid():
        try:
            case = services.join_case(by=request.viewer, number=number, case_number=form.cleaned_data["number"])
        except errors.Impossible as refusal:
            add_problems(form, refusal)
        except errors.NotFound:
            intake_for(request.viewer, number)
            form.add_error("number", _("Not found. Please look at the number again, or ask the central desk."))
        else:
            messages.success(request, _("It stands in case %(number)s now.") % {"number": case.number})
            return HttpResponseRedirect(reverse("case", args=[case.number]))
    return _page(request, number, attach=form, status=422)


@staff(Permission.CASE_OPEN)
@require_POST
def answer(request: HopeRequest, number: str) -> HttpResponseBase:
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer(
                by=request.viewer,
                number=number,
                words_said=form.cleaned_data["answer"],
                agreed=form.cleaned_data["agreed"],
            )
        except errors.Impossible as refusal:
            add_problems(form, refusal)
        else:
            messages.success(request, _("Written down. They may come back any time."))
            return HttpResponseRedirect(reverse("intakes"))
    return _page(request, number, answer=form, status=422)


@staff(Permission.CASE_OPEN)
@require_POST
def again(request: HopeRequest, number: str) -> HttpResponseBase:
    """They came back."""
    services.open_again(by=request.viewer, number=number)
    return HttpResponseRedirect(reverse("intake", args=[number]))
