"""`/desk/keys/`: keys with which other people's systems write to us: made, shown once, ended."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import api_keys
from hopecare.kernel.services.api_keys import Purpose
from hopecare.kernel.web import HopeRequest, staff


class KeyForm(forms.Form):
    """Whose system it is, in words by which a successor knows whom to ring."""

    name = forms.CharField(
        label=gettext_lazy("Whose system, and whom to ring about it"),
        max_length=80,
        error_messages={"required": gettext_lazy("Please say whose system it is.")},
    )


@staff(Permission.ACCOUNT_OPEN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HopeRequest) -> HttpResponseBase:
    """GET lists; POST shows a fresh key once."""
    form, shown = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        shown = api_keys.make(by=request.viewer, name=form.cleaned_data["name"], purpose=Purpose.OPEN311)
        form = KeyForm()
    context: dict[str, Any] = {"form": form, "shown": shown, "keys": api_keys.keys_of(request.viewer)}
    return render(request, "kernel/keys.html", context, status=422 if form.errors else 200)


@staff(Permission.ACCOUNT_OPEN)
@require_POST
def end(request: HopeRequest, key_id: int) -> HttpResponseBase:
    api_keys.end(by=request.viewer, key_id=key_id)
    messages.success(request, _("The key has ended. Nobody writes with it any more."))
    return HttpResponseRedirect(reverse("api-keys"))
