"""One service, a list, tick who received it: forty records in a minute, each looked up for what is given twice."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cases.models import OverlapReason
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

    line: lists.Line
    ticked: bool
    near: list[Near]
    reason: str
    words: str
    problems: list[Any]

    @property
    def key(self) -> str:
        return _spelt(self.line.key)


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
        lines = lists.chosen(viewer, _keys(request, "row"))
        try:
            written = record_batch(by=viewer, batch=_told(form), ticked=_overrides(request, lines))
        except errors.Impossible as refusal:
            problems = _sorted_out(form, refusal)
        else:
            said = ngettext("%(n)d record is written.", "%(n)d records are written.", written) % {"n": written}
            return done(request, said if written else _("This list was written already."), reverse("service_batch"))
    else:
        together = lists.per_household(data["service"])
        told = {"scope": data["scope"], "names": data["names"], "who": data["who"] or "main"}
        found = lists.called(viewer, **told, together=together)
        lines, unknown = found.lines, found.unknown
    near = lists.given_already(
        viewer,
        lines,
        service=data["service"],
        giver_id=data["provider"].pk,
        given_on=data["given_on"],
        won=data["amount_won"] or 0,
    )
    return _page(request, form, _rows(request, lines, near, problems), unknown, looked=True)


def _rows(
    request: HopeRequest, lines: list[lists.Line], near: dict[lists.Key, list[Near]], problems: dict[str, list[Any]]
) -> list[Row]:
    everybody, ticked = request.POST.get("show") == "all", set(_keys(request, "got"))
    return [
        Row(
            line,
            everybody or line.key in ticked,
            near.get(line.key, []),
            request.POST.get(f"reason_{_spelt(line.key)}", ""),
            request.POST.get(f"words_{_spelt(line.key)}", ""),
            problems.get(f"line_{_spelt(line.key)}", []),
        )
        for line in lines
    ]


def _told(form: BatchForm) -> Batch:
    data = form.cleaned_data
    names = ("service", "provider_kind", "provider", "given_on", "fund_source", "note", "token")
    return Batch(**{name: data[name] for name in names}, amount_won=data["amount_won"] or 0)


def _overrides(request: HopeRequest, lines: list[lists.Line]) -> dict[lists.Key, Override]:
    ticked = set(_keys(request, "got"))
    return {
        line.key: Override(
            _reason(request.POST.get(f"reason_{_spelt(line.key)}", "")),
            request.POST.get(f"words_{_spelt(line.key)}", "")[:300],
        )
        for line in lines
        if line.key in ticked
    }


def _reason(text: str) -> str:
    return text if text in set(OverlapReason) else ""


def _spelt(key: lists.Key) -> str:
    return f"{key[0]}-{key[1]}"


def _keys(request: HopeRequest, name: str) -> list[lists.Key]:
    """Case and person of each line, as the page wrote them: "12-34"."""
    pairs = [text.split("-") for text in request.POST.getlist(name)]
    return [
        (int(pair[0]), int(pair[1]))
        for pair in pairs
        if len(pair) == 2 and all(one.isdecimal() and len(one) < 18 for one in pair)
    ]


def _sorted_out(form: BatchForm, refusal: errors.Impossible) -> dict[str, list[Any]]:
    """What concerns one line goes to that line, the rest to the form."""
    lines: dict[str, list[Any]] = {}
    for problem in refusal.problems:
        if problem.field.startswith("line_"):
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
