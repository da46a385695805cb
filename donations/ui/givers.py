"""A giver's own door: in by a code to the telephone, earlier accounts brought by theirs, and out again."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.selectors import giver as selectors
from donations.services import givers as services
from donations.services.giving import phone_of
from donations.ui.forms import CodeForm, TelephoneForm
from donations.ui.private import private
from donations.ui.public import giver_of, page_language
from hopecare.kernel import accounts, clock, errors, phones, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.models import UserKind
from hopecare.kernel.web import HopeRequest, member, public

#: A telephone that was proved is proved for so many seconds of this session.
PROVED_SECONDS = 900
_PROVED = "giver_telephone"


@public(Principal.GIVING)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HopeRequest) -> HttpResponseBase:
    """By telephone, without a password. The page is the same whether anybody here knows the number or not."""
    if giver_of(request) is not None:
        return redirect("donate-mine")
    form, sent = _asked(request)
    if sent and form.is_bound:
        phone, code = _typed(form)
        user = services.come_in(by=request.viewer, phone=phone, code=code, language=page_language())
        if user is not None:
            accounts.open_session(request, user, second_factor=False)
            return _remember(request, phone)
        _wrong(form)
    return _page(request, form, sent, coming=True)


@member(UserKind.DONOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HopeRequest) -> HttpResponseBase:
    """What was given before under a telephone that is proved here and now; each is chosen by its giver."""
    user_id, proved = request.viewer.user_id or 0, _proved(request)
    chosen = request.POST.getlist("earlier")
    if proved and request.POST.get("do") == "bring":
        ids = [int(pk) for pk in chosen if pk.isdigit() and len(pk) < 18]
        count = services.bring(user_id=user_id, phone_hash=proved, donor_ids=ids)
        messages.success(request, _("They stand with your other gifts now.") if count else _("Nothing was chosen."))
        return redirect("donate-mine")
    if proved and request.method != "POST" and "again" not in request.GET:
        found = selectors.waiting(proved)
        return private(render(request, "donations/bring.html", {"found": found}))
    form, sent = _asked(request)
    if sent and form.is_bound:
        phone, code = _typed(form)
        if services.prove(by=request.viewer, user_id=user_id, phone=phone, code=code):
            return _remember(request, phone)
        _wrong(form)
    return _page(request, form, sent, coming=False)


@member(UserKind.DONOR)
@require_POST
def take_out(request: HopeRequest, donor_id: int) -> HttpResponseBase:
    services.take_out(user_id=request.viewer.user_id or 0, donor_id=donor_id)
    messages.success(request, _("It stands by itself again. Its number opens it as before."))
    return redirect("donate-mine")


def _asked(request: HopeRequest) -> tuple[Form, bool]:
    """The form of this step and whether a code is on its way. A code form that came back is bound."""
    if request.method != "POST":
        return TelephoneForm(), False
    rates.demand("sign-in", rates.client_of(request), settings.SIGN_IN_RATE)
    if request.POST.get("do") == "code":
        form: Form = CodeForm(request.POST)
        form.is_valid()
        return form, True
    form = TelephoneForm(request.POST)
    phone = phone_of(request.POST.get("phone", "")[:40])
    if phone is None:
        form.add_error("phone", str(errors.bad_phone().words))
        return form, False
    try:
        services.send_code(by=request.viewer, phone=phone, language=page_language())
    except errors.TooMany:
        words = _("A code was sent there already. Please wait half a minute for it before you ask for another.")
        messages.info(request, words)
    return CodeForm(initial={"phone": phones.shown(phone)}), True


def _typed(form: Form) -> tuple[str, str]:
    data: dict[str, Any] = form.cleaned_data
    code = "".join(sign for sign in data.get("code", "") if sign.isdigit())
    return phone_of(data.get("phone", "")) or "", code


def _wrong(form: Form) -> None:
    form.add_error("code", _("This code does not fit, or it is older than ten minutes. Please look again."))


def _remember(request: HopeRequest, phone: str) -> HttpResponseRedirect:
    """To what waits under this telephone, if anything does; else to the giver's own page."""
    hashed = phones.hashed(phone)
    request.session[_PROVED] = [hashed, int(clock.now().timestamp()) + PROVED_SECONDS]
    return redirect("donate-bring" if selectors.waiting(hashed) else "donate-mine")


def _proved(request: HopeRequest) -> str:
    """The keyed hash of the telephone that was proved shortly ago; empty when none was."""
    hashed, until = request.session.get(_PROVED, ["", 0])
    return str(hashed) if clock.now().timestamp() < until else ""


def _page(request: HopeRequest, form: Form, sent: bool, *, coming: bool) -> HttpResponseBase:
    context = {"form": form, "sent": sent, "coming": coming}
    status = 422 if form.is_bound and form.errors else 200
    return private(render(request, "donations/enter.html", context, status=status))
