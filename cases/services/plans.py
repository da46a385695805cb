"""The plan: goal, sign-off and what somebody will do until when (R57, K1, K2)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import Action, ApprovalSubject, Case, EntryKind, OwnerKind, Plan, Track
from cases.rules import plans as rules
from cases.rules.checks import planned_problems
from cases.selectors.overlaps import planned
from cases.selectors.tasks import may_ask_volunteers
from cases.services import line, stages, timeline, whose
from cases.services.locking import actor, first_time, locked_case
from cases.states import ACTION_STEPS, ActionState, demand_step
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.models import Category, Organisation, Person, Service, User
from hopecare.kernel.permissions import Permission

_MOVED_ON = _("This task has moved on in the meantime. Please look at it again.")


@dataclass(frozen=True)
class Wanted:
    """What an action shall be; times in Seoul. `token` makes a form count once. `person`: nobody for the household.

    `ask_if_given`: when the household receives an equivalent service until then, ask before writing (R20).
    """

    title: str
    category: Category
    owner_kind: str
    due_on: date | None
    service: Service | None = None
    owner: User | None = None
    owner_organisation: Organisation | None = None
    at: datetime | None = None
    minutes: int | None = None
    weekly: bool = False
    quarter: str = ""
    stairs: bool = False
    token: str = ""
    ask_if_given: bool = False
    person: Person | None = None


def newest_plan(viewer: Viewer, case: Case) -> Plan | None:
    return visible_to(viewer, Plan).filter(case=case).order_by("-made_at", "-pk").first()


def set_goal(*, by: Viewer, number: str, goal: str, words: str, track: str = Track.FULL) -> Plan:
    """A new goal is a new plan row, to be agreed anew; the same goal changes nothing. Conference → planning."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        before = newest_plan(by, case)
        if case.track != track:
            Case.objects.filter(pk=case.pk).update(track=track)
            case.track = track
            audit.changed(by, "case", [case.pk], "classified", owners=[case.provider_id], track=track)
        if before is not None and (before.goal, before.goal_words) == (goal, words.strip()):
            return before
        plan = Plan.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            goal=goal,
            goal_words=words.strip(),
            made_at=clock.now(),
            by_id=actor(by),
        )
        _agreed(case, signed=False)
        line.withdraw(by, case, ApprovalSubject.PLAN)
        audit.changed(by, "case", [case.pk], "goal", owners=[case.provider_id], goal=goal)
        timeline.append(by, case, EntryKind.PLANNED, what="goal", goal=goal)
        stages.move(by, case, rules.stage_with_goal(case.stage))
        return plan


