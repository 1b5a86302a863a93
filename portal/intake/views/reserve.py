"""예비 순위판: the order of each track, who was called, who was passed over and why; calling the next one."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.ui.parts import Column, Row, Table, link
from portal.intake import queries, rules, services
from portal.intake.blocks import in_language
from portal.intake.enums import ApplicationStatus, ReserveStatus
from portal.intake.forms import ConfirmForm, ReasonForm
from portal.intake.models import Call, ReserveEntry
from portal.intake.views import acting
from portal.intake.views.desk import staff_application, staff_call, title_of


@login_required
@require_safe
def board(request: HttpRequest, code: str) -> HttpResponse:
    """Places left by track, and the reserve in its order."""
    call = staff_call(request, code)
    may = rules.allowed(rules.check_can_run, request.user, call)
    decides = rules.allowed(rules.check_can_cancel_call, request.user, call)
    return acting.workbench(
        request,
        title=_("예비 순위"),
        note=_("자리가 비면 순서대로 부릅니다. 맞지 않아 건너뛴 기업은 순위를 지키고 까닭을 봅니다."),
        tables=[_places(call, may=may), _entries(call, may=decides)],
        **acting.of_call(call),
    )


def _places(call: Call, *, may: bool) -> Table:
    tracks = list(call.tracks.all())
    left = queries.places_left(track.pk for track in tracks)
    columns = (
        Column(_("모집부문")),
        Column(_("모집 수"), number=True),
        Column(_("빈자리"), number=True),
        Column(_("할 일")),
    )
    rows = []
    for track in tracks:
        address = reverse("intake:call-reserve", args=[call.code, track.code])
        action = link(_("다음 예비 부르기"), address) if may and left[track.pk] > 0 else "–"
        rows.append((track.name_text, track.quota, left[track.pk], action))
    return Table(_("빈자리"), columns, rows)


def _entries(call: Call, *, may: bool) -> Table:
    columns = (
        Column(_("모집부문")),
        Column(_("순위"), number=True),
        Column(_("신청서")),
        Column(_("상태")),
        Column(_("유효 기한")),
        Column(_("건너뛰거나 되돌린 까닭")),
        Column(_("할 일")),
    )
    rows = [
        (
            row.track.name_text,
            row.order,
            link(
                f"{row.application} {row.application.organisation.name}",
                reverse("intake:desk-application", args=[row.application.public_id]),
            ),
            row.get_status_display(),
            acting.last_day(row.valid_until),
            _skips(row),
            link(_("예비로 되돌리기"), reverse("intake:return-to-reserve", args=[row.application.public_id]))
            if may and (row.status, row.application.status) == (ReserveStatus.CALLED, ApplicationStatus.SELECTED)
            else "–",
        )
        for row in queries.reserve_of(call)
    ]
    return Table(_("예비 순위"), columns, rows, empty=_("예비로 정한 기업이 없습니다."))


def _skips(row: ReserveEntry) -> str:
    """``12. 20. 14:00 맞는 공간이 아닙니다.``, one per time."""
    found = []
    for skip in row.skips:
        at = parse_datetime(skip["at"])
        found.append(f"{timezone.localtime(at):%m. %d. %H:%M} {in_language(skip)}" if at else in_language(skip))
    return " / ".join(found) or "–"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_next(request: HttpRequest, code: str, track: str) -> HttpResponse:
    """Call the next fitting entry for a free place of a track."""
    call = staff_call(request, code)
    rules.check_can_run(request.user, call)
    found = get_object_or_404(call.tracks.select_related("call__cluster"), code=track)
    waiting = queries.reserve_of(call).filter(track=found, status="WAITING").order_by("order").first()
    return acting.confirmed(
        request,
        ConfirmForm(request.POST if request.method == "POST" else None),
        lambda **who: services.call_reserve(track=found, **who),
        title=_("다음 예비 부르기"),
        lead=f"{found.name_text} · {title_of(call)}",
        rows=[
            Row(_("빈자리"), queries.places_left([found.pk])[found.pk]),
            Row(_("다음 예비"), str(waiting.application) if waiting is not None else _("기다리는 기업이 없습니다.")),
        ],
        warning=_("순서에 따라 맞는 기업이 선정되고 바로 알림을 받습니다."),
        done=_("다음 예비 기업을 선정하고 알렸습니다."),
        back=reverse("intake:reserve", args=[code]),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """되돌림: a company that the reserve was called for goes back to its order, with the reason it reads."""
    found = staff_application(request, public_id)
    rules.check_can_return(request.user, found)
    return acting.confirmed(
        request,
        ReasonForm(request.POST or None),
        lambda **given: services.return_to_reserve(application=found, **given),
        title=_("예비로 되돌리기"),
        lead=f"{found} {found.organisation}",
        rows=[Row(_("예비 순위"), found.reserve.order), Row(_("모집부문"), str(found.reserve.track))],
        warning=_(
            "임시로 잡아 둔 자리를 거두고, 맞는 다음 예비 기업을 부릅니다. 순위는 그대로이며 기업이 까닭을 읽습니다."
        ),
        done=_("예비로 되돌리고 알렸습니다."),
        back=reverse("intake:reserve", args=[found.call.code]),
        danger=True,
    )
