"""A close as the shell shows it before it is held, and the closes that were."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from fund import capital, tables
from fund.commitment_tables import partner
from fund.models import Close
from fund.queries.closes import Planned
from fund.spelling import spell_in
from portal.core.ui.parts import Column, Figure, Table


def figures(planned: Planned) -> list[Figure]:
    """What the programme comes to: with this close, and before."""
    programme = planned.close.sub_fund.programme
    before = programme.city_committed, programme.total_committed
    after = before[0] + planned.city, before[1] + planned.total
    cap = _("한도 %(cap)s") % {"cap": tables.percent(programme.cap_bp, 10_000)}
    if not capital.city_share_ok(*after, programme.cap_bp):
        cap = _("한도 %(cap)s를 넘습니다") % {"cap": tables.percent(programme.cap_bp, 10_000)}
    share = _("지금 %(now)s") % {"now": tables.percent(*before) if before[1] else "–"}
    return [
        Figure(_("사업의 서울시 약정"), tables.money(after[0]), note=_("지금 %(now)s") % {"now": tables.money(before[0])}),
        Figure(_("사업의 약정 합계"), tables.money(after[1]), note=_("지금 %(now)s") % {"now": tables.money(before[1])}),
        Figure(_("서울시 비율"), tables.percent(*after) if after[1] else "–", note=f"{share} · {cap}"),
    ]  # fmt: skip


def joining(planned: Planned) -> Table:
    """The signed commitments that take effect."""
    money = spell_in(planned.close.sub_fund.currency)
    rows = planned.joining
    return Table(
        caption=_("들어오는 출자자"),
        columns=[
            Column(_("출자자")), Column(_("구분")), Column(_("좌수"), number=True), Column(_("약정액"), number=True),
        ],
        rows=[[partner(row), row.partner.get_role_display(), f"{row.units:,}", money(row.amount)] for row in rows],
        foot=[_("합계"), "", f"{sum(row.units for row in rows):,}", money(sum(row.amount for row in rows))],
    )  # fmt: skip


def settled(planned: Planned) -> Table | None:
    """What the later partners pay to the earlier ones; None where nothing was called before."""
    if not planned.settled:
        return None
    money = spell_in(planned.close.sub_fund.currency)
    moved = [row for row in planned.settled if row.principal or row.interest]
    sums = sum(row.principal for row in moved), sum(row.interest for row in moved)
    return Table(
        caption=_("추가결성 정산"),
        columns=[
            Column(_("출자자")), Column(_("원금"), number=True), Column(_("이자"), number=True),
            Column(_("낼 금액(받을 금액은 −)"), number=True),
        ],
        rows=[
            [partner(row.commitment), money(row.principal), money(row.interest), money(row.principal + row.interest)]
            for row in moved
        ],
        foot=[_("합계"), money(sums[0]), money(sums[1]), money(sum(sums))],
    )  # fmt: skip


def held(rows: Sequence[Close]) -> Table | None:
    """The closes so far; None before the first."""
    if not rows:
        return None
    money = spell_in(rows[0].sub_fund.currency)
    return Table(
        caption=_("지난 결성"),
        caption_hidden=True,
        columns=[
            Column(_("차수"), number=True), Column(_("결성일")), Column(_("출자자")), Column(_("약정액"), number=True),
        ],
        rows=[
            [
                str(row.number), tables.day(row.on_date), ", ".join(str(one.partner) for one in row.commitments.all()),
                money(sum(one.amount for one in row.commitments.all())),
            ]
            for row in rows
        ],
    )  # fmt: skip
