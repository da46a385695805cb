"""The steps of one action of a plan, each a compare-and-set on `cases.states.ACTION_STEPS` (R47, D15, K6).

Callable by staff who see the case and hold the step's permission, and by the system principal `offers`, which
volunteers use when somebody answers by link, word or telephone. A step that was already taken changes nothing, so
that a retry is safe; a step that is not allowed raises errors.Impossible and changes nothing either.
"""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases import access
from cases.models import Action, Case, EntryKind, OwnerKind
from cases.services import timeline
from cases.states import ACTION_STEPS, ActionState, demand_step
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Principal, Viewer, acting_as, check, visible_to
from hopecare.kernel.permissions import Permission

WEEK = timedelta(days=7)
_MOVED_ON = _("This task has moved on in the meantime. Please look at it again.")
#: What an action keeps while nobody is booked for it.
_NOBODY: dict[str, Any] = {"helper_name": ""}


def mark_offered(*, by: Viewer, action_id: int) -> Action:
    """Volunteers are being asked: open, doing or (somebody cancelled) booked → offered."""
    with acting_as(by):
        action = _locked(by, action_id, Permission.OFFER_MANAGE)
        if action.state != ActionState.OFFERED:
            _demand_volunteer(action)
            _step(by, action, ActionState.OFFERED, "asked", **_NOBODY)
        return action


def mark_booked(*, by: Viewer, action_id: int, helper_name: str) -> Action:
    """Somebody said yes: offered → booked. A second yes of another helper raises Impossible (`already_booked`)."""
    with acting_as(by):
        action = _locked(by, action_id, Permission.OFFER_MANAGE)
        if action.state == ActionState.BOOKED:
            if action.helper_name != helper_name:
                raise errors.Impossible(errors.Problem("already_booked", _("This is already settled.")))
            return action
        _step(by, action, ActionState.BOOKED, "booked", helper_name=helper_name)
        return action


def reopen(*, by: Viewer, action_id: int) -> Action:
    """Nobody is asked or booked any more: offered or booked → open. Task grants of the former helper end."""
    with acting_as(by):
        action = _locked(by, action_id, Permission.OFFER_MANAGE)
        if action.state != ActionState.OPEN:
            access.withdraw_task(by=by, action_id=action.pk)
            _step(by, action, ActionState.OPEN, "nobody", **_NOBODY)
        return action


def mark_done_by_volunteer(*, by: Viewer, action_id: int, on: date) -> Action:
    """The volunteer was there on `on`: booked → done.

    One yes is one date: a weekly action is open again for the same weekday of the next week, with `done_on` set, so
    that nobody is promised who did not promise.
    """
    with acting_as(by):
        action = _locked(by, action_id, Permission.OFFER_MANAGE)
        if action.done_on == on and action.state != ActionState.BOOKED:
            return action
        demand_step(ACTION_STEPS, action.state, ActionState.DONE, _MOVED_ON)
        if action.weekly and action.at is not None:
            following = action.at + WEEK
            _step(by, action, ActionState.OPEN, "done", done_on=on, at=following, due_on=_day(following))
        else:
            _step(by, action, ActionState.DONE, "done", done_on=on)
        return action


def cancel(*, by: Viewer, action_id: int, reason: str) -> Action:
    """Not needed any more: any open state → cancelled. Task grants end; `action.cancelled` tells whoever offered it.

    `reason`: lower-case code such as not_needed, case_closed, died, hospital, moved.
    """
    with acting_as(by):
        action = _locked(by, action_id, Permission.CASE_PLAN)
        if action.state == ActionState.CANCELLED:
            return action
        before = action.state
        access.withdraw_task(by=by, action_id=action.pk)
        _step(by, action, ActionState.CANCELLED, "cancelled", reason=reason)
        events.publish("action.cancelled", action_id=action.pk, case_id=action.case_id, reason=reason, was=str(before))
        return action


def _day(moment: Any) -> date:
    return moment.astimezone(clock.SEOUL).date()  # type: ignore[no-any-return]


def _locked(by: Viewer, action_id: int, permission: Permission) -> Action:
    """The action under a row lock; the principal `offers` sees what its policy lists, people what their keys open."""
    if by.principal == Principal.OFFERS:
        rows = Action.objects.all()
    else:
        check(by, permission)
        rows = visible_to(by, Action)
    action = rows.select_for_update(of=("self",)).select_related("case").filter(pk=action_id).first()
    if action is None:
        raise errors.NotFound("action", str(action_id))
    return action


def _demand_volunteer(action: Action) -> None:
    if action.owner_kind != OwnerKind.VOLUNTEER or not action.case.is_open:
        raise errors.Impossible(errors.Problem("not_for_volunteers", _("No volunteer is wanted for this.")))


def _step(by: Viewer, action: Action, after: ActionState, what: str, reason: str = "", **changes: Any) -> None:
    """Compare-and-set, audit row and timeline entry; `reason` goes into the entry."""
    before = action.state
    demand_step(ACTION_STEPS, before, after, _MOVED_ON)
    values = {"state": after, "updated_at": clock.now(), **changes}
    if not Action.objects.filter(pk=action.pk, state=before).update(**values):
        raise errors.Impossible(errors.Problem("wrong_state", _MOVED_ON))
    for name, value in values.items():
        setattr(action, name, value)
    audit.changed(by, "action", [action.pk], what, owners=[action.provider_id], before=str(before), after=str(after))
    case: Case = action.case
    kind = EntryKind.OFFER if action.owner_kind == OwnerKind.VOLUNTEER else EntryKind.PLANNED
    details: dict[str, Any] = {"what": what, "action": action.pk, "title": action.title, "helper": action.helper_name}
    if reason:
        details["reason"] = reason
    if action.done_on and what == "done":
        details["on"] = action.done_on.isoformat()
    timeline.append(by, case, kind, whose=action.person_id, **details)
