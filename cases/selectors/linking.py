"""Who of our people a batch of rows may mean: one query a batch, then likeness in memory. Only for `imports` (R19)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from cases.rules import likeness
from cases.rules.complexity import risk_kinds
from cases.rules.likeness import Known
from cases.rules.linking import Candidate, Stranger

_QUIET = ("mental_health", "violence", "legal")
#: Merged records count as the one they point to. Ids, names and days of everybody: the principal `imports` alone.
_LIKELY = """
select p.id, root.id, p.name, p.birth_date, p.birth_year_only, p.sex, p.phone_hash, n.number_hash, h.town_id,
       p.sealed or root.sealed,
       exists (select 1 from cases_case c join cases_riskflag r on r.case_id = c.id
               where c.household_id = m.household_id and c.closed_at is null and r.ended_at is null
                 and r.kind = any (%(quiet)s))
from kernel_person p
join kernel_person root on root.id = coalesce(p.canonical_id, p.id)
left join kernel_residentnumber n on n.person_id = p.id
left join lateral (select household_id from kernel_membership where person_id = p.id and ends_on is null
                   order by lives_here desc, id limit 1) m on true
left join kernel_household h on h.id = m.household_id
where p.id in (
  select id from kernel_person where name_jamo = any (%(names)s)
  union select id from kernel_person where phone_hash <> '' and phone_hash = any (%(phones)s)
  union select id from kernel_person where birth_date = any (%(births)s)
  union select person_id from kernel_residentnumber where number_hash = any (%(numbers)s)
  union select unnest(%(ids)s::bigint[]))
"""


@dataclass
class Index:
    """Candidates by name, telephone, number and day; people who are about to be added stand in it, too."""

    by: dict[tuple[str, object], list[Candidate]] = field(default_factory=dict)
    of: dict[int, Candidate] = field(default_factory=dict)

    def put(self, one: Candidate) -> None:
        self.of[one.record] = one
        for mark in _marks(one.known, likeness.jamo(one.known.name)):
            self.by.setdefault(mark, []).append(one)

    def near(self, asked: Stranger) -> list[Candidate]:
        """Each candidate once; of two records that say the same of one person, the one that counts."""
        marks = _marks(asked.known, *likeness.spellings(asked.known.name))
        found = [one for mark in marks for one in self.by.get(mark, ())]
        found.sort(key=lambda one: one.record == one.id)
        return list({(one.id, one.known): one for one in found}.values())


def _marks(known: Known, *names: str) -> list[tuple[str, object]]:
    marks: list[tuple[str, object]] = [("name", name) for name in names if name]
    marks += [("phone", digest) for digest in known.phones]
    marks += [("number", digest) for digest in known.numbers]
    if known.born is not None and not known.year_only:
        marks.append(("born", known.born))
    return marks


def likely(asked: Iterable[Stranger], *, ids: Iterable[int] = ()) -> Index:
    """Everybody who shares a name, a telephone, a birth date or a number with somebody of the batch."""
    strangers = list(asked)
    births: set[date] = {one.known.born for one in strangers if one.known.born and not one.known.year_only}
    values: dict[str, Any] = {
        "names": sorted({name for one in strangers for name in likeness.spellings(one.known.name) if name}),
        "phones": sorted({digest for one in strangers for digest in one.known.phones}),
        "numbers": sorted({digest for one in strangers for digest in one.known.numbers}),
        "births": sorted(births),
        "quiet": [code for code, kind in risk_kinds().items() if kind.section in _QUIET],
        "ids": sorted(set(ids)),
    }
    index = Index()
    with connection.cursor() as cursor:
        cursor.execute(_LIKELY, values)
        for own, person, name, born, year_only, sex, phone, number, town, sealed, quiet in cursor.fetchall():
            marks = frozenset({phone} - {""}), frozenset({number} if number else ())
            known = Known(name, born, year_only, *marks)
            index.put(Candidate(person, known, town, sex, sealed, quiet, own))
    return index
