"""A running portal for journeys: the real supervisor with web, worker, scheduler and signer over a database of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
#: Generous: a busy machine is slow, and this is no measurement. Seconds.
OPEN_WITHIN = 600.0


@dataclass(frozen=True)
class Site:
    """Where the portal answers, which database it uses and where its files are."""

    url: str
    database_url: str
    var: Path
    supervisor: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(database_url: str, var: Path, *, demo: bool = True) -> Iterator[Site]:
    """Start ``manage.py up`` and wait for its first page; stop it as Ctrl-C would."""
    port = free_port()
    environment = {**os.environ, "DATABASE_URL": database_url, "VAR_DIR": str(var), "DEMO": "1" if demo else "0"}
    environment |= {"STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage", "PORT": str(port)}
    environment |= {"MAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "MAIL_OPTIONS": ""}
    environment.pop("BROKER_URL", None)
    environment = {name: value for name, value in environment.items() if value != ""}
    var.mkdir(parents=True, exist_ok=True)
    _collect_static(environment)
    with (var / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=BASE_DIR, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait(f"http://127.0.0.1:{port}/health/", process, var / "up.log")
        yield Site(f"http://127.0.0.1:{port}", database_url, var, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _collect_static(environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=BASE_DIR, env=environment, check=True)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + OPEN_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"the portal ended at start:\n{log.read_text()[-4000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the portal did not open in {OPEN_WITHIN} s:\n{log.read_text()[-4000:]}")
