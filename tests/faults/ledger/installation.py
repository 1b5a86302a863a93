"""A log as it really runs: PostgreSQL, the signer and the witness as processes of their own, a worker that ticks."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connections

from ledger.publisher import published_size
from ledger.settling import Machinery
from tests.ledger.harness import write

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0
#: Runs a program of the ledger after changing it as the test says: a step at which it dies, a clock that is wrong.
CHANGED = """
import os, signal, sys
from datetime import datetime, timedelta
import {module} as program
{change}
sys.exit(program.main([]))
"""
DYING = """
genuine = program.{point}
def dying(*arguments, **options):
    {before}
    genuine(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
program.{point} = dying
"""


def dying(point: str, *, after: bool) -> str:
    """Dies by SIGKILL right before or right after a function of the program."""
    before = "pass" if after else "os.kill(os.getpid(), signal.SIGKILL)"
    return DYING.format(point=point, before=before)


class Installation:
    """Folders, processes and a worker over one database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.folder, self.machinery = folder, Machinery.under(folder)
        self.processes: dict[str, subprocess.Popen] = {}
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database_url,
            "LEDGER_ORIGIN": self.machinery.origin,
            "LEDGER_SIGNER_DIR": str(folder / "signer"),
            "LEDGER_WITNESS_DIR": str(folder / "witness"),
        }

    @property
    def public(self) -> Path:
        return self.machinery.public

    def start(self, *names: str, change: str = "") -> None:
        """Starts `signer` or `witness`, or both; with `change` as a program that was tampered with."""
        for name in names or ("signer", "witness"):
            if name == "witness":
                self.machinery.witness_folder.address.unlink(missing_ok=True)
            command = ["-m", f"ledger.{name}"]
            if change:
                module = "ledger.signer" if name == "signer" else "ledger.witness.server"
                command = ["-c", CHANGED.format(module=module, change=change)]
            self.processes[name] = subprocess.Popen([sys.executable, *command], env=self.environment, cwd=ROOT)
        if not names or "witness" in names:
            wait_for(lambda: self.machinery.witness_folder.address.exists())

    def stop(self, *names: str) -> None:
        for name in names or tuple(self.processes):
            process = self.processes.pop(name)
            process.terminate()
            process.wait(20)

    def died(self, name: str) -> bool:
        """Waits for the end of a process and answers whether it was SIGKILL."""
        return self.processes.pop(name).wait(PATIENCE) == -signal.SIGKILL

    def work_until(self, size: int) -> None:
        """Ticks as the worker does until so many leaves are published."""

        def published() -> bool:
            self.machinery.tick()
            return published_size(self.public) >= size

        wait_for(published)
        assert published_size(self.public) == size

    def complaint(self) -> str:
        """Waits for the signer to refuse, and answers why."""
        wait_for(lambda: self.machinery.signer_folder.complaint() is not None)
        return self.machinery.signer_folder.complaint() or ""


@contextlib.contextmanager
def running(database_url: str, folder: Path) -> Iterator[Installation]:
    """A log with 5 leaves published, cosigned by the witness's process."""
    site = Installation(database_url, folder)
    site.machinery.prepare()
    write(5)
    try:
        site.start()
        site.work_until(5)
        yield site
    finally:
        site.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def forked(work: Callable[[], object]) -> int:
    """Runs `work` in a process of its own with connections of its own; answers its process id."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    # Where a browser's event loop runs in the parent's thread, Django kept another connection aside for this one.
    connections["default"].connection = None
    try:
        work()
    finally:
        # No clean-up of the tests' may run twice, and nothing is told to the parent's connections.
        os._exit(0)


def ended(child: int) -> int:
    """How a forked process ended: the signal that killed it, else 0."""
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """A mirror: a web server over a copy of the public folder."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
