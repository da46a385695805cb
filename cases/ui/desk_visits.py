"""The result of a visit, recorded once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cases.facts import STAYS, USUAL_STAY
from cases.models import Visit, VisitResult
from cases.selectors import warnings
from cases.selectors.presence import inside
from cases.services import presence, visits
from cases.ui.forms_desk import RESULTS, ResultForm, tell
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import get_visible
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

audit.register_words(
    {
        "went_in": gettext_lazy("went into a visit"),
        "stays": gettext_lazy("stays longer at a visit"),
        "came_out": gettext_lazy("came out of a visit"),
        "reached_colleague": gettext_lazy("reached a colleague who was at a visit"),
    }
)
_RELATED = ("report__town", "case__town", "case__lead", "official", "worker", "recorded_by")


@staff(Permission.VISIT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def result(request: HopeRequest, visit_id: int) -> HttpResponseBase:
    """GET asks (with `?result=met` chosen beforehand), POST records; who comes second sees what stands there."""
    visit = get_visible(request.viewer, Visit, named="visit", pk=visit_id, select=_RELATED)
    log_read(request, visit)
    if request.method != "POST":
        form = ResultForm(initial=_proposal(request.GET.get("result", "")))
        return _page(request, visit, form)
    form = ResultForm(request.POST)
    if form.is_valid():
        try:
            visits.record(by=request.viewer, visit_id=visit.pk, outcome=_outcome(form))
        except errors.Impossible as error:
            tell(form, error)
            visit = get_visible(request.viewer, Visit, named="visit", pk=visit_id, select=_RELATED)
        else:
            messages.success(request, _("Recorded."))
            _remind(request, visit)
            return HttpResponseRedirect(_way_on(visit, form.cleaned_data["result"]))
    return _page(request, visit, form, status=422)


def _remind(request: HopeRequest, visit: Visit) -> None:
    """A result is no sign that somebody is out again."""
    if any(one.row.user_id == request.viewer.user_id for one in inside(request.viewer, visit)):
        messages.warning(request, _("You are still written down as inside. Say so on the visit when you are out."))


@staff(Permission.VISIT_RECORD)
@require_POST
def go_in(request: HopeRequest, visit_id: int) -> HttpResponseBase:
    """In, for so many minutes; pressed again, for so many more."""
    told = request.POST.get("minutes", "")
    minutes = next((stay for stay in STAYS if told == str(stay)), 0)
    try:
        presence.arrive(by=request.viewer, visit_id=visit_id, minutes=minutes)
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, problem.words)
    else:
        messages.success(request, _("Written down. If you are not out in time, your team rings you."))
    return HttpResponseRedirect(f"/desk/visits/{visit_id}/")


@staff(Permission.VISIT_RECORD)
@require_POST
def come_out(request: HopeRequest, visit_id: int) -> HttpResponseBase:
    """Out again; with `user`, a colleague was reached."""
    user = request.POST.get("user", "")
    user_id = int(user) if user.isdecimal() and len(user) < 18 else None
    if presence.leave(by=request.viewer, visit_id=visit_id, user_id=user_id):
        messages.success(request, _("Written down: out again."))
    return HttpResponseRedirect(f"/desk/visits/{visit_id}/")


def log_read(request: HopeRequest, visit: Visit) -> None:
    """Note that somebody looks at this visit: under its case, or under its report."""
    if visit.case_id:
        audit.read(request.viewer, "case", [visit.case_id], owners=[visit.provider_id], what="visit")
    elif visit.report_id:
        audit.read(request.viewer, "report", [visit.report_id], owners=[visit.provider_id], what="visit")


def _outcome(form: ResultForm) -> visits.Outcome:
    data = form.cleaned_data
    return visits.Outcome(
        result=data["result"],
        note=data["note"],
        again_at=form.again_at,
        ask_again_on=data["ask_again_on"],
        told_whom=data["told_whom"],
        told_at=form.told_at,
    )


def _way_on(visit: Visit, result: str) -> str:
    """Met leads to the opening form, everything else back to the day."""
    if visit.report is not None and not visit.case_id and result == VisitResult.MET:
        return f"/desk/reports/{codes.shown(visit.report.code)}/open/"
    if visit.report is not None and result == VisitResult.DANGER:
        return f"/desk/reports/{codes.shown(visit.report.code)}/"
    return "/desk/"


def _proposal(chosen: str) -> dict[str, Any]:
    known = chosen if chosen in VisitResult.values else ""
    proposal: dict[str, Any] = {"result": known, "told_hour": clock.now().time().replace(second=0, microsecond=0)}
    if known == VisitResult.NOBODY_HOME:
        proposal |= {"day": clock.next_working_day(clock.today()), "hour": clock.OPENS.replace(hour=10)}
    return proposal


def _page(request: HopeRequest, visit: Visit, form: ResultForm, status: int = 200) -> HttpResponseBase:
    chosen, within = str(form["result"].value() or ""), inside(request.viewer, visit)
    context = {
        "visit": visit,
        "form": form,
        "chosen": chosen,
        "words": dict(RESULTS),
        "recorded": visits.already_recorded(visit) if visit.result else "",
        "inside": within,
        "warnings": warnings.of_case(request.viewer, visit.case) if visit.case else None,
        "am_inside": any(one.row.user_id == request.viewer.user_id for one in within),
        "mine": request.viewer.user_id in {visit.official_id, visit.worker_id},
        "me": request.viewer.user_id,
        "today": visit.at.astimezone(clock.SEOUL).date() == clock.today(),
        "stays": STAYS,
        "usual": USUAL_STAY,
    }
    return render(request, "cases/desk/result.html", context, status=status)
