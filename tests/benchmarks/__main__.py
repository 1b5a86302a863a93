"""``python -m tests.benchmarks [NAME …]``: each module here with a ``run(report)`` is one benchmark, run in a process of its own."""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.place import prepare
from tests.benchmarks.report import Report

FRAME = {"__init__", "__main__", "place", "report", "trial"}


def names() -> list[str]:
    """The benchmarks, alphabetically; ``_`` in a module's name is ``-`` on the command line."""
    found = {path.stem for path in Path(__file__).parent.glob("*.py")} - FRAME
    return sorted(name.replace("_", "-") for name in found)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(names())}; none means all")
    wanted = parser.parse_args().names
    if unknown := sorted(set(wanted) - set(names())):
        parser.error(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(names())}")
    if len(wanted) == 1:
        return run(wanted[0])
    # Each in its own process: what one leaves in memory must not weigh on the next.
    command = [sys.executable, "-m", "tests.benchmarks"]
    return max(subprocess.run([*command, name], env=os.environ).returncode for name in wanted or names())


def run(name: str) -> int:
    """Run one benchmark over a database of its own, print its table and record it under ``var/bench``."""
    with prepare(name) as place:
        report = Report(name, place)
        importlib.import_module(f"tests.benchmarks.{name.replace('-', '_')}").run(report)
        report.save()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
