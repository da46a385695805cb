"""`/desk/imports/`: files of the city's system, what became of their rows, and where a person has to look (R19)."""

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import ImportState
from cases.selectors import imports as selectors
from cases.services import imports as services
from cases.services.import_work import known_mappings
from cases.ui.case_frame import done
from cases.ui.forms_case import add_problems
from cases.ui.forms_imports import BringForm, CorrectForm, LeaveForm
from cases.ui.import_words import field_words, mapping_name, mapping_rows, problem_words
from cases.ui.intake_words import why_words
from hopecare.kernel import errors, panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

_QUEUES = {"wrong": ImportState.WRONG, "review": ImportState.REVIEW}


def _frame(viewer: Viewer, current: str) -> dict[str, Any]:
    wrong, review = selectors.open_counts(viewer)
    rows = reverse("import_rows")
    tabs = [
        {"words": _("Files"), "url": reverse("imports"), "count": ""},
        {"words": _("To be corrected"), "url": rows, "count": wrong},
        {"words": _("To be decided"), "url": f"{rows}?state=review", "count": review},
    ]
    return {"tabs": tabs, "current": current}


@staff(Permission.CITY_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HopeRequest) -> HttpResponseBase:
    """The files that were brought, and the form to bring one."""
    services.demand(request.viewer)
    form = BringForm(request.POST or None, request.FILES or None, ways=known_mappings())
    if request.method == "POST" and form.is_valid():
        file = _brought(request, form)
        if file is not None:
            services.soon(file.pk)
            return HttpResponseRedirect(reverse("import_file", args=[file.pk]))
    context = {
        **_frame(request.viewer, reverse("imports")),
        "files": selectors.files(request.viewer),
        "form": form,
        "ways": mapping_rows(known_mappings()),
    }
    return render(request, "cases/imports/list.html", context, status=422 if form.is_bound and form.errors else 200)


