"""What stands in the file of all an organisation holds, sheet by sheet, and what does not, with the reason (K9).

Columns are read off the model, so that a new one is in the file the day it exists. Where a role does not open a page,
it does not take its rows along, either.
"""

from typing import Any

from django.db import models

from cases.models import (
    AgendaPoint,
    Alarm,
    AlarmStep,
    Approval,
    ApprovalStep,
    Benefit,
    BenefitRun,
    BreakGlass,
    CallBack,
    CaseHandOver,
    CaseMember,
    CaseShare,
    CheckIn,
    Commitment,
    Complexity,
    Conference,
    ConferenceSeat,
    Consultation,
    Decision,
    DetailChange,
    Gap,
    HealthVisit,
    Intake,
    LeadPeriod,
    MarketCard,
    MarketTaking,
    Means,
    Omission,
    Overlap,
    Pathway,
    PathwayCheck,
    PathwayStep,
    PathwayWage,
    PlaceRequest,
    Pregnancy,
    Presence,
    PublishedNeed,
    RegisteredReporter,
    Report,
    RiskFlag,
    StopPerson,
    Tie,
    UrgentRequest,
    Visit,
    Watch,
    WatchAway,
    WatchContact,
    WatchEvent,
    WatchSource,
    Wish,
)
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Address, Coverage, Ground, SafeContact
from hopecare.kernel.permissions import Permission

#: Sheet → model with one case to each row.
OF_CASES: dict[str, Any] = {
    "conferences": Conference, "conference_seats": ConferenceSeat, "decisions": Decision, "commitments": Commitment,
    "points_of_one": AgendaPoint,
    "approvals": Approval, "approval_steps": ApprovalStep, "members": CaseMember, "lead_periods": LeadPeriod,
    "risk_flags": RiskFlag, "complexity": Complexity, "advice": Consultation, "ties": Tie, "pregnancies": Pregnancy,
    "means": Means, "benefits": Benefit, "benefit_checks": BenefitRun,
    "pathways": Pathway, "pathway_steps": PathwayStep, "pathway_checks": PathwayCheck,
    "health_visits": HealthVisit,
    "pathway_wages": PathwayWage,
    "watches": Watch, "watch_contacts": WatchContact, "watch_away": WatchAway, "watch_devices": WatchSource,
    "watch_events": WatchEvent, "check_ins": CheckIn, "alarms": Alarm, "alarm_steps": AlarmStep,
    "market_cards": MarketCard, "market_taken": MarketTaking, "wishes": Wish, "asked_of_givers": PublishedNeed,
    "overlaps": Overlap, "omissions": Omission, "gaps": Gap,
    "changed_details": DetailChange,
    "shares": CaseShare, "hand_overs": CaseHandOver, "danger_to_life": BreakGlass, "outing_stops": StopPerson,
}  # fmt: skip
#: Sheet → model whose rows are the house's own, with a case or before there is one, and who may open their pages.
OF_HOUSE: dict[str, tuple[Any, Permission]] = {
    "reports": (Report, Permission.REPORT_VIEW),
    "intakes": (Intake, Permission.CASE_OPEN),
    "visits": (Visit, Permission.REPORT_VIEW),
    "inside": (Presence, Permission.VISIT_RECORD),
    "call_backs": (CallBack, Permission.CALLBACK_VIEW),
    "urgent_requests": (UrgentRequest, Permission.CASE_VIEW),
    "registered_reporters": (RegisteredReporter, Permission.REPORT_TRIAGE),
    "places": (PlaceRequest, Permission.REPORT_VIEW),
}
#: Sheet → model with a person or household of these cases to each row, and the way there.
OF_PEOPLE: dict[str, tuple[Any, str]] = {
    "grounds": (Ground, "person"), "safe_contacts": (SafeContact, "person"),
    "addresses": (Address, "household"), "coverage": (Coverage, "household"),
}  # fmt: skip
#: Private models that are in no sheet: `app.Model`, or the whole of another app, and why.
NOT_IN_IT = {
    "cases.CaseLock": "whom a colleague is related to is the colleague's own affair (D6)",
    "cases.DeclaredPerson": "as the locks (D6)",
    "cases.StaffHome": "as the locks (D6)",
    "cases.Unsealing": "sealed people are in no file (D5)",
    "cases.KeeperNaming": "sealed people are in no file (D5)",
    "cases.Merge": "told by the cases they belong to; a likeness alone opens nothing (D6)",
    "cases.Draft": "words that nobody has sent yet",
    "cases.Satisfaction": "nobody reads an answer, sums alone leave the table (R85)",
    "cases.ServiceQuestion": "who was asked when would name an answer (R85)",
    "cases.Cover": "who was away is staff's business, and ends with the absence",
    "cases.ReportPhoto": "pictures are looked at one by one, each look written down (D9)",
    "cases.RoomPhoto": "agreed to for the visit alone (D9)",
    "cases.RoomConsent": "as the pictures it is for (D9)",
    "cases.PathwayPhoto": "agreed to for the repair alone (D9)",
    "cases.ReadingReview": "in the list of who read, with its own file",
    "cases.ImportFile": "the city's own files, as they came from its system",
    "cases.ImportRow": "as its file",
    "kernel.Person": "in the sheet people",
    "kernel.Household": "in the sheet people",
    "kernel.Document": "in the folder papers",
    "kernel.ResidentNumber": "never leaves the house",
    "kernel.ReadEntry": "in the list of who read, with its own file",
    "kernel.ChangeEntry": "in the list of who read, with its own file",
    "kernel.ApiKey": "keys of other people's systems, by hash alone",
    "kernel.Device": "telephones of accounts",
    "kernel.DeviceKey": "as the telephones",
    "kernel.SignInCode": "as the telephones",
    "eligibility": "answers of nobody known, under a code of their own",
    "messaging": "what was sent is kept by purpose for a time and then forgotten",
    "volunteers": "its own files: hours, certificates, the plan",
    "donations": "its own file: the accountant's",
}
#: Columns that are keys of the machine or whom a rule keeps apart: who reported (D2, D14), who has the key (D8).
_NEVER = {"team", "provider", "uuid", "link_version", "client_id", "scope_keys", "line_words", "other_record_id", "row",
          "reporter_name", "reporter_phone", "typed_by", "not_same", "keys", "look", "token", "Intake.told", "client",
          "guardian", "rough_lat", "rough_lon"}  # fmt: skip
#: What a key to another table is told as.
_TOLD_AS = {"User": "name", "Person": "name", "Organisation": "name_ko", "Case": "number", "Category": "code",
            "Service": "code", "ServiceClass": "code", "Town": "code", "Zone": "code", "Team": "code",
            "Resource": "name"}  # fmt: skip


def columns_of(model: type[models.Model]) -> dict[str, str]:
    """Column → where it stands: every field of the row but what is left out above."""
    found: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        if {field.name, f"{model.__name__}.{field.name}"} & _NEVER or field.name.endswith("_hash"):
            continue
        kind = getattr(field.related_model, "__name__", "")
        if kind in _TOLD_AS:
            found[field.name] = f"{field.name}__{_TOLD_AS[kind]}"
        else:
            found[field.attname] = field.attname
    return found


def of_house(viewer: Viewer) -> dict[str, Any]:
    """The sheets whose pages this role may open."""
    return {name: model for name, (model, permission) in OF_HOUSE.items() if viewer.may(permission)}
