"""One supervisor for all processes of an installation on one machine: starts them, restarts the dead, stops cleanly."""

from __future__ import annotations

import ctypes
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
#: A process that lived this long has recovered: its next death starts with the first pause again. Seconds.
HEALTHY_AFTER = 60.0
STOP_WITHIN = 20.0
NEVER = float("inf")
PR_SET_PDEATHSIG = 1


def read_procfile(path: Path, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """The processes of a Procfile, in order, with ``$NAME`` filled in from ``environment``.

    Raises ``ValueError`` for a line without a name or a variable that is not set.
    """
    processes: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, command = line.partition(":")
        if not colon:
            raise ValueError(f"{path.name}: {line!r} is not 'name: command'")
        processes[name.strip()] = [_expand(word, environment) for word in shlex.split(command)]
    return processes


def _expand(word: str, environment: Mapping[str, str]) -> str:
    for name in sorted(environment, key=len, reverse=True):
        word = word.replace(f"${name}", environment[name])
    if "$" in word:
        raise ValueError(f"{word!r} names a variable that is not set")
    return word


def _die_with_parent() -> None:
    """Ask Linux to end this child when the supervisor is killed, so that no orphan keeps the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = NEVER
    deaths: int = 0

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env=dict(self.environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self.started = time.monotonic()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def note_death(self, now: float) -> int | None:
        """Plan the restart of a process found dead; returns its exit code, None when it runs or is already planned."""
        if self.process is None or self.running():
            return None
        code = self.process.returncode
        self.process, self.deaths = None, self.deaths + 1
        self.pause = FIRST_PAUSE if now - self.started >= HEALTHY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
        self.due = now + self.pause
        return code

    def stop(self, number: int) -> None:
        if self.running():
            assert self.process is not None
            os.kill(self.process.pid, number)


class Supervisor:
    """Runs children in the order given and stops them in the opposite one."""

    def __init__(self, children: list[Child], say: Callable[[str], None]) -> None:
        self.children, self.say = children, say
        self.stopping = False

    def start(self, *names: str) -> None:
        """Start the children of these names, or all that are not started yet."""
        for child in self.children:
            if child.process is None and child.due == NEVER and (not names or child.name in names):
                child.start()

    def step(self, now: float) -> None:
        """Look at each child once: plan a restart for the dead, start those whose pause is over."""
        for child in self.children:
            code = child.note_death(now)
            if code is not None:
                self.say(f"{child.name} ended with {code}; again in {child.pause:.0f} s, see {child.log}")
            if child.process is None and now >= child.due:
                child.start()

    def request_stop(self, *_: object) -> None:
        self.stopping = True

    def run(self) -> None:
        """Look twice a second until asked to stop."""
        while not self.stopping:
            self.step(time.monotonic())
            time.sleep(0.5)

    def stop(self) -> None:
        """Ask each child in turn, last started first; kill what has not ended within ``STOP_WITHIN`` seconds."""
        until = time.monotonic() + STOP_WITHIN
        for child in reversed(self.children):
            child.stop(signal.SIGTERM)
            while child.running() and time.monotonic() < until:
                time.sleep(0.05)
            child.stop(signal.SIGKILL)