def _brought(request: HopeRequest, form: BringForm) -> Any:
    """The kept file, or None with what is wrong with it on the form."""
    upload = form.cleaned_data["file"]
    if upload.size > services.DESK_BYTES:
        words = _("This file is larger than %(most)s MB. Ask whoever runs the system: manage.py import_city takes it.")
        form.add_error("file", words % {"most": services.DESK_BYTES // (1024 * 1024)})
        return None
    with tempfile.NamedTemporaryFile() as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        try:
            return services.bring(
                by=request.viewer,
                path=Path(kept.name),
                name=upload.name,
                code=form.cleaned_data["mapping"],
                most_rows=services.DESK_ROWS,
            )
        except errors.Impossible as refusal:
            add_problems(form, refusal)
    return None


@staff(Permission.CITY_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HopeRequest, file_id: int) -> HttpResponseBase:
    """What became of one file's rows; a post looks at the waiting ones now."""
    services.demand(request.viewer)
    counted = selectors.file_of(request.viewer, file_id)
    if request.method == "POST":
        count = services.again(by=request.viewer, file_id=file_id)
        said = ngettext("%(n)d row is looked at again.", "%(n)d rows are looked at again.", count) % {"n": count}
        return done(request, said, reverse("import_file", args=[file_id]))
    way = known_mappings().get(counted.file.mapping)
    context = {
        **_frame(request.viewer, "-"),
        "one": counted,
        "way": mapping_name(way) if way else counted.file.mapping,
        "wrong": _lines(selectors.queue(request.viewer, ImportState.WRONG, file_id=file_id)[:5]),
    }
    return render(request, "cases/imports/file.html", context)


def _lines(found: list[selectors.Queued]) -> list[dict[str, Any]]:
    return [
        {
            "row": one.row,
            "name": one.cells.get("name", "") or one.cells.get("person_key", "") or one.cells.get("household_key", ""),
            "what": one.cells.get("service", "") or one.cells.get("programme", "") or one.cells.get("town", ""),
            "problems": [(field_words(name), one.cells.get(name, ""), problem_words(code))
                         for name, code in one.row.problems],
        }
        for one in found
    ]  # fmt: skip


@staff(Permission.CITY_IMPORT)
def rows(request: HopeRequest) -> HttpResponse:
    """A queue: rows to be corrected, or to be decided about."""
    services.demand(request.viewer)
    state = request.GET.get("state", "wrong")
    state = state if state in _QUEUES else "wrong"
    after = request.GET.get("after", "")
    found = selectors.queue(request.viewer, _QUEUES[state], after=int(after) if after.isdecimal() else 0)
    address = reverse("import_rows") + ("?state=review" if state == "review" else "")
    context = {
        **_frame(request.viewer, address),
        "lines": _lines(found),
        "state": state,
        "more": found[-1].row.pk if len(found) == selectors.ROWS else None,
    }
    return render(request, "cases/imports/rows.html", context)


@staff(Permission.CITY_IMPORT)
def row(request: HopeRequest, row_id: int) -> HttpResponse:
    services.demand(request.viewer)
    return _row_page(request, selectors.row_of(request.viewer, row_id))


def _row_page(
    request: HopeRequest, one: selectors.Queued, form: CorrectForm | None = None, leave: LeaveForm | None = None
) -> HttpResponse:
    way = known_mappings().get(one.row.file.mapping)
    wrong = one.row.state == ImportState.WRONG and way is not None
    if wrong and form is None and way is not None:
        form = CorrectForm(one.cells, way=way, problems=one.row.problems).say()
    meant = selectors.meant(request.viewer, way, one.cells) if way and one.row.state == ImportState.REVIEW else []
    context = {
        **_frame(request.viewer, "-"),
        "one": one,
        "form": form,
        "leave": leave or LeaveForm(),
        "cells": [(field_words(name), text) for name, text in one.cells.items() if name != "resident_number"],
        "meant": [{"who": who, "why": why_words(who.reasons, who.chance)} for who in meant],
        "waits": [problem_words(code) for _name, code in one.row.problems],
    }
    came_back = request.method == "POST"
    return render(request, "cases/imports/row.html", context, status=422 if came_back else 200)


@staff(Permission.CITY_IMPORT)
@require_POST
def correct(request: HopeRequest, row_id: int) -> HttpResponseBase:
    """Take the row in with the words as corrected; what is still wrong stands on the form again."""
    one = selectors.row_of(request.viewer, row_id)
    way = known_mappings().get(one.row.file.mapping)
    if way is None:
        raise errors.NotFound("import_row", str(row_id))
    form = CorrectForm(request.POST, way=way, problems=[])
    if form.is_valid():
        try:
            row = services.correct(by=request.viewer, row_id=row_id, cells=form.cleaned_data)
        except errors.Impossible as refusal:
            add_problems(form, refusal)
        else:
            if row.state != ImportState.WRONG:
                return done(request, _("Thank you. The row is on its way."), _next(request.viewer, "wrong"))
            form = CorrectForm(request.POST, way=way, problems=row.problems).say()
    return _row_page(request, one, form)


@staff(Permission.CITY_IMPORT)
@require_POST
def decide(request: HopeRequest, row_id: int) -> HttpResponseBase:
    """This person of ours, or somebody else. Only whom the page showed may be meant."""
    services.demand(request.viewer)
    one = selectors.row_of(request.viewer, row_id)
    way = known_mappings().get(one.row.file.mapping)
    chosen = request.POST.get("person", "")
    person_id = int(chosen) if chosen.isdecimal() and len(chosen) < 18 else None
    shown = {who.person_id for who in selectors.meant(request.viewer, way, one.cells)} if way else set()
    if (person_id is None and chosen != "other") or (person_id is not None and person_id not in shown):
        raise errors.NotFound("person", chosen)
    try:
        services.decide(by=request.viewer, row_id=row_id, person_id=person_id)
    except errors.Impossible as refusal:
        return done(request, str(refusal.problems[0].words), reverse("import_row", args=[row_id]))
    return done(request, _("Thank you. The row is on its way."), _next(request.viewer, "review"))


@staff(Permission.CITY_IMPORT)
@require_POST
def leave(request: HopeRequest, row_id: int) -> HttpResponseBase:
    services.demand(request.viewer)
    one = selectors.row_of(request.viewer, row_id)
    form = LeaveForm(request.POST)
    if form.is_valid():
        try:
            services.leave_out(by=request.viewer, row_id=row_id, words=form.cleaned_data["words"])
        except errors.Impossible as refusal:
            add_problems(form, refusal)
        else:
            state = "review" if one.row.state == ImportState.REVIEW else "wrong"
            return done(request, _("Left out."), _next(request.viewer, state))
    return _row_page(request, one, leave=form)


def _next(viewer: Viewer, state: str) -> str:
    """The next row of the same queue, so that forty are done one after another; else the queue itself."""
    found = selectors.queue(viewer, _QUEUES[state])[:1]
    if found:
        return reverse("import_row", args=[found[0].row.pk])
    return reverse("import_rows") + ("?state=review" if state == "review" else "")


def entry(viewer: Viewer, subject: Any) -> Panel | None:
    """The way here, for the central desk and the city hall."""
    if not (viewer.central and viewer.may(Permission.CITY_IMPORT)):
        return None
    context = {"url": reverse("imports"), "label": _("City lists"), "count": "", "exact": False}
    return Panel("components/nav_item.html", context)


def register() -> None:
    panels.register("desk.nav", 60, entry)
