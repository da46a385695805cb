"""Migrations whose neighbouring changes of tables are one step: `class Migration(together.Migration)`.

Django draws anew all models related to a changed one, after every single change. In a house where everything hangs on a
person and a case that is nearly every model: of the 62 s which a fresh database took, SQL was three. Here the models
are drawn once for all neighbours, and a table is made as it stands after the last of them: 13 s.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, cast

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterUniqueTogether,
    CreateModel,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_JOINABLE = (CreateModel, AddField, AddIndex, AddConstraint, AlterField, AlterUniqueTogether)


class Migration(migrations.Migration):
    def __init__(self, name: str, app_label: str) -> None:
        super().__init__(name, app_label)
        self.operations = joined(self.operations)  # type: ignore[misc] # Django fills it per instance, too


def joined(operations: Sequence[Operation]) -> list[Operation]:
    """The same operations, neighbours that only change tables joined into one; SQL of our own keeps its place."""
    found: list[Operation] = []
    for joinable, run in groupby(operations, lambda one: isinstance(one, _JOINABLE)):
        neighbours = list(run)
        found += [Together(neighbours)] if joinable and len(neighbours) > 1 else neighbours
    return found


class Together(Operation):
    """One step of the state, then its tables; what changes a table made in the same step is already in it."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        for one in self.operations:
            one.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for one in self._on_tables():
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for one in reversed(list(self._on_tables())):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def _on_tables(self) -> Iterator[Operation]:
        made = {one.name_lower for one in self.operations if isinstance(one, CreateModel)}
        for one in self.operations:
            if isinstance(one, CreateModel) or _table_of(one) not in made:
                yield one

    def describe(self) -> str:
        return "; ".join(one.describe() for one in self.operations)


def _table_of(operation: Operation) -> str:
    """Name of the model, in small letters, that an operation changes."""
    changed = cast(Any, operation)
    return str(changed.model_name_lower if hasattr(operation, "model_name") else changed.name_lower)
