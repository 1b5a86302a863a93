"""The fund at size: rates of return beside scipy and numpy-financial on the same flows, and balances as of any day."""

from __future__ import annotations

import json
import random
import subprocess
import time
import venv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.db import connection, transaction

from tests.benchmarks.place import BASE_DIR
from tests.benchmarks.report import Report, timed

SIZES = (10_000, 100_000, 1_000_000)
HISTORIES, FLOWS, ASKED = 20_000, 12, 200
START = date(2018, 1, 1)
DAYS = 3_000


def run(report: Report) -> None:
    """Rates first, then what a balance costs as the books grow."""
    rates(report)
    call_command("ledger_init", stdout=StringIO())
    balances(report)


def histories(number: int, seed: int = 2018) -> list[list[tuple[date, int]]]:
    """Money out, then money back: one change of sign, twelve flows, the same every time."""
    chance = random.Random(seed)
    made = []
    for _ in range(number):
        days = sorted(chance.sample(range(1, DAYS), FLOWS - 1))
        amounts = [-chance.randrange(10**6, 10**9) for _ in range(6)] + [
            chance.randrange(10**6, 3 * 10**9) for _ in range(6)
        ]
        made.append(list(zip([START, *(START + timedelta(days=day) for day in days)], amounts, strict=True)))
    return made


def rates(report: Report) -> None:
    """How many a second, and how far each way's answer is from zero net present value."""
    from fund.performance import xirr

    rows = histories(HISTORIES)
    began, cpu = time.perf_counter(), time.process_time()
    found = [xirr(row) for row in rows]
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert all(one.status == "OK" for one in found)
    worst = max(
        abs(_npv(row, one.rate))
        for row, one in zip(rows, found, strict=True)
        if one.rate is not None and one.rate > -0.7
    )
    report.row(
        f"XIRR of {FLOWS} flows, one change of sign", HISTORIES / seconds, "/s", aim="≥ 10,000",
        note=f"{HISTORIES / cpu:,.0f} a second of processor; |NPV| at most {worst:.2e} won",
    )  # fmt: skip
    beside(report, rows[:2_000])


def _npv(row: list[tuple[date, int]], rate: float) -> float:
    return sum(amount * (1 + rate) ** (-(day - row[0][0]).days / 365) for day, amount in row)


def beside(report: Report, rows: list[list[tuple[date, int]]]) -> None:
    """scipy's and numpy-financial's root finders in an environment of their own, on the same flows."""
    python = _others(report.place.results / "finance")
    if python is None:
        report.row("scipy and numpy-financial", 0, "/s", note="not measured: they could not be installed")
        return
    given = report.place.var / "flows.json"
    given.write_text(json.dumps([[[(day - row[0][0]).days, amount] for day, amount in row] for row in rows]))
    command = [python, BASE_DIR / "tests/benchmarks/others/xirr_finance.py", given]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for name, one in told.items():
        report.row(f"{name} on the same", one["rate"], "/s", note=one["note"])


def _others(home: Path) -> Path | None:
    python, done = home / "bin" / "python", home / "done"
    if not done.exists():
        venv.create(home, clear=True, with_pip=True)
        needed = BASE_DIR / "tests/benchmarks/others/finance.txt"
        command = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", needed]
        if subprocess.run(command, capture_output=True).returncode:
            return None
        done.touch()
    return python


def balances(report: Report) -> None:
    """The balance of every account on a random day, as known at a random instant, while one book grows."""
    from fund.queries import books
    from tests.factories import fund as factory

    made = factory.formed()
    book, chance, first = books.book_of(made.sub_fund), random.Random(7), 0.0
    have = 0
    for size in SIZES:
        _grow(made, book, have // 2, (size - have) // 2)
        have = size

        def ask(_: int) -> None:
            day = START + timedelta(days=chance.randrange(DAYS))
            books.balances(book, on=day, known=datetime(2030, 1, 1, tzinfo=UTC))

        timing = timed(ASKED, ask)
        first = first or timing.ms(50)
        report.row(
            f"balances as of a day over {size:,} postings, p95", timing.ms(95), "ms", aim="< 200" if size == SIZES[-1] else "",
            note=f"median {timing.ms(50):.1f} ms, {timing.ms(50) / first:.1f} times the first",
        )  # fmt: skip


def _grow(made: Any, book: Any, already: int, entries: int) -> None:
    """Balanced pairs in bulk, with the triggers off: how they came is no part of what is measured."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("fund_entry", "fund_posting"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "WITH made AS (INSERT INTO fund_entry (book_id, sub_fund_id, kind, effective_date, recorded_at, xact, event)"
            " SELECT %s, %s, 'INCOME', %s::date + (n %% %s)::int, now(), 0, %s FROM generate_series(%s, %s) AS n"
            " RETURNING id, effective_date, recorded_at)"
            " INSERT INTO fund_posting (entry_id, account, currency, amount, book_id, effective_date, recorded_at)"
            " SELECT id, account, 'KRW', amount, %s, effective_date, recorded_at FROM made,"
            " (VALUES (1100, 1000), (4100, -1000)) AS legs (account, amount)",
            [book.pk, made.sub_fund.pk, START, DAYS, uuid4(), already + 1, already + entries, book.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("fund_entry", "fund_posting"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE fund_posting")
