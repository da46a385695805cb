"""A worker approves the words of a need for givers; it disappears when it is met, withdrawn, or the case ends (D1)."""

import random
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, PublishedNeed, Wish
from cases.rules import publishing as rules
from cases.selectors import published as selectors
from cases.services.locking import actor, first_time, locked_case
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Viewer, acting_as, get_visible, visible_to
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Membership, PersonState, Service, Town
from hopecare.kernel.permissions import Permission

DICE = random.SystemRandom()


@dataclass(frozen=True)
class Telling:
    """What givers would read; `target_won` is asked for, until `wanted_by` (a wish always has its day)."""

    words: str
    service: Service
    target_won: int
    urgent: bool = False
    token: str = ""
    wanted_by: date | None = None
    wish: Wish | None = None


@dataclass(frozen=True)
class Place:
    """As roughly as D1 asks: `town` is None when fewer than twenty people are alike."""

    town: Town | None
    ages: tuple[int, int] | None
    alike: int


def place_of(case: Case) -> Place:
    """Town and age band of the main person, or the zone alone."""
    person, today = case.main_person, clock.today()
    band = rules.age_band(person.birth_date, today)
    if band is None:
        return Place(None, None, 0)
    living = Membership.objects.filter(household_id=case.household_id, ends_on=None, lives_here=True).count()
    born = rules.born_between(band, today)
    count = selectors.alike(case.town_id, born, person.sex, alone=living <= 1)
    return Place(case.town if count >= rules.least_alike() else None, band, count)


def publish(*, by: Viewer, number: str, telling: Telling) -> PublishedNeed | None:
    """Approve the words; None when this very form was taken before. Raises Impossible with every problem."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_PLAN)
        if not first_time(by, telling.token):
            return None
        problems = problems_of(by, case, telling)
        if problems:
            raise errors.Impossible(*problems)
        place = place_of(case)
        need = PublishedNeed.objects.create(
            case=case,
            team=case.team,
            provider=case.provider,
            main_person=case.main_person,
            category_id=telling.service.category_id or 0,
            service=telling.service,
            zone_id=case.town.zone_id,
            town=place.town,
            age_from=place.ages[0] if place.ages else None,
            age_to=place.ages[1] if place.ages else None,
            words=telling.words.strip(),
            target_won=telling.target_won,
            urgent=telling.urgent,
            wanted_by=telling.wanted_by,
            approved_by_id=actor(by),
            shown_from=clock.now() + rules.delay(DICE),
        )
        if telling.wish is not None:
            visible_to(by, Wish).filter(pk=telling.wish.pk, case=case, published=None).update(published=need)
        audit.changed(by, "case", [case.pk], "need_published", owners=[case.provider_id], need=str(need.uuid))
        return need


def problems_of(by: Viewer, case: Case, telling: Telling) -> list[Problem]:
    """Words, consent, and whether gifts may pay for it at all."""
    people = Membership.objects.filter(household_id=case.household_id).values_list("person__name", flat=True)
    found = rules.word_problems(telling.words, names=list(people), places=_place_names())
    if not telling.service.gift_purpose or telling.service.category_id is None:
        found.append(Problem("purpose", _("Gifts may not pay for this."), "service"))
    wish = rules.is_wish(telling.service.code)
    found += rules.until_problems(telling.wanted_by, today=clock.today(), wish=wish)
    found += rules.target_problems(telling.target_won)
    if not selectors.agreed_to_givers(case):
        found.append(Problem("consent", _("The person has not agreed that givers read of this need.")))
    if case.main_person.sealed or case.main_person.state != PersonState.HERE:
        found.append(Problem("person", _("For this person nothing is shown to givers.")))
    return found


def outcome_problems(*, by: Viewer, number: str, words: str) -> list[Problem]:
    """The same care for what givers read afterwards: no name, place, date or event; field `outcome`."""
    case = get_visible(by, Case, named="case", number=number)
    people = Membership.objects.filter(household_id=case.household_id).values_list("person__name", flat=True)
    found = rules.word_problems(words, names=list(people), places=_place_names())
    return [Problem(problem.code, problem.words, "outcome") for problem in found]


def _place_names() -> list[str]:
    return [name[:-1] for name in Town.objects.values_list("name_ko", flat=True) if len(name) > 2]


def withdraw(*, by: Viewer, number: str, need_uuid: uuid.UUID) -> None:
    """The worker takes it back; what was given stays for the person, or goes where its giver chose."""
    with acting_as(by):
        locked_case(by, number, Permission.CASE_PLAN, open_only=False)
        need = get_visible(by, PublishedNeed, named="need", uuid=need_uuid, case__number=number)
        _close(by, need, "withdrawn")


def close(*, by: Viewer, need_uuid: uuid.UUID, reason: str) -> None:
    """Met (the target is reached), late (its day passed), or with its case or person; repeating changes nothing."""
    with acting_as(by):
        need = PublishedNeed.objects.filter(uuid=need_uuid).first()
        if need is not None:
            _close(by, need, reason)


def _close(by: Viewer, need: PublishedNeed, reason: str) -> None:
    """Once; a need that was met ends a second time with its case, or when its worker says that nothing is lacking."""
    values: dict[str, Any] = {"closed_at": clock.now(), "close_reason": reason}
    standing = Q(closed_at=None) if reason in ("met", "late") else Q(closed_at=None) | Q(close_reason="met")
    if PublishedNeed.objects.filter(standing, pk=need.pk).update(**values):
        audit.changed(by, "case", [need.case_id], "need_closed", owners=[need.provider_id], need=str(need.uuid))
        events.publish("need.closed", need=str(need.uuid), reason=reason)
