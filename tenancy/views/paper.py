"""A contract, or an amendment of it, signed on paper: put on file by one, confirmed by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Table, link
from tenancy import handover_forms, rules, services, tables
from tenancy.enums import PaperStatus, Side
from tenancy.forms import ReasonForm, SureForm
from tenancy.models import Amendment, Lease, PaperSigning
from tenancy.views.handover import file_link
from tenancy.views.shared import SignedIn, found_amendment, found_lease


@login_required
def lease(request: SignedIn, lease: UUID) -> HttpResponse:
    """The contract itself."""
    found = found_lease(lease)
    rules.check_can_file_paper(request.user, found)
    back = (str(found), reverse("tenancy:lease", args=[found.public_id]))
    return _page(request, found, None, back=back, pdf=reverse("tenancy:lease-pdf", args=[found.public_id]))


@login_required
def amendment(request: SignedIn, amendment: UUID) -> HttpResponse:
    """An amendment of it."""
    found = found_amendment(amendment)
    rules.check_can_file_paper(request.user, found.lease)
    back = (_("변경계약"), reverse("tenancy:amendment", args=[found.public_id]))
    pdf = reverse("tenancy:amendment-pdf", args=[found.public_id])
    return _page(request, found.lease, found, back=back, pdf=pdf)


def _page(
    request: SignedIn, lease: Lease, amendment: Amendment | None, *, back: tuple[str, str], pdf: str
) -> HttpResponse:
    signed = amendment or lease
    papers = list(
        lease.papers.filter(amendment=amendment).select_related("scan", "filed_by", "confirmed_by", "amendment")
    )
    case = Case(
        title=_("종이로 서명한 계약서"),
        back=back,
        caption=lease.organisation,
        status=signed.get_status_display(),
        tone=tables.TONES.get(signed.status, ""),
        lead=_(
            "입주기업이 전자서명을 할 수 없을 때 씁니다. 계약서를 내려받아 서명을 받고, 스캔해 올린 뒤 다른 사람이 확인합니다."
        ),
        rows=[
            Row(_("문서 지문(SHA-256)"), signed.document_hash),
            Row(_("서명받을 계약서"), link(_("PDF 내려받기"), pdf)),
        ],
        tables=[_papers(papers)],
        acts=_acts(request, lease, amendment, papers),
        recorded=papers,
    )
    return show(request, case)


def _papers(rows: list[PaperSigning]) -> Table:
    return Table(
        caption=_("올린 계약서"),
        columns=[Column(_("서명한 사람")), Column(_("서명한 날")), Column(_("파일")), Column(_("올린 사람")), Column(_("확인한 사람")), Column(_("상태"))],
        rows=[
            [
                row.signer,
                tables.day(row.signed_date),
                file_link(row.scan),
                row.filed_by.name,
                row.confirmed_by.name if row.confirmed_by else "–",
                tables.status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("아직 올린 계약서가 없습니다."),
    )  # fmt: skip


def _acts(request: SignedIn, lease: Lease, amendment: Amendment | None, papers: list[PaperSigning]) -> list[Act]:
    by, waiting = request.user, next((row for row in papers if row.status == PaperStatus.FILED), None)
    signed = amendment or lease

    def file(answers: Mapping[str, Any], now: datetime) -> None:
        given = {name: value for name, value in answers.items() if name != "same"}
        services.file_paper(lease=lease, amendment=amendment, by=by, now=now, **given)

    def confirm(answers: Mapping[str, Any], now: datetime) -> None:
        assert waiting is not None
        services.confirm_paper(paper=waiting, by=by, now=now)

    def reject(answers: Mapping[str, Any], now: datetime) -> None:
        assert waiting is not None
        services.reject_paper(paper=waiting, by=by, **answers)

    if signed.status != "AWAITING_SIGNATURE" or signed.signatures.filter(side=Side.TENANT).exists():
        return []
    if waiting is None:
        return [Act("file", _("종이 계약서 올리기"), handover_forms.PaperForm, _("계약서 올리기"), file, _("계약서를 올렸습니다. 다른 사람이 확인해야 합니다."))]  # fmt: skip
    if waiting.filed_by_id == by.pk:
        return []
    return [
        Act("confirm", _("종이 계약서 확인"), SureForm, _("서명을 확인하기"), confirm, _("입주기업의 서명을 확인했습니다.")),
        Act("reject", _("돌려보내기"), ReasonForm, _("돌려보내기"), reject, _("계약서를 돌려보냈습니다."), kind="danger"),
    ]  # fmt: skip
