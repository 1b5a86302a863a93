"""What the database refuses about money whoever asks; each goes around the services."""

from datetime import date

import pytest
from django.db.models import F

from tenancy import services
from tenancy.models import (
    Amendment,
    ArrearsCase,
    BankFile,
    CreditNote,
    Deposit,
    DepositEntry,
    Invoice,
    Payment,
    PaymentShare,
    Signature,
)
from tests.factories.space import NOW, START
from tests.tenancy.test_amendments import WHY, sign, tenants
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_money import billed, credited, imported, with_deposit

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid():
    place = billed()
    imported(place, "2020-01-25,100000,가온체인0,")
    place.payment, place.invoice = Payment.objects.get(), place.invoices[0]
    return place


def share(place, amount, **fields):
    return PaymentShare(
        **{"payment": place.payment, "invoice": place.invoice, "amount": amount, "made_at": NOW, **fields}
    )


def test_invoices_add_up(paid):
    rows = Invoice.objects.filter(pk=paid.invoice.pk)
    refused(lambda: rows.update(open_amount=1), "does not add up")
    refused(share(paid, -1).save, "does not add up|shares of")
    refused(share(paid, 0).save, "share_moves_money")


def test_a_payment_is_shared_out_once(paid):
    [february] = services.bill_month(hub=paid.hub, month=date(2020, 2, 1))
    services.issue_invoice(invoice=february, by=paid.finance, now=NOW)

    def twice():
        Invoice.objects.filter(pk=february.pk).update(open_amount=F("open_amount") - 1)
        share(paid, 1, invoice=february).save()

    refused(twice, "shares of")


def test_money_that_moved_stays(paid):
    for rows in (Payment.objects, PaymentShare.objects, BankFile.objects):
        refused(lambda rows=rows: rows.all()._raw_delete("default"), "forbidden")
    refused(lambda: Payment.objects.update(amount=1), "forbidden")
    refused(lambda: PaymentShare.objects.update(amount=1), "forbidden")
    refused(lambda: BankFile.objects.update(rows=0), "forbidden")


def payment(place, key, **fields):
    base = {"organisation": place.payment.organisation, "row_key": key, "received_date": START}
    return Payment(**{**base, "amount": 1, **fields}).save


def test_payments(paid):
    refused(payment(paid, paid.payment.row_key), "row_key")
    refused(payment(paid, "a", kind="BOUNCED", amount=-1), "payment_has_its_sign")
    refused(payment(paid, "b", kind="REFUND", amount=1), "payment_has_its_sign")
    refused(payment(paid, "c", kind="GIFT"), "payment_kind_known|payment_has_its_sign")
    refused(payment(paid, "d", kind="REFUND", amount=-1), "are shared out")
    refused(payment(paid, "e", kind="BOUNCED", amount=-100_000, reverses=paid.payment), "are shared out")
    copy = BankFile(hub=paid.hub, sha256=BankFile.objects.get().sha256, plan_hash="x", rows=0, total=0, applied_at=NOW)
    copy.applied_by = paid.finance
    refused(copy.save, "sha256")


def test_credit_notes():
    place = billed(month=date(2020, 2, 1))
    line = place.invoices[0].lines.get()
    note = credited(place, line)
    rows = CreditNote.objects.filter(pk=note.pk)
    refused(lambda: rows.update(total=1), "forbidden")
    refused(note.delete, "forbidden")
    base = {"line": line, "invoice": line.invoice, "reason": "x", "vat": 0, "prepared_at": NOW}
    more = lambda number, **fields: CreditNote(**{**base, "number": number, "supply": 1, "total": 1, **fields}).save  # noqa: E731
    refused(more("n1", total=2), "credit_adds_up")
    refused(more("n2", reason=""), "credit_has_reason")
    refused(more("n3", prepared_by=place.finance, approved_by=place.finance, approved_at=NOW), "credit_two_people")
    refused(more("n4", approved_by=place.finance), "credit_approved_has_time")
    refused(more("n5", approved_at=NOW), "does not add up")
    refused(more(note.number), "number")


