"""Courses: what is planned, one date with who was asked and who came, the certificate to print."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff
from volunteers.selectors import training as selectors
from volunteers.services import training as services
from volunteers.ui.forms import place_problems


class SessionForm(forms.Form):
    course = forms.ChoiceField(label=gettext_lazy("Which course?"), required=False)
    day = forms.DateField(
        label=gettext_lazy("Day of the session"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )
    hour = forms.TimeField(
        label=gettext_lazy("Begins at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes of the session"), initial=120)
    place = forms.CharField(label=gettext_lazy("Room"), max_length=120, required=False)
    seats = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=500, initial=20)
    taught_by = forms.CharField(label=gettext_lazy("Who teaches"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].choices = [("", gettext_lazy("Choose")), *selectors.courses()]  # type: ignore[attr-defined]


@staff(Permission.VOLUNTEER_VIEW)
@require_http_methods(["GET", "POST"])
def sessions(request: HopeRequest) -> HttpResponseBase:
    """All dates; those who run volunteering plan a further one here."""
    form = SessionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        day, hour = data.pop("day"), data.pop("hour")
        try:
            row = services.plan(by=request.viewer, starts=clock.at(day, hour) if day and hour else None, **data)
            return redirect("session", session_id=row.pk)
        except errors.Impossible as error:
            place_problems(form, error.problems)
    context = {
        "cards": selectors.sessions(request.viewer),
        "form": form,
        "may_manage": request.viewer.may(Permission.VOLUNTEER_MANAGE),
    }
    return render(request, "volunteers/training.html", context, status=422 if form.errors else 200)


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def session(request: HopeRequest, session_id: int) -> HttpResponseBase:
    card = selectors.session(request.viewer, session_id)
    context = {"card": card, "may_manage": request.viewer.may(Permission.VOLUNTEER_MANAGE)}
    return render(request, "volunteers/session.html", context)


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def invite(request: HopeRequest, session_id: int) -> HttpResponseBase:
    """Those who were picked; from a volunteer's page it is one."""
    picked = _ids(request.POST.getlist("volunteer"))
    for volunteer_id in sorted(picked):
        services.invite(by=request.viewer, session_id=session_id, volunteer_id=volunteer_id)
    said = ngettext("%(n)s person was asked.", "%(n)s people were asked.", len(picked))
    messages.success(request, said % {"n": len(picked)})
    return redirect("session", session_id=session_id)


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def note(request: HopeRequest, session_id: int) -> HttpResponseBase:
    try:
        done = services.note(by=request.viewer, session_id=session_id, came=_ids(request.POST.getlist("came")))
        said = ngettext("%(n)s person completed the course.", "%(n)s people completed the course.", done)
        messages.success(request, said % {"n": done} if done else _("Noted."))
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, str(problem.words))
    return redirect("session", session_id=session_id)


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def certificate(request: HopeRequest, attendance_id: int) -> HttpResponseBase:
    card = selectors.certificate(request.viewer, attendance_id)
    context = {"card": card, "contact_name": card.centre, "contact_phone": card.phone}
    return render(request, "volunteers/course_certificate.html", context)


def _ids(texts: list[str]) -> set[int]:
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 18}
