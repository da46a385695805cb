"""The one predicate of every private model of a case: lists, counts, search, exports and attachments all stand on it.

team × organisation × single case, minus the locked ones; then the field section; then what an agreement opens to
another organisation. The policies in the migrations say the same once more, so that both walls can be compared.
"""

from django.db.models import Q

from cases.access import earlier
from cases.access.own_word import below, by_own_word, not_of, of_one
from cases.models import (
    Action,
    AftercareCheck,
    AgendaPoint,
    Alarm,
    AlarmStep,
    Approval,
    ApprovalStep,
    Benefit,
    BenefitRun,
    BreakGlass,
    CallBack,
    Case,
    CaseHandOver,
    CaseLock,
    CaseMember,
    CasePaper,
    CaseShare,
    CheckIn,
    Commitment,
    Complexity,
    Conference,
    ConferenceSeat,
    Consultation,
    Cover,
    Decision,
    DeclaredPerson,
    DetailChange,
    Draft,
    Gap,
    HealthVisit,
    ImportFile,
    ImportRow,
    Intake,
    KeeperNaming,
    LeadPeriod,
    MarketCard,
    MarketTaking,
    Means,
    Merge,
    NeedAnswer,
    Omission,
    Overlap,
    Pathway,
    PathwayCheck,
    PathwayPhoto,
    PathwayStep,
    PathwayWage,
    PlaceRequest,
    Plan,
    Pregnancy,
    Presence,
    PublishedNeed,
    ReadingReview,
    Referral,
    RegisteredReporter,
    Report,
    ReportPhoto,
    RiskFlag,
    RoomConsent,
    RoomPhoto,
    Satisfaction,
    ServiceQuestion,
    ServiceRecord,
    StaffHome,
    StopPerson,
    Tie,
    TimelineEntry,
    Unsealing,
    UrgentRequest,
    Visit,
    Voice,
    VoiceKind,
    Watch,
    WatchAway,
    WatchContact,
    WatchEvent,
    WatchSource,
    Wish,
)
from hopecare.kernel.access import CENTRAL, Principal, Viewer, case_keyed_rule, unlocked, visibility
from hopecare.kernel.permissions import Permission

_NOBODY = Q(pk__in=[])


@visibility(Case)
def case_rule(viewer: Viewer) -> Q:
    """A sealed person's case keeps its row for its number alone: lists and pages leave it out (D5)."""
    return case_keyed_rule(viewer, case="id") | _keyed_and_sealed(viewer, "id")


visibility(
    Approval,
    ApprovalStep,
    CaseLock,
    CaseMember,
    Complexity,
    ConferenceSeat,
    Consultation,
    LeadPeriod,
    PublishedNeed,
    ServiceQuestion,
    Tie,
    Unsealing,
)(case_keyed_rule)
visibility(AftercareCheck)(earlier.later_only_than(case_keyed_rule, earlier.WITH_WORDS, at="done_on", own="done_by_id"))
visibility(Conference)(
    earlier.later_only_than(case_keyed_rule, earlier.WORDS_OF_CONFERENCE, at="held_at", own="called_by_id")
)
visibility(StopPerson)(
    earlier.later_only_than(case_keyed_rule, earlier.WITH_WORDS, at="recorded_at", own="recorded_by_id")
)


@visibility(Satisfaction)
def satisfaction_rule(viewer: Viewer) -> Q:
    """Nobody reads an answer; sums alone leave the table (R85)."""
    return _NOBODY


@visibility(Visit)
def visit_rule(viewer: Viewer) -> Q:
    """A visit of one's own in a sealed person's case stays in sight, without name and place (D5)."""
    mine = Q(official_id=viewer.user_id) | Q(worker_id=viewer.user_id)
    rows = case_keyed_rule(viewer) | _own_of_sealed(viewer, mine)
    return rows & earlier.later_only(viewer, earlier.WORDS_OF_VISIT, at="recorded_at", own="recorded_by_id")


