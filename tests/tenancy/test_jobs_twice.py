"""What the clock does, delivered twice at once: done once, by whichever worker comes first."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from portal.core.periods import SEOUL
from portal.notices.models import Notice
from tenancy import services
from tenancy.models import ArrearsCase, Invoice, MeterReading, MoveOut, Occupancy, RenewalReview
from tests.factories.people import leaves
from tests.factories.space import NOW, START, leased, master, offered, selected, space
from tests.tenancy.test_amendments import sign
from tests.tenancy.test_charges import living, read, tariff
from tests.tenancy.test_races import at_once, counted

pytestmark = pytest.mark.usefixtures("committed_db")
END = date(2020, 12, 23)
TWICE = 3


def at(day, hour=0):
    return datetime(day.year, day.month, day.day, hour, tzinfo=SEOUL)


def tenants(codes="801 802"):
    place = space(codes)
    place.leases = [leased(place, selected(place), code) for code in codes.split()]
    for lease in place.leases:
        services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    return place


def twice(job, **asked):
    """What each of several workers answered; none may fail."""
    outcomes = at_once(*[lambda: job(**asked)] * TWICE)
    assert counted(outcomes) == {"done": TWICE}, outcomes
    return [answer for _, answer in outcomes]


def test_the_invoices_of_a_month():
    place = tenants()
    january = date(2020, 1, 1)
    found = twice(services.bill_month, hub=place.hub, month=january)
    assert [len(invoices) for invoices in found] == [2] * TWICE
    assert Invoice.objects.filter(month=january).count() == 2


def test_what_was_used_on_a_draft_that_is_there_already(tmp_path, settings):
    """The reading came after the draft, and its tariff after the reading: each job would put it on."""
    settings.MEDIA_ROOT = tmp_path
    place, february = living(), date(2020, 2, 1)
    [draft] = services.bill_month(hub=place.hub, month=february)
    read(place, 1100)
    tariff(place)
    twice(services.bill_month, hub=place.hub, month=february)
    assert [line.kind for line in draft.lines.all()] == ["RENT", "METER"]
    draft.refresh_from_db()
    assert draft.total == 112_050


def test_two_officers_read_the_same_meter():
    place = living()
    outcomes = at_once(lambda: read(place, 1100), lambda: read(place, 1200))
    assert sorted(counted(outcomes).values()) == [1, 1], outcomes
    assert MeterReading.objects.filter(month=date(2020, 1, 1)).count() == 1


def test_billing_while_an_amendment_comes_into_force_bills_the_new_terms():
    place = tenants("801")
    [lease], march = place.leases, date(2020, 3, 1)
    amendment = services.prepare_area(lease=lease, area_m2="40.00", on=march, reason="실측", by=place.officer, now=NOW)
    sign(place, amendment, "TENANT")
    outcomes = at_once(
        lambda: services.bill_month(hub=place.hub, month=march), lambda: sign(place, amendment, "LESSOR")
    )
    assert counted(outcomes) == {"done": 2}, outcomes
    assert [line.supply for line in Invoice.objects.get(month=march).lines.all()] == [200_000]


def test_the_steps_of_dunning():
    place = tenants("801")
    services.issue_all(invoices=list(Invoice.objects.all()), by=place.finance, now=NOW)
    assert sum(twice(services.dun, now=at(date(2020, 2, 10)))) == 2
    case = ArrearsCase.objects.get()
    assert (case.status, [leaf["type"] for leaf in leaves(case)][-2:]) == (
        "REMINDED",
        ["space.arrears.opened/1", "space.arrears.reminded/1"],
    )
    assert Notice.objects.filter(topic="space.arrears").count() == 1


def test_invitations_to_renew_and_what_is_held_for_them():
    tenants()
    assert sum(twice(services.invite_renewals, now=at(END - timedelta(days=80)))) == 2
    assert RenewalReview.objects.count() == 2
    assert Occupancy.objects.filter(status="HELD").count() == 2
    assert Notice.objects.filter(topic="space.renewal_invited").count() == 2
    assert sum(twice(services.lapse_renewals, now=at(END - timedelta(days=20)))) == 2
    assert Occupancy.objects.filter(status="HELD").count() == 0


def test_notice_by_the_clock_and_the_days_held_over():
    place = tenants()
    assert sum(twice(services.notice_ends, now=at(END - timedelta(days=20)))) == 2
    assert MoveOut.objects.count() == 2
    late = END + timedelta(days=2)
    assert sum(twice(services.hold_over, now=at(late))) == 2
    assert (
        sorted(row.period.upper for row in Occupancy.objects.filter(period__startswith=END))
        == [late + timedelta(days=1)] * 2
    )
    twice(services.bill_holdovers, now=at(date(2021, 1, 4)))
    assert Invoice.objects.filter(kind="HOLDOVER").count() == 2
    over = [leaf for lease in place.leases for leaf in leaves(lease) if leaf["type"] == "space.lease.overstayed/1"]
    assert len(over) == 2


def test_the_reminders_of_an_offer_and_contracts_nobody_signed():
    place = space("801 802")
    offer = offered(place, selected(place), "801")
    half = offer.sent_at + (offer.expires_at - offer.sent_at) / 2
    assert sum(twice(services.remind_offers, now=half)) == 1
    services.accept_offer(offer=offer, by=master(offer.need), now=half, agreed=True)
    lease = services.prepare_lease(offer=offer, by=place.officer, now=half)
    assert sum(twice(services.lapse_leases, now=lease.sign_by)) == 1
    assert [row.status for row in offer.occupancies.all()] == ["RELEASED"]


def test_leaving_early_and_late_on_real_commits():
    """Days that become fewer or more each have their leaf in the transaction that changes them."""
    place = tenants("801")
    [lease] = place.leases
    leave = date(2020, 3, 11)
    who = {"by": master(lease.offer.need), "now": NOW}
    move_out = services.give_notice(lease=lease, leave_date=leave, **who)
    services.withdraw_notice(move_out=move_out, **who)
    move_out = services.give_notice(lease=lease, leave_date=leave, **who)
    services.schedule_inspection(move_out=move_out, inspect_at=NOW, by=place.officer)
    found = dict.fromkeys(services.leaving.CHECKLIST, (True, "", 0, False))
    services.inspect(move_out=move_out, found=found, by=place.officer)
    for late in (1, 2):
        assert services.hold_over(now=at(leave + timedelta(days=late))) == 1
    services.return_keys(move_out=move_out, on=leave + timedelta(days=3), by=place.officer, now=at(date(2020, 3, 14)))
    rows = Occupancy.objects.filter(lease=lease, status="ENDED").order_by("period")
    assert [row.period.upper for row in rows] == [leave, leave + timedelta(days=3)]
    assert [leaf["type"].split(".")[2] for leaf in leaves(rows[0])][-2:] == ["cut/1", "ended/1"]
    shorter = DateRange(START, leave - timedelta(days=1))
    with pytest.raises(IntegrityError, match="no ledger leaf"), transaction.atomic():
        Occupancy.objects.filter(pk=rows[0].pk).update(period=shorter)
