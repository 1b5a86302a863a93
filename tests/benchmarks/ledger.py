"""The ledger: what an append costs a decision, how fast the tree follows, how long proofs and audits take, how all grows.

``BENCH_SIZES=1000,10000,100000,1000000`` measures the growth at other sizes. pymerkle is compared from an environment
of its own under ``var/bench`` (its pins contradict ours), made from ``others/pymerkle.txt`` when there is none.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import sys
import threading
import time
import venv
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
import psycopg
from django.core.management import call_command
from django.db import connection, transaction

from ledger import documents, entry, log, merkle, tiles
from ledger.reading import prove
from ledger.recording import _uuid7
from ledger.sequencer import Sequencer
from ledger.settling import Machinery, Settled
from ledger.verify.audit import audit
from ledger.verify.source import open_source, read_tile
from tests.benchmarks.place import BASE_DIR
from tests.benchmarks.report import Report, Timings, fdatasync_us, percentile_of, timed
from tests.ledger import harness

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "1000,10000,100000").split(",")]
CALLS, ROUNDS, WRITERS, SUSTAINED_SECONDS, WITNESSED_SECONDS = 200, 3, 4, 10.0, 20.0
#: A disk that takes 2 ms for a commit and lets those that wait share it.
DISKS = {
    "this disk": "RESET commit_delay; RESET commit_siblings",
    "2 ms disk": "SET commit_delay = 2000; SET commit_siblings = 0",
}
COMPARED = """
CREATE TABLE bench_plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text, remark text);
CREATE TABLE bench_chain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea, hash bytea);
CREATE TABLE bench_head (id int PRIMARY KEY, last bigint, hash bytea);
INSERT INTO bench_head VALUES (1, 0, '')
"""
#: A case of the portal as its leaves tell it, through three of the machines' rules: steps, one at a time, never too many.
CASE = [(None, "HELD", "held"), ("HELD", "COMMITTED", "committed"), ("COMMITTED", "OCCUPIED", "moved_in"), ("OCCUPIED", "ENDED", "ended")]  # fmt: skip


def run(report: Report) -> None:
    """Everything in one run; the log grows first, so that the rest is measured on a large one."""
    harness.create_table()
    harness.sql(COMPARED)
    call_command("ledger_init", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
    costs = {size: growth(report, size) for size in SIZES}
    flatness(report, costs)
    other_trees(report)
    witnessed(report)
    for disk in DISKS:
        overhead(report, disk)
        compared(report, disk)
    sustained(report, "each with its own leaf", moved)
    sustained(report, "of one numbered series", decided)


def disk_now() -> str:
    """What a write to the disk costs at this moment; every figure that commits is read beside it."""
    return f"fdatasync {fdatasync_us():,.0f} µs"


# --- how it grows ----------------------------------------------------------------------------------------------------
def growth(report: Report, size: int) -> dict[str, float]:
    """Fill the log to ``size`` leaves; then what appends, the tree, proofs, audits and bytes cost there, for each leaf."""
    costs = dict[str, float]()
    fill(size - harness.sql("SELECT count(*) FROM ledger_record")[0][0])
    began, before = time.perf_counter(), time.process_time()
    if added := Sequencer().drain():
        wall, cpu = time.perf_counter() - began, 1e6 * (time.process_time() - before) / added
        note = f"{added:,} leaves in batches, {cpu:.0f} µs of the worker's processor each"
        report.row(f"sequencer at {size:,}", added / wall, "leaves/s", note=note)
        costs["sequencer, worker's processor"] = cpu
    settled = Machinery.installed().settle()
    before = server_ms(backend())
    with transaction.atomic():
        appends = timed(CALLS, lambda _: moved())
    costs["append, client's and server's processor"] = appends.cpu_ms + (server_ms(backend()) - before) / CALLS
    report.row(f"append at {size:,}, p50", appends.ms(50), "ms", note="in one transaction, without its commit")
    proofs = timed(CALLS, lambda _: prove(some_leaf(size)))
    report.row(f"proof at {size:,}, p50", proofs.ms(50), "ms", note=f"processor {proofs.cpu_ms:.2f} ms")
    report.row(f"proof at {size:,}, p99", proofs.ms(99), "ms", aim="≤ 50")
    costs |= audits(report, settled)
    tables = harness.sql(
        "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE relkind = 'r' AND relname LIKE 'ledger_%%'"
    )
    costs["tables"] = float(tables[0][0]) / settled.size
    report.row(f"tables at {size:,}", costs["tables"], "bytes/leaf")
    return costs


def flatness(report: Report, costs: dict[int, dict[str, float]]) -> None:
    """What one leaf costs at each size, over what it cost at the first; processor time, which others disturb least."""
    first, *others = costs
    for what, base in costs[first].items():
        for size in others:
            found = costs[size].get(what, 0.0) / base
            report.row(f"{what}, a leaf at {size:,} over {first:,}", found, "×", aim="≤ 1.25, flat")


def audits(report: Report, settled: Settled) -> dict[str, float]:
    """Wall and processor rates: on a machine that others use, the second says what the first would be without them."""
    source, rules, machine = open_source(str(settled.public)), Machinery.installed().rules(), [documents.machine().data]
    hashes = timed(1, lambda _: hashes_alone(settled.public, settled.size))
    checked = timed(1, lambda _: audit(source, rules, machines=machine))
    costs = dict[str, float]()
    for name, found, aim in (("hash audit", hashes, "≥ 50,000"), ("audit with all checks", checked, "≥ 10,000")):
        note = f"{settled.size / found.cpu:,.0f}/s of processor time"
        report.row(f"{name} at {settled.size:,}", settled.size / found.wall, "leaves/s", aim=aim, note=note)
        costs[f"{name}, processor"] = found.cpu / settled.size
    return costs


def hashes_alone(folder: Path, size: int) -> None:
    """Only the tree is recomputed from the entries and held against the root."""
    source = open_source(str(folder))
    hashes = [
        entry.leaf_hash(data)
        for bundle in tiles.bundles(size)
        for data in tiles.decode_bundle(read_tile(source, bundle), bundle.width)
    ]
    assert merkle.root(hashes) == bytes(
        harness.sql("SELECT root FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")[0][0]
    )


def some_leaf(size: int) -> Any:
    return harness.sql(
        "SELECT r.leaf_id FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id WHERE e.idx = %s",
        random.randrange(size),
    )[0][0]


def fill(count: int) -> None:
    """Real leaves through the database's own function, many in a transaction."""
    for start in range(0, count, 2000):
        now = harness.sql("SELECT clock_timestamp()")[0][0].astimezone(UTC)
        made = [leaf for _ in range(0, min(2000, count - start), len(CASE)) for leaf in case(now)]
        with transaction.atomic():
            harness.sql("SELECT count(ledger_append('bench', md5(l), l)) FROM unnest(%s::bytea[]) AS l", made)


