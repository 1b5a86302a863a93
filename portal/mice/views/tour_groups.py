"""Groups larger than a session: they ask, the office opens a session for them or says why not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.clock import arrived_at, database_now
from portal.core.errors import Invalid, Refused
from portal.core.ui.trying import tried
from portal.mice import naming, queries, rules, services, tour_tables
from portal.mice.models import TourCourse, TourGroup
from portal.mice.tour_forms import GroupForm, LeadForm, ReasonForm
from portal.mice.views.tour_shared import SignedIn, found_course, put_error


def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a session of one's own; who comes from a session's form finds number and day filled in."""
    course = found_course(code)
    form = GroupForm(request.POST or None, initial=_asked(request, course))
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "consent"}
        language = "ko" if (get_language() or "ko").startswith("ko") else "en"
        try:
            services.ask_for_group(course=course, now=arrived_at(request), language=language, **given)
        except Invalid as refusal:
            put_error(form, refusal)
        else:
            messages.success(request, _("단체 투어를 신청했습니다. 담당자가 회차를 마련하고 연락드립니다."))
            return redirect("tour:course", code=course.code)
    context = {
        "course": course,
        "title": naming.title(course),
        "lead": _("%(most)s명보다 많은 단체는 다른 분과 섞이지 않는 회차를 따로 열어 드립니다.") % {"most": course.max_people},
        "form": form,
    }  # fmt: skip
    return render(request, "tour/group.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, course: TourCourse) -> dict[str, Any]:
    party = request.GET.get("party", "")
    start: dict[str, Any] = {"party": int(party) if party.isdecimal() and len(party) < 4 else course.max_people + 1}
    try:
        session = queries.session_of(UUID(request.GET.get("on", "")))
    except ValueError:
        session = None
    return start | ({"wished_at": timezone.localtime(session.starts_at)} if session else {})


def _found(request: SignedIn, public_id: UUID) -> TourGroup:
    group = queries.group_of(public_id)
    if group is None:
        raise Http404
    rules.check_can_manage(request.user, group.course)
    return group


@login_required
def lead(request: SignedIn, group: UUID) -> HttpResponse:
    """Open the group's session; the group is booked and told in the same step."""
    found = _found(request, group)
    version = get_object_or_404(found.course.versions.order_by("-number")[:1])
    start = {"starts_at": timezone.localtime(found.wished_at), "language": found.language}
    form = LeadForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.lead_group(
                group=found, version=version, by=request.user, now=database_now(), **form.cleaned_data
            )
        except Refused as refusal:
            put_error(form, refusal if isinstance(refusal, Invalid) else Invalid(refusal.message))
        else:
            messages.success(request, _("단체의 회차를 열고 예약했습니다. 신청한 분께 알렸습니다."))
            return redirect("tour:session", session=made.session.public_id)
    context = {
        "group": found,
        "title": _("단체의 회차 열기"),
        "course": naming.title(found.course),
        "facts": tour_tables.group_facts(found),
        "tone": tour_tables.TONES.get(found.status, ""),
        "form": form,
    }
    return render(request, "tour/lead.html", context, status=422 if form.errors else 200)


@login_required
def decline(request: SignedIn, group: UUID) -> HttpResponse:
    """Say that the group cannot be led; the reason stays in the ledger."""
    found = _found(request, group)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, now = form.cleaned_data["reason"], database_now()
        tried(
            request,
            lambda: services.decline_group(group=found, by=request.user, now=now, reason=reason),
            _("마련하지 못했다고 알렸습니다."),
        )
        return redirect("tour:desk")
    context = {
        "title": _("단체 신청에 답하기"),
        "lead": _("회차를 마련하지 못했다고 신청한 분께 알립니다."),
        "rows": tour_tables.group_facts(found),
        "form": form,
        "submit": _("마련하지 못했다고 알리기"),
        "kind": "danger",
        "cancel": reverse("tour:lead-group", args=[found.public_id]),
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)
