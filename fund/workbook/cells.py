"""One cell as what its column asks for, or the reason why it cannot be. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fund.workbook.layout import Column

#: Amounts above this are typing errors, as on the room's forms.
MOST = 10**15
_YEARS = range(1990, 2101)


class Bad(Exception):
    """A cell that does not say what its column asks. ``code`` is a reason of ``report_words``; ``cell`` is set by the reader."""

    def __init__(self, code: str, cell: str = "", **params: Any) -> None:
        self.code, self.cell, self.params = code, cell, params
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the file holds it; ``kind`` is the format's letter: n number, s text, b boolean, d date, e error, f formula."""

    value: Any
    kind: str = "n"

    @property
    def empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


def read(cell: Cell, column: Column, places: int) -> Any:
    """The value of a cell for its column, None for an empty one. Raises ``Bad``."""
    if cell.kind == "f":
        raise Bad("formula")
    if cell.kind == "e":
        raise Bad("error_value", value=_plain(str(cell.value))[:20])
    if cell.empty:
        return None
    if column.kind == "money":
        return money(cell.value, places)
    return _READERS[column.kind](cell.value, column)


def money(value: Any, places: int) -> int:
    """Minor units, exact; no sign, no fraction of the smallest unit."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Bad("date_for_number" if isinstance(value, date) else "text_for_number")
    if isinstance(value, float) and not math.isfinite(value):
        raise Bad("too_big")
    if value < 0:
        raise Bad("negative")
    if value > MOST:
        raise Bad("too_big")
    exact = Decimal(repr(value) if isinstance(value, float) else value) * 10**places
    if exact != exact.to_integral_value():
        raise Bad("not_whole", places=places)
    if exact > MOST:
        raise Bad("too_big")
    return int(exact)


def day(value: Any, column: Column) -> date:
    """A day; the time of a cell that has one is left out."""
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        raise Bad("number_for_date" if isinstance(value, int | float) else "text_for_date")
    if value.year not in _YEARS:
        raise Bad("strange_date")
    return value


def text(value: Any, column: Column) -> str:
    """Text in NFC without control characters; a whole number is read as its digits."""
    if isinstance(value, float) and value.is_integer() and abs(value) < MOST:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Bad("number_for_text")
    if isinstance(value, int) and abs(value) > MOST:
        raise Bad("too_long", most=column.most)
    found = _plain(str(value))
    if column.most and len(found) > column.most:
        raise Bad("too_long", most=column.most)
    return found


def _plain(said: str) -> str:
    kept = "".join(sign for sign in said if sign == "\n" or unicodedata.category(sign)[0] != "C")
    return unicodedata.normalize("NFC", kept).strip()


def pick(value: Any, column: Column) -> str:
    """The code that the cell begins with."""
    choices: Mapping[str, str] = column.choices or {}
    words = text(value, column).split()
    code = words[0].upper() if words else ""
    if code not in choices:
        raise Bad("unknown_choice", choices=", ".join(choices))
    return code


_READERS: Mapping[str, Callable[[Any, Column], Any]] = {"date": day, "text": text, "choice": pick}
