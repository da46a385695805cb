"""Rows to test on, made with the owner's rights and without the services under test. Defaults are the journey's."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from cases.models import Case, CaseMember, LeadPeriod
from hopecare.kernel import clock, phones
from hopecare.kernel.access import case_key
from hopecare.kernel.models import (
    Address,
    Affiliation,
    Household,
    Membership,
    Organisation,
    Person,
    Relation,
    SafeContact,
    Team,
    Town,
)
from tests.cast import Actor
from tests.database import as_owner

_numbers = count(1)


def make_household(town: str = "hwado", *, keys: list[int] | None = None, directions: str = "") -> Household:
    """A household with its address, visible to the mixed team and the centre of its zone unless `keys` differ."""
    with as_owner():
        place = Town.objects.select_related("zone").get(code=town)
        keys = keys if keys is not None else keys_of(place)
        household = Household.objects.create(town=place, scope_keys=keys)
        Address.objects.create(
            household=household,
            town=place,
            directions=directions or "마석 장터 뒤 파란 대문 2층",
            starts_on=clock.today(),
            scope_keys=keys,
        )
    return household


def keys_of(town: Town) -> list[int]:
    """Mixed team and centre of the town's zone."""
    team = Team.objects.get(code=f"{town.zone.code}_mixed")
    return [team.pk, -town.zone.centre_id]


def make_person(
    name: str = "윤순덕",
    household: Household | None = None,
    *,
    birth_date: date = date(1948, 3, 2),
    phone: str = "010-0000-0078",
    relation: str = Relation.SELF,
    **fields: Any,
) -> Person:
    """A person of a household (a new one in Hwado by default), with safe contact by telephone in the morning."""
    household = household or make_household()
    number = phones.normal(phone)
    keys = {"scope_keys": household.scope_keys}
    with as_owner():
        person = Person.objects.create(
            name=name,
            birth_date=birth_date,
            phone=number,
            phone_hash=phones.hashed(number),
            phone_tail_hash=phones.tail_hashed(number),
            **{"sex": "F", **keys, **fields},
        )
        Membership.objects.create(
            household=household, person=person, relation=relation, starts_on=clock.today(), **keys
        )
        SafeContact.objects.create(person=person, from_hour=9, to_hour=12, **keys)
    return person


def make_case(lead: Actor, person: Person | None = None, *, town: str = "hwado", **fields: Any) -> Case:
    """An open case of the zone's centre and mixed team, led by `lead`."""
    person = person or make_person(household=make_household(town))
    today = clock.today()
    with as_owner():
        place = Town.objects.select_related("zone__centre").get(code=town)
        team = Team.objects.get(code=f"{place.zone.code}_mixed")
        membership = Membership.objects.select_related("household").get(person=person)
        keys = {"team": team, "provider": place.zone.centre}
        case = Case.objects.create(
            **{
                "number": f"{today.year}-{900_000 + next(_numbers):06d}",
                "household": membership.household,
                "main_person": person,
                "town": place,
                "lead": lead.user,
                "survey_due": today + timedelta(days=14),
                "conference_due": today + timedelta(days=21),
                "plan_due": today + timedelta(days=30),
                "stage_since": today,
                **keys,
                **fields,
            }
        )
        LeadPeriod.objects.create(case=case, user=lead.user, starts_at=clock.now(), **keys)
        CaseMember.objects.create(
            case=case, user=lead.user, organisation=organisation_of(lead), starts_on=today, **keys
        )
        scope = [*person.scope_keys, case_key(case.pk)]
        for rows in (Household.objects.filter(pk=membership.household_id), Person.objects.filter(pk=person.pk)):
            rows.update(scope_keys=scope)
        for model in (Membership, Address):
            model.objects.filter(household_id=membership.household_id).update(scope_keys=scope)
        SafeContact.objects.filter(person=person).update(scope_keys=scope)
        person.scope_keys = scope
    return case


def organisation_of(actor: Actor) -> Organisation:
    return Affiliation.objects.select_related("organisation").get(user=actor.user).organisation
