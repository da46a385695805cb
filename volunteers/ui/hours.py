"""From the doorstep to the certificate: told on the telephone, confirmed, corrected, certified."""

from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hopecare.kernel import clock, codes, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, staff
from volunteers.rules import matching as rules
from volunteers.selectors import board
from volunteers.selectors.certificates import certificate as certificate_of
from volunteers.selectors.managers import pairing_of
from volunteers.services import answers, hours, visits
from volunteers.states import OfferState
from volunteers.ui.forms import ConfirmForm, CorrectForm, place_problems


@staff(Permission.OFFER_MANAGE)
@require_POST
def visit(request: HopeRequest, offer_id: int) -> HttpResponseBase:
    """One tap after a telephone call about a visit; the same transaction as a link or a word."""
    said, by = request.POST.get("said", ""), request.viewer
    try:
        if said in ("arrived", "done", "nobody"):
            visits.told_by_call(by=by, offer_id=offer_id, what=said)
            messages.success(request, _("Noted. Thank you for ringing."))
        elif said == "no_show":
            visits.did_not_come(by=by, offer_id=offer_id)
            messages.info(request, _("Noted. If there is still time, others stand on the call list now."))
        elif said == "no_answer":
            answers.note_no_answer(by=by, offer_id=offer_id)
            messages.info(request, _("Noted: nobody picked up."))
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, str(problem.words))
    return redirect("matching-calls")


@staff(Permission.OFFER_MANAGE)
@require_http_methods(["GET", "POST"])
def confirm(request: HopeRequest, offer_id: int) -> HttpResponseBase:
    """Confirm the hours, then record the service; once confirmed, correct them by a further line."""
    offer, number = board.offer_to_confirm(request.viewer, offer_id)
    planned = int((offer.during.upper - offer.during.lower).total_seconds() // 60)
    minutes = offer.confirmed_minutes or rules.minutes_given(planned, offer.arrived_at, offer.done_at)
    corrects = offer.state == OfferState.CONFIRMED
    form_class = CorrectForm if corrects else ConfirmForm
    lines = board.lines_of(request.viewer, offer_id) if corrects else []
    now = sum(line.minutes for line in lines)
    form = form_class(request.POST or None, initial={"minutes": now if corrects else minutes, "heard_from": "person"})
    if request.method == "POST" and form.is_valid():
        try:
            if corrects:
                hours.correct(by=request.viewer, offer_id=offer_id, **form.cleaned_data)
                messages.success(request, _("Corrected by a line of its own."))
                return redirect("offer-confirm", offer_id=offer_id)
            hours.confirm(by=request.viewer, offer_id=offer_id, **form.cleaned_data)
            action_id = offer.request.action_id
            after = _record_url(number, action_id) if number else reverse("match", args=[action_id])
            return HttpResponseRedirect(after)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    status = 422 if form.errors else 200
    waits = offer.state == OfferState.SCHEDULED and offer.during.lower <= clock.now()
    context = {"offer": offer, "form": form, "number": number, "waits": waits, "lines": lines, "now": now}
    context["house"] = pairing_of(request.viewer, offer.case_id)
    return render(request, "volunteers/confirm.html", context, status=status)


@staff(Permission.OFFER_MANAGE)
@require_POST
def certify(request: HopeRequest, offer_id: int) -> HttpResponseBase:
    try:
        return redirect("certificate", code=hours.certify(by=request.viewer, offer_id=offer_id).code)
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, str(problem.words))
        return redirect("offer-confirm", offer_id=offer_id)


@public(Principal.OFFERS)
@never_cache
@require_safe
def look_up(request: HopeRequest) -> HttpResponseBase:
    """Whoever was shown a certificate types its code."""
    typed = request.GET.get("code", "")[:40]
    code = codes.read(typed)
    if code:
        return redirect("certificate", code=code)
    context = {"typed": typed, "wrong": bool(typed)}
    return render(request, "volunteers/certificate_code.html", context, status=422 if typed else 200)


@public(Principal.OFFERS)
@never_cache
@require_safe
def certificate(request: HopeRequest, code: str) -> HttpResponseBase:
    rates.demand("certificate", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    try:
        card = certificate_of(code[:40])
    except errors.NotFound:
        return render(request, "volunteers/certificate_code.html", {"typed": code[:40], "wrong": True}, status=404)
    response = render(request, "volunteers/certificate.html", {"card": card})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _record_url(number: str, action_id: int) -> str:
    """The case's own form for a service record, filled in from the action."""
    return f"/desk/cases/{quote(number)}/services/new/?action={action_id}"
