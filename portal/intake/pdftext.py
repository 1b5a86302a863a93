"""The text of a PDF from standard input, on standard output. A program of its own, with a limit of time and memory.

Applicants write these files; a small one can ask its reader for hours and for all memory. ``read`` starts this file as a
child without Django: what it cannot read within its limits is told as such, and the worker goes on.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
from pathlib import Path
from typing import Protocol

#: Pages that are read; a name beyond them was written to be hidden.
MOST_PAGES = 300
#: Seconds of processor time, seconds by the clock, bytes of memory, bytes of text.
SECONDS, PATIENCE, MEMORY, MOST_TEXT = 30, 90, 512 * 1024 * 1024, 20_000_000


class Readable(Protocol):
    """An open file."""

    def read(self) -> bytes: ...


class Unreadable(Exception):
    """The file is encrypted or broken, or asked for more than its reader may use."""


def read(content: Readable, *, seconds: int = SECONDS, memory: int = MEMORY) -> str:
    """The text of the pages. Raises ``Unreadable`` for what cannot be read within the limits."""
    command = [sys.executable, "-P", str(Path(__file__).resolve()), str(seconds), str(memory)]
    try:
        done = subprocess.run(command, input=content.read(), capture_output=True, timeout=PATIENCE, env={}, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Unreadable("it takes too long") from error
    if done.returncode != 0:
        raise Unreadable(done.stderr.decode(errors="replace")[-500:] or f"its reader ended with {done.returncode}")
    return done.stdout.decode(errors="replace")


def main(seconds: int, memory: int) -> None:
    """Read within the limits; the kernel ends the process at the first that is passed."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from pypdf import PdfReader

    left = MOST_TEXT
    for page in PdfReader(io.BytesIO(sys.stdin.buffer.read())).pages[:MOST_PAGES]:
        text = page.extract_text()[:left]
        left -= len(text)
        sys.stdout.buffer.write(text.encode(errors="replace") + b"\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
