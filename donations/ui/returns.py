"""Which payment a deposit is of that a payee sent back: chosen by the accountant, booked at once (R73)."""

import uuid
from contextlib import suppress

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from donations.models import ReturnReason
from donations.selectors import returns as selectors
from donations.services import returns as services
from donations.ui.forms import place_problems
from donations.ui.private import private
from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


class ReturnForm(forms.Form):
    payout = forms.CharField(required=False)
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it came back"), choices=ReturnReason.choices, widget=forms.RadioSelect, required=False
    )


@staff(Permission.MONEY_BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def came_back(request: HopeRequest, deposit_id: int) -> HttpResponseBase:
    found = selectors.candidates(request.viewer, deposit_id)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = None
        with suppress(ValueError):
            key = uuid.UUID(form.cleaned_data["payout"])
        try:
            row = services.book(by=request.viewer, deposit_id=deposit_id, key=key, reason=form.cleaned_data["reason"])
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("It is in the books; its gifts wait in the same fund again."))
            return redirect("payout", key=row.payout.uuid)
    context = {"found": found, "deposit": found.deposit, "form": form, "chosen": form["payout"].value() or ""}
    status = 422 if form.is_bound and form.errors else 200
    return private(render(request, "donations/came_back.html", context, status=status))
