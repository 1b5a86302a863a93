"""The bank's file: its rows, and whose money each row is. Pure.

A file is CSV in UTF-8 or CP949 with a line of names; amounts may carry thousands marks; withdrawals are left out.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_NAMES = {
    "day": ("거래일자", "거래일시", "거래일", "입금일", "date"),
    "amount": ("입금액", "입금", "입금금액", "맡기신금액", "deposit", "amount"),
    "payer": ("입금자", "보낸분", "의뢰인", "거래내용", "적요", "payer"),
    "memo": ("메모", "비고", "내용", "memo"),
    "account": ("가상계좌", "입금계좌", "가상계좌번호", "account"),
}
_NEEDED = ("day", "amount", "payer")
_LEGAL_FORM = re.compile(r"\(주\)|㈜|주식회사|\(유\)|유한회사|\s|[.,]")
MOST_ROWS = 20_000


class Unreadable(ValueError):
    """The file is no bank file; the message is a code of ``reasons.BANK_FILE``."""


@dataclass(frozen=True, slots=True)
class BankRow:
    """One receipt. ``key`` is the same whatever the file and the order of its rows."""

    key: str
    day: date
    amount: int
    payer: str
    memo: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """A company that may pay: how the bank names it, and what it owes."""

    company: int
    names: frozenset[str]
    accounts: frozenset[str]
    invoices: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Match:
    """Whose money a row is: MATCHED with how, DOUBTFUL with the candidates, UNKNOWN, or SEEN before."""

    row: BankRow
    verdict: str
    how: str = ""
    company: int | None = None
    invoice: str = ""
    candidates: tuple[int, ...] = ()


def read(content: bytes) -> list[BankRow]:
    """The receipts of a file in its order. Raises ``Unreadable``."""
    rows = list(csv.reader(io.StringIO(_text(content))))
    start = next((n for n, row in enumerate(rows) if {"day", "amount"} <= _columns(row).keys()), None)
    if start is None:
        raise Unreadable("no_columns")
    columns = _columns(rows[start])
    if any(name not in columns for name in _NEEDED):
        raise Unreadable("no_columns")
    if len(rows) - start > MOST_ROWS:
        raise Unreadable("too_long")
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for row in rows[start + 1 :]:
        values = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        amount = _won(values["amount"])
        if amount > 0:
            found.append(_row(values, amount, seen))
    return found


def _row(values: Mapping[str, str], amount: int, seen: Counter[tuple[str, ...]]) -> BankRow:
    day = _day(values["day"])
    told = (values["day"], str(amount), values["payer"], values.get("memo", ""), values.get("account", ""))
    seen[told] += 1
    key = hashlib.sha256("\x1f".join((*told, str(seen[told]))).encode()).hexdigest()
    return BankRow(key, day, amount, values["payer"][:100], values.get("memo", "")[:200], values.get("account", ""))


def match(rows: Iterable[BankRow], payers: Sequence[Payer], known: frozenset[str]) -> list[Match]:
    """By the tenant's own account, by an invoice number in the text, by name and the exact amount of an open invoice."""
    by_account = {_digits(account): payer for payer in payers for account in payer.accounts}
    by_number = {number.lower(): (payer, number) for payer in payers for number in payer.invoices}
    by_name: dict[str, list[Payer]] = defaultdict(list)
    for payer in payers:
        for name in {plain(name) for name in payer.names} - {""}:
            by_name[name].append(payer)
    return [_match(row, by_account, by_number, by_name, known) for row in rows]


def _match(
    row: BankRow,
    by_account: Mapping[str, Payer],
    by_number: Mapping[str, tuple[Payer, str]],
    by_name: Mapping[str, list[Payer]],
    known: frozenset[str],
) -> Match:
    if row.key in known:
        return Match(row, "SEEN")
    owner = by_account.get(_digits(row.account)) if row.account else None
    if owner is not None:
        return Match(row, "MATCHED", "account", owner.company)
    told = f"{row.payer} {row.memo}".lower()
    named = [found for number, found in by_number.items() if re.search(rf"(?<!\w){re.escape(number)}(?!\w)", told)]
    if len(named) == 1:
        return Match(row, "MATCHED", "number", named[0][0].company, named[0][1])
    people = by_name.get(plain(row.payer), [])
    exact = [payer for payer in people if row.amount in payer.invoices.values()]
    if len(people) == 1 and len(exact) == 1:
        number = next(number for number, amount in exact[0].invoices.items() if amount == row.amount)
        return Match(row, "MATCHED", "name", exact[0].company, number)
    candidates = tuple(sorted({payer.company for payer in people} | {payer.company for payer, _ in named}))
    return Match(row, "DOUBTFUL" if candidates else "UNKNOWN", candidates=candidates)


def plain(name: str) -> str:
    """A company's name without its legal form, spaces and case: ``(주)가온 체인`` is ``가온체인``."""
    return _LEGAL_FORM.sub("", name).lower()


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Unreadable("not_text")


def _columns(row: Sequence[str]) -> dict[str, int]:
    titles = [re.sub(r"[\s()원]", "", title).lower() for title in row]
    return {
        name: titles.index(next(word for word in words if word in titles))
        for name, words in _NAMES.items()
        if any(word in titles for word in words)
    }


def _won(text: str) -> int:
    """Whole won with thousands marks; nothing, a dash or a negative amount is no receipt."""
    plain_text = re.sub(r"[,\s원₩]", "", text)
    if plain_text in ("", "-"):
        return 0
    if not re.fullmatch(r"-?\d{1,15}(\.0+)?", plain_text):
        raise Unreadable("bad_amount")
    return int(plain_text.partition(".")[0])


def _day(text: str) -> date:
    found = re.match(r"(\d{4})[-./년\s]*(\d{1,2})[-./월\s]*(\d{1,2})", text)
    try:
        return date(*(int(part) for part in found.groups())) if found else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise Unreadable("bad_day")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
