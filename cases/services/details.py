"""Change what is known of the people and the home of a case: how to reach them, who they are, where they live (D4–D6).

Each change leaves a row with before and after, an entry on the timeline without either, and an audit row. A form says
what it showed: a field that somebody else changed since is shown, never written over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import Case, DetailChange, DetailKind, EntryKind
from cases.rules import details as rules
from cases.rules.days import future_problems
from cases.selectors import details as selectors
from cases.services import timeline
from cases.services.life_events import record_life_event
from cases.services.locking import actor, first_time, locked_case
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Viewer, acting_as, case_key, check, get_visible, visible_to
from hopecare.kernel.models import CoverageClass, Membership, Person, PersonState, Town
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import households, people
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

OTHER_ZONE = gettext_noop(
    "Case %(number)s: the household moved to %(town)s, another team's zone. It stays with you until handed over."
)
DIED, MOVED_OUT, SEPARATED = "died", "moved_out", "separated"


class Overtaken(errors.Impossible):
    """Somebody was faster; `values`: field → what stands now, `now`: everything that stands, `by`: who wrote it."""

    def __init__(self, values: Mapping[str, str], now: Mapping[str, str], by: str) -> None:
        self.values, self.now, self.by = dict(values), dict(now), by
        words = _("Somebody else changed this in the meantime. Yours is not lost: please look at both.")
        super().__init__(*(errors.Problem("overtaken", words, name) for name in values))


@dataclass(frozen=True)
class Sent:
    """What a form says: `values` as words, `seen` as the marks of what it showed."""

    values: Mapping[str, str]
    seen: Mapping[str, str]


@dataclass(frozen=True)
class Newcomer:
    """Somebody who was born or moved in."""

    name: str
    since: date
    how: str  # born, moved_in
    relation: str
    sex: str = "U"
    birth_date: date | None = None
    birth_year_only: bool = False
    phone: str = ""
    lives_here: bool = True


def change_contact(*, by: Viewer, number: str, person_id: int, sent: Sent) -> bool:
    """How this adult may be reached without danger, from the next text on (D4). False when nothing is different.

    What another record of the same person forbids is not allowed here, whoever may see that record.
    """
    with acting_as(by):
        case = _case(by, number, open_only=False)
        person = _member(by, case, person_id).person
        values = {**sent.values, "number": _number(sent.values["number"], "number")}
        if int(values["from_hour"]) >= int(values["to_hour"]):
            words = _("This hour lies before the first one.")
            raise errors.Impossible(errors.Problem("hours", words, "to_hour"))
        counts = _counting(by, person)
        now = selectors.contact_now(by, counts)
        changed = _settled(by, case, DetailKind.CONTACT, person, Sent(values, sent.seen), now)
        if not changed:
            return False
        stands = {**now, **{name: after for name, (_before, after) in changed.items()}}
        _demand(rules.unsafe_problems(now, stands, selectors.elsewhere(by, person, protected=True)))
        fields: dict[str, Any] = {name: bool(stands[name]) for name in rules.CONTACT_FLAGS}
        fields |= {name: int(stands[name]) for name in rules.CONTACT_HOURS}
        fields |= {name: stands[name] for name in rules.CONTACT_WORDS}
        for one in {person.pk: person, counts.pk: counts}.values():
            people.set_safe_contact(by=by, person=one, **fields)
        _record(by, case, DetailKind.CONTACT, changed, person=person)
    return True


def correct_person(*, by: Viewer, number: str, person_id: int, sent: Sent, reason: str) -> bool:
    """Name, birth and telephone as they really are, with a reason. False when nothing is different."""
    with acting_as(by):
        case = _case(by, number, open_only=False)
        person = _member(by, case, person_id).person
        values = {**sent.values, "phone": _number(sent.values["phone"], "phone")}
        problems = [errors.required(name) for name, told in (("name", values["name"]), ("reason", reason)) if not told]
        if problems:
            raise errors.Impossible(*problems)
        now = selectors.person_now(person)
        changed = _settled(by, case, DetailKind.PERSON, person, Sent(values, sent.seen), now)
        if not changed:
            return False
        stands = {**now, **{name: after for name, (_before, after) in changed.items()}}
        born, year_only = rules.born_of(stands["birth"])
        people.correct(
            by=by,
            person=person,
            name=stands["name"],
            birth_date=born,
            birth_year_only=year_only,
            phone=stands["phone"],
        )
        if "phone" in changed:
            _phone_that_counts(by, person, stands["phone"])
        _record(by, case, DetailKind.PERSON, changed, person=person, reason=reason)
    return True


def _phone_that_counts(by: Viewer, person: Person, phone: str) -> None:
    """Texts for a merged record go to the telephone of the one that counts."""
    counts = _counting(by, person)
    if counts.pk != person.pk:
        born, year_only = counts.birth_date, counts.birth_year_only
        people.correct(by=by, person=counts, name=counts.name, birth_date=born, birth_year_only=year_only, phone=phone)


def _counting(by: Viewer, person: Person) -> Person:
    found = selectors.counting(by, person)
    if found is None:
        words = _("Texts go by another record of this person, which is closed to you. Please ask the central desk.")
        raise errors.Impossible(errors.Problem("merged", words))
    if found.pk != person.pk:  # two cases may write to it; always locked last, so that nobody waits in a ring
        found = Person.objects.select_for_update().get(pk=found.pk)
    return found


def move_home(*, by: Viewer, number: str, sent: Sent, since: date) -> Town | None:
    """A new address from `since` on. The case stays with its team; the town comes back when its zone is another's."""
    with acting_as(by):
        case = _case(by, number)
        _demand(future_problems(since, clock.today(), "since"))
        town = Town.objects.select_related("zone").filter(code=sent.values["town"]).first()
        if town is None:
            raise errors.Impossible(errors.required("town"))
        line, directions = sent.values["line"], sent.values["directions"][:200]
        if not (line or directions):
            raise errors.Impossible(errors.required("line"))
        changed = _settled(by, case, DetailKind.ADDRESS, None, sent, selectors.home_now(by, case))
        if not changed:
            return None
        households.move(by=by, household=case.household, town=town, line=line, directions=directions, since=since)
        mine = case.team.zone_id or case.town.zone_id
        case.town = town
        case.save(update_fields=["town"])
        _record(by, case, DetailKind.ADDRESS, {**changed, "since": ("", since.isoformat())})
        if town.zone_id == mine:
            return None
        _tell_other_zone(by, case, town)
        return town


