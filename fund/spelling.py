"""Amounts in words, in the language that is active; for pages and for what people are told."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.functional import lazy
from django.utils.translation import get_language

from fund.workbook.layout import places_of
from portal.core.money import won

type Spell = Callable[[int], str]


def money(amount: int) -> str:
    return won(amount, get_language() or "ko")


def amount_in(currency: str, amount: int) -> str:
    """An amount in minor units of its own currency; only won has words of its own."""
    if currency == "KRW":
        return money(amount)
    places = places_of(currency)
    return f"{currency} {Decimal(amount).scaleb(-places):,.{places}f}"


def spell_in(currency: str) -> Spell:
    """How amounts of one currency are spelled, for a table that has only this one."""
    return lambda amount: amount_in(currency, amount)


#: Spelled in the language of whoever is told.
told_in = lazy(amount_in, str)
