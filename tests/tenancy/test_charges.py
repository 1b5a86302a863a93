"""Readings and shared costs: entered by the officer, on the month's draft, charged once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.core.errors import Invalid, NotAllowed, Overtaken, Refused
from tenancy import services, usage
from tenancy.models import CostShare, Invoice, InvoiceLine, MeterReading, MoveOut, SharedCost, Tariff
from tenancy.queries.charges import area_days, stays
from tests.factories.people import leaves
from tests.factories.space import NOW, START, master, priced, resident, space
from tests.tenancy.test_amendments import sign
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_endings import at, listed
from tests.tenancy.test_money import adds_up
from tests.tenancy.test_tickets import PNG, upload

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY, MARCH = date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1)
IN_FEBRUARY = datetime(2020, 2, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def tariff(place, won="120.50", kind="ELECTRICITY", month=JANUARY):
    row = services.draft_tariff(hub=place.hub, kind=kind, won=Decimal(won), from_month=month, by=place.officer)
    services.check_tariff(tariff=row, by=place.finance)
    services.put_tariff_in_force(tariff=row, by=place.approver)
    return row


def living(codes="801"):
    """Tenants whose meters stood at 1,000 when they moved in; December's draft is out of the way."""
    place = space(codes)
    place.leases = [resident(place, code) for code in codes.split()]
    for lease in place.leases:
        services.read_meter(lease=lease, kind="ELECTRICITY", value=Decimal(1000), by=place.officer, now=NOW)
    Invoice.objects.filter(status="DRAFT").delete()
    return place


def left(place, lease, on):
    """The tenant gave notice and gave the keys back."""
    services.give_notice(lease=lease, leave_date=on, by=master(lease.offer.need), now=at(date(2019, 12, 10)))
    move_out = MoveOut.objects.get(lease=lease)
    services.schedule_inspection(move_out=move_out, inspect_at=at(on), by=place.officer)
    services.inspect(move_out=move_out, found=listed(), by=place.officer)
    services.return_keys(move_out=move_out, on=on, by=place.officer, now=at(on))


def read(place, value, month=JANUARY, lease=None, now=IN_FEBRUARY, **given):
    lease = lease or place.leases[0]
    reading = services.Reading(lease.pk, lease.unit_id, Decimal(value), **given)
    [made] = services.record_readings(
        hub=place.hub, month=month, kind="ELECTRICITY", readings=[reading], by=place.officer, now=now
    )
    return made


def shared(place, amount=1_000_000, kind="CLEANING", month=JANUARY, name="청소.png", now=IN_FEBRUARY, **given):
    bill = upload(name, given.pop("content", None) or PNG + name.encode())
    return services.share_cost(
        hub=place.hub, month=month, kind=kind, amount=amount, evidence=bill, by=place.officer, now=now, **given
    )


def test_what_was_used_is_a_line_of_the_months_draft_with_its_sum_in_words():
    place = living()
    tariff(place)
    reading = read(place, "1250.5")
    assert (reading.since, reading.used) == (Decimal(1000), Decimal("250.5"))
    [invoice] = services.bill_month(hub=place.hub, month=FEBRUARY)
    rent, line = invoice.lines.all()
    assert (line.kind, line.supply, invoice.total) == ("METER", 30_185, rent.total + 30_185)
    assert line.in_words == (
        "2020. 1. 전기(kWh): 1,250.5 − 1,000 = 250.5kWh × 120.5원 = 30,185.25 → 30,185원(원 미만 버림)"
    )
    assert services.bill_month(hub=place.hub, month=FEBRUARY) == [invoice]
    assert InvoiceLine.objects.filter(kind="METER").count() == 1
    adds_up()


def test_an_entry_goes_on_a_draft_that_is_there_and_after_the_issue_on_the_next_months():
    place = living()
    tariff(place)
    [february] = services.bill_month(hub=place.hub, month=FEBRUARY)
    read(place, 1100)
    february.refresh_from_db()
    assert (february.lines.count(), february.total) == (2, 112_050)
    services.issue_invoice(invoice=february, by=place.finance, now=IN_FEBRUARY)
    shared(place, 50_000)
    assert february.lines.count() == 2
    [march] = services.bill_month(hub=place.hub, month=MARCH)
    assert [line.kind for line in march.lines.all()] == ["RENT", "SHARED"]
    assert march.total == 150_000
    adds_up()


