"""`…/forms/`: the ministry's forms of a case, to copy field by field or as a sheet; what is not carried over (K1)."""

import io
from typing import Any

import openpyxl
from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.writer.excel import save_workbook

from cases.access import notes_since
from cases.rules.official_forms import Form, is_open
from cases.rules.official_forms import forms as official
from cases.selectors import official_forms as selectors
from cases.services.official_forms import carry
from cases.ui.case_frame import done, frame
from cases.ui.forms_case import add_problems
from cases.ui.official_words import filled
from hopecare.kernel import errors
from hopecare.kernel.models.base import in_language
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("What for?"), max_length=200, required=False)


def _tabs(facts: selectors.Facts, number: str) -> list[dict[str, Any]]:
    return [
        {
            "words": in_language(form.name_ko, form.name_en),
            "url": reverse("case_form", args=[number, code]),
            "count": "",
            "open": is_open(facts.since.get(code), facts.carried[code].at if code in facts.carried else None),
        }
        for code, form in official().items()
    ]


def _form(code: str) -> Form:
    if code not in official():
        raise errors.NotFound("form", code)
    return official()[code]


@staff(Permission.CASE_ASSESS)
@require_http_methods(["GET", "HEAD"])
def form(request: HopeRequest, number: str, code: str) -> HttpResponse:
    """One form, every field by itself to be copied; works by selecting where there is no script."""
    return _page(request, selectors.facts(request.viewer, number), _form(code))


def _page(request: HopeRequest, facts: selectors.Facts, one: Form, reason: ReasonForm | None = None) -> HttpResponse:
    case, carried = facts.view.case, facts.carried.get(one.code)
    since = facts.since.get(one.code)
    english = not (get_language() or "ko").startswith("ko")
    context = {
        **frame(case, in_language(one.name_ko, one.name_en)),
        "one": one,
        "tabs": _tabs(facts, case.number),
        "current": reverse("case_form", args=[case.number, one.code]),
        "lines": [(f"f{place}", field, text) for place, (field, text) in enumerate(filled(one, facts), 1)],
        "english": english,
        "since": since,
        "carried": carried,
        "open": is_open(since, carried.at if carried else None),
        "form": reason or ReasonForm(),
        "notes_since": notes_since(request.viewer, case),
        "may_fetch": request.viewer.may(Permission.CASE_EXPORT),
    }
    return render(request, "cases/official/form.html", context, status=422 if reason is not None else 200)


@staff(Permission.CASE_ASSESS)
@require_POST
def carried(request: HopeRequest, number: str, code: str) -> HttpResponseBase:
    carry(by=request.viewer, number=number, code=code)
    return done(request, _("Noted: carried over."), reverse("case_form", args=[number, code]))


@staff(Permission.CASE_EXPORT)
@require_POST
def sheet(request: HopeRequest, number: str, code: str) -> HttpResponseBase:
    """All forms that have something in them, a sheet each: headings in the form's order, one row below (K9)."""
    one, reason = _form(code), ReasonForm(request.POST)
    if reason.is_valid():
        try:
            return _workbook(selectors.fetched(request.viewer, number, reason=reason.cleaned_data["reason"]))
        except errors.Impossible as refusal:
            add_problems(reason, refusal)
    return _page(request, selectors.facts(request.viewer, number), one, reason)


def _workbook(facts: selectors.Facts) -> HttpResponse:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for code, one in official().items():
        if code in facts.since:
            lines = filled(one, facts)
            page = book.create_sheet(one.name_ko[:31])
            page.append([field.ko for field, _text in lines])
            for place, (_field, text) in enumerate(lines, 1):
                cell = page.cell(row=2, column=place, value=ILLEGAL_CHARACTERS_RE.sub("", text))
                cell.data_type = "s"  # words, even where they look like a formula
    content = io.BytesIO()
    save_workbook(book, content)
    response = HttpResponse(content.getvalue(), content_type=_SHEET)
    response["Content-Disposition"] = f'attachment; filename="forms-{facts.view.case.number}.xlsx"'
    return response


@staff(Permission.CASE_ASSESS)
def waiting(request: HopeRequest) -> HttpResponse:
    """What is not carried over yet, of the cases one leads."""
    rows = [
        {
            "case": one.case,
            "name": in_language(official()[one.code].name_ko, official()[one.code].name_en),
            "since": one.since,
            "again": one.again,
            "url": reverse("case_form", args=[one.case.number, one.code]),
        }
        for one in selectors.waiting(request.viewer)
    ]
    return render(request, "cases/official/waiting.html", {"rows": rows[:200], "total": len(rows)})
