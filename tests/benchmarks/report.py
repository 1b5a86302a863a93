"""What a benchmark says: a table on the screen, JSON under ``var/bench``, and the machine beside the figures."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.place import BASE_DIR, Place


@dataclass(frozen=True)
class Row:
    """One figure; ``aim`` in words ("≥ 500", "≤ 1"), ``note`` says against what or over how many."""

    what: str
    value: float
    unit: str
    aim: str = ""
    note: str = ""


@dataclass(frozen=True)
class Timings:
    """Durations of single calls in seconds, with the wall and processor time of all of them."""

    seconds: list[float]
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.wall

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds of this process per call."""
        return 1000 * self.cpu / len(self.seconds)

    def ms(self, percentile: int) -> float:
        """The given percentile (1–99) in milliseconds."""
        return 1000 * percentile_of(self.seconds, percentile)


def percentile_of(values: list[float], percentile: int) -> float:
    """By linear interpolation; of one value that value."""
    return values[0] if len(values) == 1 else statistics.quantiles(values, n=100, method="inclusive")[percentile - 1]


def timed(calls: int, function: Callable[[int], object]) -> Timings:
    """Call ``function(0)``, ``function(1)`` … and note how long each took."""
    seconds = []
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(calls):
        began = time.perf_counter()
        function(number)
        seconds.append(time.perf_counter() - began)
    return Timings(seconds, time.perf_counter() - wall, time.process_time() - cpu)


def fdatasync_us() -> float:
    """The median of 200 single-block ``fdatasync`` calls in microseconds: what a commit waits for on this disk."""
    with tempfile.TemporaryFile(dir=BASE_DIR / "var") as file:

        def write(_: int) -> None:
            os.write(file.fileno(), b"x" * 512)
            os.fdatasync(file.fileno())

        return timed(200, write).ms(50) * 1000


class Report:
    """Collects the rows of one benchmark and prints each as it comes."""

    def __init__(self, name: str, place: Place) -> None:
        self.name, self.place, self.rows = name, place, list[Row]()
        self.machine = _machine()
        print(f"\n{name} · " + " · ".join(f"{key} {value}" for key, value in self.machine.items()), flush=True)

    def row(self, what: str, value: float, unit: str, *, aim: str = "", note: str = "") -> None:
        """Add a figure and print it."""
        row = Row(what, value, unit, aim, note)
        self.rows.append(row)
        aimed = f"aim {row.aim}" if row.aim else ""
        print(f"  {row.what:<52}{_short(row.value):>12} {row.unit:<12}{aimed:<16}{row.note}".rstrip(), flush=True)

    def save(self) -> Path:
        """Write ``var/bench/NAME.json``."""
        path = self.place.results / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {"name": self.name, "machine": self.machine, "rows": [asdict(row) for row in self.rows]}
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n")
        return path


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


def _machine() -> dict[str, str]:
    import django
    from django.db import connection

    connection.ensure_connection()
    version = connection.pg_version
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": f"{version // 10000}.{version % 10000}",
        "fdatasync": f"{fdatasync_us():.0f} µs",
    }


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True).stdout.strip() or "unknown"
