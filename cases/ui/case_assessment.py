"""`/desk/cases/<number>/assessment/`: the whole assessment on one screen, and the forms that hang on it (R55, R45)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cases import access
from cases.rules import complexity as rules
from cases.selectors.assessment import (
    Assessment,
    advisers_of,
    answers_over_time,
    assessment_of,
    consultation_of,
    flag_of,
    tie_of,
)
from cases.selectors.case_page import members_of, read_case
from cases.selectors.catalogue import categories
from cases.services import assessment as services
from cases.ui import assessment_words as words
from cases.ui import case_words
from cases.ui.case_frame import address, done, frame, simple_form, taken
from cases.ui.forms_assessment import AdviceForm, AnswerForm, RiskForm, RiskOverForm, TieForm, named
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags import hope_formats as formats
from hopecare.kernel.web import HopeRequest, staff


def grid_rows(view: Assessment) -> list[dict[str, Any]]:
    """One row a person and one for the household, as templates/cases/case/grid.html wants them."""
    codes = [category.code for category in categories()]
    rows = [
        {
            "name": member.person.name,
            "note": case_words.member_note(member, view.case, view.expected.get(member.person.pk)),
            "url": address(view.case, "case_needs_person", person_id=member.person.pk),
            "values": _values(view, member.person.pk, codes),
            "heard": view.heard.get(member.person.pk, ("", "")),
        }
        for member in view.members
    ]
    asked = view.asked_on.get(None)
    household = {
        "name": _("Whole household"),
        "note": _("asked %(day)s") % {"day": formats.day_short(asked)} if asked else _("not asked yet"),
        "url": address(view.case, "case_needs_household"),
        "values": _values(view, None, codes),
        "heard": view.heard.get(None, ("", "")),
    }
    return [*rows, household]


def _values(view: Assessment, person_id: int | None, codes: list[str]) -> list[str]:
    row = view.cells.get(person_id, {})
    return [row[code].value if code in row else "unasked" for code in codes]


def _critical(view: Assessment) -> list[dict[str, str]]:
    names = {member.person.pk: member.person.name for member in view.members}
    labels = {category.code: category.name for category in categories()}
    return [
        {"who": names.get(person or 0, _("Whole household")), "what": labels.get(code, code)}
        for person, code in view.critical
    ]


@staff(Permission.CASE_ASSESS)
def assessment(request: HopeRequest, number: str) -> HttpResponse:
    view = assessment_of(request.viewer, number)
    rows = grid_rows(view)
    cells = [value for row in rows[: len(view.members)] for value in row["values"]]
    context = {
        **frame(view.case, _("Assessment")),
        "view": view,
        "categories": categories(),
        "grid": rows,
        "may": {"assess": view.case.is_open},
        "asked": sum(1 for value in cells if value != "unasked"),
        "cells": len(cells),
        "critical": _critical(view),
        "flags": [words.flag_row(flag) for flag in view.flags],
        "score": view.score,
        "level": words.level_words(view.score),
        "tone": words.level_tone(view.score),
        "reasons": words.reasons(request.viewer, view.weights[0] if view.weights else None),
        "threshold": rules.consult_from(),
        "proposed": [(one.code, named(one)) for one in view.proposed],
        "advice": [(row, named(rules.specialists()[row.specialist])) for row in view.advice],
        "heard": [row for row in rows if any(row["heard"])],
    }
    return render(request, "cases/case/assessment.html", context)


@staff(Permission.CASE_ASSESS)
def history(request: HopeRequest, number: str) -> HttpResponse:
    """Every answer there ever was, as small multiples with a table beside them."""
    case = read_case(request.viewer, number)
    told = answers_over_time(request.viewer, case)
    days = [one.on for row in told.values() for answers in row.values() for one in answers]
    first, last = (min(days), max(days)) if days else (None, None)
    people: list[tuple[int | None, str]] = [
        (member.person.pk, member.person.name) for member in members_of(request.viewer, case)
    ]
    blocks = []
    for person_id, name in [*people, (None, _("Whole household"))]:
        row = told.get(person_id, {})
        if row and first and last:
            charts = [words.small_chart(c.name, row.get(c.code, []), first, last) for c in categories()]
            blocks.append({"name": name, "charts": charts, "table": _table(charts)})
    context = {**frame(case, _("How the answers changed")), "blocks": blocks, "first": first, "last": last}
    return render(request, "cases/case/needs_history.html", context)


def _table(charts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a day, columns as the charts stand; what was not asked on that day stays empty."""
    days = sorted({(one.on, one.phase) for chart in charts for one in chart["answers"]})
    told = [{(one.on, one.phase): words.plain_value(one.value) for one in chart["answers"]} for chart in charts]
    return [{"on": day[0], "values": [row.get(day, "") for row in told]} for day in days]


