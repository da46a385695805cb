"""Boards: what an advisory member, an accountant and every team may see of the whole."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.states import CaseStage
from hopecare.insight import selectors
from hopecare.kernel.models import Zone
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


def _stage_names() -> list[str]:
    names = {
        CaseStage.INTAKE: _("Intake"),
        CaseStage.SURVEY: _("Needs and risk survey"),
        CaseStage.CONFERENCE: _("Case conference"),
        CaseStage.PLANNING: _("Service plan"),
        CaseStage.DELIVERY: _("Delivery and review"),
    }
    return [names[CaseStage(stage)] for stage in selectors.STAGES]


def _waits(request: HopeRequest) -> list[tuple[str, list[tuple[str, tuple[int | None, float | None, float | None]]]]]:
    """Waiting times in the order of the page; a side without cases has no cells."""
    found, nothing = selectors.waiting_by_side(request.viewer), (None, None, None)
    zones = [(zone.code, zone.name) for zone in Zone.objects.order_by("pk")]
    distances = [("near", _("near")), ("middle", _("further")), ("far", _("far away"))]
    weights = [("light", _("light")), ("middle", _("several needs")), ("heavy", _("four and more"))]
    sides = [("distance", _("Distance"), distances), ("weight", _("Weight"), weights), ("zone", _("Zone"), zones)]
    return [
        (title, [(words, found.get(side, {}).get(name, nothing)) for name, words in names])
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
        "waits": _waits(request),
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
