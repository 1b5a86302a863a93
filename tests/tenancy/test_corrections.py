"""An amendment in force in a month that was billed already: nobody has to remember what follows."""

from datetime import date
from decimal import Decimal

import pytest

from tenancy import services
from tenancy.models import Correction, CreditNote, Invoice, InvoiceLine, MoveOut
from tests.factories.people import leaves
from tests.factories.space import NOW, START, leased, master, rate_card, selected, space
from tests.tenancy.test_amendments import sign, tenants
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_endings import at, listed
from tests.tenancy.test_money import adds_up, state
from tests.tenancy.test_views import address, enter, words

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH, APRIL = (date(2020, month, 1) for month in (2, 3, 4))
TENTH = date(2020, 2, 10)
WHY = {"reason": "합의", "now": NOW}


def issued(codes="801", months=(FEBRUARY,), **free):
    """Tenants whose months were issued: 100,000 won each."""
    place = tenants(codes, **free)
    Invoice.objects.filter(status="DRAFT").delete()
    for month in months:
        for invoice in services.bill_month(hub=place.hub, month=month):
            services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    place.lease = place.leases[0]
    return place


def rated(place, won, on=TENTH, **card):
    """Another rate from a day on, signed by both."""
    new = rate_card(rate_won=won, from_date=START, **card)
    sign(place, services.prepare_rate(lease=place.lease, rate_card=new, on=on, by=place.officer, **WHY))


def kinds(invoice):
    return [(line.kind, line.supply, line.vat) for line in invoice.lines.all()]


def test_what_became_cheaper_is_a_credit_note_that_waits_for_the_approver(client):
    place = issued()
    rated(place, 4000)
    note = CreditNote.objects.get()
    assert (note.total, note.prepared_by, note.approved_at) == (100_000 - 31_034 - 55_172, None, None)
    assert note.reason == (
        "2020. 2. 임대료 변경: 고지 100,000원"
        " − [20.00㎡ × 5,000원 × 9일/29일 = 31,034.48… → 31,034원(원 미만 버림)]"
        " − [20.00㎡ × 4,000원 × 20일/29일 = 55,172.41… → 55,172원(원 미만 버림)] = 13,794원"
    )
    enter(client, place.approver)
    assert note.number in words(client.get(address("desk")))
    client.post(f"{address('decide_credit', note.pk)}?act=approve")
    assert state(Invoice.objects.get()) == ("ISSUED", 86_206)
    [march] = services.bill_month(hub=place.hub, month=MARCH)
    assert kinds(march) == [("RENT", 80_000, 0)]
    adds_up()


def test_what_became_dearer_is_one_line_of_the_next_invoice():
    place = issued()
    rated(place, 6000)
    assert CreditNote.objects.count() == 0
    [march] = services.bill_month(hub=place.hub, month=MARCH)
    services.bill_month(hub=place.hub, month=MARCH)
    assert kinds(march) == [("RENT", 120_000, 0), ("CORRECTION", 31_034 + 82_758 - 100_000, 0)]
    assert march.lines.last().in_words == (
        "2020. 2. 임대료 변경: [20.00㎡ × 5,000원 × 9일/29일 = 31,034.48… → 31,034원(원 미만 버림)]"
        " + [20.00㎡ × 6,000원 × 20일/29일 = 82,758.62… → 82,758원(원 미만 버림)] − 고지 100,000원 = 13,792원"
    )
    services.issue_invoice(invoice=march, by=place.finance, now=NOW)
    assert [kind for kind, _, _ in kinds(services.bill_month(hub=place.hub, month=APRIL)[0])] == ["RENT"]
    adds_up()


def test_a_draft_is_written_anew_and_takes_the_line():
    place = issued()
    [march] = services.bill_month(hub=place.hub, month=MARCH)
    rated(place, 6000)
    march.refresh_from_db()
    assert kinds(march) == [("RENT", 120_000, 0), ("CORRECTION", 13_792, 0)]
    assert march.total == 133_792


