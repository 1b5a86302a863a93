"""Edge cases of design 05 §15 that no other module names; 16 stands in ``test_directory``."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.core.errors import Invalid, Overtaken
from portal.core.periods import add_months
from tenancy import services
from tenancy.models import Occupancy, Offer, Unit
from tenancy.rent import charge
from tests.factories.people import company
from tests.factories.space import NOW, START, leased, master, offered, resident, selected, space
from tests.tenancy.test_amendments import sign
from tests.tenancy.test_money import HEAD, adds_up, billed, imported, state

pytestmark = pytest.mark.django_db


def test_4_a_decline_that_frees_a_better_room_starts_no_chain():
    """Whoever was offered a room keeps that offer; the freed room goes to who has none."""
    place = space("801 802")
    first, second, third = (selected(place) for _ in range(3))
    better, other = offered(place, first, "801"), offered(place, second, "802")
    made = services.decline_offer(offer=better, by=master(first), now=NOW)
    assert (made.need, made.unit.code) == (third, "801")
    assert list(Offer.objects.filter(need=second)) == [other]
    assert Offer.objects.filter(status="SENT").count() == 2


def test_6_twenty_five_months_are_twenty_five_lines_and_half_months_add_up():
    months = charge(Decimal("20.00"), 5000, START, add_months(START, 25))
    assert len(months) == 26, "they touch 26 calendar months"
    assert (months[0], months[-1]) == ((date(2019, 12, 1), 29_032), (date(2022, 1, 1), 70_967))
    assert {amount for _month, amount in months[1:-1]} == {100_000}
    whole = charge(Decimal("20.00"), 5000, date(2020, 1, 1), date(2022, 2, 1))
    assert [amount for _month, amount in whole] == [100_000] * 25


def test_9_rows_in_another_order_and_one_won_short():
    place = billed("801 802")
    ours = [
        f"2020-01-25,99999,가온체인0,{place.invoices[0].number}",
        f"2020-01-26,100000,가온체인1,{place.invoices[1].number}",
    ]
    imported(place, *ours)
    assert [state(invoice) for invoice in place.invoices] == [("PART_PAID", 1), ("SETTLED", 0)]
    plan = services.plan_import(hub=place.hub, content=(HEAD + "\n".join(reversed(ours))).encode(), by=place.finance)
    assert {found.verdict for found in plan.matches} == {"SEEN"}
    assert [state(invoice) for invoice in place.invoices] == [("PART_PAID", 1), ("SETTLED", 0)]
    adds_up()


def test_14_two_tenants_merge_and_the_lease_goes_on_under_the_other_number():
    place = space("801 802")
    stays, joins = resident(place, "801"), resident(place, "802")
    on = date(2020, 3, 1)
    made = services.prepare_succession(
        lease=joins, successor=stays.organisation, on=on, reason="합병", by=place.officer, now=NOW
    )
    old = joins.organisation
    sign(place, made)
    joins.refresh_from_db()
    assert joins.organisation == stays.organisation
    rows = Occupancy.objects.filter(lease=joins).exclude(status="RELEASED").order_by("period")
    assert [(row.organisation, row.period.lower) for row in rows] == [(old, START), (stays.organisation, on)]
    assert company().pk not in {row.organisation_id for row in rows}


def test_17_a_room_with_a_lease_is_not_taken_out_of_service():
    place = space("801 802")
    leased(place, selected(place), "801")
    given = {"start": date(2020, 2, 1), "end": date(2020, 3, 1), "note": "누수", "by": place.officer}
    with pytest.raises(Overtaken):
        services.block_unit(unit=place.unit("801"), **given)
    with pytest.raises((Invalid, Overtaken)):
        services.reshape(
            floor=place.floor, units=["801"], parts=[services.Part("801A", 4, Decimal("20.00"), ("8-01",))],
            on=date(2020, 2, 1), by=place.approver, reason="용도 변경",
        )  # fmt: skip
    assert Unit.objects.get(code="801").to_date is None


def test_18_a_clock_two_hours_off_expires_no_offer_twice_and_none_early():
    """The job takes the database's time; a server whose clock jumps runs it at any time, in any order."""
    place = space("801")
    first, second = selected(place), selected(place)
    offer = offered(place, first, "801")
    end, jump = offer.expires_at, timedelta(hours=2)
    assert services.expire_due_offers(now=end - jump) == 0
    assert services.expire_due_offers(now=end + jump) == 1
    assert [services.expire_due_offers(now=end + shift) for shift in (-jump, timedelta(), jump)] == [0, 0, 0]
    offer.refresh_from_db()
    assert offer.status == "EXPIRED"
    assert Offer.objects.get(need=second).status == "SENT"
    assert Offer.objects.count() == 2
