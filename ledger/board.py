"""What the publisher leaves for people and for its own next run: an alarm, and what each witness last complained of.

In files and not in tables: the alarm that a database was put back must not be put back with it.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ledger import durable

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=2)


@dataclass(frozen=True)
class Complaint:
    """Why a witness did not cosign, since when, how often in a row, and when it is asked again."""

    why: str
    since: str
    times: int
    again: str


class Board:
    """The folder of these files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._alarm, self._complaints = folder / "alarm", folder / "complaints"

    @contextmanager
    def locked(self, *, wait: bool) -> Iterator[bool]:
        """One publisher at a time on this machine; answers whether it is this one. Asking twice would only cost."""
        durable.make_folder(self.folder)
        with open(self.folder / "lock", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True

    def alarm(self) -> str | None:
        """Why the log stands still until a person has looked; None when all is well."""
        try:
            return self._alarm.read_text("utf-8").strip()
        except FileNotFoundError:
            return None

    def sound(self, why: str, now: datetime) -> None:
        """Stops the log. The first alarm stays: what follows from it says less."""
        if self.alarm() is None:
            durable.make_folder(self.folder)
            durable.write(self._alarm, f"{now:%Y-%m-%dT%H:%M:%SZ} {why}\n".encode())

    def silence(self, now: datetime) -> str | None:
        """Lets the log go on after a person has looked; the alarm is kept beside. Answers what it said."""
        said = self.alarm()
        if said is not None:
            self._alarm.rename(self.folder / f"alarm.{now:%Y%m%dT%H%M%S}")
            durable.sync_folder(self.folder)
        return said

    def complaints(self) -> dict[str, Complaint]:
        """By witness, what keeps it from cosigning."""
        try:
            return {name: Complaint(**told) for name, told in json.loads(self._complaints.read_text("utf-8")).items()}
        except (FileNotFoundError, ValueError, TypeError):
            return {}

    def note(self, results: dict[str, str | None], now: datetime) -> None:
        """Keeps or drops the complaints of the witnesses just asked; pauses grow while one goes on complaining."""
        before = self.complaints()
        after = {name: told for name, told in before.items() if name not in results}
        for name, why in results.items():
            if why is not None:
                after[name] = _longer(before.get(name), why, now)
        if after != before:
            content = {name: asdict(told) for name, told in after.items()}
            durable.write(self._complaints, json.dumps(content, ensure_ascii=False).encode())

    def may_ask(self, name: str, now: datetime) -> bool:
        """Whether a witness's pause is over."""
        told = self.complaints().get(name)
        return told is None or now >= datetime.fromisoformat(told.again)


def _longer(before: Complaint | None, why: str, now: datetime) -> Complaint:
    times = before.times + 1 if before else 1
    pause = min(FIRST_PAUSE * 2 ** min(times - 1, 10), LONGEST_PAUSE)
    return Complaint(why, before.since if before else now.isoformat(), times, (now + pause).isoformat())
