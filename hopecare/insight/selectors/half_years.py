"""Figures of half a year that is over: outcomes beside recorded money, and the file for research."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import product
from typing import Any

from cases.selectors.pathways import earning_kinds
from hopecare.insight import rules
from hopecare.insight.selectors.boards import Quarter, report_of, rows_of
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.models import Category, Service
from hopecare.kernel.permissions import Permission

HALVES = 4


@dataclass(frozen=True)
class Half:
    """Half a year that is over; the halves never overlap, so that no two files differ by a few people."""

    year: int
    number: int

    @property
    def key(self) -> str:
        return f"{self.year}-H{self.number}"

    @property
    def begins(self) -> date:
        return date(self.year, 6 * self.number - 5, 1)

    @property
    def ends(self) -> date:
        """The first day that is not in it."""
        return date(self.year + self.number // 2, 7 if self.number == 1 else 1, 1)


def halves() -> list[Half]:
    """The last four that are over, the newest first."""
    count = clock.today().year * 2 + (clock.today().month - 1) // 6
    return [Half((count - back) // 2, (count - back) % 2 + 1) for back in range(1, HALVES + 1)]


def half_of(key: str) -> Half:
    return next((one for one in halves() if one.key == key), halves()[0])


@dataclass(frozen=True)
class Outcome:
    """A category, or a service within it: cases asked again, of them lighter, and the median won recorded in those that
    became lighter and in the others; of a category the median hours of volunteers in both as well. None: fewer than
    five cases behind it."""

    category: str
    service: str
    cases: int
    lighter: int | None
    won_lighter: int | None
    won_others: int | None
    hours_lighter: int | None = None
    hours_others: int | None = None


@dataclass(frozen=True)
class Work:
    """People who were asked so many months after work began: of them at work, and the median wage and weekly hours at
    the beginning and then, of those who told both. None: fewer than five people behind it."""

    months: int
    people: int
    working: int | None
    won_first: int | None
    won: int | None
    hours_first: int | None
    hours: int | None


def work(viewer: Viewer, half: Half) -> list[Work]:
    """What became of work that was found (R46, R79), by the question's months."""
    check(viewer, Permission.BOARD_VIEW)
    sql = "select * from hc_work(%s, %s, %s)"
    return [Work(*row) for row in rows_of(sql, earning_kinds(), half.begins, half.ends)]


def outcomes(viewer: Viewer, half: Half) -> list[Outcome]:
    """Severity beside recorded money and the hours of volunteers (R79), categories in their order, each followed by
    its services."""
    check(viewer, Permission.BOARD_VIEW)
    categories = {category.code: category.name for category in Category.objects.all()}
    services = {service.code: service.name for service in Service.objects.all()}
    places = list(categories)
    rows = sorted(_outcomes(half), key=lambda row: (places.index(row[0]), bool(row[1]), -row[2], row[1]))
    sql = "select * from hc_outcome_hours(%s, %s)"
    hours = {row[0]: row[1:] for row in rows_of(sql, half.begins, half.ends)}
    return [
        Outcome(categories[row[0]], services.get(row[1], ""), *row[2:], *(() if row[1] else hours.get(row[0], ())))
        for row in rows
    ]


def _outcomes(half: Half) -> list[tuple[Any, ...]]:
    """(category, service, cases, lighter, won, won): a service stands there only where those without it are not few."""
    rows = rows_of("select * from hc_outcomes(%s, %s)", half.begins, half.ends)
    whole = {row[0]: row for row in rows if not row[1]}
    shown = [(row, rules.beside(whole[row[0]][2:4], row[2:4])) for row in rows]
    return [(*row[:2], *counted, *row[4:]) for row, counted in shown if counted]


def research_extract(viewer: Viewer, half: Half, *, reason: str) -> list[list[str]]:
    """Head and lines of counted cases for research (R25): no name, number, day or word; nothing below five cases, not
    even by taking lines away from what the boards tell of the same half. Those without a line stand together.

    Raises Impossible without a reason, which stands in the log beside the period and the number of lines.
    """
    check(viewer, Permission.RESEARCH_EXTRACT)
    if not reason.strip():
        raise errors.Impossible(errors.required("reason"))
    sql = "select * from hc_research_extract(%s, %s) where zone <> '' order by zone desc, age, category, before, after"
    wholes = {row[0]: row for row in _outcomes(half) if not row[1]}
    counted = [rules.Line(*row) for row in rows_of(sql, half.begins, half.ends)]
    lines = rules.untold(counted, [*_wholes(wholes.values()), *_of_the_council(half)])
    rest = sum(row[2] for row in wholes.values()) - sum(line.cases for line in lines)
    told = [[line.zone, line.age, line.category, line.before, line.after, f"{line.cases}"] for line in lines]
    told += [["", "", "", "", "", f"{rest}"]] if rest else []
    audit.changed(viewer, "research", [], "research_extracted", owners=[viewer.organisation_id],
                  reason=reason.strip()[:200], period=half.key, lines=len(told))  # fmt: skip
    return [["zone", "age", "category", "severity_before", "severity_after", "cases"], *told]


def _wholes(rows: Iterable[tuple[Any, ...]]) -> Iterator[rules.Figure]:
    """What the board of outcomes tells of a category: its cases, and where it does, how many of them became lighter."""
    for category, _service, cases, lighter, *_won in rows:
        yield rules.Figure(cases, partial(_went, category, (True, False, None)))
        if lighter is not None:
            yield rules.Figure(lighter, partial(_went, category, (True,)))
            yield rules.Figure(cases - lighter, partial(_went, category, (False,)))


def _went(category: str, ways: tuple[bool | None, ...], line: rules.Line) -> bool:
    return line.category == category and line.lighter in ways


def _of_the_council(half: Half) -> Iterator[rules.Figure]:
    """Needs met and not met in the quarter with which the half ends: in a small city nearly the same people."""
    report = report_of(Quarter(half.year, 2 * half.number))
    for table, met in ((report.met, True), (report.unmet, False)):
        for category, zone in product((*table.lines, rules.TOTAL), (*table.columns, rules.TOTAL)):
            whole = table.at(category, zone)
            if whole is not None:
                yield rules.Figure(whole, partial(_told_there, category, zone, met))


def _told_there(category: str, zone: str, met: bool, line: rules.Line) -> bool:
    return category in ("", line.category) and zone in ("", line.zone) and met == (line.after == "0-1")
