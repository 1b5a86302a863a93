"""Bonus items: written with the draft call, verified file by file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock import database_now
from portal.core.errors import NotAllowed, Refused
from portal.core.ui.parts import Column, Table, link
from portal.intake import editing, queries, rules, services
from portal.intake.enums import CallStatus
from portal.intake.forms.desk import BonusForm, BonusItemsForm
from portal.intake.models import Application, BonusFinding
from portal.intake.views.answers import show_refusal
from portal.intake.views.desk import staff_call, title_of
from portal.intake.views.review import file_links


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def items(request: HttpRequest, code: str) -> HttpResponse:
    """The bonus items of a draft call."""
    call = staff_call(request, code)
    rules.check_can_edit_call(request.user, call)
    if call.status != CallStatus.DRAFT:
        raise NotAllowed(_("공고한 뒤에는 가점을 바꿀 수 없습니다."))
    data = editing.definition_of(call)
    form = BonusItemsForm(request.POST or None, initial={"items": BonusItemsForm.written(data["bonuses"])})
    if request.method == "POST" and form.is_valid():
        data["bonuses"] = form.cleaned_data["items"]
        try:
            services.keep_call(call=call, data=data, by=request.user, now=database_now())
        except Refused as refusal:
            form.add_error("items", str(refusal))
        else:
            messages.success(request, _("저장했습니다."))
            return redirect("intake:edit", code)
    context = {
        "title": _("가점"),
        "lead": title_of(call),
        "back": reverse("intake:edit", args=[code]),
        "back_word": _("공고 작성"),
        "note": _("가점은 담당자가 증빙을 확인한 항목만 최종 점수에 한 번 더합니다."),
        "form": form,
        "act": _("가점 항목"),
        "submit": _("저장"),
    }
    return render(request, "intake/workbench.html", context, status=422 if form.errors else 200)


def _application(request: HttpRequest, public_id: UUID) -> Application:
    rows = Application.objects.select_related("call__cluster", "call__current", "organisation")
    found = get_object_or_404(rows.exclude(status="DRAFT"), public_id=public_id)
    rules.check_can_observe(request.user, found.call)
    return found


@login_required
@require_safe
def of_application(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every item with the papers sent for it and what was found."""
    found = _application(request, public_id)
    may = rules.allowed(rules.check_can_verify_bonus, request.user, found)
    columns = (Column(_("항목")), Column(_("가점"), number=True), Column(_("증빙 자료")), Column(_("확인 결과")))
    rows = []
    for item, papers, finding in queries.bonus_lines(found):
        address = reverse("intake:bonus", args=[public_id, item.code])
        name = link(item.name_text, address) if may else item.name_text
        rows.append(
            (name, f"{item.points.normalize():f}", file_links(papers) if papers else _("증빙 없음"), _found(finding))
        )
    context = {
        "title": _("가점 확인"),
        "lead": str(found),
        "back": reverse("intake:desk-application", args=[public_id]),
        "back_word": str(found),
        "tables": [Table(_("가점 항목"), columns, rows, empty=_("가점이 없는 공고입니다."), caption_hidden=True)],
    }
    return render(request, "intake/workbench.html", context)


def _found(finding: BonusFinding | None) -> str:
    if finding is None:
        return _("아직 확인하지 않음")
    word = _("점수에 반영") if finding.counted else _("반영하지 않음")
    return f"{word}: {finding.reason}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """One item: does its paper count?"""
    found = _application(request, public_id)
    rules.check_can_verify_bonus(request.user, found)
    item = get_object_or_404(found.call.bonus_items, code=code)
    form = BonusForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.verify_bonus(
                application=found, item=item, by=request.user, now=database_now(), **form.cleaned_data
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("확인 결과를 남겼습니다."))
            return redirect("intake:bonuses", public_id)
    papers: Any = queries.sent_files(found).get(item.block, [])
    context = {
        "title": item.name_text,
        "lead": str(found),
        "back": reverse("intake:bonuses", args=[public_id]),
        "back_word": _("가점 확인"),
        "note": item.paper_text,
        "tables": [
            Table(_("증빙 자료"), (Column(_("파일")),), [(file_links([row]),) for row in papers], empty=_("증빙 없음"))
        ],
        "form": form,
        "act": _("확인 결과"),
        "submit": _("결과 남기기"),
    }
    return render(request, "intake/workbench.html", context, status=422 if form.errors else 200)
