"""Sittings: called and kept by the desk, signed and put into the calendar by the evaluator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import second_factor
from portal.core import ical
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Table, link
from portal.intake import feed, queries, rules, services
from portal.intake.enums import MemberStatus
from portal.intake.forms import ConfirmForm, ReasonForm
from portal.intake.forms.desk import RollForm, SittingForm
from portal.intake.models import Member, Sitting, Stage
from portal.intake.views.answers import show_refusal, tell_refusal
from portal.intake.views.desk import staff_call


def _when(sitting: Sitting) -> str:
    """Day and hours in Seoul, as people write them."""
    starts, ends = timezone.localtime(sitting.starts_at), timezone.localtime(sitting.ends_at)
    until = f"{ends:%H:%M}" if starts.date() == ends.date() else date_format(ends, "SHORT_DATETIME_FORMAT")
    return f"{date_format(starts, 'DATETIME_FORMAT')} – {until}"


def _state(sitting: Sitting) -> str:
    return _("취소") if sitting.cancelled_at else sitting.place


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_stage(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The sittings of a stage, and a form to call one."""
    call = staff_call(request, code)
    stage = get_object_or_404(call.stages, number=number)
    stage.call = call
    form = SittingForm(request.POST or None, files=queries.in_review(call))
    if request.method == "POST":
        rules.check_can_run(request.user, call)
        if form.is_valid():
            try:
                services.call_sitting(stage=stage, by=request.user, now=database_now(), **form.given())
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("회의를 소집하고 평가위원에게 알렸습니다."))
                return redirect("intake:stage-sittings", code, number)
    may = rules.allowed(rules.check_can_run, request.user, call) and stage.status != "SETTLED"
    context = {
        "title": _("평가회의와 출석"),
        "lead": stage.name_text,
        "back": reverse("intake:desk-stage", args=[code, number]),
        "back_word": stage.name_text,
        "note": _(
            "회의를 소집한 단계에서는 회의에서 들은 신청서만, 그 회의에서 본인 확인과 출석 서명을 마친 위원이 평가표를 제출할 수 있습니다."
        ),
        "tables": [_sittings(stage)],
        "form": form if may else None,
        "act": _("회의 소집"),
        "submit": _("회의 소집하기"),
    }
    return render(request, "intake/workbench.html", context, status=422 if form.errors else 200)


def _sittings(stage: Stage) -> Table:
    columns = (Column(_("일시")), Column(_("장소")), Column(_("신청서")), Column(_("출석"), number=True))
    rows = []
    for sitting in queries.sittings_in(stage):
        here = sum(row.signed_at is not None for row in sitting.attendances.all())
        heard = sitting.files.all()
        files = _("신청서 %(n)s건") % {"n": len(heard)} if heard else _("이 단계의 모든 신청서")
        rows.append(
            (link(_when(sitting), reverse("intake:sitting", args=[sitting.public_id])), _state(sitting), files, here)
        )
    return Table(_("소집한 회의"), columns, rows, empty=_("소집한 회의가 없습니다."))


