"""The supervisor, with real processes: restarts the dead, stops the living, leaves no orphan."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.core.supervisor import FIRST_PAUSE, Child, Supervisor, read_procfile

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]


@pytest.fixture
def supervise(tmp_path):
    started: list[Supervisor] = []

    def make(**commands: list[str]) -> Supervisor:
        said: list[str] = []
        children = [Child(name, command, os.environ, tmp_path / f"{name}.log") for name, command in commands.items()]
        supervisor = Supervisor(children, said.append)
        supervisor.said = said  # type: ignore[attr-defined]
        supervisor.start()
        started.append(supervisor)
        return supervisor

    yield make
    for supervisor in started:
        for child in supervisor.children:
            child.stop(signal.SIGKILL)
            if child.process:
                child.process.wait()


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def test_a_killed_process_is_started_again(supervise):
    supervisor = supervise(web=SLEEP)
    child = supervisor.children[0]
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not child.running())
    now = time.monotonic()
    supervisor.step(now)
    assert child.process is None, "it waits a moment first"
    supervisor.step(now + 2 * FIRST_PAUSE)
    assert child.running()
    assert child.process.pid != first
    assert len(supervisor.said) == 1


def test_a_process_that_keeps_dying_is_started_less_and_less_often(supervise):
    supervisor = supervise(broken=[sys.executable, "-c", "raise SystemExit(3)"])
    child = supervisor.children[0]
    pauses = []
    for _ in range(3):
        wait_until(lambda: child.process is not None and not child.running())
        now = time.monotonic()
        supervisor.step(now)
        pauses.append(child.pause)
        supervisor.step(now + child.pause)
    assert pauses == [1.0, 2.0, 4.0]


def test_the_others_go_on_while_one_is_down(supervise):
    supervisor = supervise(web=SLEEP, worker=SLEEP)
    web, worker = supervisor.children
    os.kill(worker.process.pid, signal.SIGKILL)
    wait_until(lambda: not worker.running())
    supervisor.step(time.monotonic())
    assert web.running()


def test_stopping_ends_every_process_even_a_stubborn_one(supervise, monkeypatch):
    monkeypatch.setattr("portal.core.supervisor.STOP_WITHIN", 1.0)
    supervisor = supervise(web=SLEEP, stubborn=STUBBORN)
    wait_until(lambda: "up" in supervisor.children[1].log.read_text())
    supervisor.stop()
    for child in supervisor.children:
        wait_until(lambda child=child: not child.running())


def test_children_end_when_the_supervisor_is_killed(tmp_path):
    code = f"""
import os, sys, time
sys.path.insert(0, {str(Path.cwd())!r})
from pathlib import Path
from portal.core.supervisor import Child, Supervisor
child = Child("web", {SLEEP!r}, os.environ, Path({str(tmp_path)!r}) / "web.log")
child.start()
print(child.process.pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with parent.stdout:
        orphan = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    wait_until(lambda: not _alive(orphan))


def _alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_procfile_is_read_in_order_with_its_variables(tmp_path):
    file = tmp_path / "Procfile"
    file.write_text("# processes\nweb: serve --bind $HOST:$PORT\nworker: work --log '$VAR_DIR/a b'\n")
    processes = read_procfile(file, {"HOST": "127.0.0.1", "PORT": "80", "VAR_DIR": "/v"})
    assert list(processes.items()) == [
        ("web", ["serve", "--bind", "127.0.0.1:80"]),
        ("worker", ["work", "--log", "/v/a b"]),
    ]


@pytest.mark.parametrize("text", ["just words", "web: serve $NOBODY_SETS_THIS"])
def test_a_procfile_that_cannot_be_meant_is_refused(tmp_path, text):
    file = tmp_path / "Procfile"
    file.write_text(text)
    with pytest.raises(ValueError):
        read_procfile(file, {"HOST": "x"})
