"""The portal on servers installed from Debian's packages: the database tests once more, and the worker over Redis."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import transaction

from portal.core import outbox
from portal.core.models import OutboxMessage, OutboxStatus

BASE_DIR = Path(__file__).resolve().parents[2]
#: The files whose tests rest on the server itself: constraints, triggers, functions, races, the way there and back.
CHECKED_AGAIN = (
    "models", "guards", "constraints", "money_constraints", "races", "races_of_rooms", "jobs_twice", "completeness",
    "calling", "transition", "scarce", "outbox", "migrations",
)  # fmt: skip
pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("installed servers")]


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """A folder whose path is short enough for a socket and open to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="madang-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def as_server_user() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    if os.geteuid() != 0:
        return []
    assert pwd.getpwnam("postgres")
    return ["runuser", "-u", "postgres", "--"]


@contextlib.contextmanager
def debian_postgres(folder: Path) -> Iterator[str]:
    """The newest PostgreSQL of Debian's packages over a fresh data folder; yields its admin URL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    assert found, "no PostgreSQL from Debian's packages: run `make test`, which installs one"
    programs, user, data = found[-1], as_server_user(), folder / "data"
    if user:
        shutil.chown(folder, "postgres")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "check": True}
    subprocess.run(
        [*user, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
        **quiet,
    )
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=200"
    control = [*user, programs / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "-l", data / "log", "start"], **quiet)
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)


def test_the_database_tests_pass_on_debians_postgresql(short_dir):
    with debian_postgres(short_dir) as url:
        with psycopg.connect(url) as connection:
            assert connection.info.server_version >= 150000
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MADANG", "TEST_"))
        }
        environment |= {"TEST_DATABASE_URL": url, "VAR_DIR": str(short_dir / "var")}
        files = [path for name in CHECKED_AGAIN for path in sorted(BASE_DIR.glob(f"tests/*/test_{name}.py"))]
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "database", *files]
        run = subprocess.run(
            command,
            cwd=BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
        )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    assert program, "no Redis-compatible server: run `make test`, which installs one"
    socket = folder / "redis.sock"
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"redis+socket://{socket}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_the_worker_takes_a_nudge_over_an_installed_redis(committed_db, short_dir):
    with redis(short_dir) as broker:
        environment = {**os.environ, "DATABASE_URL": committed_db, "BROKER_URL": broker}
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "--app",
                "portal.celery",
                "worker",
                "--pool",
                "solo",
                "--loglevel",
                "warning",
            ],
            cwd=BASE_DIR,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with transaction.atomic():
                outbox.put("nobody listens", {})
            subprocess.run(
                [sys.executable, "-m", "celery", "--app", "portal.celery", "call", "portal.core.tasks.drain_outbox"],
                cwd=BASE_DIR,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            assert wait_for_dead_letter()
        finally:
            worker.terminate()
            worker.wait(timeout=30)


def wait_for_dead_letter(seconds: float = 40.0) -> bool:
    """The worker has looked at the message: a topic without a handler becomes a dead letter."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if OutboxMessage.objects.get().status == OutboxStatus.DEAD:
            return True
        time.sleep(0.2)
    return False