def case(now: datetime) -> list[bytes]:
    """The leaves of one room from the offer to the end of its lease."""
    unit, previous, made = f"MAPO.{secrets.token_hex(6)}", None, []
    for start, end, event in CASE:
        commitment, leaf_id = entry.commit("x", secrets.token_bytes(32)), str(_uuid7())
        data = {"to": end, "unit": unit, "start": "2026-12-01", "end": "2027-12-01", "reason_c": commitment}
        leaf = {
            "v": 1,
            "type": f"space.occupancy.{event}/1",
            "id": leaf_id,
            "at": f"{now:%Y-%m-%dT%H:%M:%S.%f}Z",
            "actor": {"role": "space.approver", "c": commitment},
            "subject": {"kind": "unit", "ref": unit, "c": commitment},
            "refs": [previous] if previous else [],
            "data": {**data, "from": start} if start else data,
        }
        made.append(entry.leaf_bytes(leaf))
        previous = leaf_id
    return made


# --- another tree on the same leaves ---------------------------------------------------------------------------------
def other_trees(report: Report) -> None:
    """pymerkle on SQLite and in memory."""
    python, size = pymerkle(report.place.results / "pymerkle"), SIZES[-1]
    if python is None:
        report.row("pymerkle", 0, "leaves/s", note="not measured: it could not be installed")
        return
    rows = harness.sql(
        "SELECT r.leaf FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id WHERE e.idx < %s ORDER BY e.idx",
        size,
    )
    leaves = report.place.var / "leaves"
    leaves.write_text("\n".join(bytes(leaf).hex() for (leaf,) in rows))
    command = [python, BASE_DIR / "tests/benchmarks/others/pymerkle_tree.py", leaves, report.place.var]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    report.row("pymerkle on SQLite, append with a commit each", told["single"], "leaves/s", note=disk_now())
    report.row("pymerkle on SQLite, append in bulk", told["bulk"], "leaves/s", note=f"to {size:,}")
    report.row("pymerkle in memory, append", told["memory"], "leaves/s", note="no disk, no transaction")
    report.row(f"pymerkle on SQLite, proof at {size:,}, p50", told["proof_ms"], "ms", note="nothing cached")
    report.row(f"pymerkle in memory, proof at {size:,}, p50", told["memory_proof_ms"], "ms", note="nothing cached")


