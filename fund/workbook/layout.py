"""The layout of the managers' workbook: which sheets, which columns, in which words. Pure.

Headers carry both languages, so that one file serves both; they and the version are compared on the way in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

#: Rises whenever a sheet, a column or a code changes; a file of another version is refused.
VERSION = 1
#: Most rows that one file may fill in; a manager of many sub-funds has a file for each.
MOST_ROWS = 5_000

type Kind = Literal["text", "money", "date", "choice"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its code, its header, how it is read, and whether people fill it in."""

    code: str
    header: str
    kind: Kind = "text"
    width: int = 16
    open: bool = True
    most: int = 0
    choices: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: headers in the first row, rows below; ``key`` is the column that names a row."""

    code: str
    title: str
    key: str
    columns: Sequence[Column]

    def place(self, code: str) -> int:
        """The number of a column, from 0."""
        return next(number for number, column in enumerate(self.columns) if column.code == code)


METHODS = {
    "ROUND": "최근 투자 가격 Recent round",
    "MULTIPLE": "배수법 Multiples",
    "DCF": "현금흐름할인 DCF",
    "ASSETS": "순자산 Net assets",
    "MARKET": "시장가격 Market price",
}
LEVELS = {"1": "시장 가격 Quoted", "2": "관찰 자료 Observable", "3": "추정 Estimated"}
KINDS = {"EXPENSE": "조합 비용 Expense", "INCOME": "이자·배당 수익 Income", "FEE": "관리보수 Management fee"}
BALANCES = {
    "CASH": "현금 잔액 · Cash",
    "COST": "투자자산 취득원가 · Investments at cost",
    "PAID_IN": "납입 누계 · Paid in to date",
    "DISTRIBUTED": "배분 누계 · Distributed to date",
    "FEES": "관리보수 누계 · Management fees to date",
    "EXPENSES": "조합 비용 누계 · Fund expenses to date",
}

COVER = "표지 Cover"
#: The cover's lines: code, label in column A, and its row; the value stands in column B.
COVER_LINES = (
    ("layout", "양식 판 · Layout version", 3),
    ("sub_fund", "자펀드 코드 · Sub-fund code", 4),
    ("name", "자펀드 · Sub-fund", 5),
    ("manager", "운용사 · Manager", 6),
    ("end", "분기의 마지막 날 · Quarter end", 7),
    ("currency", "통화 · Currency", 8),
)
COVER_ROWS = {code: row for code, _label, row in COVER_LINES}
#: What is read of the cover, in this order; the other lines are for people.
COVER_COLUMNS = (Column("layout", "", most=10), Column("sub_fund", "", most=30), Column("end", "", "date"))
GUIDE = (
    ("노란 칸만 채워 주십시오. 다른 칸과 시트의 이름, 순서는 바꾸지 않습니다.", "Fill in the yellow cells only; leave other cells, sheet names and their order as they are."),
    ("금액은 쉼표나 단위 없이 숫자로, 날짜는 날짜 형식으로 적습니다.", "Amounts are plain numbers without commas or units; dates are date cells."),
    ("수식은 계산된 값이 저장된 것만 읽습니다. 매크로가 든 파일은 받지 않습니다.", "Formulas are read only with their stored value. Files with macros are not accepted."),
    ("올리면 먼저 행마다 무엇이 바뀌는지 보여 드리고, 확인하신 뒤에만 반영합니다.", "After the upload you see row by row what would change; nothing is applied before you confirm."),
)  # fmt: skip

HOLDINGS = Sheet(
    "holdings",
    "투자자산 Holdings",
    "holding",
    (
        Column("holding", "자산 번호 · Holding ID", width=38, open=False, most=40),
        Column("company", "기업 · Company", width=24, open=False),
        Column("security", "증권 · Security", width=20, open=False),
        Column("carried", "직전 장부가 · Carried before", "money", width=18, open=False),
        Column("cost", "취득원가 · Cost", "money", width=18),
        Column("value", "평가액 · Fair value", "money", width=18),
        Column("method", "평가 방법 · Method", "choice", width=30, choices=METHODS),
        Column("level", "공정가치 수준 · Level", "choice", width=22, choices=LEVELS),
        Column("evidence", "평가 근거 · Evidence", width=50, most=2_000),
    ),
)
EXPENSES = Sheet(
    "expenses",
    "비용과 수익 Expenses, income",
    "voucher",
    (
        Column("voucher", "전표 번호 · Voucher no.", width=22, most=40),
        Column("kind", "종류 · Kind", "choice", width=28, choices=KINDS),
        Column("on", "기준일 · Date", "date", width=14),
        Column("amount", "금액 · Amount", "money", width=18),
        Column("note", "내용 · Note", width=40, most=200),
        Column("start", "관리보수 첫날 · Fee from", "date", width=18),
        Column("until", "관리보수 마지막 날 · Fee until", "date", width=20),
    ),
)
TOTALS = Sheet(
    "balances",
    "잔액 Balances",
    "figure",
    (
        Column("figure", "항목 코드 · Code", width=16, open=False, most=20),
        Column("name", "항목 · Figure", width=44, open=False),
        Column("amount", "분기말 금액 · Amount at quarter end", "money", width=26),
    ),
)
SHEETS = (HOLDINGS, EXPENSES, TOTALS)


def places_of(currency: str) -> int:
    """Decimal places of a currency's amounts (ISO 4217): none for won and yen, else two."""
    return 0 if currency in ("KRW", "JPY") else 2


def choice(code: str, words: Mapping[str, str]) -> str:
    """How a choice stands in a cell: its code first."""
    return f"{code} · {words[code]}"
