from datetime import date, timedelta

import pytest

from portal.core.errors import Invalid, Late, NotAllowed, Overtaken, Refused
from portal.core.periods import SEOUL
from tenancy import services
from tenancy.enums import Side
from tenancy.models import Invoice, Lease, Offer
from tenancy.services.leases import abandon_lease
from tests.factories.people import company, leaves, person, with_role
from tests.factories.space import NOW, START, cluster, leased, master, offered, priced, selected, space

pytestmark = pytest.mark.django_db
IN_FORCE_UNTIL = date(2020, 12, 23)


def prepared(place, need=None, code="801"):
    need = need or selected(place)
    offer = offered(place, need, code)
    services.accept_offer(offer=offer, by=master(need), now=NOW, agreed=True)
    return services.prepare_lease(offer=offer, by=place.officer, now=NOW)


def sign(lease, side, by, **given):
    given = {"document_hash": lease.document_hash, "consented": True, "now": NOW, **given}
    return services.sign_lease(lease=lease, side=side, by=by, **given)


def test_a_lease_holds_the_decided_data():
    place = space()
    lease = prepared(place)
    assert lease.document["terms"] == {
        "unit": "mapo.801",
        "area_m2": "20.00",
        "seats": 4,
        "start": "2019-12-23",
        "end": "2020-12-23",
        "basis": "AREA",
        "people": 4,
        "rate_won_month": 5000,
        "fee_won": 0,
        "fee_basis": "FLAT",
        "ahead_months": 1,
        "deposit_won": 0,
        "vat": "NONE",
        "rounding": "won",
    }
    assert lease.sign_by.astimezone(SEOUL).date() == date(2020, 1, 7)
    assert lease.terms.get().period.upper == IN_FORCE_UNTIL


def test_a_lease_needs_an_accepted_offer_and_comes_once():
    place = space()
    offer = offered(place, selected(place), "801")
    with pytest.raises(Overtaken):
        services.prepare_lease(offer=offer, by=place.officer, now=NOW)
    services.accept_offer(offer=offer, by=master(offer.need), now=NOW, agreed=True)
    services.prepare_lease(offer=offer, by=place.officer, now=NOW)
    with pytest.raises(Overtaken):
        services.prepare_lease(offer=offer, by=place.officer, now=NOW)


def test_both_signatures_put_it_in_force():
    place = space()
    lease = prepared(place)
    assert sign(lease, Side.LESSOR, place.approver) is False
    assert sign(lease, Side.TENANT, master(lease.offer.need)) is True
    lease.refresh_from_db()
    lease.offer.need.application.refresh_from_db()
    assert (lease.status, lease.offer.need.application.status) == ("SIGNED", "FULFILLED")
    leaf = leaves(lease)[-1]
    assert leaf["data"]["document"] == lease.document_hash
    assert leaf["data"]["no"].startswith("space.lease/")
    assert leaf["subject"]["ref"] == lease.organisation.ref


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"document_hash": "0" * 64}, Invalid),
        ({"consented": False}, Invalid),
        ({"now": NOW + timedelta(days=16)}, Late),
    ],
)
def test_what_is_not_a_signature(given, refusal):
    lease = prepared(space())
    with pytest.raises(refusal):
        sign(lease, Side.TENANT, master(lease.offer.need), **given)
    assert not lease.signatures.exists()


def test_who_signs_for_whom():
    place = space()
    lease = prepared(place, selected(place, organisation=company(person(), colleague := person())))
    for side, by in (
        (Side.TENANT, colleague),
        (Side.TENANT, place.approver),
        (Side.TENANT, person()),
        (Side.LESSOR, place.officer),
        (Side.LESSOR, master(lease.offer.need)),
    ):
        with pytest.raises(NotAllowed):
            sign(lease, side, by)


def test_nobody_signs_for_both_sides():
    place = space()
    lease = prepared(place)
    both = with_role("space.approver", user=master(lease.offer.need), cluster=cluster())
    sign(lease, Side.TENANT, both)
    with pytest.raises(NotAllowed):
        sign(lease, Side.LESSOR, both)


def test_signing_twice():
    place = space()
    lease = prepared(place)
    sign(lease, Side.LESSOR, place.approver)
    with pytest.raises(Overtaken):
        sign(lease, Side.LESSOR, place.approver)