def somebody_came(*, by: Viewer, number: str, newcomer: Newcomer, token: str = "") -> Person | None:
    """Born or moved in, with the day. None when the form was sent twice."""
    with acting_as(by):
        case = _case(by, number)
        problems = future_problems(newcomer.since, clock.today(), "since")
        if not newcomer.name.strip():
            problems.append(errors.required("name"))
        _demand(problems)
        if not first_time(by, token):
            return None
        person = people.add_person(
            by=by,
            household=case.household,
            name=newcomer.name,
            relation=newcomer.relation,
            lives_here=newcomer.lives_here,
            birth_date=newcomer.birth_date,
            birth_year_only=newcomer.birth_year_only,
            sex=newcomer.sex,
            phone=newcomer.phone,
            since=newcomer.since,
            keys=_keys_of_newcomer(by, case),
        )
        told = {"how": ("", newcomer.how), "since": ("", newcomer.since.isoformat())}
        _record(by, case, DetailKind.CAME, told, person=person)
    return person


def somebody_left(
    *, by: Viewer, number: str, person_id: int, how: str, on: date, words: str = "", token: str = ""
) -> None:
    """Moved out, separated or died: no member any more from the day after; what was written for a text stops (D15)."""
    with acting_as(by):
        case = _case(by, number)
        if not first_time(by, token):
            return
        membership = _member(by, case, person_id)
        person = membership.person
        _demand(rules.leaving_problems(is_main=person.pk == case.main_person_id, is_sealed=person.sealed))
        _demand(future_problems(on, clock.today(), "on"))
        if how == DIED:
            record_life_event(by=by, number=number, person_id=person.pk, state=PersonState.DIED, since=on)
        elif person.state != PersonState.DIED:
            people.set_state(by=by, person=person, state=PersonState.MOVED, since=on)
        households.leave(by=by, membership=membership, on=on)
        told = {"how": ("", how), "on": ("", on.isoformat())}
        _record(by, case, DetailKind.LEFT, told, person=person, reason=words)