def test_every_month_that_was_billed_is_corrected_and_no_other():
    place = issued(months=(date(2020, 1, 1), FEBRUARY, MARCH))
    amendment = services.prepare_area(
        lease=place.lease, area_m2=Decimal("18.00"), on=date(2020, 2, 16), by=place.officer, **WHY
    )
    sign(place, amendment)
    notes = CreditNote.objects.order_by("invoice__month")
    assert [(note.invoice.month.month, note.total) for note in notes] == [
        (2, 100_000 - 51_724 - 43_448),
        (3, 10_000),
    ]


def test_a_move_and_a_swap_correct_both():
    place = issued("801 802", free="803")
    first, second = place.leases
    moved = services.prepare_move(lease=first, unit=place.unit("803"), on=TENTH, by=place.officer, **WHY)
    sign(place, moved)
    assert (CreditNote.objects.count(), Correction.objects.count()) == (0, 0), "a room of the same size"
    sign(place, services.prepare_area(lease=second, area_m2=Decimal("40.00"), on=TENTH, by=place.officer, **WHY))
    [correction] = Correction.objects.all()
    assert correction.lease == second
    first.refresh_from_db()
    second.refresh_from_db()
    pair = services.prepare_swap(first=first, second=second, on=date(2020, 2, 20), by=place.officer, **WHY)
    for amendment in pair:
        sign(place, amendment)
    # The second had 40.00 m², measured; in the other's room it has 20.00 again.
    assert CreditNote.objects.get().invoice.lease == second


def test_vat_from_new_year_is_a_line_and_the_fee_is_corrected_apart():
    place = issued()
    rated(place, 5000, on=FEBRUARY, vat_mode="ADD", fee_won=29_000)
    [march] = services.bill_month(hub=place.hub, month=MARCH)
    assert kinds(march) == [
        ("RENT", 100_000, 10_000),
        ("FEE", 29_000, 2_900),
        ("CORRECTION", 0, 10_000),
        ("CORRECTION", 29_000, 2_900),
    ]
    adds_up()


def gone(place, on):
    services.give_notice(
        lease=place.lease, leave_date=on, by=master(place.lease.offer.need), now=at(date(2019, 12, 24))
    )
    move_out = MoveOut.objects.get()
    services.schedule_inspection(move_out=move_out, inspect_at=at(on), by=place.officer)
    services.inspect(move_out=move_out, found=listed(), by=place.officer)
    services.return_keys(move_out=move_out, on=on, by=place.officer, now=at(on))


@pytest.mark.parametrize(("won", "due"), [(4000, 31_034 + 27_586), (6000, 31_034 + 41_379)])
def test_who_leaves_after_it_pays_the_days_used_at_what_they_cost_then(won, due):
    place = issued()
    rated(place, won)
    for invoice in services.bill_month(hub=place.hub, month=MARCH):
        services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    gone(place, date(2020, 2, 20))
    left = sum(invoice.open_amount for invoice in Invoice.objects.filter(lease=place.lease).exclude(status="DROPPED"))
    assert abs(left - due) <= 1, "two roundings of the difference at most"
    adds_up()


def test_a_credit_that_waits_when_the_tenant_leaves_is_decided_with_the_days_left_and_told():
    place = issued()
    rated(place, 4000)
    waiting, invoice = CreditNote.objects.get(), Invoice.objects.get()
    gone(place, date(2020, 2, 20))
    assert not CreditNote.objects.filter(pk=waiting.pk).exists()
    told = [leaf for leaf in leaves(invoice) if leaf["type"] == "space.invoice.credit_dropped/1"]
    assert [(leaf["data"]["note"], leaf["data"]["total"]) for leaf in told] == [(waiting.number, str(waiting.total))]
    assert [leaf["type"] for leaf in leaves(invoice)].count("space.invoice.credited/1") == 1
    adds_up()


def test_a_draft_of_a_month_half_used_says_the_days_used():
    place = issued(months=())
    [february] = services.bill_month(hub=place.hub, month=FEBRUARY)
    services.bill_month(hub=place.hub, month=MARCH)
    gone(place, TENTH)
    february.refresh_from_db()
    assert kinds(february) == [("RENT", 31_034, 0)]
    assert list(Invoice.objects.filter(month=MARCH).values_list("status", "total")) == [("DROPPED", 0)]


