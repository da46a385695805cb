"""Hope managers: cohorts, who is in them and led by whom, and the houses they look after for long, up to a limit."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from volunteers import access
from volunteers.access import get_visible
from volunteers.models import MOST_HOUSES, WEEKLY, Cohort, HopeManager, Offer, Pairing, Paper, Parting, Volunteer
from volunteers.rules import matching, safety
from volunteers.services.acting import machine
from volunteers.states import BOOKED, SERVED, VolunteerState

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"[:MOST_HOUSES]


def open_cohort(*, by: Viewer, name: str) -> Cohort:
    """Those who take the course together at one's own centre; the same name again is that cohort."""
    check(by, Permission.VOLUNTEER_MANAGE)
    if not name.strip() or by.organisation_id is None:
        raise errors.Impossible(errors.required("name"))
    with acting_as(by):
        values = {"began_on": clock.today(), "opened_by_id": by.user_id}
        row, fresh = Cohort.objects.get_or_create(
            provider_id=by.organisation_id, name=name.strip()[:40], defaults=values
        )
        if fresh:
            audit.changed(by, "cohort", [row.pk], "opened", owners=[row.provider_id])
        return row


def appoint(
    *, by: Viewer, volunteer_id: int, cohort: int | None, most: int | None, leader: int | None = None
) -> HopeManager:
    """A hope manager of a cohort, with the area's leader and the most houses; again: changed.

    Raises Impossible with every problem: no paper of the course, a leader who is none, fewer than they have already.
    """
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        own = HopeManager.objects.select_for_update().filter(volunteer=volunteer).first()
        houses = own.pairings.filter(ended_on=None).count() if own is not None else 0
        problems = _problems(by, volunteer, cohort, most, leader, houses)
        if problems:
            raise errors.Impossible(*problems)
        if own is None:
            token = access.new_token()
            own = HopeManager(volunteer=volunteer, since=clock.today(), token=token, noted_by_id=by.user_id)
            own.token_hash = access.token_hash(token)
        own.cohort_id, own.leader_id, own.most = int(cohort or 0), leader, int(most or 0)
        own.save()
        audit.changed(by, "manager", [own.pk], "appointed", most=own.most)
        return own


def pair(*, by: Viewer, offer_id: int) -> Pairing:
    """From now on the house of this visit is theirs: a contact every week, and somebody asks when there is none.

    Raises Impossible when the volunteer is no hope manager, has as many houses as agreed, or the house has another.
    """
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        offer = get_visible(by, Offer, named="offer", pk=offer_id, select=("request", "volunteer"))
        with acting_as(machine(by)) as acting:
            manager = HopeManager.objects.select_for_update().filter(volunteer_id=offer.volunteer_id).first()
            problem = _why_not(offer, manager)
            if problem is not None or manager is None:
                raise errors.Impossible(problem or errors.required("manager"))
            live = manager.pairings.filter(ended_on=None)
            standing = live.filter(case_id=offer.case_id).first()
            if standing is not None:
                return standing
            taken = set(live.values_list("letter", flat=True))
            if len(taken) >= manager.most:
                words = _("They look after as many houses as was agreed. Somebody else, or a new agreement, please.")
                raise errors.Impossible(Problem("most", words))
            return _begin(acting, by, offer, manager, next(letter for letter in LETTERS if letter not in taken))


def end_pairing(*, by: Viewer, pairing_id: int) -> None:
    """They do not look after this house any more; no reason is kept."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        pairing = get_visible(by, Pairing, named="pairing", pk=pairing_id)
        end_all(machine(by), pk=pairing.pk)


def end_all(acting: Viewer, **which: object) -> int:
    """The machine's side of it, when a case, a helper or a house ends; returns how many."""
    with acting_as(acting):
        rows = list(Pairing.objects.filter(ended_on=None, **which))
        Pairing.objects.filter(pk__in=[row.pk for row in rows]).update(ended_on=clock.today())
        for row in rows:
            audit.changed(acting, "pairing", [row.pk], "ended", owners=[row.provider_id])
        return len(rows)


def rest_all(person_id: int, *, here: bool) -> None:
    """In hospital or moved: nothing is due (D15); home again: the week begins anew."""
    with acting_as(system(Principal.OFFERS)):
        rows = Pairing.objects.filter(ended_on=None, case__main_person_id=person_id, rests=here)
        fresh = {"reminded_at": None, "leader_told_at": None, "lead_told_at": None} if here else {}
        due = {"due_on": clock.today() + timedelta(days=WEEKLY)} if here else {}
        rows.update(rests=not here, **fresh, **due)


def _begin(acting: Viewer, by: Viewer, offer: Offer, manager: HopeManager, letter: str) -> Pairing:
    today = clock.today()
    been = offer.during.lower.astimezone(clock.SEOUL).date() if offer.state in SERVED else None
    try:
        with transaction.atomic():
            row = Pairing.objects.create(
                manager=manager,
                team_id=offer.team_id,
                provider_id=offer.provider_id,
                case_id=offer.case_id,
                lead_id=offer.request.lead_id,
                town_id=offer.request.town_id,
                quarter=offer.request.quarter,
                letter=letter,
                since=today,
                last_on=been,
                due_on=max(been or today, today) + timedelta(days=WEEKLY),
                begun_by_id=by.user_id,
            )
    except IntegrityError as error:
        words = _("Another hope manager looks after this house. End that first, please.")
        raise errors.Impossible(Problem("house", words)) from error
    audit.changed(acting, "pairing", [row.pk], "begun", owners=[row.provider_id])
    return row


def _why_not(offer: Offer, manager: HopeManager | None) -> Problem | None:
    if manager is None:
        return Problem("manager", _("They are in no cohort of hope managers yet. Begin on their own page, please."))
    if offer.state not in (*BOOKED, *SERVED):
        return Problem("visit", _("Only somebody who goes there, or was there, can look after the house."))
    if Parting.objects.filter(volunteer_id=offer.volunteer_id, case_id=offer.case_id).exists():
        return Problem("parted", _("Somebody else goes to this house."))
    return None


def _problems(
    by: Viewer, volunteer: Volunteer, cohort: int | None, most: int | None, leader: int | None, houses: int
) -> list[Problem]:
    found: list[Problem] = []
    if cohort is None or not access.visible_to(by, Cohort).filter(pk=cohort).exists():
        found.append(errors.required("cohort"))
    if not most or not max(houses, 1) <= most <= MOST_HOUSES:
        words = _("From the houses they have to twenty, please.")
        found.append(Problem("most", words, "most"))
    paper = Paper.objects.filter(volunteer=volunteer, kind=matching.MANAGER).first()
    until = safety.counts_until(paper.kind, paper.valid_until, renewing=paper.renewing) if paper is not None else None
    if paper is None or (until is not None and until < clock.today()) or volunteer.state == VolunteerState.LEFT:
        found.append(Problem("paper", _("The hope manager's course is not completed, or its paper has run out.")))
    if leader is not None:
        leads = HopeManager.objects.filter(volunteer_id=leader, volunteer__state=VolunteerState.ACTIVE)
        if leader == volunteer.pk or not leads.exists():
            found.append(Problem("leader", _("A leader is another hope manager."), "leader"))
    return found
