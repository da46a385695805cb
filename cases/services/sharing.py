"""Organisations that take part in a case, and colleagues who stand in (R9, R18, R47, K6)."""

from datetime import date, time

from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseShare, Cover, EntryKind
from cases.rules import access as rules
from cases.selectors.team import organisation_of
from cases.services import earlier_notes, timeline
from cases.services.locking import actor, locked_case
from hopecare.kernel import audit, clock, errors, names
from hopecare.kernel.access import Viewer, acting_as, check, visible_to
from hopecare.kernel.models import Organisation, TeamMembership, User
from hopecare.kernel.permissions import Permission


def invite(*, by: Viewer, number: str, organisation: Organisation, reason: str, earlier: bool = False) -> CaseShare:
    """The organisation takes part in this case; what it sees is the agreement's level and the person's consent.

    Where that opens notes, those from today on, or all of them with `earlier` (R58).
    A sealed person's case is shared with nobody (D5). Inviting twice changes nothing.
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_LEAD)
        problems = rules.reason_problems(reason) + earlier_notes.problems(by, case, earlier=earlier)
        if organisation.pk == case.provider_id:
            problems.append(errors.Problem("same", _("This organisation provides for the case."), "organisation"))
        if case.main_person.sealed:
            problems.append(errors.Problem("sealed", _("This record is protected and is shared with nobody.")))
        if problems:
            raise errors.Impossible(*problems)
        share, fresh = CaseShare.objects.get_or_create(
            case=case,
            organisation=organisation,
            ended_at=None,
            defaults={
                "team_id": case.team_id,
                "provider_id": case.provider_id,
                "reason": reason.strip()[:200],
                "by_id": actor(by),
                "notes_from": None if earlier else clock.today(),
            },
        )
        if fresh:
            _told(by, case, organisation, "shared")
            if earlier:
                _told(by, case, organisation, "notes_opened")
    return share


def end_share(*, by: Viewer, number: str, organisation: Organisation) -> None:
    """The organisation sees nothing of the case from the next look on."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_LEAD, open_only=False)
        rows = visible_to(by, CaseShare).filter(case=case, organisation=organisation, ended_at=None)
        if rows.update(ended_at=clock.now()):
            _told(by, case, organisation, "share_ended")


def _told(by: Viewer, case: Case, organisation: Organisation, what: str) -> None:
    audit.changed(by, "case", [case.pk], what, owners=[case.provider_id, organisation.pk], organisation=organisation.pk)
    timeline.append(by, case, EntryKind.MEMBER, what=what, name=names.shown(None, organisation))


def stand_in(*, by: Viewer, absent: User, cover: User, starts_on: date, ends_on: date, reason: str = "") -> Cover:
    """From the first day's morning to the last day's evening `cover` sees what `absent` leads, in one organisation."""
    check(by, Permission.CASE_LEAD)
    with acting_as(by):
        problems = rules.cover_problems(starts_on, ends_on, same=absent.pk == cover.pk, today=clock.today())
        if any(organisation_of(user) != by.organisation_id for user in (absent, cover)):
            words = _("Both work in your own organisation; a colleague elsewhere takes the case over instead.")
            problems.append(errors.Problem("other_house", words, "cover"))
        elif absent.pk != by.user_id and not by.may(Permission.CASE_VIEW_ORGANISATION):
            words = _("You arrange your own absence; for a colleague the head does.")
            problems.append(errors.Problem("not_yours", words, "absent"))
        if not TeamMembership.objects.filter(user=cover).exclude(ends_on__lt=clock.today()).exists():
            problems.append(errors.Problem("no_team", _("This colleague works in no team."), "cover"))
        if problems:
            raise errors.Impossible(*problems)
        row = Cover.objects.create(
            organisation_id=by.organisation_id or 0,
            absent=absent,
            cover=cover,
            starts_at=clock.at(starts_on, time.min),
            ends_at=clock.at(ends_on, time(23, 59, 59)),
            reason=reason.strip()[:200],
            by_id=actor(by),
        )
        audit.changed(by, "user", [absent.pk], "cover", owners=[by.organisation_id], cover=cover.pk)
    return row


def end_cover(*, by: Viewer, cover_id: int) -> None:
    """Back earlier: the cover ends now."""
    check(by, Permission.CASE_LEAD)
    with acting_as(by):
        row = visible_to(by, Cover).filter(pk=cover_id, ends_at__gt=clock.now()).first()
        if row is None or not (row.absent_id == by.user_id or by.may(Permission.CASE_VIEW_ORGANISATION)):
            raise errors.NotFound("cover", str(cover_id))
        now = clock.now()
        if row.starts_at >= now:
            row.starts_at, row.ends_at = now, now + (clock.now().resolution)
        else:
            row.ends_at = now
        row.save(update_fields=["starts_at", "ends_at"])
        audit.changed(by, "user", [row.absent_id], "cover_ended", owners=[by.organisation_id], cover=row.cover_id)
