"""A company's graduation: the certificate, and its figures of each year since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.papers import answer
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Table, link
from tenancy import forms, papers, queries, rules, services, tables
from tenancy.models import Graduation
from tenancy.reasons import FIGURES
from tenancy.views.shared import SignedIn

_ASKED = ("sales", "jobs", "investment")


def _found(request: SignedIn, lease: UUID) -> Graduation:
    found = queries.graduation_of(lease)
    if found is None:
        raise Http404
    rules.check_can_see_stay(request.user, found.lease)
    return found


@login_required
def graduation(request: SignedIn, lease: UUID) -> HttpResponse:
    """When and why a company graduated, what it answered since, and this year's question."""
    found = _found(request, lease)
    paper = reverse("tenancy:graduation_pdf", args=[found.lease.public_id])
    case = Case(
        title=_("졸업"),
        back=(str(found.lease), reverse("tenancy:lease", args=[found.lease.public_id])),
        caption=found.organisation,
        rows=[
            Row(_("졸업일"), tables.day(found.graduated_date)),
            Row(_("사유"), found.get_ground_display()),
            Row(_("졸업 확인서"), link(_("PDF 내려받기"), paper)),
        ],
        tables=[_years(found)],
        acts=_acts(request, found),
        recorded=[found],
    )
    return show(request, case)


def _years(found: Graduation) -> Table:
    return Table(
        caption=_("졸업한 뒤의 실적"),
        columns=[Column(_("해")), *(Column(FIGURES[name], number=True) for name in _ASKED), Column(_("상태"))],
        rows=[
            [
                row.year,
                *(f"{row.figures[name]:,}" if name in row.figures else "" for name in _ASKED),
                tables.instant(row.answered_at) if row.answered_at else _("답변 전"),
            ]
            for row in found.follow_ups.all()
        ],
        empty=_("졸업하고 1년이 지나면 해마다 한 번 여쭙니다."),
    )


def _acts(request: SignedIn, found: Graduation) -> list[Act]:
    waiting = next((row for row in found.follow_ups.all() if row.answered_at is None), None)
    if waiting is None or not rules.can_sign_as_tenant(request.user, found.lease):
        return []

    def tell(answers: Mapping[str, Any], now: datetime) -> None:
        services.answer_follow_up(follow_up=waiting, figures=answers, by=request.user, now=now)

    title = _("%(year)s년 실적") % {"year": waiting.year}
    return [Act("tell", title, forms.YearForm, _("실적 보내기"), tell, _("알려 주셔서 고맙습니다."))]


@login_required
def graduation_pdf(request: SignedIn, lease: UUID) -> FileResponse:
    """The certificate, for whoever may see the lease."""
    return answer(papers.graduation(_found(request, lease)), f"graduation-{lease}.pdf")
