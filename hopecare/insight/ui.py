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


@staff(Permission.BOARD_VIEW)
def boards(request: HopeRequest) -> HttpResponse:
    context = {
        "stages": _stage_names(),
        "cases": selectors.cases_by_zone(request.viewer),
        "zones": [zone.name for zone in Zone.objects.order_by("pk")],
        "needs": selectors.needs_by_category(request.viewer),
        "promises": selectors.promises_by_zone(request.viewer),
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
