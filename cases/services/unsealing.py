"""A protection that was set by hand ends: one of the two who see the person asks, the other one agrees (D5).

Nothing opens before. What ended when the address was protected (offers, a watch, visits) does not come back by itself.
"""

from collections import defaultdict

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import Case, EntryKind, Unsealing
from cases.rules import access as rules
from cases.selectors.unsealing import open_wish, who_sees
from cases.selectors.work import person_of
from cases.services import timeline
from cases.services.locking import actor, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, case_key, visible_to
from hopecare.kernel.models import Membership, Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.people import unseal
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

ASKED = gettext_noop("Case %(number)s: %(name)s wants a protection to end. Nothing opens before you agree.")
_NOT_SEALED = _("This person is not protected any more.")


def ask(*, by: Viewer, number: str, person_id: int, reason: str) -> Unsealing:
    """One of the two who see the person asks the other one. Raises Impossible without a reason."""
    with acting_as(by):
        case, person = _of_the_two(by, number, person_id)
        problems = rules.reason_problems(reason)
        if problems:
            raise errors.Impossible(*problems)
        known = open_wish(by, person)
        if known is not None:
            return known
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        row = Unsealing.objects.create(**keys, person=person, reason=reason.strip()[:500], asked_by_id=actor(by))
        audit.changed(by, "person", [person.pk], "unseal_asked", owners=[case.provider_id])
        for other in who_sees(person) - {actor(by)}:
            notify(
                by=by,
                purpose="unseal_asked",
                about=("case", case.pk),
                step=f"{row.pk}:{other}",
                to=Recipient.user(other),
                words=ASKED,
                parameters={"number": case.number, "name": row.asked_by.name},
                link=f"/desk/cases/{case.number}/people/{person.pk}/open/",
                provider_id=case.provider_id,
            )
        return row


def answer(*, by: Viewer, number: str, person_id: int, agrees: bool) -> bool:
    """The other one agrees, and it opens; or it stays as it is, as the one who asked may decide, too.

    Whether the person is open now. Impossible for the one who asked to agree.
    """
    with acting_as(by):
        case, person = _of_the_two(by, number, person_id)
        row = open_wish(by, person)
        if row is None:
            raise errors.Impossible(errors.Problem("not_asked", _("Nobody asks for that any more.")))
        if agrees and row.asked_by_id == by.user_id:
            raise errors.Impossible(errors.Problem("own_wish", _("A second person must agree."), "agrees_to"))
        row.agreed, row.answered_by_id, row.answered_at = agrees, actor(by), clock.now()
        row.save(update_fields=["agreed", "answered_by", "answered_at"])
        audit.changed(by, "person", [person.pk], "unseal_agreed" if agrees else "unseal_refused",
                      owners=[case.provider_id])  # fmt: skip
        if agrees:
            timeline.append(by, case, EntryKind.NOTE, words=row.reason, whose=person.pk)
            unseal(by=by, person=person, keys=_keys(by, person))
        return agrees


def _of_the_two(by: Viewer, number: str, person_id: int) -> tuple[Case, Person]:
    """The case under a lock and its sealed person; missing for everybody but the two, whoever stands in or urges."""
    case = locked_case(by, number, Permission.CASE_VIEW, open_only=False)
    person = person_of(by, case, person_id)
    if not person.sealed:
        raise errors.Impossible(errors.Problem("not_sealed", _NOT_SEALED))
    if by.user_id not in who_sees(person):
        raise errors.NotFound("person", str(person_id))
    return case, person


def end_wishes(by: Viewer, person: Person) -> None:
    """Who sees the person changes: what one of the former two wished counts no more."""
    rows = visible_to(by, Unsealing).filter(person=person, agreed=None)
    if rows.update(agreed=False, answered_by_id=actor(by), answered_at=clock.now()):
        audit.changed(by, "person", [person.pk], "unseal_refused")


def _keys(by: Viewer, person: Person) -> dict[int, set[int]]:
    """Household → as its cases are held now: their team, their organisation and the key of each."""
    households = Membership.objects.filter(person=person).values("household_id")
    found: dict[int, set[int]] = defaultdict(set)
    for case in visible_to(by, Case).filter(household__in=households):
        found[case.household_id] |= {case.team_id, -case.provider_id, case_key(case.pk)}
    return found
