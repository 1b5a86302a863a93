"""How a plan speaks: the reader's language where the plan has it, Korean marked as such where it has not."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext

from portal.core import money
from portal.core.templatetags.ui import won_words
from portal.plan.enums import Unit


def spoken(row: Any, field: str) -> str:
    """``row.<field>_ko`` or ``_en``, whichever the reader reads; the other one, marked with its language, when it is empty."""
    korean = (get_language() or "ko").startswith("ko")
    wanted, other = (f"{field}_ko", f"{field}_en") if korean else (f"{field}_en", f"{field}_ko")
    text = getattr(row, wanted)
    if text or not getattr(row, other):
        return str(text)
    return format_html('<span lang="{}">{}</span>', other[-2:], getattr(row, other))


def quantity(value: int, unit: str) -> str:
    """A whole number in its unit as people read it: ``73곳``, ``1,000억 원``, ``14 %``."""
    if unit == Unit.WON:
        return won_words(value)
    if unit == Unit.BP:
        return f"{percent(value)} %"
    return _counted(value, unit) % {"count": f"{value:,}"}


def percent(basis_points: int) -> str:
    """``14`` for 1,400 basis points, ``13.6`` for 1,360."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")


def exact_won(amount: int) -> str:
    """Every digit: ``120,000,000,000원``."""
    return money.won(amount, get_language() or "ko")


def day(value: date | None) -> str:
    """A day in the reader's format; a dash when none was named."""
    return "–" if value is None else date_format(value, "DATE_FORMAT")


def _counted(count: int, unit: str) -> str:
    if unit == Unit.PLACES:
        return ngettext("%(count)s곳", "%(count)s곳", count)
    if unit == Unit.PERSONS:
        return ngettext("%(count)s명", "%(count)s명", count)
    if unit == Unit.SITES:
        return ngettext("%(count)s개소", "%(count)s개소", count)
    if unit == Unit.COURSES:
        return ngettext("%(count)s개 코스", "%(count)s개 코스", count)
    if unit == Unit.SERVICES:
        return ngettext("%(count)s개 서비스", "%(count)s개 서비스", count)
    if unit == Unit.COMPANIES:
        return ngettext("%(count)s개사", "%(count)s개사", count)
    if unit == Unit.FUNDS:
        return ngettext("%(count)s개 조합", "%(count)s개 조합", count)
    return "%(count)s"
