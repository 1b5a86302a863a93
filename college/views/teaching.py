"""A lesson in class: the code on the screen, the roster on a tablet, the seal; and the student's scan on a phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from college import qr, queries, receipts, rules, services, tables, teacher_tables
from college.enums import EventKind, SessionStatus
from college.forms import CorrectionForm, SealForm
from college.models import Lesson
from college.views.shared import SignedIn
from portal.core.clock import database_now
from portal.core.errors import Invalid, Late, NotAllowed
from portal.core.periods import SEOUL
from portal.core.ui.parts import Tab
from portal.core.ui.trying import tried

#: The page with the code is asked for anew so often; a code lives 30 to 60 seconds.
REFRESH_S = 10
#: A fresh scan may be confirmed so long: time to sign in on a phone.
CONFIRM_WITHIN_S = 180
_SALT = "college.scan"


def found_lesson(public_id: UUID) -> Lesson:
    lesson = queries.lesson_of(public_id)
    if lesson is None:
        raise Http404
    return lesson


@login_required
def lessons(request: SignedIn) -> HttpResponse:
    """The lessons I give, the next first."""
    now = database_now()
    listed, mine = list(queries.todays_lessons(request.user, now)), list(queries.my_qualifications(request.user))
    own = teacher_tables.mine(mine, now.astimezone(SEOUL).date())
    return render(request, "college/lessons.html", {"table": tables.my_lessons(listed), "qualifications": own})


@login_required
def roster(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Who is there, by name; open, show the code, seal."""
    lesson = found_lesson(public_id)
    rules.check_can_see_roster(request.user, lesson)
    return _roster_page(request, lesson, SealForm())


def _roster_page(request: SignedIn, lesson: Lesson, form: SealForm, status: int = 200) -> HttpResponse:
    learners = list(queries.learners(lesson.run))
    present = queries.present_now(lesson)
    days = {pk: dict(made).get(lesson) for pk, made in queries.days_of(lesson.run, learners).items()}
    context = {
        "lesson": lesson,
        "name": tables.name(lesson.run),
        "table": tables.roster(learners, present, days, sealed=lesson.status == SessionStatus.SEALED),
        "present": len(present),
        "all": len(learners),
        "teaches": rules.can_teach(request.user, lesson),
        "form": form,
    }
    return render(request, "college/roster.html", context, status=status)


