"""One service, a list, tick who received it: forty records in a minute, each looked up for what is given twice."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cases.models import Case, OverlapReason
from cases.rules.checks import Near, Override
from cases.selectors import batch as lists
from cases.selectors.catalogue import provider_kind
from cases.selectors.overlaps import refuses
from cases.services.batch import Batch, record_batch
from cases.ui.case_frame import done
from cases.ui.forms_batch import BatchForm
from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@dataclass(frozen=True)
class Row:
    """One line of the list: whose, whether ticked, what is given already, the reason as typed, what is missing."""

    case: Case
    ticked: bool
    near: list[Near]
    reason: str
    words: str
    problems: list[Any]


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HopeRequest) -> HttpResponseBase:
    """Show the list, tick, save. Nothing is lost on the way: whatever was ticked or typed stands there again."""
    viewer = request.viewer
    kinds = {"scope": "mine", "given_on": clock.today(), "provider": viewer.organisation_id}
    initial = {**kinds, "provider_kind": provider_kind("private"), "amount_won": ""}
    form = BatchForm(request.POST or None, catalogue=lists.choices(viewer), initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, [], ())
    data = form.cleaned_data
    unknown: tuple[str, ...] = ()
    problems: dict[str, list[Any]] = {}
    if "save" in request.POST:
        cases = lists.chosen(viewer, _numbers(request, "row"))
        try:
            written = record_batch(by=viewer, batch=_told(form), ticked=_overrides(request, cases))
        except errors.Impossible as refusal:
            problems = _sorted_out(form, refusal)
        else:
            said = ngettext("%(n)d record is written.", "%(n)d records are written.", written) % {"n": written}
            return done(request, said if written else _("This list was written already."), reverse("service_batch"))
    else:
        found = lists.called(viewer, scope=data["scope"], names=data["names"])
        cases, unknown = found.cases, found.unknown
    near = lists.given_already(
        viewer,
        cases,
        service=data["service"],
        giver_id=data["provider"].pk,
        given_on=data["given_on"],
        won=data["amount_won"] or 0,
    )
    return _page(request, form, _rows(request, cases, near, problems), unknown, looked=True)


def _rows(
    request: HopeRequest, cases: list[Case], near: dict[int, list[Near]], problems: dict[str, list[Any]]
) -> list[Row]:
    everybody, ticked = request.POST.get("show") == "all", set(_numbers(request, "got"))
    return [
        Row(
            case,
            everybody or case.pk in ticked,
            near.get(case.pk, []),
            request.POST.get(f"reason_{case.pk}", ""),
            request.POST.get(f"words_{case.pk}", ""),
            problems.get(f"case_{case.pk}", []),
        )
        for case in cases
    ]


def _told(form: BatchForm) -> Batch:
    data = form.cleaned_data
    names = ("service", "provider_kind", "provider", "given_on", "fund_source", "note", "token")
    return Batch(**{name: data[name] for name in names}, amount_won=data["amount_won"] or 0)


def _overrides(request: HopeRequest, cases: list[Case]) -> dict[int, Override]:
    ticked = set(_numbers(request, "got"))
    return {
        case.pk: Override(
            _reason(request.POST.get(f"reason_{case.pk}", "")), request.POST.get(f"words_{case.pk}", "")[:300]
        )
        for case in cases
        if case.pk in ticked
    }


def _reason(text: str) -> str:
    return text if text in set(OverlapReason) else ""


def _numbers(request: HopeRequest, name: str) -> list[int]:
    return [int(text) for text in request.POST.getlist(name) if text.isdecimal() and len(text) < 18]


def _sorted_out(form: BatchForm, refusal: errors.Impossible) -> dict[str, list[Any]]:
    """What concerns one line goes to that line, the rest to the form."""
    lines: dict[str, list[Any]] = {}
    for problem in refusal.problems:
        if problem.field.startswith("case_"):
            lines.setdefault(problem.field, []).append(problem.words)
        else:
            form.add_error(problem.field if problem.field in form.fields else None, problem.words)
    if lines:
        said = ngettext(
            "%(n)d line needs a reason: it is given already.",
            "%(n)d lines need a reason: it is given already.",
            len(lines),
        )
        form.add_error(None, said % {"n": len(lines)})
    return lines


def _page(
    request: HopeRequest, form: BatchForm, rows: list[Row], unknown: tuple[str, ...], *, looked: bool = False
) -> HttpResponseBase:
    service = form.cleaned_data.get("service") if form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "rows": rows,
        "looked": looked,
        "unknown": unknown,
        "twice": sum(1 for row in rows if row.near),
        "refuses": service is not None and refuses(service),
        "household": service is not None and lists.per_household(service),
        "reasons": OverlapReason.choices,
    }
    return render(request, "cases/desk/batch.html", context, status=422 if form.is_bound and form.errors else 200)
