"""Move a case along `cases.states.CASE_STEPS`."""

from django.utils.translation import gettext_lazy as _

from cases.models import Case, EntryKind
from cases.services import timeline
from cases.states import CASE_STEPS, CaseStage, demand_step
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer

_NOT_NOW = _("The case cannot take this step now.")


def move(by: Viewer, case: Case, after: CaseStage | None, *, told: bool = True) -> None:
    """Take one allowed step; None stays. The case is locked by the caller. `told`: append a timeline entry."""
    if after is None or after == case.stage:
        return
    before = case.stage
    _demand_path(before, after)
    case.stage, case.stage_since = after, clock.today()
    case.save(update_fields=["stage", "stage_since"])
    audit.changed(by, "case", [case.pk], "stage", owners=[case.provider_id], before=str(before), after=str(after))
    if told:
        timeline.append(by, case, EntryKind.STAGE, before=str(before), after=str(after))


def _demand_path(before: str, after: CaseStage) -> None:
    """A grid filled in one visit passes the survey on its way to the conference."""
    if before == CaseStage.INTAKE and after == CaseStage.CONFERENCE:
        demand_step(CASE_STEPS, before, CaseStage.SURVEY, _NOT_NOW)
        before = CaseStage.SURVEY
    demand_step(CASE_STEPS, before, after, _NOT_NOW)
