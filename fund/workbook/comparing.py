"""What a workbook would do to what is known already, row by row: new, changed, the same, or refused and why. Pure.

Nothing is applied while one row is refused. Where the manager's figure and the books' differ, the row says both; that is
no mistake of the file, it becomes a difference (대사차이) to be explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fund.due import quarter_start
from fund.workbook.cells import Bad, read
from fund.workbook.layout import BALANCES, EXPENSES, HOLDINGS, SHEETS, TOTALS, Column, Sheet, places_of
from fund.workbook.reading import Line, Read

#: A quarter has few fees, and each is worked out of the books.
MOST_FEES = 12
#: A value in one of these may still be put right by its submitter.
_OPEN = ("SUBMITTED", "CHALLENGED")
#: The balance that a kind of voucher moves once it is booked.
_MOVED_BY: Mapping[str, str] = {"CASH": "INCOME", "FEES": "FEE", "EXPENSES": "EXPENSE"}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    HOLDINGS.code: ("holding", "cost", "value", "method", "level", "evidence"),
    EXPENSES.code: ("voucher", "kind", "on", "amount"),
    TOTALS.code: ("figure", "amount"),
}


@dataclass(frozen=True, slots=True)
class Filed:
    """A value of the quarter's last day that stands already; ``judged`` while a motion is on it."""

    amount: int
    method: str
    level: str
    evidence: str
    status: str
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    """A holding at the end of the quarter, in minor units; ``ended`` once it was sold or written off since."""

    company: str
    security: str
    cost: int
    carried: int
    ended: bool = False
    filed: Filed | None = None


@dataclass(frozen=True, slots=True)
class Voucher:
    """A fee, expense or income that was proposed already; ``start`` and ``until`` are both included."""

    kind: str
    on: date
    amount: int
    note: str
    start: date | None
    until: date | None
    status: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the books know of a sub-fund at the end of a quarter; ``fee`` works out the fee of a span, None for none."""

    code: str
    end: date
    formed: date
    currency: str
    assets: Mapping[str, Asset] = field(default_factory=dict)
    vouchers: Mapping[str, Voucher] = field(default_factory=dict)
    charged: Sequence[tuple[date, date]] = ()
    balances: Mapping[str, int] = field(default_factory=dict)
    fee: Callable[[date, date], int | None] = lambda start, until: None


@dataclass(slots=True)
class Row:
    """One row: what it says, what it would do, and why not. ``ours`` is the books' side where it differs."""

    sheet: str
    number: int
    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    does: str = "SAME"
    why: list[Bad] = field(default_factory=list)
    ours: int | None = None
    theirs: int | None = None

    @property
    def state(self) -> str:
        """A word of ``RowState``."""
        if self.why:
            return "REFUSED"
        return self.does if self.ours is None else "DIFFERS"

    def differ(self, ours: int, theirs: int) -> None:
        """Keep both sides where they are not one."""
        if ours != theirs:
            self.ours, self.theirs = ours, theirs


@dataclass(slots=True)
class Compared:
    """Every row in the file's order, and by total what it was and would be."""

    rows: list[Row]
    totals: dict[str, tuple[int, int]]

    @property
    def refused(self) -> list[Row]:
        return [row for row in self.rows if row.state == "REFUSED"]


def compare(found: Read, known: Known) -> Compared:
    """Hold the file against the books. The file is of this sub-fund and quarter: that was looked at before."""
    rows: list[Row] = []
    for sheet in SHEETS:
        seen: dict[str, int] = {}
        rows += [_row(sheet, line, known, seen) for line in found.lines[sheet.code]]
        rows += _left_out(sheet, known, seen)
    _check_fees([row for row in rows if row.values.get("kind") == "FEE"], known)
    new = _sums(row for row in rows if row.sheet == EXPENSES.code and row.does == "NEW")
    for row in rows:
        if row.sheet == TOTALS.code and not row.why:
            row.differ(known.balances.get(row.key, 0) + _moved(row.key, new), row.values["amount"])
    return Compared(rows, _totals(rows, known, new))


def _row(sheet: Sheet, line: Line, known: Known, seen: dict[str, int]) -> Row:
    row = Row(sheet.code, line.number)
    for column in sheet.columns:
        if column.open or column.code == sheet.key:
            _take(row, line, column, known)
    row.key = row.values.get(sheet.key) or ""
    if row.key and row.key in seen:
        row.why.append(Bad("twice", line.where(sheet.key), row=seen[row.key]))
    seen.setdefault(row.key, line.number)
    if not row.why:
        _CHECKS[sheet.code](row, line, known)
    return row


def _take(row: Row, line: Line, column: Column, known: Known) -> None:
    try:
        value = read(line.cells[column.code], column, places_of(known.currency))
        if value in (None, "") and column.code in _NEEDED[row.sheet]:
            raise Bad("missing")
    except Bad as bad:
        row.why.append(Bad(bad.code, line.where(column.code), **bad.params))
    else:
        row.values[column.code] = value


def _holding(row: Row, line: Line, known: Known) -> None:
    asset = known.assets.get(row.key)
    if asset is None:
        row.why.append(Bad("unknown_asset", line.where("holding")))
        return
    said = tuple(row.values[name] for name in ("value", "method", "level", "evidence"))
    filed = asset.filed
    if filed is not None and said == (filed.amount, filed.method, filed.level, filed.evidence):
        row.does = "SAME"
    elif asset.ended:
        row.why.append(Bad("asset_ended", line.where("value")))
    elif filed is None:
        row.does = "NEW"
    elif filed.judged or filed.status not in (*_OPEN, "PUBLISHED"):
        row.why.append(Bad("being_judged", line.where("value")))
    else:
        row.does = "CHANGED"
    row.differ(asset.cost, row.values["cost"])


