"""A case is never refused: it is handed over when another unit accepts, and until then stays where it is (R17)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import Case, CaseHandOver, EntryKind
from cases.rules import access as rules
from cases.selectors.team import may_receive
from cases.services import leads, timeline
from cases.services.locking import actor, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, visible_to
from hopecare.kernel.models import Organisation, Team, User
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

OFFERED = gettext_noop(
    "A case from %(town)s is handed over to your team. Until you accept, the sender stays responsible."
)
ACCEPTED = gettext_noop("%(who)s took over case %(number)s.")
_MOVED_ON = _("Somebody was quicker: this hand-over has moved on. Please look at it again.")


def offer(*, by: Viewer, number: str, team: Team, provider: Organisation, reason: str) -> CaseHandOver:
    """Ask another team. The case, its lead and every deadline stay until somebody there accepts.

    Towards a private organisation the person's consent is needed (K6). One team is asked at a time.
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_LEAD)
        problems = rules.reason_problems(reason)
        if team.pk == case.team_id:
            problems.append(errors.Problem("same", _("Choose another team than the one that has it."), "team"))
        if not may_receive(case, provider):
            words = _("This organisation may see the case only with the person's consent to case management.")
            problems.append(errors.Problem("no_consent", words, "team"))
        if open_offer(by, case) is not None:
            problems.append(errors.Problem("offered", _("Another team is asked already. Take that back first.")))
        if problems:
            raise errors.Impossible(*problems)
        row = CaseHandOver.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            to_team=team,
            to_provider=provider,
            town_id=case.town_id,
            reason=reason.strip()[:300],
            offered_by_id=actor(by),
        )
        audit.changed(by, "case", [case.pk], "offered", owners=[case.provider_id, provider.pk], team=team.pk)
        timeline.append(by, case, EntryKind.MEMBER, what="offered", name=team.name_ko)
        _tell(by, row, Recipient.team(team.pk), "offered", OFFERED, {"town": case.town.name_ko})
    return row


def open_offer(by: Viewer, case: Case) -> CaseHandOver | None:
    rows = visible_to(by, CaseHandOver).select_related("to_team", "offered_by")
    return rows.filter(case=case, accepted_at=None, withdrawn_at=None).first()


def accept(*, by: Viewer, hand_over_id: int, to: User) -> CaseHandOver:
    """The receiving team takes the case with a lead of its own; from this moment it is theirs. Asked twice, once."""
    check(by, Permission.CASE_LEAD)
    with acting_as(by):
        row = _locked(by, hand_over_id)
        if row.to_team_id not in by.team_ids:
            raise errors.NotFound("hand_over", str(hand_over_id))
        sender = by.also(teams=(row.team_id,), providers=(row.provider_id,))
        with acting_as(sender):
            number = Case.objects.get(pk=row.case_id).number
            row.accepted_at, row.accepted_by_id = clock.now(), actor(by)
            row.save(update_fields=["accepted_at", "accepted_by"])
            leads.transfer(
                by=sender, number=number, team=row.to_team, provider=row.to_provider, to=to, reason=row.reason
            )
        _tell(by, row, Recipient.user(row.offered_by_id), "accepted", ACCEPTED, {"who": by.name, "number": number})
    return row


def take_back(*, by: Viewer, hand_over_id: int) -> None:
    """The sender keeps the case after all. The receiving side has no such step: it accepts, or the centre is told."""
    check(by, Permission.CASE_LEAD)
    with acting_as(by):
        row = _locked(by, hand_over_id)
        if row.team_id not in by.team_ids and row.provider_id not in by.provider_ids:
            raise errors.NotFound("hand_over", str(hand_over_id))
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        audit.changed(by, "case", [row.case_id], "taken_back", owners=[row.provider_id])


def _locked(by: Viewer, hand_over_id: int) -> CaseHandOver:
    rows = visible_to(by, CaseHandOver).select_related("to_team", "to_provider", "town").select_for_update(of=("self",))
    row = rows.filter(pk=hand_over_id).first()
    if row is None:
        raise errors.NotFound("hand_over", str(hand_over_id))
    if row.accepted_at is not None or row.withdrawn_at is not None:
        raise errors.Impossible(errors.Problem("moved_on", _MOVED_ON))
    return row


def _tell(by: Viewer, row: CaseHandOver, to: Recipient, step: str, words: str, parameters: dict[str, str]) -> None:
    notify(
        by=by,
        purpose="case_hand_over",
        about=("hand_over", row.pk),
        step=step,
        to=to,
        words=words,
        parameters=parameters,
        link="/desk/hand-overs/",
        provider_id=row.provider_id,
    )