def set_coverage(*, by: Viewer, number: str, sent: Sent, since: date) -> bool:
    """The household's coverage class from `since` on (R86); it never blocks anything (R87)."""
    with acting_as(by):
        case = _case(by, number)
        _demand(future_problems(since, clock.today(), "since"))
        chosen = sent.values["coverage_class"]
        if chosen not in CoverageClass.values:
            raise errors.Impossible(errors.required("coverage_class"))
        changed = _settled(by, case, DetailKind.COVERAGE, None, sent, selectors.coverage_now(by, case))
        if not changed:
            return False
        households.set_coverage(by=by, household=case.household, coverage_class=chosen, since=since)
        _record(by, case, DetailKind.COVERAGE, {**changed, "since": ("", since.isoformat())})
    return True


def _case(by: Viewer, number: str, *, open_only: bool = True) -> Case:
    """The case under a row lock, for whoever may write in it and read both sections."""
    check(by, Permission.SECTION_IDENTITY)
    check(by, Permission.SECTION_HOUSEHOLD)
    return locked_case(by, number, Permission.CASE_ASSESS, open_only=open_only)


def _member(by: Viewer, case: Case, person_id: int) -> Membership:
    """A member of today, whose own row is locked as well: two cases may know one person."""
    membership = get_visible(
        by, Membership, named="person", person=person_id, household=case.household_id, ends_on=None
    )
    person = visible_to(by, Person).select_for_update().filter(pk=person_id).first()
    if person is None:
        raise errors.NotFound("person", str(person_id))
    membership.person = person
    return membership


def _demand(problems: list[errors.Problem]) -> None:
    if problems:
        raise errors.Impossible(*problems)


def _number(typed: str, field: str) -> str:
    try:
        return phones.normal(typed)
    except phones.BadPhone as error:
        raise errors.Impossible(errors.bad_phone(field)) from error


def _settled(
    by: Viewer, case: Case, kind: DetailKind, person: Person | None, sent: Sent, now: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    settle = rules.settle_whole if kind == DetailKind.ADDRESS else rules.settle
    found = settle(sent.values, now, sent.seen)
    if found.overtaken:
        raise Overtaken(found.overtaken, now, selectors.last_by(by, case, kind, person))
    return found.changed


def _record(
    by: Viewer,
    case: Case,
    kind: DetailKind,
    changed: Mapping[str, tuple[str, str]],
    *,
    person: Person | None = None,
    reason: str = "",
) -> None:
    DetailChange.objects.create(
        case=case,
        team_id=case.team_id,
        provider_id=case.provider_id,
        person=person,
        kind=kind,
        told=json.dumps(changed, ensure_ascii=False),
        reason=reason.strip()[:300],
        by_id=actor(by),
    )
    about: dict[str, Any] = {"person": person.pk} if person else {}
    timeline.append(by, case, EntryKind.STATE, what=str(kind), **about)
    audit.changed(by, "case", [case.pk], f"detail_{kind}", owners=[case.provider_id], fields=sorted(changed), **about)


def _keys_of_newcomer(by: Viewer, case: Case) -> list[int] | None:
    """As the others of the household. Where one of them is protected, the household's own keys are those of two people
    alone: then the case's, which the protection closes to everybody else and a hand-over keeps up (D5)."""
    members = visible_to(by, Membership).filter(household=case.household_id, person__sealed=True)
    return [case.team_id, -case.provider_id, case_key(case.pk)] if members.exists() else None


def _tell_other_zone(by: Viewer, case: Case, town: Town) -> None:
    if case.lead_id == by.user_id:
        return
    notify(
        by=by,
        purpose="other_zone",
        about=("case", case.pk),
        step=f"{town.code}:{clock.now().isoformat()}",
        to=Recipient.user(case.lead_id),
        words=OTHER_ZONE,
        parameters={"number": case.number, "town": town.name_ko},
        link=f"/desk/cases/{case.number}/people/",
        provider_id=case.provider_id,
    )
