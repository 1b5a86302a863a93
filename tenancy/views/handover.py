"""A room handed over, with its meters and photos; the files of a lease."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.errors import Refused
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Table, link
from portal.intake.enums import Scan
from tenancy import explain, handover_forms, rules, services, tables
from tenancy.enums import LeaseFileKind
from tenancy.models import Lease, LeaseFile, MoveIn
from tenancy.reasons import CHECKLIST
from tenancy.views.shared import SignedIn, found_lease


def _back(lease: Lease) -> tuple[str, str]:
    return str(lease), reverse("tenancy:lease", args=[lease.public_id])


@login_required
def handing_over(request: SignedIn, lease: UUID) -> HttpResponse:
    """What was handed over with the room; the officer adds meters and photos, the company confirms."""
    found = found_lease(lease)
    rules.check_can_see_stay(request.user, found)
    record = MoveIn.objects.filter(lease=found).select_related("recorded_by", "confirmed_by").first()
    if record is None:
        raise Http404
    case = Case(
        title=_("입주 기록"),
        back=_back(found),
        caption=found.organisation,
        lead="" if record.confirmed_at else _("입주기업이 확인하면 기록이 끝납니다."),
        rows=[
            Row(_("입주일"), tables.day(record.on_date)),
            Row(_("열쇠(개)"), record.keys),
            Row(_("출입카드(장)"), record.cards),
            Row(_("호실 상태"), record.note or _("없음")),
            Row(_("넘긴 사람"), record.recorded_by.name),
            Row(_("입주기업 확인"), _confirmed(record)),
            *([Row(_("입주기업이 적은 내용"), record.remark)] if record.remark else []),
        ],
        tables=[readings(found), photos(found, LeaseFileKind.MOVE_IN)],
        acts=_handover_acts(request, found, record),
        recorded=[record],
    )
    return show(request, case)


def _confirmed(record: MoveIn) -> str:
    if record.confirmed_by is None or record.confirmed_at is None:
        return _("확인 전")
    return f"{record.confirmed_by.name} · {explain.instant(record.confirmed_at)}"


def readings(found: Lease) -> Table:
    """What the meters of the room showed during the lease."""
    return Table(
        caption=_("검침"),
        columns=[Column(_("계량기")), Column(_("검침값"), number=True), Column(_("읽은 때")), Column(_("사진"))],
        rows=[
            [row.get_kind_display(), f"{row.value.normalize():,f}", tables.instant(row.read_at), file_link(row.photo) if row.photo else "–"]
            for row in found.readings.filter(voided_at__isnull=True).select_related("photo")
        ],
        empty=_("아직 읽은 계량기가 없습니다."),
    )  # fmt: skip


def photos(found: Lease, kind: LeaseFileKind) -> Table:
    """Photos of the room, at the beginning or the end of the lease."""
    leaving = kind == LeaseFileKind.MOVE_OUT
    return Table(
        caption=_("호실 사진"),
        columns=[
            Column(_("파일")),
            *([Column(_("확인항목"))] if leaving else []),
            Column(_("올린 사람")),
            Column(_("올린 때")),
        ],
        rows=[
            [file_link(row), *([_point(row)] if leaving else []), row.uploaded_by.name, tables.instant(row.uploaded_at)]
            for row in found.files.filter(kind=kind).select_related("uploaded_by", "item")
        ],
        empty=_("올린 사진이 없습니다."),
    )


def _point(row: LeaseFile) -> object:
    return CHECKLIST[row.item.code] if row.item else _("호실 전체")


def file_link(row: LeaseFile) -> object:
    """Its name, which leads to it unless something harmful was found in it."""
    if row.scan == Scan.INFECTED:
        return row.name
    return link(row.name, reverse("tenancy:lease_file", args=[row.public_id]))


def _handover_acts(request: SignedIn, found: Lease, record: MoveIn) -> list[Act]:
    by = request.user

    def read(answers: Mapping[str, Any], now: datetime) -> None:
        services.read_meter(lease=found, by=by, now=now, **answers)

    def photo(answers: Mapping[str, Any], now: datetime) -> None:
        services.add_photos(lease=found, photos=[answers["photo"]], by=by, now=now)

    def confirm(answers: Mapping[str, Any], now: datetime) -> None:
        services.confirm_move_in(lease=found, by=by, now=now, **answers)

    officer, waits = rules.may_in(by, "move.record", found.unit.hub), record.confirmed_at is None
    possible = [
        (waits and rules.can_confirm_move_in(by, found), Act("confirm", _("입주 확인"), handover_forms.RemarkForm, _("넘겨받았음을 확인하기"), confirm, _("입주를 확인했습니다."))),
        (officer, Act("read", _("검침 기록"), handover_forms.ReadingForm, _("검침값 적기"), read, _("검침값을 적었습니다."), kind="secondary")),
        (officer and waits, Act("photo", _("사진 올리기"), handover_forms.PhotoForm, _("사진 올리기"), photo, _("사진을 올렸습니다."), kind="secondary")),
    ]  # fmt: skip
    return [act for may, act in possible if may]


@login_required
@require_safe
def lease_file(request: SignedIn, file: UUID) -> FileResponse:
    """A file, to those who may see its lease; always downloaded, never shown inside the site."""
    rows = LeaseFile.objects.select_related("lease__organisation", "lease__unit__floor__building__hub__cluster")
    found = get_object_or_404(rows, public_id=file)
    try:
        rules.check_can_open_lease_file(request.user, found)
    except Refused as refusal:
        raise Http404 from refusal
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type)