def test_a_contract_not_signed_in_time_gives_the_room_to_the_next():
    place = space("801")
    first, second = selected(place), selected(place)
    lease = prepared(place, first)
    assert services.lapse_leases(now=lease.sign_by - timedelta(microseconds=1)) == 0
    assert services.lapse_leases(now=lease.sign_by) == 1
    assert services.lapse_leases(now=lease.sign_by) == 0
    lease.refresh_from_db()
    first.application.refresh_from_db()
    assert (lease.status, first.application.status) == ("NOT_MATERIALISED", "DECLINED")
    assert Offer.objects.get(status="SENT").need == second


def test_moving_in_occupies_the_cells_and_drafts_the_first_rent():
    place = space()
    lease = leased(place, selected(place), "801")
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    assert lease.status == "ACTIVE"
    assert [row.status for row in lease.occupancies.all()] == ["OCCUPIED"]
    invoice = lease.invoices.get()
    assert (invoice.status, invoice.month, invoice.total) == ("DRAFT", date(2019, 12, 1), 29_032)


@pytest.mark.parametrize("on", [START - timedelta(days=1), START + timedelta(days=1), IN_FORCE_UNTIL])
def test_the_key_is_handed_over_within_the_term_and_not_in_the_future(on):
    place = space()
    with pytest.raises(Invalid):
        services.move_in(lease=leased(place, selected(place), "801"), on=on, by=place.officer, now=NOW)


def test_no_key_before_the_contract_and_none_by_the_tenant():
    place = space()
    lease = prepared(place)
    with pytest.raises(NotAllowed):
        services.move_in(lease=lease, on=START, by=master(lease.offer.need), now=NOW)
    with pytest.raises(Refused):
        services.move_in(lease=lease, on=START, by=place.officer, now=NOW)


def test_no_key_before_the_deposit():
    place = space()
    priced(place, deposit_won=1_000_000)
    with pytest.raises(Refused, match="보증금"):
        services.move_in(lease=leased(place, selected(place), "801"), on=START, by=place.officer, now=NOW)


def test_a_signed_lease_nobody_moves_into_is_given_up_by_the_approver():
    place = space("801")
    lease, following = leased(place, selected(place), "801"), selected(place)
    with pytest.raises(NotAllowed):
        abandon_lease(lease=lease, by=place.officer, now=NOW, reason="폐업")
    abandon_lease(lease=lease, by=place.approver, now=NOW, reason="폐업")
    assert (lease.status, lease.occupancies.get().status) == ("NOT_MATERIALISED", "RELEASED")
    assert Offer.objects.get(status="SENT").need == following


def test_billing_may_run_twice():
    place = space("801 802")
    for code in ("801", "802"):
        services.move_in(lease=leased(place, selected(place), code), on=START, by=place.officer, now=NOW)
    january = date(2020, 1, 1)
    for _ in range(2):
        drafted = services.bill_month(hub=place.hub, month=january)
        assert [invoice.total for invoice in drafted] == [100_000, 100_000]
    assert Invoice.objects.filter(month=january).count() == 2
    assert services.bill_month(hub=place.hub, month=date(2021, 1, 1)) == []


def test_issuing_gives_numbers_without_gaps_and_a_due_date_on_a_working_day():
    place = space("801 802")
    for code in ("801", "802"):
        services.move_in(lease=leased(place, selected(place), code), on=START, by=place.officer, now=NOW)
    for invoice in Invoice.objects.order_by("id"):
        services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    issued = Invoice.objects.order_by("id")
    assert [invoice.number for invoice in issued] == ["mapo-2019-00001", "mapo-2019-00002"]
    assert {invoice.due_date for invoice in issued} == {date(2019, 12, 26)}
    assert leaves(issued[0])[-1]["data"]["total"] == "29032"


def test_only_finance_issues_and_only_once():
    place = space()
    services.move_in(lease=leased(place, selected(place), "801"), on=START, by=place.officer, now=NOW)
    invoice = Invoice.objects.get()
    for by in (place.officer, place.approver, person()):
        with pytest.raises(NotAllowed):
            services.issue_invoice(invoice=invoice, by=by, now=NOW)
    stale = Invoice.objects.get()
    services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    with pytest.raises(Overtaken):
        services.issue_invoice(invoice=stale, by=place.finance, now=NOW)


def test_lines_keep_supply_and_vat_apart_and_open_to_their_sum():
    place = space()
    priced(place, vat_mode="ADD")
    services.move_in(lease=leased(place, selected(place), "801"), on=START, by=place.officer, now=NOW)
    line = Invoice.objects.get().lines.get()
    assert (line.supply, line.vat) == (29_032, 2_903)
    assert line.in_words == "20.00㎡ × 5,000원 × 9일/31일 = 29,032.25… → 29,032원(원 미만 버림)"
    assert Lease.objects.get().invoices.get().total == 31_935
