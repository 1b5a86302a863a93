"""Splitting and merging rooms on a date: the same cells, never under a tenant."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ledger import log
from portal.core.errors import Invalid, NotAllowed, Overtaken
from tenancy import queries, services
from tenancy.models import Unit, UnitCell
from tenancy.services import Part
from tests.factories.people import leaves
from tests.factories.space import NOW, START, leased, selected, space, unit
from tests.tenancy.test_amendments import sign
from tests.tenancy.test_constraints import refused

pytestmark = pytest.mark.django_db
ON = date(2020, 3, 1)


def large(codes="801"):
    """A hub with rooms for four, and 810 for eight over two cells."""
    place = space(codes)
    place.units.append(unit(place.floor, "810", seats=8, cells=2))
    place.halves = [cell.code for cell in place.unit("810").cells.order_by("code")]
    return place


def split(place, on=ON, **changes):
    left, right = place.halves
    parts = [Part("810A", 4, Decimal("20.00"), (left,)), Part("810B", 4, Decimal("20.00"), (right,))]
    asked = {"units": ["810"], "parts": parts, "by": place.approver, "reason": "작은 방이 모자랍니다."}
    return services.reshape(floor=place.floor, on=on, **{**asked, **changes})


def codes(place, on):
    return [row.unit.code for row in queries.places_on(place.floor, on)]


def test_a_room_is_split_on_a_day_and_merged_later():
    place = large()
    split(place)
    assert codes(place, date(2020, 2, 29)) == ["801", "810"]
    assert codes(place, ON) == ["801", "810A", "810B"]
    told = leaves(place.floor.building)[-1]["data"]
    assert {name: told[name] for name in ("hub", "on", "ended", "begun")} == {
        "hub": "mapo",
        "on": "2020-03-01",
        "ended": 1,
        "begun": 2,
    }
    whole = [Part("810", 8, Decimal("40.00"), tuple(place.halves))]
    split(place, date(2020, 9, 1), units=["810A", "810B"], parts=whole)
    assert codes(place, date(2020, 9, 1)) == ["801", "810"]


def test_refused_under_a_running_lease_an_offer_and_a_blocked_room():
    place = large()
    need = selected(place, seats=8)
    room = place.unit("810")
    offer = services.offer_room(need=need, unit=room, terms=place.terms, start=START, by=log.SYSTEM, now=NOW)
    with pytest.raises(Overtaken, match="변경계약"):
        split(place)
    services.revoke_offer(offer=offer, by=place.approver, now=NOW, reason="누수")
    blocked = services.block_unit(unit=room, start=START, end=date(2020, 3, 2), note="수리", by=place.officer)
    with pytest.raises(Overtaken, match="2020"):
        split(place)
    for row in blocked:
        services.unblock(occupancy=row, by=place.officer)
    assert len(split(place)) == 2


def test_an_amendment_that_moves_the_tenant_out_the_same_day_makes_way():
    place = large()
    lease = leased(place, selected(place), "810")
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    with pytest.raises(Overtaken):
        split(place)
    why = {"reason": "방을 나눕니다.", "now": NOW}
    sign(place, services.prepare_move(lease=lease, unit=place.unit("801"), on=ON, by=place.officer, **why))
    split(place)
    assert [row.holder and row.unit.code for row in queries.places_on(place.floor, ON)] == ["801", None, None]


def test_a_room_that_ends_is_not_let_beyond_its_day():
    place = large()
    split(place)
    with pytest.raises(Overtaken, match="나누거나"):
        services.offer_room(
            need=selected(place), unit=place.unit("810"), terms=place.terms, start=START, by=log.SYSTEM, now=NOW
        )
    half = Unit.objects.get(code="810A")
    services.offer_room(need=selected(place), unit=half, terms=place.terms, start=ON, by=log.SYSTEM, now=NOW)


def test_the_parts_are_the_cells_and_only_the_approver_says_so():
    place = large()
    left, right = place.halves
    one = Part("810A", 4, Decimal("20.00"), (left,))
    wrong = [
        [one],
        [one, Part("810B", 4, Decimal("20.00"), (left, right))],
        [one, Part("810A", 4, Decimal("20.00"), (right,))],
        [one, Part("801", 4, Decimal("20.00"), (right,))],
        [one, Part("810B", 0, Decimal("20.00"), (right,))],
    ]
    for parts in wrong:
        with pytest.raises(Invalid):
            split(place, parts=parts)
    for changes in ({"units": ["899"]}, {"reason": " "}, {"on": date(2019, 12, 1)}):
        with pytest.raises(Invalid):
            split(place, **changes)
    with pytest.raises(NotAllowed):
        split(place, by=place.officer)


def test_the_database_lets_nobody_hold_a_cell_that_the_unit_has_not_got():
    place = large()
    offer = services.offer_room(
        need=selected(place), unit=place.unit("810"), terms=place.terms, start=START, by=log.SYSTEM, now=NOW
    )
    shorter = DateRange(place.unit("810").from_date, ON)

    def around():
        with transaction.atomic():
            UnitCell.objects.filter(unit=place.unit("810")).update(period=shorter)

    refused(around, "beyond the time of its unit")
    row = offer.occupancies.first()

    def other_unit():
        with transaction.atomic():
            row.unit = place.unit("801")
            row.save(update_fields=["unit"])

    refused(other_unit, "beyond the time of its unit")
