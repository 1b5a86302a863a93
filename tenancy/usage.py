"""What was used and what is shared, in whole won and in words: value × tariff, and ``money.split`` by area and days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core import money
from tenancy import rent
from tenancy.enums import MeterKind, SharedKind

if TYPE_CHECKING:
    from tenancy.models import CostShare, MeterReading, Tariff

UNITS: Mapping[str, str] = {"ELECTRICITY": "kWh", "WATER": "㎥", "GAS": "㎥", "HEAT": "MWh"}


def metered(used: Decimal, won: Decimal, rounding: str) -> int:
    """Won for what was used: value × tariff, exact, rounded once. Raises ``ValueError`` for what is below nothing."""
    if used < 0 or won < 0:
        raise ValueError("a meter counts up, and a tariff is not negative")
    return rent.rounded(Fraction(used) * Fraction(won), rounding)


def shared(total: int, area_days: Mapping[int, Decimal]) -> dict[int, int]:
    """Shares of ``total`` won by key, by square metres × days; they sum to ``total`` (largest remainder).

    Who was there no day is left out. Raises ``ValueError`` when nobody was there.
    """
    keys = sorted(key for key, weight in area_days.items() if weight)
    return dict(zip(keys, money.split(total, [area_days[key] for key in keys]), strict=True))


def plain(value: Decimal) -> str:
    """A measured value without idle noughts: ``1,250.5``."""
    text = f"{value:,.3f}"
    return text.rstrip("0").rstrip(".")


def reading_in_words(reading: MeterReading, tariff: Tariff, amount: int, rounding: str) -> str:
    """``2020. 1. 전기(kWh): 1,250 − 1,000 = 250kWh × 120.5원 = 30,125원``; a changed meter shows both of its parts."""
    unit = UNITS[reading.kind]
    since, used, value = reading.since or Decimal(0), reading.used or Decimal(0), reading.value
    if reading.old_end is None or reading.new_start is None:
        counted = f"{plain(value)} − {plain(since)}"
    else:
        counted = f"({plain(reading.old_end)} − {plain(since)}) + ({plain(value)} − {plain(reading.new_start)})"
    exact = Fraction(used) * Fraction(tariff.won)
    rate = _won(plain(tariff.won))
    name = f"{_month(reading.month)} {MeterKind(reading.kind).label}"
    return f"{name}: {counted} = {plain(used)}{unit} × {rate} = {_ends(exact, amount, rent.rounding_words(rounding, _language()))}"


def share_in_words(share: CostShare) -> str:
    """``2020. 1. 공동 전기(8층): 1,000,000원 × 620/2,480㎡·일 = 250,000원``."""
    cost = share.cost
    where = f"({cost.floor})" if cost.floor else ""
    exact = Fraction(cost.amount) * Fraction(share.area_days) / Fraction(cost.area_days)
    part = _("%(part)s/%(whole)s㎡·일") % {"part": plain(share.area_days), "whole": plain(cost.area_days)}
    name = f"{_month(cost.month)} {SharedKind(cost.kind).label}{where}"
    ends = _ends(exact, share.amount, _("끝수 배분"))
    return f"{name}: {_won(f'{cost.amount:,}')} × {part} = {ends}"


def _ends(exact: Fraction, amount: int, rounding: str) -> str:
    """The end of a sum; where it was rounded, with what it was before."""
    if exact == amount:
        return _won(f"{amount:,}")
    return f"{rent.two_decimals(exact)} → {_won(f'{amount:,}')}{'' if _korean() else ' '}({rounding})"


def _month(month: date | None) -> str:
    return date_format(month, "YEAR_MONTH_FORMAT") if month else ""


def _won(text: str) -> str:
    return f"{text}원" if _korean() else f"KRW {text}"


def _language() -> str:
    return get_language() or "ko"


def _korean() -> bool:
    return _language().startswith("ko")
