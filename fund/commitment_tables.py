"""Commitments as the shell shows them, and the stakes of a sub-fund in others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from fund import tables
from fund.enums import CommitmentStatus
from fund.models import Commitment
from portal.core.ui import parts
from portal.core.ui.parts import Column, Row, Table

TONES: dict[str, parts.Tone] = {
    CommitmentStatus.SIGNED: "info",
    CommitmentStatus.ACTIVE: "success",
    CommitmentStatus.DEFAULTED: "danger",
}


def partner(row: Commitment) -> object:
    """Whose it is, with the way to the commitment."""
    return parts.link(str(row.partner), reverse("fund:commitment", args=[row.public_id]))


def facts(row: Commitment) -> list[Row]:
    """What was promised, by whom, and how much of it was called."""
    currency = row.sub_fund.currency
    holder = row.partner.sub_fund
    who: object = (
        parts.link(str(row.partner), reverse("fund:sub_fund", args=[holder.public_id])) if holder else str(row.partner)
    )
    made = [
        Row(_("출자자"), who),
        Row(_("구분"), row.partner.get_role_display()),
        Row(_("좌수"), f"{row.units:,}"),
        Row(_("약정액"), tables.amount_in(currency, row.amount)),
    ]
    if row.consent:
        made.append(Row(_("의회 동의"), f"{row.consent} · {tables.amount_in(currency, row.consent_amount or 0)}"))
    if row.close:
        number = _("%(number)s차 결성") % {"number": row.close.number}
        called = row.called_inside + row.called_outside
        made += [
            Row(_("결성"), f"{number} · {tables.day(row.close.on_date)}"),
            Row(_("출자요청 누계"), tables.amount_in(currency, called)),
            Row(_("미납입 약정"), tables.amount_in(currency, row.unfunded)),
        ]
    return made


def stakes(rows: Sequence[Commitment], cost: Mapping[int, int]) -> Table:
    """What a sub-fund holds of others: the part by units is theirs to tell, the cost stands in its own book."""
    return Table(
        caption=_("다른 자펀드에 한 출자"),
        columns=[
            Column(_("자펀드")),
            Column(_("좌수"), number=True),
            Column(_("약정액"), number=True),
            Column(_("출자지분(원가)"), number=True),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(str(row.sub_fund), reverse("fund:commitment", args=[row.public_id])),
                f"{row.units:,}",
                tables.amount_in(row.sub_fund.currency, row.amount),
                tables.amount_in(row.sub_fund.currency, cost.get(row.sub_fund_id, 0)),
                parts.badge(row.get_status_display(), TONES.get(row.status, "")),
            ]
            for row in rows
        ],
    )
