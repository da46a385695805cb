"""The desk's side: requests of the zone, one request with its candidates, the call list, hours to confirm."""

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff
from volunteers.selectors import board, coverage
from volunteers.selectors.managers import pairing_of
from volunteers.selectors.partners import portions_of
from volunteers.selectors.person import escorts_of
from volunteers.services import answers, register, requests
from volunteers.states import Outcome
from volunteers.ui.forms import AskForm, place_problems

_SAID = {
    Outcome.BOOKED: gettext_lazy("Settled. The others were told."),
    Outcome.WAITING: gettext_lazy("Noted. A second person is still awaited."),
    Outcome.ALREADY: gettext_lazy("It was settled before."),
    Outcome.DECLINED: gettext_lazy("Noted. The next person is being asked."),
    Outcome.SETTLED: gettext_lazy("It is already settled."),
    Outcome.CLASH: gettext_lazy("They have promised another visit at that time. The next person is being asked."),
    Outcome.PAPERS: gettext_lazy("A paper runs out before that day. It stands on the call list; the next is asked."),
    Outcome.EXPIRED: gettext_lazy("The time to answer is over."),
    Outcome.GONE: gettext_lazy("It is not needed any more."),
}


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def match(request: HopeRequest, action_id: int) -> HttpResponseBase:
    return _match(request, action_id, AskForm())


@staff(Permission.OFFER_MANAGE)
@require_POST
def ask(request: HopeRequest, action_id: int) -> HttpResponseBase:
    """Send the first wave; pressing twice is one request."""
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            requests.open_request(by=request.viewer, action_id=action_id, **form.told())
            return redirect("match", action_id=action_id)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    return _match(request, action_id, form, status=422)


@staff(Permission.OFFER_MANAGE)
@require_POST
def stop(request: HopeRequest, action_id: int) -> HttpResponseBase:
    page = board.match_page(request.viewer, action_id)
    if page.request is not None:
        requests.take_back(by=request.viewer, request_id=page.request.pk)
        messages.success(request, _("Taken back. Everybody who was asked or had promised was told."))
    return redirect("match", action_id=action_id)


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def calls(request: HopeRequest) -> HttpResponseBase:
    offers, others = board.calls(request.viewer)
    context = {"offers": offers, "others": others, "checked_at": clock.now()}
    return render(request, "volunteers/calls.html", context)


@staff(Permission.OFFER_MANAGE)
@require_POST
def answer(request: HopeRequest, offer_id: int) -> HttpResponseBase:
    """One tap after a telephone call: the same transaction as a link or a word."""
    said = request.POST.get("said", "")
    if said == "no_answer":
        answers.note_no_answer(by=request.viewer, offer_id=offer_id)
        messages.info(request, _("Noted: nobody picked up."))
    elif said in {"yes", "no"}:
        outcome = answers.answer_by_call(by=request.viewer, offer_id=offer_id, yes=said == "yes")
        messages.success(request, _SAID[outcome])
    return HttpResponseRedirect(_back(request))


@staff(Permission.OFFER_MANAGE)
@require_POST
def call_made(request: HopeRequest, call_id: int) -> HttpResponseBase:
    register.finish_call(by=request.viewer, call_id=call_id, reached=request.POST.get("reached") == "1")
    return redirect("matching-calls")


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def welcome(request: HopeRequest, volunteer_id: int) -> HttpResponseBase:
    """The newcomer was met: from now on they may be asked."""
    try:
        checked = request.POST.get("checked_kind", "")
        volunteer = register.welcome(by=request.viewer, volunteer_id=volunteer_id, checked_kind=checked)
        messages.success(request, _("%(name)s may be asked from now on.") % {"name": volunteer.name})
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, str(problem.words))
    return redirect("matching-calls")


def _back(request: HopeRequest) -> str:
    """To the page the button stood on: the call list, or the page of one action."""
    action_id = request.POST.get("action", "")
    if action_id.isascii() and action_id.isdigit() and len(action_id) < 18:
        return reverse("match", args=[int(action_id)])
    return reverse("matching-calls")


def _match(request: HopeRequest, action_id: int, form: AskForm, status: int = 200) -> HttpResponseBase:
    page = board.match_page(request.viewer, action_id)
    pins = coverage.pins_of(request.viewer, page.request.pk) if page.request is not None else {}
    may_ask = request.viewer.may(Permission.OFFER_MANAGE)
    gifts = portions_of(request.viewer, page.request.pk) if page.request is not None else []
    firsts = escorts_of(request.viewer, page.request.pk) if page.request is not None else {}
    context = {
        "page": page,
        "form": form,
        "may_ask": may_ask,
        "pins": pins,
        "gifts": gifts,
        "firsts": {str(offer_id): row for offer_id, row in firsts.items()},
        "house": pairing_of(request.viewer, page.request.case_id) if page.request is not None else None,
        "now": clock.now(),
    }
    return render(request, "volunteers/match.html", context, status=status)
