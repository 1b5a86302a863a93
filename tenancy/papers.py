"""The lease on paper: the contract as signed, with who signed it and when."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ledger import log
from portal.core.papers import Paper, Part
from portal.core.ui.parts import Row
from tenancy import explain
from tenancy.enums import Side
from tenancy.models import Lease


def lease(found: Lease) -> Paper:
    """입주계약서 as it stands: its words, its signatures, the newest leaf about it."""
    signed = {given.side: given for given in found.signatures.all()}
    sides = [
        Row(label, explain.signature(signed[side]) if side in signed else _("서명 전")) for side, label in Side.choices
    ]
    leaf = log.last_leaf_of(found)
    entry = log.printed(leaf) if leaf else None
    return Paper(
        title=_("입주계약서"),
        number=f"{found.unit.hub} {found.unit.code}",
        at=max([given.signed_at for given in signed.values()], default=entry.at if entry else found.created_at),
        to=str(found.organisation),
        parts=[
            Part(_("계약 내용"), explain.document(found)),
            Part(_("서명"), [*sides, Row(_("계약 상태"), found.get_status_display())]),
        ],
        entry=entry,
    )
