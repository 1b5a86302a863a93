"""The organiser's sheet: invoices with their evidence, entered one by one, filed together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts import rules as accounts
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Row
from portal.core.ui.trying import tried
from portal.mice import naming, queries, rules, services, support_forms, support_tables
from portal.mice.enums import AwardStatus
from portal.mice.models import Award, SheetLine
from portal.mice.views.award_shared import address, found_award
from portal.mice.views.tour_shared import SignedIn

type Answers = Mapping[str, Any]
_WRITTEN = (AwardStatus.HELD, AwardStatus.RETURNED)


@login_required
def sheet(request: SignedIn, award: UUID) -> HttpResponse:
    """What was spent so far; one more invoice; the report, when all is there."""
    found = found_award(award)
    rules.check_can_act_on(request.user, found)
    there = reverse("support:award", args=[found.public_id])
    strike = address("strike") if found.status in _WRITTEN else ""
    case = Case(
        title=_("정산서"),
        back=(naming.edition(found.edition), there),
        caption=found.organisation,
        lead=_("증빙과 함께 한 건씩 적습니다. 적은 내용은 저장되며, 대표 계정이 모아서 정산보고로 제출합니다."),
        status=found.get_status_display(),
        tone=support_tables.TONES.get(found.status, ""),
        rows=_facts(found),
        tables=[support_tables.sheet(found, strike, evidence_of(found))],
        acts=_acts(request, found),
    )
    filed = request.GET.get("act") == "file"
    return show(request, case, then=there if filed else "")


def evidence_of(found: Award) -> str:
    """The address of the award's evidence, with ``{}`` for its hash."""
    return reverse("support:evidence", args=[found.public_id, "0" * 64]).replace("0" * 64, "{}")


def _facts(found: Award) -> list[Row]:
    """What each category has left, and what is to be mended."""
    spent: dict[str, int] = {}
    for line in found.sheet.all():
        spent[line.code] = spent.get(line.code, 0) + line.amount
    rows = [
        Row(
            naming.category(line.code),
            _("교부 %(awarded)s, 적은 집행 %(spent)s")
            % {"awarded": support_tables.won(line.amount), "spent": support_tables.won(spent.get(line.code, 0))},
        )
        for line in found.lines.all()
    ]
    report = queries.last_report(found)
    if report is not None and report.returned_reason:
        rows.append(Row(_("보완할 내용"), support_tables.lines(report.returned_reason)))
    return rows


def _acts(request: SignedIn, found: Award) -> list[Act]:
    if found.status not in _WRITTEN:
        return []
    by = request.user

    def enter(answers: Answers, now: datetime) -> None:
        services.enter_line(award=found, by=by, now=now, **answers)

    def file(answers: Answers, now: datetime) -> None:
        services.file_sheet(award=found, interest=answers["interest"], by=by, now=now)

    codes = [line.code for line in found.lines.all()]
    acts = [Act("enter", _("집행내역 적기"), support_forms.SpentForm, _("한 건 적기"), enter, _("집행내역을 적었습니다."), options={"codes": codes}, kind="secondary")]  # fmt: skip
    if found.sheet.exists() and accounts.can_sign_for(by, found.organisation):
        done = _("정산보고를 제출했습니다. 담당자가 집행내역을 검사합니다.")
        acts.append(Act("file", _("정산보고 제출"), support_forms.FileForm, _("정산보고 제출하기"), file, done))
    return acts


@login_required
def strike(request: SignedIn, line: UUID) -> HttpResponse:
    """Take one invoice off the sheet."""
    rows = SheetLine.objects.select_related(
        "award__organisation", "award__programme__cluster", "award__edition", "award__envelope", "evidence"
    )
    found = get_object_or_404(rows, public_id=line)
    rules.check_can_act_on(request.user, found.award)
    there = reverse("support:sheet", args=[found.award.public_id])
    if request.method == "POST":
        tried(request, lambda: services.strike_line(line=found, by=request.user), _("집행내역에서 뺐습니다."))
        return redirect(there)
    context = {
        "title": _("집행내역에서 빼기"),
        "lead": _("증빙 파일은 남아 있습니다. 다시 적을 때 같은 파일을 올려 주십시오."),
        "rows": [
            Row(_("비목"), naming.category(found.code)),
            Row(_("거래처"), found.vendor),
            Row(_("금액"), support_tables.won(found.amount)),
        ],
        "form": support_forms.PlainForm(),
        "submit": _("빼기"),
        "kind": "danger",
        "cancel": there,
    }
    return render(request, "layout/confirm.html", context)


@login_required
@require_safe
def evidence(request: SignedIn, award: UUID, sha256: str) -> FileResponse:
    """The file of an evidence of this award; always downloaded, never shown inside the site."""
    found = found_award(award)
    rules.check_can_see_award(request.user, found)
    kept = queries.evidence_in(found, sha256)
    file = kept.files.order_by("id").first() if kept else None
    if file is None:
        raise Http404
    return FileResponse(file.file.open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type)
