"""Projects in packages: which turn it is, who comes when, and what the materials cost from which money."""

from collections import defaultdict
from dataclasses import dataclass

from cases.selectors.tasks import TaskCard, task_cards
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import FundSource
from hopecare.kernel.models.base import in_language
from volunteers.access import get_visible, visible_to
from volunteers.models import Package, Project, Request
from volunteers.rules import safety
from volunteers.states import PackageState, RequestState

MOST_ROWS = 100


@dataclass(frozen=True)
class PackageRow:
    """One package in order; `card` is None for somebody without a key to the case."""

    package: Package
    trade: str
    licence: str
    card: TaskCard | None
    request: Request | None

    @property
    def is_next(self) -> bool:
        return self.package.state in (PackageState.OPEN, PackageState.WAITS)


@dataclass(frozen=True)
class ProjectPage:
    """`money`: (where from, won) of all that is not left out."""

    project: Project
    number: str
    rows: list[PackageRow]
    money: list[tuple[str, int]]

    @property
    def may_begin(self) -> bool:
        """Somebody has to say that it goes on: nothing is open, and something waits."""
        states = [row.package.state for row in self.rows]
        return PackageState.WAITS in states and PackageState.OPEN not in states

    @property
    def whole(self) -> int:
        return sum(won for _name, won in self.money)


@dataclass(frozen=True)
class ProjectCard:
    project: Project
    done: int
    whole: int
    now: str


def package_of(action_id: int) -> Package | None:
    """The package that an action of a plan is, if it is one; for whoever was let at the action already."""
    return Package.objects.filter(action_id=action_id).first()


def projects(viewer: Viewer) -> list[ProjectCard]:
    """Those of one's teams and centre, running ones first. Two queries; the read is logged."""
    rows = list(visible_to(viewer, Project).order_by("ended_at", "-opened_at")[:MOST_ROWS])
    packages: dict[int, list[Package]] = defaultdict(list)
    for package in visible_to(viewer, Package).filter(project__in=rows).order_by("place"):
        packages[package.project_id].append(package)
    audit.read(viewer, "project", [row.pk for row in rows], what="list")
    return [_card(row, packages[row.pk]) for row in rows]


def project(viewer: Viewer, project_id: int) -> ProjectPage:
    """One project with its packages. Raises NotFound in the same words as missing; the read is logged."""
    row = get_visible(viewer, Project, named="project", pk=project_id)
    packages = list(visible_to(viewer, Package).filter(project=row).select_related("fund").order_by("place"))
    ids = [package.action_id for package in packages]
    cards = {card.action_id: card for card in task_cards(viewer, ids)}
    live = visible_to(viewer, Request).filter(action_id__in=ids).exclude(state=RequestState.CLOSED)
    requests = {request.action_id: request for request in live}
    audit.read(viewer, "project", [row.pk], owners=[row.provider_id], what="page")
    number = Project.objects.filter(pk=row.pk).values_list("case__number", flat=True).first() or ""
    shown = [_row(package, cards.get(package.action_id), requests.get(package.action_id)) for package in packages]
    return ProjectPage(row, number, shown, _money(packages))


def trades() -> list[tuple[str, str]]:
    """(code, name in the reader's language)."""
    return [(one.code, in_language(one.name_ko, one.name_en)) for one in safety.trades().values()]


def funds() -> list[tuple[str, str]]:
    return [(row.code, row.name) for row in FundSource.objects.order_by("position")]


def _row(package: Package, card: TaskCard | None, request: Request | None) -> PackageRow:
    trade = safety.trades()[package.trade]
    kind = safety.paper_kinds().get(trade.licence)
    licence = in_language(kind.name_ko, kind.name_en) if kind is not None else ""
    return PackageRow(package, in_language(trade.name_ko, trade.name_en), licence, card, request)


def _money(packages: list[Package]) -> list[tuple[str, int]]:
    sums: dict[str, int] = defaultdict(int)
    for package in packages:
        if package.won and package.fund is not None and package.state != PackageState.LEFT:
            sums[package.fund.name] += package.won
    return sorted(sums.items())


def _card(row: Project, packages: list[Package]) -> ProjectCard:
    wanted = [package for package in packages if package.state != PackageState.LEFT]
    done = sum(1 for package in wanted if package.state == PackageState.DONE)
    coming = next((package for package in wanted if package.state != PackageState.DONE), None)
    return ProjectCard(row, done, len(wanted), coming.what if coming is not None else "")
