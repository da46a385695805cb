"""Visits of nurses and doctors: one person over time, the form of the doorstep, one sheet, its paper (R49, R51, D4)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from cases.models import Case, HealthVisit
from cases.rules import health as rules
from cases.rules.checks import Override
from cases.selectors import health as found
from cases.selectors.case_page import read_case
from cases.selectors.catalogue import provider_kind
from cases.selectors.choices import for_service
from cases.services import health as services
from cases.ui import health_words as words
from cases.ui.case_frame import address, done, frame, taken
from cases.ui.forms_health import VisitForm
from hopecare.kernel import clock, errors
from hopecare.kernel.models import Service
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_VIEW)
@require_GET
def visits(request: HopeRequest, number: str) -> HttpResponseBase:
    """One person at a time: whoever prints this page prints nobody else (D4)."""
    case = read_case(request.viewer, number)
    found.demand_reading(request.viewer, case)
    people = found.people_seen(request.viewer, case)
    asked = request.GET.get("whose", "")
    person = next((one for one in people if str(one.pk) == asked), people[0] if people else None)
    if person is None:
        raise errors.NotFound("person", number)
    here = address(case, "case_health")
    rows = found.visits_to(request.viewer, case, person)
    context = {
        **frame(case, _("Visits of nurse and doctor")),
        "person": person,
        "tabs": [{"words": one.name, "url": f"{here}?whose={one.pk}"} for one in people] if len(people) > 1 else [],
        "current": f"{here}?whose={person.pk}",
        "charts": words.charts(rows),
        "table": words.table(rows),
        "columns": words.columns(rows),
        "kinds": found.kinds_for(request.viewer, case),
        "sources": words.sources(rows),
    }
    return render(request, "cases/health/visits.html", context)


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest, number: str, kind: str) -> HttpResponseBase:
    """What a nurse or a doctor writes down at the door."""
    case = read_case(request.viewer, number)
    found.demand_reading(request.viewer, case)
    service = found.services_at_home().get(kind)
    if service is None:
        raise errors.NotFound("case", number)
    chosen = rules.kinds()[kind]
    form = VisitForm(
        request.POST or None,
        kind=chosen,
        offered=for_service(request.viewer, case, None),
        tasks=found.open_tasks(request.viewer, case, service),
        initial=_prefilled(request, case, chosen),
    )

    def write() -> None:
        services.record_visit(by=request.viewer, number=number, kind=kind, told=_told(form, service))

    if taken(request, form, write):
        where = f"{address(case, 'case_health')}?whose={form.cleaned_data['person'].pk}"
        return done(request, _("The visit is on record."), where)
    context = {**frame(case, chosen.name), "form": form}
    return render(request, "cases/health/new.html", context, status=422 if form.is_bound and form.errors else 200)


def _prefilled(request: HopeRequest, case: Case, kind: rules.Kind) -> dict[str, Any]:
    whose = request.GET.get("whose", "")
    return {
        "person": int(whose) if whose.isdecimal() and len(whose) < 18 else case.main_person_id,
        "given_on": clock.today(),
        "visitor": request.viewer.name if kind.code == "nursing" else "",
        "provider_kind": provider_kind(kind.provider_kind),
        "provider": case.provider_id,
    }


def _told(form: VisitForm, service: Service) -> services.VisitTold:
    data = form.cleaned_data
    names = ("person", "given_on", "visitor", "provider", "provider_kind", "sure", "signs", "told_whom", "next_on")
    own = {name: data[name] for name in ("medicines", "done", "found", "advice", "referred_to") if name in data}
    task = data.get("task")
    return services.VisitTold(
        service=service,
        **{name: data[name] for name in names},
        **own,
        measured=form.measured(),
        fasting=form.said("fasting"),
        prescription=form.said("prescription"),
        action_id=task.pk if task else None,
        token=data["token"],
        override=Override(data["overlap_reason"], data["overlap_words"]),
    )


def _one(request: HopeRequest, number: str, health_id: int) -> tuple[Case, HealthVisit]:
    case = read_case(request.viewer, number)
    return case, found.visit_of(request.viewer, case, health_id)


@staff(Permission.CASE_VIEW)
@require_safe
def sheet(request: HopeRequest, number: str, health_id: int) -> HttpResponseBase:
    """One visit with everything that was written down."""
    case, row = _one(request, number, health_id)
    context = {**frame(case, words.title(row)), **words.sheet(request.viewer, row)}
    return render(request, "cases/health/sheet.html", context)


@staff(Permission.CASE_VIEW)
@require_safe
def paper(request: HopeRequest, number: str, health_id: int) -> HttpResponse:
    """For the visited person alone, or the clinic they take it to; printing is recorded (D4)."""
    case, row = _one(request, number, health_id)
    services.print_sheet(by=request.viewer, visit=row)
    context = {
        **words.sheet(None, row),
        "case": case,
        "title": words.title(row),
        "contact_name": case.lead.name,
        "contact_phone": case.lead.phone or case.provider.phone,
        "back": address(case, "case_health_sheet", health_id=row.pk),
    }
    return render(request, "cases/health/paper.html", context)
