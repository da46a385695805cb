"""The giver's pages: what may be given for, the gift itself, the way it went, and the whole of it."""

import csv
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.facts import Choice
from donations.selectors import campaigns
from donations.selectors import transparency as figures
from donations.selectors.choosing import campaign_choice, front_of_giving, monthly_ways, need_choice, ways_to_pay
from donations.selectors.follow import Followed, follow
from donations.selectors.giver import next_debit
from donations.services import cards, enrolling, giving
from donations.services.enrolling import NOBODY, Begun, Known
from donations.services.giving import Wish
from donations.services.means import waits
from donations.states import Source
from donations.ui.flow import flow
from donations.ui.forms import AccountForm, GiveForm, MonthlyForm, place_problems
from donations.ui.private import private
from hopecare.kernel import codes, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.models import UserKind
from hopecare.kernel.web import HopeRequest, public


def giver_of(request: HopeRequest) -> int | None:
    """The account of a giver who is logged in."""
    user: Any = request.user
    return user.pk if user.is_authenticated and user.kind == UserKind.DONOR else None


def page_language() -> str:
    return "ko" if (get_language() or "ko").startswith("ko") else "en"


@public(Principal.GIVING)
@require_safe
def door(request: HopeRequest) -> HttpResponseBase:
    """Needs, causes and the monthly account; who receives, and what of it goes where (K11)."""
    return render(request, "donations/door.html", {"page": front_of_giving(), "year": figures.transparency()})


@csrf_exempt
@public(Principal.GIVING)
@require_http_methods(["GET", "HEAD", "POST"])
def give_to_need(request: HopeRequest, need: uuid.UUID) -> HttpResponseBase:
    return _give(request, need_choice(need_uuid=need))


@csrf_exempt
@public(Principal.GIVING)
@require_http_methods(["GET", "HEAD", "POST"])
def give_to_fund(request: HopeRequest, fund_id: int) -> HttpResponseBase:
    return _give(request, need_choice(fund_id=fund_id))


@csrf_exempt
@public(Principal.GIVING)
@require_http_methods(["GET", "HEAD", "POST"])
def give_to_campaign(request: HopeRequest, typed: str) -> HttpResponseBase:
    found = campaigns.by_code(typed)
    if not found.running:
        return HttpResponseRedirect(reverse("campaign", args=[codes.shown(found.row.code)]))
    return _give(request, campaign_choice(found))


@public(Principal.GIVING)
@require_safe
def campaign(request: HopeRequest, typed: str) -> HttpResponseBase:
    """How far it is, who receives, what came of it; the page that is shared."""
    shown = campaigns.shown(typed)
    address = settings.PUBLIC_URL + reverse("campaign", args=[codes.shown(shown.progress.row.code)])
    context = {"shown": shown, "one": shown.progress, "address": address, "choice": campaign_choice(shown.progress)}
    return render(request, "donations/campaign.html", context)


def _give(request: HopeRequest, choice: Choice) -> HttpResponseBase:
    form = GiveForm(
        request.POST or None,
        ways=ways_to_pay(),
        earmarked=choice.earmarked,
        most=None if choice.campaign else choice.free_won,
        of_need=bool(choice.need_uuid),
    )
    if request.method == "POST":
        rates.demand("give", rates.client_of(request), settings.PUBLIC_FORM_RATE)
        if form.is_valid():
            try:
                source = Source.CAMPAIGN if choice.campaign else Source.ONCE
                order = giving.start(_wish(request, form, giving.fund_of_choice(choice), source))
                return HttpResponseRedirect(reverse("donate-follow", args=[codes.shown(order.code)]))
            except errors.Impossible as error:
                place_problems(form, error.problems)
    context = {"form": form, "choice": choice}
    return render(request, "donations/give.html", context, status=422 if form.is_bound and form.errors else 200)


def _wish(request: HopeRequest, form: GiveForm, fund_id: int, source: Source) -> Wish:
    data = form.cleaned_data
    return Wish(
        fund_id=fund_id,
        won=data.get("amount") or data.get("pick"),
        provider=data.get("provider", ""),
        overflow=data.get("overflow") or "category",
        name=data.get("name", ""),
        phone=data.get("phone", ""),
        town_id=int(data["town"]) if data.get("town") else None,
        language=page_language(),
        source=source,
        user_id=giver_of(request),
    )


@csrf_exempt
@public(Principal.GIVING)
@require_http_methods(["GET", "HEAD", "POST"])
def monthly(request: HopeRequest) -> HttpResponseBase:
    """One Person One Account by debit from a bank account (K20: before cards), or by card.

    Whoever is logged in begins a further account of the same giver; such a form bears the session's own token.
    """
    return _monthly(request) if giver_of(request) is None else csrf_protect(_monthly)(request)


