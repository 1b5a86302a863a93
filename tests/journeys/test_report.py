"""A manager reports on a quarter: three bad rows, the error file, the mended one, the confirmation; the auditor finds the leaf."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from fund.due import quarter_of, quarter_start
from fund.models import SubFund, Upload
from fund.workbook.layout import BALANCES, EXPENSES, HOLDINGS, TOTALS
from portal.core.clock import database_now
from portal.core.periods import SEOUL

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def quarter_before(times: int) -> date:
    """The last day of the quarter that ended so many quarters ago; 1 is the last one."""
    day = database_now().astimezone(SEOUL).date()
    for _ in range(times):
        day = quarter_start(day) - timedelta(days=1)
    return day


def with_cells(data: bytes, cells: dict[tuple[str, int, str], object]) -> bytes:
    """The workbook with cells set, by sheet, row and column."""
    book = load_workbook(BytesIO(data))
    sheets = {sheet.code: sheet for sheet in (HOLDINGS, EXPENSES, TOTALS)}
    for (code, row, column), value in cells.items():
        book[sheets[code].title].cell(row, sheets[code].place(column) + 1, value)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def whole(data: bytes, end: date) -> dict[tuple[str, int, str], object]:
    """Every asset at its cost, one voucher, every balance."""
    page = load_workbook(BytesIO(data))[HOLDINGS.title]
    cells: dict[tuple[str, int, str], object] = {}
    for row in range(2, page.max_row + 1):
        cost = page.cell(row, HOLDINGS.place("cost") + 1).value
        told = {"value": cost, "method": "ROUND", "level": 3, "evidence": "후속 투자 계약서"}
        cells |= {("holdings", row, column): value for column, value in told.items()}
    voucher = {"voucher": f"R-{end}", "kind": "EXPENSE", "on": end, "amount": 3_300_000, "note": "회계감사"}
    cells |= {("expenses", 2, column): value for column, value in voucher.items()}
    return cells | {("balances", row, "amount"): 0 for row in range(2, 2 + len(BALANCES))}


def bad(end: date) -> dict[tuple[str, int, str], object]:
    """A value below zero, a voucher of the next quarter, an amount in words."""
    return {
        ("holdings", 2, "value"): -1,
        ("expenses", 2, "on"): end + timedelta(days=1),
        ("balances", 3, "amount"): "삼백만 원",
    }


def download(visitor, suffix: str) -> bytes:
    address = visitor.page.locator(f"main a[href$='{suffix}']").get_attribute("href")
    answer = visitor.page.request.get(address)
    assert answer.ok
    assert answer.headers["content-type"] == XLSX
    return answer.body()


def hand_in(visitor, data: bytes) -> None:
    visitor.page.set_input_files("[name=file]", {"name": "보고.xlsx", "mimeType": XLSX, "buffer": data})
    visitor.submit()
    visitor.check()


@pytest.mark.parametrize(
    ("language", "width", "ago"), [("ko", 1280, 1), ("en", 360, 2), ("ko", 360, 3), ("en", 1280, 4)]
)
def test_a_quarter_with_three_bad_rows(at_site, visit, language, width, ago):
    end, sub_fund = quarter_before(ago), SubFund.objects.get(code="madang-1")
    reporter = visit(width=width, language=language)
    reporter.enter_as("gp")
    reporter.go("/{lang}/fund/reporting/")
    reporter.check()
    reporter.follow(reporter.page.locator(f"a[href$='{sub_fund.public_id}/{end.year}/{quarter_of(end)}/']"))
    reporter.check()
    template = download(reporter, "/template/")
    cells = whole(template, end)

    hand_in(reporter, with_cells(template, {**cells, **bad(end)}))
    reporter.sees(
        reporter.word("고칠 행이 3개 있습니다", "3 rows have to be mended"),
        reporter.word("0보다 작은 금액은 적을 수 없습니다.", "An amount cannot be below zero."),
        reporter.word("이 분기의 날짜가 아닙니다.", "This date is not in the quarter."),
        reporter.word("글자가 적혀 있습니다.", "This is text."),
    )
    errors = download(reporter, "/errors/")
    beside = load_workbook(BytesIO(errors))[HOLDINGS.title].cell(2, len(HOLDINGS.columns) + 1).value
    assert "0보다 작은" in beside
    assert "below zero" in beside

    reporter.follow(reporter.page.locator("main .btns a[href*='/reporting/']"))
    hand_in(reporter, with_cells(errors, {place: cells[place] for place in bad(end)}))
    reporter.sees(reporter.word("반영할 수 있습니다", "Ready to be applied"))
    reporter.submit()
    reporter.check()
    assert reporter.word("보고를 반영했습니다.", "The report was applied.") in reporter.page.content()

    row = Upload.objects.get(sub_fund=sub_fund, end_date=end, status="APPLIED")
    assert row.settlements.get().voucher == f"R-{end}"
    auditor = visit(width=width, language=language)
    auditor.enter_as("auditor")
    auditor.go("/{lang}/fund/uploads/" + f"{row.public_id}/")
    auditor.check()
    leaf = auditor.page.get_by_role(
        "link",
        name=auditor.word("운용사의 보고를 반영했습니다", "A manager's report was applied"),
        exact=True,
    )
    auditor.follow(leaf)
    auditor.check()
    auditor.sees("fund.upload.applied")