@staff(Permission.CASE_ASSESS)
def risk(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    kinds = [kind for kind in rules.risk_kinds().values() if access.may_section(request.viewer, kind.section)]
    people = [(member.person.pk, member.person.name) for member in members_of(request.viewer, case)]
    form = RiskForm(request.POST or None, kinds=kinds, people=people)

    def write() -> None:
        data = form.cleaned_data
        told = {"kind": data["kind"], "person_id": data["person"], "words": data["words"], "check_on": data["check_on"]}
        services.raise_flag(by=request.viewer, number=number, **told)

    back = address(case, "case_assessment")
    if taken(request, form, write):
        return done(request, _("The risk is noted."), back)
    intro = _("In danger now: 119 or 112 first, this form afterwards. It is never printed and never told to kin.")
    return simple_form(request, case, form, title=_("Note a risk"), button=_("Save"), intro=intro, back=back)


@staff(Permission.CASE_ASSESS)
def risk_over(request: HopeRequest, number: str, flag_id: int) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    row = words.flag_row(flag_of(request.viewer, case, flag_id))
    form = RiskOverForm(request.POST or None)
    back = address(case, "case_assessment")
    if taken(request, form, lambda: services.end_flag(by=request.viewer, flag_id=flag_id, **form.cleaned_data)):
        return done(request, _("The risk is over; it stays in the history."), back)
    title = _("No risk any more: %(risk)s") % {"risk": row["name"]}
    return simple_form(request, case, form, title=title, button=_("Save"), back=back)


@staff(Permission.CASE_ASSESS)
@require_POST
def risk_still(request: HopeRequest, number: str, flag_id: int) -> HttpResponseBase:
    """Somebody looked again: it is still so, and the day of the next look moves on."""
    case = read_case(request.viewer, number)
    services.still_so(by=request.viewer, flag_id=flag_of(request.viewer, case, flag_id).pk)
    return done(request, _("Written down: still so."), address(case, "case_assessment"))


@staff(Permission.CASE_ASSESS)
def advice(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    wanted = request.GET.get("from", "")
    form = AdviceForm(request.POST or None, initial={"specialist": wanted})
    back = address(case, "case_assessment")
    if taken(request, form, lambda: services.ask_specialist(by=request.viewer, number=number, **form.cleaned_data)):
        told = len(advisers_of(request.viewer, case, form.cleaned_data["specialist"]))
        told_words = ngettext("%(n)d colleague was told.", "%(n)d colleagues were told.", told) % {"n": told}
        words_after = told_words if told else _("Nobody here gives such advice: please ring them.")
        return done(request, f"{_('The question is on record.')} {words_after}", back)
    return simple_form(request, case, form, title=_("Ask a specialist"), button=_("Save"), back=back)


@staff(Permission.CASE_ASSESS)
def answer(request: HopeRequest, number: str, consultation_id: int) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    row = consultation_of(request.viewer, case, consultation_id)
    form = AnswerForm(request.POST or None)
    back = address(case, "case_assessment")

    def write() -> None:
        services.end_consultation(by=request.viewer, consultation_id=row.pk, **form.cleaned_data)

    if taken(request, form, write):
        return done(request, _("Written down."), back)
    title = _("Advice: %(who)s") % {"who": named(rules.specialists()[row.specialist])}
    return simple_form(request, case, form, title=title, button=_("Save"), intro=row.question, back=back)


@staff(Permission.CASE_ASSESS)
def tie(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    form = TieForm(request.POST or None)
    back = address(case, "case_family")
    if taken(request, form, lambda: services.add_tie(by=request.viewer, number=number, **form.cleaned_data)):
        return done(request, _("Written down."), back)
    intro = _("Kin elsewhere, neighbours, a church, a school: who helps, and where it hurts.")
    return simple_form(request, case, form, title=_("Somebody around them"), button=_("Save"), intro=intro, back=back)


@staff(Permission.CASE_ASSESS)
@require_POST
def tie_over(request: HopeRequest, number: str, tie_id: int) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    services.end_tie(by=request.viewer, tie_id=tie_of(request.viewer, case, tie_id).pk)
    return done(request, _("Taken off the picture; it stays in the history."), address(case, "case_family"))
