"""Papers of a case: the plan in plain words, for the person only, with one named contact (D4)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.selectors.case_page import case_view
from cases.ui import house_words
from cases.ui.case_frame import address
from hopecare.kernel import audit, clock
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_PLAN)
def plan_paper(request: HopeRequest, number: str) -> HttpResponse:
    """No answers, no private note, no task of another adult; printing is recorded (D4)."""
    view = case_view(request.viewer, number)
    case = view.case
    audit.changed(request.viewer, "case", [case.pk], "plan_printed", owners=[case.provider_id])
    ours = {None, case.main_person_id, *(one.person.pk for one in view.members if not one.is_adult)}
    tasks = [
        {
            "action": action,
            "who": house_words.action_owner(action, None)[0],
            "at": action.at.astimezone(clock.SEOUL) if action.at else None,
        }
        for action in view.actions
        if action.state not in {"done", "cancelled"} and action.person_id in ours
    ]
    context = {
        "case": case,
        "plan": view.plan,
        "tasks": tasks,
        "title": _("Our plan"),
        "contact_name": case.lead.name,
        "contact_phone": case.lead.phone or case.provider.phone,
        "back": address(case),
    }
    return render(request, "cases/case/plan_paper.html", context)
