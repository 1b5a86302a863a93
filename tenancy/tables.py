"""Rows of data as tables of the shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from portal.core.money import won
from portal.core.ui import parts
from portal.core.ui.parts import Column, Table
from portal.intake.blocks import in_language
from tenancy.enums import BookingStatus, LeaseStatus, OfferStatus, PlaceState, TicketStatus
from tenancy.models import AllocationRun, Amendment, Invoice, Lease, MoveOut, Need, Offer, RenewalReview
from tenancy.queries import Feasibility
from tenancy.reasons import REASONS

TONES: dict[str, parts.Tone] = {
    PlaceState.FREE: "success",
    PlaceState.OFFERED: "warning",
    PlaceState.COMMITTED: "info",
    PlaceState.OCCUPIED: "solid",
    PlaceState.BLOCKED: "danger",
    OfferStatus.SENT: "warning",
    OfferStatus.ACCEPTED: "success",
    LeaseStatus.AWAITING_SIGNATURE: "warning",
    LeaseStatus.SIGNED: "info",
    LeaseStatus.ACTIVE: "success",
    LeaseStatus.HOLDOVER: "danger",
    BookingStatus.REQUESTED: "warning",
    BookingStatus.CONFIRMED: "success",
    BookingStatus.CHECKED_IN: "solid",
    BookingStatus.NO_SHOW: "danger",
    TicketStatus.RECEIVED: "warning",
    TicketStatus.IN_PROGRESS: "info",
    TicketStatus.WAITING: "warning",
    TicketStatus.DONE: "success",
}


def status(value: str, label: str) -> object:
    """A status tag in the tone of its state."""
    return parts.badge(label, TONES.get(value, ""))


def day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else ""


def instant(value: datetime | None) -> str:
    return date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else ""


def month(value: date) -> str:
    return date_format(value, "YEAR_MONTH_FORMAT")


def money(amount: int) -> str:
    return won(amount, get_language() or "ko")


def feasibility(rows: Sequence[Feasibility]) -> Table:
    """Who is in line, what fits, and why the other rooms do not."""
    return Table(
        caption=_("배정을 기다리는 기업"),
        columns=[
            Column(_("배정 순위"), number=True),
            Column(_("접수번호")),
            Column(_("기업")),
            Column(_("인원"), number=True),
            Column(_("희망")),
            Column(_("맞는 호실")),
            Column(_("맞지 않는 호실과 이유")),
        ],
        rows=[
            [
                row.rank,
                row.need.application.receipt_number,
                row.need.organisation.name,
                row.need.seats,
                ", ".join(wish.value for wish in row.need.preferences.all()),
                _codes([chance.room.code for chance in row.fitting]),
                "; ".join(f"{REASONS[reason]} {count}" for reason, count in row.refused.items()),
            ]
            for row in rows
        ],
        empty=_("배정을 기다리는 기업이 없습니다."),
    )


def needs(rows: Sequence[Need]) -> Table:
    """What one's companies asked for, each leading to which rooms fit."""
    return Table(
        caption=_("필요한 공간"),
        columns=[Column(_("접수번호")), Column(_("기업")), Column(_("상주 인원"), number=True)],
        rows=[
            [parts.link(str(row.application), reverse("tenancy:wishes", args=[row.case_ref])), row.organisation.name, row.seats]
            for row in rows
        ],
    )  # fmt: skip


def _codes(codes: Sequence[str], most: int = 6) -> str:
    if not codes:
        return _("없음")
    rest = len(codes) - most
    shown = ", ".join(codes[:most])
    return shown if rest <= 0 else _("%(codes)s 외 %(rest)s곳") % {"codes": shown, "rest": rest}


def allocation(run: AllocationRun) -> Table:
    """What a run gave to whom."""
    return Table(
        caption=_("%(number)s차 계산의 결과") % {"number": run.number},
        columns=[
            Column(_("배정 순위"), number=True),
            Column(_("접수번호")),
            Column(_("기업")),
            Column(_("호실")),
            Column(_("몇 번째로 원한 호실"), number=True),
        ],
        rows=[
            [
                line.rank,
                line.need.application.receipt_number,
                line.need.organisation.name,
                line.unit.code if line.unit else _("맞는 호실 없음"),
                line.wish,
            ]
            for line in run.lines.select_related("need__application", "need__organisation", "unit")
        ],
    )


def published_runs(runs: Sequence[AllocationRun]) -> Table:
    return Table(
        caption=_("공개한 배정"),
        columns=[
            Column(_("공고 이름")),
            Column(_("공개일")),
            Column(_("배정한 호실"), number=True),
            Column(_("규칙 위반"), number=True),
            Column(_("증명 파일")),
        ],
        rows=[
            [
                in_language(run.call.current.title) if run.call.current else run.call.code,
                day(timezone.localtime(run.published_at).date()) if run.published_at else "",
                len(run.result or {}),
                len(run.violations or []),
                parts.link(_("JSON 내려받기"), reverse("tenancy:proof", args=[run.call.code, run.number])),
            ]
            for run in runs
        ],
        empty=_("아직 공개한 배정이 없습니다."),
    )


