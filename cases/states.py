"""States, their transitions and who may cause them. The diagrams in docs/ are generated from these tables."""

from dataclasses import dataclass
from enum import StrEnum

from hopecare.kernel.errors import Impossible, Problem


class ReportState(StrEnum):
    RECEIVED = "received"
    ASSIGNED = "assigned"
    VISITED = "visited"
    CLOSED = "closed"
    JOINED = "joined"
    WITHDRAWN = "withdrawn"


class IntakeState(StrEnum):
    """There is no refusal (R17): a case, or an answer that was enough for the person."""

    OPEN = "open"
    CASE = "case"
    ANSWERED = "answered"


class CaseStage(StrEnum):
    """K1, from 접수 on; what comes before is the report's."""

    INTAKE = "intake"
    SURVEY = "survey"
    CONFERENCE = "conference"
    PLANNING = "planning"
    DELIVERY = "delivery"
    CLOSED = "closed"


class ActionState(StrEnum):
    OPEN = "open"
    DOING = "doing"
    OFFERED = "offered"
    BOOKED = "booked"
    DONE = "done"
    CANCELLED = "cancelled"


class ReferralState(StrEnum):
    """`sent` stays ours. `missed` asks again; `attended` and `back` (it did not come about) end it."""

    SENT = "sent"
    ACCEPTED = "accepted"
    ATTENDED = "attended"
    MISSED = "missed"
    BACK = "back"


class PlaceState(StrEnum):
    """The two words of Open311."""

    OPEN = "open"
    CLOSED = "closed"


class WatchState(StrEnum):
    """Somebody under watch by their own wish; away from home they stay on, and nothing asks or climbs meanwhile."""

    ON = "on"
    PAUSED = "paused"
    ENDED = "ended"


class Rung(StrEnum):
    """The ladder of an alarm; `ended` bears a result."""

    CALL = "call"
    CONTACT = "contact"
    VISIT = "visit"
    EMERGENCY = "emergency"
    ENDED = "ended"


#: What may be public: places and things, never a person or a household (D3). The database refuses every other code.
PLACES = ("unlit_stair", "street_light", "broken_ramp", "blocked_path", "icy_path", "loose_wall")


@dataclass(frozen=True)
class Step:
    """One allowed transition: from, to, and the owner — the permission or the system principal that may cause it."""

    before: str
    after: str
    owner: str


