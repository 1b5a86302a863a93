"""Names found in what a blind panel would read."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Table, link
from portal.intake import queries, rules, services
from portal.intake.enums import HitOutcome
from portal.intake.forms.desk import HitForm
from portal.intake.models import NameHit, Stage
from portal.intake.views.answers import show_refusal
from portal.intake.views.desk import staff_call


def _stage(request: HttpRequest, code: str, number: int) -> Stage:
    call = staff_call(request, code)
    stage = get_object_or_404(call.stages, number=number)
    stage.call = call
    return stage


@login_required
@require_safe
def found(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Every name found, and what was done about it."""
    stage = _stage(request, code, number)
    may = rules.allowed(rules.check_can_run, request.user, stage.call)
    columns = (Column(_("신청서")), Column(_("문항")), Column(_("발견한 것")), Column(_("조치")))
    rows = []
    for hit in queries.name_hits(stage):
        address = reverse("intake:name-hit", args=[code, number, hit.pk])
        name = link(str(hit.application), address) if may and hit.outcome == HitOutcome.OPEN else str(hit.application)
        rows.append((name, _block(stage, hit), _what(hit), hit.get_outcome_display()))
    left = queries.unsearched(stage).count() if stage.blind else 0
    more = _("아직 찾지 않은 신청서: %(n)s건") % {"n": left}
    note = _("가린 평가를 시작하기 전에, 평가위원이 볼 답과 파일에서 기업명, 대표자, 사업자등록번호를 찾습니다.")
    context = {
        "title": _("가려지지 않은 이름"),
        "lead": stage.name_text,
        "back": reverse("intake:desk-stage", args=[code, number]),
        "back_word": stage.name_text,
        "note": f"{note} {more}" if left else note,
        "tables": [Table(_("발견한 이름"), columns, rows, empty=_("발견한 이름이 없습니다."), caption_hidden=True)],
    }
    return render(request, "intake/workbench.html", context)


def _block(stage: Stage, hit: NameHit) -> str:
    version = stage.call.current
    block = version.parsed_form.block(hit.block) if version else None
    return " · ".join(filter(None, [block.label_text if block else hit.block, hit.file]))


def _what(hit: NameHit) -> str:
    return hit.name or _("읽을 수 없는 PDF: 직접 열어 확인해 주십시오.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """Keep it, or withhold the question from the panel."""
    stage = _stage(request, code, number)
    rules.check_can_run(request.user, stage.call)
    hit = get_object_or_404(queries.name_hits(stage), pk=pk)
    form = HitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.settle_hit(hit=hit, by=request.user, now=database_now(), **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("조치를 남겼습니다."))
            return redirect("intake:name-hits", code, number)
    context = {
        "title": str(hit.application),
        "lead": f"{_block(stage, hit)}: {_what(hit)}",
        "back": reverse("intake:name-hits", args=[code, number]),
        "back_word": _("가려지지 않은 이름"),
        "form": form,
        "act": _("조치"),
        "submit": _("조치 남기기"),
    }
    return render(request, "intake/workbench.html", context, status=422 if form.errors else 200)
