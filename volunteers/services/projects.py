"""Projects that several trades do one after another: written down, begun, and each package in its turn (R29).

A package is an action of the plan, asked for through the same matcher as every other; the next begins by itself when
the one before it is done or left out. The database refuses a request out of turn.
"""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.selectors.case_page import read_case
from cases.services import actions, plans
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import FundSource, Service
from hopecare.kernel.permissions import Permission
from hopecare.messaging import services as messages
from hopecare.messaging.facts import Recipient
from volunteers.access import get_visible
from volunteers.facts import PackageTold
from volunteers.models import Package, Project, Request
from volunteers.rules import safety
from volunteers.selectors.projects import package_of
from volunteers.services import asking, requests
from volunteers.services.acting import machine
from volunteers.states import Ending, PackageState, ProjectState, RequestState

MOST_PACKAGES, MOST_SEATS, MOST_WON = 12, 6, 100_000_000
WAITS_FOR_A_DAY = gettext_noop("“%(what)s” is next and cannot begin: please look at its day in the plan.")
ALL_DONE = gettext_noop("All packages are done: “%(what)s”.")


def draft(*, by: Viewer, number: str, title: str) -> Project:
    """A project of a case, without packages yet. Raises Impossible without a title."""
    check(by, Permission.OFFER_MANAGE)
    check(by, Permission.CASE_PLAN)
    with acting_as(by):
        case = read_case(by, number)
        if not title.strip():
            raise errors.Impossible(errors.required("title"))
        project = Project.objects.create(
            case_id=case.pk,
            team_id=case.team_id,
            provider_id=case.provider_id,
            title=title.strip()[:80],
            opened_by_id=by.user_id or case.lead_id,
            opened_at=clock.now(),
        )
        audit.changed(by, "project", [project.pk], "drafted", owners=[project.provider_id])
        return project


def add(*, by: Viewer, project_id: int, told: PackageTold, token: str = "") -> Package | None:
    """One package more, at the end; None when this very form was taken before. Raises Impossible with every problem."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        project = _locked(get_visible(by, Project, named="project", pk=project_id).pk)
        place = (project.packages.aggregate(last=Max("place"))["last"] or 0) + 1
        trade, problems = safety.trades().get(told.trade), _problems(project, told, place)
        if problems or trade is None:
            raise errors.Impossible(*problems)
        service = Service.objects.select_related("category").get(code=trade.service)
        assert service.category is not None
        starts = clock.at(told.day, told.hour) if told.day and told.hour else None
        wanted = plans.Wanted(
            title=told.what.strip(),
            category=service.category,
            owner_kind="volunteer",
            due_on=told.day,
            service=service,
            at=starts,
            minutes=told.minutes,
            quarter=told.quarter,
            stairs=told.stairs,
            token=token,
        )
        action = plans.add_action(by=by, number=project.case.number, wanted=wanted)
        return _put(by, project, told, place, action.pk) if action is not None else None


def begin(*, by: Viewer, project_id: int) -> Package | None:
    """The next package's turn has come, says somebody; None when there is none, or one is under way."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        project = _locked(get_visible(by, Project, named="project", pk=project_id).pk)
        if project.packages.filter(state=PackageState.OPEN).exists():
            return None
        project.state = ProjectState.RUNS
        project.save(update_fields=["state"])
        return _begin_next(machine(by), project)


def leave_out(*, by: Viewer, package_id: int) -> None:
    """Not needed any more: its action is cancelled, whoever was asked is told, the next begins."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        package = get_visible(by, Package, named="package", pk=package_id)
        project = _locked(package.project_id)
        if package.state in (PackageState.DONE, PackageState.LEFT):
            return
        _end_request(by, package, Ending.CLOSED)
        actions.cancel(by=by, action_id=package.action_id, reason="not_needed")
        _end(machine(by), project, package.pk, PackageState.LEFT)


def done_otherwise(*, by: Viewer, package_id: int) -> None:
    """Somebody else did it, a firm or the family: it is done, and the next begins."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        package = get_visible(by, Package, named="package", pk=package_id)
        project = _locked(package.project_id)
        if package.state != PackageState.OPEN:
            raise errors.Impossible(Problem("turn", _("Its turn has not come, or it is over already.")))
        _end_request(by, package, Ending.STAFF)
        plans.set_action_state(by=by, action_id=package.action_id, after="done")
        _end(machine(by), project, package.pk, PackageState.DONE)


def task_done(payload: dict[str, Any]) -> None:
    """A volunteer, or whoever gives again and again, was there: the next trade's turn has come."""
    _moved_on(payload["action_id"], PackageState.DONE)


