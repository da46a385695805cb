"""Groups, businesses and schools: the coordinators' pages, and the partner's own by a signed link."""

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hopecare.kernel import clock, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, source_address, staff
from volunteers.selectors import partners as selectors
from volunteers.selectors.group_hours import ledger_of
from volunteers.services import coupons, partner_days, portions
from volunteers.services import partners as services
from volunteers.states import CouponOutcome, PartnerState
from volunteers.ui.coupons import SAID, remember_till
from volunteers.ui.forms import place_problems
from volunteers.ui.forms_partners import GiftForm, PartnerForm, PupilForm
from volunteers.ui.link import LONGEST_TOKEN, private


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def partners(request: HopeRequest) -> HttpResponseBase:
    cards = selectors.partners(request.viewer)
    context = {"cards": cards, "may_manage": request.viewer.may(Permission.VOLUNTEER_MANAGE)}
    return render(request, "volunteers/partners.html", context)


@staff(Permission.VOLUNTEER_MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    form = PartnerForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        try:
            row = services.register(by=request.viewer, told=form.told(), gift=form.gift())
            messages.success(request, _("Written down. From the next plan on it counts."))
            return redirect("partner", partner_id=row.pk)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    return render(request, "volunteers/partner_new.html", {"form": form}, status=422 if form.errors else 200)


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def partner(request: HopeRequest, partner_id: int) -> HttpResponseBase:
    return _page(request, partner_id)


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def give(request: HopeRequest, partner_id: int) -> HttpResponseBase:
    form = GiftForm(request.POST)
    form.is_valid()
    try:
        services.give(by=request.viewer, partner_id=partner_id, gift=form.gift())
    except errors.Impossible as error:
        place_problems(form, error.problems)
        return _page(request, partner_id, gift_form=form)
    return redirect("partner", partner_id=partner_id)


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def add_pupil(request: HopeRequest, partner_id: int) -> HttpResponseBase:
    """A minor with consent; or, with `withdraw`, the consent taken back."""
    gone = _number(request.POST.get("withdraw", ""))
    if gone is not None:
        services.withdraw_pupil(by=request.viewer, pupil_id=gone)
        messages.success(request, _("Taken back: the names are erased."))
        return redirect("partner", partner_id=partner_id)
    form = PupilForm(request.POST)
    form.is_valid()
    try:
        services.add_pupil(by=request.viewer, partner_id=partner_id, told=form.told())
    except errors.Impossible as error:
        place_problems(form, error.problems)
        return _page(request, partner_id, pupil_form=form)
    return redirect("partner", partner_id=partner_id)


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def move(request: HopeRequest, partner_id: int) -> HttpResponseBase:
    """Rest, give again, leave; be named in public or not; or end one standing gift."""
    gift, state = _number(request.POST.get("end", "")), request.POST.get("state", "")
    if "thank" in request.POST:
        wished = request.POST["thank"] == "1"
        services.thank_in_public(by=request.viewer, partner_id=partner_id, wished=wished)
    elif gift is not None:
        services.end_gift(by=request.viewer, standing_id=gift)
    elif state in set(PartnerState):
        services.move(by=request.viewer, partner_id=partner_id, state=PartnerState(state))
        if state == PartnerState.LEFT:
            return redirect("partners")
    return redirect("partner", partner_id=partner_id)


@staff(Permission.OFFER_MANAGE)
@require_POST
def settle(request: HopeRequest, portion_id: int) -> HttpResponseBase:
    """Somebody asked the house whether it had its portion."""
    done = portions.settle(by=request.viewer, portion_id=portion_id, came=request.POST.get("came") == "1")
    messages.info(request, _("Noted.") if done else _("Nothing was changed."))
    action = _number(request.POST.get("action", ""))
    return redirect("match", action_id=action) if action is not None else redirect("matching")


@public(Principal.OFFERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request: HopeRequest, token: str) -> HttpResponseBase:
    """Days and numbers; a button gives a day back, a number says how many came. Nobody's name stands here."""
    token = token[:LONGEST_TOKEN]
    try:
        if request.method != "POST":
            return private(_own(request, token))
        problem = _do(request, token)
        if problem is not None:
            return private(_own(request, token, problem))
        after = private(HttpResponseRedirect(reverse("partner-link", args=[token])))
        return remember_till(after, token) if request.POST.get("do") == "till" else after
    except errors.NotFound:
        return private(render(request, "volunteers/link_gone.html", status=404))


def _do(request: HopeRequest, token: str) -> errors.Impossible | None:
    do, address = request.POST.get("do", ""), source_address(request)
    if do == "till":
        partner_days.check_link(token=token)
        return None
    if do == "thank":
        services.thank_by_link(token=token, wished=request.POST.get("wished") == "1", source_address=address)
        return None
    if do == "coupon":
        rates.demand("coupon", rates.client_of(request), settings.PUBLIC_FORM_RATE)
        outcome = coupons.take(token=token, code=request.POST.get("code", "")[:40], source_address=address)
        if outcome != CouponOutcome.TAKEN:
            return errors.Impossible(errors.Problem("coupon", SAID[outcome], "code"))
        messages.success(request, str(SAID[outcome]))
        return None
    gift, on = _number(request.POST.get("gift", "")), _date(request.POST.get("on", ""))
    if gift is None or on is None:
        return None
    what: dict[str, Callable[[], int]] = {
        "cannot": lambda: partner_days.cannot(
            token=token, standing_id=gift, on=on, source_address=source_address(request)
        ),
        "came": lambda: partner_days.came(
            token=token,
            standing_id=gift,
            on=on,
            number=_number(request.POST.get("came", "")) or 0,
            source_address=source_address(request),
        ),
    }
    try:
        if (found := what.get(request.POST.get("do", ""))) is not None:
            found()
    except errors.Impossible as problem:
        return problem
    return None


def _own(request: HopeRequest, token: str, problem: errors.Impossible | None = None) -> HttpResponse:
    words = [str(entry.words) for entry in problem.problems] if problem else []
    context = {"card": selectors.partner_by_token(token), "token": token, "problems": words, "today": clock.today()}
    return render(request, "volunteers/partner_link.html", context, status=422 if words else 200)


def _page(
    request: HopeRequest, partner_id: int, gift_form: GiftForm | None = None, pupil_form: PupilForm | None = None
) -> HttpResponse:
    card = selectors.partner(request.viewer, partner_id)
    may_manage = request.viewer.may(Permission.VOLUNTEER_MANAGE)
    context = {
        "card": card,
        "link": f"{settings.PUBLIC_URL}/g/{card.partner.token}/",
        "ledger": ledger_of(request.viewer, card.partner) if may_manage else None,
        "gift_form": gift_form or GiftForm(),
        "pupil_form": pupil_form or PupilForm(),
        "may_manage": may_manage,
        "today": clock.today(),
    }
    return render(request, "volunteers/partner.html", context, status=422 if gift_form or pupil_form else 200)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
