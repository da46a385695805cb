"""The light track: one need, one house that helps, no full grid (K1 서비스연계)."""

from datetime import date

from cases.models import Action, Case, EntryKind, Goal, OwnerKind, Plan, Track
from cases.services import stages, timeline
from cases.services.locking import actor, locked_case
from cases.services.plans import Wanted, add_action, newest_plan
from cases.states import CaseStage
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.models import Category, Organisation, Service
from hopecare.kernel.permissions import Permission


def link(
    *,
    by: Viewer,
    number: str,
    category: Category,
    organisation: Organisation | None,
    title: str,
    due_on: date | None,
    service: Service | None = None,
    token: str = "",
) -> Action | None:
    """Classify as service linkage, give the task to the house, and go straight to delivery. None when sent twice."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        if organisation is None:
            raise errors.Impossible(errors.required("organisation"))
        wanted = Wanted(
            title=title,
            category=category,
            owner_kind=OwnerKind.PARTNER,
            due_on=due_on,
            service=service,
            owner_organisation=organisation,
            token=token,
        )
        action = add_action(by=by, number=number, wanted=wanted)
        if action is None:
            return None
        if case.track != Track.LINKAGE:
            case.track = Track.LINKAGE
            case.save(update_fields=["track"])
            audit.changed(by, "case", [case.pk], "classified", owners=[case.provider_id], track=str(Track.LINKAGE))
        if newest_plan(by, case) is None:
            _goal(by, case)
        if case.stage in {CaseStage.INTAKE, CaseStage.SURVEY, CaseStage.CONFERENCE}:
            stages.move(by, case, CaseStage.PLANNING, told=False)
        if case.stage == CaseStage.PLANNING:
            stages.move(by, case, CaseStage.DELIVERY)
        return action


def _goal(by: Viewer, case: Case) -> None:
    Plan.objects.create(
        case=case,
        team_id=case.team_id,
        provider_id=case.provider_id,
        goal=Goal.STABILISE,
        made_at=clock.now(),
        by_id=actor(by),
    )
    timeline.append(by, case, EntryKind.PLANNED, what="goal", goal=str(Goal.STABILISE))
