"""The signed certificate inside a PDF: read from standard input, written to standard output. A program of its own.

Anybody may drop a file on the check page; a small PDF can ask its reader for hours and for all memory. ``certificate_in``
starts this file as a child without Django, within a limit of time and memory; what it cannot read there is no certificate.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
from pathlib import Path

#: The name under which a printed certificate carries its signed text (ISO 32000-1, 7.11.4: embedded files).
NAME = "certificate.json"
MAGIC = b"%PDF-"
#: Seconds of processor time, seconds by the clock, bytes of memory, bytes of the text that is handed on.
SECONDS, PATIENCE, MEMORY, MOST_TEXT = 5, 15, 512 * 1024 * 1024, 256 * 1024 + 1


def certificate_in(content: bytes) -> bytes | None:
    """The text that the PDF carries; None when it carries none or cannot be read within the limits."""
    command = [sys.executable, "-P", str(Path(__file__).resolve())]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, env={}, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None


def main() -> None:
    """Read within the limits; the kernel ends the process at the first that is passed."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from pypdf import PdfReader

    found = PdfReader(io.BytesIO(sys.stdin.buffer.read())).attachments.get(NAME, [])
    if len(found) == 1:  # two of one name could be read as two certificates
        sys.stdout.buffer.write(found[0][:MOST_TEXT])


if __name__ == "__main__":
    main()
