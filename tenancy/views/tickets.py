"""Requests: the tenant's pages and the officer's board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from portal.core.clock import database_now
from portal.core.errors import NotAllowed, Refused
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Tab, Table, badge, link
from portal.intake.enums import Scan
from tenancy import queries, resident_forms, rules, services, tables
from tenancy.enums import TicketStatus
from tenancy.forms import SureForm
from tenancy.models import Hub, Ticket, TicketFile
from tenancy.views.shared import SignedIn

PER_PAGE = 50


@login_required
@require_safe
def tickets(request: SignedIn) -> HttpResponse:
    """What my companies asked for."""
    page = Paginator(queries.tickets_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    table = _table(list(page), pgettext("민원", "요청"), database_now(), company=False)
    return render(request, "tenancy/tickets.html", {"table": table, "page": page})


def _table(rows: Sequence[Ticket], caption: str, now: datetime, *, company: bool) -> Table:
    return Table(
        caption=caption,
        columns=[
            Column(_("제목")),
            *([Column(_("기업"))] if company else []),
            Column(_("분류")),
            Column(_("호실")),
            Column(_("상태")),
            Column(_("처리 기한")),
            *([Column(_("담당"))] if company else []),
        ],
        rows=[
            [
                link(row.title, reverse("tenancy:ticket", args=[row.public_id])),
                *([str(row.organisation)] if company else []),
                row.get_category_display(),
                row.unit.code if row.unit else None,
                tables.status(row.status, row.get_status_display()),
                _due(row, now),
                *([row.assigned_to.name if row.assigned_to else None] if company else []),
            ]
            for row in rows
        ],
        empty=_("요청이 없습니다."),
    )


def _due(row: Ticket, now: datetime) -> object:
    late = row.status not in (TicketStatus.DONE, TicketStatus.CLOSED) and row.due_at <= now
    return (
        badge(_("지연 · %(due)s") % {"due": tables.instant(row.due_at)}, "danger")
        if late
        else tables.instant(row.due_at)
    )


@login_required
def new_ticket(request: SignedIn) -> HttpResponse:
    """Ask for something, with photos."""
    now = database_now()
    homes = {str(lease.pk): lease for lease in queries.homes_of(request.user, queries.day_of(now))}
    if not homes:
        raise NotAllowed(_("입주한 기업의 구성원만 요청할 수 있습니다."))

    def send(answers: Mapping[str, Any], moment: datetime) -> None:
        rest = {name: value for name, value in answers.items() if name != "lease"}
        lease = homes[answers["lease"]]
        services.open_ticket(
            hub=lease.unit.hub, organisation=lease.organisation, unit=lease.unit, by=request.user, now=moment, **rest
        )

    rooms = [(key, f"{lease.unit.hub} {lease.unit.code} · {lease.organisation}") for key, lease in homes.items()]
    act = Act("send", _("요청 내용"), resident_forms.TicketForm, _("요청 보내기"), send, _("요청을 받았습니다. 처리되는 대로 알려 드립니다."), options={"rooms": rooms}, initial={"lease": rooms[0][0]})  # fmt: skip
    back = reverse("tenancy:tickets")
    return show(request, Case(title=_("새 요청"), back=(pgettext("민원", "요청"), back), acts=[act]), then=back)


@login_required
def ticket(request: SignedIn, ticket: UUID) -> HttpResponse:
    """One request: what was said, its files, who does what next."""
    found = queries.ticket_of(ticket)
    if found is None:
        raise Http404
    rules.check_can_see_ticket(request.user, found)
    case = Case(
        title=found.title,
        back=(pgettext("민원", "요청"), reverse("tenancy:tickets")),
        caption=found.organisation,
        lead=_NEXT[TicketStatus(found.status)],
        status=found.get_status_display(),
        tone=tables.TONES.get(found.status, ""),
        rows=[
            Row(_("분류"), found.get_category_display()),
            Row(_("호실"), f"{found.hub} {found.unit.code if found.unit else ''}"),
            Row(_("처리 기한"), _due(found, database_now())),
            Row(_("담당"), found.assigned_to.name if found.assigned_to else _("정하지 않음")),
        ],
        tables=[_notes(found), *([_files(found)] if found.files.all() else [])],
        acts=_acts(request, found),
        recorded=[found],
    )
    return show(request, case)


_NEXT = {
    TicketStatus.RECEIVED: _lazy("담당자가 접수를 확인합니다."),
    TicketStatus.ASSIGNED: _lazy("담당자가 처리를 시작합니다."),
    TicketStatus.IN_PROGRESS: _lazy("담당자가 처리하고 있습니다."),
    TicketStatus.WAITING: _lazy("입주기업의 답을 기다립니다."),
    TicketStatus.DONE: _lazy("처리되었습니다. 7일 안에 다시 열 수 있고, 그 뒤에는 저절로 종결됩니다."),
    TicketStatus.CLOSED: _lazy("종결되었습니다."),
}


def _notes(found: Ticket) -> Table:
    return Table(
        caption=_("처리내역"),
        columns=[Column(_("일시")), Column(_("쓴 사람")), Column(_("내용"))],
        rows=[[tables.instant(note.written_at), note.author.name, note.text] for note in found.notes.all()],
    )


#: A file nobody scans says nothing about it.
_SCANNED: dict[str, str] = {Scan.NONE: "–"}


def _files(found: Ticket) -> Table:
    return Table(
        caption=_("첨부"),
        columns=[Column(_("파일")), Column(_("크기(KB)"), number=True), Column(_("올린 때")), Column(_("검사"))],
        rows=[
            [
                row.name
                if row.scan == Scan.INFECTED
                else link(row.name, reverse("tenancy:ticket_file", args=[row.public_id])),
                f"{-(-row.size // 1024):,}",
                tables.instant(row.uploaded_at),
                _SCANNED.get(row.scan) or row.get_scan_display(),
            ]
            for row in found.files.all()
        ],
    )


def _acts(request: SignedIn, found: Ticket) -> list[Act]:
    by = request.user
    acts: list[Act] = []
    if rules.may_in(by, "ticket.handle", found.hub):
        acts += _officers(found, by)
    if rules.can_open_ticket(by, found.organisation):
        acts += _tenants(found, by)
    return acts


def _act(code: str, title: str, form: Any, word: str, run: Any, done: str, of: tuple[Ticket, Any], kind: str) -> Act:
    ticket, by = of

    def act(answers: Mapping[str, Any], now: datetime) -> None:
        run(ticket=ticket, by=by, now=now, **answers)

    return Act(code, title, form, word, act, done, kind=kind)


def _officers(found: Ticket, by: Any) -> list[Act]:
    of, note = (found, by), resident_forms.NoteForm
    steps: dict[str, list[Any]] = {
        "RECEIVED": [("assign", _("담당 맡기"), SureForm, _("내가 맡기"), services.assign_ticket, _("요청을 맡았습니다."), of, "primary")],
        "ASSIGNED": [("start", _("처리 시작"), SureForm, _("처리 시작하기"), services.start_ticket, _("처리를 시작했습니다."), of, "primary")],
        "IN_PROGRESS": [
            ("finish", _("처리 완료"), note, _("완료로 알리기"), services.finish_ticket, _("완료를 알렸습니다."), of, "primary"),
            ("ask", _("입주기업에 묻기"), note, _("묻기"), services.ask_tenant, _("입주기업에 물었습니다."), of, "secondary"),
        ],
    }  # fmt: skip
    return [_act(*step) for step in steps.get(found.status, [])]


def _tenants(found: Ticket, by: Any) -> list[Act]:
    of, answer = (found, by), resident_forms.AnswerForm
    drop = (
        "drop",
        _("요청 취소"),
        SureForm,
        _("요청 취소하기"),
        services.drop_ticket,
        _("요청을 취소했습니다."),
        of,
        "danger",
    )
    steps: dict[str, list[Any]] = {
        "RECEIVED": [drop],
        "ASSIGNED": [drop],
        "WAITING": [("answer", _("답하기"), answer, _("답 보내기"), services.answer_ticket, _("답을 보냈습니다."), of, "primary")],
        "DONE": [
            ("close", _("처리 확인"), resident_forms.StarsForm, _("확인하고 종결하기"), services.close_ticket, _("요청을 종결했습니다."), of, "primary"),
            ("reopen", _("아직 해결되지 않았습니까"), resident_forms.NoteForm, _("다시 열기"), services.reopen_ticket, _("요청을 다시 열었습니다."), of, "secondary"),
        ],
    }  # fmt: skip
    return [_act(*step) for step in steps.get(found.status, [])]


@login_required
@require_safe
def ticket_file(request: SignedIn, file: UUID) -> FileResponse:
    """A file, to those who may see its request; always downloaded, never shown inside the site."""
    rows = TicketFile.objects.select_related("ticket__hub__cluster", "ticket__organisation")
    found = get_object_or_404(rows, public_id=file)
    try:
        services.open_ticket_file(file=found, by=request.user, now=database_now())
    except Refused as refusal:
        raise Http404 from refusal
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type)


@login_required
@require_safe
def ticket_board(request: SignedIn, hub: str) -> HttpResponse:
    """The officer's board: the hub's requests by due time."""
    found, now = get_object_or_404(Hub.objects.select_related("cluster"), code=hub), database_now()
    rules.check_can_see_tickets(request.user, found)
    closed = request.GET.get("show") == "closed"
    rows = queries.tickets_in(found, closed=True) if closed else queries.open_tickets(found)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "hub": found,
        "tabs": [
            Tab(pgettext("민원", "열려 있음"), "?show=open", current=not closed),
            Tab(pgettext("민원", "종결"), "?show=closed", current=closed),
        ],
        "table": _table(list(page), pgettext("민원", "요청"), now, company=True),
        "page": page,
        "late": queries.late_tickets(found, now),
    }
    return render(request, "tenancy/ticket_board.html", context)
