"""Rooms under a rush, on real connections with real commits: never a double occupancy, one winner, one leaf each."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from ledger import log
from portal.core.errors import Refused
from tenancy import queries, services
from tenancy.models import Amendment, Lease, Occupancy, Offer, Unit, UnitCell
from tenancy.services import Part
from tests.factories.people import leaves
from tests.factories.space import NOW, START, leased, master, selected, space, unit
from tests.tenancy.test_races import at_once, counted

pytestmark = pytest.mark.usefixtures("committed_db")
ON = date(2020, 3, 1)
ATTEMPTS, CONNECTIONS = 200, 20


def overlaps():
    """Pairs of rows that give one cell to two on a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM tenancy_occupancy a JOIN tenancy_occupancy b ON a.cell_id = b.cell_id AND a.id < b.id"
            " AND a.period && b.period WHERE a.status <> 'RELEASED' AND b.status <> 'RELEASED'"
        )
        return cursor.fetchone()[0]


def test_two_hundred_attempts_on_the_last_room():
    place = space("801", quota=CONNECTIONS)
    needs = [selected(place, name=f"기업 {n}") for n in range(CONNECTIONS)]
    room, terms = place.unit("801"), place.terms

    def attempts(need):
        """Ten tries of one company, one after the other, on a connection of its own."""

        def run():
            told = Counter()
            for _ in range(ATTEMPTS // CONNECTIONS):
                try:
                    services.offer_room(need=need, unit=room, terms=terms, start=START, by=log.SYSTEM, now=NOW)
                    told["done"] += 1
                except Refused as refusal:
                    told[str(refusal)] += 1
            return told

        return run

    outcomes = at_once(*map(attempts, needs))
    assert counted(outcomes) == {"done": CONNECTIONS}
    told = sum((answer for _, answer in outcomes), Counter())
    assert (told.pop("done"), told.total()) == (1, ATTEMPTS - 1)
    assert set(told) <= {
        "방금 다른 기업에 배정되었습니다. 입력은 저장되어 있습니다.",
        "이 기업에는 이미 진행 중인 입주 제안이 있습니다.",
    }
    [offer], [row] = Offer.objects.all(), Occupancy.objects.all()
    assert (offer.status, row.status, overlaps()) == ("SENT", "HELD", 0)
    assert [leaf["type"] for leaf in leaves(row)] == ["space.occupancy.held/1"]


def halves(place):
    left, right = (cell.code for cell in place.unit("810").cells.order_by("code"))
    return [Part("810A", 4, Decimal("20.00"), (left,)), Part("810B", 4, Decimal("20.00"), (right,))]


@pytest.mark.parametrize("attempt", range(3))
def test_a_room_split_while_it_is_offered(attempt):
    place = space("801")
    place.units.append(unit(place.floor, "810", seats=8, cells=2))
    need, room = selected(place), place.unit("810")
    reshape = {"floor": place.floor, "units": ["810"], "parts": halves(place), "on": ON, "by": place.approver}
    outcomes = at_once(
        lambda: services.reshape(**reshape, reason="나눕니다.") and None,
        lambda: (
            services.offer_room(need=need, unit=room, terms=place.terms, start=START, by=log.SYSTEM, now=NOW) and None
        ),
    )
    assert counted(outcomes) == {"done": 1, "refused": 1}, outcomes
    split = Unit.objects.get(pk=room.pk).to_date == ON
    assert (split, Unit.objects.count(), Occupancy.objects.count()) in [(True, 4, 0), (False, 2, 2)]
    assert UnitCell.objects.filter(period__endswith=ON).count() == (2 if split else 0)


def test_a_room_is_not_split_under_a_running_lease_however_often_it_is_tried():
    place = space("801")
    place.units.append(unit(place.floor, "810", seats=8, cells=2))
    lease = leased(place, selected(place), "810")
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    asked = {"floor": place.floor, "units": ["810"], "parts": halves(place), "on": ON, "by": place.approver}
    outcomes = at_once(*[lambda: services.reshape(**asked, reason="나눕니다.")] * 8)
    assert counted(outcomes) == {"refused": 8}
    assert [row.unit.code for row in queries.places_on(place.floor, ON)] == ["801", "810"]


def test_a_room_is_split_once_by_two_at_once():
    place = space("801")
    place.units.append(unit(place.floor, "810", seats=8, cells=2))
    asked = {"floor": place.floor, "units": ["810"], "parts": halves(place), "on": ON, "by": place.approver}
    outcomes = at_once(*[lambda: len(services.reshape(**asked, reason="나눕니다."))] * 4)
    assert counted(outcomes) == {"done": 1, "refused": 3}
    assert Unit.objects.count() == 4
    told = [leaf for leaf in leaves(place.floor.building) if leaf["type"] == "space.place.reshaped/1"]
    assert len(told) == 1


def test_the_four_signatures_of_a_swap_in_the_same_second():
    place = space("801 802")
    first, second = (leased(place, selected(place), code) for code in ("801", "802"))
    for lease in (first, second):
        services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    why = {"reason": "서로 바꿉니다.", "now": NOW, "by": place.officer}
    both = services.prepare_swap(first=first, second=second, on=ON, **why)
    masters = {lease.pk: master(lease.offer.need) for lease in (first, second)}

    def sign(one, side):
        by = place.approver if side == "LESSOR" else masters[one.lease_id]
        shown = {"document_hash": one.document_hash, "consented": True}
        return lambda: services.sign_amendment(amendment=one, side=side, by=by, now=NOW, **shown)

    tasks = [sign(Amendment.objects.get(pk=one.pk), side) for one in both for side in ("TENANT", "LESSOR")]
    for _ in range(len(tasks)):  # whoever was overtaken by the partner's signature signs again, as a person would
        outcomes = at_once(*tasks)
        tasks = [task for task, (kind, _answer) in zip(tasks, outcomes, strict=True) if kind != "done"]
        assert "broken" not in counted(outcomes), outcomes
        if not tasks:
            break
    assert {row.status for row in Amendment.objects.all()} == {"IN_FORCE"}
    assert [Lease.objects.get(pk=lease.pk).unit.code for lease in (first, second)] == ["802", "801"]
    amended = [leaf for lease in (first, second) for leaf in leaves(lease) if leaf["type"] == "space.lease.amended/1"]
    assert (len(amended), overlaps()) == (2, 0)


def test_the_threads_of_a_rush_really_run_beside_each_other():
    """The proof that ``at_once`` contends: each thread sees another backend of the database."""
    pids = at_once(*[lambda: connection.connection.info.backend_pid] * CONNECTIONS)
    assert len({pid for _, pid in pids}) == CONNECTIONS
