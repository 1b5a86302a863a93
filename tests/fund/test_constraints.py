"""What the database refuses whoever asks; each goes around the services."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from fund.enums import Account, EntryKind
from fund.models import CallShare, CapBreach, Commitment, Entry, Posting, Programme
from fund.queries.books import book_of
from fund.services import post
from fund.services.books import Line, move
from tests.factories.fund import NOW, formed

pytestmark = pytest.mark.django_db


def commit(action):
    """Do it and let the deferred triggers speak, as a commit would."""
    with transaction.atomic():
        action()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refused(action, match):
    with pytest.raises(DatabaseError, match=match):
        commit(action)


def sql(statement, *values):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


@pytest.fixture
def made():
    return formed()


def entry(made, lines, **changes):
    fields = {"kind": EntryKind.FEE, "on": date(2019, 5, 1), "event": uuid4(), "now": NOW, **changes}
    return post(book=book_of(made.sub_fund), sub_fund=made.sub_fund, lines=lines, **fields)


FEE = move(Account.FEE, Account.PAYABLE, 1_000)


def test_a_balanced_entry_is_welcome(made):
    commit(lambda: entry(made, FEE))
    assert Entry.objects.filter(kind=EntryKind.FEE).count() == 1


@pytest.mark.parametrize(
    "lines",
    [
        [Line(Account.FEE, 1_000)],
        [Line(Account.FEE, 1_000), Line(Account.PAYABLE, -999)],
        [Line(Account.FEE, 1_000), Line(Account.UNFUNDED, -1_000)],
    ],
    ids=["one leg", "one won off", "a memo account against a real one"],
)
def test_an_entry_that_does_not_balance(made, lines):
    refused(lambda: entry(made, lines), "does not balance")


def test_an_empty_entry(made):
    row = {"book": book_of(made.sub_fund), "sub_fund": made.sub_fund, "kind": "FEE", "event": uuid4()}
    refused(lambda: Entry.objects.create(effective_date=NOW, recorded_at=NOW, **row), "does not balance")


def test_two_currencies_do_not_balance_each_other(made):
    def dollars():
        written = entry(made, [Line(Account.FEE, 1_000)])
        Posting.objects.create(
            entry=written, account=Account.PAYABLE, currency="USD", amount=-1_000, book=written.book,
            effective_date=written.effective_date, recorded_at=NOW,
        )  # fmt: skip

    refused(dollars, "does not balance")


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["fund_entry", "fund_posting"])
def test_there_is_no_edit(made, statement, table):
    commit(lambda: entry(made, FEE))
    refused(sql(statement.format(table)), "forbidden")


def test_replication_does_not_get_around_it(made):
    commit(lambda: entry(made, FEE))

    def replicate():
        sql("SET LOCAL session_replication_role = replica")()
        sql("UPDATE fund_posting SET amount = amount + 1")()

    refused(replicate, "forbidden")


def test_a_leg_moved_to_another_entry_leaves_a_lame_one(made):
    """Also without the guard against edits: the check looks at the old and at the new entry."""
    first, second = [], []
    commit(lambda: first.append(entry(made, FEE)))
    commit(lambda: second.append(entry(made, FEE)))

    def moved():
        sql("ALTER TABLE fund_posting DISABLE TRIGGER posting_stays")()
        sql("UPDATE fund_posting SET entry_id = %s WHERE entry_id = %s", second[0].pk, first[0].pk)()

    refused(moved, rf"entry {first[0].pk} does not balance")


@pytest.mark.django_db(transaction=False)
def test_a_balanced_pair_does_not_slip_into_an_entry_of_another_transaction(made):
    written = []
    commit(lambda: written.append(entry(made, FEE)))

    def slip():
        sql("ALTER TABLE fund_entry DISABLE TRIGGER entry_stays")()
        sql("UPDATE fund_entry SET xact = xact - 1 WHERE id = %s", written[0].pk)()
        for line in FEE:
            Posting.objects.create(
                entry=written[0], account=line.account, amount=line.amount, book=written[0].book,
                effective_date=NOW, recorded_at=NOW,
            )  # fmt: skip

    refused(slip, "is closed")


def test_a_posting_carries_the_days_of_its_entry_whatever_it_says(made):
    written = entry(made, FEE)
    written.refresh_from_db()
    for amount in (5, -5):
        lying = Posting.objects.create(
            entry=written,
            account=Account.FEE,
            amount=amount,
            book_id=0,
            effective_date=date(1999, 1, 1),
            recorded_at=NOW,
        )
    lying.refresh_from_db()
    assert (lying.book_id, lying.effective_date, lying.recorded_at) == (
        written.book_id,
        written.effective_date,
        written.recorded_at,
    )


@pytest.mark.parametrize(("amount", "account"), [(0, Account.FEE), (1, 1), (1, 1101)])
def test_a_posting_is_something_on_a_known_account(made, amount, account):
    refused(lambda: entry(made, [*FEE, Line(account, amount), Line(Account.PAYABLE, -amount)]), "posting_")


def test_a_reversal_is_an_exact_mirror_and_comes_once(made):
    written = []
    commit(lambda: written.append(entry(made, FEE)))
    again = {"kind": EntryKind.REVERSAL, "reversal_of": written[0]}
    refused(lambda: entry(made, move(Account.FEE, Account.PAYABLE, -999), **again), "no mirror")
    refused(lambda: entry(made, FEE, **again), "no mirror")
    commit(lambda: entry(made, move(Account.FEE, Account.PAYABLE, -1_000), **again))
    refused(lambda: entry(made, move(Account.FEE, Account.PAYABLE, -1_000), **again), "reversal_of")


def test_knowledge_of_a_book_only_moves_forward(made):
    book = book_of(made.sub_fund)
    later = entry(made, FEE, now=NOW + timedelta(days=30))
    earlier = entry(made, FEE, now=NOW)
    later.refresh_from_db()
    earlier.refresh_from_db()
    assert later.recorded_at < earlier.recorded_at
    refused(sql("UPDATE fund_book SET last_known_at = %s WHERE id = %s", NOW, book.pk), "does not forget")
    refused(lambda: entry(made, FEE, now=NOW + timedelta(days=36_500)), "in the future")


def test_the_cap_stands_in_the_database(made):
    programme = Programme.objects.get()
    assert (programme.city_committed, programme.total_committed) == (140_000_000, 1_000_000_000)
    refused(lambda: Programme.objects.update(city_committed=140_000_001, total_committed=1_000_000_001), "cap")


def test_an_open_breach_of_another_programme_does_not_stand_in(made):
    cured = CapBreach(programme=Programme.objects.get(), city=1, total=1, cause="x", opened_at=NOW, cure_by_date=NOW)
    cured.status, cured.ended_at = "CURED", NOW

    def borrowed():
        cured.save()
        Programme.objects.update(city_committed=200_000_000, cap_breach=cured)

    refused(borrowed, "cap")


def test_counters_are_those_of_the_commitments(made):
    refused(lambda: Programme.objects.update(total_committed=2_000_000_000), "its commitments are")
    refused(lambda: Commitment.objects.filter(partner__role="FOF").update(status="DEFAULTED"), "its commitments are")
    refused(sql("UPDATE fund_commitment SET amount = amount - 1"), "its commitments are")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"called_inside": 140_000_001}, "unfunded_not_below_zero"),
        ({"recallable": 1}, "unfunded_within_amount"),
        ({"status": "HELD"}, "commitment_status_known"),
        ({"approved_by": None}, "commitment_signed_by_somebody"),
        ({"consent_amount": 1}, "commitment_within_consent"),
        ({"close": None}, "commitment_in_force_has_close"),
    ],
)
def test_a_commitment_keeps_its_rules(made, change, name):
    refused(lambda: Commitment.objects.filter(partner__role="CITY").update(**change), name)


def test_two_persons_at_a_call_and_at_a_commitment(made):
    call = made.call(100_000_000)
    refused(lambda: type(call).objects.update(approved_by=call.proposed_by), "capital_call_two_persons")
    proposed = Commitment.objects.first().proposed_by
    refused(lambda: Commitment.objects.update(approved_by=proposed), "commitment_two_persons")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"paid": 10**12}, "share_paid_within_amount"),
        ({"inside": 10**12}, "share_within_unfunded"),
        ({"status": "PAID"}, "share_paid_is_paid_in_full"),
        ({"status": "LATE"}, "no ledger leaf"),
    ],
)
def test_a_share_keeps_its_rules(made, change, name):
    made.call(100_000_000)
    refused(lambda: CallShare.objects.update(**change), name)


def test_an_agreement_is_never_edited(made):
    refused(sql("UPDATE fund_agreementversion SET carry_bp = 1"), "never edited")
    refused(sql("DELETE FROM fund_agreementversion"), "never edited")


def test_two_agreements_are_never_in_force_at_once(made):
    copied = made.sub_fund.agreements.get()
    copied.pk = None
    refused(copied.save, "one_agreement_at_a_time")
