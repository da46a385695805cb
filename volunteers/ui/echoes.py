"""What help changed: sentences that two colleagues read before anybody else does, and a volunteer's own page of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hopecare.kernel import errors
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, staff
from volunteers.rules import echoes as rules
from volunteers.selectors import catalogue
from volunteers.selectors import changed as selectors
from volunteers.services import echoes as services
from volunteers.ui.forms import place_problems
from volunteers.ui.link import LONGEST_TOKEN, private


class EchoForm(forms.Form):
    service = forms.ChoiceField(label=gettext_lazy("About which help?"), required=False)
    words = forms.CharField(
        label=gettext_lazy("What did it change?"),
        help_text=gettext_lazy("No name, no place, no figure. Such as: Many sleep better since somebody comes by."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=rules.LONGEST,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services_of = [(one.code, one.name) for one in catalogue.services_of_volunteers()]
        self.fields["service"].choices = [("", _("Choose")), *services_of]  # type: ignore[attr-defined]


@staff(Permission.OFFER_MANAGE)
@require_http_methods(["GET", "POST"])
def echoes(request: HopeRequest) -> HttpResponseBase:
    """Write one; approve or take back those of one's own centre."""
    form = EchoForm(request.POST if "words" in request.POST else None)
    if request.method == "POST":
        try:
            if "words" in request.POST:
                if form.is_valid():
                    services.write(by=request.viewer, **form.cleaned_data)
                    messages.success(request, _("Kept. A second person reads it before it is shown."))
            else:
                _move(request)
            if not form.errors:
                return redirect("echoes")
        except errors.Impossible as error:
            if form.is_bound:
                place_problems(form, error.problems)
            else:
                messages.error(request, str(error.problems[0].words))
                return redirect("echoes")
    context = {
        "rows": selectors.waiting(request.viewer),
        "form": form,
        "may_manage": request.viewer.may(Permission.VOLUNTEER_MANAGE),
    }
    return render(request, "volunteers/echoes.html", context, status=422 if form.errors else 200)


@public(Principal.OFFERS)
@never_cache
@require_safe
def changed(request: HopeRequest, token: str) -> HttpResponseBase:
    """A volunteer's own page by their link: sums and sentences, nobody in them."""
    try:
        page = selectors.changed_by_token(token[:LONGEST_TOKEN])
    except errors.NotFound:
        return private(render(request, "volunteers/link_gone.html", status=404))
    return private(render(request, "volunteers/changed.html", {"page": page}))


def _move(request: HopeRequest) -> None:
    for do, act in (("approve", services.approve), ("withdraw", services.withdraw)):
        found = request.POST.get(do, "")
        if found.isascii() and found.isdigit() and len(found) < 18:
            act(by=request.viewer, echo_id=int(found))
