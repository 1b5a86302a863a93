"""The office makes a run: what, when, where, how seats are given out, its lessons; changeable until it is published."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from college import queries, rules, services, tables
from college.drafting_forms import DropForm, LessonForm, RunForm
from college.enums import RunStatus
from college.models import Course, Run
from college.views.shared import SignedIn, put_error
from portal.accounts.models import User
from portal.accounts.queries import people_with
from portal.core.errors import Invalid, NotAllowed
from portal.core.periods import SEOUL, is_working_day
from portal.core.ui.trying import tried


def my_courses(user: Any) -> list[Course]:
    """Courses whose runs this person may make."""
    return [course for course in queries.course_list() if rules.may_for(user, "run.edit", course)]


def found_draft(request: SignedIn, code: str) -> Run:
    run = Run.objects.filter(code=code, status=RunStatus.DRAFT).select_related("course__cluster").first()
    if run is None:
        raise Http404
    rules.check_can_edit(request.user, run.course)
    return run


@login_required
def new(request: SignedIn) -> HttpResponse:
    """Draft a run of one of my courses."""
    courses = my_courses(request.user)
    if not courses:
        raise NotAllowed(_("교육 담당자만 볼 수 있는 화면입니다."))
    form = RunForm(request.POST or None, courses=courses)
    if request.method == "POST" and form.is_valid():
        try:
            run = services.draft_run(by=request.user, code=form.code(), policy=form.policy({}), **form.fields_of_run())
        except Invalid as refusal:
            put_error(form, refusal)
        else:
            messages.success(request, _("기수를 작성했습니다. 시간표를 넣고 공고해 주십시오."))
            return redirect("college:office-run", code=run.code)
    return _page(request, form, _("새 기수"))


@login_required
def edit(request: SignedIn, code: str) -> HttpResponse:
    """Change a draft."""
    run = found_draft(request, code)
    form = RunForm(request.POST or None, courses=[run.course], run=run, initial=RunForm.told(run))
    if request.method == "POST" and form.is_valid():
        policy = {**run.policy, "version": run.policy_version}
        try:
            services.edit_run(run=run, by=request.user, policy=form.policy(policy), **form.fields_of_run())
        except Invalid as refusal:
            put_error(form, refusal)
        else:
            messages.success(request, _("기수를 고쳤습니다."))
            return redirect("college:office-run", code=run.code)
    return _page(request, form, _("기수 고치기"), run)


def _page(request: SignedIn, form: RunForm, title: str, run: Run | None = None) -> HttpResponse:
    context = {"form": form, "title": title, "run": run, "name": tables.name(run) if run else ""}
    return render(request, "college/draft.html", context, status=422 if form.errors else 200)


@login_required
def lessons(request: SignedIn, code: str) -> HttpResponse:
    """The timetable of a draft: put lessons in, one day or every working day of a span, and take them out."""
    run = found_draft(request, code)
    teachers = people_with("instructor", cluster=run.course.cluster)
    form = LessonForm(request.POST or None, teachers=teachers, initial={"on": run.starts_date})
    if request.method == "POST" and form.is_valid():
        try:
            made = _plan(run, form.cleaned_data, {str(each.pk): each for each in teachers}, request.user)
        except Invalid as refusal:
            put_error(form, refusal)
        else:
            messages.success(request, _("차시 %(count)s개를 넣었습니다.") % {"count": made})
            return redirect("college:draft-lessons", code=run.code)
    context = {
        "run": run,
        "name": tables.name(run),
        "form": form,
        "timetable": tables.timetable(rows := list(run.lessons.order_by("starts_at", "id"))),
        "dropping": DropForm(lessons=rows) if rows else None,
    }
    return render(request, "college/draft_lessons.html", context, status=422 if form.errors else 200)


def _plan(run: Run, given: dict[str, Any], teachers: dict[str, User], by: User) -> int:
    first, last = given["on"], given["until"] or given["on"]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    taught = [day for day in days if day == first or is_working_day(day)]
    spans = [
        (datetime.combine(day, given["starts"], SEOUL), datetime.combine(day, given["ends"], SEOUL)) for day in taught
    ]
    told = {"title_ko": given["title_ko"], "room": given["room"], "units": given["units"]}
    services.plan_lessons(run=run, spans=spans, by=by, instructor=teachers.get(given["instructor"]), **told)
    return len(spans)


@require_POST
@login_required
def drop_lesson(request: SignedIn, code: str) -> HttpResponse:
    """Take one lesson out of a draft."""
    run = found_draft(request, code)
    rows = {str(lesson.public_id): lesson for lesson in run.lessons.all()}
    lesson = rows.get(request.POST.get("lesson", ""))
    if lesson is None:
        raise Http404
    lesson.run = run
    tried(request, lambda: services.drop_lesson(lesson=lesson, by=request.user), _("차시를 뺐습니다."))
    return redirect("college:draft-lessons", code=run.code)
