"""Reading sheets: a panel's members each other's, once their own is locked; the desks when their turn has come."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.clock import database_now
from portal.core.ui.parts import Column, Row, Table
from portal.intake import queries, rules, services
from portal.intake.models import Application, Criterion, ScoreSheet, Stage
from portal.intake.views.review import name_of


@login_required
@require_safe
def others(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the members gave one file, side by side, by number and without names."""
    mine = get_object_or_404(queries.sheets_of(request.user), public_id=public_id)
    rules.check_can_discuss(request.user, mine)
    stage = mine.assignment.stage
    sheets = queries.sheets_on(mine.assignment.application, stage)
    context = {
        "lead": name_of(mine),
        "tables": [_table(stage, sheets, mine)],
        "comments": _comments(sheets, mine),
        "asks": _to_ask(sheets, mine),
    }
    return render(request, "intake/discussion.html", {**context, "call": stage.call, "sheet": mine})


@login_required
@require_safe
def for_desk(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The sheets of one application, stage by stage, as far as the reader's desk may see them now; the reading is noted."""
    found = get_object_or_404(
        Application.objects.select_related("call__cluster", "call__current", "organisation"), public_id=public_id
    )
    role = rules.check_can_observe(request.user, found.call)
    tables, comments = [], []
    for stage in found.call.stages.order_by("number"):
        stage.call = found.call
        if rules.allowed(rules.check_can_read_sheets, request.user, found, stage):
            sheets = queries.sheets_on(found, stage)
            tables.append(_table(stage, sheets))
            comments += _comments(sheets)
    services.record_access(
        call=found.call, what="sheets", by=request.user, role=role, now=database_now(), application=found
    )
    context = {"lead": str(found), "tables": tables, "comments": comments, "call": found.call, "application": found}
    return render(request, "intake/discussion.html", context)


def _to_ask(sheets: list[ScoreSheet], mine: ScoreSheet) -> list[tuple[str, str]]:
    """For the chair: each other member's sheet, with the address that asks to have it given back."""
    if not mine.assignment.member.is_chair or mine.assignment.stage.status != "RUNNING":
        return []
    return [
        (name, reverse("intake:ask-reopening", args=[sheet.public_id]))
        for name, sheet in zip(_names(sheets, mine), sheets, strict=True)
        if sheet.pk != mine.pk
    ]


def _names(sheets: list[ScoreSheet], mine: ScoreSheet | None = None) -> list[str]:
    return [
        _("내 평가표") if mine is not None and sheet.pk == mine.pk else _("위원 %(n)s") % {"n": number}
        for number, sheet in enumerate(sheets, start=1)
    ]


def _table(stage: Stage, sheets: list[ScoreSheet], mine: ScoreSheet | None = None) -> Table:
    columns = (Column(_("평가항목")), *(Column(name) for name in _names(sheets, mine)))
    given = [{item.criterion_id: item for item in sheet.items.all()} for sheet in sheets]
    rows = [
        (item.name_text, *(_points(item, scores.get(item.pk)) for scores in given)) for item in stage.criteria.all()
    ]
    return Table(stage.name_text, columns, rows if sheets else [], empty=_("제출된 평가표가 없습니다."))


def _points(criterion: Criterion, item: object) -> str:
    score = getattr(item, "score", None)
    if score is None:
        return _("기권: %(why)s") % {"why": getattr(item, "reason", "")}
    return f"{score} / {criterion.max_points}"


def _comments(sheets: list[ScoreSheet], mine: ScoreSheet | None = None) -> list[Row]:
    return [Row(name, sheet.comment) for name, sheet in zip(_names(sheets, mine), sheets, strict=True) if sheet.comment]
