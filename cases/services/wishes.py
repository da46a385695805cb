"""Wishes in people's own words: on the plan, told to givers as every need is, fulfilled with an outcome (R59)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from cases.models import Case, OwnerKind, ServiceRecord, Wish
from cases.rules import wishes as rules
from cases.selectors import catalogue
from cases.services import actions, published
from cases.services.locking import actor, first_time, locked_case
from cases.services.plans import Wanted, add_action, set_action_state
from cases.services.services_given import Given, record_service
from cases.states import ActionState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, get_visible, visible_to
from hopecare.kernel.models import FundSource, Person, ProviderKind, Service, User
from hopecare.kernel.permissions import Permission

SERVICE = "wish"


@dataclass(frozen=True)
class Told:
    """A wish as somebody says it; without a person it is the whole household's. `token`: one per form."""

    words: str
    wanted_on: date | None
    price_won: int = 0
    person: Person | None = None
    token: str = ""


@dataclass(frozen=True)
class Fulfilled:
    """What came of it, in words; money only where no giver's payment stands on its task already."""

    outcome: str
    on: date
    provider_kind: ProviderKind
    amount_won: int = 0
    fund_source: FundSource | None = None


def service_of_wishes() -> Service:
    """The catalogue's own entry; Impossible where the city's file has none."""
    found = next((one for one in catalogue.services() if one.code == SERVICE and one.active), None)
    if found is None or found.category is None:
        raise errors.Impossible(errors.Problem("no_service", _("The city's catalogue has no entry for wishes.")))
    return found


def tell(*, by: Viewer, number: str, told: Told) -> Wish | None:
    """Write the wish down and put it on the plan, with whoever wrote it in charge. None for a form taken before."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        problems = rules.wish_problems(told.words, told.wanted_on, told.price_won, today=clock.today())
        if problems or told.wanted_on is None:
            raise errors.Impossible(*problems)
        if not first_time(by, told.token):
            return None
        service, words = service_of_wishes(), told.words.strip()
        owner = User.objects.get(pk=actor(by))
        task = (words[:200], service.category, OwnerKind.STAFF, told.wanted_on, service, owner)
        wanted = Wanted(*task, person=told.person)  # type: ignore[arg-type]
        action = add_action(by=by, number=number, wanted=wanted)
        assert action is not None  # it bears no token of its own
        wish = Wish.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            person=told.person,
            words=words,
            price_won=told.price_won,
            wanted_on=told.wanted_on,
            action=action,
            by_id=actor(by),
        )
        audit.changed(by, "case", [case.pk], "wish_told", owners=[case.provider_id], wish=wish.pk)
        return wish


def fulfil(*, by: Viewer, number: str, wish_id: int, how: Fulfilled) -> Wish:
    """It came true: the service is on record, the task is done, givers are told no more. Twice is once."""
    with acting_as(by):
        case, wish = _locked(by, number, wish_id)
        if wish.fulfilled_on is not None:
            return wish
        problems = rules.outcome_problems(how.outcome, given_up=wish.given_up_on is not None)
        if problems:
            raise errors.Impossible(*problems)
        _record(by, case, wish, how)
        wish.fulfilled_on, wish.outcome = how.on, how.outcome.strip()
        wish.save(update_fields=["fulfilled_on", "outcome"])
        if wish.published is not None:
            published.close(by=by, need_uuid=wish.published.uuid, reason="met")
        audit.changed(by, "case", [case.pk], "wish_fulfilled", owners=[case.provider_id], wish=wish.pk)
        return wish


def _record(by: Viewer, case: Case, wish: Wish, how: Fulfilled) -> None:
    """What givers paid stands on the task already and is not written twice."""
    if visible_to(by, ServiceRecord).filter(action_id=wish.action_id).exists():
        if wish.action.state in {ActionState.OPEN, ActionState.DOING}:
            set_action_state(by=by, action_id=wish.action_id, after=ActionState.DONE, on=how.on)
        return
    service = service_of_wishes()
    given = Given(
        service=service,
        category=wish.action.category,
        provider_kind=how.provider_kind,
        provider=case.provider,
        given_on=how.on,
        person=wish.person,
        amount_won=how.amount_won,
        fund_source=how.fund_source,
        action_id=wish.action_id,
        note=how.outcome.strip()[:300],
        finish_action=True,
    )
    record_service(by=by, number=case.number, given=given)


def give_up(*, by: Viewer, number: str, wish_id: int) -> Wish:
    """They do not want it any more, or it cannot be: it leaves the plan and givers see it no more."""
    with acting_as(by):
        case, wish = _locked(by, number, wish_id)
        if wish.given_up_on is None and wish.fulfilled_on is None:
            wish.given_up_on = clock.today()
            wish.save(update_fields=["given_up_on"])
            if wish.action.state not in {ActionState.DONE, ActionState.CANCELLED}:
                actions.cancel(by=by, action_id=wish.action_id, reason="not_needed")
            if wish.published is not None:
                published.close(by=by, need_uuid=wish.published.uuid, reason="withdrawn")
            audit.changed(by, "case", [case.pk], "wish_given_up", owners=[case.provider_id], wish=wish.pk)
        return wish


def _locked(by: Viewer, number: str, wish_id: int) -> tuple[Case, Wish]:
    case = locked_case(by, number, Permission.CASE_SERVICE)
    get_visible(by, Wish, named="case", pk=wish_id, case=case)
    rows = visible_to(by, Wish).select_for_update(of=("self",)).select_related("action__category", "published")
    return case, rows.get(pk=wish_id)
