"""What is seen, as a table: role × relation × agreement × ground × content. The matrix in docs/ is drawn from it.

The walls do not read this: a test holds both of them against every cell.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

#: Content, with the letter that stands for it in the matrix.
CONTENTS = {
    "case": "C",
    "dates": "D",
    "identity": "I",
    "household": "H",
    "means": "M",
    "plan": "P",
    "notes": "N",
    "health": "h",
    "mental_health": "m",
    "violence": "v",
    "legal": "l",
    "credit": "c",
    "work": "w",
}
_TABLES = {"identity", "household", "means"}  # sections that are whole tables
_RECORDS = {"health", "mental_health", "violence", "legal", "credit", "work"}  # sections that rows belong to
_OF_A_PERSON = {"dates", "notes", "health"}  # what may be about one of the household; the plan is everybody's
_SHARED_FROM = {"dates": 1, "plan": 2, "health": 2, "notes": 3}


#: Why the data may go on: nothing on record, the person's yes, what the law gives without it, or a yes no more.
CONSENT = "consent"
WITHOUT_ASKING = ("public_duty", "law", "urgent")
NO_MORE = ("expired", "withdrawn")
GROUNDS = ("", CONSENT, *WITHOUT_ASKING, *NO_MORE)
ADULT, CHILD = "adult", "child"
NO = "refused"


@dataclass(frozen=True)
class Relation:
    """How somebody stands to a case; `level`, `ground` and `health` matter to an organisation that takes part.

    `ground` and `health` are each one of GROUNDS; `public`: a case of the city, and whoever stands to it is private.
    `whose`: rows about another person of the household, an adult or a child, and what was said by or for that one
    (`own`, `own_health`, of GROUNDS or NO); without it they are about the household or the main person.
    """

    name: str
    level: int = 0
    ground: str = ""
    health: str = ""
    public: bool = False
    whose: str = ""
    own: str = ""
    own_health: str = ""


def relations() -> Iterator[Relation]:
    """Every row of the matrix."""
    for name in ("lead", "team", "organisation", "exception", "let_in", "none", "locked", "sealed"):
        yield Relation(name)
    yield Relation("city_official")
    yield Relation("city_danger", public=True)
    for ground in GROUNDS:
        yield Relation("city_colleague", ground=ground, public=True)
    for level in range(4):
        for ground, health in (("", ""), (CONSENT, ""), (CONSENT, CONSENT)):
            yield Relation("partner", level, ground, health)
    for ground in (*WITHOUT_ASKING, *NO_MORE):
        yield Relation("partner", 3, ground)
        yield Relation("partner", 3, CONSENT, ground)
    for ground in GROUNDS:
        yield Relation("partner", 3, ground, public=True)
    yield from _of_somebody_else()


def _of_somebody_else() -> Iterator[Relation]:
    """Rows about another person of the household, whose main person agreed to everything (K6, K7, K10)."""
    whole = ("partner", 3, CONSENT, CONSENT)
    for own, health in (*((ground, "") for ground in (*GROUNDS, NO)), *((CONSENT, ground) for ground in GROUNDS[1:])):
        yield Relation(*whole, whose=ADULT, own=own, own_health=health)
    for level in (1, 2):
        yield Relation("partner", level, CONSENT, CONSENT, whose=ADULT)
        yield Relation("partner", level, CONSENT, CONSENT, whose=ADULT, own=CONSENT, own_health=CONSENT)
    yield Relation("partner", 3, CONSENT, whose=ADULT, own=CONSENT, own_health=CONSENT)
    yield Relation("partner", 3, whose=ADULT, own=CONSENT, own_health=CONSENT)
    for ground in ("law", CONSENT):
        yield Relation("partner", 3, CONSENT, CONSENT, public=True, whose=ADULT, own=ground)
    for own, health in (("", ""), (NO, ""), ("", NO), ("expired", ""), (CONSENT, CONSENT)):
        yield Relation(*whole, whose=CHILD, own=own, own_health=health)
    yield Relation("partner", 3, CONSENT, whose=CHILD)
    yield Relation("partner", 3, whose=CHILD)
    yield Relation("team", whose=ADULT)
    for own, health in (*((ground, "") for ground in (*GROUNDS, NO)), (CONSENT, CONSENT), (CONSENT, NO)):
        yield Relation("city_colleague", ground=CONSENT, public=True, whose=ADULT, own=own, own_health=health)
    for own, health in (("", ""), (NO, ""), ("", NO)):
        yield Relation("city_colleague", ground=CONSENT, public=True, whose=CHILD, own=own, own_health=health)


def sees(may: Collection[str], relation: Relation, content: str) -> bool:
    """Whether a role with these permissions sees this content in this relation."""
    if "case.view" not in may or relation.name in {"none", "locked"}:
        return False
    if relation.name == "organisation" and "case.view_organisation" not in may:
        return False
    if relation.name == "sealed":
        return content == "case"  # its number alone; lists and pages leave it out (D5)
    if relation.name == "city_colleague" and relation.ground != CONSENT:
        return False  # a private colleague in a team of the city's case waits for the person's yes (K6)
    if relation.name == "partner":
        return _shared(may, relation, content)
    if relation.name == "city_colleague" and not _told_to_colleagues(relation, content):
        return False
    if content == "notes" and relation.name == "let_in":
        return False  # those from before; of what is written from that day on whoever was let in reads all
    if content in _TABLES:
        return f"section.{content}" in may
    if content in _RECORDS:
        return f"section.{content}" in may or (relation.name == "lead" and content != "credit")
    return True


def _told_to_colleagues(relation: Relation, content: str) -> bool:
    """Out of the city's hands by each adult's own consent, for health by a second one (K6, K7)."""
    if content not in _OF_A_PERSON | _RECORDS:
        return True
    told = _own_word(relation, relation.own, relation.own == CONSENT)
    return told and (content != "health" or _own_word(relation, relation.own_health, relation.own_health == CONSENT))


def _shared(may: Collection[str], relation: Relation, content: str) -> bool:
    """By agreement and ground; nothing sensitive, health with a ground of its own (K6, K7)."""
    if not _holds(relation.ground, relation) or relation.level < _SHARED_FROM.get(content, 9):
        return False
    if content in _OF_A_PERSON and not _own_word(relation, relation.own, _holds(relation.own, relation)):
        return False
    if content != "health":
        return True
    own = _own_word(relation, relation.own_health, relation.own_health == CONSENT)
    return relation.health == CONSENT and own and "section.health" in may


def _holds(ground: str, relation: Relation) -> bool:
    return ground == CONSENT or (ground in WITHOUT_ASKING and not relation.public)


def _own_word(relation: Relation, said: str, holds: bool) -> bool:
    """An adult's own word opens it; for a child the main person's does, unless a no stands beside it (K6, K7, K10)."""
    if relation.whose == CHILD:
        return said not in {NO, "withdrawn"}
    return holds or not relation.whose
