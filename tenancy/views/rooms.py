"""The rooms of a floor at the desk: split and merged by the approver, taken out of use and given back by the officer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.clock import database_now
from portal.core.errors import Invalid
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Table
from tenancy import change_forms, queries, rules, services, tables
from tenancy.models import Floor, Occupancy, Unit
from tenancy.views.shared import SignedIn


@login_required
def floor_desk(request: SignedIn, hub: str, level: int) -> HttpResponse:
    """The rooms of a floor with their cells, what is out of use, and what this person may change."""
    found = queries.floor_of(hub, level)
    if found is None:
        raise Http404
    place = found.building.hub
    rules.check_may_in(request.user, "lease.read", place)
    blocked = list(queries.blocked_on(found, queries.day_of(database_now())))
    case = Case(
        title=_("%(hub)s %(floor)s 호실 관리") % {"hub": place, "floor": found},
        back=(f"{place} {found}", reverse("tenancy:floor", args=[place.code, found.level])),
        lead=_("호실은 지워지지 않습니다. 없앨 호실은 시행일에 끝나고, 같은 구획 위에서 새 호실이 시작합니다."),
        tables=[_rooms(list(queries.rooms_of(found))), _blocked(blocked)],
        acts=_acts(request, found, blocked),
        recorded=[found.building],
    )
    return show(request, case)


def _rooms(units: list[Unit]) -> Table:
    return Table(
        caption=_("호실과 구획"),
        columns=[Column(_("호실")), Column(_("좌석"), number=True), Column(_("면적(㎡)"), number=True), Column(_("구획")), Column(_("시작일")), Column(_("끝나는 날"))],
        rows=[
            [
                unit.code,
                unit.seats,
                unit.area_m2,
                ", ".join(sorted(cell.code for cell in unit.cells.all())),
                tables.day(unit.from_date),
                tables.day(unit.to_date),
            ]
            for unit in units
        ],
        empty=_("이 층에는 호실이 없습니다."),
    )  # fmt: skip


def _blocked(rows: list[Occupancy]) -> Table:
    return Table(
        caption=_("쓰지 못하는 호실"),
        columns=[Column(_("호실")), Column(_("시작일")), Column(_("다시 쓰는 날")), Column(_("사유"))],
        rows=[
            [_code(row), tables.day(row.period.lower), tables.day(row.period.upper), row.note]
            for row in _one_each(rows).values()
        ],
        empty=_("쓰지 못하는 호실이 없습니다."),
    )


def _one_each(rows: list[Occupancy]) -> dict[str, Occupancy]:
    """One row of each time that a room is out of use, whatever the number of its cells."""
    return {_key(row): row for row in rows}


def _acts(request: SignedIn, floor: Floor, blocked: list[Occupancy]) -> list[Act]:
    by, hub = request.user, floor.building.hub

    def reshape(answers: Mapping[str, Any], now: datetime) -> None:
        services.reshape(floor=floor, by=by, **answers)

    def block(answers: Mapping[str, Any], now: datetime) -> None:
        rest = {name: value for name, value in answers.items() if name != "unit"}
        services.block_unit(unit=_unit(floor, answers["unit"]), by=by, **rest)

    def unblock(answers: Mapping[str, Any], now: datetime) -> None:
        services.unblock_unit(rows=[row for row in blocked if _key(row) == answers["unit"]], by=by)

    named = [(key, f"{_code(row)} · {tables.day(row.period.lower)}") for key, row in _one_each(blocked).items()]
    drafts = rules.may_in(by, "unit.draft", hub)
    possible = [
        (rules.may_in(by, "unit.put_in_force", hub), Act("reshape", _("나누기와 합치기"), change_forms.ReshapeForm, _("호실 바꾸기"), reshape, _("호실을 바꾸었습니다."))),
        (drafts, Act("block", _("호실 쓰지 않기"), change_forms.BlockForm, _("사용 중지하기"), block, _("호실을 사용 중지했습니다."), kind="secondary")),
        (drafts and bool(named), Act("unblock", _("다시 쓰기"), change_forms.UnblockForm, _("다시 쓰게 하기"), unblock, _("호실을 다시 쓸 수 있습니다."), kind="secondary", options={"units": named})),
    ]  # fmt: skip
    return [act for may, act in possible if may]


def _code(row: Occupancy) -> str:
    return row.unit.code if row.unit else ""


def _key(row: Occupancy) -> str:
    return f"{row.unit_id}:{row.period.lower}"


def _unit(floor: Floor, code: str) -> Unit:
    unit = queries.rooms_of(floor).filter(code=code.strip(), to_date__isnull=True).first()
    if unit is None:
        raise Invalid(_("이 층에 없는 호실입니다: %(codes)s") % {"codes": code}, field="unit")
    return unit
