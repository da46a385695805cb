"""Every private model of cases, row by row, against the oracle; none may be forgotten there (D5, D6, D11, K6, K7)."""

import random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hopecare.kernel.access import acting_as, private_models, visible_to
from tests.cases.rows import (
    ABOUT_MONEY,
    BY_SECTION,
    ELSEWHERE,
    LEFT_OUT,
    OF_THE_CASE,
    OF_THE_UNIT,
    fill,
    kinds,
    sees_row,
)
from tests.cases.test_visibility_property import MAY, WORLDS
from tests.cases.worlds import build
from tests.database import as_owner


def test_no_private_model_is_in_no_oracle():
    """Whoever adds a private model names it in rows.py, or says there why it cannot stand in a world."""
    ours = {model.__name__ for model in private_models() if model._meta.app_label == "cases"}
    asked = {model.__name__ for model in kinds()}
    assert ours == asked | ELSEWHERE | set(LEFT_OUT)
    assert asked >= OF_THE_CASE | BY_SECTION | OF_THE_UNIT | ABOUT_MONEY and all(LEFT_OUT.values())


@pytest.mark.rule("D5")
@pytest.mark.rule("D6")
@pytest.mark.rule("K6")
@pytest.mark.rule("K7")
@given(st.integers(0, 2**32))
@settings(
    max_examples=max(1, WORLDS - 1),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_row_of_every_kind_is_seen_by_whom_the_oracle_says_and_by_nobody_else(city, hana, gil, seed):
    with transaction.atomic():
        dice = random.Random(seed)
        world = build(dice, MAY)
        rows = fill(dice, world)
        wrong, seen = [], 0
        for user in world.users:
            viewer = user.actor.viewer
            with acting_as(viewer):
                for kind in kinds():
                    of_kind = [row for row in rows if row.kind == kind.__name__]
                    ids = [row.id for row in of_kind]
                    with as_owner():  # the predicate by itself: the database must not help it
                        ours = set(visible_to(viewer, kind).filter(pk__in=ids).values_list("pk", flat=True))
                    bare = set(kind._default_manager.filter(pk__in=ids).values_list("pk", flat=True))
                    told = {row.id for row in of_kind if sees_row(world, user, row)}
                    seen += len(told)
                    if not ours == bare == told:
                        wrong.append((kind.__name__, user.role, user.house, ours, bare, told))
        assert wrong == [], seed
        assert 0 < seen < len(rows) * len(world.users)
        transaction.set_rollback(True)
