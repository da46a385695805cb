"""Figures for boards: aggregates only, small cells suppressed by the database (fewer than five → None)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from cases.facts import SATISFIED
from donations.selectors.transparency import Row as Purpose
from donations.selectors.transparency import transparency
from hopecare.insight import rules
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.models import Category, FundSource, ProviderKind, Service, Zone
from hopecare.kernel.permissions import Permission

STAGES = ("intake", "survey", "conference", "planning", "delivery")
MONTHS = 6


@dataclass(frozen=True)
class Share:
    """A part of a whole, either of which may be suppressed."""

    part: int | None
    whole: int | None

    @property
    def percent(self) -> int | None:
        return None if self.part is None or not self.whole else round(100 * self.part / self.whole)


@dataclass(frozen=True)
class Line:
    """One row of a board: what it is about, its cells in the order of the head, and their sum where it makes sense."""

    name: str
    cells: list[Any]
    total: int | None = None


def rows_of(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return list(cursor.fetchall())


def cases_by_zone(viewer: Viewer) -> list[Line]:
    """Open cases, zone × stage of K1."""
    check(viewer, Permission.BOARD_VIEW)
    counts = {(zone, stage): n for zone, stage, n in rows_of("select zone, stage, n from hc_board_cases()")}
    lines = []
    for zone in Zone.objects.order_by("pk"):
        cells = rules.with_another([counts.get((zone.code, stage), 0) for stage in STAGES])
        lines.append(Line(zone.name, cells, sum(cell or 0 for cell in cells)))
    return lines


def needs_by_category(viewer: Viewer) -> list[Line]:
    """Severe answers (3–4) among those asked, category × zone."""
    check(viewer, Permission.BOARD_VIEW)
    rows = rows_of("select zone, category, severe, asked from hc_board_needs()")
    shares = {(zone, category): _both_sides(severe, asked) for zone, category, severe, asked in rows}
    zones = list(Zone.objects.order_by("pk"))
    return [
        Line(category.name, [shares.get((zone.code, category.code), Share(None, None)) for zone in zones])
        for category in Category.objects.all()
    ]


def _both_sides(part: int | None, whole: int | None) -> Share:
    """Nine severe of ten asked would tell of the one who is not."""
    few = part is not None and whole is not None and rules.tells(whole, part)
    return Share(None if few else part, whole)


def promises_by_zone(viewer: Viewer) -> list[Line]:
    """Reports of the last 90 days: looked at within the promised time, zone by zone."""
    check(viewer, Permission.BOARD_VIEW)
    since = clock.today() - timedelta(days=90)
    kept = {zone: Share(k, n) for zone, n, k in rows_of("select zone, reports, kept from hc_board_promises(%s)", since)}
    return [Line(zone.name, [kept.get(zone.code, Share(None, None))]) for zone in Zone.objects.order_by("pk")]


def not_better_by_zone(viewer: Viewer) -> list[Line]:
    """Of those who asked for help for themselves and said in the last year how it is: "it is not better", by zone."""
    check(viewer, Permission.BOARD_VIEW)
    since = clock.today() - timedelta(days=365)
    rows = rows_of("select zone, answers, not_better from hc_board_echoes(%s)", since)
    told = {zone: Share(no, n) for zone, n, no in rows}
    return [Line(zone.name, [told.get(zone.code, Share(None, None))]) for zone in Zone.objects.order_by("pk")]


CREAMING_DAYS = 365


@dataclass(frozen=True)
class Treated:
    """How the cases of one side were treated; a cell behind which fewer than five cases or needs stand is None.

    `accepted`, `served`: median days to open, and from there to a first service. `given`: services for a severe need.
    """

    cases: int | None = None
    accepted: float | None = None
    served: float | None = None
    given: float | None = None


def treated_by_side(viewer: Viewer) -> dict[str, dict[str, Treated]]:
    """Creaming (R17) and what the far get (R80): side → name → how they were treated in the last year."""
    check(viewer, Permission.BOARD_VIEW)
    since = clock.today() - timedelta(days=CREAMING_DAYS)
    found: dict[str, dict[str, Treated]] = {}
    for side, name, *cells in rows_of("select * from hc_board_creaming(%s)", since):
        found.setdefault(side, {})[name] = Treated(*cells)
    counted = rules.of_one_whole(
        {side: {name: row.cases for name, row in rows.items()} for side, rows in found.items()}
    )
    return {
        side: {name: row if counted[side][name] is not None else Treated() for name, row in rows.items()}
        for side, rows in found.items()
    }


def months(count: int = MONTHS) -> list[date]:
    """First days of the last `count` months, this month last."""
    first = clock.today().replace(day=1)
    found = [first]
    while len(found) < count:
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found[::-1]


def money_by_source(viewer: Viewer) -> list[Line]:
    """Won spent in services, fund source × month, from the service records (R61)."""
    check(viewer, Permission.MONEY_VIEW)
    shown = months()
    spent = {(month, source): won for month, source, won, _ in rows_of("select * from hc_board_money(%s)", shown[0])}
    lines = []
    for source in FundSource.objects.all():
        cells = [spent.get((month, source.code), 0) for month in shown]
        lines.append(Line(source.name, cells, sum(int(cell or 0) for cell in cells)))
    return lines


@dataclass(frozen=True)
class Given:
    """How often one service was given; `by_volunteers` is None where fewer than five were."""

    name: str
    times: int
    by_volunteers: int | None


LOBBY_DAYS = 30


def given_lately(most: int = 6) -> list[Given]:
    """The services given most in the last thirty days, for everybody to see: only where five households and more had
    them. Services of which no hint may be given (violence, addiction, mind, law: D17) stand together under no name of
    theirs: on a screen that is read every day, one more is somebody who came yesterday. No viewer needed."""
    since = clock.today() - timedelta(days=LOBBY_DAYS)
    rows = rows_of("select service, times, by_volunteers from hc_board_given(%s, %s)", since, clock.today())
    names = {service.code: service.name for service in Service.objects.filter(hint=True)}
    told = [Given(names[code], times, volunteers) for code, times, volunteers in rows if code in names]
    quiet = [(times, volunteers or 0) for code, times, volunteers in rows if code not in names]
    if quiet:
        told.append(Given(_("Counselling"), sum(one[0] for one in quiet), sum(one[1] for one in quiet) or None))
    return sorted(told, key=lambda one: one.times, reverse=True)[:most]


@dataclass(frozen=True)
class Volunteering:
    """Volunteers whose visits were confirmed, how many visits and how many hours, corrections counted in."""

    people: int
    visits: int
    hours: int


def volunteering_lately() -> Volunteering | None:
    """The last thirty days, for everybody to see; None below five volunteers. Public aggregates, no viewer needed."""
    today = clock.today()
    rows = rows_of("select * from hc_board_volunteering(%s, %s)", today - timedelta(days=LOBBY_DAYS), today)
    return Volunteering(rows[0][0], rows[0][1], round(rows[0][2] / 60)) if rows else None


@dataclass(frozen=True)
class Giving:
    """Gifts of this year in won: what came in, what went out, and for what where five payments and more were made.
    `running_won`: what went into running costs, ever; the books refuse it, and nobody says so unread."""

    came_won: int
    went_won: int
    running_won: int
    spent_for: list[Purpose]


def giving_this_year(most: int = 3) -> Giving | None:
    """From the books, as the page of transparency tells it; None while nothing was given. No viewer needed."""
    books = transparency()
    if not books.in_won:
        return None
    told = sorted((row for row in books.categories if row.won), key=lambda row: row.won or 0, reverse=True)[:most]
    return Giving(books.in_won, books.out_won, books.operating_won, told)


QUARTERS = 8


@dataclass(frozen=True)
class Quarter:
    """A quarter that is over. Whole quarters alone: two reports that differ by a day would tell of single people."""

    year: int
    number: int

    @property
    def key(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def begins(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def ends(self) -> date:
        """The first day that is not in it."""
        return date(self.year + self.number // 4, 3 * self.number % 12 + 1, 1)


def quarters() -> list[Quarter]:
    """The last eight that are over, the newest first."""
    today = clock.today()
    count = today.year * 4 + (today.month - 1) // 3
    return [Quarter((count - back) // 4, (count - back) % 4 + 1) for back in range(1, QUARTERS + 1)]


@dataclass(frozen=True)
class CouncilReport:
    """Sums of one quarter, safe to be shown to everybody; None is a cell that is not shown (R10, R77).

    `by_zone`, `by_kind`: how often help was given. `met`, `unmet`: needs told. `said`: how the help was. `answers`: per
    zone (and TOTAL) reports, looked at in time, median hours until then, "it is not better".
    """

    quarter: Quarter
    by_zone: rules.Table
    by_kind: rules.Table
    met: rules.Table
    unmet: rules.Table
    said: rules.Table
    answers: dict[str, list[int | None]]


def council_report(viewer: Viewer, wanted: str = "") -> CouncilReport:
    """The report of a quarter ("2026-Q3"), else of the last one that is over. One query for the figures."""
    check(viewer, Permission.BOARD_VIEW)
    offered = quarters()
    return report_of(next((one for one in offered if one.key == wanted), offered[0]))


def report_of(quarter: Quarter) -> CouncilReport:
    """For whoever may read it, and for files that must not tell more beside it."""
    found: dict[str, dict[tuple[str, str], int | None]] = {}
    for part, line, cell, count in rows_of("select * from hc_council_report(%s, %s)", quarter.begins, quarter.ends):
        found.setdefault(part, {})[line, cell] = count
    categories = [category.code for category in Category.objects.all()]
    zones = [zone.code for zone in Zone.objects.order_by("pk")]
    kinds = [kind.code for kind in ProviderKind.objects.all()]
    tables = {part: rules.safe(categories, zones, found.get(part, {})) for part in ("zone", "met", "unmet")}
    by_zone, by_kind = rules.safe_beside(tables["zone"], rules.safe(categories, kinds, found.get("kind", {})))
    said = rules.safe(categories, list(SATISFIED), found.get("said", {}))
    answers = _answers(zones, found)
    return CouncilReport(quarter, by_zone, by_kind, tables["met"], tables["unmet"], said, answers)


def council_words(viewer: Viewer, quarter: Quarter) -> list[tuple[str, str]]:
    """What people wrote about help they had, by category, for the city alone: words may tell who said them (R85)."""
    check(viewer, Permission.BOARD_VIEW)
    if not viewer.central or not viewer.may(Permission.CASE_VIEW):
        return []
    names = {category.code: category.name for category in Category.objects.all()}
    rows = rows_of("select category, words from hc_council_words(%s, %s)", quarter.begins, quarter.ends)
    return [(names[code], words) for code, words in rows]


def _answers(zones: list[str], found: dict[str, dict[tuple[str, str], int | None]]) -> dict[str, list[int | None]]:
    counted = {}
    for part in ("reports", "kept", "not_better"):
        cells = {zone: count for (line, zone), count in found.get(part, {}).items() if line}
        counted[part] = rules.in_one_line(zones, cells)
    hours = {zone: count for (_line, zone), count in found.get("hours", {}).items()}
    return {
        zone: [counted["reports"][zone], counted["kept"][zone], hours.get(zone), counted["not_better"][zone]]
        for zone in (*zones, rules.TOTAL)
    }
