"""``{% load accounts %}``: the demo banner and how numbers of companies are written."""

from __future__ import annotations

from typing import Any

from django import template

from portal.accounts.demo import entered_by_demo_door
from portal.core.business_number import formatted

register = template.Library()
register.filter("business_number", formatted)


@register.inclusion_tag("accounts/demo_banner.html", takes_context=True)
def demo_banner(context: template.Context) -> dict[str, Any]:
    """Says on every page that this is a demonstration person; nothing for everybody else."""
    request = context.get("request")
    inside = request is not None and hasattr(request, "user") and entered_by_demo_door(request)
    return {"inside": inside, "user": getattr(request, "user", None)}
