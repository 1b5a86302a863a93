"""What a student gets back: whole won, rounded up, so never less than the law's share. Pure.

Source: Lifelong Education Act, enforcement decree, table 3 (평생교육법 시행령 별표 3), in force 2024-04-19. Another
table is another tuple of bands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DUE_DAYS = 5


@dataclass(frozen=True, slots=True)
class Band:
    """While no more than ``used_num/used_den`` is used, ``back_num/back_den`` of the fee goes back."""

    used_num: int
    used_den: int
    back_num: int
    back_den: int


LIFELONG_2024 = (Band(0, 1, 1, 1), Band(1, 3, 2, 3), Band(1, 2, 1, 2))


def by_period(fee: int, used: int, total: int, bands: Sequence[Band] = LIFELONG_2024) -> int:
    """A course of up to one month, by hours held: the first band that ``used/total`` fits into, else 0.

    Raises ``TypeError`` for anything but ``int``, ``ValueError`` for a negative number or ``total`` below 1.
    """
    _check(fee, used, total)
    for band in bands:
        if used * band.used_den <= band.used_num * total:
            return _up(fee * band.back_num, band.back_den)
    return 0


def by_month(fees: Sequence[int], month: int, used: int, total: int, bands: Sequence[Band] = LIFELONG_2024) -> int:
    """A longer course: the running ``month`` (from 0) by the bands, later months in full, earlier ones not at all."""
    if not 0 <= month < len(fees):
        raise ValueError("no such month")
    _check(*fees, used, total)
    return by_period(fees[month], used, total, bands) + sum(fees[month + 1 :])


def by_session(fee: int, remaining: int, total: int) -> int:
    """Sold by sessions, or recorded lessons: the sessions still to come, the lessons not opened."""
    return pro_rata(fee, remaining, total)


def pro_rata(fee: int, remaining: int, total: int) -> int:
    """The college cannot teach or cancels: what was not given, by days. Raises as ``by_period``."""
    _check(fee, remaining, total)
    if remaining > total:
        raise ValueError("more remains than there was")
    return _up(fee * remaining, total)


def due_date(cause: date) -> date:
    """The last day to pay: five days after the cause (decree, art. 23)."""
    return cause + timedelta(days=DUE_DAYS)


def _up(amount: int, parts: int) -> int:
    return -(-amount // parts)


def _check(*numbers: int) -> None:
    """``numbers`` are whole and not negative, the last one (a total) at least 1."""
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"won, hours and sessions are whole numbers, not {type(number).__name__}")
        if number < 0:
            raise ValueError("a negative number")
    if numbers[-1] < 1:
        raise ValueError("a total is at least 1")
