"""Databases for tests: one migrated template per state of the migrations, cloned for each worker and each committing test."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from portal.core import embedded

BASE_DIR = embedded.BASE_DIR
FAST_AND_CARELESS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "log_min_messages": "fatal",
}
LOCK = 720_191_122


def server_url() -> str:
    """The admin URL of the test server: the one in the environment, else an embedded one under ``var/test``."""
    if url := os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL"):
        return url
    data = BASE_DIR / "var" / "test" / "postgres"
    fresh = not (data / "PG_VERSION").exists()
    url = embedded.start_postgres(data, database="postgres", settings=FAST_AND_CARELESS)
    if fresh:
        url = _restart(data)
    return url


def _restart(data: Path) -> str:
    """Make settings count that need a restart (max_connections)."""
    server = embedded.postgres_wheel().get_server(data)
    pid = server.get_pid()
    server.cleanup()
    assert pid is not None
    return embedded.start_postgres(data, database="postgres")


def with_name(url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def template(url: str) -> str:
    """The name of a migrated database that nobody connects to, built once for this state of the migrations."""
    name = f"madang_template_{_fingerprint()}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _drop_leftovers(admin)
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone():
            _drop(admin, name)
            embedded.create_database(url, name)
            _migrate(with_name(url, name))
            admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))
    return name


@contextlib.contextmanager
def clone(url: str, source: str, name: str) -> Iterator[str]:
    """A copy of ``source`` for the duration; yields its URL."""
    with psycopg.connect(url, autocommit=True) as admin:
        _drop(admin, name)
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )
        try:
            yield with_name(url, name)
        finally:
            _drop(admin, name)


def _migrate(url: str) -> None:
    command = [sys.executable, str(BASE_DIR / "manage.py"), "migrate", "--verbosity", "0", "--skip-checks"]
    subprocess.run(command, check=True, env={**os.environ, "DATABASE_URL": url}, cwd=BASE_DIR)


def _fingerprint() -> str:
    digest = hashlib.sha256((BASE_DIR / "requirements.lock").read_bytes())
    for path in sorted({*BASE_DIR.glob("*/migrations/*.*"), *BASE_DIR.glob("*/*/migrations/*.*")}):
        if ".venv" not in path.parts and "node_modules" not in path.parts:
            digest.update(path.name.encode() + path.read_bytes())
    for path in (BASE_DIR / "ledger" / "completeness.py", BASE_DIR / "portal" / "settings.py"):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:12]


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_leftovers(admin: psycopg.Connection) -> None:
    """Drop the databases of test runs that were killed; their names hold the run's process id."""
    rows = admin.execute("SELECT datname FROM pg_database WHERE datname ~ '^madang_t_[0-9]+_'").fetchall()
    for (name,) in rows:
        found = re.match(r"madang_t_(\d+)_", name)
        if found and not Path(f"/proc/{found[1]}").exists():
            _drop(admin, name)
