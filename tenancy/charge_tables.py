"""Readings, shared costs and tariffs as tables of the shell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.ui.parts import Column, Table, link
from portal.intake.enums import Scan
from tenancy import tables, usage
from tenancy.models import CostShare, InvoiceLine, MeterReading, SharedCost, Tariff


def readings(rows: Iterable[MeterReading], caption: str) -> Table:
    """A month's readings of one kind of meter, and on which invoice each went."""
    return Table(
        caption=caption,
        columns=[
            Column(_("호실")),
            Column(_("기업")),
            Column(_("앞의 값"), number=True),
            Column(_("검침값"), number=True),
            Column(_("쓴 양"), number=True),
            Column(_("부과")),
            Column(_("읽은 사람")),
            Column(_("사진")),
        ],
        rows=[
            [
                row.unit.code,
                row.lease.organisation.name,
                usage.plain(row.since) if row.since is not None else "–",
                _shown(row),
                usage.plain(row.used) + usage.UNITS[row.kind] if row.used is not None else _("첫 검침(기준값)"),
                _charged(row),
                f"{row.read_by.name} · {tables.instant(row.read_at)}",
                _photo(row),
            ]
            for row in rows
        ],
        empty=_("이달에 읽은 값이 아직 없습니다."),
    )


def _shown(row: MeterReading) -> str:
    if row.old_end is None or row.new_start is None:
        return usage.plain(row.value)
    return _("%(value)s(바꿈: %(old)s까지, %(new)s부터)") % {
        "value": usage.plain(row.value),
        "old": usage.plain(row.old_end),
        "new": usage.plain(row.new_start),
    }


def _photo(row: MeterReading) -> object:
    if row.photo is None:
        return "–"
    if row.photo.scan == Scan.INFECTED:
        return row.photo.name
    return link(row.photo.name, reverse("tenancy:lease_file", args=[row.photo.public_id]))


def _charged(row: MeterReading | CostShare) -> object:
    """The invoice that charges it, or that it waits for the next."""
    if isinstance(row, MeterReading) and row.used is None:
        return _("부과하지 않음")
    line: InvoiceLine | None = getattr(row, "charged_on", None)
    if line is None:
        return _("다음 고지서")
    return line.invoice.number or _("작성 중인 고지서")


def costs(rows: Sequence[SharedCost]) -> Table:
    """What was shared in a month."""
    return Table(
        caption=_("공동비용"),
        columns=[
            Column(_("비용")),
            Column(_("나눌 곳")),
            Column(_("금액"), number=True),
            Column(_("나눈 계약 수"), number=True),
            Column(_("입력한 사람")),
            Column(_("상태")),
        ],
        rows=[
            [
                link(row.get_kind_display(), reverse("tenancy:shared_cost", args=[row.public_id])),
                str(row.floor or _("거점 전체")),
                tables.money(row.amount),
                len(row.shares.all()),
                row.entered_by.name,
                _("취소") if row.voided_at else _("나눔"),
            ]
            for row in rows
        ],
        empty=_("이달의 공동비용이 아직 없습니다."),
    )


def shares(rows: Iterable[CostShare]) -> Table:
    """Who bears how much of a cost."""
    return Table(
        caption=_("기업별 몫"),
        columns=[
            Column(_("호실")),
            Column(_("기업")),
            Column(_("㎡·일"), number=True),
            Column(_("금액"), number=True),
            Column(_("부과")),
        ],
        rows=[
            [
                row.lease.unit.code,
                row.lease.organisation.name,
                usage.plain(row.area_days),
                tables.money(row.amount),
                _charged(row),
            ]
            for row in rows
        ],
    )


def tariff_price(row: Tariff) -> str:
    """``1kWh에 120.5원``."""
    amount = usage.plain(row.won)
    price = f"{amount}원" if (get_language() or "ko").startswith("ko") else f"KRW {amount}"
    return _("1%(unit)s에 %(price)s") % {"unit": usage.UNITS[row.kind], "price": price}


def tariffs(rows: Iterable[Tariff]) -> Table:
    return Table(
        caption=_("사용료 단가"),
        columns=[Column(_("단가")), Column(_("값")), Column(_("시행하는 달")), Column(_("상태"))],
        rows=[
            [
                link(str(row), reverse("tenancy:tariff", args=[row.hub.code, row.kind.lower(), row.version])),
                tariff_price(row),
                tables.month(row.from_month),
                tables.status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("아직 단가가 없습니다."),
    )
