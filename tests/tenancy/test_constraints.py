"""What the database refuses whoever asks; each goes around the services."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from portal.intake.canonical import digest
from tenancy import services
from tenancy.models import (
    AllocationRun,
    Invoice,
    LeaseTerm,
    Occupancy,
    Offer,
    Signature,
    UnitCell,
)
from tests.factories.people import person
from tests.factories.space import NOW, START, leased, master, offered, selected, space

pytestmark = pytest.mark.django_db


def refused(action, match):
    with pytest.raises(DatabaseError, match=match):
        _commit(action)


@transaction.atomic
def _commit(action):
    """Do it and let the deferred triggers speak, as a commit would."""
    action()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def sql(statement, *values):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


@pytest.fixture
def place():
    return space("801 802")


def occupancy(place, start="2020-01-01", end="2020-02-01", status="BLOCKED"):
    cell = place.units[0].cells.get()
    values = [cell.pk, f"[{start},{end})" if start else start, status]
    return sql("INSERT INTO tenancy_occupancy (cell_id, period, status, note) VALUES (%s, %s, %s, '')", *values)


def test_no_cell_has_two_live_occupancies_on_a_day(place):
    services.block_unit(
        unit=place.unit("801"), start=date(2020, 1, 1), end=date(2020, 2, 1), note="누수", by=place.officer
    )
    refused(occupancy(place, "2020-01-31", "2020-03-01"), "one_live_occupancy_per_cell_and_day")


def test_out_on_the_first_in_on_the_first(place):
    for start, end in ((date(2020, 1, 1), date(2020, 2, 1)), (date(2020, 2, 1), date(2020, 3, 1))):
        services.block_unit(unit=place.unit("801"), start=start, end=end, note="누수", by=place.officer)
    assert Occupancy.objects.count() == 2


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2020-01-01", "2020-01-01"),
        ("", "2020-01-01"),
        ("2020-01-01", ""),
        ("-infinity", "2020-01-01"),
        ("2020-01-01", "infinity"),
    ],
)
def test_no_empty_or_open_range(place, start, end):
    values = [place.units[0].cells.get().pk, f"[{start},{end})"]
    statement = "INSERT INTO tenancy_occupancy (cell_id, period, status, note) VALUES (%s, %s, 'BLOCKED', '')"
    refused(sql(statement, *values), "occupancy_(period|bounds)")


def test_no_null_range(place):
    statement = "INSERT INTO tenancy_occupancy (cell_id, period, status, note) VALUES (%s, NULL, 'BLOCKED', '')"
    refused(sql(statement, place.units[0].cells.get().pk), "null value")


def test_no_occupancy_without_its_leaf(place):
    refused(occupancy(place), "has no ledger leaf")


def test_no_move_of_a_row_without_its_leaf(place):
    offer = offered(place, selected(place), "801")
    for table, pk in (("offer", offer.pk), ("occupancy", offer.occupancies.get().pk)):
        to = {"offer": "DECLINED", "occupancy": "RELEASED"}[table]
        refused(sql(f"UPDATE tenancy_{table} SET status = %s WHERE id = %s", to, pk), "has no ledger leaf")


def test_the_history_of_a_floor_stays(place):
    offered(place, selected(place), "801")
    refused(sql("DELETE FROM tenancy_occupancy"), "forbidden")


def test_units_partition_the_floor(place):
    cell = place.unit("801").cells.get()
    late = UnitCell(unit=place.unit("802"), cell=cell, period=DateRange(date(2021, 1, 1), None))
    refused(late.save, "one_unit_per_cell_and_day")


def test_one_live_offer_per_application(place):
    need = selected(place)
    offered(place, need, "801")
    days = {"start_date": START, "end_date": date(2020, 12, 23)}
    again = Offer(need=need, unit=place.unit("802"), rate_card=place.card, **days)
    refused(again.save, "one_live_offer_per_application")


def test_an_offer_is_accepted_in_time_and_expires_after_it(place):
    offer = offered(place, selected(place), "801")
    by = master(offer.need).pk
    late = "UPDATE tenancy_offer SET status = 'ACCEPTED', answered_by_id = %s, answered_at = expires_at WHERE id = %s"
    early = "UPDATE tenancy_offer SET status = 'EXPIRED', answered_at = expires_at - interval '1 s' WHERE id = %s"
    refused(sql(late, by, offer.pk), "offer_accepted_in_time")
    refused(sql(early, offer.pk), "offer_expired_after_deadline")


def test_a_run_is_sealed_and_decided_by_two(place):
    selected(place)
    run = services.run_allocation(call=place.call, by=place.officer, now=NOW)
    rows = AllocationRun.objects.filter(pk=run.pk)
    refused(lambda: rows.update(inputs={}), "sealed")
    refused(lambda: rows.update(result={}), "sealed")
    refused(lambda: rows.update(status="CONFIRMED", confirmed_by=place.officer), "allocation_two_people")
    refused(lambda: rows.update(status="CONFIRMED"), "allocation_confirmed_is_right")
    refused(lambda: run.lines.update(unit=None), "forbidden")


def test_a_wrong_run_cannot_be_confirmed(place):
    wrong = AllocationRun(
        call=place.call,
        number=9,
        inputs={},
        result={},
        violations=["somebody was left out"],
        status="CONFIRMED",
        run_by=place.officer,
        confirmed_by=place.approver,
        created_at=NOW,
    )
    refused(wrong.save, "allocation_confirmed_is_right")


def test_a_frozen_rate_card_never_changes(place):
    offered(place, selected(place), "801")
    place.card.refresh_from_db()
    place.card.rate_won = 1
    refused(place.card.save, "forbidden")


def test_a_signature_stays(place):
    lease = leased(place, selected(place), "801")
    given = Signature.objects.filter(lease=lease)
    refused(lambda: given.update(document_hash="0" * 64), "forbidden")
    refused(lambda: given.all()[0].delete(), "forbidden")


def test_terms_of_a_lease_touch_and_stay_within_the_maximum(place):
    lease = leased(place, selected(place), "801")

    def term(start, end, seq=2):
        return LeaseTerm(lease=lease, seq=seq, period=DateRange(start, end)).save

    refused(term(date(2020, 12, 22), date(2021, 12, 23)), "lease_terms_never_overlap")
    refused(term(date(2020, 12, 24), date(2021, 12, 23)), "leave a gap")
    refused(term(date(2020, 12, 23), date(2021, 12, 24)), "pass its maximum")
    with transaction.atomic():
        term(date(2020, 12, 23), date(2021, 12, 23))()


def test_a_lease_that_came_to_nothing_holds_no_room(place):
    lease = leased(place, selected(place), "801")
    refused(
        sql("UPDATE tenancy_lease SET status = 'NOT_MATERIALISED' WHERE id = %s", lease.pk),
        "still holds a room|no ledger leaf",
    )


def test_invoices(place):
    lease = leased(place, selected(place), "801")
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    invoice = Invoice.objects.get()
    twice = Invoice(lease=lease, month=invoice.month, supply=1, vat=0, total=1, open_amount=1)
    refused(twice.save, "one_invoice_per_month_and_kind")
    rows = Invoice.objects.filter(pk=invoice.pk)
    refused(lambda: rows.update(open_amount=-1), "invoice_open_within_total")
    refused(lambda: rows.update(open_amount=invoice.total + 1), "invoice_open_within_total")
    refused(lambda: rows.update(vat=1), "invoice_adds_up")
    refused(lambda: rows.update(month=date(2019, 12, 2)), "invoice_month_is_a_first")
    refused(lambda: rows.update(status="ISSUED"), "invoice_issued_has_number")
    services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    refused(lambda: rows.update(total=1, supply=1, open_amount=1), "never edited")
    refused(invoice.delete, "never edited|has no ledger leaf|violates")


def test_an_occupied_cell_has_a_holder_and_a_lease(place):
    for status in ("HELD", "OCCUPIED"):
        refused(occupancy(place, status=status), "occupancy_has_(holder|lease)")


@pytest.mark.parametrize(
    "table",
    ["allocationrun", "offer", "occupancy", "lease", "invoice", "amendment", "deposit", "arrearscase"],
)
def test_every_decision_table_asks_for_its_leaf(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'leaf_on_%%' ORDER BY 1",
            [f"tenancy_{table}"],
        )
        assert cursor.fetchall() == [("leaf_on_delete", "A"), ("leaf_on_insert", "A"), ("leaf_on_update", "A")]


def test_an_offer_needs_days(place):
    need = selected(place)
    row = Offer(need=need, unit=place.unit("801"), rate_card=place.card, start_date=START, end_date=START)
    with pytest.raises(IntegrityError, match="offer_covers_days"), transaction.atomic():
        row.save()


def test_a_signature_is_over_the_document_that_is_kept(place):
    lease = leased(place, selected(place), "801")
    assert digest(lease.document) == lease.document_hash
    assert {row.document_hash for row in Signature.objects.filter(lease=lease)} == {lease.document_hash}
    rows = type(lease).objects.filter(pk=lease.pk)
    refused(lambda: rows.update(document={}), "sealed once it was shown")
    refused(lambda: rows.update(document_hash="0" * 64), "sealed once it was shown")
    offer = offered(place, selected(place), "802")
    services.accept_offer(offer=offer, by=master(offer.need), now=NOW, agreed=True)
    other = services.prepare_lease(offer=offer, by=place.officer, now=NOW)
    given = {"side": "TENANT", "user": person(), "signed_at": NOW}
    refused(Signature(**given, lease=other, document_hash=lease.document_hash).save, "over another document")


def test_nobody_signs_twice(place):
    lease = leased(place, selected(place), "801")
    again = Signature(lease=lease, side="TENANT", user=person(), document_hash=lease.document_hash, signed_at=NOW)
    refused(again.save, "one_signature_per_side")
