"""Services and benefits of a batch: added to the case of the person they were given to, once (R19, R56, R37, K6).

Without a case, or without the person's consent, a row waits: it is looked at again every night.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from cases.models import Benefit, ImportRow, ImportState, ServiceRecord
from cases.rules.linking import judge
from cases.rules.needs import FULL_AGE
from cases.selectors.linking import Index, likely
from cases.services.import_work import Line, Work, hold, known_people
from hopecare.kernel import clock
from hopecare.kernel.models import FundSource, Organisation, Person, ProviderKind, Service

#: The open case of somebody's household, their own before that of a record that is one with theirs, else the newest.
#: For a minor the main person's word counts as well (K10); an adult, or somebody of unknown age, has their own (K6).
_TARGETS = """
select distinct on (p.asked) p.asked, p.root, p.id <> p.asked, c.id, c.team_id, c.provider_id,
       hc_ground_holds(p.id, 'case_management', true, %(today)s)
       or coalesce(p.birth_date > %(today)s::date - make_interval(years => %(full_age)s), false)
          and hc_ground_holds(c.main_person_id, 'case_management', true, %(today)s),
       exists (select 1 from kernel_membership k join kernel_person s on s.id = k.person_id
               where k.household_id = c.household_id and k.ends_on is null and s.sealed)
from (select a.id as asked, r.root, o.id, o.birth_date from kernel_person a
      cross join lateral (select coalesce(a.canonical_id, a.id) as root) r
      join kernel_person o on o.id = r.root or o.canonical_id = r.root where a.id = any (%(people)s)) p
join kernel_membership m on m.person_id = p.id and m.ends_on is null
join cases_case c on c.household_id = m.household_id
order by p.asked, (c.closed_at is null) desc, p.id = p.asked desc, c.opened_at desc
"""


@dataclass(frozen=True)
class Target:
    """The case that a row goes to. `consents`: city → private is allowed (K6). `sealed`: nothing may go there.

    `root`: the record that counts for the person; `across`: the case is that of another record of theirs.
    """

    root: int
    across: bool
    case_id: int
    team_id: int
    provider_id: int
    consents: bool
    sealed: bool


def take_services(work: Work, lines: list[Line]) -> list[int]:
    """Write service records; returns the ids of the cases."""
    placed = _placed(work, lines)
    book = _Book.of(work)
    before = _given_before([target.root for _, target in placed], [_day(line) for line, _ in placed])
    records: list[ServiceRecord] = []
    made: list[tuple[Line, ServiceRecord]] = []
    for line, target in placed:
        service, provider = book.service(line.words["service"]), book.house(line.words.get("provider", ""))
        wrong = [] if service else [("service", "unknown")]
        wrong += [] if provider else [("provider", "unknown")]
        if service is None or provider is None:
            line.end(ImportState.WRONG, wrong=wrong)
            continue
        mark = (target.root, service.pk, _day(line))
        record = before.get(mark)  # given by hand already, or twice in this file: it is the same giving
        if record is None:
            record = before[mark] = _record(line, target, service, provider, book)
            records.append(record)
        line.across = target.across or record.person_id != line.row.person_id
        line.end(ImportState.DONE)
        made.append((line, record))
    ServiceRecord.objects.bulk_create(records)
    for line, record in made:
        line.row.record_id = record.pk
    return sorted({record.case_id for record in records})


def take_benefits(work: Work, lines: list[Line]) -> list[int]:
    """Write benefits; returns the ids of the cases. The same benefit from the same day stands once."""
    placed = _placed(work, lines)
    seen = _known_benefits([target.root for _, target in placed])
    fresh = []
    for line, target in placed:
        mark = (target.root, line.words["programme"], _day(line))
        mine = line.row.person_id or 0
        line.across = target.across or seen.get(mark, mine) != mine
        line.end(ImportState.DONE)
        if mark not in seen:
            seen[mark] = mine
            fresh.append(
                Benefit(case_id=target.case_id, team_id=target.team_id, provider_id=target.provider_id,
                        person_id=mine, programme=mark[1][:40], starts_on=mark[2],
                        ends_on=line.told.days.get("until"), amount_won=line.told.amount_won,
                        source=line.row.source, row=line.row)
            )  # fmt: skip
    Benefit.objects.bulk_create(fresh)
    return sorted({row.case_id for row in fresh})


def _day(line: Line) -> date:
    return line.told.days["given_on"]


def _placed(work: Work, lines: list[Line]) -> list[tuple[Line, Target]]:
    """Lines whose person and case are known and may be written to; all others have ended."""
    found = _whose(work, lines)
    targets = _targets([person for _, person in found])
    changed = _told_before(work, [line for line, _ in found])
    placed = []
    for line, person in found:
        target = targets.get(person)
        line.row.person_id = person
        if target is not None and target.sealed:
            hold(work, [person, target.root])
            line.row.person_id = None
            line.end(ImportState.HELD)
        elif line.row.key in changed and changed[line.row.key] != line.row.pk:
            line.end(ImportState.WRONG, wrong=[(work.mapping.key, "changed")])
        elif target is None or not target.consents:
            line.end(ImportState.LATER, wrong=[("", "no_case" if target is None else "no_consent")])
        else:
            placed.append((line, target))
    return placed


def _whose(work: Work, lines: list[Line]) -> list[tuple[Line, int]]:
    known = known_people(work, [line.words.get("person_key", "") for line in lines])
    ids = [person for person, _ in known.values() if person]
    ids += [line.row.person_id for line in lines if line.row.decided == "same" and line.row.person_id]
    index, found = likely([line.asked for line in lines], ids=ids), []
    for line in lines:
        person, state = known.get(line.words.get("person_key", ""), (None, ""))
        person = line.row.person_id if line.row.decided == "same" else person
        if state == ImportState.HELD or (person and index.of[person].sealed):
            hold(work, [person] if person else [])
            line.end(ImportState.HELD)
        elif person:
            found.append((line, person))
        else:
            found += _by_likeness(work, line, index)
    return found


def _by_likeness(work: Work, line: Line, index: Index) -> list[tuple[Line, int]]:
    if not line.words.get("name"):
        line.end(ImportState.WRONG, wrong=[("person_key", "no_person")])
        return []
    verdict = judge(line.asked, index.near(line.asked))
    if verdict.kind == "same" and verdict.chosen is not None:
        return [(line, verdict.chosen.record)]
    if verdict.kind == "held":
        hold(work, [found.one.id for found in verdict.near])
        line.end(ImportState.HELD)
    elif verdict.kind == "doubtful" and line.row.decided != "other":
        line.end(ImportState.REVIEW)
    else:
        line.end(ImportState.WRONG, wrong=[("name", "no_person")])
    return []


def _targets(people: Iterable[int]) -> dict[int, Target]:
    with connection.cursor() as cursor:
        cursor.execute(_TARGETS, {"people": sorted(set(people)), "today": clock.today(), "full_age": FULL_AGE})
        return {person: Target(*rest) for person, *rest in cursor.fetchall()}


def _told_before(work: Work, lines: list[Line]) -> dict[str, int]:
    """The source's key → the row that was taken in under it."""
    keys = sorted({line.row.key for line in lines if line.row.key})
    rows = ImportRow.objects.filter(source=work.mapping.source, kind=work.mapping.kind, key__in=keys)
    return dict(rows.filter(state=ImportState.DONE).values_list("key", "pk"))