@require_POST
@login_required
def open_(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Begin the lesson."""
    lesson, now = found_lesson(public_id), database_now()
    rules.check_can_teach(request.user, lesson)
    tried(
        request,
        lambda: services.open_lesson(lesson=lesson, by=request.user, now=now),
        _("수업을 열었습니다. 출석 코드를 보여 주십시오."),
    )
    return redirect("college:roster", public_id=lesson.public_id)


@never_cache
@login_required
def code(request: SignedIn, public_id: UUID) -> HttpResponse:
    """The code to scan, large, with how many are in; it changes by itself, without JavaScript too."""
    lesson, now = found_lesson(public_id), database_now()
    rules.check_can_teach(request.user, lesson)
    if lesson.status != SessionStatus.HELD:
        return redirect("college:roster", public_id=lesson.public_id)
    kind = EventKind.OUT if request.GET.get("kind") == "OUT" else EventKind.IN
    path = qr.path(bytes(lesson.secret), str(lesson.public_id), kind, now)
    context = {
        "lesson": lesson,
        "name": tables.name(lesson.run),
        "kind": kind,
        "picture": segno.make(f"{settings.SITE_URL}{path}", error="m").svg_data_uri(scale=12, border=3),
        "path": path,
        "present": len(queries.present_now(lesson)),
        "all": queries.learners(lesson.run).count(),
        "tabs": [
            Tab(EventKind.IN.label, "?kind=IN", current=kind == EventKind.IN),
            Tab(EventKind.OUT.label, "?kind=OUT", current=kind == EventKind.OUT),
        ],
    }
    response = render(request, "college/code.html", context)
    response["Refresh"] = str(REFRESH_S)
    return response


@require_POST
@login_required
def seal(request: SignedIn, public_id: UUID) -> HttpResponse:
    """End the lesson: its records go to the ledger."""
    lesson, form, now = found_lesson(public_id), SealForm(request.POST), database_now()
    rules.check_can_close_lesson(request.user, lesson)
    if not form.is_valid():
        return _roster_page(request, lesson, form, status=422)
    counted = form.cleaned_data["head_count"]
    tried(
        request,
        lambda: services.seal_lesson(lesson=lesson, by=request.user, now=now, head_count=counted),
        _("출결을 봉인했습니다. 이제 정정으로만 바뀝니다."),
    )
    return redirect("college:roster", public_id=lesson.public_id)


@never_cache
@login_required
def scanned(request: SignedIn, public_id: UUID, step: int, mac: str) -> HttpResponse:
    """What a phone opens after scanning: one button that records it. The moment of the scan is what counts as fresh."""
    lesson, now = found_lesson(public_id), database_now()
    kind = qr.kind_of(bytes(lesson.secret), step, mac)
    if kind is None:
        raise Invalid(_("읽을 수 없는 출석 코드입니다. 화면의 코드를 다시 스캔해 주십시오."))
    if not qr.is_fresh(step, now):
        raise Late(_("지난 출석 코드입니다. 화면에 보이는 코드를 다시 스캔해 주십시오."))
    if queries.enrolment_of(request.user, lesson.run) is None:
        raise NotAllowed(_("이 기수의 수강생이 아닙니다."))
    said = {"lesson": str(lesson.public_id), "kind": kind, "step": step, "user": request.user.pk}
    context = {
        "lesson": lesson,
        "name": tables.name(lesson.run),
        "kind": EventKind(kind),
        "token": signing.dumps(said, salt=_SALT),
    }
    return render(request, "college/scan.html", context)


@require_POST
@login_required
def scan(request: SignedIn) -> HttpResponse:
    """Record the scan that this person confirmed."""
    try:
        said: dict[str, Any] = signing.loads(request.POST.get("token", ""), salt=_SALT, max_age=CONFIRM_WITHIN_S)
    except signing.BadSignature as error:
        raise Late(_("지난 출석 코드입니다. 화면에 보이는 코드를 다시 스캔해 주십시오.")) from error
    if said["user"] != request.user.pk:
        raise NotAllowed(_("본인만 할 수 있습니다."))
    lesson, now = found_lesson(UUID(said["lesson"])), database_now()
    enrolment = queries.enrolment_of(request.user, lesson.run)
    if enrolment is None:
        raise NotAllowed(_("이 기수의 수강생이 아닙니다."))
    event = services.scan(
        lesson=lesson, enrolment=enrolment, kind=said["kind"], step=said["step"], by=request.user, now=now
    )
    context = {
        "lesson": lesson,
        "name": tables.name(lesson.run),
        "event": event,
        "fingerprint": receipts.fingerprint(queries.record_of(event)),
    }
    return render(request, "college/scan_done.html", context)


@login_required
def correct(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Ask for my record of one lesson to be corrected."""
    lesson, now = found_lesson(public_id), database_now()
    enrolment = queries.enrolment_of(request.user, lesson.run)
    if enrolment is None:
        raise NotAllowed(_("이 기수의 수강생이 아닙니다."))
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = tried(
            request,
            lambda: services.request_correction(
                lesson=lesson,
                enrolment=enrolment,
                by=request.user,
                now=now,
                evidence=given["evidence"],
                reason=given["reason"],
                entries=form.entries(lesson),
                excuse=given["excuse"],
            ),
            _("출결정정을 신청했습니다. 두 사람이 확인한 뒤 반영합니다."),
        )
        if done:
            return redirect("college:mine")
    context = {"lesson": lesson, "name": tables.name(lesson.run), "form": form}
    messages.get_messages(request)
    return render(request, "college/correct.html", context, status=422 if form.errors else 200)
