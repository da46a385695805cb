"""What a coming day or event alters: 1 January, the next birthday, the baby, a higher rent."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from eligibility import programmes
from eligibility.engine.completions import Completions
from eligibility.engine.frame import frame_of
from eligibility.engine.judge import Judge
from eligibility.engine.system import System
from eligibility.facts import Amount, Change, Facts, Person

RENT_RISE_PERCENT = 5  # the most a lease may rise at once (주택임대차보호법 제7조)
TERM_DAYS = 280
Outcome = tuple[str, Amount | None]  # verdict and amount


@dataclass(frozen=True)
class Event:
    name: str
    on: date | None
    facts: Facts


def coming(facts: Facts) -> Iterator[Event]:
    """What lies ahead of this household."""
    new_year = date(facts.as_of.year + 1, 1, 1)
    yield Event("new_year", new_year, replace(facts, as_of=new_year))
    days = [_birthday(person, facts.as_of) for person in facts.persons if person.birth[0] == person.birth[1]]
    if days:
        yield Event("birthday", min(days), replace(facts, as_of=min(days)))
    for person in facts.persons:
        if person.pregnant or person.due_date is not None:
            yield _birth(facts, person)
            break
    rent = facts.household.monthly_rent
    if rent:
        higher = replace(facts.household, monthly_rent=rent + rent * RENT_RISE_PERCENT // 100)
        yield Event("rent_rise", None, replace(facts, household=higher))


def _birthday(person: Person, day: date) -> date:
    """The next birthday after `day`; 29 February is kept on 1 March in other years."""
    for year in (day.year, day.year + 1):
        try:
            found = person.birth[0].replace(year=year)
        except ValueError:
            found = date(year, 3, 1)
        if found > day:
            return found
    return found


def _birth(facts: Facts, mother: Person) -> Event:
    on = max(mother.due_date or date.fromordinal(facts.as_of.toordinal() + TERM_DAYS // 2), facts.as_of)
    zero = {f"{name}_income": 0 for name in ("earned", "business", "property", "interest", "transfer")}
    baby = Person(
        id="_baby",
        birth=(on, on),
        relation="child",
        disability="none",
        illness="none",
        school="none",
        childcare="home",
        public_pension_income=0,
        **zero,  # type: ignore[arg-type]
    )
    others = tuple(
        replace(person, pregnant=False, due_date=None) if person.id == mother.id else person for person in facts.persons
    )
    return Event("birth", on, replace(facts, as_of=on, persons=(*others, baby)))


def changes(system: System, facts: Facts, now: Judge, language: str) -> dict[str, tuple[Change, ...]]:
    """For each programme the events that give it another verdict or another amount; what the new year has changed
    already is not told once more of a later day."""
    found: dict[str, list[Change]] = {programme: [] for programme in now.judged}
    new_year: dict[str, Outcome] = {}
    for event in coming(facts):
        then = Judge(Completions(system, frame_of(event.facts), like=now.done))
        for programme, judged in then.judged.items():
            before, after = _outcome(now, programme), _outcome(then, programme)
            if event.name == "new_year":
                new_year[programme] = after
            elif event.facts.as_of.year > facts.as_of.year and after == new_year.get(programme):
                continue
            if not judged.announced and (before, after[0]) == (("likely", after[1]), "possible"):
                continue  # only the figures of that day are not known yet
            if after != before:
                words = programmes.event_words(event.name, event.on, language)
                found[programme].append(Change(event.name, event.on, words, *after))
    return {programme: tuple(listed) for programme, listed in found.items()}


def _outcome(judge: Judge, programme: str) -> Outcome:
    return judge.judged[programme].verdict, judge.amounts(programme)[0]
