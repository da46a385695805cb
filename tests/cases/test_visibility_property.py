"""Random worlds: every row, count, name, line of a file and shared case against the oracle of worlds.py.

A handful of worlds here; `make drill` walks a hundred times as many (HOPECARE_WORLDS).
"""

import os
import random

import pytest
import yaml
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Case, ServiceRecord
from cases.selectors.case_list import Filters, case_page, scopes_of
from cases.selectors.exports import exported_services
from cases.selectors.search import matching_case_ids
from cases.selectors.shared import shared_cases
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.city import DATA
from tests.cases.worlds import World, build, expectations

WORLDS = int(os.environ.get("HOPECARE_WORLDS", "3"))
MAY = {code: set(entry["may"]) for code, entry in yaml.safe_load((DATA / "roles.yaml").read_text()).items()}


def met(world: World, user) -> dict:
    """What the program and the bare database give this user."""
    viewer = user.actor.viewer
    with acting_as(viewer):
        rows = {}
        for name, model in (("cases", Case), ("people", Person), ("records", ServiceRecord)):
            ours = set(visible_to(viewer, model).values_list("pk", flat=True))
            bare = set(model.objects.values_list("pk", flat=True))
            assert ours == bare, f"the walls differ for {name}"
            rows[name] = ours
        rows["cases"] -= {case.case.pk for case in world.cases if case.case.pk in viewer.reach.sealed}
        found = {case.name for case in world.cases if set(matching_case_ids(viewer, case.name)) & rows["cases"]}
        lists = [case_page(viewer, Filters(scope=scope)) for scope in scopes_of(viewer)]
        assert all(int(page.total.replace(",", "")) == len(page.cases) for page in lists)
        pages = {case.pk for page in lists for case in page.cases}
        lines: list[tuple[str, ...]] = []
        if viewer.may(Permission.CASE_EXPORT):
            lines = sorted(tuple(line) for line in exported_services(viewer, reason="비교")[1:])
        with connection.cursor() as cursor:
            cursor.execute("select c, (select count(*) from hc_shared_dates(c)) from unnest(%s::bigint[]) c",
                           [[case.case.pk for case in world.cases]])  # fmt: skip
            dates = dict(cursor.fetchall())
        shared = {row.number: row.level for row in shared_cases(viewer)} if viewer.may(Permission.CASE_VIEW) else {}
    return {**rows, "pages": pages, "names": found, "shared": shared, "lines": lines, "dates": dates}


@pytest.mark.rule("D5")
@pytest.mark.rule("D6")
@pytest.mark.rule("K6")
@given(st.integers(0, 2**32))
@settings(
    max_examples=WORLDS,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_in_no_world_does_anybody_meet_more_or_less_than_the_oracle_says(city, hana, gil, seed):
    with transaction.atomic():
        world = build(random.Random(seed), MAY)
        for user in world.users:
            expected, found = expectations(world, user), met(world, user)
            for name in expected:
                assert found[name] == expected[name], (seed, user.role, user.house, name)
        transaction.set_rollback(True)


def test_the_oracle_is_not_blind(city, hana, gil):
    """Over some worlds something is seen and something is hidden, of every kind."""
    seen, hidden = set(), set()
    for seed in range(4):
        with transaction.atomic():
            world = build(random.Random(seed), MAY)
            everything = {
                "cases": {case.case.pk for case in world.cases},
                "records": {record for case in world.cases for record in case.records},
            }
            for user in world.users:
                expected = expectations(world, user)
                seen |= {name for name in everything if expected[name]} | ({"shared"} if expected["shared"] else set())
                hidden |= {name for name in everything if everything[name] - expected[name]}
            transaction.set_rollback(True)
    assert (seen, hidden) == ({"cases", "records", "shared"}, {"cases", "records"})