def test_deposits():
    place = with_deposit()
    rows = Deposit.objects.filter(pk=place.deposit.pk)
    refused(lambda: rows.update(received_won=1), "sum of its entries")
    refused(lambda: rows.update(received_won=1_000_001), "deposit_received_within")
    refused(lambda: rows.update(set_off_won=1), "deposit_never_overdrawn")
    refused(lambda: rows.update(status="RECEIVED"), "deposit_received_in_full")
    refused(lambda: rows.update(status="GONE"), "deposit_status_known")
    refused(lambda: rows.update(decided_by=place.officer, proposed_by=place.officer), "deposit_two_people")
    refused(lambda: rows.update(status="PART_RECEIVED"), "no ledger leaf")
    services.receive_deposit(deposit=place.deposit, amount=10, evidence="x", by=place.finance, now=NOW)
    refused(lambda: DepositEntry.objects.update(amount=11), "forbidden")
    refused(lambda: rows.update(status="RETURNED"), "deposit_closed_holds_nothing")
    base = {"deposit": place.deposit, "made_by": place.finance, "made_at": NOW}
    entry = lambda **fields: DepositEntry(**{**base, "kind": "RECEIVED", "amount": 1, **fields}).save  # noqa: E731
    refused(entry(), "sum of its entries")
    refused(entry(amount=0), "deposit_entry_moves")
    refused(entry(kind="REPAIR"), "set_off_has_evidence")
    refused(entry(kind="RENT", evidence="x"), "set_off_of_rent")


def test_arrears_and_accounts():
    place = billed()
    [lease] = place.leases
    base = {"lease": lease, "since_date": START, "stepped_at": NOW}
    refused(ArrearsCase(**base).save, "no ledger leaf")
    refused(ArrearsCase(**base, status="PLAN").save, "plan_has_instalments")
    refused(ArrearsCase(**base, status="TERMINATING").save, "termination_after_a_hearing")
    refused(ArrearsCase(**base, status="X").save, "arrears_status_known")

    def two():
        ArrearsCase.objects.create(**base)
        ArrearsCase.objects.create(**base)

    refused(two, "one_open_arrears_case")


def test_amendments_and_their_signatures():
    place = tenants("801 802")
    first, second = place.leases
    amendment = services.prepare_area(lease=first, area_m2="21.00", on=START, by=place.officer, **WHY)
    sign(place, amendment, "LESSOR")
    rows = Amendment.objects.filter(pk=amendment.pk)
    refused(lambda: rows.update(after={}), "sealed")
    refused(lambda: rows.update(status="IN_FORCE"), "amendment_in_force_has_time")
    refused(lambda: rows.update(status="X"), "amendment_status_known")
    base = {"lease": second, "kind": "AREA", "effective_date": START, "before": {}, "after": {}, "reason": "x"}
    refused(Amendment(**base, status="AWAITING_SIGNATURE").save, "amendment_prepared_has_document")
    refused(Amendment(**{**base, "kind": "X"}).save, "amendment_kind_known")
    refused(Amendment(**{**base, "lease": first}).save, "one_amendment_at_a_time")
    given = {"document_hash": "x", "signed_at": NOW}
    refused(Signature(**given, side="LESSOR", user=place.officer, amendment=amendment).save, "amendment_side")
    refused(Signature(**given, side="TENANT", user=place.approver, amendment=amendment).save, "both_sides_of_amendment")
    refused(Signature(**given, side="TENANT", user=place.officer).save, "signature_is_for_one_document")


def test_a_virtual_account_is_of_one_lease():
    place = tenants("801 802")
    first, second = place.leases
    type(first).objects.filter(pk=first.pk).update(virtual_account="110-1")
    refused(lambda: type(first).objects.filter(pk=second.pk).update(virtual_account="110-1"), "virtual_account_of_one")


def test_lines_are_of_a_known_kind():
    place = billed()
    rows = place.invoices[0].lines.all()
    refused(lambda: rows.update(kind="GIFT"), "line_kind_known")
    refused(lambda: rows.update(basis="WEIGHT"), "line_basis_known")