REPORT_STEPS = (
    Step(ReportState.RECEIVED, ReportState.ASSIGNED, "report.triage"),
    Step(ReportState.RECEIVED, ReportState.JOINED, "report.triage"),
    Step(ReportState.RECEIVED, ReportState.CLOSED, "report.triage"),
    Step(ReportState.RECEIVED, ReportState.WITHDRAWN, "reporter"),
    Step(ReportState.ASSIGNED, ReportState.ASSIGNED, "report.triage"),
    Step(ReportState.ASSIGNED, ReportState.VISITED, "visit.record"),
    Step(ReportState.ASSIGNED, ReportState.JOINED, "report.triage"),
    Step(ReportState.ASSIGNED, ReportState.WITHDRAWN, "reporter"),
    Step(ReportState.VISITED, ReportState.ASSIGNED, "report.triage"),
    Step(ReportState.VISITED, ReportState.JOINED, "report.triage"),
    Step(ReportState.VISITED, ReportState.CLOSED, "visit.record"),
    Step(ReportState.CLOSED, ReportState.JOINED, "report.triage"),
    Step(ReportState.CLOSED, ReportState.RECEIVED, "reporter"),  # "it is not better"
)
CASE_STEPS = (
    Step(CaseStage.INTAKE, CaseStage.SURVEY, "case.assess"),
    Step(CaseStage.SURVEY, CaseStage.CONFERENCE, "case.assess"),
    Step(CaseStage.SURVEY, CaseStage.PLANNING, "case.plan"),
    Step(CaseStage.CONFERENCE, CaseStage.PLANNING, "case.plan"),
    Step(CaseStage.INTAKE, CaseStage.PLANNING, "case.plan"),
    Step(CaseStage.PLANNING, CaseStage.DELIVERY, "case.plan"),
    Step(CaseStage.INTAKE, CaseStage.CLOSED, "case.close"),
    Step(CaseStage.SURVEY, CaseStage.CLOSED, "case.close"),
    Step(CaseStage.CONFERENCE, CaseStage.CLOSED, "case.close"),
    Step(CaseStage.PLANNING, CaseStage.CLOSED, "case.close"),
    Step(CaseStage.DELIVERY, CaseStage.CLOSED, "case.close"),
    Step(CaseStage.CLOSED, CaseStage.DELIVERY, "case.open"),
)
INTAKE_STEPS = (
    Step(IntakeState.OPEN, IntakeState.CASE, "case.open"),
    Step(IntakeState.OPEN, IntakeState.ANSWERED, "case.open"),
    Step(IntakeState.ANSWERED, IntakeState.OPEN, "case.open"),
)
ACTION_STEPS = (
    Step(ActionState.OPEN, ActionState.DOING, "case.plan"),
    Step(ActionState.OPEN, ActionState.OFFERED, "offer.manage"),
    Step(ActionState.OPEN, ActionState.DONE, "case.plan"),
    Step(ActionState.OPEN, ActionState.CANCELLED, "case.plan"),
    Step(ActionState.DOING, ActionState.DONE, "case.plan"),
    Step(ActionState.DOING, ActionState.CANCELLED, "case.plan"),
    Step(ActionState.DOING, ActionState.OFFERED, "offer.manage"),
    Step(ActionState.OFFERED, ActionState.BOOKED, "offers"),
    Step(ActionState.OFFERED, ActionState.OPEN, "offer.manage"),
    Step(ActionState.OFFERED, ActionState.CANCELLED, "case.plan"),
    Step(ActionState.BOOKED, ActionState.OFFERED, "offers"),
    Step(ActionState.BOOKED, ActionState.OPEN, "offers"),
    Step(ActionState.BOOKED, ActionState.DONE, "offers"),
    Step(ActionState.BOOKED, ActionState.CANCELLED, "case.plan"),
)
REFERRAL_STEPS = (
    Step(ReferralState.SENT, ReferralState.ACCEPTED, "case.service"),
    Step(ReferralState.SENT, ReferralState.BACK, "case.service"),
    Step(ReferralState.ACCEPTED, ReferralState.ATTENDED, "case.service"),
    Step(ReferralState.ACCEPTED, ReferralState.MISSED, "case.service"),
    Step(ReferralState.ACCEPTED, ReferralState.BACK, "case.service"),
    Step(ReferralState.MISSED, ReferralState.ACCEPTED, "case.service"),
    Step(ReferralState.MISSED, ReferralState.BACK, "case.service"),
)
WATCH_STEPS = (
    Step(WatchState.ON, WatchState.PAUSED, "case.assess"),
    Step(WatchState.ON, WatchState.PAUSED, "person"),
    Step(WatchState.ON, WatchState.PAUSED, "watch"),
    Step(WatchState.PAUSED, WatchState.ON, "case.assess"),
    Step(WatchState.PAUSED, WatchState.ON, "person"),
    Step(WatchState.PAUSED, WatchState.ON, "watch"),
    Step(WatchState.ON, WatchState.ENDED, "case.assess"),
    Step(WatchState.ON, WatchState.ENDED, "person"),
    Step(WatchState.ON, WatchState.ENDED, "watch"),
    Step(WatchState.PAUSED, WatchState.ENDED, "case.assess"),
    Step(WatchState.PAUSED, WatchState.ENDED, "person"),
    Step(WatchState.PAUSED, WatchState.ENDED, "watch"),
)
ALARM_STEPS = (
    Step(Rung.CALL, Rung.CONTACT, "watch"),
    Step(Rung.CALL, Rung.CONTACT, "case.assess"),
    Step(Rung.CALL, Rung.VISIT, "watch"),
    Step(Rung.CALL, Rung.VISIT, "case.assess"),
    Step(Rung.CONTACT, Rung.VISIT, "watch"),
    Step(Rung.CONTACT, Rung.VISIT, "case.assess"),
    Step(Rung.VISIT, Rung.EMERGENCY, "watch"),
    Step(Rung.VISIT, Rung.EMERGENCY, "case.assess"),
    Step(Rung.EMERGENCY, Rung.EMERGENCY, "watch"),
    Step(Rung.CALL, Rung.ENDED, "person"),
    Step(Rung.CALL, Rung.ENDED, "case.assess"),
    Step(Rung.CONTACT, Rung.ENDED, "case.assess"),
    Step(Rung.VISIT, Rung.ENDED, "case.assess"),
    Step(Rung.EMERGENCY, Rung.ENDED, "case.assess"),
)


def demand_step(steps: tuple[Step, ...], before: str, after: str, words: object) -> None:
    """Raise Impossible with `words` unless the table allows the step."""
    if not any(step.before == before and step.after == after for step in steps):
        raise Impossible(Problem("wrong_state", words))
