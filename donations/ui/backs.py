"""Money that goes back to a payer's account: what waits, asking for it, the second look, the transfer (K11, K14)."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from donations.models import BackReason
from donations.selectors import backs as selectors
from donations.services import backs as services
from donations.services.backs import Wanted
from donations.ui.forms import WonField, place_problems
from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

_MAY = (Permission.MONEY_VIEW, Permission.PAYOUT_APPROVE)


class BackForm(forms.Form):
    amount = WonField(label=gettext_lazy("Won to send back"), required=False)
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it goes back"), choices=BackReason.choices, widget=forms.RadioSelect, required=False
    )
    payee_name = forms.CharField(label=gettext_lazy("Holder of the account"), max_length=80, required=False)
    payee_account = forms.CharField(
        label=gettext_lazy("Bank and account number"),
        help_text=gettext_lazy("Only the account from which it came."),
        max_length=60,
        required=False,
    )


@staff(*_MAY)
@require_safe
def backs(request: HopeRequest) -> HttpResponseBase:
    typed = request.GET.get("code", "")[:60]
    viewer = request.viewer
    context = {
        "backs": selectors.backs(viewer, typed),
        "typed": typed,
        "may_book": viewer.may(Permission.MONEY_BOOK),
        "sees_gifts": viewer.may(Permission.MONEY_VIEW),
    }
    return render(request, "donations/backs.html", context)


@staff(Permission.MONEY_BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest, charge_id: int) -> HttpResponseBase:
    """Ask for a transfer back of one payment."""
    charge = selectors.charge(request.viewer, charge_id)
    left = selectors.left_won(charge)
    start = {
        "amount": request.GET.get("won", "")[:12],
        "payee_name": charge.donor.name if charge.donor else "",
        "reason": request.GET.get("why", "")[:8] or None,
    }
    form = BackForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = dict(form.cleaned_data)
        wanted = Wanted(won=data.pop("amount"), **data)
        try:
            row = services.request(by=request.viewer, charge_id=charge_id, wanted=wanted)
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("Asked for. A second person looks at it."))
            return redirect("money-back", key=row.uuid)
    open_won = charge.amount_won - charge.refunded_won
    context = {"form": form, "charge": charge, "open_won": open_won, "spent_won": max(0, open_won - left)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "donations/back_new.html", context, status=status)


@staff(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, key: uuid.UUID) -> HttpResponseBase:
    """One transfer back: the second look, then the transfer."""
    row, problems = selectors.one(request.viewer, key), list[Any]()
    if request.method == "POST":
        try:
            said = _do(request, key)
        except errors.Impossible as error:
            problems = [problem.words for problem in error.problems]
        else:
            messages.success(request, said)
            return redirect("money-back", key=key)
    viewer, own = request.viewer, row.requested_by_id == request.viewer.user_id
    context = {
        "row": row,
        "problems": problems,
        "own": own,
        "may_approve": viewer.may(Permission.PAYOUT_APPROVE) and not own and row.state == "requested",
        "may_pay": viewer.may(Permission.MONEY_BOOK) and row.state == "approved",
    }
    return render(request, "donations/back.html", context, status=422 if problems else 200)


def _do(request: HopeRequest, key: uuid.UUID) -> str:
    by = request.viewer
    match request.POST.get("do", ""):
        case "approve":
            services.approve(by=by, key=key)
            return _("Approved. The accountant sees it.")
        case "refuse":
            services.refuse(by=by, key=key, why=request.POST.get("why", ""))
            return _("Written down with the reason.")
        case "pay":
            services.pay(by=by, key=key, bank_reference=request.POST.get("bank_reference", ""))
            return _("Sent back and in the books; its receipt says what is left.")
    return ""
