"""위원회 운영: who sits, who declined, who left; substitutes; who reads a file; sheets given back."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.ui.parts import Column, Row, Table, link
from portal.intake import exact, queries, rules, services
from portal.intake.enums import AssignmentStatus, Gender, MemberStatus, Sector, SheetStatus
from portal.intake.forms import ReasonForm
from portal.intake.forms.exceptions import ReaderForm, SeatForm
from portal.intake.models import Application, Assignment, Member, ScoreSheet, Stage
from portal.intake.views import acting
from portal.intake.views.review import name_of
from portal.intake.views.steps import staff_stage

_WORKING = (AssignmentStatus.PROPOSED, AssignmentStatus.CLEARED)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Everyone who sits, declined or left; a substitute or somebody of the pool takes a seat here."""
    stage = staff_stage(request, code, number)
    may = rules.allowed(rules.check_can_run, request.user, stage.call)
    if request.method == "POST":
        rules.check_can_run(request.user, stage.call)
    rows = list(queries.members_of(stage))
    form = SeatForm(request.POST or None, pool=queries.may_join(stage)) if may and rows else None
    done = _("위원을 위촉하고 알렸습니다. 이해충돌을 확인한 뒤 배정할 수 있습니다.")
    if acting.taken(request, form, lambda **given: services.seat_substitute(stage=stage, **given), done):
        return redirect("intake:members", code, number)
    return acting.workbench(
        request,
        title=_("위원회 운영"),
        lead=stage.name_text,
        back=reverse("intake:desk-stage", args=[code, number]),
        back_word=stage.name_text,
        note=_("위원이 고사하거나 해촉되면 예비위원이나 위원 명부의 다른 사람을 위촉합니다."),
        rows=_composition(stage, rows),
        tables=[_members(rows, code, number, may=may)],
        form=form,
        act=_("위원 더하기"),
        submit=_("위촉하기"),
    )


def _composition(stage: Stage, members: Sequence[Member]) -> list[Row]:
    """The shares of those who sit, beside what the call asks for, and how many files lack a reader."""
    terms = stage.call.current.term("panel", {}) if stage.call.current else {}
    live = (MemberStatus.INVITED, MemberStatus.ACCEPTED)
    seated = [row.evaluator for row in members if row.status in live and not row.is_substitute]
    shares = (
        (_("산업계"), sum(one.sector == Sector.MARKET for one in seated), terms.get("least_market_bp", 0)),
        (_("여성"), sum(one.gender == Gender.WOMAN for one in seated), terms.get("least_women_bp", 0)),
    )
    size = {"n": len(seated), "least": terms.get("least_size", 1)}
    found = [Row(_("위원 수"), _("%(n)s명 (기준 %(least)s명 이상)") % size)]
    for label, part, least in shares:
        words = {"part": part, "all": len(seated), "least": exact.cut(Fraction(least, 100)).removesuffix(".00")}
        text = _("%(part)s/%(all)s명 (기준 %(least)s%% 이상)") if least else _("%(part)s/%(all)s명")
        found.append(Row(label, text % words))
    short = queries.short_of_readers(stage)
    declared = queries.declared_affiliations(stage.call)
    words = {"n": declared}
    found.append(Row(_("신청 기업의 모·자회사"), _("기업이 신고한 관계 %(n)s건으로 제척을 찾습니다.") % words))
    found.append(
        Row(_("평가위원이 모자란 신청서"), _("%(n)s건 (건당 %(per)s명)") % {"n": short, "per": stage.per_file})
    )
    return found


