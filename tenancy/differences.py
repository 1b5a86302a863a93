"""What an amendment changes in a month that was billed: the same days by the terms before and after, won and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.money import won
from tenancy import rent
from tenancy.enums import LineKind

if TYPE_CHECKING:
    from tenancy.conditions import Charged

type Part = Mapping[str, Any]


def plain(lines: Iterable[Charged], vat: str) -> list[dict[str, Any]]:
    """Lines as plain data, from which their amounts and words come again."""
    return [
        {
            "start": charged.line.start.isoformat(),
            "end": charged.line.end.isoformat(),
            "quantity": str(charged.line.area_m2),
            "basis": str(charged.basis),
            "rate_won": charged.line.rate_won_per_m2,
            "rounding": charged.line.rounding,
            "vat": vat,
        }
        for charged in lines
    ]


def line_of(part: Part, until: date | None = None) -> rent.Line | None:
    """One part again, of its days before ``until``; None when there are none."""
    start, end = date.fromisoformat(part["start"]), date.fromisoformat(part["end"])
    end = min(end, until or end)
    found = rent.lines(Decimal(part["quantity"]), part["rate_won"], start, max(start, end), part["rounding"])
    return found[0] if found else None


def difference(before: Sequence[Part], after: Sequence[Part], until: date | None = None) -> rent.Vat:
    """After less before, in won, supply and VAT apart; a part of each never beyond the whole. Below 0: too much was billed."""
    old, new = _sum(before, until), _sum(after, until)
    total = new.total - old.total
    vat = new.vat - old.vat
    # Where the way of VAT changes the two may go apart; the total is what is owed.
    vat = max(0, min(vat, total)) if total >= 0 else min(0, max(vat, total))
    return rent.Vat(total - vat, vat)


def _sum(parts: Iterable[Part], until: date | None) -> rent.Vat:
    taxed = [rent.vat(line.amount, part["vat"]) for part in parts if (line := line_of(part, until))]
    return rent.Vat(sum(one.supply for one in taxed), sum(one.vat for one in taxed))


def in_words(kind: str, month: date, before: Sequence[Part], after: Sequence[Part], until: date | None = None) -> str:
    """``2020. 2. 임대료 변경: [20.00㎡ × …] + [20.00㎡ × …] − 고지 100,000원 = 13,792원``; too much billed, the other way round."""
    billed, due = _sum(before, until), _sum(after, until)
    language = get_language() or "ko"
    sums = [f"[{rent.in_words(line, language, part['basis'])}]" for part in after if (line := line_of(part, until))]
    first = _("고지 %(won)s") % {"won": won(sum(_supply(before, until)), language)}
    less = due.total < billed.total
    terms = " − ".join([first, *sums]) if less else f"{' + '.join(sums) or won(0, language)} − {first}"
    name = _("%(month)s %(kind)s 변경") % {
        "month": date_format(month, "YEAR_MONTH_FORMAT"), "kind": LineKind(kind).label,
    }  # fmt: skip
    amount = abs(sum(_supply(after, until)) - sum(_supply(before, until)))
    return f"{name}: {terms} = {won(amount, language)}"


def _supply(parts: Iterable[Part], until: date | None) -> list[int]:
    """The amounts as the sums in words have them, before VAT."""
    return [line.amount for part in parts if (line := line_of(part, until))]
