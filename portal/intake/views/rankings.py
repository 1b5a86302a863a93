"""순위: the stored result of a run, by group and page; nothing is computed here."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.ui.parts import Column, Tab, Table
from portal.intake import exact, queries, rules, tally
from portal.intake.models import RankingRun, Stage
from portal.intake.views.desk import PER_PAGE, title_of

FIRST = 10


def last_run(stage: Stage) -> RankingRun | None:
    """The run that counts, without the inputs it was computed from."""
    return stage.runs.defer("inputs").order_by("-number").first()


def heads(run: RankingRun) -> list[Table]:
    """The first of each group, for the page of the stage."""
    return [table(run, group, rows[:FIRST]) for group, rows in run.result["groups"].items()]


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
    names = {track.code: track.name_text for track in stage.call.tracks.all()}
    context = {
        "call": stage.call,
        "title": title_of(stage.call),
        "stage": stage,
        "run": run,
        "tabs": [
            Tab(names.get(one, _("전체")), f"{here}?group={one}", one == group, len(groups[one])) for one in groups
        ],
        "table": table(run, group, list(page)) if run else None,
        "page": page,
    }
    return render(request, "intake/ranking.html", context)


def table(run: RankingRun, group: str, rows: list[dict[str, Any]]) -> Table:
    """Rows of one group as they stand in the run."""
    columns = (
        Column(_("순위"), number=True),
        Column(_("접수번호")),
        Column(_("점수"), number=True),
        Column(_("평가표"), number=True),
        Column(_("기준")),
        Column(_("동점 처리")),
    )
    cells = [
        (
            row["place"] or "–",
            row["application"],
            exact.cut(row["total"]),
            row["sheets"],
            _("통과") if row["passed"] else _("미달"),
            _("추첨") if row["tie"] == "lottery" else row["tie"],
        )
        for row in rows
    ]
    cutoff = run.result.get("selection", {}).get("cutoffs", {}).get(group)
    name = _("전체") if group == tally.ALL else group
    caption = (
        name if cutoff is None else _("%(group)s · 경계 %(cutoff)s점") % {"group": name, "cutoff": exact.cut(cutoff)}
    )
    return Table(caption, columns, cells)