def _own_of_sealed(viewer: Viewer, mine: Q) -> Q:
    return _keyed_and_sealed(viewer, "case_id") & mine


def _keyed_and_sealed(viewer: Viewer, case: str) -> Q:
    if not viewer.reach.sealed:
        return _NOBODY
    keyed = Q(team_id__among=viewer.team_ids) | Q(provider_id__among=viewer.provider_ids)
    return Q(**{f"{case}__among": viewer.reach.sealed}) & (keyed | Q(**{f"{case}__among": viewer.case_ids}))


def section_open(viewer: Viewer) -> Q:
    """The row's section is one the role opens, or the viewer leads the case; credit stays with the role (R39)."""
    if viewer.principal:
        return Q()
    led = Q(case_id__among=viewer.reach.led) & ~Q(section="credit")
    return Q(section__in=["", *viewer.sections]) | led


@visibility(Gap)
def sectioned_rule(viewer: Viewer) -> Q:
    return case_keyed_rule(viewer) & section_open(viewer)


visibility(Overlap, Omission)(of_one(sectioned_rule))
visibility(RiskFlag, Referral, Pathway)(of_one(sectioned_rule, own="by_id"))
visibility(ServiceRecord, Pregnancy)(of_one(sectioned_rule, own="recorded_by_id"))
visibility(CasePaper)(of_one(sectioned_rule, own="added_by_id"))
_told_of_one = of_one(case_keyed_rule, section=False, own="by_id")
visibility(Wish)(_told_of_one)
visibility(AgendaPoint, Decision)(earlier.later_only_than(_told_of_one, earlier.WITH_WORDS))


@visibility(PathwayStep, PathwayCheck, PathwayWage)
def pathway_part_rule(viewer: Viewer) -> Q:
    return sectioned_rule(viewer) & below(viewer, "pathway", Pathway)


@visibility(PathwayPhoto)
def pathway_photo_rule(viewer: Viewer) -> Q:
    return case_keyed_rule(viewer) & below(viewer, "pathway", Pathway)


@visibility(Commitment)
def commitment_rule(viewer: Viewer) -> Q:
    return case_keyed_rule(viewer) & below(viewer, "action", Action)


@visibility(HealthVisit)
def health_rule(viewer: Viewer) -> Q:
    """A whole table of the section health: the role opens it, or the viewer leads the case; no agreement does."""
    opened = viewer.principal or "health" in viewer.sections
    rule = case_keyed_rule(viewer) & below(viewer, "record", ServiceRecord)
    return rule if opened else rule & Q(case_id__among=viewer.reach.led)


def _shared(viewer: Viewer, case_ids: tuple[int, ...]) -> Q:
    """What an agreement opens: nothing sensitive, health only with a ground of its own (K6, K7); nothing about another
    adult who has not agreed to it for herself or himself."""
    reach = viewer.reach
    health = Q(section="health", case_id__among=reach.health) & not_of(reach.withheld_health)
    return Q(case_id__among=case_ids) & (Q(section="") | health) & not_of(reach.withheld) & unlocked(viewer)


@visibility(Plan)
def plan_rule(viewer: Viewer) -> Q:
    """Level 2 of an agreement opens the plan."""
    return case_keyed_rule(viewer) | (Q(case_id__among=viewer.reach.plans) & unlocked(viewer))


@visibility(Action)
def action_rule(viewer: Viewer) -> Q:
    """A task of one's own stays in sight, whomever it is about."""
    mine = Q(owner_id=viewer.user_id)
    rows = case_keyed_rule(viewer) | _own_of_sealed(viewer, mine) | _shared(viewer, viewer.reach.plans)
    return rows & section_open(viewer) & by_own_word(viewer, own="owner_id")