def test_a_value_below_the_last_is_refused_unless_the_meter_was_changed():
    place = living()
    tariff(place)
    with pytest.raises(Invalid):
        read(place, 999)
    with pytest.raises(Invalid):
        read(place, 30, old_end=Decimal(1100))
    with pytest.raises(Invalid):
        read(place, 30, old_end=Decimal(900), new_start=Decimal(0))
    with pytest.raises(Invalid):
        read(place, 30, old_end=Decimal(1100), new_start=Decimal(31))
    assert read(place, 30, old_end=Decimal(1100), new_start=Decimal(10)).used == 120
    [invoice] = services.bill_month(hub=place.hub, month=FEBRUARY)
    assert "(1,100 − 1,000) + (30 − 10) = 120kWh × 120.5원 = 14,460원" in invoice.lines.last().in_words
    with pytest.raises(Overtaken):
        read(place, 40)
    with pytest.raises(NotAllowed):
        services.record_readings(
            hub=place.hub, month=JANUARY, kind="GAS", readings=[], by=place.finance, now=IN_FEBRUARY
        )
    with pytest.raises(Invalid):
        read(place, 2000, month=MARCH)


def test_the_first_reading_of_a_tenant_charges_nothing_and_a_tariff_may_come_later():
    place = space("801")
    place.leases = [resident(place, "801")]
    assert read(place, 500).used is None
    assert read(place, 600, month=FEBRUARY).used == 100
    drafts = services.bill_month(hub=place.hub, month=MARCH)
    assert [line.kind for line in drafts[0].lines.all()] == ["RENT"]
    tariff(place, "100", month=FEBRUARY)
    services.bill_month(hub=place.hub, month=MARCH)
    assert [line.supply for line in drafts[0].lines.filter(kind="METER")] == [10_000]


def test_each_month_has_the_tariff_in_force_in_it():
    place = living()
    tariff(place, "100")
    tariff(place, "200", month=FEBRUARY)
    read(place, 1010)
    read(place, 1020, month=FEBRUARY)
    [invoice] = services.bill_month(hub=place.hub, month=MARCH)
    assert [line.supply for line in invoice.lines.filter(kind="METER")] == [1_000, 2_000]


def test_vat_is_added_as_the_card_says_and_the_amount_is_rounded_once_by_it():
    place = space("801")
    priced(place, vat_mode="ADD", rounding="ten_won")
    place.leases = [resident(place, "801")]
    services.read_meter(lease=place.leases[0], kind="ELECTRICITY", value=Decimal(0), by=place.officer, now=NOW)
    tariff(place, "120.55")
    read(place, "10.1")
    [invoice] = services.bill_month(hub=place.hub, month=FEBRUARY)
    line = invoice.lines.get(kind="METER")
    assert (line.supply, line.vat) == (1_210, 121)
    assert "10.1kWh × 120.55원 = 1,217.55… → 1,210원(10원 미만 버림)" in line.in_words


def test_a_shared_cost_is_split_by_area_and_days_to_the_last_won():
    place = living("801 802 803")
    leaves_early = place.leases[2]
    amendment = services.prepare_area(
        lease=place.leases[1], area_m2=Decimal("40.00"), on=date(2020, 1, 16), reason="실측", by=place.officer, now=NOW
    )
    sign(place, amendment)
    left(place, leaves_early, date(2020, 1, 11))
    weights = area_days(stays(place.hub, JANUARY))
    assert [weights[lease.pk] for lease in place.leases] == [20 * 31, 20 * 15 + 40 * 16, 20 * 10]
    cost = shared(place, 1_000_001)
    rows = CostShare.objects.filter(cost=cost).order_by("lease")
    assert [row.amount for row in rows] == [352_273, 534_091, 113_637]
    assert sum(row.amount for row in rows) == 1_000_001
    drafts = services.bill_month(hub=place.hub, month=FEBRUARY)
    line = drafts[0].lines.get(kind="SHARED")
    assert line.in_words == "2020. 1. 청소: 1,000,001원 × 620/1,760㎡·일 = 352,273.07… → 352,273원(끝수 배분)"
    assert leaves(cost)[-1]["type"] == "space.cost.shared/1"
    adds_up()


