"""Died, in hospital, moved away, back again: one act that stops what would hurt, and tells the team gently (D15)."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import Action, Case, EntryKind, OwnerKind
from cases.rules.days import future_problems
from cases.services import actions, timeline
from cases.services.locking import locked_case
from cases.states import ActionState
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Viewer, acting_as, get_visible, visible_to
from hopecare.kernel.models import Membership, Person, PersonState
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.people import set_state
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

_STOPPED = (ActionState.OPEN, ActionState.DOING, ActionState.OFFERED, ActionState.BOOKED)
#: What the team reads; the name stands on the case page only.
NEWS = {
    PersonState.DIED: gettext_noop("Sad news about case %(number)s. Please look before you ring anybody."),
    PersonState.HOSPITAL: gettext_noop("Case %(number)s: in hospital. Visits and messages are stopped."),
    PersonState.MOVED: gettext_noop("Case %(number)s: moved away. Visits and messages are stopped."),
    PersonState.HERE: gettext_noop("Case %(number)s: at home again. Visits can be planned anew."),
}


def record_life_event(
    *, by: Viewer, number: str, person_id: int, state: PersonState, since: date, words: str = ""
) -> Person:
    """Set the person's state (its event stops messages, debits and offers), cancel what volunteers were to do, tell the
    team. The same state again changes nothing. Death is not taken back here: an administrator corrects it."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS, open_only=False)
        membership = get_visible(
            by, Membership, select=("person",), household=case.household_id, person=person_id, ends_on=None
        )
        person = membership.person
        if person.state == state:
            return person
        problems = future_problems(since, clock.today(), "since")
        if person.state == PersonState.DIED:
            words_back = _("A death is on record. If that is a mistake, please ask the central desk.")
            problems.append(errors.Problem("died", words_back, "state"))
        if problems:
            raise errors.Impossible(*problems)
        set_state(by=by, person=person, state=state, since=since)
        timeline.append(
            by, case, EntryKind.STATE, words=words.strip(), state=str(state), person=person.pk, since=since.isoformat()
        )
        if state != PersonState.HERE and person.pk == case.main_person_id:
            _stop_volunteers(by, case, str(state))
        _tell(by, case, person, state, since)
        return person


def _stop_volunteers(by: Viewer, case: Case, reason: str) -> None:
    rows = visible_to(by, Action).filter(case=case, owner_kind=OwnerKind.VOLUNTEER, state__in=_STOPPED)
    for action_id in list(rows.order_by("pk").values_list("pk", flat=True)):
        actions.cancel(by=by, action_id=action_id, reason=reason)


def _tell(by: Viewer, case: Case, person: Person, state: PersonState, since: date) -> None:
    notify(
        by=by,
        purpose="life_event",
        about=("person", person.pk),
        step=f"{case.pk}:{state}:{since.isoformat()}",
        to=Recipient.team(case.team_id),
        words=NEWS[state],
        parameters={"number": case.number},
        link=f"/desk/cases/{case.number}/",
        provider_id=case.provider_id,
    )
