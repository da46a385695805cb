"""`/desk/cases/`: the list and the one line of search."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.selectors.case_list import PAGE, Filters, Listed, case_page, is_late, scopes_of
from cases.selectors.search import understood
from cases.selectors.team import leads_and_towns
from cases.states import CaseStage
from cases.ui import case_words as words
from cases.ui.checks_words import tries_words
from hopecare.kernel import clock
from hopecare.kernel.models.people import age_on
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags import hope_formats as formats
from hopecare.kernel.web import HopeRequest, staff


def _filters(request: HopeRequest) -> Filters:
    def number(name: str) -> int | None:
        text = request.GET.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    return Filters(
        scope=request.GET.get("show", ""),
        stage=request.GET.get("stage", ""),
        town=number("town"),
        lead=number("lead"),
        query=request.GET.get("q", "").replace("\x00", "").strip()[:80],
        after=request.GET.get("after", ""),
    )


def _tabs(scopes: list[str], chosen: str, query: str) -> list[dict[str, Any]]:
    labels = {
        "mine": _("My cases"),
        "team": _("My team"),
        "house": _("Our organisation"),
        "shared": _("Shared with me"),
        "closed": _("Closed"),
    }
    url = reverse("case_list")
    return [{"words": labels[scope], "url": f"{url}?show={scope}", "count": ""} for scope in scopes]


def _row(case: Listed, url: str) -> tuple[Any, ...]:
    """The cells in the order of the template's loop: plain words, since fifty rows are fifty times everything."""
    return (
        f"{url}{case.number}/",
        case.person,
        formats.age(age_on(case.birth_date, clock.today())),
        words.state_words(case),
        case.number,
        words.in_language(case._asdict(), "town"),
        words.stage_words(case.stage),
        words.due_words(case),
        is_late(case),
        case.lead,
        formats.day_short(case.last_contact_at),
        tries_words(case.tries),
    )


@staff(Permission.CASE_VIEW)
def case_list(request: HopeRequest) -> HttpResponse:
    filters = _filters(request)
    found = case_page(request.viewer, filters)
    leads, towns = ([], []) if filters.query else leads_and_towns(request.viewer)
    url = reverse("case_list")
    context = {
        "rows": [_row(case, url) for case in found.cases],
        "page": found,
        "page_size": PAGE,
        "filters": filters,
        "desk_query": filters.query,
        "too_little": bool(filters.query) and understood(filters.query).is_empty,
        "tabs": _tabs(scopes_of(request.viewer), found.scope, filters.query),
        "current": "" if filters.query else f"{url}?show={found.scope}",
        "stages": [(str(stage), words.stage_words(stage)) for stage in CaseStage if stage != CaseStage.CLOSED],
        "towns": towns,
        "leads": leads,
        "narrowed": bool(filters.stage or filters.town or filters.lead),
    }
    return render(request, "cases/list/list.html", context)