def test_the_database_keeps_a_correction_and_charges_it_once_to_its_lease():
    place = issued("801 802")
    rated(place, 6000)
    mine, other = services.bill_month(hub=place.hub, month=MARCH)
    line = mine.lines.get(kind="CORRECTION")
    rows = InvoiceLine.objects.filter(pk=line.pk)
    refused(lambda: Correction.objects.update(until=MARCH), "forbidden")
    refused(lambda: rows.update(correction=None), "line_of_a_correction_names_it")
    refused(lambda: rows.update(invoice=other, position=9), "not its lease")
    line.pk, line.position = None, 9
    refused(line.save, "correction_id")
    row = Correction.objects.get()
    row.pk = None
    refused(row.save, "one_correction_per_amendment_and_month")
    row.kind = "INTEREST"
    refused(row.save, "correction_is_of_rent_or_fee")
    row.kind, row.month = "FEE", TENTH
    refused(row.save, "correction_month_is_a_first")


def test_a_credit_note_that_an_amendment_prepared_is_refused_with_a_reason(client):
    place = issued()
    rated(place, 4000)
    note, invoice = CreditNote.objects.get(), Invoice.objects.get()
    page = address("decide_credit", note.pk)
    enter(client, place.officer)
    assert client.get(page).status_code == 403
    assert page not in client.get(address("desk")).content.decode(), "who cannot decide is shown no way to it"
    enter(client, place.approver)
    shown = client.post(f"{page}?act=drop", {"drop-reason": ""})
    assert shown.status_code == 422
    assert CreditNote.objects.exists()
    client.post(f"{page}?act=drop", {"drop-reason": "합의로 줄이지 않습니다.", "drop-sure": "on"})
    assert not CreditNote.objects.exists()
    assert state(invoice) == ("ISSUED", 100_000)
    last = leaves(invoice)[-1]
    assert (last["type"], last["data"]["note"]) == ("space.invoice.credit_dropped/1", note.number)
    adds_up()


def test_a_dropped_credit_note_leaves_its_number_to_nobody_else():
    place = issued()
    rated(place, 4000)
    rated(place, 3000, on=date(2020, 2, 20))
    first, second = CreditNote.objects.order_by("pk")
    services.drop_credit(note=first, reason="합의", by=place.finance)
    rated(place, 2000, on=date(2020, 2, 25))
    third = CreditNote.objects.order_by("pk").last()
    assert [note.number.rpartition("-")[2] for note in (second, third)] == ["C2", "C3"]


def signed(place, code="801"):
    """A lease in force whose key nobody has yet."""
    place.lease = leased(place, selected(place), code)
    return place


def begun_later(place, start):
    sign(place, services.prepare_start(lease=place.lease, start=start, by=place.officer, **WHY))


def test_a_later_first_day_credits_the_days_before_it_that_were_billed():
    place = signed(space("801"))
    for month in (date(2019, 12, 1), date(2020, 1, 1)):
        for invoice in services.bill_month(hub=place.hub, month=month):
            services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    december, january = Invoice.objects.order_by("month")
    begun_later(place, date(2020, 1, 10))
    notes = {note.invoice_id: note for note in CreditNote.objects.all()}
    assert {invoice: note.total for invoice, note in notes.items()} == {
        december.pk: december.total, january.pk: 100_000 - 70_967,
    }  # fmt: skip
    assert "22일/31일" in notes[january.pk].reason
    assert all(note.prepared_by is None and note.approved_at is None for note in notes.values())
    for note in notes.values():
        services.approve_credit(note=note, by=place.approver, now=NOW)
    assert [state(Invoice.objects.get(pk=one.pk)) for one in (december, january)] == [
        ("SETTLED", 0),
        ("ISSUED", 70_967),
    ]
    adds_up()


def test_a_later_first_day_rewrites_the_draft_of_its_month_and_drops_an_earlier_one():
    place = signed(space("801"))
    for month in (date(2019, 12, 1), date(2020, 1, 1)):
        services.bill_month(hub=place.hub, month=month)
    begun_later(place, date(2020, 1, 10))
    assert [(one.status, one.total) for one in Invoice.objects.order_by("month")] == [("DROPPED", 0), ("DRAFT", 70_967)]
    assert not CreditNote.objects.exists()
