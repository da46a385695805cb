"""When a group meets: the agenda on paper, and a calendar file that names groups and counts, never a person (R13)."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cases.rules.calendar import Entry, calendar
from cases.selectors import council as found
from cases.services import council as services
from cases.ui.case_frame import done, taken
from cases.ui.forms_council import MeetingForm
from hopecare.kernel import clock
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.COUNCIL_KEEP)
@require_POST
def meeting(request: HopeRequest, council_id: int) -> HttpResponseBase:
    """The next meeting: a day, an hour, a place; an empty day calls it off."""
    form = MeetingForm(request.POST)
    here = reverse("council", args=[council_id])

    def write() -> None:
        services.meet(by=request.viewer, council_id=council_id, at=form.at(), place=form.cleaned_data["place"])

    if taken(request, form, write):
        return done(request, _("Written down.") if form.cleaned_data["day"] else _("Nothing is planned now."), here)
    for words in form.errors.values():
        messages.error(request, str(words[0]))
    return HttpResponseRedirect(here)


@staff(Permission.COUNCIL_VIEW)
@require_safe
def agenda(request: HopeRequest, council_id: int) -> HttpResponse:
    """For the table: what is new, what to look at again, which promises wait, and room to write."""
    told = found.agenda(request.viewer, council_id)
    row = told.council
    context = {
        "agenda": told,
        "row": row,
        "title": _("Agenda"),
        "today": clock.today(),
        "back": reverse("council", args=[row.pk]),
    }
    return render(request, "cases/council/agenda.html", context)


@staff(Permission.COUNCIL_VIEW)
@require_safe
def calendar_file(request: HopeRequest, council_id: int) -> HttpResponse:
    """It lies on private telephones: the group, a place, how many, and where to read on; no title, no name."""
    row, reviews, promises = found.days_ahead(request.viewer, council_id)
    url = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('council_agenda', args=[row.pk])}"
    host = settings.PUBLIC_URL.split("//")[-1].split("/")[0]
    entries = []
    if row.meets_at is not None:
        entries.append(Entry(f"group-{row.pk}-meeting@{host}", row.meets_at, row.name, row.meets_in, url))
    for day, count in sorted(reviews.items()):
        words = ngettext("%(n)d decision to look at again", "%(n)d decisions to look at again", count) % {"n": count}
        entries.append(Entry(f"group-{row.pk}-again-{day}@{host}", day, f"{row.name}: {words}", url=url))
    for day, count in sorted(promises.items()):
        words = ngettext("%(n)d promise due", "%(n)d promises due", count) % {"n": count}
        entries.append(Entry(f"group-{row.pk}-promise-{day}@{host}", day, f"{row.name}: {words}", url=url))
    answer = HttpResponse(calendar(row.name, entries, made_at=clock.now()), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="group-{row.pk}.ics"'
    return answer