def sign_off(
    *, by: Viewer, number: str, herself: bool, signed_on: date | None = None, reason: str = "", words: str = ""
) -> Plan:
    """Agreed by the main person on a day, or the recorded reason why not (K7).

    Planning → delivery, where the line has approved the plan or is not asked; else it is laid before the line.
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        problems = rules.sign_off_problems(herself=herself, reason=reason, on=signed_on, today=clock.today())
        plan = newest_plan(by, case)
        if plan is None:
            problems.append(errors.Problem("no_goal", _("Set the goal first."), "goal"))
        if problems or plan is None:
            raise errors.Impossible(*problems)
        wanted = (signed_on if herself else None, "" if herself else reason)
        if (plan.signed_on, plan.unsigned_reason) == wanted:
            return plan
        plan.signed_on, plan.unsigned_reason = wanted
        plan.signed_by_person_id = case.main_person_id if herself else None
        plan.save(update_fields=["signed_on", "unsigned_reason", "signed_by_person"])
        _agreed(case, signed=herself)
        audit.changed(by, "case", [case.pk], "signed_off", owners=[case.provider_id], herself=herself, reason=reason)
        timeline.append(by, case, EntryKind.SIGNED, words=words.strip(), herself=herself, reason=reason)
        if not line.lay_plan(by, case, plan):
            stages.move(by, case, rules.stage_with_sign_off(case.stage))
        return plan


def _agreed(case: Case, *, signed: bool) -> None:
    Case.objects.filter(pk=case.pk).update(signed_off=signed)
    case.signed_off = signed


def _demand(case: Case, wanted: Wanted) -> None:
    facts = rules.ActionFacts(
        title=wanted.title,
        owner_kind=wanted.owner_kind,
        due_on=wanted.due_on,
        has_owner=wanted.owner is not None,
        has_organisation=wanted.owner_organisation is not None,
        has_service=wanted.service is not None,
        volunteer_risk=wanted.service.volunteer_risk if wanted.service else None,
        at=wanted.at,
        minutes=wanted.minutes,
        quarter=wanted.quarter,
    )
    may_ask = wanted.owner_kind != OwnerKind.VOLUNTEER or may_ask_volunteers(case)
    problems = rules.action_problems(facts, now=clock.now(), may_ask_volunteers=may_ask)
    if problems:
        raise errors.Impossible(*problems)


def _ask_if_given(by: Viewer, case: Case, wanted: Wanted) -> None:
    if not wanted.ask_if_given or wanted.due_on is None:
        return
    problems = planned_problems(planned(by, case, service=wanted.service, until=wanted.due_on))
    if problems:
        raise errors.Impossible(*problems)


def _values(case: Case, wanted: Wanted, organisation_id: int) -> dict[str, object]:
    volunteer = wanted.owner_kind == OwnerKind.VOLUNTEER
    return {
        "title": wanted.title.strip(),
        "person": wanted.person,
        "category": wanted.category,
        "service": wanted.service,
        "owner_kind": wanted.owner_kind,
        "owner": wanted.owner if wanted.owner_kind == OwnerKind.STAFF else None,
        "owner_organisation_id": organisation_id,
        "due_on": wanted.due_on,
        "at": wanted.at if volunteer else None,
        "minutes": wanted.minutes if volunteer else None,
        "weekly": wanted.weekly and volunteer,
        "quarter": wanted.quarter.strip() if volunteer else "",
        "stairs": wanted.stairs and volunteer,
    }


def _organisation_of(case: Case, wanted: Wanted) -> int:
    """Who answers for it: the organisation that was named, the colleague's, or (volunteers) the case's own centre."""
    if wanted.owner_kind == OwnerKind.PARTNER and wanted.owner_organisation is not None:
        return wanted.owner_organisation.pk
    if wanted.owner_kind == OwnerKind.STAFF and wanted.owner is not None:
        today = clock.today()
        rows = wanted.owner.affiliations.filter(starts_on__lte=today).exclude(ends_on__lt=today).order_by("pk")
        return rows.values_list("organisation_id", flat=True).first() or case.provider_id
    return case.provider_id


def add_action(
    *, by: Viewer, number: str, wanted: Wanted, permission: Permission = Permission.CASE_PLAN
) -> Action | None:
    """One thing to do, with owner and due date; None when this very form was taken before. Needs K6 for volunteers.

    `permission`: whoever records a visit plans its next one, also without the right to plan.
    """
    with acting_as(by):
        case = locked_case(by, number, permission)
        if not first_time(by, wanted.token):
            return None
        _demand(case, wanted)
        _ask_if_given(by, case, wanted)
        values = _values(case, wanted, _organisation_of(case, wanted))
        with whose.demand_seen(by, case, wanted.person.pk if wanted.person else None):
            action = Action.objects.create(
                case=case, team_id=case.team_id, provider_id=case.provider_id, updated_at=clock.now(), **values
            )
        audit.changed(by, "case", [case.pk], "action_added", owners=[case.provider_id], action=action.pk)
        _tell(by, action, "added")
        return action


def change_action(*, by: Viewer, action_id: int, wanted: Wanted, seen_at: str = "") -> Action:
    """Change an action nobody promised yet; Impossible when it moved on since the form showed it (`seen_at`)."""
    with acting_as(by):
        action = _action(by, action_id)
        case = action.case
        if seen_at and action.updated_at.isoformat() != seen_at:
            raise errors.Impossible(errors.Problem("overtaken", _MOVED_ON))
        if action.state not in {ActionState.OPEN, ActionState.DOING}:
            words = _("Volunteers are asked or booked. Take that back first.")
            raise errors.Impossible(errors.Problem("promised", words))
        _demand(case, wanted)
        if wanted.service is not None and wanted.service.pk != action.service_id:
            _ask_if_given(by, case, wanted)
        for name, value in _values(case, wanted, _organisation_of(case, wanted)).items():
            setattr(action, name, value)
        action.updated_at = clock.now()
        with whose.demand_seen(by, case, action.person_id):
            action.save()
        audit.changed(by, "case", [case.pk], "action_changed", owners=[case.provider_id], action=action.pk)
        _tell(by, action, "changed")
        return action


def set_action_state(
    *,
    by: Viewer,
    action_id: int,
    after: str,
    on: date | None = None,
    permission: Permission = Permission.CASE_PLAN,
) -> Action:
    """Staff say "begun" or "done"; volunteers' states belong to cases.services.actions. Twice is once.

    `permission`: whoever records the service that a task asked for ends it, also without the right to plan.
    """
    with acting_as(by):
        action = _action(by, action_id, permission)
        if action.state == after:
            return action
        demand_step(ACTION_STEPS, action.state, after, _MOVED_ON)
        done_on = (on or clock.today()) if after == ActionState.DONE else None
        changed = Action.objects.filter(pk=action.pk, state=action.state).update(
            state=after, done_on=done_on, updated_at=clock.now()
        )
        if not changed:
            raise errors.Impossible(errors.Problem("wrong_state", _MOVED_ON))
        audit.changed(by, "action", [action.pk], str(after), owners=[action.provider_id], before=str(action.state))
        _tell(by, action, str(after))
        action.state, action.done_on = after, done_on
        return action


def _tell(by: Viewer, action: Action, what: str) -> None:
    told: dict[str, Any] = {"what": what, "action": action.pk, "title": action.title}
    if action.service is not None and action.service.section:
        told["service"] = action.service.code  # its title is read where the task is
    timeline.append(by, action.case, EntryKind.PLANNED, whose=action.person_id, **told)


def _action(by: Viewer, action_id: int, permission: Permission = Permission.CASE_PLAN) -> Action:
    check(by, permission)
    action = get_visible(by, Action, named="action", pk=action_id)
    case = locked_case(by, action.case.number, permission)
    fresh = visible_to(by, Action).select_for_update(of=("self",)).get(pk=action.pk)
    fresh.case = case
    return fresh
