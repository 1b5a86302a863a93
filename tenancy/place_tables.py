"""A floor on a day as a table, and what differs between two days."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from portal.core.ui.parts import Column, Table, badge
from tenancy import tables
from tenancy.enums import PlaceState
from tenancy.queries import Place

_PLACE_ORDERS = {
    "unit": lambda place: place.unit.code,
    "area": lambda place: (place.unit.area_m2, place.unit.code),
    "seats": lambda place: (place.unit.seats, place.unit.code),
    "state": lambda place: (list(PlaceState).index(place.state), place.unit.code),
    "until": lambda place: (place.until or date.max, place.unit.code),
}


@dataclass(frozen=True, slots=True)
class Inside:
    """What those who run a hub see besides: every holder, the next one, and who is behind with the rent."""

    late: frozenset[int] = frozenset()


def places(
    rows: Sequence[Place],
    floor: str,
    on: date,
    *,
    listed: Collection[int] = (),
    inside: Inside | None = None,
    sort: str = "",
) -> Table:
    """The same as the plan, in words. The public reads the names of ``listed`` companies, those who consented."""
    sort = sort if sort in _PLACE_ORDERS else "unit"
    columns = [
        Column(_("호실"), sort="unit"),
        Column(_("면적(㎡)"), number=True, sort="area"),
        Column(_("좌석"), number=True, sort="seats"),
        Column(_("상태"), sort="state"),
        Column(_("이 날까지(당일 제외)"), sort="until"),
        Column(_("다음 사용 시작")),
        Column(_("사용 기업")),
    ]
    if inside:
        columns += [Column(_("다음 기업"))]
    return Table(
        caption=_("%(floor)s 호실, %(day)s 기준") % {"floor": floor, "day": tables.day(on)},
        columns=columns,
        rows=[_place(place, listed, inside) for place in sorted(rows, key=_PLACE_ORDERS[sort])],
        sorted_by=sort,
        empty=_("이 날 이 층에는 호실이 없습니다."),
    )


def _place(place: Place, listed: Collection[int], inside: Inside | None) -> list[object]:
    row: list[object] = [
        place.unit.code,
        place.unit.area_m2,
        place.unit.seats,
        tables.status(place.state, str(place.state.label)),
        tables.day(place.until),
        tables.day(place.next_date),
        _holder(place, listed, inside),
    ]
    return [*row, str(place.next_holder or "")] if inside else row


def _holder(place: Place, listed: Collection[int], inside: Inside | None) -> object:
    name = shown_name(place, listed, inside)
    if inside and place.holder and place.holder.pk in inside.late:
        return badge(_("%(name)s · 체납") % {"name": name}, "danger")
    return name


def shown_name(place: Place, listed: Collection[int], inside: Inside | None) -> str:
    """The holder's name where this reader may know it: always inside; outside only of who moved in and consented."""
    if place.holder is None:
        return ""
    public = place.state == PlaceState.OCCUPIED and place.holder.pk in listed
    return place.holder.name if inside or public else ""


def changes_between(
    before: Sequence[Place], after: Sequence[Place], days: tuple[date, date], shown: Callable[[Place], str]
) -> Table:
    """What of a floor differs between two days: rooms that begin or end, and states or holders that change."""
    old, new = ({place.unit.code: place for place in rows} for rows in (before, after))
    pairs = [(code, old.get(code), new.get(code)) for code in sorted({*old, *new})]
    return Table(
        caption=_("%(first)s에서 %(second)s까지 바뀐 호실")
        % {"first": tables.day(days[0]), "second": tables.day(days[1])},
        columns=[Column(_("호실")), Column(tables.day(days[0])), Column(tables.day(days[1]))],
        rows=[
            [code, _said(one, shown), _said(other, shown)] for code, one, other in pairs if _look(one) != _look(other)
        ],
        empty=_("두 날 사이에 달라진 호실이 없습니다."),
    )


def _look(place: Place | None) -> object:
    return place and (place.state, place.holder and place.holder.pk, place.unit.pk)


def _said(place: Place | None, shown: Callable[[Place], str]) -> str:
    if place is None:
        return _("없는 호실")
    name = shown(place)
    return f"{place.state.label} · {name}" if name else str(place.state.label)
