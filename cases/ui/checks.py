"""Given twice, given by nobody: two worklists, one answer each; the hint while a record is written (R20, D17)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.models import Omission, OmissionKind, OverlapKind
from cases.rules.checks import Near
from cases.selectors import omissions as omission_rows
from cases.selectors import overlaps as overlap_rows
from cases.selectors.case_page import read_case
from cases.selectors.catalogue import by_id, services
from cases.services import omissions, overlaps
from cases.ui.case_frame import done, taken
from cases.ui.checks_words import omission_line, overlap_line
from cases.ui.forms_access import OmissionAnswerForm, OverlapAnswerForm
from hopecare.kernel import clock, errors
from hopecare.kernel.models import Service
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


def _tabs(counts: dict[str, int], kinds: Any, url: str) -> list[dict[str, Any]]:
    tabs = [{"words": _("All"), "url": url, "count": counts["all"]}]
    tabs.append({"words": _("Mine"), "url": f"{url}?show=mine", "count": counts["mine"]})
    for kind in kinds:
        if counts[kind]:
            tabs.append({"words": kind.label, "url": f"{url}?show={kind}", "count": counts[kind]})
    return tabs


def _page(
    request: HopeRequest, rows: list[dict[str, Any]], counts: dict[str, int], kinds: Any, name: str
) -> HttpResponse:
    url, show = reverse(name), request.GET.get("show", "")
    context = {
        "rows": rows,
        "counts": counts,
        "late": sum(1 for row in rows if row["late"]),
        "tabs": _tabs(counts, kinds, url),
        "current": f"{url}?show={show}" if show else url,
        "which": name,
        "now": clock.now(),
    }
    return render(request, "cases/checks/list.html", context)


@staff(Permission.CASE_SERVICE)
@require_GET
def overlap_list(request: HopeRequest) -> HttpResponseBase:
    show = request.GET.get("show", "")
    found = overlap_rows.overlaps(request.viewer, kind=show, mine=show == "mine")
    rows = [overlap_line(row) for row in found]
    return _page(request, rows, overlap_rows.overlap_counts(request.viewer), OverlapKind, "overlaps")


@staff(Permission.CASE_SERVICE)
@require_GET
def omission_list(request: HopeRequest) -> HttpResponseBase:
    show = request.GET.get("show", "")
    found = omission_rows.omissions(request.viewer, kind=show, mine=show == "mine")
    rows = [omission_line(row) for row in found]
    return _page(request, rows, omission_rows.omission_counts(request.viewer), OmissionKind, "omissions")


@staff(Permission.CASE_SERVICE)
def overlap(request: HopeRequest, overlap_id: int) -> HttpResponseBase:
    """One question with its two sides, and the answer."""
    row = overlap_rows.open_overlap(request.viewer, overlap_id)
    if row is None:
        raise errors.NotFound("overlap", str(overlap_id))
    form = OverlapAnswerForm(request.POST or None)

    def write() -> None:
        data = form.cleaned_data
        overlaps.answer(
            by=request.viewer,
            overlap_id=overlap_id,
            answer=data["answer"],
            words=data["words"],
            told_person_on=data["told_person_on"],
        )

    if taken(request, form, write):
        return done(request, _("Thank you. Nothing was cut off by your answer."), reverse("overlaps"))
    shown = overlap_rows.overlap_row(request.viewer, row, row.answer_due)
    context = {"line": overlap_line(shown), "row": row, "form": form, "back": reverse("overlaps"), "which": "overlaps"}
    return render(request, "cases/checks/answer.html", context, status=422 if form.errors else 200)


@staff(Permission.CASE_SERVICE)
def omission(request: HopeRequest, omission_id: int) -> HttpResponseBase:
    row: Omission | None = omission_rows.open_omission(request.viewer, omission_id)
    if row is None:
        raise errors.NotFound("omission", str(omission_id))
    form = OmissionAnswerForm(request.POST or None)

    def write() -> None:
        data = form.cleaned_data
        omissions.answer(by=request.viewer, omission_id=omission_id, answer=data["answer"], words=data["words"])

    if taken(request, form, write):
        return done(request, _("Written down."), reverse("omissions"))
    shown = omission_rows.OmissionRow(row, 0, (clock.today() - row.about_on).days)
    context = {
        "line": omission_line(shown),
        "row": row,
        "form": form,
        "back": reverse("omissions"),
        "which": "omissions",
    }
    return render(request, "cases/checks/answer.html", context, status=422 if form.errors else 200)


@staff(Permission.CASE_SERVICE)
@require_GET
def hint(request: HopeRequest, number: str) -> HttpResponseBase:
    """While a record is written: what the same people receive already. A fragment; every question is logged (D17)."""
    case = read_case(request.viewer, number)
    service = by_id(services(), _number(request, "service"))
    day = _day(request.GET.get("given_on", ""))
    found = []
    if service is not None and service.service_class_id and day is not None:
        found = overlap_rows.equivalent(
            request.viewer,
            case_id=case.pk,
            person_id=_number(request, "person"),
            service_id=service.pk,
            giver_id=_number(request, "provider"),
            given_on=day,
            until=_day(request.GET.get("until", "")),
            provider_id=case.provider_id,
        )
    return _hint(request, found, service, reverse("case_service_new", kwargs={"number": case.number}))


@staff(Permission.CASE_PLAN)
@require_GET
def plan_hint(request: HopeRequest, number: str) -> HttpResponseBase:
    """While a task is planned: what the household receives already until its day. A fragment; logged as every look."""
    case = read_case(request.viewer, number)
    service = by_id(services(), _number(request, "service"))
    until = _day(request.GET.get("due_on", "")) or _day(request.GET.get("day", "")) or clock.today()
    found = overlap_rows.planned(request.viewer, case, service=service, until=until)
    return _hint(request, found, service, reverse("case_action_new", kwargs={"number": case.number}))


def _hint(request: HopeRequest, found: list[Near], service: Service | None, page: str) -> HttpResponseBase:
    if request.headers.get("HX-Request") != "true" and "bare" not in request.GET:
        return HttpResponseRedirect(page)
    refuses = bool(found) and service is not None and overlap_rows.refuses(service)
    return render(request, "cases/checks/_hint.html", {"found": found, "refuses": refuses})


def _number(request: HopeRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
