"""Exactly one lead at all times: change inside the team, transfer to another, access for one colleague (R47, K6)."""

from collections.abc import Sequence
from datetime import date, time

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases import access
from cases.models import Action, Case, CaseKind, CaseMember, EntryKind, LeadPeriod, PathwayPhoto
from cases.selectors.team import consents_to_sharing, leaders_of, members_of, organisation_of
from cases.services import earlier_notes, timeline
from cases.services.locking import locked_case
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Viewer, acting_as, case_key, person_key, visible_to
from hopecare.kernel.models import Document, Household, Organisation, Team, User
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.people import rescope
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

YOU_LEAD = gettext_noop("You are now the lead of case %(number)s.")


def change_lead(*, by: Viewer, number: str, to: User, reason: str = "") -> Case:
    """Hand over inside the team. The former period ends in the same instant in which the next begins."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_LEAD, open_only=False)
        if case.lead_id == to.pk:
            return case
        if not leaders_of(case.team_id).filter(pk=to.pk).exists():
            words = _("Only somebody of this team who may lead cases can take it over.")
            raise errors.Impossible(errors.Problem("cannot_lead", words, "to"))
        if case.main_person.sealed and person_key(to.pk) not in case.main_person.scope_keys:
            words = _("This person is protected: only their deputy can take the lead.")
            raise errors.Impossible(errors.Problem("sealed", words, "to"))
        _demand_public(case, to, "to")
        _lead(by, case, to, reason)
    return case


def change_leads(
    *, by: Viewer, numbers: Sequence[str], to: User, reason: str = ""
) -> tuple[list[str], list[tuple[str, str]]]:
    """Several at once, each checked and done by itself: (handed over, [(kept, why)])."""
    moved, kept = [], []
    for number in dict.fromkeys(numbers):
        try:
            with transaction.atomic():
                change_lead(by=by, number=number, to=to, reason=reason)
            moved.append(number)
        except errors.Impossible as refusal:
            kept.append((number, str(refusal.problems[0].words)))
        except errors.NotFound:
            kept.append((number, str(_("Not found."))))
    return moved, kept


def _demand_public(case: Case, user: User, field: str) -> None:
    """K6: without the person's consent a case of the city stays with the city."""
    if case.kind == CaseKind.PUBLIC and not consents_to_sharing(case, user):
        words = _("Without consent only colleagues of the city or the town office work on a public case.")
        raise errors.Impossible(errors.Problem("needs_consent", words, field))


def _lead(by: Viewer, case: Case, to: User, reason: str) -> None:
    moment = clock.now()
    before = case.lead_id
    visible_to(by, LeadPeriod).filter(case=case, ends_at=None).update(ends_at=moment)
    LeadPeriod.objects.create(case=case, team_id=case.team_id, provider_id=case.provider_id, user=to, starts_at=moment)
    case.lead = to
    case.save(update_fields=["lead"])
    _member(by, case, to)
    audit.changed(by, "case", [case.pk], "lead", owners=[case.provider_id], before=before, after=to.pk)
    timeline.append(by, case, EntryKind.LEAD, words=reason.strip(), to=to.name)
    events.publish("case.lead", case_id=case.pk, user_id=to.pk)
    notify(
        by=by,
        purpose="lead_changed",
        about=("case", case.pk),
        step=f"{to.pk}:{moment.isoformat()}",
        to=Recipient.user(to.pk),
        words=YOU_LEAD,
        parameters={"number": case.number},
        link=f"/desk/cases/{case.number}/",
        provider_id=case.provider_id,
    )


def _member(by: Viewer, case: Case, user: User) -> None:
    if visible_to(by, CaseMember).filter(case=case, user=user, ends_on=None).exists():
        return
    CaseMember.objects.create(
        case=case,
        team_id=case.team_id,
        provider_id=case.provider_id,
        user=user,
        organisation_id=organisation_of(user) or case.provider_id,
        starts_on=clock.today(),
    )


def add_member(*, by: Viewer, number: str, user: User) -> Case:
    """A colleague of the team works on the case by name; somebody outside the team needs a grant instead."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        if not members_of(case.team_id).filter(pk=user.pk).exists():
            words = _("This colleague is not in the team. Let them see the case until a day instead.")
            raise errors.Impossible(errors.Problem("outside", words, "user"))
        _demand_public(case, user, "user")
        if not visible_to(by, CaseMember).filter(case=case, user=user, ends_on=None).exists():
            _member(by, case, user)
            audit.changed(by, "case", [case.pk], "member_added", owners=[case.provider_id], user=user.pk)
            timeline.append(by, case, EntryKind.MEMBER, what="added", name=user.name)
    return case


def remove_member(*, by: Viewer, number: str, user: User) -> Case:
    """The lead cannot be removed, only replaced: no case is ever without one."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        if case.lead_id == user.pk:
            words = _("The lead stays until somebody else leads.")
            raise errors.Impossible(errors.Problem("is_lead", words, "user"))
        rows = visible_to(by, CaseMember).filter(case=case, user=user, ends_on=None)
        if rows.update(ends_on=clock.today()):
            audit.changed(by, "case", [case.pk], "member_removed", owners=[case.provider_id], user=user.pk)
            timeline.append(by, case, EntryKind.MEMBER, what="removed", name=user.name)
    return case


