"""Asking to be told when a meeting room falls free, and taking it in the ten minutes it is held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.queries import organisations_of
from portal.core.clock import database_now
from portal.core.errors import NotAllowed
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Row
from tenancy import daily_forms, daily_tables, queries, rules, services, tables
from tenancy.enums import RoomWaitStatus
from tenancy.forms import SureForm
from tenancy.models import RoomWait
from tenancy.views.meeting import asked_start, found_room
from tenancy.views.shared import SignedIn


@login_required
def ask_room(request: SignedIn, hub: str, room: str) -> HttpResponse:
    """Ask to be told when a taken time falls free."""
    found, companies = found_room(hub, room), list(organisations_of(request.user))
    if not companies:
        raise NotAllowed(_("기업의 구성원만 예약할 수 있습니다. 먼저 내 기업을 등록하거나 초대를 받아 주십시오."))
    starts = asked_start(request, database_now())
    rule = queries.rule_on(found.hub, queries.day_of(starts))
    if rule is None:
        raise Http404

    def ask(answers: Mapping[str, Any], now: datetime) -> None:
        form = act.shown
        assert isinstance(form, daily_forms.TimeForm)
        starts_at, ends_at = form.period()
        services.ask_for_room(
            room=found,
            organisation=form.company(companies),
            starts_at=starts_at,
            ends_at=ends_at,
            by=request.user,
            now=now,
        )

    act = Act(
        "wait",
        _("기다릴 시간"),
        daily_forms.TimeForm,
        _("비면 알려 주세요"),
        ask,
        _("비면 알려 드립니다. 먼저 요청한 순서대로 10분씩 확보해 드립니다."),
        initial={"on": starts.date(), "start": starts.strftime("%H:%M"), "minutes": 60},
        options={"rule": rule, "companies": companies},
        query=f"start={starts:%Y-%m-%dT%H:%M}",
    )
    day = reverse("tenancy:meeting_day", args=[found.hub.code]) + f"?on={starts:%Y-%m-%d}"
    case = Case(
        title=_("%(room)s: 비면 알림") % {"room": found},
        back=(str(found.hub), day),
        caption=found.hub,
        lead=_("이미 예약된 시간이 비면 요청한 순서대로 알려 드리고, 10분 동안 다른 사람이 예약하지 못하게 합니다."),
        acts=[act],
    )
    return show(request, case, then=reverse("tenancy:bookings"))


@login_required
def room_wait(request: SignedIn, wait: UUID) -> HttpResponse:
    """One request: its place in line, and in the ten minutes the form that books."""
    found = queries.wait_of(wait)
    if found is None:
        raise Http404
    rules.check_can_book(request.user, found.organisation)
    waiting = found.status == RoomWaitStatus.WAITING
    case = Case(
        title=_("%(room)s: 비면 알림") % {"room": found.room},
        back=(_("회의실 예약"), reverse("tenancy:bookings")),
        caption=found.room.hub,
        status=found.get_status_display(),
        rows=[
            Row(_("일시"), daily_tables.span(found)),
            Row(_("기업"), found.organisation),
            *([Row(_("앞에 기다리는 요청"), queries.ahead_of(found))] if waiting else []),
            *([Row(_("확보한 시각까지"), tables.instant(found.offered_until))] if found.offered_until else []),
        ],
        acts=_acts(request, found),
        recorded=[found],
    )
    return show(request, case)


def _acts(request: SignedIn, found: RoomWait) -> list[Act]:
    def take(answers: Mapping[str, Any], now: datetime) -> None:
        services.take_offered_room(wait=found, by=request.user, now=now, **answers)

    def leave(answers: Mapping[str, Any], now: datetime) -> None:
        services.leave_wait(wait=found, by=request.user, now=now)

    offered, live = found.status == RoomWaitStatus.OFFERED, found.status in queries.WAITS
    possible = [
        (offered, Act("take", _("예약"), daily_forms.UseForm, _("예약하기"), take, _("예약했습니다. 아래에서 상태를 확인해 주십시오."), initial={"people": 1})),
        (live, Act("leave", _("그만 기다리기"), SureForm, _("더 기다리지 않기"), leave, _("더 기다리지 않습니다."), kind="secondary")),
    ]  # fmt: skip
    return [act for now, act in possible if now]
