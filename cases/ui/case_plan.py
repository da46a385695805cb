"""The plan's forms: goal, agreement, tasks and their states."""

from typing import Any

from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from cases.models import Action, Case, OwnerKind
from cases.selectors.approvals import waiting_of
from cases.selectors.case_page import read_case
from cases.selectors.choices import for_action, people_of
from cases.selectors.resources import resource_of
from cases.selectors.tasks import may_ask_volunteers
from cases.selectors.work import action_of, plan_of
from cases.services import actions
from cases.services.plans import Wanted, add_action, change_action, set_action_state, set_goal, sign_off
from cases.ui import case_words as words
from cases.ui.case_frame import address, done, frame, page, simple_form, taken
from cases.ui.forms_case import ActionForm, GoalForm, SignForm
from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_PLAN)
def plan(request: HopeRequest, number: str) -> HttpResponseBase:
    """Goal and kind of help."""
    case = read_case(request.viewer, number)
    now = plan_of(request.viewer, case)
    initial = {"goal": now.goal if now else "", "words": now.goal_words if now else "", "track": case.track}
    form = GoalForm(request.POST or None, initial=initial)
    if taken(request, form, lambda: set_goal(by=request.viewer, number=number, **form.cleaned_data)):
        return done(request, _("The goal is set."), address(case))
    return simple_form(request, case, form, title=_("Goal"), button=_("Set the goal"), draft="goal")


@staff(Permission.CASE_PLAN)
def agreement(request: HopeRequest, number: str) -> HttpResponseBase:
    """Sign-off by the person at the visit, or the recorded reason why not."""
    case = read_case(request.viewer, number)
    form = SignForm(request.POST or None, initial={"herself": "yes", "signed_on": clock.today()})

    def sign() -> None:
        data = form.cleaned_data
        sign_off(
            by=request.viewer,
            number=number,
            herself=data["herself"] == "yes",
            signed_on=data["signed_on"],
            reason=data["unsigned_reason"],
            words=data["words"],
        )

    if taken(request, form, sign):
        agreed = form.cleaned_data["herself"] == "yes"
        said = _("The plan is agreed.") if agreed else _("The reason is on record.")
        if waiting_of(request.viewer, case):
            said = f"{said} {_('It takes effect when the line has approved it.')}"
        return done(request, said, address(case))
    intro = _("Read the plan together first; a paper in plain words can be printed.")
    title = _("Agreement to the plan")
    return simple_form(request, case, form, title=title, button=_("Save"), intro=intro, draft="agreement")


def _wanted(form: ActionForm) -> Wanted:
    data = form.cleaned_data
    names = ("title", "category", "owner_kind", "due_on", "service", "owner", "owner_organisation")
    at = form.at()
    values: dict[str, Any] = {name: data[name] for name in names}
    if data["owner_kind"] == OwnerKind.VOLUNTEER and at is not None and values["due_on"] is None:
        values["due_on"] = at.date()
    return Wanted(
        **values,
        person=data.get("person"),
        at=at,
        minutes=data["minutes"],
        weekly=data["weekly"],
        quarter=data["quarter"],
        stairs=data["stairs"],
        token=data["token"],
        ask_if_given=not data["despite"],
    )


def _form(request: HopeRequest, case: Case, initial: dict[str, Any]) -> ActionForm:
    people = people_of(request.viewer, case)
    return ActionForm(request.POST or None, catalogue=for_action(case), people=people, initial=initial)


def _action_page(
    request: HopeRequest, case: Case, form: ActionForm, title: str, action: Action | None = None
) -> HttpResponseBase:
    context = {
        **frame(case, title),
        "form": form,
        "draft": f"action-{action.pk if action else 'new'}",
        "action": action,
        "may_ask": may_ask_volunteers(case),
        "tag": words.action_tag(action) if action else None,
        "changeable": action is None or action.state in {"open", "doing"},
    }
    return page(request, "action", context, form)


def _offered(request: HopeRequest) -> dict[str, Any]:
    """What an entry of the directory, chosen for this plan, says about the task."""
    chosen = request.GET.get("resource", "")
    if not chosen.isdecimal() or len(chosen) > 17:
        return {}
    row = resource_of(request.viewer, int(chosen))
    told = {"title": row.name, "category": row.category_id, "service": row.service_id}
    if row.owner_id is None:
        return told
    return {**told, "owner_kind": OwnerKind.PARTNER, "owner_organisation": row.owner_id}


@staff(Permission.CASE_PLAN)
def new_action(request: HopeRequest, number: str) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    initial = {"owner_kind": OwnerKind.STAFF, "owner": request.viewer.user_id, "minutes": 60, **_offered(request)}
    form = _form(request, case, initial)
    if taken(request, form, lambda: add_action(by=request.viewer, number=number, wanted=_wanted(form))):
        return done(request, _("The task stands in the plan."), address(case))
    return _action_page(request, case, form, _("New task"))


@staff(Permission.CASE_PLAN)
def action(request: HopeRequest, number: str, action_id: int) -> HttpResponseBase:
    """Change a task, or see where it stands."""
    case = read_case(request.viewer, number)
    row = action_of(request.viewer, case, action_id)
    at = row.at.astimezone(clock.SEOUL) if row.at else None
    initial = {
        **{name: getattr(row, name) for name in ("title", "category", "service", "owner_kind", "owner", "due_on")},
        **{name: getattr(row, name) for name in ("owner_organisation", "minutes", "weekly", "quarter", "stairs")},
        "person": row.person_id,
        "day": at.date() if at else None,
        "hour": at.time() if at else None,
        "seen_at": row.updated_at.isoformat(),
    }
    form = _form(request, case, initial)

    def change() -> None:
        seen = form.cleaned_data["seen_at"]
        change_action(by=request.viewer, action_id=action_id, wanted=_wanted(form), seen_at=seen)

    if taken(request, form, change):
        return done(request, _("The task is changed."), address(case))
    return _action_page(request, case, form, row.title, row)


@staff(Permission.CASE_PLAN)
def action_state(request: HopeRequest, number: str, action_id: int) -> HttpResponseBase:
    """One tap: begun, done, not needed any more."""
    case = read_case(request.viewer, number)
    row = action_of(request.viewer, case, action_id)
    where = address(case, "case_action", action_id=row.pk)
    wanted = request.POST.get("state", "")
    if request.method != "POST" or wanted not in {"doing", "done", "cancelled"}:
        return HttpResponseRedirect(where)
    try:
        if wanted == "cancelled":
            actions.cancel(by=request.viewer, action_id=row.pk, reason="not_needed")
        else:
            set_action_state(by=request.viewer, action_id=row.pk, after=wanted)
    except errors.Impossible as refusal:
        form = ActionForm(catalogue=for_action(case))
        context = {
            **frame(case, row.title),
            "form": form,
            "action": row,
            "problems": [problem.words for problem in refusal.problems],
            "tag": words.action_tag(row),
            "changeable": False,
        }
        return page(request, "action", context)
    return done(request, _("Written down."), address(case))
