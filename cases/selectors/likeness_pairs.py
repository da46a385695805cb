"""Pairs of records from which the weights of likeness are estimated: how each pair stands, counted, and nothing else.

Read by the principal `imports` alone; what comes out are figures (D5, D17).
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from django.db import connection

from cases.rules.estimating import Pairs
from cases.rules.imports import MappingOf
from cases.rules.linking import Stranger, levels
from cases.selectors.imports import stranger
from cases.selectors.linking import likely
from hopecare.kernel import audit
from hopecare.kernel.access import Principal, Viewer, acting_as, system

BATCH = 500
BY_LOT = 400_000
_LOT = "select id from kernel_person where canonical_id is null order by md5(id::text) limit %s"
#: The share of pairs of two of our people who have this in common, counted in full: it is too rare to be drawn by lot.
_ALIKE = """
with alike as (select count(*) as n from kernel_person where {value} is not null and canonical_id is null
               group by {value})
select coalesce(sum(n * (n - 1))::float8 / nullif(sum(n) * (sum(n) - 1), 0), 0) from alike
"""
_VALUES = {
    "name": "nullif(name_jamo, '')",
    "birth": "(case when not birth_year_only then birth_date end)",
    "phone": "nullif(phone_hash, '')",
}


def people() -> int:
    """How many people we know."""
    with _reading(), connection.cursor() as cursor:
        cursor.execute("select count(*) from kernel_person where canonical_id is null")
        return int(cursor.fetchone()[0])


def shares_alike() -> dict[str, float]:
    """Level → share of pairs of two people that show it; half a pair where none does."""
    least = 0.5 / max(1, people()) ** 2
    with _reading(), connection.cursor() as cursor:
        found = {}
        for level, value in _VALUES.items():
            cursor.execute(_ALIKE.format(value=value))
            found[level] = max(least, float(cursor.fetchone()[0]))
        return found


def by_lot(asked: Sequence[tuple[int, Stranger]], count: int = BY_LOT) -> Pairs:
    """Who is asked for beside people of ours, as the lot draws them: nearly always two people."""
    people_of_ours, dice = ours(4_000), random.Random(1)
    pairs: Pairs = Counter()
    for _ in range(count if asked and people_of_ours else 0):
        (record, who), (other, one) = dice.choice(asked), dice.choice(people_of_ours)
        if record != other:
            pairs[tuple(levels(who, one))] += 1
    return pairs


def ours(count: int) -> list[tuple[int, Stranger]]:
    """Some of our people, as if a list had brought them, each with their own record."""
    with _reading(), connection.cursor() as cursor:
        cursor.execute(_LOT, [count])
        found = likely((), ids=[person for (person,) in cursor.fetchall()]).of
    return [(record, Stranger(one.known, one.town, one.sex)) for record, one in found.items()]


def strangers(way: MappingOf, rows: Iterable[dict[str, str]]) -> list[tuple[int, Stranger]]:
    """Whom the rows of a list speak of; none of them is a record of ours."""
    return [(0, stranger(way, cells)) for cells in rows]


def sought(asked: Sequence[tuple[int, Stranger]]) -> Pairs:
    """(own record or 0, who is asked for) beside the people of ours whom an import would compare them with."""
    pairs: Pairs = Counter()
    with _reading():
        for start in range(0, len(asked), BATCH):
            batch = asked[start : start + BATCH]
            index = likely([who for _, who in batch])
            for record, who in batch:
                pairs.update(tuple(levels(who, one)) for one in index.near(who) if one.record != record)
    return pairs


def _reading() -> AbstractContextManager[Viewer]:
    viewer = system(Principal.IMPORTS)
    audit.read(viewer, "person", [], what="weights")
    return acting_as(viewer)
