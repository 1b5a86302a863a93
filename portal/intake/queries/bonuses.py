"""Bonus items and what was found about their papers."""

from __future__ import annotations

from typing import Any

from portal.intake.models import Application, BonusFinding, Call
from portal.intake.queries.applications import last_revision


def sent_files(application: Application) -> dict[str, list[dict[str, Any]]]:
    """The files of the revision that counts, by block."""
    revision = last_revision(application)
    return revision.content.get("files", {}) if revision else {}


def last_bonus_findings(call: Call) -> dict[int, dict[int, BonusFinding]]:
    """The finding that counts, by application and item."""
    found: dict[int, dict[int, BonusFinding]] = {}
    for finding in BonusFinding.objects.filter(application__call=call).select_related("item").order_by("id"):
        found.setdefault(finding.application_id, {})[finding.item_id] = finding
    return found


def bonus_lines(application: Application) -> list[tuple[Any, list[dict[str, Any]], BonusFinding | None]]:
    """Each item of the call with the papers sent for it and the finding that counts."""
    files = sent_files(application)
    last: dict[int, BonusFinding] = {}
    for finding in application.bonus_findings.order_by("id"):
        last[finding.item_id] = finding
    return [(item, files.get(item.block, []), last.get(item.pk)) for item in application.call.bonus_items.all()]
