"""The desk's side of paying out: ask, approve as the second person, pay, prove."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.selectors.payable import payable_action
from donations.rules.payouts import elsewhere
from donations.selectors import backs, export, reversals
from donations.selectors import payouts as selectors
from donations.selectors import proposals as matching
from donations.services import payouts as services
from donations.services.books import purpose_of
from donations.services.payouts import Wanted
from donations.services.transfers import transfer_rows
from donations.ui.forms import PayoutForm, ProofForm, place_problems
from donations.ui.many_hands import tabs
from donations.ui.private import private
from hopecare.kernel import clock, errors
from hopecare.kernel.models import Service
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import documents
from hopecare.kernel.web import HopeRequest, staff

_ALL = (Permission.PAYOUT_REQUEST, Permission.PAYOUT_APPROVE, Permission.MONEY_VIEW)


@staff(*_ALL)
@require_safe
def payouts(request: HopeRequest) -> HttpResponseBase:
    context = {
        "waiting": selectors.waiting(request.viewer),
        "backs": backs.waiting(request.viewer),
        "reversals": reversals.waiting(request.viewer),
        "tabs": tabs(request.viewer),
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
        "may_letters": request.viewer.may(Permission.CASE_PLAN),
        "may_propose": request.viewer.may(Permission.PAYOUT_REQUEST) or request.viewer.may(Permission.PAYOUT_APPROVE),
    }
    return render(request, "donations/payouts.html", context)


@staff(Permission.PAYOUT_REQUEST, Permission.PAYOUT_APPROVE)
@require_safe
def proposals(request: HopeRequest) -> HttpResponseBase:
    """Which unspent money could pay which need of one's own cases; nothing moves without a second look."""
    purposes = {row.code: purpose_of(row.code, row.gift_purpose) for row in Service.objects.all()}
    context = {
        "rows": matching.proposals(request.viewer, purposes),
        "may_request": request.viewer.may(Permission.PAYOUT_REQUEST),
    }
    return render(request, "donations/proposals.html", context)


@staff(Permission.MONEY_BOOK)
@require_POST
def transfers(request: HopeRequest) -> HttpResponseBase:
    """What was approved, for the bank's page of many transfers; by POST only, so that no link to it lies about."""
    lines = export.csv_of(transfer_rows(by=request.viewer))
    answer = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="transfers-{clock.today()}.csv"'
    return private(answer)


@staff(Permission.PAYOUT_REQUEST)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest, action_id: int) -> HttpResponseBase:
    """Ask for a payment for one task of a plan."""
    action = payable_action(request.viewer, action_id)
    if action is None:
        raise errors.NotFound("action", str(action_id))
    purpose = purpose_of(action.service.code, action.service.gift_purpose)
    funds = selectors.funds_for(request.viewer, action.provider_id, purpose, action.needs)
    choices = [(str(fund.pk), f"{fund.name}: {services.free_won(fund.pk):,}") for fund in funds]
    start = {"fund": request.GET.get("fund", "")[:12], "amount": request.GET.get("won", "")[:12]}
    form = PayoutForm(request.POST or None, funds=choices, initial=start)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        wanted = Wanted(fund_id=int(data.pop("fund")), won=data.pop("amount"), **data)
        try:
            row = services.request(by=request.viewer, action_id=action_id, wanted=wanted)
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("Asked for. A second person looks at it."))
            return redirect("payout", key=row.uuid)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "donations/payout_new.html", {"form": form, "action": action}, status=status)


@staff(*_ALL)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, key: uuid.UUID) -> HttpResponseBase:
    row, proof, words = selectors.payout(request.viewer, key), ProofForm(), []
    if request.method == "POST":
        if request.POST.get("do") == "prove":
            proof = ProofForm(request.POST, request.FILES)
        try:
            said = _do(request, key, proof)
        except errors.Impossible as error:
            if proof.is_bound:
                place_problems(proof, error.problems)
            else:
                words = [problem.words for problem in error.problems]
        else:
            messages.success(request, said)
            return redirect("payout", key=key)
    viewer = request.viewer
    context: dict[str, Any] = {
        "row": row,
        "proof": proof,
        "problems": words,
        "may_approve": viewer.may(Permission.PAYOUT_APPROVE) and selectors.may_be_approved(viewer, row),
        "may_pay": viewer.may(Permission.MONEY_BOOK) and selectors.may_be_paid(row),
        "may_prove": selectors.may_be_proved(viewer, row),
        "moved": elsewhere(row.team_id, row.asked_team_id),
        "own": row.requested_by_id == viewer.user_id,
    }
    return render(request, "donations/payout.html", context, status=422 if words or proof.errors else 200)


def _do(request: HopeRequest, key: uuid.UUID, proof: ProofForm) -> str:
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
            return _("Paid, and in the books.")
        case "prove":
            _prove(by, key, proof)
            return _("Thank you. The service stands in the case, and the givers can read what came of it.")
    return ""


def _prove(by: Any, key: uuid.UUID, proof: ProofForm) -> None:
    proof.is_valid()
    upload = proof.cleaned_data.get("receipt")
    draft = documents.keep_photo(upload, upload.size, field="receipt") if upload else None
    told = {name: proof.cleaned_data.get(name, "") for name in ("outcome", "thanks")}
    services.prove(by=by, key=key, receipt=draft, **told)


@staff(*_ALL)
@require_safe
def receipt(request: HopeRequest, key: uuid.UUID) -> HttpResponseBase:
    """The photo of the receipt, to those who may see the payment."""
    row = selectors.payout(request.viewer, key)
    if row.evidence is None:
        raise errors.NotFound("payout", str(key))
    answer = HttpResponse(documents.content_of(row.evidence), content_type=row.evidence.content_type)
    answer["Content-Disposition"] = "inline"
    answer["Cache-Control"] = "no-store, private"
    return answer