def _monthly(request: HopeRequest) -> HttpResponseBase:
    user_id = giver_of(request)
    own = enrolling.known_of(user_id) if user_id is not None else NOBODY
    form = MonthlyForm(request.POST or None, ways=monthly_ways(), known=_in_use(own), told=own.told)
    if request.method == "POST":
        rates.demand("give", rates.client_of(request), settings.PUBLIC_FORM_RATE)
        if form.is_valid():
            told: dict[str, Any] = {
                "fund_id": request.POST.get("fund", ""),
                "language": page_language(),
                "user_id": user_id,
            }
            try:
                code = enrolling.begin(Begun(**form.cleaned_data, **told))
                return HttpResponseRedirect(reverse("donate-follow", args=[codes.shown(code)]))
            except errors.Impossible as error:
                place_problems(form, error.problems)
    context = {"form": form, "page": front_of_giving(), "giver": user_id}
    return render(request, "donations/monthly.html", context, status=422 if form.is_bound and form.errors else 200)


def _in_use(own: Known) -> tuple[tuple[str, str], ...]:
    return tuple((f"same:{way.pk}", _("%(way)s, as now") % {"way": way.label}) for way in own.ways)


@public(Principal.GIVING)
@never_cache
@require_safe
def follow_gift(request: HopeRequest, typed: str) -> HttpResponseBase:
    """Where one gift is now; before it is paid, how to pay it."""
    rates.demand("follow", rates.client_of(request), settings.STATUS_READ_RATE)
    found = follow(typed)
    window = ""
    if found.order is not None and not found.paid:
        window = giving.window_or_nothing(found.order)
        found = follow(typed) if not window else found
    entry = None
    if found.pledge is not None:
        entry = cards.look(found.pledge)
        found = follow(typed) if entry is None else found
    return private(render(request, "donations/follow.html", _following(found, window, entry)))


def _following(found: Followed, window: str, entry: str | None) -> dict[str, Any]:
    """`entry`: where the card is typed, empty while the provider does not answer, None when no card is waited for."""
    context: dict[str, Any] = {
        "found": found,
        "window": window,
        "entry": entry,
        "code": found.code,
        "language": page_language(),
    }
    if found.order is not None:
        context["slip"] = found.order.code[:6]
    if found.pledge is not None:
        context["next"] = next_debit(found.pledge)
        context["may_card"] = len(monthly_ways()) > 1
        context["no_card"] = waits(found.pledge.method)
    return context


@csrf_exempt
@public(Principal.GIVING)
@require_POST
def change(request: HopeRequest, typed: str) -> HttpResponseBase:
    """One tap: skip, pause, go on, stop, more or fewer accounts, another card. The code is the giver's key."""
    found = follow(typed)
    if found.pledge is not None:
        try:
            said = enrolling.tap(found.pledge, request.POST.get("do", ""), request.POST.get("units", ""))
            if said:
                messages.success(request, f"{found.fund.name}: {said}")
        except errors.Impossible as error:
            messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    if request.POST.get("back") == "mine":
        return HttpResponseRedirect(reverse("donate-mine"))
    return HttpResponseRedirect(reverse("donate-follow", args=[codes.shown(found.code)]))


@csrf_exempt
@public(Principal.GIVING)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def other_account(request: HopeRequest, typed: str) -> HttpResponseBase:
    """Another bank account, with the giver's own consent; what failed this month goes off it."""
    rates.demand("follow", rates.client_of(request), settings.STATUS_READ_RATE)
    found = follow(typed)
    if found.pledge is None:
        raise errors.NotFound("gift", "")
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            cards.take_account(found.pledge, bank=data["bank"], account=data["account"])
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            return HttpResponseRedirect(reverse("donate-follow", args=[codes.shown(found.code)]))
    context = {"form": form, "found": found, "code": found.code}
    status = 422 if form.is_bound and form.errors else 200
    return private(render(request, "donations/other_account.html", context, status=status))


@public(Principal.GIVING)
@require_safe
def find(request: HopeRequest) -> HttpResponseBase:
    """From the typed number to its page; one that cannot be a number is told at once."""
    typed = request.GET.get("code", "")[:60]
    code = codes.read(typed)
    if code is not None:
        return HttpResponseRedirect(reverse("donate-follow", args=[codes.shown(code)]))
    context = {"typed": typed, "wrong": bool(typed)}
    return render(request, "donations/find.html", context, status=422 if typed else 200)


@public(Principal.GIVING)
@require_safe
def transparency(request: HopeRequest) -> HttpResponseBase:
    found = figures.transparency()
    context = {"year": found, "flow": flow(found), "seals": figures.seals()}
    return render(request, "donations/transparency.html", context)


@public(Principal.GIVING)
@require_safe
def transparency_csv(request: HopeRequest) -> HttpResponseBase:
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="hopecare-gifts.csv"'
    csv.writer(answer).writerows(figures.csv_lines())
    return answer
