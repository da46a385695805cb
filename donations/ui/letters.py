"""A giver's letter to the person: written behind the gift's number, read by a worker, handed over on paper (D1, D9)."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from donations.models import LetterReason
from donations.rules.letters import look_at
from donations.selectors import letters as selectors
from donations.selectors.follow import follow
from donations.services import letters as services
from donations.ui.forms import place_problems
from donations.ui.private import private
from hopecare.kernel import codes, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, staff


class LetterForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Your letter"),
        help_text=gettext_lazy("At most 300 signs. No name, no telephone number, no address, and nothing in return."),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 300}),
        max_length=300,
        required=False,
    )


class AnswerForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("What the giver reads as the reason"),
        choices=LetterReason.choices,
        widget=forms.RadioSelect,
        required=False,
    )


@csrf_exempt
@public(Principal.GIVING)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HopeRequest, typed: str) -> HttpResponseBase:
    """One short letter for a gift to a need; the gift's number is the giver's key."""
    rates.demand("follow", rates.client_of(request), settings.STATUS_READ_RATE)
    found = follow(typed)
    if not found.may_write or found.order is None:
        if found.letter is None:
            raise errors.NotFound("letter", "")
        return HttpResponseRedirect(_way(found.code))
    form = LetterForm(request.POST or None, initial={"words": found.letter.words if found.letter else ""})
    if request.method == "POST":
        rates.demand("letter", rates.client_of(request), settings.PUBLIC_FORM_RATE)
        if form.is_valid():
            try:
                services.write(order_id=found.order.pk, words=form.cleaned_data["words"])
                return HttpResponseRedirect(_way(found.code))
            except errors.Impossible as error:
                place_problems(form, error.problems)
    context = {"form": form, "found": found, "code": found.code}
    status = 422 if form.is_bound and form.errors else 200
    return private(render(request, "donations/letter_write.html", context, status=status))


def _way(code: str) -> str:
    return reverse("donate-follow", args=[codes.shown(code)]) + "#letter"


@staff(Permission.CASE_PLAN)
@require_safe
def letters(request: HopeRequest) -> HttpResponseBase:
    """Letters to people of one's own cases: to be read first, then to be handed over."""
    return private(render(request, "donations/letters.html", {"letters": selectors.letters(request.viewer)}))


@staff(Permission.CASE_PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, key: uuid.UUID) -> HttpResponseBase:
    """Read it; pass it on, ask for another one, keep it back, or say that the person has it."""
    row = selectors.letter(request.viewer, key)
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        try:
            messages.success(request, _answered(request, key, form.cleaned_data.get("reason", "")))
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            return redirect("letter", key=key)
    context: dict[str, Any] = {"row": row, "form": form, "look": look_at(row.words)}
    status = 422 if form.is_bound and form.errors else 200
    return private(render(request, "donations/letter.html", context, status=status))


def _answered(request: HopeRequest, key: uuid.UUID, reason: str) -> str:
    by = request.viewer
    match request.POST.get("do", ""):
        case "pass":
            services.pass_on(by=by, key=key)
            return _("Passed on. It can be printed for the next visit.")
        case "change":
            services.ask_change(by=by, key=key, reason=reason)
            return _("The giver is asked to write it otherwise.")
        case "keep":
            services.keep_back(by=by, key=key, reason=reason)
            return _("Kept back. The giver reads the reason.")
        case "handed":
            services.handed(by=by, key=key)
            return _("Noted: the person has it.")
    raise errors.NotFound("letter", str(key))


@staff(Permission.CASE_PLAN)
@require_safe
def paper(request: HopeRequest, key: uuid.UUID) -> HttpResponseBase:
    """The letter alone on a sheet: no sum, no giver (D9)."""
    row = selectors.letter(request.viewer, key)
    services.printed(by=request.viewer, row=row)
    context = {"row": row, "back": reverse("letter", args=[key])}
    return private(render(request, "donations/letter_paper.html", context))
