"""`RequireLeaf`: no row of a decision table changes without its leaf in the same transaction.

The triggers are deferred to the commit, so row and leaf may come in either order, and `ENABLE ALWAYS`, so that not
even a replication session escapes them. A migration that uses the operation depends on `("ledger", "0001_initial")`.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class RequireLeaf(Operation):
    """Puts the three triggers on a table.

    `pk` and `state` are fields or columns (`state=None` for tables without one), `watch` those whose change is a
    decision (default: the state; without a state: any change), `quiet` states such as a draft that need no leaf.
    """

    category = OperationCategory.SQL
    reversible = True
    reduces_to_sql = True

    def __init__(
        self,
        model: str,
        pk: str = "id",
        state: str | None = None,
        watch: Sequence[str] = (),
        quiet: Sequence[str] = (),
    ) -> None:
        if quiet and state is None:
            raise ValueError("quiet states need a state column")
        self.model, self.pk, self.state = model, pk, state
        self.watch, self.quiet = list(watch), list(quiet)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        schema_editor.execute(self._create(self._model(app_label, to_state), schema_editor), params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        table = schema_editor.quote_name(self._model(app_label, from_state)._meta.db_table)
        drops = [f"DROP TRIGGER leaf_on_{event} ON {table}" for event in ("insert", "update", "delete")]
        schema_editor.execute("; ".join(drops), params=None)

    def describe(self) -> str:
        return f"Require a ledger leaf for every decision on {self.model}"

    @property
    def migration_name_fragment(self) -> str:
        return f"require_leaf_{self.model.rpartition('.')[2].lower()}"

    def _model(self, app_label: str, state: ProjectState) -> Any:
        app, _, name = self.model.rpartition(".")
        return state.apps.get_model(app or app_label, name)

    def _create(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> str:
        quote = schema_editor.quote_name
        columns = {name: quote(_column(model, name)) for name in (*self.watch, *filter(None, [self.state]))}
        arguments = ", ".join(_literal(_column(model, name)) for name in (self.pk, self.state) if name)
        table = quote(model._meta.db_table)
        statements = [
            f"CREATE CONSTRAINT TRIGGER leaf_on_{event} AFTER {event.upper()} ON {table} DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW {f'WHEN ({condition}) ' if condition else ''}EXECUTE FUNCTION ledger_require_leaf({arguments})"
            for event, condition in self._conditions(columns).items()
        ]
        always = ", ".join(f"ENABLE ALWAYS TRIGGER leaf_on_{event}" for event in ("insert", "update", "delete"))
        return "; ".join([*statements, f"ALTER TABLE {table} {always}"])

    def _conditions(self, columns: dict[str, str]) -> dict[str, str]:
        """The WHEN clause of each trigger, in SQL."""
        watched = [columns[name] for name in self.watch or filter(None, [self.state])]
        old, new = (", ".join(f"{row}.{column}" for column in watched) or f"{row}.*" for row in ("OLD", "NEW"))
        changed = f"({old}) IS DISTINCT FROM ({new})" if watched else f"{old} IS DISTINCT FROM {new}"
        if not self.quiet:
            return {"insert": "", "update": changed, "delete": ""}
        loud = f"{columns[self.state or '']} NOT IN ({', '.join(map(_literal, self.quiet))})"
        return {
            "insert": f"NEW.{loud}",
            "update": f"{changed} AND (OLD.{loud} OR NEW.{loud})",
            "delete": f"OLD.{loud}",
        }


def _column(model: Any, name: str) -> str:
    """The column of a field, or the name itself when it is a column's already."""
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    if name == "pk":
        return model._meta.pk.column
    column = columns.get(name, name)
    if column not in columns.values():
        raise ValueError(f"{model._meta.label} has no field or column {name}")
    return column


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
