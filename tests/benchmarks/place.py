"""Where a benchmark runs: an honest PostgreSQL (fsync on) with a migrated database, and the real web server in front of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.core import embedded
from tests import databases
from tests.journeys.site import free_port

BASE_DIR = embedded.BASE_DIR
SETTINGS = {"max_connections": "300", "shared_buffers": "512MB", "log_min_messages": "fatal"}
OPEN_WITHIN = 60.0


@dataclass(frozen=True)
class Place:
    """The server's admin URL, the benchmark's own database, its folder for files, and where results go."""

    admin_url: str
    database_url: str
    var: Path
    results: Path


@contextlib.contextmanager
def prepare(name: str) -> Iterator[Place]:
    """A migrated database and an empty folder; Django is set up to use both. Everything but the results goes afterwards."""
    results = BASE_DIR / "var" / "bench"
    data = results / "postgres"
    admin = os.environ.get("BENCH_DATABASE_URL") or embedded.start_postgres(
        data, database="postgres", settings=SETTINGS
    )
    var = Path(tempfile.mkdtemp(prefix=f"madang-bench-{name}-"))
    os.environ.update(
        DJANGO_SETTINGS_MODULE="portal.settings",
        DEMO="1",
        SECRET_KEY="only-for-benchmarks-" + "x" * 50,
        VAR_DIR=str(var),
        LOG_LEVEL="WARNING",
        STATIC_STORAGE="django.contrib.staticfiles.storage.StaticFilesStorage",
        MAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        MAIL_OPTIONS="{}",
    )
    try:
        with (
            broker(var),
            databases.clone(admin, databases.template(admin), f"madang_bench_{name.replace('-', '_')}") as url,
        ):
            os.environ["DATABASE_URL"] = url
            _set_up()
            yield Place(admin, url, var, results)
    finally:
        shutil.rmtree(var, ignore_errors=True)


@contextlib.contextmanager
def broker(var: Path) -> Iterator[None]:
    """The embedded Valkey, for the cache and the nudges of the outbox; without it every write would wait for nobody."""
    os.environ["BROKER_URL"] = f"redis+socket://{embedded.valkey_socket(var)}"
    (var / "valkey").mkdir()
    with (var / "broker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.core.embedded"], cwd=BASE_DIR, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _set_up() -> None:
    import django

    django.setup()


@dataclass(frozen=True)
class Web:
    """A running web server: its address and the process whose children answer."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Processor seconds its processes have used so far."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(stat.parent.name) == self.pid or int(fields[1]) == self.pid:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> list[float]:
        """What each worker holds for itself and shares, proportionally, in MB."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if int(stat.read_text().rpartition(")")[2].split()[1]) == self.pid:
                    rollup = (stat.parent / "smaps_rollup").read_text()
                    found.append(int(rollup.partition("Pss:")[2].split()[0]) / 1024)
        return found


@contextlib.contextmanager
def web(
    place: Place,
    *,
    workers: int = 2,
    threads: int = 8,
    environment: dict[str, str] | None = None,
    application: str = "portal.wsgi:application",
) -> Iterator[Web]:
    """The portal behind gunicorn as in production (gthread, preload, pooled connections) on a free port."""
    address = f"127.0.0.1:{free_port()}"
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        application,
        "--preload",
        "--worker-class",
        "portal.core.arrival.Worker",
    ]
    command += ["--workers", str(workers), "--threads", str(threads), "--bind", address, "--log-level", "warning"]
    env = {**os.environ, "DATABASE_POOL": "1", "SITE_URL": f"http://{address}", **(environment or {})}
    with (place.var / "web.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=BASE_DIR, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://{address}/health/", process, place.var / "web.log")
        yield Web(f"http://{address}", process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + OPEN_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()[-4000:]
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.1)
    raise AssertionError(f"the web server did not answer within {OPEN_WITHIN} s")
