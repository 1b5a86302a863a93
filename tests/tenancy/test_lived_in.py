"""Invariant 3 of design 05 §14: what a lease holds is the cells of its unit on the days of its terms, whatever befell it."""

from datetime import date, timedelta

import pytest

from tenancy import services
from tenancy.models import Lease, Occupancy, RenewalReview, UnitCell
from tests.factories.space import NOW, START, leased, master, selected, unit
from tests.tenancy.test_amendments import WHY, sign, tenants
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_endings import END, FIGURES, SECOND_END, at, new_day
from tests.tenancy.test_money import adds_up

pytestmark = pytest.mark.django_db
HELD = ("COMMITTED", "OCCUPIED", "ENDED")


def days_held(lease):
    """By day the cells that the lease holds."""
    found = {}
    for row in Occupancy.objects.filter(lease=lease, status__in=HELD):
        day = row.period.lower
        while day < row.period.upper:
            found.setdefault(day, set()).add((row.unit_id, row.cell_id))
            day += timedelta(days=1)
    return found


def check(*leases):
    """On every day of its terms, until it is left, a lease holds all cells of one unit; on no other day any."""
    for lease in Lease.objects.filter(pk__in=[lease.pk for lease in leases]):
        terms = [term.period for term in lease.terms.all()]
        last = min(max(period.upper for period in terms), lease.leave_date or date.max)
        first = min(period.lower for period in terms)
        held = days_held(lease)
        assert set(held) == {first + timedelta(days=n) for n in range((last - first).days)}
        for day, cells in held.items():
            [room] = {unit_id for unit_id, _cell in cells}
            asked = UnitCell.objects.filter(unit=room, period__contains=day).values_list("cell", flat=True)
            assert {cell for _unit, cell in cells} == set(asked), day


def test_through_moves_swaps_terms_and_notices():
    place = tenants("801 802 803 804")
    wide = unit(place.floor, "805", seats=8, cells=2)
    stays, moves, swaps, leaves = place.leases
    check(*place.leases)
    sign(place, services.prepare_move(lease=moves, unit=wide, on=date(2020, 3, 11), by=place.officer, **WHY))
    for amendment in services.prepare_swap(first=stays, second=swaps, on=date(2020, 4, 1), by=place.officer, **WHY):
        sign(place, amendment)
    check(*place.leases)
    services.invite_renewals(now=at(END - timedelta(days=80)))
    review = RenewalReview.objects.get(lease=stays)
    services.ask_renewal(review=review, figures=FIGURES, by=master(stays.offer.need), now=at(date(2020, 10, 10)))
    services.decide_renewal(review=review, granted=True, by=place.approver, now=at(date(2020, 11, 1)))
    services.sign_renewal(review=review, by=master(stays.offer.need), now=at(date(2020, 11, 5)), consented=True)
    leaves.refresh_from_db()
    services.give_notice(
        lease=leaves, leave_date=date(2020, 12, 10), by=master(leaves.offer.need), now=at(date(2020, 11, 6))
    )
    check(*place.leases)
    assert max(days_held(stays)) == SECOND_END - timedelta(days=1)
    new_day(END)
    check(stays)
    adds_up()


def test_a_later_start_and_a_new_lease_hold_just_their_days():
    place = tenants("801", moved_in=False)
    [lease] = place.leases
    place.units.append(unit(place.floor, "805", seats=8, cells=2))
    sign(place, services.prepare_start(lease=lease, start=date(2020, 1, 10), by=place.officer, **WHY))
    second = leased(place, selected(place, seats=8), "805")
    check(lease, second)
    assert min(days_held(lease)) == date(2020, 1, 10)
    adds_up()


def test_around_the_service_no_day_is_held_twice_nor_a_cell_of_another_room():
    place = tenants("801 802")
    first, second = place.leases
    row, other = first.occupancies.get(), second.occupancies.get()
    refused(
        lambda: Occupancy.objects.filter(pk=row.pk).update(cell=other.cell), "one_live_occupancy|beyond the time|leaf"
    )
    free = unit(place.floor, "805")
    refused(
        lambda: Occupancy.objects.filter(pk=row.pk).update(cell=free.cells.get()), "beyond the time of its unit|leaf"
    )
    refused(lambda: Occupancy.objects.filter(pk=row.pk).update(period=(START, NOW.date())), "leaf|empty")
