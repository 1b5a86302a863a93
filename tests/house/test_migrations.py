"""Migrations say all that the models say, and every step has its way back."""

import inspect
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL, SeparateDatabaseAndState

from portal.core.rooms import our_apps


def test_the_models_have_their_migrations(db):
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def operations():
    ours = {config.label for config in our_apps()}
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if app in ours:
            yield from ((f"{app}.{name}", operation) for operation in flat(migration.operations))


def flat(steps):
    for step in steps:
        if isinstance(step, SeparateDatabaseAndState):
            yield from flat(step.database_operations)
        yield step


def test_every_step_has_its_way_back(db):
    one_way = [f"{where}: {step.describe()}" for where, step in operations() if not has_way_back(step)]
    assert one_way == []


def has_way_back(step) -> bool:
    if isinstance(step, RunPython):
        return step.reverse_code is not None
    if isinstance(step, RunSQL):
        return step.reverse_sql is not None
    return step.reversible


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        (RunPython(lambda apps, editor: None), False),
        (RunPython(lambda apps, editor: None, RunPython.noop), True),
        (RunSQL("SELECT 1"), False),
        (RunSQL("SELECT 1", RunSQL.noop), True),
    ],
)
def test_a_step_without_a_way_back_is_seen(step, answer):
    assert has_way_back(step) is answer


def test_schema_and_rows_are_not_changed_in_one_migration(db):
    """PostgreSQL refuses to alter a table with pending trigger events, and a large update holds the schema's locks."""
    kinds: dict[str, set[str]] = {}
    for where, step in operations():
        kinds.setdefault(where, set()).add("rows" if changes_rows(step) else "schema")
    assert [where for where, both in kinds.items() if len(both) == 2] == []


def changes_rows(step) -> bool:
    """A function that asks for models works on rows; one that only executes SQL makes functions and triggers."""
    return isinstance(step, RunPython) and "get_model" in inspect.getsource(step.code)


def test_every_way_back_works_and_the_way_forth_again(committed_db):
    """All our migrations after the first of each app are undone and done again; columns and triggers are the same."""
    before = columns(), triggers()
    for config in reversed(our_apps()):
        names = sorted(name for app, name in MigrationLoader(connection).disk_migrations if app == config.label)
        if len(names) > 1:
            call_command("migrate", config.label, names[0], verbosity=0)
    assert (columns(), triggers()) != before
    call_command("migrate", verbosity=0)
    assert (columns(), triggers()) == before


def triggers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
        )
        return cursor.fetchall()


def columns():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        return cursor.fetchall()
