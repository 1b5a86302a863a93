"""Writes a capital account statement as a workbook: the lines of the ILPA template over three periods, in our own layout.

Amounts are numbers in the units of the currency, text is only ever written as text: no cell is a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from fund.workbook.layout import places_of

_WIDE, _AMOUNT = 34, 22


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in it: the facts about the statement, the heads, and each line with its amounts in minor units."""

    title: str
    facts: Sequence[tuple[str, str]]
    heads: Sequence[str]
    lines: Sequence[tuple[str, Sequence[int]]]
    below: Sequence[tuple[str, int]]
    currency: str
    made_at: datetime


def account(sheet: Sheet) -> bytes:
    """The file. The same statement gives the same cells."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": sheet.title, "created": sheet.made_at.replace(tzinfo=None)})
    page = book.add_worksheet(sheet.title[:31])
    page.set_column(0, 0, _WIDE)
    page.set_column(1, len(sheet.heads), _AMOUNT)
    page.write_string(0, 0, sheet.title, book.add_format({"bold": True, "font_size": 14}))
    for row, (label, value) in enumerate(sheet.facts, start=2):
        page.write_string(row, 0, label)
        page.write_string(row, 1, value)
    _amounts(book, page, sheet, 3 + len(sheet.facts))
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


def _amounts(book: Any, page: Any, sheet: Sheet, top: int) -> None:
    places = places_of(sheet.currency)
    shown = "#,##0" + ("." + "0" * places if places else "")
    number = {"num_format": f"{shown};-{shown};0", "border": 1}
    plain, total = book.add_format(number), book.add_format({**number, "bold": True, "top": 2})
    head = book.add_format({"bold": True, "bg_color": "#E8EDF5", "border": 1, "text_wrap": True})
    name, last = book.add_format({"border": 1}), book.add_format({"border": 1, "bold": True, "top": 2})
    for column, word in enumerate(sheet.heads):
        page.write_string(top, column, word, head)
    for row, (word, amounts) in enumerate(sheet.lines, start=top + 1):
        ends = row == top + len(sheet.lines)
        page.write_string(row, 0, word, last if ends else name)
        for column, amount in enumerate(amounts, start=1):
            page.write_number(row, column, _units(amount, places), total if ends else plain)
    for row, (word, amount) in enumerate(sheet.below, start=top + len(sheet.lines) + 2):
        page.write_string(row, 0, word, name)
        page.write_number(row, 1, _units(amount, places), plain)


def _units(amount: int, places: int) -> int | float:
    """Minor units as the file's number."""
    return amount if not places else float(Decimal(amount).scaleb(-places))
