"""만약에: the last run of a stage counted under another rule, to see what hangs on it. Nothing of it is ever stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.core.ui.parts import Column, Table
from portal.intake import exact, queries, rules, selection, tally
from portal.intake.models import RankingRun, Stage
from portal.intake.views.desk import PER_PAGE, title_of


class WhatIfForm(forms.Form):
    """What is changed for this look; empty means as it is."""

    combine = forms.ChoiceField(
        label=gettext_lazy("평가표를 합치는 방법"),
        choices=[
            ("", gettext_lazy("지금 기준대로")),
            ("mean", gettext_lazy("평균")),
            ("trimmed_mean", gettext_lazy("최고·최저를 뺀 평균")),
            ("median", gettext_lazy("중앙값")),
        ],
        required=False,
    )
    pass_mark = forms.DecimalField(
        label=gettext_lazy("통과 점수"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    go_on = forms.IntegerField(
        label=gettext_lazy("다음 단계로 가는 수"), min_value=0, max_value=100_000, required=False
    )


@login_required
@require_safe
def what_if(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Places as they stand beside places under the rule typed in; computed from the run's own inputs."""
    calls = queries.calls_for_staff(request.user)
    stage = get_object_or_404(
        Stage.objects.select_related("call__current", "call__cluster"), call__in=calls, call__code=code, number=number
    )
    rules.check_can_observe(request.user, stage.call)
    run = stage.runs.order_by("-number").first()
    asked = any(name in request.GET for name in WhatIfForm.base_fields)
    form = WhatIfForm(request.GET if asked else None)
    moved = _moved(run, form) if run and asked and form.is_valid() else []
    page = Paginator(moved, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "call": stage.call,
        "title": title_of(stage.call),
        "stage": stage,
        "run": run,
        "form": form,
        "table": _table(list(page)) if moved else None,
        "changed": sum(row["before"] != row["after"] for row in moved),
        "page": page,
        "back": reverse("intake:ranking", args=[code, number]),
    }
    return render(request, "intake/what_if.html", context, status=422 if asked and form.errors else 200)


def _moved(run: RankingRun, form: WhatIfForm) -> list[dict[str, Any]]:
    """Every file with its place before and after; a rule that cannot be counted is said at the form."""
    inputs = json.loads(run.inputs)
    try:
        result = tally.stage_result(_changed(inputs, form.cleaned_data))
    except selection.TieAtCutoff:
        form.add_error("go_on", _("이 수에서는 경계에 동점이 있어 나눌 수 없습니다."))
        return []
    except ValueError:
        form.add_error(None, _("이 기준으로는 집계할 수 없습니다."))
        return []
    before = {row["application"]: row["place"] for rows in run.result["groups"].values() for row in rows}
    goes_on, went_on = _going_on(result), _going_on(run.result)
    return [
        {
            "application": row["application"],
            "before": before.get(row["application"]),
            "after": row["place"],
            "total": row["total"],
            "went_on": row["application"] in went_on,
            "goes_on": row["application"] in goes_on,
            "passed": row["passed"],
        }
        for rows in result["groups"].values()
        for row in rows
    ]


def _changed(inputs: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The run's inputs under the rule asked about."""
    rule = dict(inputs["rule"])
    if given["combine"]:
        rule["combine"] = given["combine"]
    if given["pass_mark"] is not None:
        rule["pass_mark"] = str(given["pass_mark"])
    go_on = inputs["go_on"]
    if given["go_on"] is not None:
        go_on = dict.fromkeys(inputs["groups"], given["go_on"])
    return {**inputs, "rule": rule, "go_on": go_on}


def _going_on(result: Mapping[str, Any]) -> set[str]:
    return {row[0] for row in result.get("selection", {}).get("selected", ())}


def _table(rows: list[dict[str, Any]]) -> Table:
    columns = (
        Column(_("접수번호")),
        Column(_("지금 순위"), number=True),
        Column(_("바꾼 순위"), number=True),
        Column(_("바꾼 점수"), number=True),
        Column(_("기준")),
        Column(_("다음 단계")),
    )
    shown = [
        (
            row["application"],
            row["before"] or "–",
            row["after"] or "–",
            exact.cut(row["total"]),
            _("통과") if row["passed"] else _("미달"),
            _next(row),
        )
        for row in rows
    ]
    return Table(_("바꾼 기준의 순위"), columns, shown)


def _next(row: Mapping[str, Any]) -> str:
    if row["went_on"] == row["goes_on"]:
        return _("진출") if row["goes_on"] else "–"
    return _("새로 진출") if row["goes_on"] else _("진출하지 못함")
