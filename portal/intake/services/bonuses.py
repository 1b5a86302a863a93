"""가점: an officer looks at each paper that was sent and says whether it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.errors import Invalid
from portal.intake import queries, rules
from portal.intake.canonical import clean_text
from portal.intake.enums import Scan
from portal.intake.models import Application, Attachment, BonusFinding, BonusItem, Call


def write_items(call: Call, rows: Sequence[Mapping[str, Any]]) -> None:
    """The bonus items of a draft call, from its data: code, name, points (decimal text), paper, block."""
    BonusItem.objects.bulk_create(
        BonusItem(
            call=call,
            order=order,
            code=row["code"],
            name=row["name"],
            points=Decimal(row["points"]),
            paper=row.get("paper", {}),
            block=row["block"],
        )
        for order, row in enumerate(rows, start=1)
    )


@transaction.atomic
def verify_bonus(
    *, application: Application, item: BonusItem, counted: bool, reason: str, by: Any, now: datetime
) -> BonusFinding:
    """Say whether the paper of an item counts, with what was seen or why not. The last word counts.

    Raises ``Invalid`` without a reason, and for an item whose paper was not sent.
    """
    rules.check_can_verify_bonus(by, application)
    text = clean_text(reason).strip()
    if not text:
        raise Invalid(_("확인한 내용이나 반영하지 않는 까닭을 적어 주십시오."), field="reason")
    if item.call_id != application.call_id:
        raise Invalid(_("이 공고의 가점 항목이 아닙니다."))
    sent = [row["id"] for row in queries.sent_files(application).get(item.block, ())]
    paper = Attachment.objects.filter(public_id__in=sent).exclude(scan=Scan.INFECTED).last()
    if counted and paper is None:
        raise Invalid(_("제출된 증빙이 없어 가점을 반영할 수 없습니다."), field="counted")
    return BonusFinding.objects.create(
        application=application,
        item=item,
        counted=counted,
        paper=paper if counted else None,
        reason=text,
        found_by=by,
        found_at=now,
    )


def counted_bonuses(call: Call, keys: set[str]) -> dict[str, str]:
    """The points verified for each application, by receipt number, as exact text; none are left out.

    Raises ``Invalid`` while a paper was sent that nobody looked at.
    """
    items = list(call.bonus_items.all())
    if not items:
        return {}
    found = queries.last_bonus_findings(call)
    totals: dict[str, Fraction] = {}
    for revision in queries.last_revisions(call):
        key = revision.application.receipt_number or ""
        mine = found.get(revision.application_id, {})
        if key not in keys:
            continue
        for item in items:
            finding = mine.get(item.pk)
            if finding is None and revision.content["files"].get(item.block):
                raise Invalid(_("확인하지 않은 가점 증빙이 있습니다(%(number)s).") % {"number": key})
            if finding is not None and finding.counted:
                totals[key] = totals.get(key, Fraction(0)) + Fraction(item.points)
    return {key: str(points) for key, points in sorted(totals.items())}
