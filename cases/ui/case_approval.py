"""Laying a plan or a closing before the line, deciding; the light track; who could join a case (K1, R58)."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.selectors.approvals import approval_of, waiting_for
from cases.selectors.assessment import assessment_of
from cases.selectors.case_page import case_view, read_case
from cases.selectors.catalogue import categories
from cases.selectors.central_approvals import asked_centrally, one_asked_centrally
from cases.selectors.choices import for_action
from cases.selectors.conferences import team_for
from cases.services import approvals as services
from cases.services.linkage import link
from cases.ui.approval_words import approval_row
from cases.ui.case_frame import address, done, frame, page, simple_form, taken
from cases.ui.forms_conference import ApprovalForm, LinkForm, VerdictForm
from hopecare.kernel import audit, clock
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_PLAN)
def ask(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    form = ApprovalForm(request.POST or None)
    back = address(case, "case_conferences")
    if taken(request, form, lambda: services.ask(by=request.viewer, number=number, **form.cleaned_data)):
        return done(request, _("It is laid before the line; they are told."), back)
    intro = _("The newest plan is laid before the line. Whoever asks does not decide. The next level is told at once.")
    title = _("Ask for approval")
    return simple_form(request, case, form, title=title, button=title, intro=intro, back=back)


@staff(Permission.CASE_PLAN)
def decide(request: HopeRequest, number: str, approval_id: int) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    row = approval_of(request.viewer, case, approval_id)
    form = VerdictForm(request.POST or None)
    if taken(request, form, lambda: services.decide(by=request.viewer, approval_id=approval_id, **form.cleaned_data)):
        return done(request, _("Your decision is on record."), address(case, "case_conferences"))
    view = case_view(request.viewer, number)
    context = {
        **frame(case, _("Approval: %(what)s") % {"what": row.get_subject_display()}),
        "row": approval_row(row),
        "form": form,
        "plan": view.plan,
        "actions": [action for action in view.actions if action.state not in {"done", "cancelled"}],
        "mine": row.asked_by_id == request.viewer.user_id,
    }
    return page(request, "approval", context, form)


@staff(Permission.CASE_PLAN)
@require_safe
def waiting(request: HopeRequest) -> HttpResponse:
    """What others laid before my level, and what lines that hold nobody else laid before the central centre."""
    rows = waiting_for(request.viewer)
    ids = [row.case_id for row in rows]
    audit.read(request.viewer, "case", ids, owners={row.provider_id for row in rows}, what="approvals")
    return render(request, "cases/case/approvals.html", {"rows": rows, "beyond": asked_centrally(request.viewer)})


@staff(Permission.CASE_PLAN)
def decide_beyond(request: HopeRequest, approval_id: int) -> HttpResponseBase:
    """The text of a plan or a closing whose line holds nobody but whoever asked; open until the decision."""
    asked = one_asked_centrally(request.viewer, approval_id)
    form = VerdictForm(request.POST or None)
    if taken(request, form, lambda: services.decide(by=request.viewer, approval_id=approval_id, **form.cleaned_data)):
        return done(request, _("Your decision is on record."), reverse("approvals"))
    names = {category.code: category.name for category in categories()}
    changes = [(names[change.category], change.before, change.after) for change in asked.changes]
    title = _("Approval: %(what)s") % {"what": asked.subject.label}
    return page(request, "approval_beyond", {"asked": asked, "title": title, "changes": changes, "form": form}, form)


@staff(Permission.CASE_PLAN)
def linkage(request: HopeRequest, number: str) -> HttpResponseBase:
    """The light track: one need, one house."""
    case = read_case(request.viewer, number)
    form = LinkForm(
        request.POST or None, catalogue=for_action(case), initial={"due_on": clock.add_working_days(clock.today(), 5)}
    )
    if taken(request, form, lambda: link(by=request.viewer, number=number, **form.cleaned_data)):
        return done(request, _("Linked. The case is on the light track."), address(case))
    intro = _("One need and one house that helps, without the full grid. It can become full case management any time.")
    title, button = _("Service linkage"), _("Link")
    return simple_form(request, case, form, title=title, button=button, intro=intro)


@staff(Permission.CASE_PLAN)
@require_safe
def builder(request: HopeRequest, number: str) -> HttpResponse:
    """Who could join, for each open category, and why."""
    viewer = request.viewer
    view = assessment_of(viewer, number)
    worst: dict[str, int] = {}
    for row in view.cells.values():
        for code, cell in row.items():
            if cell.value.isdigit():
                worst[code] = max(worst.get(code, 0), int(cell.value))
    members = {row["user"] for row in case_view(viewer, number).team}
    context = {
        **frame(view.case, _("Who could join")),
        "rows": team_for(viewer, view.case, worst, members),
        "asked": bool(worst),
    }
    return render(request, "cases/case/builder.html", context)
