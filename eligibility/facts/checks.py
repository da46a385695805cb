"""What cannot be true of a household, each as a Problem naming its field."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from eligibility.facts.inputs import OLDEST_YEARS, Facts, Person
from hopecare.kernel.errors import Problem

FIRST_DAY, LAST_DAY = (
    date(2024, 1, 1),
    date(2040, 12, 31),
)  # figures are kept since; beyond, even "not yet" means nothing
YOUNGEST_MOTHER, OLDEST_MOTHER = 10, 60
PREGNANCY = timedelta(days=310)
OVERDUE = timedelta(days=31)
ABOVE = {"parent": 1, "grandparent": 2, "child": -1, "grandchild": -2}  # generations above the head


def impossible_in(facts: Facts) -> Iterator[Problem]:
    """Every contradiction, person by person."""
    if not FIRST_DAY <= facts.as_of <= LAST_DAY:
        words = _("Figures are kept from %(first)s to %(last)s.") % {"first": FIRST_DAY.year, "last": LAST_DAY.year}
        yield Problem("no_figures", words, "as_of")
        return
    yield from _names(facts.persons)
    for index, person in enumerate(facts.persons):
        yield from _ages(person, facts.as_of, f"persons/{index}")
        yield from _pregnancy(person, facts.as_of, f"persons/{index}")
    yield from _couples(facts.persons)
    yield from _generations(facts.persons)


def _names(persons: tuple[Person, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    heads = spouses = 0
    for index, person in enumerate(persons):
        if person.id in seen:
            yield Problem("twice", _("Two people bear this name."), f"persons/{index}/id")
        seen.add(person.id)
        heads += person.relation == "head"
        spouses += person.relation == "spouse"
        if person.relation == "head" and heads > 1:
            yield Problem("two_heads", _("There can be one head of the household only."), f"persons/{index}/relation")
        if person.relation == "spouse" and spouses > 1:
            yield Problem("two_spouses", _("The head can have one spouse only."), f"persons/{index}/relation")


def _ages(person: Person, as_of: date, path: str) -> Iterator[Problem]:
    first, last = person.birth
    if first > as_of:
        yield Problem("in_the_future", _("This day is still to come."), f"{path}/birth_date")
    elif last.year < as_of.year - OLDEST_YEARS:
        words = _("Nobody is older than %(years)s years here.") % {"years": OLDEST_YEARS}
        yield Problem("too_old", words, f"{path}/birth_date")


def _pregnancy(person: Person, as_of: date, path: str) -> Iterator[Problem]:
    expects = person.pregnant or person.due_date is not None
    if not expects:
        return
    if person.sex == "M":
        yield Problem("not_both", _("A man cannot be pregnant."), f"{path}/pregnant")
    years = as_of.year - person.birth[1].year, as_of.year - person.birth[0].year
    if years[1] < YOUNGEST_MOTHER or years[0] > OLDEST_MOTHER:
        yield Problem("not_this_age", _("This does not go with the age."), f"{path}/pregnant")
    if person.due_date is not None and person.pregnant is False:
        yield Problem("not_both", _("A due date is for a pregnancy."), f"{path}/due_date")
    if person.due_date is not None and not as_of - OVERDUE <= person.due_date <= as_of + PREGNANCY:
        yield Problem("too_far", _("This due date is too far away."), f"{path}/due_date")


def _couples(persons: tuple[Person, ...]) -> Iterator[Problem]:
    by_id = {person.id: person for person in persons}
    told = {person.id: person.spouse_of for person in persons if person.spouse_of is not None}
    for index, person in enumerate(persons):
        partner = person.spouse_of
        if partner is None:
            continue
        place = f"persons/{index}/spouse_of"
        if partner not in by_id or partner == person.id:
            yield Problem("nobody", _("Nobody of this name is in the household."), place)
        elif told.get(partner, person.id) != person.id or list(told.values()).count(partner) > 1:
            yield Problem("two_spouses", _("These two do not name each other as a couple."), place)


def _generations(persons: tuple[Person, ...]) -> Iterator[Problem]:
    """Nobody is certainly older than a parent or certainly younger than a child."""
    heads = [person for person in persons if person.relation == "head"]
    if not heads:
        return
    head = heads[0]
    for index, person in enumerate(persons):
        above = ABOVE.get(person.relation or "", 0)
        older, younger = (person, head) if above > 0 else (head, person)
        if above and younger.birth[1] <= older.birth[0]:
            words = _("A child cannot be older than its parent.")
            yield Problem("generations", words, f"persons/{index}/birth_date")