def test_a_floors_cost_is_borne_by_that_floor_and_a_bill_is_entered_once():
    place = living("801 802")
    with pytest.raises(Invalid):
        shared(place, now=NOW)
    with pytest.raises(Invalid):
        shared(place, 0)
    with pytest.raises(Invalid):
        shared(place, content=b"no picture")
    assert shared(place, floor=place.floor).shares.count() == 2
    with pytest.raises(Invalid, match="같은 파일"):
        shared(place, kind="WATER")
    with pytest.raises(Invalid, match="같은 비용"):
        shared(place, name="다른.png", floor=place.floor)
    assert shared(place, name="다른.png", kind="OTHER").amount == 1_000_000
    with pytest.raises(Invalid):
        shared(place, name="옛.png", month=date(2019, 1, 1))


def test_a_wrong_entry_is_set_aside_until_it_is_issued_and_credited_after():
    place = living()
    tariff(place)
    first, cost = read(place, 1900), shared(place)
    [draft] = services.bill_month(hub=place.hub, month=FEBRUARY)
    services.void_reading(reading=first, reason="잘못 읽음", by=place.officer, now=IN_FEBRUARY)
    services.void_cost(cost=cost, reason="다른 건물", by=place.officer, now=IN_FEBRUARY)
    draft.refresh_from_db()
    assert (draft.lines.count(), draft.total) == (1, 100_000)
    again = read(place, 1090)
    draft.refresh_from_db()
    assert draft.lines.get(kind="METER").supply == 10_845
    services.issue_invoice(invoice=draft, by=place.finance, now=IN_FEBRUARY)
    with pytest.raises(Overtaken):
        services.void_reading(reading=again, reason="잘못 읽음", by=place.officer, now=IN_FEBRUARY)
    line = draft.lines.get(kind="METER")
    note = services.prepare_credit(line=line, used_to=FEBRUARY, reason="오독", by=place.finance, now=IN_FEBRUARY)
    services.approve_credit(note=note, by=place.approver, now=IN_FEBRUARY)
    assert note.total == line.total
    services.void_reading(reading=again, reason="잘못 읽음", by=place.officer, now=IN_FEBRUARY)
    assert read(place, 1050).used == 50
    with pytest.raises(Refused):
        services.void_cost(cost=cost, reason="다시", by=place.officer, now=IN_FEBRUARY)
    adds_up()


def test_a_lease_that_has_ended_is_billed_once_more_for_what_it_used():
    place = living()
    [lease] = place.leases
    tariff(place)
    left(place, lease, date(2020, 1, 11))
    read(place, 1100)
    [last] = services.bill_month(hub=place.hub, month=FEBRUARY)
    assert [(line.kind, line.supply) for line in last.lines.all()] == [("METER", 12_050)]
    services.issue_invoice(invoice=last, by=place.finance, now=IN_FEBRUARY)
    assert services.bill_month(hub=place.hub, month=MARCH) == []
    adds_up()


def test_a_tariff_needs_three_people_and_begins_with_a_month():
    place = space()
    row = services.draft_tariff(
        hub=place.hub, kind="WATER", won=Decimal(900), from_month=date(2020, 1, 15), by=place.officer
    )
    assert row.from_month == JANUARY
    with pytest.raises(NotAllowed):
        services.check_tariff(tariff=row, by=place.officer)
    with pytest.raises(Refused):
        services.put_tariff_in_force(tariff=Tariff.objects.get(pk=row.pk), by=place.approver)
    services.check_tariff(tariff=row, by=place.finance)
    refused(lambda: Tariff.objects.filter(pk=row.pk).update(won=1), "sealed")
    services.put_tariff_in_force(tariff=row, by=place.approver)
    with pytest.raises(Invalid):
        tariff(place, kind="WATER")
    with pytest.raises(Invalid):
        services.draft_tariff(hub=place.hub, kind="WATER", won=Decimal(0), from_month=START, by=place.officer)
    dropped = services.draft_tariff(hub=place.hub, kind="GAS", won=Decimal(9), from_month=START, by=place.officer)
    with pytest.raises(Invalid):
        services.drop_tariff(tariff=dropped, by=place.officer, reason=" ")
    services.drop_tariff(tariff=dropped, by=place.officer, reason="다시 씀")
    assert [leaf["type"] for leaf in leaves(row)] == [
        "space.tariff.drafted/1",
        "space.tariff.checked/1",
        "space.tariff.put_in_force/1",
    ]