def _staff_sitting(request: HttpRequest, public_id: UUID) -> Sitting:
    found = Sitting.objects.select_related("stage__call__cluster", "stage__call__current")
    return get_object_or_404(found.filter(stage__call__in=queries.calls_for_staff(request.user)), public_id=public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roll(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who is here: the officer records how each was identified."""
    found = _staff_sitting(request, public_id)
    members = Member.objects.filter(panel__stage=found.stage, status=MemberStatus.ACCEPTED)
    form = RollForm(request.POST or None, members=members.select_related("evaluator__user", "panel__stage__call"))
    if request.method == "POST":
        now = database_now()
        rules.check_can_run(request.user, found.stage.call)
        if form.is_valid():
            try:
                services.record_attendance(sitting=found, by=request.user, now=now, **form.cleaned_data)
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("본인을 확인했습니다. 위원이 출석을 서명하면 출석으로 인정됩니다."))
                return redirect("intake:sitting", public_id)
    stage = found.stage
    may = rules.allowed(rules.check_can_run, request.user, stage.call) and not found.cancelled_at
    cancel = (_("회의 취소하기"), reverse("intake:cancel-sitting", args=[public_id]))
    context = {
        "title": _when(found),
        "lead": _state(found),
        "back": reverse("intake:stage-sittings", args=[stage.call.code, stage.number]),
        "back_word": _("평가회의"),
        "tables": [_roll(found)],
        "links": [cancel] if may else [],
        "form": form if may else None,
        "act": _("출석 확인"),
        "submit": _("본인 확인 기록하기"),
    }
    return render(request, "intake/workbench.html", context, status=422 if form.errors else 200)


def _roll(sitting: Sitting) -> Table:
    columns = (Column(_("평가위원")), Column(_("본인 확인 방법")), Column(_("출석 서명")))
    rows = [
        (
            str(row.member.evaluator),
            row.get_identified_by_display(),
            timezone.localtime(row.signed_at) if row.signed_at else _("서명 전"),
        )
        for row in sitting.attendances.select_related("member__evaluator__user")
    ]
    return Table(_("출석부"), columns, rows, empty=_("아직 확인한 위원이 없습니다."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Call a sitting off, with the reason."""
    found = _staff_sitting(request, public_id)
    rules.check_can_run(request.user, found.stage.call)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_sitting(sitting=found, by=request.user, now=database_now(), **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("회의를 취소하고 평가위원에게 알렸습니다."))
            return redirect("intake:sitting", public_id)
    context = {
        "form": form,
        "title": _("회의 취소"),
        "lead": _when(found),
        "submit": _("회의 취소하기"),
        "kind": "danger",
        "cancel": reverse("intake:sitting", args=[public_id]),
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My sittings, and the address under which a calendar reads them."""
    columns = (Column(_("일시")), Column(_("평가단계")), Column(_("장소")), Column(_("출석")))
    rows = [_my_row(sitting) for sitting in queries.sittings_of(request.user).order_by("-starts_at")]
    address = request.build_absolute_uri(reverse("intake:calendar", args=[feed.key_of(request.user)]))
    context = {
        "title": _("내 평가회의"),
        "back": reverse("intake:reviews"),
        "back_word": _("내 평가"),
        "note": _(
            "아래 주소를 달력에 구독하면 회의가 저절로 들어갑니다. 주소를 아는 사람은 누구나 읽을 수 있으니 알리지 마십시오. 비밀번호를 바꾸면 주소도 바뀝니다."
        ),
        "tables": [Table(_("내 평가회의"), columns, rows, empty=_("소집된 회의가 없습니다."), caption_hidden=True)],
        "address": address,
    }
    return render(request, "intake/my_sittings.html", context)


def _my_row(sitting: Any) -> tuple[Any, ...]:
    attendance = next(iter(sitting.mine), None)
    if attendance is None:
        word: Any = _("본인 확인 전")
    elif attendance.signed_at:
        word = _("출석")
    else:
        word = link(_("출석 서명하기"), reverse("intake:sign-in", args=[sitting.public_id]))
    title = sitting.stage.call.current.title_text if sitting.stage.call.current else sitting.stage.call.code
    return _when(sitting), f"{title} · {sitting.stage.name_text}", _state(sitting), word


@login_required
@second_factor.required(back="intake:sign-in")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """출석 서명, after the officer has identified me."""
    found = get_object_or_404(
        queries.sittings_of(request.user).select_related("stage__call__cluster"), public_id=public_id
    )
    if request.method == "POST":
        try:
            services.sign_in(sitting=found, by=request.user, now=database_now())
        except Refused as refusal:
            tell_refusal(request, refusal)
        else:
            messages.success(request, _("출석을 서명했습니다."))
        return redirect("intake:sittings")
    context = {
        "form": ConfirmForm(),
        "title": _("출석 서명"),
        "lead": f"{_when(found)} · {_state(found)}",
        "submit": _("출석 서명하기"),
        "cancel": reverse("intake:sittings"),
    }
    return render(request, "layout/confirm.html", context)


@require_safe
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """The sittings as iCalendar for whoever knows the address; no company is named in it."""
    user = feed.user_of(key)
    if user is None:
        return HttpResponse(status=404)
    address = request.build_absolute_uri(reverse("intake:sittings"))
    text = feed.calendar(queries.sittings_of(user), now=database_now(), url=address)
    return HttpResponse(text, content_type=ical.MIME, headers={"Cache-Control": "private, no-store"})
