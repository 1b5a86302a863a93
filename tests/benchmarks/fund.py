"""The fund at size: rates of return beside scipy and numpy-financial, balances as of any day, statements of every quarter."""

from __future__ import annotations

import gc
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

FUNDS, QUARTERS, STATEMENTS_ASKED = 200, 40, 30
SIZES = (10_000, 100_000, 1_000_000)
HISTORIES, FLOWS, ASKED = 20_000, 12, 200
START = date(2018, 1, 1)
DAYS = 3_000


def run(report: Report) -> None:
    """Rates first, then every statement of a large programme at once, what a balance costs as the books grow, a report."""
    rates(report)
    call_command("ledger_init", stdout=StringIO())
    statements(report)
    balances(report)
    reports(report)


def reports(report: Report) -> None:
    """A manager's workbook of as many rows as one may have, held against the books: the dry run that a person waits for."""
    from fund.workbook.comparing import Known, Voucher, compare
    from fund.workbook.layout import MOST_ROWS
    from fund.workbook.reading import read_workbook
    from fund.workbook.writing import Named, template

    day = date(2019, 5, 2)
    vouchers = {f"V-{n:05}": Voucher("EXPENSE", day, 1_000, "", None, None, "PROPOSED") for n in range(MOST_ROWS - 6)}
    known = Known("fund", date(2019, 6, 30), START, "KRW", vouchers=vouchers)
    data = template(known, Named("자펀드", "운용사"))
    timing = timed(10, lambda _: compare(read_workbook(data), known))
    report.row(f"dry run of a report of {MOST_ROWS:,} rows, p95", timing.ms(95) / 1000, "s", aim="< 5")


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


#: What happens in each quarter of a sub-fund: kind, account, whether it names each partner, amount.
_LEGS = """(VALUES
    ('COMMITMENT', 9100, true, 100000), ('COMMITMENT', 9200, true, -100000),
    ('CALL', 1200, true, 1000), ('CALL', 3100, true, -1000), ('CALL', 9200, true, 1000), ('CALL', 9300, true, -1000),
    ('RECEIPT', 1100, true, 1000), ('RECEIPT', 1200, true, -1000),
    ('FEE', 5100, false, 50), ('FEE', 1100, false, -50),
    ('INVESTMENT', 1300, false, 3000), ('INVESTMENT', 1100, false, -3000),
    ('VALUATION', 1400, false, 700), ('VALUATION', 4300, false, -700),
    ('DISTRIBUTION', 3200, true, 200), ('DISTRIBUTION', 1100, true, -200)
) AS legs (kind, account, by_partner, amount)"""
_ONCE, _EACH = ["COMMITMENT"], ["CALL", "RECEIPT", "FEE", "INVESTMENT", "VALUATION", "DISTRIBUTION"]
_TABLES = ("fund_subfund", "fund_book", "fund_entry", "fund_posting")


def statements(report: Report) -> None:
    """Every capital account statement of 200 sub-funds over 40 quarters, with the City's three columns of each."""
    from fund.queries.statements import statements as every
    from tests.factories import fund as factory

    made = factory.house()
    postings = _many_funds(made)
    city = made.partners["city"].pk
    last = date(START.year + QUARTERS // 4 - 1, 12, 31)

    def ask(_: int) -> None:
        found = every(made.programme, on=last, known=datetime(2030, 1, 1, tzinfo=UTC))
        assert len(found) == FUNDS * QUARTERS
        assert all(row.columns[0].ending == row.columns[2].ending for row in found)
        assert all(one.ending > 0 for row in found for one in row.of(city))

    gc.collect()
    gc.freeze()  # as the web server does
    timing = timed(STATEMENTS_ASKED, ask)
    report.row(
        f"statements of {FUNDS} sub-funds by {QUARTERS} quarters, p95", timing.ms(95) / 1000, "s", aim="< 1",
        note=f"{postings:,} postings, five partners, three columns each; median {timing.ms(50) / 1000:.2f} s; one GROUP BY",
    )  # fmt: skip


def _many_funds(made: Any) -> int:
    """Sub-funds with every quarter's entries, in bulk, with the triggers off; answers how many postings there are."""
    from fund.models import Book, Posting, SubFund

    asked = {"manager": made.partners["gp"].organisation, "vintage": START.year, "programme": made.programme}
    with transaction.atomic(), connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        codes = [f"many-{number:03}" for number in range(FUNDS)]
        funds = SubFund.objects.bulk_create(SubFund(code=code, name_ko=code, name_en=code, **asked) for code in codes)
        now = datetime.now(UTC)
        Book.objects.bulk_create(
            Book(programme=made.programme, kind="SUB_FUND", sub_fund=row, last_known_at=now) for row in funds
        )
        _many_entries(cursor, made.programme.pk)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in _TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE " + ", ".join(_TABLES))
    return Posting.objects.filter(book__programme=made.programme).count()


def _many_entries(cursor: Any, programme: int) -> None:
    cursor.execute(
        "INSERT INTO fund_entry (book_id, sub_fund_id, kind, effective_date, recorded_at, xact, event)"
        " SELECT b.id, b.sub_fund_id, what, (%s::date + make_interval(months => 3 * q, days => 20))::date, now(), 0,"
        " gen_random_uuid() FROM fund_book b, generate_series(0, %s) AS q,"
        " unnest(CASE WHEN q = 0 THEN %s::text[] ELSE '{}' END || %s::text[]) AS what"
        " WHERE b.programme_id = %s AND b.kind = 'SUB_FUND'",
        [START, QUARTERS - 1, _ONCE, _EACH, programme],
    )
    cursor.execute(
        "INSERT INTO fund_posting (entry_id, account, partner_id, currency, amount, book_id, effective_date, recorded_at)"
        " SELECT e.id, legs.account, p.id, 'KRW', legs.amount, e.book_id, e.effective_date, e.recorded_at"
        f" FROM fund_entry e JOIN fund_book b ON b.id = e.book_id JOIN {_LEGS} ON legs.kind = e.kind"
        " LEFT JOIN fund_partner p ON legs.by_partner AND p.programme_id = b.programme_id WHERE b.programme_id = %s",
        [programme],
    )
