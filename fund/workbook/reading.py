"""Reads a manager's workbook: what it says, cell by cell, or where it is not ours. Nothing of it is trusted.

The file is measured before it is opened (sizes, macros, document types), and whatever the library says of a broken one
is one answer: it cannot be read.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from fund.due import quarter_end, quarter_of
from fund.workbook.cells import Bad, Cell, read
from fund.workbook.layout import COVER, COVER_COLUMNS, COVER_ROWS, MOST_ROWS, SHEETS, VERSION, Column, Sheet

#: What a file may hold once it is unpacked; a sheet of 5,000 rows is about 3 MB.
MOST_BYTES = 32 * 2**20
MOST_PARTS = 200
#: Opening brackets of all parts together: what a reader works through. 5,000 rows have some 250,000.
MOST_TAGS = 1_000_000
#: The last row that is looked at. Spreadsheets leave formatted rows behind, so it lies well below the filled ones.
LAST_ROW = 20_000
_CHUNK = 2**16
_MOST_COLUMNS = max(len(sheet.columns) for sheet in SHEETS)
_MARKS = tuple(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be"))
#: As much of the chunk before as finds a mark that lies across two.
_OVERLAP = max(map(len, _MARKS)) - 1


@dataclass(frozen=True, slots=True)
class Line:
    """One filled row of a sheet: its number and its cells by column code."""

    sheet: Sheet
    number: int
    cells: Mapping[str, Cell]

    def where(self, code: str) -> str:
        """The address of a cell, as people see it in the sheet."""
        return f"{self.sheet.title}!{get_column_letter(self.sheet.place(code) + 1)}{self.number}"


@dataclass(frozen=True, slots=True)
class Read:
    """What a workbook says: of which sub-fund, on which quarter, and its lines by sheet."""

    sub_fund: str
    end: date
    lines: Mapping[str, Sequence[Line]]


def read_workbook(data: bytes) -> Read:
    """The workbook's content. Raises ``Bad`` with a reason, and the cell where there is one, for what is not our layout."""
    _measure(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(data)
    except Bad:
        raise
    except Exception as fault:  # whatever a third party's reader raises over a stranger's bytes
        raise Bad("unreadable") from fault


def _measure(data: bytes) -> None:
    """Refuse what would be too large unpacked, what holds macros, and what declares a document type."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise Bad("too_large")
            if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
                raise Bad("macros")
            if sum(_look(packed, part) for part in parts) > MOST_TAGS:
                raise Bad("too_large")
    except Bad:
        raise
    except Exception as fault:  # a broken archive shows itself in many ways
        raise Bad("unreadable") from fault


def _look(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Read a part once: what it says of its size holds, and it declares nothing. Answers its opening brackets."""
    before, size, tags = b"", 0, 0
    with packed.open(part) as content:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > MOST_BYTES:
                raise Bad("too_large")
            tags += chunk.count(b"<")
            seen = before + chunk
            if any(mark in seen for mark in _MARKS):
                raise Bad("unreadable")
            before = seen[-_OVERLAP:]
    return tags


def _read(data: bytes) -> Read:
    book = load_workbook(BytesIO(data), read_only=True, keep_links=False)
    values = _Values(data)
    for title in (COVER, *(sheet.title for sheet in SHEETS)):
        if title not in book.sheetnames:
            raise Bad("no_sheet", sheet=title)
    sub_fund, end = _cover(book, values)
    lines: dict[str, list[Line]] = {}
    left = MOST_ROWS
    for sheet in SHEETS:
        lines[sheet.code] = list(_lines(book, values, sheet, left))
        left -= len(lines[sheet.code])
    return Read(sub_fund, end, lines)


class _Values:
    """The stored values of formulas; the file is opened a second time only when it has any."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.sheets: dict[str, dict[int, tuple[Any, ...]]] = {}
        self.book: Any = None

    def of(self, title: str, row: int, column: int) -> Any:
        """The value last computed for a cell; None where none was stored."""
        if self.book is None:
            self.book = load_workbook(BytesIO(self.data), read_only=True, data_only=True, keep_links=False)
        if title not in self.sheets:
            self.sheets[title] = {
                number: tuple(cells)
                for number, cells in _rows(self.book, title, _MOST_COLUMNS)
                if any(cell.value is not None for cell in cells)
            }
        cells = self.sheets[title].get(row, ())
        return cells[column] if column < len(cells) else None


def _rows(book: Any, title: str, columns: int) -> Iterator[tuple[int, Sequence[Any]]]:
    """Rows with their numbers; only so many columns, whatever the file says of its own extent.

    The library answers an empty row for every number that a file leaves out, so a far one would keep it busy for hours.
    """
    sheet = book[title]
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(min_row=1, min_col=1, max_col=columns), start=1):
        if number > LAST_ROW:
            raise Bad("too_many_rows", f"{title}!A{number}", most=MOST_ROWS)
        yield number, cells


def _cell(values: _Values, title: str, row: int, column: int, found: Any) -> Cell:
    """A cell with its stored value; a formula without one stays a formula, which is refused where it is asked for."""
    kind = getattr(found, "data_type", "n")
    if kind != "f":
        return Cell(found.value, kind)
    stored = values.of(title, row, column)
    value = getattr(stored, "value", None)
    return Cell("=", "f") if value is None else Cell(value, stored.data_type)


def _cover(book: Any, values: _Values) -> tuple[str, date]:
    """Which sub-fund and quarter the file says it is of; another version of the layout is refused first."""
    found = dict(_rows_until(book, COVER, 2, 20))
    said: dict[str, Any] = {}
    for column in COVER_COLUMNS:
        row = COVER_ROWS[column.code]
        cells = found.get(row, ())
        cell = _cell(values, COVER, row, 1, cells[1]) if len(cells) > 1 else Cell(None)
        try:
            said[column.code] = _cover_value(cell, column)
        except Bad as bad:
            raise Bad(bad.code, f"{COVER}!B{row}", **bad.params) from bad
    return said["sub_fund"], said["end"]


def _cover_value(cell: Cell, column: Column) -> Any:
    """What a line of the cover says. Raises ``Bad`` for another version, no quarter's end, or nothing."""
    value = read(cell, column, 0)
    if column.code == "layout" and value != str(VERSION):
        raise Bad("layout", version=VERSION)
    if value is None:
        raise Bad("missing")
    if column.code == "end" and value != quarter_end(value.year, quarter_of(value)):
        raise Bad("not_quarter_end")
    return value


def _rows_until(book: Any, title: str, columns: int, last: int) -> Iterator[tuple[int, Sequence[Any]]]:
    for number, cells in _rows(book, title, columns):
        if number > last:
            return
        yield number, cells


def _lines(book: Any, values: _Values, sheet: Sheet, left: int) -> Iterator[Line]:
    """The filled rows of a sheet below its headers."""
    count = 0
    for number, cells in _rows(book, sheet.title, len(sheet.columns)):
        if number == 1:
            _check_headers(sheet, cells)
            continue
        if all(cell.value is None or (isinstance(cell.value, str) and not cell.value.strip()) for cell in cells):
            continue
        count += 1
        if count > left:
            raise Bad("too_many_rows", f"{sheet.title}!A{number}", most=MOST_ROWS)
        told = {
            column.code: _cell(values, sheet.title, number, place, cells[place]) if place < len(cells) else Cell(None)
            for place, column in enumerate(sheet.columns)
        }
        yield Line(sheet, number, told)


def _check_headers(sheet: Sheet, cells: Sequence[Any]) -> None:
    for place, column in enumerate(sheet.columns):
        found = cells[place].value if place < len(cells) else None
        if found != column.header:
            raise Bad("header", f"{sheet.title}!{get_column_letter(place + 1)}1", header=column.header)
