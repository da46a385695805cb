"""Boards: what an advisory member, an accountant and every team may see of the whole."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.states import CaseStage
from hopecare.insight import rules, selectors
from hopecare.kernel import audit, errors
from hopecare.kernel.models import Category, ProviderKind, Zone
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

audit.register_words({"research_extracted": gettext_lazy("fetched sums for research")})


def _stage_names() -> list[str]:
    names = {
        CaseStage.INTAKE: _("Intake"),
        CaseStage.SURVEY: _("Needs and risk survey"),
        CaseStage.CONFERENCE: _("Case conference"),
        CaseStage.PLANNING: _("Service plan"),
        CaseStage.DELIVERY: _("Delivery and review"),
    }
    return [names[CaseStage(stage)] for stage in selectors.STAGES]


def _sides(request: HopeRequest) -> list[tuple[str, list[tuple[str, list[Any]]]]]:
    """Who waited how long and got how much, in the order of the page; a side without cases has no cells."""
    found = selectors.treated_by_side(request.viewer)
    zones = [(zone.code, zone.name) for zone in Zone.objects.order_by("pk")]
    distances = [("near", _("near")), ("middle", _("further")), ("far", _("far away"))]
    weights = [("light", _("light")), ("middle", _("several needs")), ("heavy", _("four and more"))]
    sides = [("distance", _("Distance"), distances), ("weight", _("Weight"), weights), ("zone", _("Zone"), zones)]
    return [
        (title, [(words, list(astuple(found.get(side, {}).get(name, selectors.Treated())))) for name, words in names])
        for side, title, names in sides
    ]


@staff(Permission.BOARD_VIEW)
def boards(request: HopeRequest) -> HttpResponse:
    context = {
        "stages": _stage_names(),
        "cases": selectors.cases_by_zone(request.viewer),
        "zones": [zone.name for zone in Zone.objects.order_by("pk")],
        "needs": selectors.needs_by_category(request.viewer),
        "promises": selectors.promises_by_zone(request.viewer),
        "not_better": selectors.not_better_by_zone(request.viewer),
        "sides": _sides(request),
        "may_ask": request.viewer.may(Permission.WHAT_IF),
    }
    return render(request, "insight/boards.html", context)


@staff(Permission.MONEY_VIEW)
def accounts(request: HopeRequest) -> HttpResponse:
    lines = selectors.money_by_source(request.viewer)
    context = {
        "months": selectors.months(),
        "money": lines,
        "largest": max((int(cell or 0) for line in lines for cell in line.cells), default=0) or 1,
    }
    return render(request, "insight/accounts.html", context)


def _table(title: str, says: str, columns: list[str], names: dict[str, str], table: rules.Table) -> dict[str, Any]:
    lines = [(names[code], table.row(code)) for code in table.lines]
    return {"title": title, "says": says, "head": [*columns, _("Together")], "lines": lines,
            "sums": table.row(rules.TOTAL)}  # fmt: skip


def _tables(found: selectors.CouncilReport) -> list[dict[str, Any]]:
    """Every table with its definition, as page, paper and file tell them."""
    categories = {category.code: category.name for category in Category.objects.all()}
    zones = {zone.code: zone.name for zone in Zone.objects.order_by("pk")}
    kinds = [kind.name for kind in ProviderKind.objects.all()]
    places = list(zones.values())
    given = _("Each time one service was given to a household or person in the quarter counts once.")
    told = _(
        "A need counts for a person and category once it was told as 2 or more of 4, in cases open in the quarter."
    )
    asked = _("Answers to one question after a service, by the month they came in. Nobody had to answer.")
    head = [_("Reports"), _("Looked at in the promised time"), _("Median hours until then")]
    answers = {
        "title": _("Reports and how soon we came"),
        "head": [*head, _("Said: it is not better")],
        "says": _("Reports received in the quarter, without those taken back. Last: who said it did not get better."),
        "lines": [(zones[code], found.answers[code]) for code in zones],
        "sums": found.answers[rules.TOTAL],
    }
    return [
        _table(_("Help given, by category and zone"), given, places, categories, found.by_zone),
        _table(_("Help given, by category and who gave it"), given, kinds, categories, found.by_kind),
        _table(_("Needs met"), f"{told} {_('Met: its newest answer is 0 or 1.')}", places, categories, found.met),
        _table(_("Needs not met yet"), f"{told} {_('Not met: its newest answer is still 2 or more.')}", places,
               categories, found.unmet),
        _table(_("How was it?"), asked, [_("It was good"), _("So-so"), _("It was not good")], categories, found.said),
        answers,
    ]  # fmt: skip


@staff(Permission.BOARD_VIEW)
def report(request: HopeRequest) -> HttpResponse:
    """The quarter's report for the council, to read and to print (R10, R77)."""
    found = selectors.council_report(request.viewer, request.GET.get("quarter", ""))
    context = {"report": found, "tables": _tables(found), "quarters": selectors.quarters()}
    context["words"] = selectors.council_words(request.viewer, found.quarter)
    return render(request, "insight/report.html", context)


@staff(Permission.BOARD_VIEW)
def report_file(request: HopeRequest) -> HttpResponse:
    """The same figures as CSV: sums that hold nobody, so no reason is asked."""
    found = selectors.council_report(request.viewer, request.GET.get("quarter", ""))
    return _csv(f"report-{found.quarter.key}.csv", _file_lines(_tables(found)))


def _file_lines(tables: list[dict[str, Any]]) -> Iterator[list[Any]]:
    for table in tables:
        yield [table["title"], table["says"]]
        yield ["", *table["head"]]
        for name, cells in [*table["lines"], (_("Together"), table["sums"])]:
            yield [name, *("–" if cell is None else cell for cell in cells)]
        yield []


@staff(Permission.BOARD_VIEW)
def outcomes(request: HopeRequest) -> HttpResponse:
    """How it went beside what was recorded as spent: side by side, not cause and effect (R79)."""
    half = selectors.half_of(request.GET.get("half", ""))
    context = {
        "half": half,
        "halves": selectors.halves(),
        "lines": selectors.outcomes(request.viewer, half),
        "work": selectors.work(request.viewer, half),
        "may_extract": request.viewer.may(Permission.RESEARCH_EXTRACT),
    }
    return render(request, "insight/outcomes.html", context)


@staff(Permission.RESEARCH_EXTRACT)
def extract(request: HopeRequest) -> HttpResponse:
    """Sums for research: first the reason, then the file (R25)."""
    half = selectors.half_of(request.POST.get("half", request.GET.get("half", "")))
    reason, problem = request.POST.get("reason", "").replace("\0", "")[:200], ""
    if request.method == "POST":
        try:
            lines = selectors.research_extract(request.viewer, half, reason=reason)
        except errors.Impossible:
            problem = _("Please say what the file is for.")
        else:
            return _csv(f"research-{half.key}.csv", lines)
    context = {"half": half, "halves": selectors.halves(), "reason": reason, "problem": problem}
    return render(request, "insight/extract.html", context, status=422 if problem else 200)


def _csv(name: str, lines: Iterable[list[Any]]) -> HttpResponse:
    """UTF-8 with a mark, so that a spreadsheet reads Hangul."""
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