def _expense(row: Row, line: Line, known: Known) -> None:
    values, kind = row.values, row.values["kind"]
    first, last = max(known.formed, quarter_start(known.end)), known.end
    if not first <= values["on"] <= last:
        row.why.append(Bad("outside_quarter", line.where("on"), first=first.isoformat(), last=last.isoformat()))
    if values["amount"] < 1:
        row.why.append(Bad("zero", line.where("amount")))
    if kind != "FEE":
        row.why += [Bad("no_period", line.where(name)) for name in ("start", "until") if values.get(name)]
    else:
        _fee_days(row, line, known)
    if not row.why:
        _voucher(row, line, known)


def _fee_days(row: Row, line: Line, known: Known) -> None:
    start, until = row.values.get("start"), row.values.get("until")
    for name, value in (("start", start), ("until", until)):
        if value is None:
            row.why.append(Bad("missing", line.where(name)))
    if start is None or until is None:
        return
    if until < start:
        row.why.append(Bad("wrong_order", line.where("until")))
    elif start < known.formed:
        row.why.append(Bad("before_formed", line.where("start"), first=known.formed.isoformat()))


def _voucher(row: Row, line: Line, known: Known) -> None:
    values, there = row.values, known.vouchers.get(row.key)
    if there is None:
        row.does = "NEW"
        return
    span = (values.get("start"), values.get("until")) if there.kind == "FEE" else (None, None)
    same = (there.kind, there.on, there.start, there.until) == (values["kind"], values["on"], *span)
    booked = there.status != "PROPOSED" or there.kind == "FEE"
    if not same or (there.amount != values["amount"] and not booked):
        row.why.append(Bad("voucher_taken", line.where("voucher")))
    row.differ(there.amount, values["amount"])


def _balance(row: Row, line: Line, known: Known) -> None:
    if row.key not in BALANCES:
        row.why.append(Bad("unknown_choice", line.where("figure"), choices=", ".join(BALANCES)))


_CHECKS: Mapping[str, Callable[[Row, Line, Known], None]] = {
    HOLDINGS.code: _holding,
    EXPENSES.code: _expense,
    TOTALS.code: _balance,
}


def _left_out(sheet: Sheet, known: Known, seen: Mapping[str, int]) -> list[Row]:
    """What every report has to name and this one does not; told at the sheet's first cell."""
    wanted: dict[str, str] = {}
    if sheet.code == HOLDINGS.code:
        wanted = {key: asset.company for key, asset in known.assets.items() if not asset.ended}
    elif sheet.code == TOTALS.code:
        wanted = dict(BALANCES)
    code = "left_out_asset" if sheet.code == HOLDINGS.code else "left_out_figure"
    missing = [(key, name) for key, name in wanted.items() if key not in seen]
    return [Row(sheet.code, 0, key, why=[Bad(code, f"{sheet.title}!A1", name=name)]) for key, name in missing]


def _check_fees(rows: Sequence[Row], known: Known) -> None:
    """A fee is what the agreement says of its days, and no day has two; what the manager says is the other side."""
    spans, title = list(known.charged), EXPENSES.title
    for place, row in enumerate(row for row in rows if not row.why and row.does == "NEW"):
        start, until = row.values["start"], row.values["until"]
        if place >= MOST_FEES:
            row.why.append(Bad("too_many_fees", f"{title}!B{row.number}", most=MOST_FEES))
        elif any(start <= last and first <= until for first, last in spans):
            row.why.append(Bad("charged", f"{title}!F{row.number}"))
        elif (ours := known.fee(start, until)) is None:
            row.why.append(Bad("no_fee", f"{title}!F{row.number}"))
        else:
            row.differ(ours, row.values["amount"])
            spans.append((start, until))


def _sums(rows: Iterable[Row]) -> dict[str, int]:
    """What the file's new rows come to, by kind; a fee as we work it out."""
    made = {"EXPENSE": 0, "INCOME": 0, "FEE": 0}
    for row in rows:
        if not row.why:
            made[row.values["kind"]] += row.values["amount"] if row.ours is None else row.ours
    return made


def _moved(figure: str, new: Mapping[str, int]) -> int:
    """What the file's own rows will do to a balance once they are booked: income comes in cash, costs are owed first."""
    kind = _MOVED_BY.get(figure)
    return new[kind] if kind else 0


def _totals(rows: Sequence[Row], known: Known, new: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """What the sub-fund's holdings are carried at and would be, and what was and would be proposed of the quarter."""
    live = {key: asset for key, asset in known.assets.items() if not asset.ended}
    said = {row.key: row.values["value"] for row in rows if row.sheet == HOLDINGS.code and not row.why}
    before = {kind: sum(one.amount for one in known.vouchers.values() if one.kind == kind) for kind in new}
    carried = sum(asset.carried for asset in live.values())
    return {
        "VALUE": (carried, sum(said.get(key, asset.carried) for key, asset in live.items())),
        **{kind: (before[kind], before[kind] + new[kind]) for kind in new},
    }
