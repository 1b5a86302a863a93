"""What the books of a programme's sub-funds come to together on a day, as known at an instant; each from one grouped query.

Only sub-funds of one currency are read together, in that currency: minor units of two are never added.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from fund.enums import Account, EntryKind
from fund.models import Measure, Posting, Programme, Valuation
from fund.queries.books import CITY_CURRENCY
from fund.queries.flows import NET_ASSETS, sides
from fund.queries.stakes import INNER
from portal.core.money import split

_VALUE = (Account.INVESTMENTS, Account.ALLOWANCE, Account.UNREALISED)


@dataclass
class Sums:
    """What one sub-fund (or all) comes to; amounts by partner's role where they have one."""

    committed: dict[str, int] = field(default_factory=dict)
    unfunded: dict[str, int] = field(default_factory=dict)
    paid_in: dict[str, int] = field(default_factory=dict)
    distributed: dict[str, int] = field(default_factory=dict)
    carry: int = 0
    accounts: dict[int, int] = field(default_factory=dict)
    invested: int = 0
    realised: int = 0
    nav: int = 0
    #: Realised by distributions of another sub-fund (credit negative): the gain was realised there, and counts once.
    from_stakes: int = 0

    @property
    def own_nav(self) -> int:
        """Net assets without stakes in other sub-funds: what these stand for is counted there."""
        return self.nav - self.accounts.get(Account.STAKES, 0)

    def of_new_money(self, name: str) -> int:
        """The sum of ``committed``, ``paid_in`` … without what another sub-fund brought: that was counted there."""
        amounts: dict[str, int] = getattr(self, name)
        return sum(amount for role, amount in amounts.items() if role != INNER)

    def add(self, kind: str, account: int, role: str, total: int) -> None:
        """Take one group of postings in."""
        paid, back, carry = sides(kind, account, total)
        for into, amount in ((self.paid_in, paid), (self.distributed, back)):
            into[role] = into.get(role, 0) + amount
        self.carry += carry
        self.accounts[account] = self.accounts.get(account, 0) + total
        if account == Account.COMMITTED:
            self.committed[role] = self.committed.get(role, 0) + total
        elif account == Account.UNFUNDED:
            self.unfunded[role] = self.unfunded.get(role, 0) - total
        elif account in NET_ASSETS:
            self.nav += total
        if account == Account.REALISED and kind == EntryKind.DISTRIBUTION:
            self.from_stakes += total
        if account == Account.INVESTMENTS and kind == EntryKind.INVESTMENT:
            self.invested += total
        if account == Account.CASH and kind == EntryKind.EXIT:
            self.realised += total


def _postings(programme: Programme, on: date, known: datetime, currency: str | None) -> QuerySet[Posting]:
    """What stands in each sub-fund's own currency, of the sub-funds in ``currency``; None is all of them."""
    found = Posting.objects.filter(
        book__programme=programme, book__kind="SUB_FUND", effective_date__lte=on, recorded_at__lte=known,
        currency=F("book__sub_fund__currency"),
    )  # fmt: skip
    return found if currency is None else found.filter(currency=currency)


def sums(programme: Programme, *, on: date, known: datetime, currency: str | None) -> dict[int, Sums]:
    """By sub-fund, from one grouped query over the postings. ``currency`` None is every sub-fund in its own.

    Who adds sub-funds up asks for one currency; None is for what stays apart, such as parts of a whole.
    """
    kind = Coalesce(F("entry__reversal_of__kind"), F("entry__kind"))
    rows = (
        _postings(programme, on, known, currency)
        .annotate(happened=kind)
        .values("book__sub_fund", "account", "partner__role", "happened")
        .annotate(total=Sum("amount"))
        .order_by("book__sub_fund", "account", "partner__role", "happened")
    )
    made: dict[int, Sums] = {}
    for row in rows:
        role = (row["partner__role"] or "").lower()
        made.setdefault(row["book__sub_fund"], Sums()).add(row["happened"], row["account"], role, int(row["total"]))
    return made


