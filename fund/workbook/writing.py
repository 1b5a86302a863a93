"""Writes the managers' workbook: as a template with what is known, and as what was handed in with the reasons beside it.

Text is only ever written as text: nothing that somebody typed becomes a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from fund.workbook.cells import MOST
from fund.workbook.comparing import Known
from fund.workbook.layout import (
    BALANCES,
    COVER,
    COVER_LINES,
    EXPENSES,
    GUIDE,
    HOLDINGS,
    SHEETS,
    TOTALS,
    VERSION,
    Column,
    Sheet,
    choice,
    places_of,
)
from fund.workbook.reading import Line, Read

#: Where new vouchers are typed: so many yellow rows; more may follow below them.
_BLANK_ROWS = 60
REASONS = "고칠 곳 · What to mend"


@dataclass(frozen=True, slots=True)
class Named:
    """What stands on the cover besides the code: the names of the sub-fund and its manager."""

    sub_fund: str
    manager: str


class _Book:
    """The workbook being written, with its formats."""

    def __init__(self, currency: str) -> None:
        self.out = BytesIO()
        self.book = xlsxwriter.Workbook(
            self.out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        places = places_of(currency)
        self.numbers = "#,##0" if not places else "#,##0." + "0" * places
        self.formats: dict[tuple[str, str], Any] = {}
        self.places = places
        self.head = self.book.add_format({"bold": True, "bg_color": "#E8EDF5", "border": 1, "text_wrap": True})
        self.bold = self.book.add_format({"bold": True, "font_size": 14})
        self.plain = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.reason = self.book.add_format({"font_color": "#9B1C1C", "text_wrap": True, "valign": "top"})

    def look(self, kind: str, tone: str) -> Any:
        """The format of a cell: what it holds, and whether it is closed, open, or to be mended."""
        if (kind, tone) not in self.formats:
            colour = {"open": "#FFF8D6", "bad": "#F9D0D0", "closed": "#F1F3F5"}[tone]
            made: dict[str, Any] = {"bg_color": colour, "border": 1, "border_color": "#C6CDD8", "valign": "top"}
            if kind == "money":
                made["num_format"] = self.numbers
            elif kind == "date":
                made["num_format"] = "yyyy-mm-dd"
            else:
                made["text_wrap"] = True
            self.formats[kind, tone] = self.book.add_format(made)
        return self.formats[kind, tone]

    def finish(self) -> bytes:
        self.book.close()
        return self.out.getvalue()

    def money(self, amount: int) -> int | float:
        """Minor units as the file's number."""
        return amount if not self.places else float(Decimal(amount).scaleb(-self.places))


def template(known: Known, named: Named) -> bytes:
    """The workbook of a sub-fund and quarter, with the assets, costs and vouchers that the books know."""
    to = _Book(known.currency)
    _cover(to, known, named)
    _sheet(to, HOLDINGS, [_asset(to, key, known) for key in known.assets if not known.assets[key].ended])
    _sheet(to, EXPENSES, _vouchers(to, known), blank=_BLANK_ROWS)
    _sheet(to, TOTALS, [{"figure": code, "name": name} for code, name in BALANCES.items()])
    return to.finish()


def with_reasons(
    known: Known, named: Named, found: Read, told: Mapping[tuple[str, int], Sequence[tuple[str, str]]]
) -> bytes:
    """What was handed in, with the reasons beside the rows; mended there, it can be handed in again.

    ``told`` gives by sheet and row each address and its reason in both languages; row 0 is what the sheet leaves out.
    """
    to = _Book(known.currency)
    _cover(to, known, named)
    for sheet in SHEETS:
        rows = [
            {code: cell.value for code, cell in line.cells.items() if cell.kind not in "fe"}
            for line in found.lines[sheet.code]
        ]
        numbers = [line.number for line in found.lines[sheet.code]]
        page = _sheet(to, sheet, rows, bad=_bad(sheet, numbers, found.lines[sheet.code], told), typed=True)
        place = len(sheet.columns)
        page.set_column(place, place, 70)
        page.write_string(0, place, REASONS, to.head)
        for at, number in enumerate(numbers, start=1):
            if reasons := told.get((sheet.code, number)):
                page.write_string(at, place, "\n".join(reason for _cell, reason in reasons), to.reason)
        for at, (_cell, reason) in enumerate(told.get((sheet.code, 0), ()), start=len(numbers) + 1):
            page.write_string(at, place, reason, to.reason)
    return to.finish()