@visibility(NeedAnswer)
def noted_rule(viewer: Viewer) -> Q:
    """Level 3 opens notes and what was asked."""
    rows = case_keyed_rule(viewer) | _shared(viewer, viewer.reach.notes)
    return rows & section_open(viewer) & by_own_word(viewer, own="by_id")


visibility(TimelineEntry)(earlier.later_only_than(noted_rule, earlier.WORDS_OF_CONTACT))


@visibility(Voice)
def voice_rule(viewer: Viewer) -> Q:
    """As notes; an adult's private note stays with the team (D4)."""
    shared = _shared(viewer, viewer.reach.notes) & ~Q(kind=VoiceKind.PRIVATE)
    rows = (case_keyed_rule(viewer) | shared) & section_open(viewer) & by_own_word(viewer, own="by_id")
    return rows & earlier.later_only(viewer, earlier.PRIVATE_NOTE)


@visibility(Report)
def report_rule(viewer: Viewer) -> Q:
    """As a row of its case; a unit that is asked to take a report over sees it, too; the intake sees the code's own."""
    if viewer.principal == Principal.INTAKE:
        return Q(code=viewer.subject)
    return (case_keyed_rule(viewer) | Q(offered_team_id__among=viewer.team_ids)) & unlocked(viewer)


@visibility(MarketCard)
def market_card_rule(viewer: Viewer) -> Q:
    """As a row of its case; the counter finds one card by its number (R41)."""
    return Q(number=viewer.subject) if viewer.principal == Principal.MARKET else case_keyed_rule(viewer)


@visibility(MarketTaking)
def market_taking_rule(viewer: Viewer) -> Q:
    return Q(card__number=viewer.subject) if viewer.principal == Principal.MARKET else case_keyed_rule(viewer)


@visibility(Intake)
def intake_rule(viewer: Viewer) -> Q:
    """As a row of its case, once it has one; the principal `intake` reads the one it writes."""
    if viewer.principal == Principal.INTAKE:
        return Q(number=viewer.subject)
    return case_keyed_rule(viewer)


@visibility(CallBack, Merge)
def keyed_rule(viewer: Viewer) -> Q:
    return Q(team_id__among=viewer.team_ids) | Q(provider_id__among=viewer.provider_ids)


@visibility(ReportPhoto)
def photo_rule(viewer: Viewer) -> Q:
    """As the report: a lock on its case closes the photos, too (D6)."""
    return keyed_rule(viewer) & unlocked(viewer, case="report__case_id")


@visibility(RoomConsent)
def room_consent_rule(viewer: Viewer) -> Q:
    """As a row of its case; the machine that looks after a visit's volunteers asks whether they agreed (D9)."""
    return Q() if viewer.principal == Principal.OFFERS else case_keyed_rule(viewer)


@visibility(RoomPhoto)
def room_photo_rule(viewer: Viewer) -> Q:
    """Nobody sees a picture once the household has taken its word back."""
    return room_consent_rule(viewer) & Q(consent__withdrawn_at=None)


@visibility(Presence)
def presence_rule(viewer: Viewer) -> Q:
    """The team of the visit; the sweep looks for who has not come out."""
    return Q() if viewer.principal == Principal.SWEEP else keyed_rule(viewer)


@visibility(RegisteredReporter)
def reporter_rule(viewer: Viewer) -> Q:
    """The team that gets their reports, and its organisation; the intake finds the owner of one number."""
    return Q(phone_hash=viewer.subject) if viewer.principal == Principal.INTAKE else keyed_rule(viewer)


@visibility(PlaceRequest)
def place_rule(viewer: Viewer) -> Q:
    """The team whose town it is; the intake shows the public part of all (D3)."""
    return Q() if viewer.principal == Principal.INTAKE else keyed_rule(viewer)


@visibility(Means)
def means_rule(viewer: Viewer) -> Q:
    """Income as told, and what another system pays, are a section of its own (R37)."""
    return case_keyed_rule(viewer) if viewer.may(Permission.SECTION_MEANS) else _NOBODY


