"""Packages one after another: nobody is asked out of turn, whatever is pressed where."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cases.models import Action
from cases.services import actions
from hopecare.kernel import errors, events
from hopecare.kernel.access import acting_as
from tests.cast import Actor
from tests.volunteers.conftest import Street, offers_principal
from volunteers.access import visible_to
from volunteers.facts import PackageTold
from volunteers.models import Package, Project, Request
from volunteers.services import projects, requests

SURVEY = PackageTold("survey", "현장 조사", date(2026, 11, 26), time(14), 120, "마석우리", seats=2)
PAPER = replace(SURVEY, trade="paper", what="도배", day=date(2026, 12, 3), won=300_000, fund="gift_living")


@pytest.fixture
def project(street: Street) -> Project:
    row = projects.draft(by=street.hana.viewer, number=street.case.number, title="겨울 전에 따뜻한 집")
    for told in (SURVEY, PAPER, replace(PAPER, trade="tidy", what="정리", day=date(2026, 12, 4))):
        projects.add(by=street.hana.viewer, project_id=row.pk, told=told)
    return row


def states(project: Project) -> list[str]:
    with offers_principal():
        return list(Package.objects.filter(project=project).order_by("place").values_list("state", flat=True))


def package(project: Project, place: int) -> Package:
    with offers_principal():
        return Package.objects.get(project=project, place=place)


@pytest.mark.rule("R29")
def test_nobody_is_asked_before_somebody_says_begin(street: Street, project: Project) -> None:
    assert states(project) == ["waits", "waits", "waits"]
    with pytest.raises(errors.Impossible, match="turn"):
        requests.open_request(by=street.hana.viewer, action_id=package(project, 1).action_id)
    projects.begin(by=street.hana.viewer, project_id=project.pk)
    assert projects.begin(by=street.hana.viewer, project_id=project.pk) is None
    assert states(project) == ["open", "waits", "waits"]
    with offers_principal():
        request = Request.objects.get()
    assert (request.seats, request.licences) == (2, ["architect"])


@pytest.mark.rule("R29")
def test_the_database_refuses_what_is_out_of_turn(street: Street, project: Project) -> None:
    second = package(project, 2)
    with pytest.raises(IntegrityError, match="one after another"), offers_principal(), transaction.atomic():
        Package.objects.filter(pk=second.pk).update(state="open")
    projects.begin(by=street.hana.viewer, project_id=project.pk)
    with pytest.raises(IntegrityError, match="one after another"), acting_as(street.hana.viewer), transaction.atomic():
        row = Request.objects.get()
        row.pk, row.action_id, row._state.adding = None, second.action_id, True
        row.save(force_insert=True)


def test_left_out_cancelled_and_done_otherwise_each_lead_to_the_next(street: Street, project: Project) -> None:
    by = street.hana.viewer
    projects.begin(by=by, project_id=project.pk)
    projects.leave_out(by=by, package_id=package(project, 1).pk)
    assert states(project) == ["left", "open", "waits"]
    projects.done_otherwise(by=by, package_id=package(project, 2).pk)
    assert states(project) == ["left", "done", "open"]
    with acting_as(by):
        done = Action.objects.get(pk=package(project, 2).action_id)
        actions.cancel(by=by, action_id=package(project, 3).action_id, reason="not_needed")
    assert done.state == "done"
    events.deliver_open()
    assert states(project) == ["left", "done", "left"]
    with offers_principal():
        assert Project.objects.get().state == "done"
        assert set(Request.objects.values_list("state", flat=True)) == {"closed"}


def test_a_package_whose_day_is_past_waits_and_its_opener_hears_of_it(
    street: Street, project: Project, as_: Callable[..., Client]
) -> None:
    with acting_as(street.hana.viewer):
        Action.objects.filter(pk=package(project, 2).action_id).update(at="2026-11-20T14:00+09:00")
    projects.begin(by=street.hana.viewer, project_id=project.pk)
    projects.done_otherwise(by=street.hana.viewer, package_id=package(project, 1).pk)
    assert states(project) == ["done", "waits", "waits"]
    client = as_(street.hana)
    assert "도배" in client.get("/desk/notices/").content.decode()
    page = client.get(f"/desk/matching/projects/{project.pk}/").content.decode()
    assert "다음 순서로 이어가기" in page and "300,000" in page and "후원금" in page


@pytest.mark.parametrize(
    "change",
    [
        {"trade": "roof"},
        {"what": " "},
        {"won": 5, "fund": ""},
        {"seats": 9},
        {"day": None},
        {"hour": None},
        {"quarter": ""},
    ],
)
def test_a_package_says_what_is_missing_and_leaves_nothing(
    street: Street, project: Project, change: dict[str, Any]
) -> None:
    with acting_as(street.hana.viewer):
        before = Action.objects.count()
    with pytest.raises(errors.Impossible):
        projects.add(by=street.hana.viewer, project_id=project.pk, told=replace(PAPER, **change))
    with acting_as(street.hana.viewer):
        assert (Package.objects.count(), Action.objects.count()) == (3, before)


def test_a_stranger_sees_no_project(project: Project, chi: Actor, eli: Actor, as_: Callable[..., Client]) -> None:
    address = f"/desk/matching/projects/{project.pk}/"
    assert [as_(who).get(address).status_code for who in (eli, chi)] == [200, 404]
    with acting_as(chi.viewer):
        assert not visible_to(chi.viewer, Package).exists() and not Package.objects.exists()