def city_stake(one: Sums) -> Fraction:
    """The City's part of a sub-fund by the commitments in force."""
    total = sum(one.committed.values())
    return Fraction(one.committed.get("city", 0), total) if total else Fraction(0)


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on a day in one sub-fund: money by partner, gross money of investments, the change of net assets."""

    sub_fund: int
    on: date
    paid_in: dict[int, int]
    distributed: dict[int, int]
    gross: int
    nav: int
    stakes: int = 0

    def outside(self, inner: Collection[int]) -> Day:
        """As the programme sees it from outside: no money between its own sub-funds, no stake of one in another."""
        paid = {partner: amount for partner, amount in self.paid_in.items() if partner not in inner}
        back = {partner: amount for partner, amount in self.distributed.items() if partner not in inner}
        return Day(self.sub_fund, self.on, paid, back, self.gross, self.nav - self.stakes)


def days(programme: Programme, *, on: date, known: datetime, currency: str = CITY_CURRENCY) -> list[Day]:
    """Every day with a posting, in order, from one grouped query."""
    kind = Coalesce(F("entry__reversal_of__kind"), F("entry__kind"))
    rows = (
        _postings(programme, on, known, currency)
        .filter(account__lt=9000)
        .annotate(happened=kind)
        .values("book__sub_fund", "effective_date", "account", "partner", "happened")
        .annotate(total=Sum("amount"))
        .order_by("effective_date", "book__sub_fund", "account", "partner", "happened")
    )
    made: dict[tuple[date, int], Day] = {}
    for row in rows:
        key = (row["effective_date"], row["book__sub_fund"])
        day = made.get(key) or Day(key[1], key[0], {}, {}, 0, 0)
        paid, back, _carry = sides(row["happened"], row["account"], int(row["total"]))
        partner, total = row["partner"], int(row["total"])
        for into, amount in ((day.paid_in, paid), (day.distributed, back)):
            if amount:
                into[partner] = into.get(partner, 0) + amount
        gross = total if row["account"] == Account.CASH and row["happened"] in _GROSS else 0
        nav = total if row["account"] in NET_ASSETS else 0
        stakes = total if row["account"] == Account.STAKES else 0
        made[key] = Day(
            day.sub_fund, day.on, day.paid_in, day.distributed, day.gross + gross, day.nav + nav, day.stakes + stakes
        )
    return [made[key] for key in sorted(made)]


_GROSS = (EntryKind.INVESTMENT, EntryKind.EXIT, EntryKind.INCOME)


def partner_values(programme: Programme, *, on: date, known: datetime) -> dict[tuple[int, int], int]:
    """By sub-fund and partner its part of the net assets: what it paid less what it got, and its part of the result.

    The result is shared by commitments; what partners bear or gain of each other (3300) comes off or on.
    """
    rows = (
        _postings(programme, on, known, CITY_CURRENCY)
        .filter(partner__isnull=False, account__in=[Account.COMMITTED, Account.RESULT])
        .values("book__sub_fund", "partner", "account")
        .annotate(total=Sum("amount"))
        .order_by("book__sub_fund", "partner")
    )
    weights: dict[int, dict[int, int]] = {}
    moved: dict[tuple[int, int], int] = {}
    for row in rows:
        if row["account"] == Account.COMMITTED:
            weights.setdefault(row["book__sub_fund"], {})[row["partner"]] = max(0, int(row["total"]))
        else:
            moved[row["book__sub_fund"], row["partner"]] = int(row["total"])
    money: dict[tuple[int, int], int] = {}
    nav: dict[int, int] = {}
    for day in days(programme, on=on, known=known):
        nav[day.sub_fund] = nav.get(day.sub_fund, 0) + day.nav
        for sides_of, sign in ((day.paid_in, 1), (day.distributed, -1)):
            for partner, amount in sides_of.items():
                key = (day.sub_fund, partner)
                money[key] = money.get(key, 0) + sign * amount
    values: dict[tuple[int, int], int] = {}
    for sub_fund, weight in weights.items():
        if not any(weight.values()):
            continue
        own = sum(amount for (fund, _partner), amount in money.items() if fund == sub_fund)
        result = nav.get(sub_fund, 0) - own
        parts = split(abs(result), list(weight.values()))
        for partner, part in zip(weight, parts, strict=True):
            key = (sub_fund, partner)
            values[key] = money.get(key, 0) + (part if result >= 0 else -part) - moved.get(key, 0)
    return values


def carried(programme: Programme, on: date, known: datetime) -> int:
    found = _postings(programme, on, known, CITY_CURRENCY).filter(account__in=_VALUE, holding__isnull=False)
    return int(found.aggregate(total=Sum("amount", default=0))["total"])


def sectors(programme: Programme, on: date, known: datetime) -> list[list[Any]]:
    """By sector: companies ever invested in, what was invested, what is carried. A company counts once."""
    kind = Coalesce(F("entry__reversal_of__kind"), F("entry__kind"))
    rows = (
        _postings(programme, on, known, CITY_CURRENCY)
        .filter(holding__isnull=False, account__in=_VALUE)
        .annotate(happened=kind)
        .values("holding__company", "holding__company__sector", "account", "happened")
        .annotate(total=Sum("amount"))
        .order_by("holding__company")
    )
    companies: dict[int, tuple[str, int, int]] = {}
    for row in rows:
        sector, invested, carried = companies.get(row["holding__company"], (row["holding__company__sector"], 0, 0))
        total = int(row["total"])
        bought = row["account"] == Account.INVESTMENTS and row["happened"] == EntryKind.INVESTMENT
        companies[row["holding__company"]] = (sector, invested + (total if bought else 0), carried + total)
    made: dict[str, list[int]] = {}
    for sector, invested, carried in companies.values():
        if invested:
            kept = made.setdefault(sector, [0, 0, 0])
            made[sector] = [kept[0] + 1, kept[1] + invested, kept[2] + carried]
    return [[sector, *made[sector]] for sector in sorted(made)]


def write_downs(programme: Programme, on: date, known: datetime) -> list[list[Any]]:
    """By sector and reason: companies written down, and how much; a restoration lowers its holding's last reason."""
    rows = (
        _postings(programme, on, known, CITY_CURRENCY)
        .filter(account=Account.WRITTEN_DOWN, holding__isnull=False)
        .values("holding", "holding__company", "holding__company__sector", "entry__event", "effective_date", "entry")
        .annotate(total=Sum("amount"))
        .order_by("effective_date", "entry")
    )
    reasons = dict(
        Measure.objects.filter(holding__sub_fund__programme=programme, reason__gt="").values_list("event", "reason")
    )
    last: dict[int, str] = {}
    cells: dict[tuple[str, str], dict[int, int]] = {}
    for row in rows:
        reason = reasons.get(row["entry__event"]) or last.get(row["holding"], "OTHER")
        last[row["holding"]] = reason
        cell = cells.setdefault((row["holding__company__sector"], reason), {})
        cell[row["holding__company"]] = cell.get(row["holding__company"], 0) + int(row["total"])
    return [
        [sector, reason, sum(1 for amount in cell.values() if amount), sum(cell.values())]
        for (sector, reason), cell in sorted(cells.items())
    ]


def oldest(programme: Programme, on: date, known: datetime) -> date | None:
    """The oldest day at which anything still held was valued, its first day where it never was."""
    held = (
        _postings(programme, on, known, CITY_CURRENCY)
        .filter(account=Account.INVESTMENTS, holding__isnull=False)
        .values("holding", "holding__first_cash_date")
        .annotate(total=Sum("amount"))
        .filter(total__gt=0)
    )
    firsts = {row["holding"]: row["holding__first_cash_date"] for row in held}
    valued: dict[int, date] = {}
    rows = Valuation.objects.filter(holding__in=firsts, on_date__lte=on, known__contains=known)
    for holding, day in rows.values_list("holding", "on_date"):
        valued[holding] = max(day, valued.get(holding, day))
    return min((valued.get(pk, first) for pk, first in firsts.items()), default=None)
