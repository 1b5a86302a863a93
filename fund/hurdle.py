"""What a fund owes its partners: capital not yet returned and the preferred return on it (기준수익). Exact. Pure.

One account per way of compounding an agreement may name. Each is led through time by ``advance`` and then told of
``contribute`` and ``pay``; a payment reaches capital first, then preferred return, and the rest is profit, which is no
credit against later calls.
"""

from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Protocol

from portal.core.amounts import DAYS_IN_YEAR, WHOLE_BP

DIGITS = 50
"""Precision of the one account whose growth is no fraction."""


class Account(Protocol):
    """``capital`` is what is unreturned, in minor units."""

    capital: int

    def advance(self, on: date) -> None:
        """Let the preferred return run up to ``on``; an account never runs backwards."""

    def contribute(self, amount: int) -> None:
        """Take in what partners paid on the present day, fees included."""

    def pay(self, amount: int) -> None:
        """Give out ``amount`` on the present day."""

    def preferred(self) -> int:
        """The preferred return due on the present day, floored to the minor unit."""
        ...


@dataclass(slots=True)
class SimpleAccount:
    """Hurdle × capital × days / 365; the preferred return earns nothing itself."""

    hurdle_bp: int
    capital: int = 0
    due: Fraction = Fraction(0)
    day: date = date.min

    def advance(self, on: date) -> None:
        days = (on - self.day).days
        self.due += Fraction(self.hurdle_bp * self.capital * days, WHOLE_BP * DAYS_IN_YEAR)
        self.day = on

    def contribute(self, amount: int) -> None:
        self.capital += amount

    def pay(self, amount: int) -> None:
        to_capital = min(amount, self.capital)
        self.capital -= to_capital
        self.due -= min(self.due, Fraction(amount - to_capital))

    def preferred(self) -> int:
        return self.due.numerator // self.due.denominator


@dataclass(slots=True)
class AnnualAccount:
    """Interest is brought in at each anniversary of the first contribution and bears interest from then on.

    Inside a year: hurdle × (capital + preferred return brought in) × days / days of that year. A payment reaches the
    brought-in part first.
    """

    hurdle_bp: int
    capital: int = 0
    brought_in: Fraction = Fraction(0)
    running: Fraction = Fraction(0)
    first: date | None = None
    years: int = 0
    day: date = date.min

    def advance(self, on: date) -> None:
        if self.first:
            self._run(self.first, on)
        self.day = on

    def contribute(self, amount: int) -> None:
        self.first = self.first or self.day
        self.capital += amount

    def pay(self, amount: int) -> None:
        to_capital = min(amount, self.capital)
        self.capital -= to_capital
        to_brought_in = min(self.brought_in, Fraction(amount - to_capital))
        self.brought_in -= to_brought_in
        self.running -= min(self.running, amount - to_capital - to_brought_in)

    def preferred(self) -> int:
        due = self.brought_in + self.running
        return due.numerator // due.denominator

    def _run(self, first: date, on: date) -> None:
        while (end := anniversary(first, self.years + 1)) <= on:
            self._accrue(first, end)
            self.brought_in, self.running = self.brought_in + self.running, Fraction(0)
            self.years, self.day = self.years + 1, end
        self._accrue(first, on)

    def _accrue(self, first: date, on: date) -> None:
        year = anniversary(first, self.years + 1) - anniversary(first, self.years)
        part = Fraction(self.hurdle_bp * (on - self.day).days, WHOLE_BP * year.days)
        self.running += (self.capital + self.brought_in) * part


@dataclass(slots=True)
class DailyAccount:
    """Capital and preferred return grow together by (1 + hurdle)^(days/365).

    Every row is grown from its own day, not from row to row, so that a row in between cannot lose the last digit and
    with it a won: 8 % of a round sum over a year stays round.
    """

    hurdle_bp: int
    capital: int = 0
    rows: list[tuple[date, int]] = field(default_factory=list)
    day: date = date.min

    def advance(self, on: date) -> None:
        self.day = on

    def contribute(self, amount: int) -> None:
        self.capital += amount
        self.rows.append((self.day, amount))

    def pay(self, amount: int) -> None:
        if amount >= self._claim():
            self.capital, self.rows = 0, []
        else:
            self.capital -= min(amount, self.capital)
            self.rows.append((self.day, -amount))

    def preferred(self) -> int:
        return int(self._claim()) - self.capital

    def _claim(self) -> Decimal:
        with localcontext(prec=DIGITS):
            growth = 1 + Decimal(self.hurdle_bp) / WHOLE_BP
            grown = (amount * growth ** (Decimal((self.day - day).days) / DAYS_IN_YEAR) for day, amount in self.rows)
            return sum(grown, Decimal(0))


ACCOUNTS: dict[str, Callable[[int], Account]] = {
    "annual": AnnualAccount,
    "act365": DailyAccount,
    "simple": SimpleAccount,
}


def anniversary(first: date, years: int) -> date:
    """The same day ``years`` later; 29 February is kept on the 28th in a year without one."""
    year = first.year + years
    if (first.month, first.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return first.replace(year=year)