def pymerkle(home: Path) -> Path | None:
    """The interpreter of an environment with pymerkle, made when there is none; None when that cannot be done."""
    python, done = home / "bin" / "python", home / "done"
    if not done.exists():
        venv.create(home, clear=True, with_pip=True)
        needed = BASE_DIR / "tests/benchmarks/others/pymerkle.txt"
        command = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", needed]
        if subprocess.run(command, capture_output=True).returncode:
            return None
        done.touch()
    return python


# --- the business transaction ----------------------------------------------------------------------------------------
def plain(_: int = 0) -> None:
    """What a decision costs without any ledger."""
    with transaction.atomic():
        harness.sql("INSERT INTO bench_plain (status, remark) VALUES ('decided', '') RETURNING id")


def decided(_: int = 0) -> None:
    """The same row in a table under completeness, with a numbered leaf of three sealed values."""
    take(harness.DECIDED)


def moved(_: int = 0) -> None:
    """The same without a number, as most kinds of leaves are: nothing that two decisions wait for."""
    take(harness.MOVED)


def take(event: log.EventType) -> None:
    with transaction.atomic():
        row = harness.Decision(harness.insert("decided"))
        log.append(event, row=row, by=harness.Officer(), data={"to": "decided"}, private={"reason": "요건 충족"})


def overhead(report: Report, disk: str) -> None:
    """A B A B … in one run; the difference of medians, and the processor time, which does not depend on the disk."""
    harness.sql(DISKS[disk])
    functions = {"without the ledger": plain, "with its leaf": moved, "with a numbered leaf": decided}
    found, spent = {name: list[Timings]() for name in functions}, dict.fromkeys(functions, 0.0)
    for function in functions.values():
        function()
    for _ in range(ROUNDS):
        for name, function in functions.items():
            before = server_ms(backend())
            found[name].append(timed(CALLS, function))
            spent[name] += (server_ms(backend()) - before) / (CALLS * ROUNDS)
    base = min(timing.ms(50) for timing in found["without the ledger"])
    for name, timings in found.items():
        p50, rate = min(timing.ms(50) for timing in timings), max(timing.rate for timing in timings)
        report.row(
            f"decision {name}, {disk}", rate, "/s", note=f"p50 {p50:.2f} ms, ratio {p50 / base:.2f}, {disk_now()}"
        )
    cost = {
        name: (min(timing.ms(50) for timing in timings), min(timing.cpu_ms for timing in timings) + spent[name])
        for name, timings in found.items()
    }
    p50, cpu = (
        with_it - without for with_it, without in zip(cost["with its leaf"], cost["without the ledger"], strict=True)
    )
    report.row(f"append adds, p50, {disk}", p50, "ms", aim="≤ 1", note=f"{cpu:.2f} ms of processor, client and server")
    harness.sql(DISKS["this disk"])


def backend() -> Path:
    return Path(f"/proc/{harness.sql('SELECT pg_backend_pid()')[0][0]}/schedstat")


def server_ms(stat: Path) -> float:
    """Processor milliseconds of the database's process so far; 0 where the system does not tell."""
    return int(stat.read_text().split()[0]) / 1e6 if stat.exists() else 0.0


def compared(report: Report, disk: str) -> None:
    """Writers at once: what a chain or a counter within the transaction does to decisions that wait for each other."""
    for name, function in (("plain insert", insert), ("hash chain in every row", chain), ("counter row", counter)):
        report.row(
            f"{name}, {WRITERS} writers, {disk}", together(function, DISKS[disk]), "/s", note="bare SQL, no Django"
        )


def together(function: Any, setting: str, each: int = 150) -> float:
    """Transactions a second of several writers on connections of their own."""
    url, begin = os.environ["DATABASE_URL"], threading.Barrier(WRITERS + 1)

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as own:
            own.execute(setting)
            begin.wait()
            for _ in range(each):
                with own.transaction():
                    function(own)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    begin.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return WRITERS * each / (time.perf_counter() - began)


def insert(own: psycopg.Connection) -> None:
    own.execute("INSERT INTO bench_plain (status, remark) VALUES ('decided', '')")


def chain(own: psycopg.Connection) -> None:
    row = own.execute("SELECT hash FROM bench_head WHERE id = 1 FOR UPDATE").fetchone()
    assert row is not None
    digest = sha256(row[0] + b"decided").digest()
    own.execute("INSERT INTO bench_chain (body, hash) VALUES (%s, %s)", [b"decided", digest])
    own.execute("UPDATE bench_head SET hash = %s WHERE id = 1", [digest])


