"""순위: the stored result of a run, by group and page; nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.ui.parts import Column, Row, Tab, Table
from portal.intake import exact, queries, rules, tally
from portal.intake.models import RankingRun, Stage
from portal.intake.views.desk import PER_PAGE, title_of

FIRST = 10


def last_run(stage: Stage) -> RankingRun | None:
    """The run that counts, without the inputs it was computed from."""
    return stage.runs.defer("inputs").order_by("-number").first()


def heads(run: RankingRun, stage: Stage) -> list[Table]:
    """The first of each group, for the page of the stage."""
    tracks, ties = track_names(stage), tie_names(stage)
    return [table(run, group, rows[:FIRST], tracks, ties) for group, rows in run.result["groups"].items()]


def track_names(stage: Stage) -> dict[str, str]:
    """Groups by their code: tracks, or all together."""
    return {tally.ALL: _("전체"), **{track.code: track.name_text for track in stage.call.tracks.all()}}


def tie_names(stage: Stage) -> dict[str, str]:
    """What broke a tie, in words: a criterion by its name, or what every rule may name."""
    words = {
        "base": _("평가 점수로 가림"),
        "bonus": _("가점으로 가림"),
        "lottery": _("추첨으로 가림"),
        "shared": _("공동 순위"),
    }
    return words | {row.code: _("%(name)s 점수로 가림") % {"name": row.name_text} for row in stage.criteria.all()}


@login_required
@require_safe
def ranking(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Every place of a stage's last run: a tab per group, a page at a time."""
    calls = queries.calls_for_staff(request.user)
    stage = get_object_or_404(
        Stage.objects.select_related("call__current", "call__cluster"), call__in=calls, call__code=code, number=number
    )
    rules.check_can_observe(request.user, stage.call)
    run = last_run(stage)
    groups = run.result["groups"] if run else {}
    group = request.GET.get("group", "")
    group = group if group in groups else next(iter(groups), "")
    page = Paginator(groups.get(group, []), PER_PAGE).get_page(request.GET.get("page"))
    here = reverse("intake:ranking", args=[code, number])
    names = track_names(stage)
    cutoffs = run.result.get("selection", {}).get("cutoffs", {}) if run else {}
    context = {
        "call": stage.call,
        "title": title_of(stage.call),
        "stage": stage,
        "run": run,
        "tabs": [Tab(names.get(one, one), f"{here}?group={one}", one == group, len(groups[one])) for one in groups],
        "cutoffs": [Row(names.get(one, one), exact.cut(total)) for one, total in cutoffs.items()],
        "table": table(run, group, list(page), names, tie_names(stage)) if run else None,
        "page": page,
    }
    return render(request, "intake/ranking.html", context)


def table(
    run: RankingRun, group: str, rows: list[dict[str, Any]], tracks: Mapping[str, str], ties: Mapping[str, str]
) -> Table:
    """Rows of one group as they stand in the run."""
    goes_on = {key for key, _track, _quota in run.result.get("selection", {}).get("selected", ())}
    columns = (
        Column(_("순위"), number=True),
        Column(_("접수번호")),
        Column(_("점수"), number=True),
        Column(_("평가표"), number=True),
        Column(_("기준")),
        Column(_("동점 처리")),
        Column(_("다음 단계")),
    )
    cells = [
        (
            row["place"] or "–",
            row["application"],
            exact.cut(row["total"]),
            row["sheets"],
            _("통과") if row["passed"] else _("미달"),
            ties.get(row["tie"], row["tie"]),
            _("진출") if row["application"] in goes_on else "–",
        )
        for row in rows
    ]
    cutoff = run.result.get("selection", {}).get("cutoffs", {}).get(group)
    name = tracks.get(group, group)
    caption = (
        name if cutoff is None else _("%(group)s · 경계 %(cutoff)s점") % {"group": name, "cutoff": exact.cut(cutoff)}
    )
    return Table(caption, columns, cells)
