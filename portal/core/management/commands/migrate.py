"""Django's ``migrate``, which makes an empty database ready in half the time and comes to the same schema.

Django renders anew every model connected to the one that an operation changes, and through ``User`` all are connected:
the libraries' long histories cost a minute. On an empty database they go first, without our tables, and only the
changed model is rendered; before a migration runs Python, Django renders all of them again (its own ``is_delayed``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

OURS = frozenset({"portal", "tenancy", "fund", "college", "ledger"})


class Command(MigrateCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        if not options["app_label"] and not options["plan"] and not options["check_unapplied"]:
            libraries_first(options["database"])
        super().handle(*args, **options)


def libraries_first(database: str) -> None:
    """Apply what the libraries bring, and only what it needs of ours, when nothing is applied yet."""
    executor = MigrationExecutor(connections[database])
    if executor.loader.applied_migrations:
        return
    targets = [key for key in executor.loader.graph.leaf_nodes() if not _is_ours(key[0])]
    with _rendering_only_what_changes():
        executor.migrate(targets)


def _is_ours(label: str) -> bool:
    return apps.get_app_config(label).name.split(".")[0] in OURS


@contextlib.contextmanager
def _rendering_only_what_changes() -> Iterator[None]:
    state: Any = ProjectState
    whole = state._find_reload_model

    def changed(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        self.is_delayed = True
        return {(app_label, model_name)}

    state._find_reload_model = changed
    try:
        yield
    finally:
        state._find_reload_model = whole
