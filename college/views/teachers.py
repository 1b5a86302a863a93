"""Instructors for the office: qualifications submitted, decided and withdrawn, and who gives which lesson."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from college import queries, rules, services, teacher_forms, teacher_tables
from college.enums import QualificationStatus, RunStatus, SessionStatus
from college.models import Course, Lesson, Qualification
from college.money_forms import NothingForm, WhyForm
from college.naming import title
from college.tables import instant, name
from college.views.office import found
from college.views.shared import SignedIn
from portal.accounts.models import User
from portal.accounts.queries import clusters_of, people_with
from portal.accounts.roles import roles_for
from portal.core.clock import database_now
from portal.core.errors import NotAllowed
from portal.core.periods import SEOUL
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Row

_DESK = roles_for("enrolment.manage") | roles_for("completion.decide")


def my_courses(user: User) -> list[Course]:
    """Courses whose instructors this person may see."""
    here = Course.objects.filter(cluster__in=clusters_of(user, *_DESK)).select_related("cluster")
    return [one for one in here if _sees(user, one)]


def _sees(user: User, course: Course) -> bool:
    return rules.may_for(user, "run.edit", course) or rules.may_for(user, "completion.decide", course)


@login_required
def teachers(request: SignedIn) -> HttpResponse:
    """All qualifications of my courses, lessons that nobody qualified is to give, and a form for a new one."""
    courses = my_courses(request.user)
    if not clusters_of(request.user, *_DESK).exists():
        raise NotAllowed(_("교육 담당자만 볼 수 있는 화면입니다."))
    now = database_now()
    gaps = list(queries.uncovered_in(courses, now))
    listed = list(queries.qualifications_of(courses))
    case = Case(
        title=_("강사와 자격"),
        back=(_("교육 업무"), reverse("college:office")),
        lead=_("승인한 자격이 그날을 덮는 강사만 가르칠 수 있습니다."),
        tables=[
            *([teacher_tables.uncovered(gaps)] if gaps else []),
            teacher_tables.qualifications(listed, now.astimezone(SEOUL).date()),
        ],
        acts=_submitting(request, courses),
    )
    return show(request, case)


def _submitting(request: SignedIn, courses: list[Course]) -> list[Act]:
    editable = [one for one in courses if rules.may_for(request.user, "run.edit", one)]

    def submit(answers: Mapping[str, Any], now: datetime) -> None:
        services.submit_qualification(by=request.user, now=now, **answers)

    if not editable:
        return []
    people = {
        user.pk: user for one in editable for user in people_with("instructor", cluster=one.cluster, course=one.code)
    }
    options = {"teachers": list(people.values()), "courses": editable}
    done = _("강사 자격을 올렸습니다. 다른 결재자가 승인합니다.")
    return [
        Act(
            "submit",
            _("새 강사 자격"),
            teacher_forms.QualificationForm,
            _("자격 올리기"),
            submit,
            done,
            options=options,
        )
    ]


@login_required
def qualification(request: SignedIn, public_id: UUID) -> HttpResponse:
    """One qualification: its evidence, and the decision that is this person's."""
    row = queries.qualification_of(public_id)
    if row is None:
        raise Http404
    if not _sees(request.user, row.course):
        raise NotAllowed(_("교육 담당자만 볼 수 있는 화면입니다."))
    word, tone = teacher_tables.state(row, database_now().astimezone(SEOUL).date())
    acts = _deciding(request, row)
    waits = row.status == QualificationStatus.SUBMITTED and not acts
    case = Case(
        title=_("%(name)s 님의 강사 자격") % {"name": row.instructor.name},
        back=(_("강사와 자격"), reverse("college:teachers")),
        caption=title(row.course),
        status=word,
        tone=tone,
        rows=[
            Row(_("자격 근거"), row.evidence),
            Row(_("유효 기간"), teacher_tables.span(row)),
            Row(_("올린 사람"), f"{row.submitted_by} · {instant(row.submitted_at)}"),
            Row(
                _("결정한 사람"), f"{row.decided_by} · {instant(row.decided_at)}" if row.decided_by else _("아직 없음")
            ),
        ],
        notes=[_("다른 결재자가 근거를 보고 승인합니다.")] if waits else [],
        acts=acts,
        recorded=[row],
    )
    return show(request, case)


def _deciding(request: SignedIn, row: Qualification) -> list[Act]:
    user = request.user
    given: dict[str, Any] = {"qualification": row, "by": user}

    def run(service: Any) -> Any:
        return lambda answers, now: service(**given, now=now, **answers)

    if not rules.may_for(user, "completion.decide", row.course) or user.pk in (row.submitted_by_id, row.instructor_id):
        return []
    if row.status == QualificationStatus.SUBMITTED:
        return [
            Act("approve", _("승인"), NothingForm, _("자격 승인하기"), run(services.approve_qualification), _("강사 자격을 승인하고 강사에게 알렸습니다.")),
            Act("refuse", _("반려"), WhyForm, _("자격 반려하기"), run(services.refuse_qualification), _("강사 자격을 반려했습니다."), kind="danger"),
        ]  # fmt: skip
    if row.status == QualificationStatus.APPROVED:
        return [
            Act("withdraw", _("철회"), WhyForm, _("자격 철회하기"), run(services.withdraw_qualification), _("강사 자격을 철회했습니다. 앞으로의 수업에 다른 강사를 배정해 주십시오."), kind="danger"),
        ]  # fmt: skip
    return []


@login_required
def run_teachers(request: SignedIn, code: str) -> HttpResponse:
    """Who gives which lesson of a run; a stand-in is assigned here."""
    run = found(request, code)
    rows = list(run.lessons.exclude(status=SessionStatus.CANCELLED).select_related("instructor").order_by("starts_at"))
    bad = set(queries.uncovered_of(run).values_list("pk", flat=True))
    case = Case(
        title=_("차시별 강사"),
        back=(name(run), reverse("college:office-run", args=[run.code])),
        caption=name(run),
        tables=[teacher_tables.lessons(rows, bad)],
    )
    ahead = [one for one in rows if one.status == SessionStatus.PLANNED]
    closed = run.status in (RunStatus.JUDGED, RunStatus.CLOSED, RunStatus.CANCELLED)
    if ahead and not closed and rules.may_for(request.user, "enrolment.manage", run.course):
        for one in ahead:
            one.run = run
        case.acts = [_assigning(request, ahead, run.course)]
    return show(request, case)


def _assigning(request: SignedIn, lessons: list[Lesson], course: Course) -> Act:
    def assign(answers: Mapping[str, Any], now: datetime) -> None:
        services.assign_instructor(by=request.user, now=now, **answers)

    people = people_with("instructor", cluster=course.cluster, course=course.code)
    options = {"lessons": lessons, "teachers": people}
    done = _("강사를 배정하고 알렸습니다.")
    return Act("assign", _("강사 배정"), teacher_forms.AssignForm, _("강사 배정하기"), assign, done, options=options)