def grant_access(*, by: Viewer, number: str, user: User, until: date, reason: str, earlier: bool = False) -> None:
    """A colleague outside the team sees this one case until the end of a day, `earlier`: with notes from before (R58).

    From the public side to a private organisation the person's consent is needed besides (K6).
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_LEAD)
        problems = earlier_notes.problems(by, case, earlier=earlier)
        if not reason.strip():
            problems.append(errors.required("reason"))
        if until < clock.today():
            problems.append(errors.Problem("past_day", _("That day has passed."), "until"))
        if not consents_to_sharing(case, user):
            words = _("This organisation may see the case only with the person's consent to case management.")
            problems.append(errors.Problem("no_consent", words, "user"))
        if problems:
            raise errors.Impossible(*problems)
        ends_at = clock.at(until, time(23, 59, 59))
        access.grant_case(by=by, case=case, user=user, reason=reason.strip(), ends_at=ends_at, earlier=earlier)
        household = Household.objects.get(pk=case.household_id)
        rescope(household_id=household.pk, keys={*household.scope_keys, case_key(case.pk)})
        timeline.append(by, case, EntryKind.MEMBER, what="granted", name=user.name, until=until.isoformat())
        if earlier:
            timeline.append(by, case, EntryKind.MEMBER, what="notes_opened", name=user.name)


def withdraw_access(*, by: Viewer, number: str, user: User) -> None:
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_LEAD)
        access.withdraw_case(by=by, case=case, user=user)
        timeline.append(by, case, EntryKind.MEMBER, what="withdrawn", name=user.name)


def transfer(*, by: Viewer, number: str, team: Team, provider: Organisation, to: User, reason: str) -> Case:
    """Another team and organisation take over at once, with a lead of theirs; all rows change keys together.

    Whoever hands over may not see the case afterwards; what they wrote stays under their name.
    """
    with acting_as(by.also(teams=(team.pk,), providers=(provider.pk,))) as both:
        case = locked_case(both, number, Permission.CASE_LEAD)
        problems = [] if reason.strip() else [errors.required("reason")]
        if not leaders_of(team.pk).filter(pk=to.pk).exists():
            words = _("Choose somebody of the receiving team who may lead cases.")
            problems.append(errors.Problem("cannot_lead", words, "to"))
        if not consents_to_sharing(case, to):
            words = _("This organisation may see the case only with the person's consent to case management.")
            problems.append(errors.Problem("no_consent", words, "to"))
        if problems:
            raise errors.Impossible(*problems)
        if (case.team_id, case.provider_id, case.lead_id) == (team.pk, provider.pk, to.pk):
            return case
        _rekey(both, case, team, provider)
        visible_to(both, CaseMember).filter(case=case, ends_on=None).update(ends_on=clock.today())
        _lead(both, case, to, reason)
        audit.changed(
            both, "case", [case.pk], "transferred", owners=[provider.pk, case.provider_id], team=team.pk, reason=reason
        )
        events.publish("case.transferred", case_id=case.pk, team_id=team.pk, provider_id=provider.pk)
    return case


def _rekey(by: Viewer, case: Case, team: Team, provider: Organisation) -> None:
    """The case, everything that hangs on it, and the household with its people.

    Rows in sections that the viewer's role does not open move along, too: the database does it in one go for
    whoever holds a key of the case.
    """
    former = {case.team_id, -case.provider_id}
    with connection.cursor() as cursor:
        cursor.execute("select hc_rekey_case(%s, %s, %s)", [case.pk, team.pk, provider.pk])
    visible_to(by, Action).filter(case=case, owner_kind="volunteer").update(owner_organisation=provider)
    case.team, case.provider = team, provider
    case.save(update_fields=["team", "provider"])
    own = case_key(case.pk)  # papers of the case; photos of a report move with the report
    visible_to(by, Document).filter(scope_keys__contains=[own]).update(scope_keys=[team.pk, -provider.pk, own])
    household = Household.objects.get(pk=case.household_id)
    keys = ({*household.scope_keys} - former) | {team.pk, -provider.pk}
    rescope(household_id=household.pk, keys=keys)
    rooms = PathwayPhoto.objects.filter(case=case).values("document")
    Document.objects.filter(pk__in=rooms).update(scope_keys=sorted(keys))