visibility(Benefit)(of_one(means_rule, section=False))


@visibility(DetailChange)
def detail_rule(viewer: Viewer) -> Q:
    """Names, addresses and telephones, those of before too: identity and household together (D4, D5)."""
    both = viewer.may(Permission.SECTION_IDENTITY) and viewer.may(Permission.SECTION_HOUSEHOLD)
    return case_keyed_rule(viewer) & by_own_word(viewer, section=False, own="by_id") if both else _NOBODY


@visibility(BenefitRun)
def benefit_rule(viewer: Viewer) -> Q:
    """Answers about income belong to the same section; the sweep runs them again when rules change."""
    return Q() if viewer.principal == Principal.SWEEP else means_rule(viewer)


@visibility(Watch, WatchContact, WatchAway, WatchSource, WatchEvent, CheckIn, Alarm, AlarmStep)
def watch_rule(viewer: Viewer) -> Q:
    """As rows of the case; the principal `watch` asks, hears and lets alarms climb."""
    return Q() if viewer.principal == Principal.WATCH else case_keyed_rule(viewer)


@visibility(CaseShare)
def share_rule(viewer: Viewer) -> Q:
    """The case's own people, and the organisation that takes part."""
    return (case_keyed_rule(viewer) | _house(viewer, "organisation_id")) & unlocked(viewer)


@visibility(CaseHandOver)
def hand_over_rule(viewer: Viewer) -> Q:
    """Who hands over, and the team that is asked."""
    return (case_keyed_rule(viewer) | Q(to_team_id__among=viewer.team_ids)) & unlocked(viewer)


@visibility(UrgentRequest)
def urgent_rule(viewer: Viewer) -> Q:
    """The team that helps, and the organisation that asked: both see the same clock (R38)."""
    return keyed_rule(viewer) | _house(viewer, "from_organisation_id")


@visibility(BreakGlass)
def break_glass_rule(viewer: Viewer) -> Q:
    return (case_keyed_rule(viewer) | _own(viewer)) & unlocked(viewer)


def _house(viewer: Viewer, field: str) -> Q:
    return Q(**{field: viewer.house}) if viewer.house else _NOBODY


def _own(viewer: Viewer) -> Q:
    return Q(user_id=viewer.user_id) if viewer.user_id else _NOBODY


@visibility(KeeperNaming)
def naming_rule(viewer: Viewer) -> Q:
    """Whoever has a say over seals: the central desk, and the head of the house the case belongs to; never the kin of
    the person (D6). That the case itself is shut to them by the seal is the point of it (D5)."""
    if not viewer.seals:
        return _NOBODY
    reach = viewer.reach
    own = [case for case in reach.locked if case not in reach.sealed]
    rows = Q() if viewer.seals == CENTRAL else Q(provider_id=viewer.seals)
    return rows & ~Q(case_id__among=own) if own else rows


@visibility(DeclaredPerson, StaffHome)
def declared_rule(viewer: Viewer) -> Q:
    """Whom somebody declared as close, and where they live, is for that account alone."""
    return _own(viewer)


@visibility(Draft)
def draft_rule(viewer: Viewer) -> Q:
    """Words that nobody has sent are for whoever wrote them, as long as they see the case."""
    return case_keyed_rule(viewer) & _own(viewer)


@visibility(Cover)
def cover_rule(viewer: Viewer) -> Q:
    return _house(viewer, "organisation_id")


@visibility(ReadingReview)
def review_rule(viewer: Viewer) -> Q:
    return Q(organisation_id=viewer.organisation_id) if viewer.may(Permission.AUDIT_VIEW) else _NOBODY


@visibility(ImportFile, ImportRow)
def import_rule(viewer: Viewer) -> Q:
    """The house that brought the file, and there only whoever may bring files (R19)."""
    return _house(viewer, "provider_id") if viewer.central and viewer.may(Permission.CITY_IMPORT) else _NOBODY
