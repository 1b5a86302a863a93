"""The tour office: sessions of its courses, a new one, places for an event, a tour called off."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts import feedkeys
from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.core.ui.trying import tried
from portal.mice import naming, queries, rules, services, tour_tables
from portal.mice.models import TourCourse
from portal.mice.tour_forms import KeepForm, ReasonForm, SessionForm
from portal.mice.views.tour_shared import GUIDE_FEED, SignedIn, found_session, put_error


@login_required
def desk(request: SignedIn) -> HttpResponse:
    """The sessions I run or guide, the next first, and my calendar's address."""
    now, clusters = database_now(), clusters_of(request.user, *roles_for("tour.manage"))
    listed = list(queries.on_desk(request.user, clusters, now - timedelta(days=7))[:200])
    courses = list(queries.courses_with_stops().filter(cluster__in=clusters))
    groups = list(queries.groups_waiting(clusters))
    if not listed and not clusters:
        raise NotAllowed(_("해설사나 투어 담당만 볼 수 있는 화면입니다."))
    key = feedkeys.key_of(request.user, GUIDE_FEED)
    context = {
        "table": tour_tables.desk_sessions(listed),
        "groups": tour_tables.groups(groups) if groups else None,
        "courses": [(naming.title(course), reverse("tour:new-session", args=[course.code])) for course in courses],
        "feed": request.build_absolute_uri(reverse("tour:guide-feed", args=[key])),
    }
    return render(request, "tour/desk.html", context)


@login_required
def new(request: SignedIn, code: str) -> HttpResponse:
    """A new session from the course's newest itinerary."""
    course = get_object_or_404(TourCourse.objects.select_related("cluster"), code=code)
    rules.check_can_manage(request.user, course)
    version = get_object_or_404(course.versions.order_by("-number")[:1])
    start = {"min_people": course.min_people, "max_people": course.max_people, "language": "ko"}
    form = SessionForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.publish_session(version=version, by=request.user, now=database_now(), **form.cleaned_data)
        except Refused as refusal:
            put_error(form, refusal if isinstance(refusal, Invalid) else Invalid(refusal.message))
        else:
            messages.success(request, _("회차를 열었습니다. 이제 누구나 예약할 수 있습니다."))
            return redirect("tour:session", session=made.public_id)
    context = {
        "form": form,
        "title": _("회차 열기"),
        "caption": naming.title(course),
        "lead": _("일정은 지금 그대로 회차에 새겨집니다. 예약은 시작 %(days)s일 전에 마감합니다.") % {"days": course.closes_days},
        "submit": _("회차 열기"),
        "back": reverse("tour:desk"),
    }  # fmt: skip
    return render(request, "tour/desk_form.html", context, status=422 if form.errors else 200)


@login_required
def cancel(request: SignedIn, session: UUID) -> HttpResponse:
    """Call a tour off: every booking ends and everybody is told."""
    found = found_session(session)
    rules.check_can_manage(request.user, found.version.course)
    form, there = ReasonForm(request.POST or None), reverse("tour:session", args=[found.public_id])
    if request.method == "POST" and form.is_valid():
        reason, now = form.cleaned_data["reason"], database_now()
        tried(
            request,
            lambda: services.cancel_session(session=found, by=request.user, now=now, reason=reason),
            _("투어를 취소하고 예약한 분들께 알렸습니다."),
        )
        return redirect(there)
    context = {
        "title": _("투어 취소"),
        "lead": _("예약한 모든 분께 알리고 달력에도 취소로 나갑니다. 되돌릴 수 없습니다."),
        "rows": tour_tables.desk_facts(found, queries.people(found)),
        "form": form,
        "submit": _("투어 취소하기"),
        "kind": "danger",
        "cancel": there,
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)


@login_required
def keep(request: SignedIn, session: UUID) -> HttpResponse:
    """Keep places for an event's registrants; the code is shown this once."""
    found = found_session(session)
    rules.check_can_manage(request.user, found.version.course)
    form, there = KeepForm(request.POST or None), reverse("tour:session", args=[found.public_id])
    if request.method == "POST" and form.is_valid():
        try:
            _allotment, code = services.keep_places(
                session=found, by=request.user, now=database_now(), **form.cleaned_data
            )
        except Refused as refusal:
            put_error(form, refusal if isinstance(refusal, Invalid) else Invalid(refusal.message))
        else:
            messages.success(
                request, _("자리를 남겨 두었습니다. 행사 코드는 지금만 보입니다: %(code)s") % {"code": code}
            )
            return redirect(there)
    context = {
        "form": form,
        "title": _("행사 참가자의 자리 남기기"),
        "caption": f"{naming.title(found.version.course)} · {naming.span(found)}",
        "lead": _("지금 비어 있는 자리는 %(free)s명입니다.") % {"free": found.free},
        "submit": _("자리 남기기"),
        "back": there,
    }
    return render(request, "tour/desk_form.html", context, status=422 if form.errors else 200)
