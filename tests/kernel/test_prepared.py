"""A prepared query answers what the same query written for one viewer answers, and nothing of a request stays in it."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import BigIntegerField, QuerySet, TextField
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Person
from hopecare.kernel.prepared import prepared
from tests.factories import make_case


@prepared(number=TextField())
def _cases(viewer: Any, blank: Any) -> QuerySet[Case]:
    return visible_to(viewer, Case).filter(number=blank.number).select_related("main_person", "lead")


@prepared()
def _people(viewer: Any, blank: Any) -> Any:
    return visible_to(viewer, Person).exclude(name="100% '}").values("pk", "name")


def test_one_text_serves_every_viewer_with_their_own_keys(hana, chi) -> None:
    case = make_case(hana)
    for actor, seen in [(hana, [case]), (chi, []), (hana, [case])]:
        with acting_as(actor.viewer):
            assert _cases(actor.viewer, number=case.number) == seen
            assert _people(actor.viewer) == list(visible_to(actor.viewer, Person).values("pk", "name"))
    viewer = hana.viewer
    with acting_as(viewer), CaptureQueriesContext(connection) as asked:
        found = _cases(viewer, number=case.number)[0]
        assert (found.main_person.name, found.lead.name) == ("윤순덕", hana.user.name)
    assert len(asked.captured_queries) == 1


def test_the_server_keeps_its_plan(hana) -> None:
    """Asked of the server itself: a connection that may not prepare would answer all the same, only later."""
    with acting_as(hana.viewer):
        for _ in range(3):
            _cases(hana.viewer, number="2026-999999")
        with connection.cursor() as cursor:
            cursor.execute(
                "select generic_plans + custom_plans from pg_prepared_statements where statement ~ 'cases_case'"
            )
            assert (3,) in cursor.fetchall()


@pytest.mark.rule("D5")
def test_the_second_wall_stands_behind_a_prepared_query(hana, chi) -> None:
    case = make_case(hana)
    with acting_as(chi.viewer):
        assert _cases(hana.viewer, number=case.number) == [], "the first wall was told the wrong viewer"


def test_it_is_written_once_for_a_kind_of_viewer(hana, ana) -> None:
    written = []

    @prepared()
    def rows(viewer: Any, blank: Any) -> Any:
        written.append(viewer)
        return visible_to(viewer, Case).values_list("pk")

    for viewer in (hana.viewer, hana.viewer, ana.viewer):
        with acting_as(viewer):
            rows(viewer)
    assert len(written) == (1 if hana.viewer.permissions == ana.viewer.permissions else 2)


@pytest.mark.parametrize(
    "freeze",
    [
        lambda viewer: clock.now(),
        lambda viewer: clock.today(),
        lambda viewer: list(viewer.team_ids),
        lambda viewer: viewer.case_ids[0],
        lambda viewer: f"{viewer.user_id}",
        lambda viewer: int(viewer.organisation_id),
        lambda viewer: len(viewer.team_ids),
        lambda viewer: [*viewer.keys],
    ],
)
def test_nothing_of_one_request_can_freeze_into_the_text(hana, freeze: Any) -> None:
    @prepared(number=BigIntegerField())
    def rows(viewer: Any, blank: Any) -> Any:
        freeze(viewer)
        return visible_to(viewer, Case)

    with acting_as(hana.viewer), pytest.raises((RuntimeError, TypeError)):
        rows(hana.viewer, number=1)
