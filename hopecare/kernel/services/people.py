"""Persons and households: created, re-scoped, sealed, marked as away. The one place that writes `scope_keys`.

But for one: the database itself puts in two others who see a protected person (cases, `hc_name_keepers`), so that
whoever names them never holds a key.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models

from hopecare.kernel import audit, clock, crypto, errors, events, phones
from hopecare.kernel.access import Viewer, acting_as, case_key, check, person_key
from hopecare.kernel.models import (
    Address,
    Coverage,
    Ground,
    GroundKind,
    Household,
    Membership,
    Person,
    PersonState,
    Relation,
    ResidentNumber,
    SafeContact,
    Scoped,
    Town,
)
from hopecare.kernel.permissions import Permission

ROUGH_DEGREES = 2  # decimals of a rounded point: about one kilometre

#: Every scoped table that follows a household, and how to find its rows.
_OF_HOUSEHOLD: tuple[tuple[type[Scoped], str], ...] = (
    (Household, "id"),
    (Membership, "household_id"),
    (Address, "household_id"),
    (Coverage, "household_id"),
)
_OF_PERSON: tuple[tuple[type[Scoped], str], ...] = (
    (Person, "id"),
    (SafeContact, "person_id"),
    (Ground, "person_id"),
    (ResidentNumber, "person_id"),
)
#: What goes with the household's teams. A resident number never does: it stays with the city (K8).
_GOES_ALONG = tuple((model, column) for model, column in _OF_PERSON if model is not ResidentNumber)


def create_household(
    *,
    by: Viewer,
    town: Town,
    keys: Iterable[int],
    directions: str = "",
    line: str = "",
    lat: float | None = None,
    lon: float | None = None,
) -> Household:
    """A household with its address; exact point private, rounded point (~1 km) for routing."""
    keys = sorted(set(keys))
    with acting_as(by):
        household = Household.objects.create(town=town, scope_keys=keys)
        Address.objects.create(
            household=household,
            town=town,
            line=line,
            directions=directions,
            lat=lat,
            lon=lon,
            rough_lat=None if lat is None else round(lat, ROUGH_DEGREES),
            rough_lon=None if lon is None else round(lon, ROUGH_DEGREES),
            starts_on=clock.today(),
            scope_keys=keys,
        )
        audit.changed(by, "household", [household.pk], "created")
    return household


def add_person(
    *,
    by: Viewer,
    household: Household,
    name: str,
    relation: str = Relation.SELF,
    lives_here: bool = True,
    birth_date: date | None = None,
    birth_year_only: bool = False,
    sex: str = "U",
    phone: str = "",
    language: str = "ko",
    since: date | None = None,
    keys: Iterable[int] | None = None,
) -> Person:
    """A person of the household from the day `since` (today), with the household's keys unless others are given.

    `phone` as typed; raises Impossible when it is none.
    """
    number = _phone(phone)
    with acting_as(by):
        person = Person.objects.create(
            name=name.strip(),
            birth_date=birth_date,
            birth_year_only=birth_year_only,
            sex=sex,
            language=language,
            phone=number,
            phone_hash=phones.hashed(number),
            phone_tail_hash=phones.tail_hashed(number),
            scope_keys=household.scope_keys if keys is None else sorted(set(keys)),
        )
        Membership.objects.create(
            household=household,
            person=person,
            relation=relation,
            lives_here=lives_here,
            starts_on=since or clock.today(),
            scope_keys=household.scope_keys,
        )
        audit.changed(by, "person", [person.pk], "created")
    return person


def keep_number(*, by: Viewer, person: Person, number: str, article: str) -> None:
    """The resident number of a new person, encrypted, with a keyed hash to be found by; for the public organisation of
    whoever asked alone, whatever keys the person carries (K8). Neither the log nor any page names it."""
    own = -int(by.organisation_id or 0)
    with acting_as(by.also(keys=(own,))):
        ResidentNumber.objects.create(
            person=person,
            number=number,
            number_hash=crypto.resident_number_hash(number),
            article=article,
            recorded_by_id=by.user_id or 0,
            scope_keys=[own],
        )
        audit.changed(by, "person", [person.pk], "resident_number", article=article)


def correct(
    *, by: Viewer, person: Person, name: str, birth_date: date | None, birth_year_only: bool, phone: str
) -> Person:
    """What was written down wrongly, or has changed. The database then asks anew whose kin this is (D6)."""
    number = _phone(phone)
    with acting_as(by):
        told = {
            "name": name.strip(),
            "birth_date": birth_date,
            "birth_year_only": birth_year_only,
            "phone": number,
            "phone_hash": phones.hashed(number),
            "phone_tail_hash": phones.tail_hashed(number),
        }
        changed = [field for field, value in told.items() if getattr(person, field) != value]
        for field in changed:
            setattr(person, field, told[field])
        person.save(update_fields=changed)
        audit.changed(by, "person", [person.pk], "corrected", fields=sorted(changed))
    return person


def _phone(text: str) -> str:
    try:
        return phones.normal(text)
    except phones.BadPhone as error:
        raise errors.Impossible(errors.bad_phone()) from error


def rescope(*, household_id: int, keys: Iterable[int]) -> None:
    """Give the household, its members and all that hangs on them these keys; sealed people keep their own.

    The address of a sealed person is the household's: where one is sealed, the household's rows keep their keys (D5).
    Whoever left and belongs to another household now keeps that one's keys; a record that ended with this household
    stays with it. Called inside the granting transaction, whose viewer holds both the old and the new keys.
    """
    keys = sorted(set(keys))
    rows = Membership.objects.filter(household_id=household_id)
    members = list(rows.values_list("person_id", flat=True))
    open_people = list(Person.objects.filter(pk__in=members, sealed=False).values_list("pk", flat=True))
    if len(open_people) == len(members):
        for model, column in _OF_HOUSEHOLD:
            _rows(model, column, [household_id]).update(scope_keys=keys)
    now = Membership.objects.filter(person__in=open_people, ends_on=None)
    here = set(now.filter(household_id=household_id).values_list("person_id", flat=True))
    gone = set(now.exclude(household_id=household_id).values_list("person_id", flat=True)) - here
    for model, column in _GOES_ALONG:
        _rows(model, column, [person for person in open_people if person not in gone]).update(scope_keys=keys)


def share_with_case(*, household_id: int, case_id: int) -> None:
    """Whoever holds the key of the one case sees its household as well, beside everybody who saw it before."""
    household = Household.objects.get(pk=household_id)
    rescope(household_id=household_id, keys={*household.scope_keys, case_key(case_id)})


def _rows(model: type[Scoped], column: str, ids: list[int]) -> "models.QuerySet[Any]":
    return model._default_manager.filter(**{f"{column}__in": ids})


def seal(*, by: Viewer, person: Person, lead_id: int, deputy_id: int) -> None:
    """Protected address (D5): only the lead and one deputy see the person; every touch alarms."""
    check(by, Permission.PERSON_SEAL)
    keys = sorted({person_key(lead_id), person_key(deputy_id)})
    with acting_as(by.also(keys=tuple(keys))):
        for model, column in _OF_PERSON:
            if model is not Person:
                _rows(model, column, [person.pk]).update(scope_keys=keys)
        households = list(Membership.objects.filter(person=person).values_list("household_id", flat=True))
        for model, column in _OF_HOUSEHOLD:
            _rows(model, column, households).update(scope_keys=keys)
        audit.changed(by, "person", [person.pk], "sealed")
        events.publish("person.sealed", person_id=person.pk)
        Person.objects.filter(pk=person.pk).update(sealed=True, scope_keys=keys)


def unseal(*, by: Viewer, person: Person, keys: Mapping[int, Iterable[int]]) -> None:
    """The protection ends: whoever holds a key of a household (`keys`, by its id) sees it again unless somebody else
    of it is sealed, and the person where they live now. Called inside the transaction in which a second person agreed
    (D5). A household they left opens to its own keys alone: its people never learn where they live now."""
    everybody = {key for own in keys.values() for key in own}
    with acting_as(by.also(keys=tuple(sorted(everybody)))):
        Person.objects.filter(pk=person.pk).update(sealed=False)
        rows = Membership.objects.filter(person=person, household__in=keys)
        now = set(rows.filter(ends_on=None).values_list("household_id", flat=True))
        wanted = sorted({key for household in now for key in keys[household]})
        others = Person.objects.filter(pk__in=Membership.objects.filter(household__in=keys).values("person"))
        shut = Membership.objects.filter(household__in=keys, person__in=others.filter(sealed=True))
        for household in sorted({*keys} - set(shut.values_list("household_id", flat=True))):
            for model, column in _OF_HOUSEHOLD:
                _rows(model, column, [household]).update(scope_keys=sorted({*keys[household]}))
        for model, column in _GOES_ALONG:
            if model is not Person:
                _rows(model, column, [person.pk]).update(scope_keys=wanted)
        audit.changed(by, "person", [person.pk], "unsealed")
        Person.objects.filter(pk=person.pk).update(scope_keys=wanted)


def set_state(*, by: Viewer, person: Person, state: PersonState, since: date) -> None:
    """Died, in hospital, moved or back (D15): one act; messages, visits, debits and offers hear of it by event."""
    with acting_as(by):
        person.state, person.state_since = state, since
        person.save(update_fields=["state", "state_since"])
        audit.changed(by, "person", [person.pk], f"state_{state}")
        events.publish("person.state", person_id=person.pk, state=str(state))
        if state == PersonState.DIED:
            events.publish("person.died", person_id=person.pk)


def set_safe_contact(*, by: Viewer, person: Person, **fields: Any) -> SafeContact:
    """How the person may be reached (D4); `number` as typed."""
    if fields.get("number"):
        fields["number"] = _phone(fields["number"])
    with acting_as(by):
        contact, _ = SafeContact.objects.update_or_create(
            person=person, defaults={**fields, "scope_keys": person.scope_keys}
        )
        audit.changed(by, "person", [person.pk], "safe_contact", fields=sorted(fields))
    return contact


def record_ground(
    *,
    by: Viewer,
    person: Person,
    purpose: str,
    given: bool,
    form_version: str = "",
    ends_on: date | None = None,
    kind: str = GroundKind.CONSENT,
    article: str = "",
    guardian: str = "",
    starts_on: date | None = None,
    way: str = "",
    reason: str = "",
) -> Ground:
    """Append a consent or refusal, or a duty or urgency with its article; the newest row of a purpose counts (K7).

    `guardian`: who said it for a small child (K10); `starts_on`: the day on which it was said, today by default.
    """
    with acting_as(by):
        ground = Ground.objects.create(
            person=person,
            purpose=purpose,
            kind=kind,
            given=given,
            form_version=form_version,
            article=article,
            guardian=guardian,
            starts_on=starts_on or clock.today(),
            ends_on=ends_on,
            way=way,
            reason=reason,
            recorded_by_id=by.user_id or 0,
            scope_keys=person.scope_keys,
        )
        audit.changed(by, "person", [person.pk], "ground", purpose=purpose, given=given, basis=str(kind))
    return ground


def point_to(*, by: Viewer, person: Person, canonical: Person | None, ground: str) -> Person:
    """Say which record counts for one person, or (None) that this one stands for itself again (D6).

    Only the pointer changes: every row keeps the person it was written for. `ground`: number, likeness or undone.
    """
    with acting_as(by):
        before = person.canonical_id
        person.canonical = canonical
        person.save(update_fields=["canonical"])
        audit.changed(by, "person", [person.pk], "merged" if canonical else "unmerged", ground=ground)
        payload = {"person_id": person.pk, "into_id": canonical.pk if canonical else before}
        events.publish("person.merged" if canonical else "person.unmerged", **payload)
    return person
