"""/demo/phone/: the stand-in's telephones, where a newcomer plays the volunteer. It exists in the demo only."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hopecare.kernel import errors, phones
from hopecare.kernel.web import HopeRequest, public
from hopecare.messaging import phonebook, selectors
from hopecare.messaging.gateway import stand_in_phone
from hopecare.messaging.gateway.stand_in_phone import NobodyThere, PhoneText
from hopecare.messaging.ui.forms import PhoneForm

#: What most people answer; one tap each.
QUICK = ("1", "2", "네")
SHOWN = 40


@dataclass(frozen=True)
class Telephone:
    """One telephone on the page; `key` names it in the address (#t-…)."""

    number: str
    name: str
    texts: list[PhoneText]

    @property
    def shown(self) -> str:
        return phones.shown(self.number)

    @property
    def key(self) -> str:
        return f"t-{self.number.lstrip('+')}"


@require_http_methods(["GET", "HEAD", "POST"])
@public()
def phone(request: HopeRequest) -> HttpResponse:
    if not settings.HOPECARE_DEMO:
        raise errors.NotFound
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _typed(request, form.cleaned_data["number"], form.cleaned_data["body"])
    return _page(request, form, 422 if request.method == "POST" else 200)


def _typed(request: HopeRequest, number: str, body: str) -> HttpResponse:
    try:
        taken = stand_in_phone.type_text(number=number, body=body)
    except NobodyThere:
        return _page(request, PhoneForm(request.POST), 503)
    if not taken:
        messages.warning(request, _("The text is on its way; it is tried again until it arrives."))
    return HttpResponseRedirect(f"{reverse('demo-phone')}#t-{number.lstrip('+')}")


def _page(request: HopeRequest, form: PhoneForm, status: int) -> HttpResponse:
    try:
        talks, reached = stand_in_phone.telephones(), True
    except NobodyThere:
        talks, reached = {}, False
    names = phonebook.names()
    numbers = [*talks, *(number for number in names if number not in talks)]
    shown = [Telephone(number, names.get(number, ""), talks.get(number, [])) for number in numbers[:SHOWN]]
    context: dict[str, Any] = {
        "telephones": shown,
        "swapped": ",".join(f"#{telephone.key}" for telephone in shown),
        "form": form,
        "quick": QUICK,
        "reached": reached,
        "letters": selectors.demo_letters(),
    }
    return render(request, "messaging/phone.html", context, status=status)