def _roots(people: list[int]) -> dict[int, int]:
    """Every record of these people → the one that counts."""
    rows = Person.objects.filter(Q(pk__in=people) | Q(canonical__in=people))
    return {own: root or own for own, root in rows.values_list("pk", "canonical_id")}


def _given_before(people: list[int], days: list[date]) -> dict[tuple[int, int, date], ServiceRecord]:
    roots = _roots(people)
    rows = ServiceRecord.objects.filter(person_id__in=roots, given_on__in=set(days)).only(
        "pk", "person_id", "service_id", "given_on", "case_id"
    )
    return {(roots[row.person_id or 0], row.service_id, row.given_on): row for row in rows}


def _known_benefits(people: list[int]) -> dict[tuple[int, str, date], int]:
    """Those that stand already, each with the record it was written for."""
    roots = _roots(people)
    rows = Benefit.objects.filter(person_id__in=roots).values_list("person_id", "programme", "starts_on")
    return {(roots[person], programme, day): person for person, programme, day in rows}


def _record(line: Line, target: Target, service: Service, provider: Organisation, book: "_Book") -> ServiceRecord:
    won = line.told.amount_won
    return ServiceRecord(
        case_id=target.case_id,
        team_id=target.team_id,
        provider=provider,
        person_id=line.row.person_id,
        service=service,
        category_id=service.category_id or 0,
        provider_kind=book.kind,
        given_on=_day(line),
        until=line.told.days.get("until"),
        amount_won=won,
        fund_source=book.fund if won else None,
        note=line.words.get("note", "")[:500],
        source=line.row.source,
        recorded_by_id=line.row.file.brought_by_id,
        recorded_at=clock.now(),
    )


@dataclass(frozen=True)
class _Book:
    """Services and organisations by every name they go by, and what the mapping says where a row says nothing."""

    services: dict[str, Service]
    houses: dict[str, Organisation]
    kind: ProviderKind
    fund: FundSource
    default_house: str

    @classmethod
    def of(cls, work: Work) -> "_Book":
        defaults = work.mapping.defaults
        services: dict[str, Service] = {}
        for service in Service.objects.filter(active=True, category__isnull=False):
            services |= dict.fromkeys((service.code, _flat(service.name_ko), _flat(service.name_en)), service)
        houses: dict[str, Organisation] = {}
        for house in Organisation.objects.all():
            houses |= dict.fromkeys((house.code, _flat(house.name_ko), _flat(house.name_en)), house)
        return cls(
            services,
            houses,
            ProviderKind.objects.get(code=defaults.get("provider_kind", "public")),
            FundSource.objects.get(code=defaults.get("fund_source", "city_budget")),
            defaults.get("provider", "city_hall"),
        )

    def service(self, words: str) -> Service | None:
        return self.services.get(words) or self.services.get(_flat(words))

    def house(self, words: str) -> Organisation | None:
        return self.houses.get(_flat(words or self.default_house))


def _flat(words: str) -> str:
    return "".join(words.lower().split())
