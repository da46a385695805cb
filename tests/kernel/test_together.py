"""Tables made in one step are the tables that single steps would have made, and go the same way back."""

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from hopecare.kernel import together
from tests.database import as_owner

STEPS = [
    migrations.CreateModel("Boat", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
    migrations.CreateModel("Oar", [("id", models.BigAutoField(primary_key=True))]),
    migrations.AddField("Oar", "boat", models.ForeignKey("kernel.Boat", models.CASCADE)),
    migrations.AddField("Boat", "best", models.ForeignKey("kernel.Oar", models.SET_NULL, null=True, related_name="+")),
    migrations.AddIndex("Boat", models.Index(fields=["name"], name="boat_name")),
    migrations.RunSQL("comment on table kernel_boat is 'a step between'", migrations.RunSQL.noop),
    migrations.AddField("Boat", "seats", models.IntegerField(default=4), preserve_default=False),
    migrations.AlterField("Boat", "name", models.CharField(max_length=20, unique=True)),
    migrations.AddConstraint(
        "Boat", models.CheckConstraint(condition=models.Q(seats__gte=2), name="boat_has_two_seats")
    ),
]


class Single(migrations.Migration):
    operations = STEPS


class Joined(together.Migration):
    operations = STEPS


@pytest.mark.parametrize("kind", [Single, Joined])
def test_one_step_makes_what_single_steps_make(kind: type[migrations.Migration], db: None) -> None:
    migration, state = kind("0001_boats", "kernel"), ProjectState()
    with as_owner(), connection.schema_editor() as editor:
        after = migration.apply(state.clone(), editor)
    assert made() == {
        "kernel_boat": ["id", "name", "best_id", "seats"],
        "kernel_oar": ["id", "boat_id"],
        "rules": [
            "boat_has_two_seats",
            "kernel_boat_best_id_fk_kernel_oar_id",
            "kernel_boat_name_uniq",
            "kernel_oar_boat_id_fk_kernel_boat_id",
        ],
    }
    assert [*after.models["kernel", "boat"].fields] == ["id", "name", "best", "seats"]
    with as_owner(), connection.schema_editor() as editor:
        migration.unapply(state, editor)
    assert "kernel_boat" not in connection.introspection.table_names()


def made() -> dict[str, Any]:
    with as_owner(), connection.cursor() as cursor:
        look = connection.introspection
        tables = {name: [one.name for one in look.get_table_description(cursor, name)] for name in BOATS}
        cursor.execute(
            "select regexp_replace(conname, '_[0-9a-f]{8}_', '_') from pg_constraint"
            " where conrelid = any(%s::regclass[]) and contype in ('f', 'c', 'u') order by 1",
            [list(BOATS)],
        )
        rules = [name for (name,) in cursor.fetchall()]
        return {**tables, "rules": rules}


BOATS = ("kernel_boat", "kernel_oar")
