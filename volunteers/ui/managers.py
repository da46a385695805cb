"""Hope managers: cohorts at the desk, a manager's place and houses, and the manager's own page."""

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
from django.views.decorators.http import require_http_methods, require_POST

from hopecare.kernel import errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, source_address, staff
from volunteers.models import MOST_HOUSES, USUAL_HOUSES
from volunteers.selectors import managers as selectors
from volunteers.services import managers as services
from volunteers.services import rhythm
from volunteers.ui.forms import place_problems
from volunteers.ui.link import LONGEST_TOKEN, private


class CohortForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the cohort"),
        help_text=gettext_lazy("Such as: 12th course, spring"),
        max_length=40,
        required=False,
    )


class ManagerForm(forms.Form):
    cohort = forms.TypedChoiceField(label=gettext_lazy("Cohort"), coerce=int, empty_value=None, required=False)
    leader = forms.TypedChoiceField(
        label=gettext_lazy("Leader of the area"),
        help_text=gettext_lazy("Rings them when a week passed without contact. Nobody: the centre rings."),
        coerce=int,
        empty_value=None,
        required=False,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Houses at the same time, at most"),
        min_value=1,
        max_value=MOST_HOUSES,
        initial=USUAL_HOUSES,
        required=False,
    )

    def __init__(self, *args: Any, choices: tuple[list[Any], list[Any]] = ([], []), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cohorts, leaders = choices
        self.fields["cohort"].choices = [("", _("Choose")), *cohorts]  # type: ignore[attr-defined]
        self.fields["leader"].choices = [("", _("Nobody")), *leaders]  # type: ignore[attr-defined]


@staff(Permission.VOLUNTEER_VIEW)
@require_http_methods(["GET", "POST"])
def managers(request: HopeRequest) -> HttpResponseBase:
    """By cohort, with houses and limit; whoever runs volunteering opens another cohort here."""
    form = CohortForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_cohort(by=request.viewer, **form.cleaned_data)
            return redirect("managers")
        except errors.Impossible as error:
            place_problems(form, error.problems)
    context = {
        "cards": selectors.cohorts(request.viewer),
        "form": form,
        "may_manage": request.viewer.may(Permission.VOLUNTEER_MANAGE),
    }
    return render(request, "volunteers/managers.html", context, status=422 if form.errors else 200)


@staff(Permission.OFFER_MANAGE)
@require_POST
def house(request: HopeRequest, pairing_id: int) -> HttpResponseBase:
    """Told on the telephone: reached, not reached; or the house is not theirs any more."""
    do = request.POST.get("do", "")
    if do == "end":
        services.end_pairing(by=request.viewer, pairing_id=pairing_id)
        messages.success(request, _("Ended, without a reason."))
    elif do in ("reached", "tried"):
        rhythm.tell_by_call(by=request.viewer, pairing_id=pairing_id, reached=do == "reached")
        messages.success(request, _("Noted.") if do == "reached" else _("Noted. The lead hears of it at once."))
    volunteer = request.POST.get("volunteer", "")
    if volunteer.isascii() and volunteer.isdigit() and len(volunteer) < 18:
        return redirect("volunteer-page", volunteer_id=int(volunteer))
    return redirect("managers")


@public(Principal.OFFERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request: HopeRequest, token: str) -> HttpResponseBase:
    """Houses by letter and town, two buttons each; nobody's name."""
    token = token[:LONGEST_TOKEN]
    try:
        if request.method == "POST":
            rates.demand("manager", rates.client_of(request), settings.PUBLIC_FORM_RATE)
            pairing, do = request.POST.get("house", ""), request.POST.get("do", "")
            if pairing.isascii() and pairing.isdigit() and len(pairing) < 18 and do in ("reached", "tried"):
                rhythm.tell_by_link(
                    token=token,
                    pairing_id=int(pairing),
                    reached=do == "reached",
                    source_address=source_address(request),
                )
            return private(HttpResponseRedirect(reverse("manager-link", args=[token])))
        return private(render(request, "volunteers/manager_link.html", {"page": selectors.page_by_token(token)}))
    except errors.NotFound:
        return private(render(request, "volunteers/link_gone.html", status=404))
