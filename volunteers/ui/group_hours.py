"""Hours of a group's day: who was there, for how long; corrected by a further line."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff
from volunteers.selectors import group_hours as selectors
from volunteers.services import group_hours as services
from volunteers.ui.forms import place_problems


class GroupHoursForm(forms.Form):
    people = forms.IntegerField(
        label=gettext_lazy("Grown-ups who were there"), min_value=0, max_value=100, initial=1, required=False
    )
    pupils = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Pupils who were there"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes, for each of them"), required=False)

    def __init__(self, *args: Any, pupils: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pupils:
            self.fields["pupils"].choices = pupils  # type: ignore[attr-defined]
        else:
            del self.fields["pupils"]


@staff(Permission.VOLUNTEER_MANAGE)
@require_http_methods(["GET", "POST"])
def confirm(request: HopeRequest, turn_id: int) -> HttpResponseBase:
    """One day of a standing gift; a line that stands is not written twice."""
    turn, pupils = selectors.turn_to_confirm(request.viewer, turn_id)
    standing = turn.standing
    usual = (standing.ends.hour * 60 + standing.ends.minute) - (standing.starts.hour * 60 + standing.starts.minute)
    form = GroupHoursForm(
        request.POST or None, pupils=[(one.pk, one.name) for one in pupils], initial={"minutes": min(usual, 120)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            rows = services.confirm(by=request.viewer, turn_id=turn_id, **form.cleaned_data)
            messages.success(request, _("Confirmed: %(n)s lines in the ledger.") % {"n": len(rows)})
            return redirect("partner", partner_id=standing.partner_id)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    context = {"turn": turn, "form": form}
    return render(request, "volunteers/group_hours.html", context, status=422 if form.errors else 200)


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def correct(request: HopeRequest, line_id: int) -> HttpResponseBase:
    """One more line with its reason; back to the partner's page."""
    minutes, partner = request.POST.get("minutes", ""), request.POST.get("partner", "")
    told = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else None
    try:
        services.correct(by=request.viewer, line_id=line_id, minutes=told, reason=request.POST.get("reason", ""))
        messages.success(request, _("Corrected by a line of its own."))
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, str(problem.words))
    if partner.isascii() and partner.isdigit() and len(partner) < 18:
        return redirect("partner", partner_id=int(partner))
    return redirect("partners")


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def certify(request: HopeRequest, pupil_id: int) -> HttpResponseBase:
    """A pupil's certificate to print; without hours, back to the partner's page."""
    try:
        return redirect("certificate", code=services.certify(by=request.viewer, pupil_id=pupil_id).code)
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, str(problem.words))
    return redirect("partners")