def offers(rows: Sequence[Offer], *, company: bool) -> Table:
    """Offers; with the company's name on the officer's desk."""
    return Table(
        caption=_("입주 제안"),
        columns=[
            Column(_("호실")),
            *([Column(_("기업"))] if company else []),
            Column(_("상태")),
            Column(_("계약기간")),
            Column(_("답변 기한")),
        ],
        rows=[
            [
                parts.link(offer.unit.code, reverse("tenancy:offer", args=[offer.public_id])),
                *([offer.need.organisation.name] if company else []),
                status(offer.status, offer.get_status_display()),
                f"{day(offer.start_date)} ~ {day(offer.end_date)}",
                instant(offer.expires_at),
            ]
            for offer in rows
        ],
        empty=_("입주 제안이 없습니다."),
    )


def leases(rows: Sequence[Lease], *, company: bool) -> Table:
    return Table(
        caption=_("입주계약"),
        columns=[
            Column(_("호실")),
            *([Column(_("기업"))] if company else []),
            Column(_("상태")),
            Column(_("계약기간")),
        ],
        rows=[
            [
                parts.link(lease.unit.code, reverse("tenancy:lease", args=[lease.public_id])),
                *([lease.organisation.name] if company else []),
                status(lease.status, lease.get_status_display()),
                ", ".join(f"{day(term.period.lower)} ~ {day(term.period.upper)}" for term in lease.terms.all()),
            ]
            for lease in rows
        ],
        empty=_("입주계약이 없습니다."),
    )


def _numbered(invoice: Invoice) -> object:
    """The number, which leads to the invoice on paper."""
    if not invoice.number:
        return _("고지 전")
    address = reverse("tenancy:invoice-pdf", args=[invoice.lease.public_id, invoice.pk])
    return format_html('<a href="{}">{} (PDF)</a>', address, invoice.number)


def invoices(rows: Sequence[Invoice], *, credit: bool = False) -> Table:
    """Invoices with the sum of every line in words; ``credit`` leads from an issued line to taking it back."""
    return Table(
        caption=_("임대료 고지"),
        columns=[
            Column(_("고지번호")),
            Column(_("귀속 월")),
            Column(_("계산")),
            Column(_("금액"), number=True),
            Column(pgettext("고지서", "감액"), number=True),
            Column(_("남은 금액"), number=True),
            Column(_("납부기한")),
            Column(_("상태")),
        ],
        rows=[
            [
                _numbered(invoice),
                month(invoice.month),
                _sums(invoice, credit=credit),
                money(invoice.total),
                money(sum(note.total for note in invoice.credits.all() if note.approved_at)),
                money(invoice.open_amount),
                day(invoice.due_date),
                status(invoice.status, invoice.get_status_display()),
            ]
            for invoice in rows
        ],
        empty=_("아직 고지한 임대료가 없습니다."),
    )


#: Between two lines of an invoice, each of which begins a line of its own.
_NEXT = SafeString("<br>+ ")


def _sums(invoice: Invoice, *, credit: bool) -> object:
    """Every line in words, each a link for those who may correct it."""
    lines = list(invoice.lines.all())
    if not credit or not invoice.number:
        return format_html_join(_NEXT, "{}", ((line.in_words,) for line in lines))
    links = ((reverse("tenancy:credit", args=[line.pk]), line.in_words) for line in lines)
    return format_html_join(_NEXT, '<a href="{}">{}</a>', links)


def amendments(rows: Sequence[Amendment]) -> Table:
    return Table(
        caption=_("변경계약"),
        columns=[Column(_("종류")), Column(_("시행일")), Column(_("상태"))],
        rows=[
            [
                parts.link(row.get_kind_display(), reverse("tenancy:amendment", args=[row.public_id])),
                day(row.effective_date),
                status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
    )


def renewals(rows: Sequence[RenewalReview], *, company: bool = False) -> Table:
    return Table(
        caption=_("연장평가"),
        columns=[
            Column(_("새 계약기간")),
            *([Column(_("호실")), Column(_("기업"))] if company else []),
            Column(_("상태")),
            Column(_("신청 기한")),
        ],
        rows=[
            [
                parts.link(
                    f"{day(row.period.lower)} ~ {day(row.period.upper)}",
                    reverse("tenancy:renewal", args=[row.public_id]),
                ),
                *([row.lease.unit.code, row.lease.organisation.name] if company else []),
                status(row.status, row.get_status_display()),
                day(row.respond_by),
            ]
            for row in rows
        ],
    )


def move_outs(rows: Sequence[MoveOut]) -> Table:
    return Table(
        caption=_("퇴거"),
        columns=[Column(_("퇴거일")), Column(_("호실")), Column(_("기업")), Column(_("상태")), Column(_("계약 상태"))],
        rows=[
            [
                parts.link(day(row.leave_date), reverse("tenancy:move_out", args=[row.public_id])),
                row.lease.unit.code,
                row.lease.organisation.name,
                status(row.status, row.get_status_display()),
                status(row.lease.status, row.lease.get_status_display()),
            ]
            for row in rows
        ],
    )
