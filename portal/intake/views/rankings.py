"""순위: the stored result of a run, by group and page; nothing is computed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
from portal.intake.templatetags.intake import percent
from portal.intake.views.desk import PER_PAGE, staff_call, title_of

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


@login_required
@require_safe
def final(request: HttpRequest, code: str) -> HttpResponse:
    """The run behind the final result: places over all stages, bonuses, who uses whose place. An earlier one by number."""
    call = staff_call(request, code)
    rules.check_can_observe(request.user, call)
    runs = call.runs.filter(stage=None).defer("inputs").order_by("-number")
    last = runs.values_list("number", flat=True).first()
    number = request.GET.get("run", "")
    run = get_object_or_404(runs, number=int(number)) if number.isdecimal() and len(number) < 6 else runs.first()
    groups = run.result["groups"] if run else {}
    group = request.GET.get("group", "")
    group = group if group in groups else next(iter(groups), "")
    page = Paginator(groups.get(group, []), PER_PAGE).get_page(request.GET.get("page"))
    tracks = list(call.tracks.all())
    names = {track.code: track.name_text for track in tracks}
    here = f"{reverse('intake:final-ranking', args=[code])}?" + (f"run={run.number}&" if number and run else "")
    stages = list(call.stages.order_by("number"))
    context = {
        "call": call,
        "title": title_of(call),
        "run": run,
        "newest": run is None or run.number == last,
        "tabs": [Tab(names.get(one, one), f"{here}group={one}", one == group, len(groups[one])) for one in groups],
        "places": _places(run, {track.code: track.quota for track in tracks}, names) if run else None,
        "table": _final_table(run, group, list(page), names, stages) if run and stages else None,
        "page": page,
    }
    return render(request, "intake/final_ranking.html", context)


def _places(run: RankingRun, quotas: Mapping[str, int], names: Mapping[str, str]) -> Table:
    """Per track: places, how many were given and to whom, what the last one selected had."""
    chosen = run.result["selection"]
    used = Counter(quota_track for _key, _track, quota_track in chosen["selected"])
    columns = (
        Column(_("모집부문")),
        Column(_("모집"), number=True),
        Column(_("선정"), number=True),
        Column(_("예비"), number=True),
        Column(_("경계 점수"), number=True),
    )
    rows = [
        (name, quotas[code], used[code], len(chosen["reserved"].get(code, ())), exact.cut(chosen["cutoffs"].get(code)))
        for code, name in names.items()
    ]
    return Table(_("모집부문별 결과"), columns, rows, caption_hidden=True)


def _final_table(
    run: RankingRun, group: str, rows: list[dict[str, Any]], tracks: Mapping[str, str], stages: Sequence[Stage]
) -> Table:
    """What each stage gave and its share, the bonus, the sum, and what came of it."""
    ties, several = tie_names(stages[-1]), len(stages) > 1
    chosen = run.result["selection"]
    outcomes = {
        key: _("선정") if track == quota_track else _("선정(%(track)s 자리)") % {"track": tracks.get(quota_track, "")}
        for key, track, quota_track in chosen["selected"]
    }
    for waiting in chosen["reserved"].values():
        outcomes |= {key: _("예비 %(n)s번") % {"n": order} for order, key in enumerate(waiting, start=1)}
    columns = (
        Column(_("순위"), number=True),
        Column(_("접수번호")),
        *(Column(f"{stage.name_text} ({percent(stage.share_bp)})", number=True) for stage in stages if several),
        Column(_("평가 점수"), number=True),
        Column(_("가점"), number=True),
        Column(_("합계"), number=True),
        Column(_("기준")),
        Column(_("동점 처리")),
        Column(_("결과")),
    )
    cells = [
        (
            row["place"] or "–",
            row["application"],
            *(exact.cut(row.get("bases", {}).get(stage.code)) for stage in stages if several),
            exact.cut(row["base"]),
            exact.cut(row["bonus"]),
            exact.cut(row["total"]),
            _("통과") if row["passed"] else _("미달"),
            ties.get(row["tie"], row["tie"]) or "–",
            outcomes.get(row["application"], _("미선정")),
        )
        for row in rows
    ]
    return Table(tracks.get(group, group), columns, cells)


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
            ties.get(row["tie"], row["tie"]) or "–",
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
