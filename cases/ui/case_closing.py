"""Closing with all eight asked again, what changed, aftercare, and opening again (R57, K1)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import AftercareResult, ApprovalSubject
from cases.rules.closing import Change, aftercare_dates
from cases.selectors.approvals import line_of, waiting_of
from cases.selectors.case_page import case_view, read_case
from cases.selectors.catalogue import categories
from cases.selectors.work import cells_of, changes_of, check_of
from cases.services.closing import close_case, is_young_carer, record_aftercare, reopen_case
from cases.ui.approval_words import waiting_rows
from cases.ui.case_frame import address, done, frame, page, simple_form, taken
from cases.ui.forms_assessment import named
from cases.ui.forms_case import AftercareForm, CloseForm, ReasonForm
from hopecare.kernel import audit, clock
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

audit.register_words({"erase_asked": gettext_lazy("asked that the file be destroyed")})


@staff(Permission.CASE_CLOSE)
def close(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    waits = [one for one in waiting_of(request.viewer, case) if one.approval.subject == ApprovalSubject.CLOSING]
    if case.is_open and any(one.approval.state == "open" for one in waits):
        return page(request, "close_waits", {**frame(case, _("Close the case")), "waits": waiting_rows(waits)})
    cells = cells_of(request.viewer, case, case.main_person_id)
    form = CloseForm(request.POST or None, categories=categories(), cells=cells)
    if not is_young_carer(request.viewer, case):
        del form.fields["erase"]

    def write() -> None:
        close_case(
            by=request.viewer,
            number=number,
            reason=form.cleaned_data["reason"],
            words=form.cleaned_data["words"],
            values=form.values(),
            seen_values=form.before(),
            erase=form.cleaned_data.get("erase", False),
        )

    if taken(request, form, write, prefix="need_"):
        return _closed(request, number)
    context = {
        **frame(case, _("Close the case")),
        "form": form,
        "checks": [day for _months, day in aftercare_dates(clock.today(), "")],
        "asked": [named(level) for level in line_of(request.viewer, case, ApprovalSubject.CLOSING)],
        "waits": waiting_rows(waits),
    }
    return page(request, "close", context, form)


def _closed(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    if case.is_open:
        return done(request, _("It is laid before the line; they are told."), address(case))
    return done(request, _("The case is closed."), address(case, "case_changes"))


def _change_row(change: Change, name: str) -> dict[str, Any]:
    difference = change.difference
    if difference is None or difference == 0:
        word = _("unchanged") if change.before == change.after else _("said differently")
    else:
        word = _("lighter by %(n)d") if difference < 0 else _("heavier by %(n)d")
        word = word % {"n": abs(difference)}
    figures = [int(value) if value.isdigit() else None for value in (change.before, change.after)]
    return {"name": name, "before": change.before, "after": change.after, "word": word, "figures": figures}


@staff(Permission.CASE_VIEW)
def changes(request: HopeRequest, number: str) -> HttpResponse:
    """From opening to closing: a picture, and the same figures in a table beside it."""
    view = case_view(request.viewer, number)
    names = {category.code: category.name for category in categories()}
    rows = [_change_row(change, names[change.category]) for change in changes_of(request.viewer, view.case)]
    drawn = [row for row in rows if None not in row["figures"]]
    for place, row in enumerate(drawn):
        row["y"] = 20 + 34 * place
        row["x1"], row["x2"] = (150 + 70 * figure for figure in row["figures"])
    context = {
        **frame(view.case, _("What changed")),
        "rows": rows,
        "drawn": drawn,
        "height": 34 * len(drawn) + 40,
        "scale": [(figure, 150 + 70 * figure) for figure in range(5)],
        "aftercare": view.aftercare,
        "reason": view.case.get_close_reason_display(),
    }
    return render(request, "cases/case/changes.html", context)


@staff(Permission.CASE_OPEN)
def reopen(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    form = ReasonForm(request.POST or None)

    def write() -> None:
        reopen_case(by=request.viewer, number=number, reason=form.cleaned_data["reason"])

    if taken(request, form, write):
        return done(request, _("The case is open again, under the same number."), address(case))
    intro = _("The number and the lead stay. Tasks that were cancelled stay cancelled.")
    return simple_form(request, case, form, title=_("Open again"), button=_("Open again"), intro=intro)


@staff(Permission.CASE_ASSESS)
def aftercare(request: HopeRequest, number: str, check_id: int) -> HttpResponseBase:
    """A call or visit 3, 6 or 12 months after closing."""
    case = read_case(request.viewer, number)
    row = check_of(request.viewer, case, check_id)
    form = AftercareForm(request.POST or None, initial={"done_on": clock.today()})

    def write() -> None:
        record_aftercare(by=request.viewer, check_id=row.pk, **form.cleaned_data)

    if taken(request, form, write):
        worse = form.cleaned_data["result"] == AftercareResult.WORSE
        if worse and request.viewer.may(Permission.CASE_OPEN):
            return done(
                request, _("Written down. Open the case again, with their words."), address(case, "case_reopen")
            )
        return done(request, _("Written down."), address(case))
    title = _("Aftercare after %(months)d months") % {"months": row.months}
    intro = _("Ring or visit. If they are worse off, open the case again.")
    return simple_form(request, case, form, title=title, button=_("Save"), intro=intro)
