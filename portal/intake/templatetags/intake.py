"""``{% load intake %}``: scores and two-language texts as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from portal.intake import exact
from portal.intake.blocks import in_language

register = template.Library()


@register.filter
def score(number: Any) -> str:
    """An exact score, cut after two decimals."""
    return exact.cut(number)


@register.filter
def spoken(text: Mapping[str, str] | str | None) -> str:
    """The text in the reader's language."""
    return in_language(text)


@register.filter
def percent(basis_points: int) -> str:
    """3000 basis points as ``30 %``."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"
