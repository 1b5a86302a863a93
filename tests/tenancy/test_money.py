"""Payments, credit notes and deposits by the services, on the database that adds up at the commit."""

from datetime import date, timedelta

import pytest
from django.db import connection

from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from tenancy import services
from tenancy.models import Deposit, Invoice, Payment, PaymentShare
from tenancy.services.settling import balance_of
from tests.factories.people import leaves, person, with_role
from tests.factories.space import NOW, START, cluster, leased, master, priced, selected, space

pytestmark = pytest.mark.django_db
HEAD = "거래일자,입금액,입금자,메모\n"
LATER = NOW + timedelta(days=40)


def billed(codes="801", month=date(2020, 1, 1)):
    """A place with tenants who owe January: 100,000 won each."""
    place = space(codes)
    place.leases = []
    for number, code in enumerate(codes.split()):
        lease = leased(place, selected(place, name=f"가온체인{number}"), code)
        services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
        place.leases.append(lease)
    Invoice.objects.filter(status="DRAFT").delete()
    place.invoices = services.bill_month(hub=place.hub, month=month)
    for invoice in place.invoices:
        services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    return place


def imported(place, *lines, now=NOW):
    content = (HEAD + "\n".join(lines)).encode()
    plan = services.plan_import(hub=place.hub, content=content, by=place.finance)
    hashes = {"file_hash": plan.file_hash, "plan_hash": plan.plan_hash}
    return services.apply_import(hub=place.hub, content=content, by=place.finance, now=now, **hashes)


def state(invoice):
    invoice.refresh_from_db()
    return invoice.status, invoice.open_amount