def counter(own: psycopg.Connection) -> None:
    own.execute("UPDATE bench_head SET last = last + 1 WHERE id = 1")
    own.execute("INSERT INTO bench_plain (status, remark) VALUES ('decided', '')")


# --- decisions that keep coming --------------------------------------------------------------------------------------
def write_for(function: Any, seconds: float) -> tuple[int, float]:
    """In a process of its own: decisions, one after the other, for so long; how many, and processor ms of both ends."""
    function()
    stat, count = backend(), 0
    until, before = time.monotonic() + seconds, 1000 * time.process_time() + server_ms(stat)
    while time.monotonic() < until:
        function()
        count += 1
    spent = 1000 * time.process_time() + server_ms(stat) - before
    connection.close()
    return count, spent


def sustained(report: Report, what: str, function: Any) -> None:
    """Writers in processes of their own, the sequencer beside them once a second as the worker runs it."""
    Sequencer().drain()
    first = harness.sql("SELECT size FROM ledger_tree_state")[0][0]
    workers = partial(ProcessPoolExecutor, WRITERS, mp_context=get_context("spawn"), initializer=django.setup)
    with sequencing() as steps, workers() as pool:
        told = list(pool.map(partial(write_for, function), [SUSTAINED_SECONDS] * WRITERS))
    count, spent = (sum(part) for part in zip(*told, strict=True))
    note = f"over {SUSTAINED_SECONDS:.0f} s, {spent / count:.2f} ms of processor each, {disk_now()}"
    report.row(f"decisions {what}, {WRITERS} writers", count / SUSTAINED_SECONDS, "/s", aim="≥ 1,000", note=note)
    waits = lags(first, steps)
    report.row("their lag until the tree, p50", percentile_of(waits, 50), "s", note="tick 1 s")
    report.row("their lag until the tree, p99", percentile_of(waits, 99), "s", aim="≤ 2", note="tick 1 s")


@contextmanager
def sequencing() -> Any:
    """The sequencer in a thread; yields the sizes it reached and when, complete at the end of the block."""
    stop, steps = threading.Event(), list[tuple[int, datetime]]()

    def tick() -> int:
        if count := Sequencer().step():
            steps.append((harness.sql("SELECT size FROM ledger_tree_state")[0][0], datetime.now(UTC)))
        return count

    def sequence() -> None:
        while not stop.wait(1.0):
            tick()
        while tick():
            pass
        connection.close()

    thread = threading.Thread(target=sequence)
    thread.start()
    yield steps
    stop.set()
    thread.join()


def lags(first: int, steps: list[tuple[int, datetime]]) -> list[float]:
    """Seconds from the leaf's own time to the commit that gave it its place."""
    rows = harness.sql(
        "SELECT e.idx, r.leaf FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id WHERE e.idx >= %s ORDER BY 1",
        first,
    )
    found, position = [], 0
    for index, leaf in rows:
        while steps[position][0] <= index:
            position += 1
        at = datetime.fromisoformat(json.loads(bytes(leaf))["at"])
        found.append((steps[position][1] - at).total_seconds())
    return found


def witnessed(report: Report) -> None:
    """The real signer and witness as processes, the worker's tick in this one: from the decision to its public checkpoint."""
    Machinery.installed().settle()
    first = harness.sql("SELECT size FROM ledger_tree_state")[0][0]
    programs = [
        subprocess.Popen([sys.executable, "-m", name], cwd=BASE_DIR, stderr=subprocess.DEVNULL)
        for name in ("ledger.signer", "ledger.witness")
    ]
    try:
        machinery, until = Machinery.installed(), time.monotonic() + WITNESSED_SECONDS
        while time.monotonic() < until:
            tick_at = time.monotonic() + 1.0
            while time.monotonic() < tick_at:
                decided()
                time.sleep(random.uniform(0.05, 0.2))
            machinery.tick()
        time.sleep(2)
        machinery.tick()
    finally:
        for program in programs:
            program.terminate()
            program.wait(timeout=30)
    rows = harness.sql(
        "SELECT extract(epoch FROM min(p.published_at) - (convert_from(r.leaf, 'UTF8')::jsonb ->> 'at')::timestamptz)"
        " FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id JOIN ledger_published p ON p.size > e.idx"
        " WHERE e.idx >= %s GROUP BY r.id",
        first,
    )
    waits = [float(seconds) for (seconds,) in rows]
    note = f"{len(waits)} decisions, {disk_now()}"
    report.row("decision → witnessed checkpoint, p50", percentile_of(waits, 50), "s", aim="≤ 2", note=note)
    report.row("decision → witnessed checkpoint, p99", percentile_of(waits, 99), "s", aim="≤ 6")
