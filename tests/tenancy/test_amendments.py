"""Amendments: both sign one document; from its day on rooms, rent, dates or the company are others."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.core.errors import Invalid, NotAllowed, Overtaken
from tenancy import services
from tenancy.models import Amendment, Lease, Occupancy
from tests.factories.people import company, leaves, person
from tests.factories.space import NOW, START, leased, master, rate_card, selected, space
from tests.tenancy.test_money import adds_up

pytestmark = pytest.mark.django_db
END, MARCH = date(2020, 12, 23), date(2020, 3, 11)
WHY = {"reason": "팀이 커졌습니다.", "now": NOW}


def tenants(codes="801 802", *, free="", moved_in=True):
    place = space(f"{codes} {free}".strip())
    place.leases = []
    for code in codes.split():
        lease = leased(place, selected(place), code)
        if moved_in:
            services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
        place.leases.append(lease)
    return place


def fresh(lease):
    return Lease.objects.get(pk=lease.pk)


def sign(place, amendment, *sides):
    for side in sides or ("TENANT", "LESSOR"):
        by = master(amendment.lease.offer.need) if side == "TENANT" else place.approver
        done = services.sign_amendment(
            amendment=amendment, side=side, by=by, now=NOW, document_hash=amendment.document_hash, consented=True
        )
    return done


def held(lease):
    rows = Occupancy.objects.filter(lease=lease).exclude(status="RELEASED").order_by("period")
    return [(row.unit.code, row.period.lower, row.period.upper, row.status) for row in rows]


def rents(lease, month):
    invoice = services.invoices.draft_month(lease=fresh(lease), month=month)
    return [(line.area_m2, line.rate_won, line.supply) for line in invoice.lines.all()]


def test_a_move_cuts_the_old_room_and_takes_the_new_on_the_same_day():
    place = tenants("801", free="802")
    place.unit("802").area_m2 = Decimal("40.00")
    place.unit("802").save()
    [lease] = place.leases
    amendment = services.prepare_move(lease=lease, unit=place.unit("802"), on=MARCH, by=place.officer, **WHY)
    assert sign(place, amendment) is True
    assert held(lease) == [("801", START, MARCH, "OCCUPIED"), ("802", MARCH, END, "COMMITTED")]
    assert rents(lease, date(2020, 3, 1)) == [
        (Decimal("20.00"), 5000, 32_258),
        (Decimal("40.00"), 5000, 135_483),
    ]
    assert leaves(lease)[-1]["type"] == "space.lease.amended/1"
    adds_up()


def test_a_move_into_a_room_that_is_let_is_refused():
    place = tenants()
    lease = place.leases[0]
    amendment = services.prepare_move(lease=lease, unit=place.unit("802"), on=MARCH, by=place.officer, **WHY)
    sign(place, amendment, "TENANT")
    with pytest.raises(Overtaken, match="다른 기업"):
        sign(place, amendment, "LESSOR")


def test_two_tenants_swap_on_one_day():
    place = tenants()
    first, second = place.leases
    both = services.prepare_swap(first=first, second=second, on=MARCH, by=place.officer, **WHY)
    assert [sign(place, one, "LESSOR") for one in both] == [False, False]
    assert sign(place, both[0], "TENANT") is False
    assert sign(place, both[1], "TENANT") is True
    assert held(first) == [("801", START, MARCH, "OCCUPIED"), ("802", MARCH, END, "COMMITTED")]
    assert held(second) == [("802", START, MARCH, "OCCUPIED"), ("801", MARCH, END, "COMMITTED")]
    assert [fresh(lease).unit.code for lease in (first, second)] == ["802", "801"]
    adds_up()


def test_of_a_swap_both_fall():
    place = tenants()
    both = services.prepare_swap(first=place.leases[0], second=place.leases[1], on=MARCH, by=place.officer, **WHY)
    services.drop_amendment(amendment=both[0], by=place.officer, reason="한 기업이 원하지 않음")
    assert {row.status for row in Amendment.objects.all()} == {"DROPPED"}
    adds_up()


def test_another_rate_in_mid_month_makes_two_lines():
    place = tenants("801")
    [lease] = place.leases
    card = rate_card(rate_won=6000)
    sign(place, services.prepare_rate(lease=lease, rate_card=card, on=MARCH, by=place.officer, **WHY))
    card.refresh_from_db()
    assert rents(lease, date(2020, 3, 1)) == [
        (Decimal("20.00"), 5000, 32_258),
        (Decimal("20.00"), 6000, 81_290),
    ]
    assert rents(lease, date(2020, 2, 1)) == [(Decimal("20.00"), 5000, 100_000)]
    assert card.frozen_at == NOW


def test_another_area_and_then_another_rate_keep_the_area():
    place = tenants("801")
    [lease] = place.leases
    sign(place, services.prepare_area(lease=lease, area_m2="21.50", on=date(2020, 2, 1), by=place.officer, **WHY))
    card = rate_card(rate_won=6000)
    sign(place, services.prepare_rate(lease=fresh(lease), rate_card=card, on=date(2020, 3, 1), by=place.officer, **WHY))
    assert rents(lease, date(2020, 3, 1)) == [(Decimal("21.50"), 6000, 129_000)]


def test_a_later_start_before_moving_in():
    place = tenants("801", moved_in=False)
    [lease] = place.leases
    start = START + timedelta(days=3)
    sign(place, services.prepare_start(lease=lease, start=start, by=place.officer, **WHY))
    assert held(lease) == [("801", start, END, "COMMITTED")]
    assert lease.terms.get().period.lower == start
    adds_up()
    with pytest.raises(Invalid):
        services.prepare_start(lease=lease, start=END, by=place.officer, **WHY)


def test_a_successor_takes_over_and_history_stays():
    place = tenants("801")
    [lease] = place.leases
    old, successor = lease.organisation, company(name="합병법인")
    amendment = services.prepare_succession(lease=lease, successor=successor, on=MARCH, by=place.officer, **WHY)
    sign(place, amendment)
    rows = Occupancy.objects.filter(lease=lease).order_by("period")
    assert [row.organisation for row in rows] == [old, successor]
    assert fresh(lease).organisation == successor
    adds_up()


def test_who_prepares_and_who_signs():
    place = tenants("801")
    [lease] = place.leases
    for by in (place.finance, master(lease.offer.need), person()):
        with pytest.raises(NotAllowed):
            services.prepare_area(lease=lease, area_m2="21.00", on=MARCH, by=by, **WHY)
    amendment = services.prepare_area(lease=lease, area_m2="21.00", on=MARCH, by=place.officer, **WHY)
    with pytest.raises(Overtaken):
        services.prepare_area(lease=lease, area_m2="22.00", on=MARCH, by=place.officer, **WHY)
    shown = {"now": NOW, "document_hash": amendment.document_hash, "consented": True}
    for side, by in (("TENANT", place.approver), ("LESSOR", place.officer)):
        with pytest.raises(NotAllowed):
            services.sign_amendment(amendment=amendment, side=side, by=by, **shown)
    for wrong in ({"document_hash": "0" * 64}, {"consented": False}):
        with pytest.raises(Invalid):
            services.sign_amendment(amendment=amendment, side="LESSOR", by=place.approver, **{**shown, **wrong})
    sign(place, amendment, "LESSOR")
    with pytest.raises(Overtaken):
        sign(place, amendment, "LESSOR")
