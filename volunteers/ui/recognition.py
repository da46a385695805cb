"""Hours for the portals as a file, and the public page of those who give together and wish to be thanked."""

import csv
import io
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, staff
from volunteers.selectors.hours_export import PORTAL, VMS, hours_file
from volunteers.selectors.partners import thanked
from volunteers.ui.forms import place_problems


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class HoursForm(forms.Form):
    portal = forms.ChoiceField(
        label=_("For which portal?"),
        choices=[
            (PORTAL, _("1365 – those whose number we know")),
            (VMS, _("VMS – everybody, by name and year of birth")),
        ],
        widget=forms.RadioSelect,
        required=False,
        initial=PORTAL,
    )
    first = _day(_("From the day"))
    last = _day(_("To the day"))
    reason = forms.CharField(
        label=_("What is the file for?"),
        help_text=_("It stands in the log, beside whose hours you took along."),
        max_length=200,
        required=False,
    )


@staff(Permission.VOLUNTEER_MANAGE)
@require_http_methods(["GET", "POST"])
def hours_out(request: HopeRequest) -> HttpResponseBase:
    """First the reason, then the file; the last whole month is proposed."""
    last = clock.today().replace(day=1) - timedelta(days=1)
    form = HoursForm(request.POST or None, initial={"first": last.replace(day=1), "last": last})
    if request.method == "POST" and form.is_valid():
        try:
            found = hours_file(request.viewer, **form.cleaned_data)
            if len(found.lines) > 1:
                return _file(f"hours-{form.cleaned_data['portal']}-{form.cleaned_data['first']}.csv", found.lines)
            words = _("No confirmed hours in these days, or nobody's number in 1365 is known.")
            messages.info(request, str(words))
        except errors.Impossible as error:
            place_problems(form, error.problems)
    return render(request, "volunteers/hours_out.html", {"form": form}, status=422 if form.errors else 200)


@public(Principal.OFFERS)
@require_safe
def wall(request: HopeRequest) -> HttpResponseBase:
    """Opened by everybody; who stands on it asked for it."""
    return render(request, "volunteers/wall.html", {"cards": thanked()})


def _file(name: str, lines: list[list[str]]) -> HttpResponse:
    """UTF-8 with a mark, so that a spreadsheet reads Hangul."""
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
