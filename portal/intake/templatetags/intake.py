"""``{% load intake %}``: scores and two-language texts as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format

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
def last_day(ends: datetime) -> str:
    """The last day on which something may still be done, of a half-open deadline: midnight belongs to the day before."""
    return date_format(timezone.localtime(ends - timedelta(microseconds=1)), "DATE_FORMAT")


@register.filter
def percent(basis_points: int) -> str:
    """3000 basis points as ``30 %``."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"
