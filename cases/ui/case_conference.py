"""`…/conferences/`: calling, holding, deciding with dissent, promising; the sheet for the table (R47, R57)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.models import Case, ConferencePurpose
from cases.rules import conferences as rules
from cases.rules.needs import is_adult
from cases.selectors.approvals import approvals_of
from cases.selectors.assessment import assessment_of
from cases.selectors.case_page import read_case
from cases.selectors.catalogue import categories
from cases.selectors.choices import for_action, people_of, whom_about
from cases.selectors.conferences import Meeting, conferences_of, meeting_of, of_one, seats_to_offer
from cases.selectors.work import person_of
from cases.services import conferences as services
from cases.services.conferences import Held
from cases.ui import case_words, house_words
from cases.ui.approval_words import approval_row
from cases.ui.case_assessment import grid_rows
from cases.ui.case_frame import address, done, frame, page, taken
from cases.ui.forms_conference import CallForm, DecisionForm, HeldForm, PointForm, PromiseForm
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_VIEW)
def conferences(request: HopeRequest, number: str) -> HttpResponse:
    """All meetings of the case and what was laid before the line."""
    case = read_case(request.viewer, number)
    context = {
        **frame(case, _("Conferences and approval")),
        "rows": conferences_of(request.viewer, case),
        "approvals": [approval_row(approval) for approval in approvals_of(request.viewer, case)],
        "may_plan": request.viewer.may(Permission.CASE_PLAN) and case.is_open,
        "late": case.conference_due < clock.today() and case.stage in {"intake", "survey", "conference"},
    }
    return render(request, "cases/case/conferences.html", context)


@staff(Permission.CASE_PLAN)
def new(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    due = max(case.conference_due, clock.next_working_day(clock.today()))
    initial = {
        "day": due,
        "hour": "14:00",
        "agenda": _("What was found\nWhat the person wants\nWho does what until when"),
        "purpose": ConferencePurpose.CLASSIFY if case.stage != "delivery" else ConferencePurpose.REVIEW,
        "seats": [case.lead_id, request.viewer.user_id],
    }
    form = CallForm(request.POST or None, team=seats_to_offer(case), initial=initial)
    made: list[int] = []

    def write() -> None:
        row = services.call(by=request.viewer, number=number, called=form.called())
        made.extend([row.pk] if row else [])

    if taken(request, form, write):
        said = _("The conference is called; colleagues are told.")
        day = form.cleaned_data["day"]
        warned = rules.calling_warnings(on=day, due=case.conference_due)
        where = address(case, "case_conference", conference_id=made[0]) if made else address(case, "case_conferences")
        return done(request, " ".join([said, *(str(problem.words) for problem in warned)]), where)
    context = {**frame(case, _("Call a conference")), "form": form, "draft": "conference-new"}
    return page(request, "conference_new", context, form)


@staff(Permission.CASE_VIEW)
def conference(request: HopeRequest, number: str, conference_id: int) -> HttpResponse:
    case = read_case(request.viewer, number)
    return _page(request, case, meeting_of(request.viewer, case, conference_id))


def _page(request: HopeRequest, case: Case, meeting: Meeting, **forms: Any) -> HttpResponse:
    row = meeting.conference
    people = list(people_of(request.viewer, case))
    readers = [one for one in people if is_adult(one.age)]
    context = {
        **frame(case, row.get_purpose_display()),
        "meeting": meeting,
        "row": row,
        "points": [line.strip() for line in row.agenda.splitlines() if line.strip()],
        "readers": readers,
        "open": row.held_at is None and request.viewer.may(Permission.CASE_PLAN),
        "draft": f"held-{row.pk}",
        "decision_draft": f"decision-{row.pk}",
        "classifies": row.purpose == ConferencePurpose.CLASSIFY,
        "promises": _promises(request.viewer, meeting),
        **_forms(request, case, meeting, people if len(readers) > 1 else []),
        **forms,
    }
    bad = any(form.is_bound for form in forms.values())
    return render(request, "cases/case/conference.html", context, status=422 if bad else 200)


def _promises(viewer: Viewer | None, meeting: Meeting) -> list[dict[str, Any]]:
    """As this viewer may read the houses; without one as paper may bear them."""
    return [
        {
            "action": one.action,
            "who": house_words.action_owner(one.action, viewer),
            "tag": case_words.action_tag(one.action),
        }
        for one in meeting.commitments
    ]


def _forms(request: HopeRequest, case: Case, meeting: Meeting, people: list[Person]) -> dict[str, Any]:
    """Those of a conference that was not held yet; where one adult lives alone nobody is asked about whom."""
    row = meeting.conference
    held: dict[str, Any] = {"client_wish": row.client_wish, "client_words": row.client_words, "track": case.track}
    held["present"] = [seat.pk for seat in meeting.seats]
    if row.held_at is not None or not request.viewer.may(Permission.CASE_PLAN):
        return {"decision": DecisionForm(), "held": HeldForm(seats=meeting.seats, initial=held)}
    return {
        "point": PointForm(people=people) if people else None,
        "decision": DecisionForm(people=people),
        "promise": PromiseForm(catalogue=for_action(case), people=people, initial={"due_on": case.plan_due}),
        "held": HeldForm(seats=meeting.seats, initial=held),
    }


def _where(case: Case, conference_id: int) -> str:
    return address(case, "case_conference", conference_id=conference_id)


@staff(Permission.CASE_PLAN)
@require_POST
def point(request: HopeRequest, number: str, conference_id: int) -> HttpResponseBase:
    """One more point, about one of them alone."""
    case = read_case(request.viewer, number)
    meeting = meeting_of(request.viewer, case, conference_id)
    form = PointForm(request.POST, people=whom_about(request.viewer, case))

    def write() -> None:
        data = form.cleaned_data
        told = {"words": data["words"], "person_id": data["person"].pk, "token": data["token"]}
        services.add_point(by=request.viewer, conference_id=conference_id, **told)

    if taken(request, form, write):
        return done(request, _("The point stands on the agenda."), _where(case, conference_id))
    return _page(request, case, meeting, point=form)


@staff(Permission.CASE_PLAN)
@require_POST
def decision(request: HopeRequest, number: str, conference_id: int) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    meeting = meeting_of(request.viewer, case, conference_id)
    form = DecisionForm(request.POST, people=whom_about(request.viewer, case))

    def write() -> None:
        told = {name: form.cleaned_data[name] for name in ("words", "dissent", "dissenters", "token")}
        services.decide(by=request.viewer, conference_id=conference_id, person_id=form.person_id, **told)

    if taken(request, form, write):
        return done(request, _("The decision is on record."), _where(case, conference_id))
    return _page(request, case, meeting, decision=form)


@staff(Permission.CASE_PLAN)
@require_POST
def promise(request: HopeRequest, number: str, conference_id: int) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    meeting = meeting_of(request.viewer, case, conference_id)
    form = PromiseForm(request.POST, catalogue=for_action(case), people=whom_about(request.viewer, case))
    if taken(
        request, form, lambda: services.promise(by=request.viewer, conference_id=conference_id, wanted=form.wanted())
    ):
        return done(request, _("The promise stands in the plan."), _where(case, conference_id))
    return _page(request, case, meeting, promise=form)


@staff(Permission.CASE_PLAN)
@require_POST
def held(request: HopeRequest, number: str, conference_id: int) -> HttpResponseBase:
    """It took place."""
    case = read_case(request.viewer, number)
    meeting = meeting_of(request.viewer, case, conference_id)
    form = HeldForm(request.POST, seats=meeting.seats)

    def write() -> None:
        services.hold(by=request.viewer, conference_id=conference_id, held=Held(**form.cleaned_data))

    if taken(request, form, write):
        return done(request, _("The conference is on record."), _where(case, conference_id))
    return _page(request, case, meeting, held=form)


@staff(Permission.CASE_PLAN)
def sheet(request: HopeRequest, number: str, conference_id: int) -> HttpResponse:
    """For the table: six people × eight categories, agenda and room to write, on one A4. It stays in the room."""
    view = assessment_of(request.viewer, number)
    case = view.case
    meeting = meeting_of(request.viewer, case, conference_id)
    audit.changed(request.viewer, "case", [case.pk], "sheet_printed", owners=[case.provider_id])
    context = {
        "case": case,
        "title": _("Case conference"),
        "row": meeting.conference,
        "seats": meeting.seats,
        "points": [line.strip() for line in meeting.conference.agenda.splitlines() if line.strip()],
        "of_one": len(meeting.points),
        "categories": categories(),
        "grid": grid_rows(view),
        "contact_name": case.lead.name,
        "contact_phone": case.lead.phone or case.provider.phone,
        "back": _where(case, conference_id),
    }
    return render(request, "cases/case/conference_sheet.html", context)


@staff(Permission.CASE_PLAN)
def paper(request: HopeRequest, number: str, conference_id: int, person_id: int) -> HttpResponse:
    """For one adult of the household, who may sit in: what is about all of them and their own, nobody else's (D4)."""
    case = read_case(request.viewer, number)
    person = person_of(request.viewer, case, person_id)
    if not is_adult(person.age):
        raise errors.NotFound("person", str(person_id))
    meeting = of_one(meeting_of(request.viewer, case, conference_id), person)
    audit.changed(request.viewer, "case", [case.pk], "conference_printed", owners=[case.provider_id], person=person.pk)
    context = {
        "case": case,
        "person": person,
        "title": _("Case conference"),
        "row": meeting.conference,
        "meeting": meeting,
        "points": [line.strip() for line in meeting.conference.agenda.splitlines() if line.strip()],
        "promises": _promises(None, meeting),
        "contact_name": case.lead.name,
        "contact_phone": case.lead.phone or case.provider.phone,
        "back": _where(case, conference_id),
    }
    return render(request, "cases/case/conference_paper.html", context)
