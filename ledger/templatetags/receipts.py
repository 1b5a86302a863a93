"""`{% load receipts %}{% receipts_of row other %}`: what the ledger recorded about the rows that a decision page shows."""

from collections.abc import Iterator
from typing import Any

import segno
from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from ledger import browsing

register = template.Library()


@register.inclusion_tag("ledger/receipt.html", takes_context=True)
def receipts_of(context: template.Context, *rows: Any) -> dict[str, Any]:
    """A section with every leaf about these rows or lists of rows, and the reader's receipts of those that are theirs."""
    user = getattr(context.get("request"), "user", None)
    keys = user.ledger_keys() if user is not None and user.is_authenticated else ()
    found = [(row._meta.db_table, str(row.pk)) for row in _flat(rows)]
    told = browsing.told(list(dict.fromkeys(found)), keys)
    return {"told": told, "last": told[-1].leaf if told else None}


def _flat(rows: Any) -> Iterator[Any]:
    """The rows themselves; what a page has none of is left out."""
    for row in rows:
        if hasattr(row, "_meta"):
            yield row
        elif row:
            yield from _flat(row)


@register.simple_tag
def leaf_qr(leaf_id: str) -> SafeString:
    """The address of a leaf's page as a QR code, for what is printed: whoever holds the paper finds the leaf."""
    address = settings.SITE_URL + reverse("ledger:leaf", args=[leaf_id])
    svg = segno.make(address, error="m").svg_inline(
        border=2, omitsize=True, svgclass="qr", lineclass=None, title=address
    )
    return mark_safe(svg)  # noqa: S308  (made here from an address of ours)
