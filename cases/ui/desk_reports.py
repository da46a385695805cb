"""The inbox: reports of the team, one of them in full, and what can be done with it. Every read is logged."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.selectors import inbox as selectors
from cases.selectors.inbox import Detail, Wanted
from cases.services import triage
from cases.ui.forms_desk import AssignForm, AttachForm, CloseForm, HandOverForm, tell
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.documents import content_of
from hopecare.kernel.web import HopeRequest, staff

SHOWS = ("open", "unassigned", "mine", "past")
ORDERS = ("urgent", "promise")


def wanted_of(request: HopeRequest) -> Wanted:
    """The filter from the address; what nobody offers counts as not asked."""
    get = request.GET
    show, order = get.get("show", ""), get.get("order", "")
    return Wanted(
        zone=get.get("zone", "")[:40],
        show=show if show in SHOWS else "open",
        order=order if order in ORDERS else "urgent",
        after=get.get("after", "")[:60],
    )


@staff(Permission.REPORT_VIEW)
@require_safe
def inbox(request: HopeRequest) -> HttpResponseBase:
    return render(request, "cases/desk/reports.html", _list(request))


def _list(request: HopeRequest) -> dict[str, Any]:
    wanted = wanted_of(request)
    return {
        "inbox": selectors.inbox(request.viewer, wanted),
        "wanted": wanted,
        "zones": selectors.zones(),
        "may_triage": request.viewer.may(Permission.REPORT_TRIAGE),
    }


@staff(Permission.REPORT_VIEW)
@require_safe
def report(request: HopeRequest, code: str) -> HttpResponseBase:
    return page(request, read_code(code))


def read_code(text: str) -> str:
    """What stands in the address → a code; NotFound for what cannot be one."""
    code = codes.read(text)
    if code is None:
        raise errors.NotFound("report", text[:40])
    return code


def page(
    request: HopeRequest, code: str, *, detail: Detail | None = None, problems: list[Any] | None = None, **bound: Any
) -> HttpResponse:
    """List and detail beside each other; a form that came back stands in the place of its fresh one, status 422."""
    detail = detail or selectors.detail(request.viewer, code)
    zones = selectors.zones()
    context = {
        **_list(request),
        "detail": detail,
        "report": detail.report,
        "zones": zones,
        "assign": AssignForm(team=detail.team, initial=_proposal(request, detail)),
        "hand_over": HandOverForm(zones=zones),
        "close": CloseForm(),
        "attach": AttachForm(),
        "is_offered_to_me": detail.report.offered_team_id in request.viewer.team_ids,
        "problems": problems or [],
        **bound,
    }
    failed = any(isinstance(form, forms.Form) and form.is_bound for form in bound.values()) or bool(problems)
    return render(request, "cases/desk/report.html", context, status=422 if failed else 200)


def _proposal(request: HopeRequest, detail: Detail) -> dict[str, Any]:
    """The planned visit as it stands; else the town's own official and oneself, tomorrow at ten."""
    visit = detail.planned
    if visit is not None:
        at = visit.at.astimezone(clock.SEOUL)
        return {
            "official": visit.official_id,
            "worker": visit.worker_id,
            "day": at.date(),
            "hour": at.time(),
            "expected": visit.pk,
        }
    town, me = detail.report.town, request.viewer.user_id
    office = town.office_id if town else None
    officials = [member.user_id for member in detail.team if member.is_public and member.organisation_id == office]
    ours = {member.user_id: member.is_public for member in detail.team}
    return {
        "official": me if ours.get(me or 0) else next(iter(officials), None),
        "worker": me if ours.get(me or 0) is False else None,
        "day": clock.next_working_day(clock.today()),
        "hour": clock.OPENS.replace(hour=10),
    }


@staff(Permission.REPORT_TRIAGE)
@require_POST
def assign(request: HopeRequest, code: str) -> HttpResponseBase:
    detail = selectors.detail(request.viewer, read_code(code))
    form = AssignForm(request.POST, team=detail.team)
    if form.is_valid():
        data = form.cleaned_data
        try:
            _visit, warnings = triage.assign(
                by=request.viewer,
                code=detail.report.code,
                official_id=data["official"],
                worker_id=data["worker"],
                at=form.at,
                expected_visit=data["expected"],
            )
        except errors.Impossible as error:
            tell(form, error)
        else:
            messages.success(request, _("Both know of it: the visit stands in their day."))
            for warning in warnings:
                messages.warning(request, str(warning.words))
            return to_report(detail.report.code)
    return page(request, detail.report.code, detail=detail, assign=form)


def to_report(code: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"/desk/reports/{codes.shown(code)}/")


@staff(Permission.REPORT_TRIAGE)
@require_POST
def near(request: HopeRequest, code: str) -> HttpResponseBase:
    """Same house: join the near report into this one. Another house: never show the two beside each other again."""
    own, other = read_code(code), read_code(request.POST.get("near", ""))
    try:
        if request.POST.get("same") == "yes":
            triage.join(by=request.viewer, code=own, near_code=other)
            messages.success(request, _("Joined. Both reporters keep their own number."))
        else:
            triage.other_house(by=request.viewer, code=own, near_code=other)
            messages.success(request, _("Noted: another house."))
    except errors.Impossible as error:
        return page(request, own, problems=[problem.words for problem in error.problems])
    return to_report(own)


@staff(Permission.REPORT_TRIAGE)
@require_POST
def hand_over(request: HopeRequest, code: str) -> HttpResponseBase:
    own = read_code(code)
    form = HandOverForm(request.POST, zones=selectors.zones())
    if form.is_valid():
        data = form.cleaned_data
        try:
            triage.hand_over(by=request.viewer, code=own, zone_code=data["zone"], reason=data["reason"])
        except errors.Impossible as error:
            tell(form, error)
        else:
            messages.success(request, _("Asked. Until they accept, we stay responsible."))
            return to_report(own)
    return page(request, own, hand_over=form)


@staff(Permission.REPORT_TRIAGE)
@require_POST
def answer_hand_over(request: HopeRequest, code: str) -> HttpResponseBase:
    """The asked unit accepts, or the sender takes the report back."""
    own = read_code(code)
    try:
        if request.POST.get("answer") == "accept":
            triage.accept(by=request.viewer, code=own)
            messages.success(request, _("It is ours now."))
        else:
            triage.take_back(by=request.viewer, code=own)
            messages.success(request, _("It stays with us."))
    except errors.Impossible as error:
        return page(request, own, problems=[problem.words for problem in error.problems])
    return to_report(own)


@staff(Permission.REPORT_TRIAGE)
@require_POST
def close(request: HopeRequest, code: str) -> HttpResponseBase:
    own = read_code(code)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            triage.close(by=request.viewer, code=own, words=form.cleaned_data["words"])
        except errors.Impossible as error:
            tell(form, error)
        else:
            messages.success(request, _("Finished."))
            return to_report(own)
    return page(request, own, close=form)


@staff(Permission.REPORT_VIEW)
@require_safe
def document(request: HopeRequest, document_id: int) -> HttpResponseBase:
    """A photo of a report: checked, logged, never cached, never a guessable address of a file."""
    found = selectors.photo(request.viewer, document_id)
    if found is None:
        raise errors.NotFound("document", str(document_id))
    response = HttpResponse(content_of(found), content_type=found.content_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