def task_cancelled(payload: dict[str, Any]) -> None:
    """The case took the action out of the plan."""
    _moved_on(payload["action_id"], PackageState.LEFT)


def _moved_on(action_id: int, state: PackageState) -> None:
    by = system(Principal.OFFERS)
    with acting_as(by):
        package = package_of(action_id)
        if package is not None:
            _end(by, _locked(package.project_id), package.pk, state)


def _locked(project_id: int) -> Project:
    return Project.objects.select_for_update(of=("self",)).get(pk=project_id)


def _problems(project: Project, told: PackageTold, place: int) -> list[Problem]:
    """What the plan itself does not ask for; day, hours and place are its own questions."""
    found = [errors.required("what")] if not told.what.strip() else []
    if told.trade not in safety.trades():
        found.append(errors.required("trade"))
    if told.hour is None:
        found.append(errors.required("hour"))
    if not 1 <= told.seats <= MOST_SEATS:
        found.append(Problem("seats", _("Between one and six people, please."), "seats"))
    if not 0 <= told.won <= MOST_WON:
        found.append(Problem("won", _("Up to 100 million won, please."), "won"))
    elif told.won and not FundSource.objects.filter(code=told.fund).exists():
        found.append(Problem("fund", _("Which money pays for the materials?"), "fund"))
    if place > MOST_PACKAGES or project.state == ProjectState.DONE:
        found.append(Problem("packages", _("Twelve packages at most; for more, begin another project."), "what"))
    return found


def _put(by: Viewer, project: Project, told: PackageTold, place: int, action_id: int) -> Package:
    package = Package.objects.create(
        project=project,
        place=place,
        action_id=action_id,
        case_id=project.case_id,
        team_id=project.team_id,
        provider_id=project.provider_id,
        trade=told.trade,
        what=told.what.strip()[:120],
        seats=told.seats,
        materials=told.materials.strip()[:300],
        won=told.won,
        fund=FundSource.objects.filter(code=told.fund).first() if told.fund else None,
    )
    audit.changed(by, "package", [package.pk], "added", owners=[package.provider_id], place=place, of=told.trade)
    return package


def _end_request(by: Viewer, package: Package, ending: Ending) -> None:
    row = Request.objects.filter(action_id=package.action_id).exclude(state=RequestState.CLOSED).first()
    if row is not None:
        with acting_as(machine(by)) as acting:
            requests.withdraw(acting, asking.locked(row.pk), ending)


def _end(acting: Viewer, project: Project, package_id: int, state: PackageState) -> None:
    """Done or left out, once; what runs goes on with the next."""
    with acting_as(acting):
        rows = project.packages.filter(pk=package_id, state__in=[PackageState.OPEN, PackageState.WAITS])
        if state == PackageState.DONE:
            rows = rows.filter(state=PackageState.OPEN)
        if not rows.update(state=state, ended_at=clock.now()):
            return
        audit.changed(acting, "package", [package_id], str(state), owners=[project.provider_id])
        if project.state == ProjectState.RUNS and not project.packages.filter(state=PackageState.OPEN).exists():
            _begin_next(acting, project)


def _begin_next(acting: Viewer, project: Project) -> Package | None:
    """The first that waits; where it cannot begin — its day is past, the person is away — the lead hears of it."""
    with acting_as(acting):
        package = project.packages.filter(state=PackageState.WAITS).order_by("place").first()
        if package is None:
            project.state, project.ended_at = ProjectState.DONE, clock.now()
            project.save(update_fields=["state", "ended_at"])
            _tell(acting, project, "done", ALL_DONE, project.title)
            return None
        try:
            with transaction.atomic():
                package.state, package.began_at = PackageState.OPEN, clock.now()
                package.save(update_fields=["state", "began_at"])
                requests.open_in_turn(acting, package.action_id)
        except (errors.Impossible, errors.NotFound):
            package.state = PackageState.WAITS
            _tell(acting, project, f"stuck-{package.pk}-{clock.today()}", WAITS_FOR_A_DAY, package.what)
            return package
        audit.changed(acting, "package", [package.pk], "begun", owners=[package.provider_id])
        return package


def _tell(acting: Viewer, project: Project, step: str, text: str, what: str) -> None:
    messages.notify(
        by=acting,
        purpose="volunteers",
        about=("project", project.pk),
        step=step,
        to=Recipient.user(project.opened_by_id),
        words=text,
        parameters={"what": what},
        link=f"/desk/matching/projects/{project.pk}/",
        provider_id=project.provider_id,
    )