def _bad(
    sheet: Sheet,
    numbers: Sequence[int],
    lines: Sequence[Line],
    told: Mapping[tuple[str, int], Sequence[tuple[str, str]]],
) -> set[tuple[int, str]]:
    """By place in the new file and column the cells to mend."""
    made = set()
    for at, (number, line) in enumerate(zip(numbers, lines, strict=True)):
        cells = {cell for cell, _reason in told.get((sheet.code, number), ())}
        made |= {(at, column.code) for column in sheet.columns if line.where(column.code) in cells}
    return made


def _cover(to: _Book, known: Known, named: Named) -> None:
    page = to.book.add_worksheet(COVER)
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 60)
    page.write_string(0, 0, "자펀드 분기 보고 · Quarterly report of a sub-fund", to.bold)
    said: dict[str, Any] = {
        "layout": VERSION,
        "sub_fund": known.code,
        "name": named.sub_fund,
        "manager": named.manager,
        "end": known.end,
        "currency": known.currency,
    }
    for code, label, row in COVER_LINES:
        page.write_string(row - 1, 0, label, to.head)
        kind = "date" if code == "end" else "text"
        _write(page, row - 1, 1, said[code], to.look(kind, "closed"))
    for at, lines in enumerate(GUIDE):
        page.merge_range(9 + at, 0, 9 + at, 1, "\n".join(lines), to.plain)
        page.set_row(9 + at, 34)


def _sheet(
    to: _Book, sheet: Sheet, rows: Sequence[Mapping[str, Any]], *, blank: int = 0, bad: set[tuple[int, str]] | None = None,
    typed: bool = False,
) -> Any:  # fmt: skip
    page = to.book.add_worksheet(sheet.title)
    page.freeze_panes(1, 1)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.header, to.head)
        if column.choices:
            words = [choice(code, column.choices) for code in column.choices]
            page.data_validation(1, place, len(rows) + blank + 1, place, {"validate": "list", "source": words})
    for at in range(len(rows) + blank):
        row = rows[at] if at < len(rows) else {}
        for place, column in enumerate(sheet.columns):
            tone = "bad" if bad and (at, column.code) in bad else "open" if column.open else "closed"
            value = row.get(column.code)
            _write(page, at + 1, place, value if typed else _shown(column, value), to.look(column.kind, tone))
    return page


def _shown(column: Column, value: Any) -> Any:
    return choice(value, column.choices) if column.choices and value in column.choices else value


def _write(page: Any, row: int, place: int, value: Any, look: Any) -> None:
    """A number that a file can hold, a day, or text; anything else stays empty."""
    if isinstance(value, bool) or value is None:
        page.write_blank(row, place, None, look)
    elif isinstance(value, int | float) and abs(value) <= MOST:
        page.write_number(row, place, value, look)
    elif isinstance(value, datetime | date) and value.year >= 1900:
        page.write_datetime(row, place, value.replace(tzinfo=None) if isinstance(value, datetime) else value, look)
    else:
        page.write_string(row, place, str(value)[:2_000], look)


def _asset(to: _Book, key: str, known: Known) -> dict[str, Any]:
    asset = known.assets[key]
    made = {
        "holding": key, "company": asset.company, "security": asset.security, "carried": to.money(asset.carried),
        "cost": to.money(asset.cost),
    }  # fmt: skip
    if asset.filed is None:
        return made
    filed = asset.filed
    said = {"value": to.money(filed.amount), "method": filed.method, "level": filed.level, "evidence": filed.evidence}
    return {**made, **said}


def _vouchers(to: _Book, known: Known) -> list[dict[str, Any]]:
    return [
        {
            "voucher": number, "kind": one.kind, "on": one.on, "amount": to.money(one.amount), "note": one.note,
            "start": one.start, "until": one.until,
        }
        for number, one in known.vouchers.items()
    ]  # fmt: skip
