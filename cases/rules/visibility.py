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
}
_TABLES = {"identity", "household", "means"}  # sections that are whole tables
_RECORDS = {"health", "mental_health", "violence", "legal", "credit"}  # sections that rows belong to
_SHARED_FROM = {"dates": 1, "plan": 2, "health": 2, "notes": 3}


#: Why the data may go on: nothing on record, the person's yes, what the law gives without it, or a yes no more.
CONSENT = "consent"
WITHOUT_ASKING = ("public_duty", "law", "urgent")
NO_MORE = ("expired", "withdrawn")
GROUNDS = ("", CONSENT, *WITHOUT_ASKING, *NO_MORE)


@dataclass(frozen=True)
class Relation:
    """How somebody stands to a case; `level`, `ground` and `health` matter to an organisation that takes part.

    `ground` and `health` are each one of GROUNDS; `public`: a case of the city, and whoever stands to it is private.
    """

    name: str
    level: int = 0
    ground: str = ""
    health: str = ""
    public: bool = False


def relations() -> Iterator[Relation]:
    """Every row of the matrix."""
    for name in ("lead", "team", "organisation", "exception", "none", "locked", "sealed"):
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
    if content in _TABLES:
        return f"section.{content}" in may
    if content in _RECORDS:
        return f"section.{content}" in may or (relation.name == "lead" and content != "credit")
    return True


def _shared(may: Collection[str], relation: Relation, content: str) -> bool:
    """By agreement and ground; nothing sensitive, health with a ground of its own (K6, K7)."""
    holds = relation.ground == CONSENT or (relation.ground in WITHOUT_ASKING and not relation.public)
    if not holds or relation.level < _SHARED_FROM.get(content, 9):
        return False
    return content != "health" or (relation.health == CONSENT and "section.health" in may)