def test_the_database_wants_two_people_for_a_tariff():
    place = living()
    made = tariff(place)
    row = services.draft_tariff(hub=place.hub, kind="GAS", won=Decimal(9), from_month=START, by=place.officer)
    rows = Tariff.objects.filter(pk=row.pk)
    refused(lambda: rows.update(checked_by=place.officer), "tariff_two_people")
    refused(lambda: rows.update(put_by=place.officer), "tariff_two_people")
    refused(lambda: rows.update(status="IN_FORCE"), "tariff_in_force_by_somebody")
    refused(lambda: rows.update(from_month=START), "tariff_begins_with_a_month")
    refused(lambda: rows.update(won=0), "tariff_costs_something")
    refused(lambda: rows.update(kind="BEER"), "tariff_kind_known")
    refused(lambda: rows.update(status="CHECKED"), "leaf")
    refused(made.delete, "sealed")


def test_the_database_keeps_readings():
    place = living("801 802")
    reading = read(place, 1100)
    rows = MeterReading.objects.filter(pk=reading.pk)
    refused(lambda: rows.update(value=1), "forbidden")
    refused(reading.delete, "forbidden")
    refused(lambda: rows.update(voided_at=NOW), "reading_voided_by_somebody")
    lease = place.leases[0]
    base = {"lease": lease, "unit": lease.unit, "kind": "ELECTRICITY", "read_by": place.officer, "read_at": IN_FEBRUARY}

    def row(value, **given):
        return MeterReading(**{**base, "value": Decimal(value), **given}).save

    refused(row(1099), "shows less than before")
    refused(row(5, old_end=1099, new_start=0), "shows less than before")
    refused(row(1200, month=JANUARY), "one_reading_per_lease_and_month")
    refused(row(1200, month=START), "reading_month_is_a_first")
    refused(row(1200, month=FEBRUARY, since=1100, used=99), "used_is_what")
    refused(row(1200, month=FEBRUARY, old_end=1200), "changed_meter_has_both_values")


def test_the_database_shares_all_of_a_cost_and_charges_it_once_to_its_lease():
    place = living("801 802")
    tariff(place)
    read(place, 1100)
    cost = shared(place)
    first, second = services.bill_month(hub=place.hub, month=FEBRUARY)
    share = cost.shares.first()
    metered, line = first.lines.get(kind="METER"), first.lines.get(kind="SHARED")
    refused(lambda: SharedCost.objects.update(amount=1), "forbidden")
    refused(lambda: CostShare.objects.update(amount=1), "forbidden")
    refused(
        lambda: CostShare.objects.create(cost=cost, lease=share.lease, area_days=1, amount=1), "one_share_per_lease"
    )
    refused(lambda: InvoiceLine.objects.filter(pk=line.pk).update(share=None), "line_of_a_share_names_it")
    refused(lambda: InvoiceLine.objects.filter(pk=metered.pk).update(tariff=None), "line_of_a_meter|not its lease")
    refused(lambda: InvoiceLine.objects.filter(pk=line.pk).update(invoice=second, position=9), "not its lease")
    line.pk, line.position = None, 9
    refused(line.save, "share_id")
    metered.pk, metered.position = None, 9
    refused(metered.save, "reading_id")
    with_more = {"hub": place.hub, "month": FEBRUARY, "kind": "WATER", "amount": 5, "area_days": 1, "size": 1}
    refused(
        SharedCost(**with_more, entered_by=place.officer, entered_at=NOW, sha256="x").save, "sum of its shares|leaf"
    )


def test_shares_are_exact_and_leave_nobody_out_who_was_there():
    assert usage.shared(100, {1: Decimal(1), 2: Decimal(1), 3: Decimal(1), 4: Decimal(0)}) == {1: 34, 2: 33, 3: 33}
    assert usage.metered(Decimal("10.5"), Decimal("0.99"), "half_up") == 10
    with pytest.raises(ValueError, match="counts up"):
        usage.metered(Decimal(-1), Decimal(1), "won")
