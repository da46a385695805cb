"""Who reads our records, odd looks with a signature a month, cases shared with us, and files with a reason (R9, K9)."""

import csv
import io
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.selectors import reading as selectors
from cases.selectors.exports import exported_services
from cases.selectors.shared import shared_case, shared_cases
from cases.services import reviews
from cases.ui import case_words as words
from cases.ui.access_pages import board
from cases.ui.case_frame import done, taken
from cases.ui.forms_access import ExportForm, SignMonthForm
from hopecare.kernel import phones
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


def _kind_words(kind: str) -> str:
    return {
        "own_town": _("lives in that town"),
        "same_surname": _("same family name"),
        "same_address": _("same address"),
        "night": _("at night"),
        "bulk": _("very many in an hour"),
        "probing": _("many questions without a record"),
    }.get(kind, kind)


@staff(Permission.AUDIT_VIEW)
def odd_reading(request: HopeRequest) -> HttpResponseBase:
    """The odd looks of a month, and the signature of the one who went through them."""
    viewer = request.viewer
    month = selectors.month_from(request.GET.get("month", ""))
    review = selectors.review_of(viewer, month)
    form = SignMonthForm(request.POST or None)
    if taken(request, form, lambda: reviews.sign_month(by=viewer, month=month, **form.cleaned_data)):
        return done(request, _("Signed. Thank you for looking."), f"{reverse('odd_reading')}?month={month:%Y-%m}")
    looks = [
        {
            "tag": _kind_words(look.kind),
            "tone": "amb",
            "at": look.at,
            "title": look.name,
            "note": look.organisation,
            "clock": " · ".join([_("%(looks)s looks") % {"looks": look.looks}, *look.numbers[:6]]),
        }
        for look in selectors.odd_looks(viewer, month)
    ]
    title = _("Odd looks in %(month)s") % {"month": date_format(month, "YEAR_MONTH_FORMAT")}
    parts = [{"title": title, "entries": looks, "empty": _("No look was odd.")}]
    if review is not None:
        signed = {"tag": _("signed"), "tone": "acc", "at": review.signed_at, "title": review.signed_by.name}
        parts.insert(0, {"title": _("Looked through"), "entries": [{**signed, "words": review.words}], "empty": ""})
    intro = _("A question to ask, not a guilt: whoever leads a case or works on it by name is not listed.")
    context: dict[str, Any] = {"title": _("Looks to ask about"), "intro": intro, "parts": parts}
    if review is None:
        context |= {"form": form, "form_title": _("Sign the month"), "button": _("I went through it")}
    return board(request, context)


@staff(Permission.AGREEMENT_SIGN, Permission.AUDIT_VIEW)
@require_GET
def readers(request: HopeRequest) -> HttpResponseBase:
    """Every organisation sees who of another one read its records, and may lower the agreement at once."""
    entries = [
        {
            "tag": _("%(records)s records") % {"records": row.records},
            "tone": "red" if row.refused else "dim",
            "at": row.last_at,
            "title": row.organisation or "–",
            "note": row.name,
            "clock": _("%(refused)s refused attempts") % {"refused": row.refused} if row.refused else "",
            "late": bool(row.refused),
            "url": reverse("agreements") if request.viewer.may(Permission.AGREEMENT_SIGN) else "",
        }
        for row in selectors.readers(request.viewer)
    ]
    parts = [
        {"title": _("The last thirty days"), "entries": entries, "empty": _("Nobody of another organisation did.")}
    ]
    intro = _("People of other organisations who read what yours provides. Sharing can be lowered at once.")
    return board(request, {"title": _("Who reads our records"), "intro": intro, "parts": parts})


@staff(Permission.CASE_VIEW)
@require_GET
def shared_list(request: HopeRequest) -> HttpResponseBase:
    """Cases of other organisations in which ours takes part."""
    entries = [
        {
            "tag": _("level %(level)s") % {"level": row.level},
            "tone": "acc" if row.level else "dim",
            "title": row.name or _("a case"),
            "note": f"{row.number} · {row.owner.name} {phones.shown(row.owner.phone)}",
            "url": reverse("shared_case", args=[row.number]),
        }
        for row in shared_cases(request.viewer)
    ]
    parts = [
        {"title": _("We take part in"), "entries": entries, "empty": _("No organisation shares a case with yours.")}
    ]
    intro = _("As much as both organisations signed for, and the person agreed to.")
    return board(request, {"title": _("Shared with us"), "intro": intro, "parts": parts})


@staff(Permission.CASE_VIEW)
@require_GET
def shared_page(request: HopeRequest, number: str) -> HttpResponseBase:
    row = shared_case(request.viewer, number)
    notes = [
        {"at": one.at, "by": one.by_name, "words": words.entry_words(_as_row(one)), "note": one.words}
        for one in row.notes
    ]
    return render(request, "cases/access/shared.html", {"row": row, "notes": notes})


def _as_row(entry: Any) -> dict[str, Any]:
    return {"kind": entry.kind, "details": entry.details, "words": entry.words, "by": entry.by_name, "at": entry.at}


@staff(Permission.CASE_EXPORT)
def export_services(request: HopeRequest) -> HttpResponseBase:
    """Services given, as a file: first the reason, which stands in the log, then the lines one may see (K9)."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.cleaned_data["reason"].strip():
        lines = exported_services(request.viewer, reason=form.cleaned_data["reason"])
        return _file("services.csv", lines)
    intro = _("Of this year, as far as you may see them. The reason stands in the log, beside what you took along.")
    context = {"title": _("Services as a file"), "intro": intro, "parts": [], "form": form}
    return board(request, {**context, "form_title": _("First the reason"), "button": _("Fetch the file")})


def _file(name: str, lines: list[list[str]]) -> HttpResponse:
    """UTF-8 with a mark, so that a spreadsheet reads Hangul."""
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
