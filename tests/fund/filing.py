"""Workbooks for tests: a template filled in by a manager, with cells changed at will."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

from django.core.files.base import ContentFile
from openpyxl import load_workbook

from fund import queries, services
from fund.workbook.layout import BALANCES, EXPENSES, HOLDINGS, TOTALS
from fund.workbook.writing import Named, template
from tests.factories.fund import NOW, invested, investing

END = date(2019, 6, 30)
LATER = datetime(2019, 8, 1, 1, 0, tzinfo=UTC)
NAMED = Named("마당 1호", "마당벤처스")
HOLD, SPEND, SUM = HOLDINGS.title, EXPENSES.title, TOTALS.title


def reported(assets: int = 2, **fields):
    """A sub-fund with so many holdings at the end of the second quarter of 2019, reported on from that year."""
    made = investing(**fields)
    services.set_report_terms(
        programme=made.programme, start=date(2019, 1, 1), source="운용지침", by=made.approver, now=NOW
    )
    made.lots = [invested(made, 50_000_000) for _number in range(assets)]
    made.reporter = made.sub_fund.manager.memberships.get().user
    return made


def blank(made, end=END) -> bytes:
    return template(queries.filing.in_quarter(queries.filing.known(made.sub_fund, end)), NAMED)


def changed(data: bytes, cells: dict[tuple[str, str], object]) -> bytes:
    """The workbook with cells set, by sheet and address."""
    book = load_workbook(BytesIO(data))
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def whole(made, end=END) -> dict[tuple[str, str], object]:
    """What a manager fills in who agrees with the books: a value of 60 million each, every balance."""
    known = queries.filing.known(made.sub_fund, end)
    cells = {}
    for row in range(2, 2 + len(known.assets)):
        told = {"F": 60_000_000, "G": "ROUND · 최근 투자 가격", "H": 3, "I": "후속 투자 계약서"}
        cells |= {(HOLD, f"{letter}{row}"): value for letter, value in told.items()}
    return cells | {(SUM, f"C{row}"): known.balances[code] for row, code in enumerate(BALANCES, start=2)}


def filled(made, end=END, **changes: object) -> bytes:
    """A whole workbook; ``changes`` by letters of the sheet and address: ``H_F2``, ``E_A2``, ``S_C2``, ``C_B4``."""
    sheets = {"H": HOLD, "E": SPEND, "S": SUM, "C": "표지 Cover"}
    extra = {(sheets[name[0]], name[2:]): value for name, value in changes.items()}
    return changed(blank(made, end), {**whole(made, end), **extra})


def hand_in(made, data: bytes, *, end=END, now=LATER, **asked):
    """The upload, checked."""
    content = ContentFile(data, name="보고.xlsx")
    return services.receive_upload(sub_fund=made.sub_fund, end=end, content=content, by=made.reporter, now=now, **asked)


def confirm(made, row, *, now=LATER) -> None:
    services.apply_upload(upload=row, digest_seen=row.digest, by=made.reporter, now=now)


def whys(row) -> list[tuple[str, str]]:
    """What a check refused: code and cell."""
    return [(why["code"], why["cell"].partition("!")[2]) for one in row.result["rows"] for why in one["why"]]
