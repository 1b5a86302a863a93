"""An award and what belongs to it as parts of the shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core import money
from portal.core.ui import parts
from portal.core.ui.parts import Column, Figure, Row, Table, link
from portal.mice import naming
from portal.mice.enums import AmendmentStatus, AwardStatus, ClawbackStatus, TrancheStatus
from portal.mice.models import Agreement, Amendment, Award, Clawback, Inspection, Settlement, SettlementReport

TONES: dict[str, parts.Tone] = {
    AwardStatus.DECIDED: "info",
    AwardStatus.RETURNED: "warning",
    AwardStatus.REPAYMENT_DUE: "warning",
    AwardStatus.CLOSED: "success",
    AwardStatus.CANCELLED: "danger",
    ClawbackStatus.OVERDUE: "danger",
    ClawbackStatus.REFERRED: "danger",
    ClawbackStatus.PAID: "success",
}
DASH = "–"


def won(amount: int) -> str:
    return money.won(amount, get_language() or "ko")


def day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else DASH


def lines(text: str) -> SafeString:
    """Text as it was written, line by line."""
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in text.splitlines()))


def strip(award: Award) -> list[Figure]:
    """The money of an award: decided, out, settled, back."""
    figures = [
        Figure(_("교부결정"), won(award.amount), note=_("처음 %(won)s") % {"won": won(award.decided)} if award.decided != award.amount else ""),
        Figure(_("지급"), won(award.paid)),
    ]  # fmt: skip
    if award.final is not None:
        figures.append(Figure(_("확정"), won(award.final)))
    if award.repaid or award.interest:
        back = _("이자 %(won)s 따로") % {"won": won(award.interest)} if award.interest else ""
        figures.append(Figure(_("반납"), won(award.repaid), note=back))
    return figures


def facts(award: Award) -> list[Row]:
    edition = award.edition
    parts_ = [f"{naming.category(line.code)} {won(line.amount)}" for line in award.lines.all()]
    return [
        Row(_("지원사업"), naming.programme(award.programme)),
        Row(_("행사 기간"), f"{day(edition.starts_on)} ~ {day(edition.ends_on)}"),
        Row(_("장소"), edition.venue),
        Row(_("비목"), ", ".join(parts_)),
        Row(_("회차의 남은 한도"), won(edition.left)),
    ]


def agreement(paper: Agreement) -> list[Row]:
    """The text both sides sign, and who has."""
    signed = [
        (_("주최자 서명"), paper.accepted_by, paper.accepted_at),
        (_("지원기관 서명"), paper.signed_by, paper.signed_at),
    ]
    return [
        Row(_("협약"), paper.get_status_display()),
        Row(_("협약 내용"), lines(paper.text)),
        Row(_("협약의 지문"), format_html("<code>{}</code>", paper.document_hash)),
        *(Row(label, f"{who.name} · {naming.instant(at)}") for label, who, at in signed if who),
    ]


def postings(award: Award) -> Table:
    rows = award.postings.select_related("tranche", "recorded_by")
    return Table(
        caption=_("교부 원장"),
        columns=[Column(_("날짜")), Column(_("구분")), Column(_("금액"), number=True), Column(_("은행 거래번호"))],
        rows=[[day(one.on), one.get_kind_display(), won(one.amount), one.bank_ref] for one in rows],
        empty=_("아직 오간 돈이 없습니다."),
    )


def tranches(award: Award) -> Table | None:
    rows = [one for one in award.tranches.all() if one.status == TrancheStatus.DUE]
    if not rows:
        return None
    return Table(
        caption=_("지급할 차수"),
        columns=[Column(_("차수")), Column(_("금액"), number=True), Column(_("상태"))],
        rows=[[one.get_stage_display(), won(one.amount), one.get_status_display()] for one in rows],
    )


def amendments(award: Award) -> Table | None:
    rows = list(award.amendments.select_related("requested_by"))
    if not rows:
        return None
    return Table(
        caption=_("변경신청"),
        columns=[
            Column(_("신청")), Column(_("전"), number=True), Column(_("뒤"), number=True), Column(_("까닭")), Column(_("상태")),
        ],
        rows=[_change(one) for one in rows],
    )  # fmt: skip


def _change(one: Amendment) -> list[object]:
    tone: parts.Tone = "info" if one.status == AmendmentStatus.REQUESTED else ""
    status = parts.badge(one.get_status_display(), tone)
    return [naming.instant(one.requested_at), won(one.amount_from), won(one.amount_to), one.reason, status]


def report(of: SettlementReport, evidence: str) -> Table:
    """Every invoice of a report, what of it counts and why not all; ``evidence`` is an address with ``{}`` for its hash."""
    rows = list(of.lines.select_related("evidence"))
    audited = of.recognised is not None
    return Table(
        caption=_("정산보고 %(version)s차: 집행내역") % {"version": of.version},
        columns=[
            Column(_("번호"), number=True),
            Column(_("비목")),
            Column(_("거래처")),
            Column(_("지급일")),
            Column(_("공급가액"), number=True),
            Column(_("부가세"), number=True),
            Column(_("증빙")),
            *([Column(_("인정액"), number=True), Column(_("줄인 까닭"))] if audited else []),
        ],
        rows=[
            [
                line.number,
                naming.category(line.code),
                _("%(vendor)s (특수관계)") % {"vendor": line.vendor} if line.related else line.vendor,
                day(line.paid_on),
                won(line.supply),
                won(line.vat),
                link(line.evidence.get_kind_display(), evidence.format(line.evidence.sha256)),
                *([won(line.recognised or 0), naming.cut(line.cut_reason)] if audited else []),
            ]
            for line in rows
        ],
        foot=[
            "", _("합계"), "", "", won(sum(one.supply for one in rows)), won(sum(one.vat for one in rows)), "",
            *([won(of.recognised or 0), ""] if audited else []),
        ],
    )  # fmt: skip


def sheet(award: Award, strike: str, evidence: str) -> Table:
    """What the organiser has entered so far; ``strike`` and ``evidence`` are addresses with ``{}`` for the id."""
    rows = list(award.sheet.select_related("evidence"))
    return Table(
        caption=_("정산서"),
        columns=[
            Column(_("비목")),
            Column(_("거래처")),
            Column(_("지급일")),
            Column(_("공급가액"), number=True),
            Column(_("부가세"), number=True),
            Column(_("증빙")),
            *([Column(_("고치기"))] if strike else []),
        ],
        rows=[
            [
                naming.category(line.code),
                _("%(vendor)s (특수관계)") % {"vendor": line.vendor} if line.related else line.vendor,
                day(line.paid_on),
                won(line.supply),
                won(line.vat),
                link(line.evidence.get_kind_display(), evidence.format(line.evidence.sha256)),
                *([link(_("빼기"), strike.format(line.public_id))] if strike else []),
            ]
            for line in rows
        ],
        foot=["", _("합계"), "", won(sum(one.supply for one in rows)), won(sum(one.vat for one in rows)), "", *([""] if strike else [])],
        empty=_("아직 적은 집행내역이 없습니다. 아래에서 증빙과 함께 한 건씩 적어 주십시오."),
    )  # fmt: skip


def settlement(of: Settlement) -> Table:
    """How the final amount came about: the least of what stands here."""
    reckoned = [
        (_("교부액"), won(of.amount)),
        (_("회차에 남은 한도"), won(of.cap_left)),
        (_("인정한 집행액의 %(rate)s%%") % {"rate": of.support_rate_bp / 100}, won(of.recognised * of.support_rate_bp // 10_000)),
        *([(_("참가 실적에 따른 금액"), won(of.tariff))] if of.tariff is not None else []),
    ]  # fmt: skip
    return Table(
        caption=_("정산확정: 아래 가운데 가장 적은 금액"),
        columns=[Column(_("항목")), Column(_("금액"), number=True)],
        rows=[list(row) for row in reckoned],
        foot=[_("확정 금액(%(what)s)") % {"what": naming.binding(of.binding)}, won(of.final)],
    )


def inspections(rows: Sequence[Inspection]) -> Table | None:
    if not rows:
        return None
    return Table(
        caption=_("현장점검"),
        columns=[Column(_("때")), Column(_("참석"), number=True), Column(_("점검 내용")), Column(_("점검한 사람"))],
        rows=[[naming.instant(one.at), one.people, one.findings, one.inspected_by.name] for one in rows],
    )


def clawbacks(rows: Sequence[Clawback], address: str) -> Table | None:
    if not rows:
        return None
    return Table(
        caption=_("환수"),
        columns=[Column(_("통지")), Column(_("사유")), Column(_("금액"), number=True), Column(_("상태"))],
        rows=[
            [
                link(naming.instant(one.noticed_at), address.format(one.public_id)),
                one.get_ground_display(),
                won(one.total),
                parts.badge(one.get_status_display(), TONES.get(one.status, "")),
            ]
            for one in rows
        ],
    )


def clawback(one: Clawback) -> list[Row]:
    """What is to be taken back, why, and how far it has come."""
    sums = [(_("원금"), one.principal), (_("이자"), one.interest), (_("제재부가금"), one.surcharge)]
    return [
        Row(_("사유"), one.get_ground_display()),
        Row(_("사실관계"), lines(one.facts)),
        Row(_("법적 근거"), one.legal_basis),
        *(Row(label, won(amount)) for label, amount in sums if amount),
        Row(_("합계"), won(one.total)),
        Row(_("의견제출 기한"), naming.instant(one.reply_by)),
        *([Row(_("주최자의 의견"), lines(one.reply))] if one.reply else []),
        *([Row(_("납부 기한"), day(one.due_on))] if one.due_on else []),
        *([Row(_("납부한 금액"), won(one.received))] if one.received else []),
        *([Row(_("면제하는 법적 근거"), one.waiver_basis)] if one.waiver_basis else []),
    ]


def awards(rows: Sequence[Award], address: str) -> Table:
    return Table(
        caption=_("행사 지원"),
        columns=[
            Column(_("행사")), Column(_("주최")), Column(_("기간")), Column(_("교부결정"), number=True), Column(_("지급"), number=True), Column(_("상태")),
        ],
        rows=[
            [
                link(naming.edition(one.edition), address.format(one.public_id)),
                one.organisation,
                day(one.edition.starts_on),
                won(one.amount),
                won(one.paid),
                parts.badge(one.get_status_display(), TONES.get(one.status, "")),
            ]
            for one in rows
        ],
        empty=_("아직 지원한 행사가 없습니다."),
    )  # fmt: skip
