"""Nobody is left who sees a protected person: two others are named by four eyes, who see neither (D5, D17).

Only while fewer than two of those who see the person are at work. Whoever is still there stays one of the two.
"""

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import KeeperNaming
from cases.rules import access as rules
from cases.selectors import keepers
from cases.selectors.keepers import Stuck, stuck_case
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Viewer, acting_as, visible_to
from hopecare.kernel.models import User
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

ASKED = gettext_noop("Case %(number)s: %(name)s wants two others to see a protected person. It takes your agreement.")
NAMED = gettext_noop("Case %(number)s: you are now one of the two who see a protected person.")
STAYS = gettext_noop("Case %(number)s: %(name)s wants somebody else beside you to see the protected person.")
TOLD = gettext_noop("Case %(number)s: %(name)s and %(other)s named two others who see a protected person.")
_PURPOSES = {ASKED: "keepers_asked", NAMED: "keepers_named", STAYS: "keepers_stays", TOLD: "keepers_told"}
_CANNOT = _("One of the two cannot take this on. Choose somebody else.")


def name(*, by: Viewer, number: str, lead: User, deputy: User, reason: str) -> KeeperNaming:
    """The central desk asks that these two see the person. Nothing changes before somebody else agrees."""
    with acting_as(by):
        if not keepers.asks_centrally(by):
            raise errors.NotFound("protection", number)
        found = stuck_case(by, number)
        problems = rules.reason_problems(reason) + _problems(by, found, lead, deputy)
        if any(row.case_id == found.case_id for row in keepers.asked(by)):
            problems.append(errors.Problem("asked", _("Somebody asked for that already. Answer it first.")))
        if problems:
            raise errors.Impossible(*problems)
        row = KeeperNaming.objects.create(
            case_id=found.case_id,
            team_id=found.team.pk,
            provider_id=found.provider.pk,
            lead=lead,
            deputy=deputy,
            reason=reason.strip()[:500],
            asked_by_id=actor(by),
        )
        _record(by, row, "keepers_asked")
        say = keepers.who_has_a_say(found.provider.pk) - {lead.pk, deputy.pk, actor(by)}
        _tell(by, row, ASKED, say - found.at_work, "/desk/protections/", number=number, name=by.name)
        _tell(by, row, STAYS, {*found.at_work}, f"/desk/cases/{number}/", number=number, name=by.name)
        return row


def _problems(by: Viewer, found: Stuck, lead: User, deputy: User) -> list[errors.Problem]:
    chosen = {lead.pk, deputy.pk}
    problems = []
    if len(chosen) < 2:
        problems.append(errors.Problem("one_only", _("Two people, not one."), "deputy"))
    if not found.at_work <= chosen:
        words = _("Whoever still sees the person stays one of the two.")
        problems.append(errors.Problem("still_there", words, "deputy"))
    can = _who_can(found.case_id)
    if by.user_id in chosen or not can.get(lead.pk) or deputy.pk not in can:
        problems.append(errors.Problem("cannot_see", _CANNOT, "lead"))
    return problems


def _who_can(case_id: int) -> dict[int, bool]:
    """Account → whether it may lead; why somebody is not among them is nobody's business (D6)."""
    with connection.cursor() as cursor:
        cursor.execute("select * from hc_keepers(%s, %s, %s)", [case_id, clock.today(), clock.now()])
        return dict(cursor.fetchall())


def answer(*, by: Viewer, naming_id: int, agrees: bool) -> bool:
    """Somebody else with a say agrees, and the two see the person; or not, as whoever asked may decide, too."""
    with acting_as(by):
        row = visible_to(by, KeeperNaming).select_for_update().filter(pk=naming_id, agreed=None).first()
        if row is None:
            raise errors.NotFound("protection", str(naming_id))
        if agrees:
            _agree(by, row)
        row.agreed, row.answered_by_id, row.answered_at = agrees, actor(by), clock.now()
        row.save(update_fields=["agreed", "answered_by", "answered_at"])
        _record(by, row, "keepers_named" if agrees else "keepers_refused")
        return agrees


def _agree(by: Viewer, row: KeeperNaming) -> None:
    found = next((one for one in keepers.stuck(by) if one.case_id == row.case_id), None)
    if found is None:
        words = _("Two of those who see the person are at work again: they decide.")
        raise errors.Impossible(errors.Problem("not_stuck", words, "agrees_to"))
    if by.user_id == row.asked_by_id:
        raise errors.Impossible(errors.Problem("own_wish", _("A second person must agree."), "agrees_to"))
    problems = _problems(by, found, row.lead, row.deputy)
    if problems:
        raise errors.Impossible(*(errors.Problem(one.code, one.words, "agrees_to") for one in problems))
    with connection.cursor() as cursor:
        told = [row.pk, row.reason, clock.today(), clock.now()]
        cursor.execute("select hc_name_keepers(%s, %s, %s, %s)", told)
    events.publish("case.lead", case_id=row.case_id, user_id=row.lead_id)
    _tell(by, row, NAMED, {row.lead_id, row.deputy_id}, f"/desk/cases/{found.number}/", number=found.number)
    names = {"number": found.number, "name": row.asked_by.name, "other": by.name}
    _tell(by, row, TOLD, keepers.privacy_officers(), "/desk/readers/", **names)


def _record(by: Viewer, row: KeeperNaming, what: str) -> None:
    houses = [row.provider_id, by.organisation_id]
    audit.changed(by, "case", [row.case_id], what, owners=houses, lead=row.lead_id, deputy=row.deputy_id)


def _tell(by: Viewer, row: KeeperNaming, words: str, people: set[int], link: str, **parameters: str) -> None:
    for user_id in sorted(people):
        notify(
            by=by,
            purpose=_PURPOSES[words],
            about=("keepers", row.pk),
            step=str(user_id),
            to=Recipient.user(user_id),
            words=words,
            parameters=parameters,
            link=link,
            provider_id=row.provider_id,
        )
