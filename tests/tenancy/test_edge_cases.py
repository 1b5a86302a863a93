"""Edge cases of design 05 §15 that no other module names; ``docs/tenancy.md`` says where each of the eighteen stands."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from ledger import log
from portal.core.errors import Invalid, NotAllowed, Overtaken, Refused
from portal.core.periods import add_months
from portal.plan import registry as plan
from tenancy import services
from tenancy.models import Occupancy, Offer, Unit
from tenancy.rent import charge
from tenancy.services import Part
from tenancy.services.settling import balance_of
from tests.factories.people import company
from tests.factories.space import (
    NOW,
    START,
    leased,
    master,
    offered,
    priced,
    rate_card,
    resident,
    selected,
    space,
    unit,
)
from tests.tenancy.test_amendments import sign
from tests.tenancy.test_endings import END, at, listed
from tests.tenancy.test_money import HEAD, adds_up, billed, imported, state
from tests.tenancy.test_reshaping import codes, large, split

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


def test_2_a_room_for_eight_is_split_beside_a_neighbour_and_merged_when_the_half_is_left():
    place = large()
    leased(place, selected(place), "801")
    halves = split(place, date(2019, 12, 10))
    place.units += halves
    leased(place, selected(place), "810A")
    whole = [Part("810", 8, Decimal("40.00"), tuple(place.halves))]
    for early in (date(2020, 9, 1), END - timedelta(days=1)):
        with pytest.raises((Invalid, Overtaken)):
            split(place, early, units=["810A", "810B"], parts=whole)
    split(place, END, units=["810A", "810B"], parts=whole)
    assert codes(place, END) == ["801", "810"]


def test_5_a_head_count_corrected_upwards_leaves_the_small_room_to_others_and_waits_for_one_that_fits():
    """Corrected before the result is out; the rank stays, the room that is too small says why it is not theirs."""
    place = space("801")
    first, second = selected(place, seats=4, in_line=False), selected(place)
    services.state_need(application=first.application, seats=6, by=master(first))
    services.freeze_need(application=first.application, by=log.SYSTEM, now=NOW)
    run = services.run_allocation(call=place.call, by=place.officer, now=NOW)
    assert run.result == {second.application.receipt_number: "mapo.801"}
    services.confirm_allocation(run=run, by=place.approver, now=NOW)
    [offer] = services.publish_allocation(run=run, by=place.approver, now=NOW)
    assert services.decline_offer(offer=offer, by=master(second), now=NOW) is None, "nobody it fits is in line"
    with pytest.raises(NotAllowed):
        services.state_need(application=first.application, seats=4, by=master(first))
    place.units.append(unit(place.floor, "802", seats=8, cells=2))
    assert offered(place, first, "802").status == "SENT"


def test_6_twenty_five_months_are_twenty_five_lines_and_half_months_add_up():
    months = charge(Decimal("20.00"), 5000, START, add_months(START, 25))
    assert len(months) == 26, "they touch 26 calendar months"
    assert (months[0], months[-1]) == ((date(2019, 12, 1), 29_032), (date(2022, 1, 1), 70_967))
    assert {amount for _month, amount in months[1:-1]} == {100_000}
    whole = charge(Decimal("20.00"), 5000, date(2020, 1, 1), date(2022, 2, 1))
    assert [amount for _month, amount in whole] == [100_000] * 25


def left(place, lease, on, said):
    """The tenant said on ``said`` that it leaves on ``on``, and gave the keys back that day."""
    services.give_notice(lease=lease, leave_date=on, by=master(lease.offer.need), now=at(said))
    move_out = lease.move_outs.get()
    services.schedule_inspection(move_out=move_out, inspect_at=at(on), by=place.officer)
    services.inspect(move_out=move_out, found=listed(), by=place.officer)
    services.return_keys(move_out=move_out, on=on, by=place.officer, now=at(on))
    lease.refresh_from_db()


def test_7_notice_on_the_first_for_the_last_day_of_the_month_takes_back_that_day():
    place = billed()
    [lease] = place.leases
    left(place, lease, date(2020, 1, 31), said=date(2020, 1, 1))
    assert (lease.status, lease.end_kind) == ("ENDED", "EARLY")
    assert state(place.invoices[0]) == ("ISSUED", 96_774)
    adds_up()


def test_7_on_the_last_day_of_the_term_there_is_nothing_left_to_give_notice_of():
    place = space("801")
    lease = resident(place, "801")
    with pytest.raises(Invalid):
        services.give_notice(lease=lease, leave_date=END, by=master(lease.offer.need), now=at(END - timedelta(days=1)))
    services.notice_ends(now=at(END - timedelta(days=1)))
    lease.refresh_from_db()
    assert (lease.status, lease.leave_date, lease.move_outs.get().end_kind) == ("VACATING", END, "EXPIRED")


def test_7_before_moving_in_there_is_no_notice_but_the_approver_gives_the_lease_up():
    place = space("801")
    lease = leased(place, selected(place), "801")
    with pytest.raises(Refused):
        services.give_notice(lease=lease, leave_date=date(2020, 3, 1), by=master(lease.offer.need), now=NOW)
    services.abandon_lease(lease=lease, by=place.approver, now=NOW, reason="입주하지 않음")
    lease.refresh_from_db()
    assert lease.status == "NOT_MATERIALISED"
    assert Occupancy.objects.filter(lease=lease).exclude(status="RELEASED").count() == 0


def test_7_of_a_year_paid_ahead_the_half_that_was_not_used_comes_back():
    place = space("801")
    priced(place, ahead_months=12)
    lease = resident(place, "801")
    [year] = services.bill_month(hub=place.hub, month=date(2019, 12, 1))
    services.issue_invoice(invoice=year, by=place.finance, now=NOW)
    imported(place, f"2019-12-26,{year.total},{lease.organisation.name_ko},{year.number}")
    gone = date(2020, 6, 23)
    left(place, lease, gone, said=date(2020, 5, 1))
    used = sum(amount for _month, amount in charge(Decimal("20.00"), 5000, START, gone))
    credited = sum(note.total for note in year.credits.all())
    assert year.total - credited == used == 602_365
    assert balance_of(lease.organisation_id) == credited
    adds_up()


def test_8_vat_switched_on_at_new_year_and_a_new_rate_in_mid_month():
    place = space("801")
    lease = resident(place, "801")
    new_year, middle = date(2020, 1, 1), date(2020, 2, 10)
    for card, on in ((rate_card(vat_mode="ADD"), new_year), (rate_card(vat_mode="ADD", rate_won=6000), middle)):
        made = services.prepare_rate(lease=lease, rate_card=card, on=on, reason="요율 변경", by=place.officer, now=NOW)
        sign(place, made)
        lease.refresh_from_db()
    december, january, february = (
        services.bill_month(hub=place.hub, month=month)[0] for month in (START, new_year, middle)
    )
    assert (december.supply, december.vat) == (29_032, 0)
    assert (january.supply, january.vat) == (100_000, 10_000)
    assert [(line.supply, line.vat) for line in february.lines.all()] == [(31_034, 3_103), (82_758, 8_275)]


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


def test_14_a_number_closed_during_the_lease_ends_nothing_and_the_new_number_takes_over(monkeypatch):
    """The tax office's word (03) decides who is selected, not who lives here: rent runs on, and history stays with the old number."""
    place = space("801")
    lease = resident(place, "801")
    old, new = lease.organisation, company(name="새 번호")
    monkeypatch.setitem(plan._facts, "business_status", lambda organisation, on: "03" if organisation == old else "01")
    services.turn_terms(now=at(date(2020, 2, 1)))
    lease.refresh_from_db()
    assert lease.status == "ACTIVE"
    on = date(2020, 3, 1)
    sign(
        place,
        services.prepare_succession(
            lease=lease, successor=new, on=on, reason="사업자등록번호가 바뀜", by=place.officer, now=NOW
        ),
    )
    issued = []
    for month in (date(2020, 2, 1), on):
        issued += services.bill_month(hub=place.hub, month=month)
    assert [invoice.total for invoice in issued] == [100_000, 100_000]
    lease.refresh_from_db()
    rows = Occupancy.objects.filter(lease=lease).exclude(status="RELEASED").order_by("period")
    assert (lease.organisation, [row.organisation for row in rows]) == (new, [old, new])


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
