"""A decision table of the tests' own, people to decide, and the ledger's machinery in one process."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import psycopg
import pytest
from django.db import connection, models, transaction
from django.db.migrations.state import ModelState, ProjectState

from ledger import entry, log, merkle
from ledger.completeness import RequireLeaf
from ledger.models import Record
from ledger.settling import Machinery

TABLE = "ledger_test_decision"
DECIDED = log.register(
    log.EventType("trial.decision.decided", 1, {"n": "int?", "hub": "code:MAPO|GAEPO?"}, series="trial.decision")
)
MOVED = log.register(log.EventType("trial.decision.moved", 1, {}))
NOTED = log.register(log.EventType("trial.note.written", 1, {"other": "ref?"}))
QUIET = "draft"


class Decision:
    """A row of the tests' table, as `append` sees a model instance."""

    _meta = SimpleNamespace(db_table=TABLE)

    def __init__(self, pk: int, *, key: str | None = "organisation:1", name: str = "새싹") -> None:
        self.pk, self.key, self.name = pk, key, name

    def ledger_subject(self) -> log.Subject:
        return log.Subject("company", f"c-{self.pk}", {"name": self.name}, self.key)


class Officer:
    """Somebody who decides."""

    def __init__(self, user: str = "u-17", role: str = "space.approver") -> None:
        self.user, self.role = user, role

    def ledger_actor(self) -> log.Actor:
        return log.Actor(self.role, {"user": self.user})


def operation(**changes) -> RequireLeaf:
    arguments = {"pk": "id", "state": "status", "watch": ["status", "unit"], "quiet": [QUIET]}
    return RequireLeaf("Decision", **(arguments | changes))


def state() -> ProjectState:
    """The tests' table as a migration sees it; Django's own registry never hears of it."""
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("status", models.TextField()),
        ("unit", models.ForeignKey("Unit", models.DO_NOTHING, null=True)),
        ("remark", models.TextField(default="")),
    ]
    project = ProjectState()
    project.add_model(ModelState("trial", "Unit", [("id", models.BigAutoField(primary_key=True))]))
    project.add_model(ModelState("trial", "Decision", fields, options={"db_table": TABLE}))
    return project


def create_table(**changes) -> None:
    """The decision table with its triggers."""
    project = state()
    with connection.schema_editor() as editor:
        editor.create_model(project.apps.get_model("trial", "Unit"))
        editor.create_model(project.apps.get_model("trial", "Decision"))
    with connection.schema_editor() as editor:
        operation(**changes).database_forwards("trial", editor, project, project)


def sql(statement: str, *parameters):
    """Runs one statement through Django's connection; answers the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def insert(status: str = QUIET, pk: int | None = None) -> int:
    """A row of the decision table, straight into it."""
    if pk is None:
        return sql(f"INSERT INTO {TABLE} (status, remark) VALUES (%s, '') RETURNING id", status)[0][0]
    sql(f"INSERT INTO {TABLE} (id, status, remark) VALUES (%s, %s, '')", pk, status)
    return pk


def note(pk: int = 1, **options) -> UUID:
    """One leaf about row `pk`, in the caller's transaction."""
    return log.append(NOTED, row=Decision(pk), by=Officer(), data={}, **options)


def write(count: int, start: int = 1) -> list[UUID]:
    """Committed leaves about `count` different rows."""
    with transaction.atomic():
        return [note(pk) for pk in range(start, start + count)]


def leaves() -> list[dict]:
    """Every leaf that was written, in the order of writing."""
    return [entry.parse_leaf(bytes(record.leaf)) for record in Record.objects.order_by("id")]


def settle(folder: Path):
    """Sequencer, signer and publisher in this process, with key, policy and public log under `folder`."""
    return Machinery.under(folder).settle()


def verify(*arguments) -> subprocess.CompletedProcess:
    """`python -m ledger.verify` as an outsider runs it: another process, no settings, no database."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "ledger.verify", *map(str, arguments)],
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@contextlib.contextmanager
def raw(url: str, **options):
    """A connection of its own, as psql would open it."""
    with psycopg.connect(url, **options) as own:
        yield own


@contextlib.contextmanager
def rolled_back(error: type[Exception], match: str | None = None):
    """A transaction that must end in this error and leave nothing."""
    with pytest.raises(error, match=match), transaction.atomic():
        yield


class Crash(BaseException):
    """A process that dies here: nothing in the product catches it."""


@contextlib.contextmanager
def crash_at(owner: type, method: str, *, after: bool = False):
    """Within the block, `owner.method` dies before it begins, or right after it is done."""
    genuine = getattr(owner, method)

    def dying(*arguments, **options):
        if after:
            genuine(*arguments, **options)
        raise Crash

    setattr(owner, method, dying)
    try:
        yield
    finally:
        setattr(owner, method, genuine)


def invariants():
    """I2 to I6 of the design, over whatever the tables hold now."""
    records = sql("SELECT id, leaf_hash FROM ledger_record ORDER BY id")
    pending = {record for (record,) in sql("SELECT record_id FROM ledger_pending")}
    entries = sql("SELECT idx, record_id, leaf_hash FROM ledger_entry ORDER BY idx")
    hashes = [bytes(leaf_hash) for _, _, leaf_hash in entries]
    state = sql("SELECT size, root FROM ledger_tree_state")[0]
    assert pending | {record for _, record, _ in entries} == {record for record, _ in records}
    assert not pending & {record for _, record, _ in entries}
    assert [index for index, _, _ in entries] == list(range(state[0]))
    known = {record: bytes(leaf_hash) for record, leaf_hash in records}
    assert hashes == [known[record] for _, record, _ in entries]
    assert merkle.root(hashes) == bytes(state[1])
    for size, root in sql("SELECT size, root FROM ledger_checkpoint"):
        assert merkle.root(hashes[:size]) == bytes(root)
    return state[0]


def audit(settled):
    """`python -m ledger.verify audit` of what settling answered."""
    return verify("audit", settled.public, "--policy", settled.policy)


def superuser(statement, *parameters):
    """What somebody with all rights can do: take the trigger away, and put it back."""
    with transaction.atomic():
        sql("ALTER TABLE ledger_record DISABLE TRIGGER ALL")
        sql("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        sql("ALTER TABLE ledger_tree_state DISABLE TRIGGER ALL")
        sql(statement, *parameters)


def shrink(size) -> bytes:
    """Deletes the tail and puts the tree back; answers its root."""
    hashes = [bytes(item) for (item,) in sql("SELECT leaf_hash FROM ledger_entry WHERE idx < %s ORDER BY idx", size)]
    superuser("DELETE FROM ledger_entry WHERE idx >= %s", size)
    superuser("UPDATE ledger_tree_state SET size = %s, root = %s", size, merkle.root(hashes))
    return merkle.root(hashes)


def rewrite() -> None:
    """Edits every leaf about row 1 and lets the sequencer build the whole tree again."""
    superuser("TRUNCATE ledger_entry")
    with transaction.atomic():
        sql("ALTER TABLE ledger_tile DISABLE TRIGGER ALL")
        sql("TRUNCATE ledger_tile")
    superuser("UPDATE ledger_tree_state SET size = 0, root = %s", merkle.EMPTY_ROOT)
    superuser("UPDATE ledger_record SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'c-1', 'c-9'), 'UTF8')")
    sql("INSERT INTO ledger_pending SELECT id FROM ledger_record")
