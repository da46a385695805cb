"""Open a case after a visit or at the counter, attach a report to an open case, and the paper the person keeps."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import access
from cases.models import Report
from cases.rules.opening import consent_ends, form_version
from cases.selectors import likeness
from cases.selectors.colleagues import colleagues
from cases.selectors.inbox import Detail, detail
from cases.selectors.opening import desk_contact, towns_of
from cases.selectors.team import people_on_paper
from cases.services import opening as services
from cases.ui.desk_reports import page, read_code
from cases.ui.forms_desk import AttachForm, tell
from cases.ui.forms_opening import MemberForms, OpeningForm
from hopecare.kernel import clock, errors, phones
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def open_report(request: HopeRequest, code: str) -> HttpResponseBase:
    """The opening form behind a visited report; one that has its case already leads there."""
    found = detail(request.viewer, read_code(code))
    if found.report.case is not None:
        return HttpResponseRedirect(f"/desk/cases/{found.report.case.number}/")
    return _form(request, found)


@staff(Permission.CASE_OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def open_walk_in(request: HopeRequest) -> HttpResponseBase:
    return _form(request, None)


def _form(request: HopeRequest, found: Detail | None) -> HttpResponseBase:
    viewer = request.viewer
    team_ids = [found.report.team_id] if found else list(viewer.team_ids)
    choices: dict[str, Any] = {"team": colleagues(team_ids), "towns": towns_of(team_ids)}
    choices["may_number"] = access.may_ask_number(viewer)
    if request.method != "POST":
        form = OpeningForm(initial=_proposal(request, found), **choices)
        return _page(request, found, form, MemberForms(prefix="m"))
    form, members = OpeningForm(request.POST, **choices), MemberForms(request.POST, prefix="m")
    if "more" in request.POST:
        return _page(request, found, form, _one_more(request))
    if not (form.is_valid() & members.is_valid()):
        return _page(request, found, form, members, status=422)
    likes = _alike(request, form)
    if likes and not form.cleaned_data["another"]:
        # Sent again because no answer came: whom the form resembles is the person it made itself.
        code = found.report.code if found else ""
        number = services.opened_already(by=viewer, token=form.cleaned_data["token"], report_code=code)
        if number:
            return HttpResponseRedirect(f"/desk/cases/{number}/")
        return _page(request, found, form, members, likes=likes, status=422)
    return _open(request, found, form, members)


def _open(request: HopeRequest, found: Detail | None, form: OpeningForm, members: Any) -> HttpResponseBase:
    others = [person for person in (member.person() for member in members) if person is not None]
    try:
        case = services.open_case(
            by=request.viewer, opening=form.opening(others), report_code=found.report.code if found else ""
        )
    except errors.Impossible as error:
        tell(form, error)
        return _page(request, found, form, members, status=422)
    messages.success(request, _("The case is open: %(number)s") % {"number": case.number})
    return HttpResponseRedirect(f"/desk/cases/{case.number}/")


def _alike(request: HopeRequest, form: OpeningForm) -> likeness.Likeness:
    data = form.cleaned_data
    born, year_only = data["birth"] or (None, False)
    year = born.year if born else None
    day = None if year_only else born
    asked = likeness.Asked(data["name"], day, year, data["phone"], data.get("resident_number", ""))
    return likeness.alike(request.viewer, asked)


def _one_more(request: HopeRequest) -> Any:
    """One more empty row; everything typed stays."""
    typed = request.POST.copy()
    count = typed.get("m-TOTAL_FORMS", "1")
    typed["m-TOTAL_FORMS"] = str(min(int(count) + 1, 12)) if count.isdecimal() and len(count) < 4 else "2"
    return MemberForms(typed, prefix="m")


def _proposal(request: HopeRequest, found: Detail | None) -> dict[str, Any]:
    """What is known from the report and its visit; the centre's worker leads."""
    proposal: dict[str, Any] = {"token": secrets.token_urlsafe(24), "lead": request.viewer.user_id}
    if found is None:
        return {**proposal, **_of_intake(request)}
    report: Report = found.report
    if report.about == "self":
        proposal |= {"name": report.reporter_name, "phone": report.reporter_phone}
    proposal |= {"town": report.town.code if report.town else "", "directions": report.directions[:200]}
    visit = found.last or found.planned
    if visit is not None:
        proposal |= {"official": visit.official_id, "worker": visit.worker_id, "lead": visit.worker_id}
    return proposal


def _of_intake(request: HopeRequest) -> dict[str, Any]:
    """What was told at the door, so that nobody is asked twice."""
    number = request.GET.get("intake", "")
    if not number:
        return {}
    intake = access.intake_for(request.viewer, number)
    born = intake.birth_date
    written = (f"{born:%Y}" if intake.birth_year_only else f"{born:%Y-%m-%d}") if born else ""
    return {
        "intake": intake.number,
        "name": intake.name,
        "birth": written,
        "sex": intake.sex,
        "phone": phones.shown(intake.phone) if intake.phone else "",
        "town": intake.town.code if intake.town else "",
        "directions": intake.directions,
    }


def _page(
    request: HopeRequest,
    found: Detail | None,
    form: OpeningForm,
    members: Any,
    *,
    likes: likeness.Likeness | None = None,
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "detail": found,
        "report": found.report if found else None,
        "form": form,
        "members": members,
        "likes": likes,
        "attach": AttachForm(),
        "form_version": form_version(),
        "consent_until": consent_ends(clock.today()),
        "pairs": [(form["official"], form["worker"])],
    }
    return render(request, "cases/desk/open.html", context, status=status)


@staff(Permission.CASE_OPEN)
@require_POST
def attach(request: HopeRequest, code: str) -> HttpResponseBase:
    own = read_code(code)
    form = AttachForm(request.POST)
    if form.is_valid():
        try:
            case = services.attach(by=request.viewer, report_code=own, case_number=form.cleaned_data["number"])
        except errors.Impossible as error:
            tell(form, error)
        except errors.NotFound:
            form.add_error("number", _("Not found. Please look at the number again, or ask the central desk."))
        else:
            messages.success(request, _("Attached to case %(number)s.") % {"number": case.number})
            return HttpResponseRedirect(f"/desk/cases/{case.number}/")
    return page(request, own, attach=form)


@staff(Permission.CASE_VIEW)
@require_safe
def paper(request: HopeRequest, number: str) -> HttpResponseBase:
    """What the two leave behind: who was here and how to check it. Nothing of welfare where that is unsafe (D4)."""
    case = access.case_for(request.viewer, number)
    neutral = desk_contact(request.viewer, case).neutral_sender
    context = {
        "case": case,
        "team": people_on_paper(request.viewer, case),
        "neutral": neutral,
        "contact_name": case.lead.name,
        "contact_phone": case.lead.phone
        or ("" if neutral else case.provider.phone),  # a house answers with its name (D4)
        "back": f"/desk/cases/{case.number}/",
    }
    return render(request, "cases/desk/paper.html", context)
