"""First migrations that stay fast: all tables of an app from its final state, in one rendering of the models.

Django renders every connected model anew for each operation, and through ``User`` all models are connected: a first
migration of thirty tables with their constraints cost half a minute. The operations stay Django's own (the state and
``makemigrations`` see nothing unusual); only how an empty database gets the tables differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation


class TablesAtOnce(migrations.Migration):
    """A first migration: its tables are made at once, then come its other operations (triggers, SQL) in their order."""

    SHAPES: ClassVar[tuple[type[Operation], ...]] = (
        migrations.CreateModel,
        migrations.AddField,
        migrations.AddIndex,
        migrations.AddConstraint,
    )

    def apply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        """Run what stands before the first table, create every table with all that is added to it, run the rest."""
        places = [at for at, operation in enumerate(self.operations) if isinstance(operation, self.SHAPES)]
        shapes = [self.operations[at] for at in places]
        rest = [operation for operation in self.operations[places[0] :] if not isinstance(operation, self.SHAPES)]
        self._run(self.operations[: places[0]], project_state, schema_editor)
        project_state.__dict__.pop("apps", None)
        for operation in shapes:
            operation.state_forwards(self.app_label, project_state)
        for operation in shapes:
            if isinstance(operation, migrations.CreateModel):
                model = project_state.apps.get_model(self.app_label, operation.name)
                if operation.allow_migrate_model(schema_editor.connection.alias, model):
                    schema_editor.create_model(model)
        self._run(rest, project_state, schema_editor)
        return project_state

    def _run(self, operations: Sequence[Operation], state: Any, schema_editor: Any) -> None:
        for operation in operations:
            before = state.clone()
            operation.state_forwards(self.app_label, state)
            operation.database_forwards(self.app_label, schema_editor, before, state)
