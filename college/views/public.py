"""What everybody sees: the courses and each run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from college import catalogue, queries, standing, tables
from college.enums import Admission, RunStatus
from college.models import QueueWindow, Run
from college.views.shared import found_run
from portal.accounts.models import Cluster
from portal.core.clock import database_now
from portal.core.money import won
from portal.core.ui.parts import Card, Figure, Row
from portal.intake import queries as intake
from portal.intake.models import Application, Call


@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """Runs that take requests now or soon, then every course."""
    now = database_now()
    context = {
        "open": [catalogue.run_card(run, now) for run in queries.open_runs(now)],
        "courses": [
            Card(
                tables.title(course),
                catalogue.address(course),
                text=tables.said(course.summary_ko, course.summary_en),
                above=course.get_level_display(),
                facts=[Row(_("교육 시간"), _("%(hours)s시간") % {"hours": course.hours})],
            )
            for course in queries.course_list()
        ],
    }
    return render(request, "college/courses.html", context)


@require_safe
def run(request: HttpRequest, code: str) -> HttpResponse:
    """One run: what, when, where, how seats are given out, and where I stand."""
    found, now = found_run(code), database_now()
    person = queries.person_of(request.user) if request.user.is_authenticated else None
    mine = queries.my_requests(person).filter(run=found, live=True).first()
    call = found.call if found.admission == Admission.SELECTION else None
    context = {
        "run": found,
        "name": tables.name(found),
        "summary_text": tables.said(found.course.summary_ko, found.course.summary_en),
        "tone": tables.TONES.get(found.status, ""),
        "facts": facts(found),
        "rules": _rules(found),
        "timetable": tables.timetable(list(found.lessons.order_by("starts_at", "id"))),
        "about": catalogue.address(found.course),
        "mine": mine,
        "standing": standing.of_request(mine, now) if mine else "",
        "draw": (drawn := queries.draw_of(found)),
        "public_name": tables.public_name(drawn) if drawn else "",
        "open": found.status in (RunStatus.PUBLISHED, RunStatus.CONFIRMED) and found.opens_at <= now < found.closes_at,
        "call": call,
        "call_open": call is not None and call.is_open(now),
        "applied": _applied(request, call),
        "room": _room(found, now),
        "now": now,
    }
    return render(request, "college/run.html", context)


def _applied(request: HttpRequest, call: Call | None) -> Application | None:
    """My application to the run's call, the newest."""
    if call is None or not request.user.is_authenticated:
        return None
    return intake.applications_of(request.user).filter(call=call).first()


def _room(run: Run, now: datetime) -> QueueWindow | None:
    """The waiting room while one can enter it or is about to; afterwards people ask here."""
    window = queries.window_of(run)
    return window if window is not None and now < window.ends_at else None


@require_safe
def draw(request: HttpRequest, code: str) -> HttpResponse:
    """The lottery of a run: what was sealed, who was on the list, what decided, and the order; numbers, no names."""
    found = found_run(code)
    drawn = queries.draw_of(found)
    if drawn is None:
        raise Http404
    person = queries.person_of(request.user) if request.user.is_authenticated else None
    mine = queries.my_requests(person).filter(run=found).first()
    context = {
        "run": found,
        "name": tables.name(found),
        "draw": drawn,
        "facts": tables.draw_facts(drawn),
        "order": tables.draw_order(drawn, mine.case_ref if mine else None),
        "mine": mine,
        "place": mine.place if mine else None,
    }
    return render(request, "college/draw.html", context)


def facts(run: Run) -> list[Row]:
    """The run in names and values."""
    return [
        Row(_("교육장"), tables.campus(run.campus)),
        Row(_("교육 기간"), f"{tables.day(run.starts_date)} ~ {tables.day(run.ends_date)}"),
        Row(_("신청 기간"), f"{tables.instant(run.opens_at)} ~ {tables.instant(_closes_at(run))}"),
        Row(_("모집 방식"), str(run.get_admission_display())),
        Row(_("남은 자리"), catalogue.seats(run)),
        Row(_("수강료"), won(run.fee_won) if run.fee_won else _("무료")),
    ]


def _closes_at(run: Run) -> datetime:
    """Until when people ask or apply; a call's closing may have moved later by a correction."""
    return run.call.closes_at if run.call and run.status != RunStatus.DRAFT else run.closes_at


def _rules(run: Run) -> Sequence[Any]:
    """What completing takes, in words; the same rules that will judge."""
    policy = run.rules
    said = [
        Row(_("수료 기준"), _("출석 %(percent)s%% 이상") % {"percent": policy.completion.attendance_percent}),
        Row(_("지각"), _("시작 뒤 %(minutes)s분부터") % {"minutes": policy.attendance.late_after_min}),
        Row(_("운영 기준 판"), run.policy_version),
    ]
    marks = [
        _("%(code)s %(mark)s점 이상") % {"code": each.code, "mark": each.pass_mark // 100}
        for each in policy.completion.assessments
        if each.required
    ]
    return [*said, Row(_("필수 평가"), ", ".join(marks))] if marks else said


@require_safe
def experts(request: HttpRequest) -> HttpResponse:
    """양성 실적: what was promised against now, by year, campus and course, and every frozen month."""
    now = database_now()
    shown = [
        _figures(cluster, now) for cluster in Cluster.objects.filter(courses__isnull=False).distinct().order_by("id")
    ]
    return render(request, "college/experts.html", {"clusters": shown})


def _figures(cluster: Cluster, now: datetime) -> dict[str, Any]:
    counted = queries.experts_at(cluster, now)
    return {
        "cluster": cluster,
        "name": str(cluster),
        "total": counted.total,
        "figures": [
            Figure(_("전문가 양성"), counted.total, _("명"), _("같은 사람은 한 번만 셉니다")),
            Figure(_("본인확인 전 수료자"), counted.unverified, _("명"), _("실적에 넣지 않습니다")),
            Figure(_("수료 건수"), counted.gross, pgettext("단위", "건")),
        ],
        "breakdown": tables.breakdown(counted),
        "months": tables.months(list(queries.frozen_months(cluster))),
    }
