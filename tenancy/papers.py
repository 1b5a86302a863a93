"""On paper: the offer, the lease as signed, what is owed for a month, the deposit."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from ledger import log
from portal.core.papers import Paper, Part
from portal.core.ui.parts import Row
from tenancy import explain, money_tables, tables
from tenancy.enums import Side
from tenancy.models import Amendment, Deposit, Graduation, Invoice, Lease, Offer, Signature


def lease(found: Lease) -> Paper:
    """입주계약서 as it stands: its words, its signatures, the newest leaf about it."""
    signed = {given.side: given for given in found.signatures.all()}
    leaf = log.last_leaf_of(found)
    entry = log.printed(leaf) if leaf else None
    return Paper(
        title=_("입주계약서"),
        number=f"{found.unit.hub} {found.unit.code}",
        at=max([given.signed_at for given in signed.values()], default=entry.at if entry else found.created_at),
        to=str(found.organisation),
        parts=[
            Part(_("계약 내용"), explain.document(found)),
            Part(_("서명"), [*signatures(signed), Row(_("계약 상태"), found.get_status_display())]),
        ],
        entry=entry,
    )


def amendment(found: Amendment) -> Paper:
    """변경계약서: what changes from which day, its signatures; also what a tenant signs who cannot sign electronically."""
    signed = {given.side: given for given in found.signatures.all()}
    leaf = log.last_leaf_of(found)
    entry = log.printed(leaf) if leaf else None
    return Paper(
        title=_("변경계약서"),
        number=f"{found.lease.unit.hub} {found.lease.unit.code}",
        at=max([given.signed_at for given in signed.values()], default=entry.at if entry else found.created_at),
        to=str(found.lease.organisation),
        parts=[
            Part(
                _("변경 내용"),
                [
                    Row(_("종류"), found.get_kind_display()),
                    Row(_("시행일"), tables.day(found.effective_date)),
                    *explain.changes(found),
                    Row(_("이유"), found.reason),
                    Row(_("계약서 지문(SHA-256)"), found.lease.document_hash),
                    Row(_("문서 지문(SHA-256)"), found.document_hash),
                ],
            ),
            Part(_("서명"), [*signatures(signed), Row(_("상태"), found.get_status_display())]),
        ],
        entry=entry,
    )


def signatures(signed: Mapping[str, Signature]) -> list[Row]:
    """Each side with its signature, or that it has not signed."""
    return [
        Row(label, explain.signature(signed[side]) if side in signed else _("서명 전")) for side, label in Side.choices
    ]


def offer(found: Offer) -> Paper:
    """입주 제안: the room, the terms, until when to answer, and what was answered."""
    leaf = log.last_leaf_of(found)
    entry = log.printed(leaf) if leaf else None
    rows = [*explain.terms(found), Row(_("상태"), found.get_status_display())]
    if found.expires_at:
        rows.append(Row(_("답변 기한"), explain.instant(found.expires_at)))
    if found.answered_at:
        rows.append(Row(_("답변 시각"), explain.instant(found.answered_at)))
    return Paper(
        title=_("입주 제안"),
        number=f"{found.unit.hub} {found.unit.code}",
        at=entry.at if entry else found.created_at,
        to=str(found.need.organisation),
        parts=[Part(_("조건"), rows)],
        entry=entry,
    )


def invoice(found: Invoice) -> Paper:
    """임대료 고지: every line with its sum in words, what was taken back, what is still to be paid."""
    assert found.issued_at is not None  # only what was issued is put on paper
    leaf = log.last_leaf_of(found)
    lines = [Row(line.in_words, tables.money(line.total)) for line in found.lines.all()]
    back = sum(note.total for note in found.credits.all() if note.approved_at)
    sums = [
        Row(_("귀속 월"), tables.month(found.month)),
        Row(_("공급가액"), tables.money(found.supply)),
        Row(_("부가가치세"), tables.money(found.vat)),
        Row(_("합계"), tables.money(found.total)),
        *([Row(_("감액한 금액"), tables.money(back))] if back else []),
        Row(_("남은 금액"), tables.money(found.open_amount)),
        Row(_("납부기한"), tables.day(found.due_date)),
    ]
    return Paper(
        title=_("임대료 고지서"),
        number=found.number or "",
        at=found.issued_at,
        to=str(found.lease.organisation),
        parts=[Part(_("내실 금액"), sums), Part(_("계산"), lines)],
        entry=log.printed(leaf) if leaf else None,
    )


def deposit(found: Deposit) -> Paper:
    """보증금: what is due, received and held, and every movement."""
    leaf = log.last_leaf_of(found)
    entry = log.printed(leaf) if leaf else None
    rows = [
        Row(_("낼 보증금"), tables.money(found.due_won)),
        Row(_("받은 보증금"), tables.money(found.received_won)),
        Row(_("맡고 있는 보증금"), tables.money(found.held_won)),
        Row(_("상태"), found.get_status_display()),
    ]
    moved = [
        Row(money_tables.kind_of(one.kind), f"{tables.money(one.amount)} · {explain.instant(one.made_at)}")
        for one in found.entries.all()
    ]
    return Paper(
        title=_("보증금 확인서"),
        number=f"{found.lease.unit.hub} {found.lease.unit.code}",
        at=entry.at if entry else found.lease.created_at,
        to=str(found.lease.organisation),
        parts=[Part(_("보증금"), rows), *([Part(_("내역"), moved)] if moved else [])],
        entry=entry,
    )


def graduation(found: Graduation) -> Paper:
    """졸업 확인서: who lived where, from when to when, and why it ended."""
    leaf = log.last_leaf_of(found)
    entry = log.printed(leaf) if leaf else None
    hub = found.lease.unit.hub
    start = min(term.period.lower for term in found.lease.terms.all())
    rows = [
        Row(_("거점"), str(hub)),
        Row(_("입주한 기간"), explain.period(start, found.graduated_date)),
        Row(_("졸업일"), tables.day(found.graduated_date)),
        Row(_("사유"), found.get_ground_display()),
        *([Row(_("졸업하는 이유"), found.reason)] if found.reason else []),
    ]
    return Paper(
        title=_("졸업 확인서"),
        number=f"{hub} {found.lease.unit.code}",
        at=entry.at if entry else found.lease.created_at,
        to=str(found.organisation),
        parts=[Part(_("졸업"), rows)],
        entry=entry,
    )