def _members(rows: Sequence[Member], code: str, number: int, *, may: bool) -> Table:
    columns = (Column(_("평가위원")), Column(_("소속")), Column(_("역할")), Column(_("상태")), Column(_("할 일")))
    shown = []
    for row in rows:
        dismissable = may and row.status == MemberStatus.ACCEPTED
        address = reverse("intake:dismiss", args=[code, number, row.pk])
        part = _("위원장") if row.is_chair else _("예비위원") if row.is_substitute else _("위원")
        action = link(_("해촉하기"), address) if dismissable else "–"
        state = row.get_status_display()
        if row.left_reason:
            state = _("%(state)s: %(reason)s") % {"state": state, "reason": row.left_reason}
        who = link(str(row.evaluator), reverse("intake:member-interests", args=[code, number, row.pk]))
        shown.append((who, row.evaluator.employer, part, state, action))
    return Table(_("위원"), columns, shown, empty=_("아직 위원회가 없습니다."), caption_hidden=True)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """해촉, with the reason."""
    stage = staff_stage(request, code, number)
    rules.check_can_run(request.user, stage.call)
    member = get_object_or_404(queries.members_of(stage), pk=pk)
    return acting.confirmed(
        request,
        ReasonForm(request.POST or None),
        lambda **given: services.dismiss_member(member=member, **given),
        title=_("해촉하기"),
        lead=f"{member.evaluator} · {stage.name_text}",
        warning=_("배정을 해제하고, 이미 제출한 평가표는 결과에서 제외합니다. 감사원장의 기록은 남습니다."),
        done=_("위원을 해촉했습니다."),
        back=reverse("intake:members", args=[code, number]),
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def readers(request: HttpRequest, code: str, number: int, public_id: UUID) -> HttpResponse:
    """Who reads one file of a stage, how far they are; one more reader is proposed here."""
    stage = staff_stage(request, code, number)
    file = get_object_or_404(stage.call.applications.exclude(status="DRAFT"), public_id=public_id)
    may = rules.allowed(rules.check_can_run, request.user, stage.call)
    if request.method == "POST":
        rules.check_can_run(request.user, stage.call)
    rows = list(queries.readers_of(stage, file))
    free = queries.members_of(stage).filter(status=MemberStatus.ACCEPTED)
    free = free.exclude(pk__in=[row.member_id for row in rows])
    form = ReaderForm(request.POST or None, members=free) if may and stage.status == "RUNNING" else None
    done = _("배정안에 더했습니다. 배정을 확인하면 위원이 신청서를 봅니다.")
    if acting.taken(request, form, lambda **given: _assign(stage, file, **given), done):
        return redirect("intake:readers", code, number, public_id)
    return acting.workbench(
        request,
        title=str(file),
        lead=stage.name_text,
        back=reverse("intake:desk-stage", args=[code, number]),
        back_word=stage.name_text,
        tables=[_readers(request, rows, may=may)],
        links=[(_("신청서 보기"), reverse("intake:desk-application", args=[public_id]))],
        form=form,
        act=_("위원 더 배정하기"),
        submit=_("배정안에 더하기"),
    )


def _assign(stage: Stage, file: Application, **given: object) -> None:
    services.assign_by_hand(stage=stage, application=file, **given)  # type: ignore[arg-type]


def _readers(request: HttpRequest, rows: Sequence[Assignment], *, may: bool) -> Table:
    columns = (Column(_("평가위원")), Column(_("배정")), Column(_("평가표")), Column(_("할 일")))
    shown = []
    for row in rows:
        sheets = sorted(row.sheets.all(), key=lambda sheet: sheet.pk)
        last = sheets[-1] if sheets else None
        word = last.get_status_display() if last else "–"
        if last is not None and last.reopening_asked_by_id:
            word = _("%(state)s · 위원장이 다시 열기를 요청함") % {"state": word}
        shown.append((str(row.member.evaluator), row.get_status_display(), word, _to_do(row, last) if may else "–"))
    return Table(_("이 신청서의 평가위원"), columns, shown, empty=_("아직 배정하지 않았습니다."))


def _to_do(row: Assignment, sheet: ScoreSheet | None) -> object:
    if row.status not in _WORKING or row.stage.status == "SETTLED":
        return "–"
    if sheet is not None and sheet.status == SheetStatus.LOCKED:
        return link(_("평가표 다시 열기"), reverse("intake:reopen-sheet", args=[sheet.public_id]))
    return link(_("배정 해제하기"), reverse("intake:release", args=[row.public_id]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """해제: a member who cannot score this file in time."""
    calls = queries.calls_for_staff(request.user).values("pk")
    rows = Assignment.objects.filter(stage__call__in=calls).select_related(
        "stage__call__cluster", "stage__call__current", "member__evaluator__user", "application"
    )
    row = get_object_or_404(rows, public_id=public_id)
    rules.check_can_run(request.user, row.stage.call)
    return acting.confirmed(
        request,
        ReasonForm(request.POST or None),
        lambda **given: services.release_assignment(assignment=row, **given),
        title=_("배정 해제하기"),
        lead=f"{row.application} · {row.member.evaluator}",
        warning=_("이 위원은 이 신청서를 다시 맡을 수 없습니다. 쓰던 평가표는 결과에서 제외합니다."),
        done=_("배정을 해제했습니다."),
        back=reverse("intake:readers", args=[row.stage.call.code, row.stage.number, row.application.public_id]),
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A locked sheet is given back by an officer, once the chair asked."""
    calls = queries.calls_for_staff(request.user).values("pk")
    rows = ScoreSheet.objects.filter(assignment__stage__call__in=calls).select_related(
        "assignment__stage__call__cluster", "assignment__stage__call__current", "assignment__member__evaluator__user"
    )
    sheet = get_object_or_404(rows.select_related("assignment__application"), public_id=public_id)
    rules.check_can_reopen_sheet(request.user, sheet)
    row = sheet.assignment
    return acting.confirmed(
        request,
        ReasonForm(request.POST or None, initial={"reason": sheet.reopening_reason}),
        lambda **given: services.reopen_sheet(sheet=sheet, **given),
        title=_("평가표 다시 열기"),
        lead=f"{row.application} · {row.member.evaluator}",
        warning=_(
            "위원이 고쳐 다시 제출할 때까지 이 평가표는 세지 않습니다. 먼저 제출한 내용의 봉인은 감사원장에 남습니다."
        ),
        done=_("평가표를 다시 열었습니다."),
        back=reverse("intake:readers", args=[row.stage.call.code, row.stage.number, row.application.public_id]),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The chair asks that a member's locked sheet be given back."""
    rows = ScoreSheet.objects.filter(
        assignment__stage__panel__members__in=Member.objects.filter(
            evaluator__user=request.user.pk, is_chair=True, status=MemberStatus.ACCEPTED
        )
    ).select_related("assignment__stage__call__cluster", "assignment__stage__call__current", "assignment__member")
    sheet = get_object_or_404(rows.filter(status=SheetStatus.LOCKED), public_id=public_id)
    rules.check_can_ask_reopening(request.user, sheet)
    mine = get_object_or_404(
        queries.sheets_of(request.user),
        assignment__application=sheet.assignment.application_id,
        assignment__stage=sheet.assignment.stage_id,
    )
    return acting.confirmed(
        request,
        ReasonForm(request.POST or None),
        lambda **given: services.ask_reopening(sheet=sheet, **given),
        title=_("평가표 다시 열기 요청하기"),
        lead=f"{name_of(mine)} · {sheet.assignment.stage.name_text}",
        warning=_("담당자가 받아들이면 위원이 평가표를 고쳐 다시 제출합니다. 위원장이 점수를 고치지는 않습니다."),
        done=_("담당자에게 요청했습니다."),
        back=reverse("intake:others", args=[mine.public_id]),
    )
