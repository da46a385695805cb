"""What each person of a household agreed to, and what would end if they took it back (K6, K7)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from cases import access
from cases.models import Action, Case, CaseGrant, CaseHandOver, CaseKind, CaseShare, OwnerKind, PublishedNeed, Referral
from cases.selectors.team import organisation_of
from cases.states import ActionState
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Ground, GroundKind, GroundPurpose, Membership, Organisation, Person, User

_WAITING = (ActionState.OPEN, ActionState.DOING, ActionState.OFFERED, ActionState.BOOKED)


@dataclass(frozen=True)
class Standing:
    """One purpose of one person: all that was said, the newest first; `duty`: a law that holds beside it (K7)."""

    purpose: str
    rows: list[Ground]
    today: date

    @property
    def newest(self) -> Ground | None:
        return next((row for row in self.rows if row.kind == GroundKind.CONSENT), None)

    @property
    def holds(self) -> bool:
        """Whether the newest word of the person is a yes of today."""
        return _holds(self.newest, self.today)

    @property
    def duty(self) -> Ground | None:
        newest = next((row for row in self.rows if row.kind != GroundKind.CONSENT), None)
        return newest if _holds(newest, self.today) else None


def _holds(row: Ground | None, today: date) -> bool:
    return bool(row and row.given and row.starts_on <= today and (row.ends_on is None or row.ends_on >= today))


@dataclass(frozen=True)
class Agreed:
    """A person of the household with every purpose in the order of the form."""

    person: Person
    standings: list[Standing]
    main: bool


def agreed(viewer: Viewer, case: Case) -> list[Agreed]:
    """Everybody of the household whom the viewer may see, the main person first. Two queries."""
    rows = visible_to(viewer, Membership).filter(household=case.household_id, ends_on=None).select_related("person")
    people = sorted((row.person for row in rows), key=lambda one: (one.pk != case.main_person_id, one.pk))
    said = list(_grounds(viewer, [one.pk for one in people]))
    return [
        Agreed(
            person,
            [_standing(purpose, (row for row in said if row.person_id == person.pk)) for purpose in GroundPurpose],
            person.pk == case.main_person_id,
        )
        for person in people
    ]


def standing_of(viewer: Viewer, person: Person, purpose: str) -> Standing:
    return _standing(purpose, _grounds(viewer, [person.pk]))


def _standing(purpose: str, rows: Iterable[Ground]) -> Standing:
    return Standing(str(purpose), [row for row in rows if row.purpose == purpose], clock.today())


def _grounds(viewer: Viewer, people: list[int]) -> Iterable[Ground]:
    rows = visible_to(viewer, Ground).filter(person__in=people).select_related("recorded_by")
    return rows.order_by("-recorded_at", "-pk")


@dataclass(frozen=True)
class Ending:
    """What needs one consent and ends with it. `unseen`: private colleagues no longer see the case; `groundless`: it
    stands on nothing else; `referrals`: houses that were told already and must be rung; `unread`: parts of houses that
    go on with the household, and read nothing about this person any more."""

    shares: list[CaseShare] = field(default_factory=list)
    offers: list[CaseHandOver] = field(default_factory=list)
    grants: list[CaseGrant] = field(default_factory=list)
    tasks: list[Action] = field(default_factory=list)
    needs: list[PublishedNeed] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    health_of: list[CaseShare] = field(default_factory=list)
    unread: list[CaseShare] = field(default_factory=list)
    unseen: bool = False
    groundless: bool = False

    @property
    def nothing(self) -> bool:
        lists = (
            self.shares,
            self.offers,
            self.grants,
            self.tasks,
            self.needs,
            self.referrals,
            self.health_of,
            self.unread,
        )
        return not (any(lists) or self.unseen or self.groundless)


def ending(viewer: Viewer, case: Case, person: Person, purpose: str) -> Ending:
    """What would end if this person took this consent back now: the household's part hangs on the main person, what is
    about one person on that one."""
    main = person.pk == case.main_person_id
    match purpose:
        case GroundPurpose.CASE_MANAGEMENT:
            return _of_case_management(viewer, case, person, main=main)
        case GroundPurpose.HEALTH:
            return Ending(health_of=_shares(viewer, case))
        case GroundPurpose.VOLUNTEERS if main:
            rows = visible_to(viewer, Action).filter(case=case, owner_kind=OwnerKind.VOLUNTEER, state__in=_WAITING)
            return Ending(tasks=list(rows.order_by("due_on", "pk")))
        case GroundPurpose.DONORS if main:
            needs = visible_to(viewer, PublishedNeed).filter(main_person=person, closed_at=None)
            return Ending(needs=list(needs.order_by("pk")))
    return Ending()


def others_shared(viewer: Viewer, case: Case, person: Person, purpose: str) -> bool:
    """Whether the consent covers further cases that the viewer sees, so that one of them may end by itself. What of a
    case of the city private colleagues see hangs on the consent alone (K6)."""
    if purpose != GroundPurpose.CASE_MANAGEMENT or person.pk != case.main_person_id or case.kind == CaseKind.PUBLIC:
        return False
    return visible_to(viewer, Case).filter(main_person=person).exclude(pk=case.pk).exists()


def of_this_case(viewer: Viewer, case: Case, person: Person) -> Ending:
    """What ends where the consent stays: whoever takes part in this case, whatever else would let them in."""
    whole = _of_case_management(viewer, case, person, main=True)
    return Ending(shares=_shares(viewer, case), offers=whole.offers, grants=whole.grants, referrals=whole.referrals)


def still_sees(viewer: Viewer, case: Case, ended: Ending) -> bool:
    """Whether the viewer sees the case after that: a private colleague in a case of the city does not (K6)."""
    if not ended.unseen or viewer.user_id == case.lead_id or viewer.organisation_id == case.provider_id:
        return True
    house = Organisation.objects.filter(pk=viewer.organisation_id or 0).first()
    return house is not None and house.is_public


def _of_case_management(viewer: Viewer, case: Case, person: Person, *, main: bool) -> Ending:
    open_referrals = visible_to(viewer, Referral).filter(case=case, person=person, ended_at=None).order_by("pk")
    if not main:
        return Ending(referrals=list(open_referrals), unread=_shares(viewer, case))
    duty = standing_of(viewer, person, GroundPurpose.CASE_MANAGEMENT).duty
    owner = case.provider
    offers = visible_to(viewer, CaseHandOver).filter(case=case, accepted_at=None, withdrawn_at=None)
    return Ending(
        shares=[row for row in _shares(viewer, case) if not (duty and _by_duty(owner, row.organisation))],
        offers=[row for row in offers.select_related("to_team", "to_provider") if not row.to_provider.is_public],
        grants=[row for row in access.grants_of(case) if _is_outside(case, row.user)],
        referrals=list(open_referrals),
        unseen=case.kind == CaseKind.PUBLIC,
        groundless=duty is None,
    )


def _by_duty(owner: Organisation, guest: Organisation) -> bool:
    """From the public side to a private house only a consent opens (K6); elsewhere a duty does as well."""
    return guest.is_public or not owner.is_public


def _shares(viewer: Viewer, case: Case) -> list[CaseShare]:
    rows = visible_to(viewer, CaseShare).filter(case=case, ended_at=None)
    return list(rows.select_related("organisation").order_by("pk"))


def _is_outside(case: Case, user: User) -> bool:
    """Whether a colleague who may see this one case works for a private house other than the case's own."""
    house = Organisation.objects.filter(pk=organisation_of(user) or 0).first()
    return house is None or not (house.is_public or house.pk == case.provider_id)