def adds_up():
    """What the commit would ask: sums and leaves."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_dry_run_writes_nothing_and_a_file_twice_does_nothing():
    place = billed()
    content = (HEAD + "2020-01-25,100000,(주)가온체인0,").encode()
    plan = services.plan_import(hub=place.hub, content=content, by=place.finance)
    assert [(match.verdict, match.how) for match in plan.matches] == [("MATCHED", "name")]
    assert Payment.objects.count() == 0
    hashes = {"file_hash": plan.file_hash, "plan_hash": plan.plan_hash, "now": NOW}
    first = services.apply_import(hub=place.hub, content=content, by=place.finance, **hashes)
    again = services.apply_import(hub=place.hub, content=content, by=place.finance, **hashes)
    assert (first, Payment.objects.count(), state(place.invoices[0])) == (again, 1, ("SETTLED", 0))
    assert leaves(place.invoices[0])[-1]["type"] == "space.invoice.settled/1"
    assert leaves(first)[-1]["data"]["total"] == "100000"
    adds_up()


def test_what_changed_since_the_dry_run_is_not_applied():
    place = billed()
    content = (HEAD + "2020-01-25,100000,가온체인0,").encode()
    plan = services.plan_import(hub=place.hub, content=content, by=place.finance)
    imported(place, "2020-01-24,100000,가온체인0,")
    with pytest.raises(Overtaken):
        services.apply_import(
            hub=place.hub,
            content=content,
            file_hash=plan.file_hash,
            plan_hash=plan.plan_hash,
            by=place.finance,
            now=NOW,
        )
    assert Payment.objects.count() == 1


def test_a_row_in_a_second_file_is_seen():
    place = billed("801 802")
    imported(place, "2020-01-25,100000,가온체인0,")
    imported(place, "2020-01-25,100000,가온체인1,", "2020-01-25,100000,가온체인0,")
    assert [payment.payer for payment in Payment.objects.order_by("id")] == ["가온체인0", "가온체인1"]


def test_a_part_then_too_much_and_the_rest_pays_the_next_invoice():
    place = billed()
    [invoice] = place.invoices
    imported(place, f"2020-01-25,40000,박,{invoice.number}")
    assert state(invoice) == ("PART_PAID", 60_000)
    imported(place, f"2020-01-26,90000,박,{invoice.number}")
    assert (state(invoice), balance_of(invoice.lease.organisation_id)) == (("SETTLED", 0), 30_000)
    [february] = services.bill_month(hub=place.hub, month=date(2020, 2, 1))
    services.issue_invoice(invoice=february, by=place.finance, now=LATER)
    assert (state(february), balance_of(invoice.lease.organisation_id)) == (("PART_PAID", 70_000), 0)
    adds_up()


def test_a_bounced_payment_opens_what_it_paid_and_is_bounced_once():
    place = billed()
    imported(place, "2020-01-25,100000,가온체인0,")
    payment = Payment.objects.get()
    counter = services.bounce(payment=payment, by=place.finance, now=NOW, reason="잔액 부족")
    assert (counter.amount, state(place.invoices[0])) == (-100_000, ("ISSUED", 100_000))
    with pytest.raises(Overtaken):
        services.bounce(payment=payment, by=place.finance, now=NOW, reason="다시")
    assert balance_of(payment.organisation_id) == 0
    adds_up()


def test_a_refund_is_of_what_was_paid_too_much():
    place = billed()
    imported(place, f"2020-01-25,130000,박,{place.invoices[0].number}")
    payment = Payment.objects.get()
    with pytest.raises(Invalid):
        services.refund(payment=payment, amount=30_001, by=place.finance, now=NOW, reason="신청")
    services.refund(payment=payment, amount=30_000, by=place.finance, now=NOW, reason="신청")
    assert balance_of(payment.organisation_id) == 0
    adds_up()


def test_only_finance_imports():
    place = billed()
    for by in (place.officer, place.approver, master(place.leases[0].offer.need)):
        with pytest.raises(NotAllowed):
            services.plan_import(hub=place.hub, content=b"", by=by)


def february():
    place = billed(month=date(2020, 2, 1))
    return place, place.invoices[0].lines.get()


def credited(place, line, used_to=date(2020, 2, 10)):
    note = services.prepare_credit(line=line, used_to=used_to, reason="중도 퇴거", by=place.finance, now=NOW)
    services.approve_credit(note=note, by=place.approver, now=NOW)
    return note


def test_gone_on_the_tenth_of_february():
    place, line = february()
    note = credited(place, line)
    assert (note.total, state(place.invoices[0])) == (68_966, ("ISSUED", 31_034))
    assert leaves(place.invoices[0])[-1]["data"]["open"] == "31034"
    adds_up()


def test_a_credit_after_payment_becomes_balance():
    place, line = february()
    imported(place, "2020-02-05,100000,가온체인0,")
    credited(place, line)
    assert (state(place.invoices[0]), balance_of(line.invoice.lease.organisation_id)) == (("SETTLED", 0), 68_966)
    assert sum(PaymentShare.objects.values_list("amount", flat=True)) == 31_034
    adds_up()


def test_who_prepares_a_credit_does_not_decide_it_and_once_is_enough():
    place, line = february()
    both = with_role("space.approver", user=place.finance, cluster=cluster())
    note = services.prepare_credit(line=line, used_to=date(2020, 2, 10), reason="중도 퇴거", by=both, now=NOW)
    with pytest.raises(NotAllowed):
        services.approve_credit(note=note, by=both, now=NOW)
    services.approve_credit(note=note, by=place.approver, now=NOW)
    with pytest.raises(Overtaken):
        services.approve_credit(note=note, by=place.approver, now=NOW)
    with pytest.raises(Overtaken):
        services.prepare_credit(line=line, used_to=date(2020, 2, 5), reason="또", by=place.finance, now=NOW)


def test_nothing_unused_is_nothing_to_credit():
    place, line = february()
    with pytest.raises(Invalid):
        services.prepare_credit(line=line, used_to=date(2020, 3, 1), reason="이유", by=place.finance, now=NOW)
    note = services.prepare_credit(line=line, used_to=date(2020, 2, 10), reason="이유", by=place.finance, now=NOW)
    with pytest.raises(Invalid):
        services.drop_credit(note=note, by=place.finance, reason=" ")
    services.drop_credit(note=note, by=place.finance, reason="잘못 셌습니다.")
    assert not line.credits.exists()
    with pytest.raises(Overtaken):
        services.drop_credit(note=note, by=place.finance, reason="또")


def with_deposit(amount=1_000_000):
    place = space("801")
    priced(place, deposit_won=amount)
    place.lease = leased(place, selected(place), "801")
    place.deposit = Deposit.objects.get(lease=place.lease)
    return place


def receive(place, amount):
    services.receive_deposit(deposit=place.deposit, amount=amount, evidence="이체확인증", by=place.finance, now=NOW)


def test_the_key_waits_for_the_whole_deposit():
    place = with_deposit()
    receive(place, 400_000)
    assert (place.deposit.status, place.deposit.received_won) == ("PART_RECEIVED", 400_000)
    with pytest.raises(Invalid):
        receive(place, 600_001)
    receive(place, 600_000)
    services.move_in(lease=place.lease, on=START, by=place.officer, now=NOW)
    assert (place.deposit.status, place.lease.status) == ("RECEIVED", "ACTIVE")
    adds_up()


def closing(place, *lines):
    receive(place, place.deposit.due_won)
    services.propose_settlement(deposit=place.deposit, lines=lines, by=place.officer, now=NOW)
    return place.deposit


def test_partly_set_off_the_tenant_objects_and_gets_the_rest():
    place = with_deposit()
    deposit = closing(place, services.SetOff("REPAIR", 300_000, "벽 수리 견적서"))
    with pytest.raises(Invalid):
        services.decide_settlement(deposit=deposit, by=place.approver, now=NOW)
    tenant = master(place.lease.offer.need)
    services.object_to_settlement(deposit=deposit, text="입주 전부터 있던 흠입니다.", by=tenant, now=NOW)
    services.decide_settlement(deposit=deposit, by=place.approver, now=NOW, keep=[100_000])
    services.return_deposit(deposit=deposit, evidence="이체확인증", by=place.finance, now=NOW)
    assert (deposit.status, deposit.set_off_won, deposit.returned_won, deposit.held_won) == (
        "RETURNED",
        100_000,
        900_000,
        0,
    )
    assert [entry.kind for entry in deposit.entries.all()] == ["RECEIVED", "REPAIR", "RETURNED"]
    adds_up()


def test_a_deposit_that_pays_rent_lowers_the_invoice():
    place = with_deposit(100_000)
    receive(place, 100_000)
    services.move_in(lease=place.lease, on=START, by=place.officer, now=NOW)
    Invoice.objects.all().delete()
    [invoice] = services.bill_month(hub=place.hub, month=date(2020, 1, 1))
    services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    line = services.SetOff("RENT", 100_000, "1월 임대료 미납", invoice)
    services.propose_settlement(deposit=place.deposit, lines=[line], by=place.officer, now=NOW)
    after = NOW + timedelta(days=9)
    services.decide_settlement(deposit=place.deposit, by=place.approver, now=after)
    assert (place.deposit.status, state(invoice)) == ("CONSUMED", ("SETTLED", 0))
    adds_up()


def test_the_order_and_the_people_of_a_settlement():
    place = with_deposit()
    deposit = closing(place, services.SetOff("REPAIR", 1, "전구"))
    tenant, late = master(place.lease.offer.need), NOW + timedelta(days=8)
    with pytest.raises(Overtaken):
        services.return_deposit(deposit=deposit, evidence="x", by=place.finance, now=NOW)
    with pytest.raises(Late):
        services.object_to_settlement(deposit=deposit, text="늦었습니다", by=tenant, now=late)
    for act, by in (
        (services.decide_settlement, place.officer),
        (services.decide_settlement, place.finance),
        (services.decide_settlement, person()),
    ):
        with pytest.raises(NotAllowed):
            act(deposit=deposit, by=by, now=late)
    services.decide_settlement(deposit=deposit, by=place.approver, now=late)
    with pytest.raises(Overtaken):
        services.decide_settlement(deposit=deposit, by=place.approver, now=late)


@pytest.mark.parametrize(
    "line",
    [
        services.SetOff("REPAIR", 0, "전구"),
        services.SetOff("REPAIR", 10, " "),
        services.SetOff("RENT", 10, "임대료"),
        services.SetOff("REPAIR", 1_000_001, "전구"),
    ],
)
def test_what_cannot_be_proposed(line):
    place = with_deposit()
    with pytest.raises(Invalid):
        closing(place, line)


def test_of_many_invoices_those_issued_meanwhile_are_named_and_the_others_go_out():
    place = billed("801 802 803")
    drafts = services.bill_month(hub=place.hub, month=date(2020, 2, 1))
    services.issue_invoice(invoice=Invoice.objects.get(pk=drafts[1].pk), by=place.finance, now=LATER)
    outcome = services.issue_all(invoices=drafts, by=place.finance, now=LATER)
    assert [type(refusal) for _, refusal in outcome] == [type(None), Overtaken, type(None)]
    numbers = [Invoice.objects.get(pk=draft.pk).number for draft in drafts]
    assert numbers == ["mapo-2020-00002", "mapo-2020-00001", "mapo-2020-00003"]
    refused = services.issue_all(
        invoices=services.bill_month(hub=place.hub, month=date(2020, 3, 1)), by=place.officer, now=LATER
    )
    assert [type(refusal) for _, refusal in refused] == [NotAllowed] * 3
    adds_up()


def test_more_invoices_at_once_take_no_more_than_a_leaf_each(django_assert_max_num_queries):
    place = billed("801 802 803 804")
    services.issue_all(invoices=services.bill_month(hub=place.hub, month=date(2020, 2, 1)), by=place.finance, now=LATER)
    drafts = services.bill_month(hub=place.hub, month=date(2020, 3, 1))
    with django_assert_max_num_queries(20):
        services.issue_all(invoices=drafts[:1], by=place.finance, now=LATER)
    with django_assert_max_num_queries(20 + 2 * 2):  # a leaf, and a mail in the outbox for its one member
        services.issue_all(invoices=drafts[1:], by=place.finance, now=LATER)


def test_two_rows_of_a_file_that_pay_one_invoice_move_it_once():
    place = billed()
    number = place.invoices[0].number
    file = imported(place, f"2020-01-25,40000,가온체인0,{number}", f"2020-01-26,60000,가온체인0,{number}")
    assert (file.rows, state(place.invoices[0])) == (2, ("SETTLED", 0))
    assert sorted(PaymentShare.objects.values_list("amount", flat=True)) == [40_000, 60_000]
    assert [leaf["type"] for leaf in leaves(place.invoices[0])][-1] == "space.invoice.settled/1"
    assert leaves(place.invoices[0])[-1]["data"]["from"] == "ISSUED"
    adds_up()
