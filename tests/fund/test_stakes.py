"""A sub-fund's stake in another: its guards, its books, and that no won counts twice."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction

from fund import services
from fund.enums import Account
from fund.models import Commitment, Partner
from fund.queries import books, exposure, pooled, snapshots, stakes
from portal.core.clock import database_now
from portal.core.errors import Invalid
from portal.core.periods import SEOUL
from portal.plan.registry import metric
from tests.factories.fund import FORMED, NOW, gathering, house, invested, investing
from tests.factories.people import leaves

pytestmark = pytest.mark.django_db
MILLION = 1_000_000


def staked(made, holder, held, units):
    """A signed stake of one sub-fund in another."""
    one = services.record_stake(holder=holder, held=held, units=units, by=made.manager, now=NOW)
    services.sign_commitment(commitment=one, by=made.approver, now=NOW)
    return one


def two_funds(made=None):
    """A mother of 1,000 units (the City 140) with half a billion in cash; a daughter she holds 400 of 1,000 units of."""
    made = investing(into=made)
    mother = made.sub_fund
    daughter = gathering(made, code=f"{mother.code}-d", name_ko="마당 2호", name_en="Madang II")
    made.commit("city", 60)
    made.commit("fof", 540)
    staked(made, mother, daughter, 400)
    made.close()
    return made, mother, daughter


def paid(made, amount=300 * MILLION):
    call = made.call(amount)
    made.pay(call)
    return call


def balance(sub_fund, account, on=None):
    return books.balances(books.book_of(sub_fund), on=on or database_now().astimezone(SEOUL).date()).get(account, 0)


def test_a_stake_is_a_commitment_that_counts_once_in_the_programme():
    made, mother, daughter = two_funds()
    made.programme.refresh_from_db()
    assert (made.programme.city_committed, made.programme.total_committed) == (200 * MILLION, 1_600 * MILLION)
    assert metric("fund.committed_total").compute(made.programme.cluster, FORMED, []) == 1_600 * MILLION
    assert stakes.stakes(made.programme, on=FORMED, known=database_now()) == {mother.pk: {daughter.pk: Fraction(2, 5)}}
    [row] = stakes.held_by(mother)
    assert (row.sub_fund, row.amount, row.partner.organisation) == (daughter, 400 * MILLION, mother.manager)
    assert next(leaf["type"] for leaf in leaves(row)) == "fund.stake.recorded/1"


def test_what_the_mother_pays_and_gets_stands_in_both_books():
    made, mother, daughter = two_funds()
    call = paid(made)
    day = call.due_date
    assert balance(mother, Account.STAKES) == 120 * MILLION
    assert balance(mother, Account.CASH) == 380 * MILLION
    assert balance(daughter, Account.CASH) == 300 * MILLION
    row = services.propose_distribution(
        sub_fund=daughter, kind="PERMANENT", amount=100 * MILLION, on=day, by=made.manager, now=database_now()
    )
    services.approve_distribution(distribution=row, by=made.approver)
    services.pay_distribution(distribution=row, by=made.manager, now=database_now())
    assert (balance(mother, Account.STAKES), balance(mother, Account.CASH)) == (80 * MILLION, 420 * MILLION)
    services.reverse_distribution(distribution=row, by=made.approver, now=database_now(), reason="기준일 오류")
    assert (balance(mother, Account.STAKES), balance(mother, Account.CASH)) == (120 * MILLION, 380 * MILLION)


def test_look_through_and_public_figures_count_each_won_once():
    made, _mother, _daughter = two_funds()
    call = paid(made)
    on = call.due_date + timedelta(days=30)
    found = exposure.look_through(made.programme, on=on, known=database_now())
    assert (
        found.nav == found.rest == 680 * MILLION
    )  # half a billion of the mother, 180 million of others in the daughter
    body = snapshots.body(made.programme, kind="QUARTER", on=on, known=database_now(), given={})
    figures = body["figures"]
    assert (figures["committed_total"], figures["paid_in_total"], figures["nav"]) == tuple(
        number * MILLION for number in (1_600, 680, 680)
    )
    assert figures["paid_in_city"] == 88 * MILLION
    assert body["history"][-1][1:] == [680 * MILLION, 0, 680 * MILLION]
    assert dict(body["bridge"])["due"] == 0
    flows = next(run["flows"] for run in body["runs"] if run["scope"] == "fund_net")
    assert sum(amount for _day, amount in flows) == 0


def test_a_company_of_the_daughter_belongs_to_the_city_on_both_paths():
    made, _mother, daughter = two_funds()
    paid(made)
    for to, on in (("REGISTERED", FORMED), ("INVESTING", None)):
        services.move_sub_fund(sub_fund=daughter, to=to, by=made.manager, now=NOW, on=on)
    lot = invested(made, 100 * MILLION)
    on = lot.holding.first_cash_date
    found = exposure.look_through(made.programme, on=on, known=database_now())
    [row] = found.rows
    assert row.whole == 100 * MILLION
    assert row.city == 100 * MILLION * (Fraction(6, 100) + Fraction(14, 100) * Fraction(4, 10))
    assert found.whole + found.rest == found.nav
    parts = exposure.city_parts(
        pooled.sums(made.programme, on=on, known=database_now(), currency="KRW"),
        stakes.stakes(made.programme, on=on, known=database_now()),
    )
    assert parts[daughter.pk] == Fraction(116, 1000)


def test_the_service_says_why_a_circle_is_refused():
    made, mother, daughter = two_funds()
    with pytest.raises(Invalid, match="두 번 세게"):
        services.record_stake(holder=daughter, held=mother, units=1, by=made.manager, now=NOW)
    with pytest.raises(Invalid, match="자기 자신"):
        services.record_stake(holder=daughter, held=daughter, units=1, by=made.manager, now=NOW)
    dollars = gathering(made, code="usd-fund", currency="USD")
    with pytest.raises(Invalid, match="같은 통화"):
        services.record_stake(holder=mother, held=dollars, units=1, by=made.manager, now=NOW)
    assert list(stakes.may_hold(mother)) == []


def test_the_mother_pays_only_what_she_has_and_what_was_asked():
    made, mother, _daughter = two_funds()
    call = made.call(900 * MILLION)
    share = call.shares.get(commitment__partner__sub_fund=mother)
    now = NOW + timedelta(days=21)
    with pytest.raises(Invalid, match="요청한 금액까지만"):
        made.receive(share, share.amount + 1, now=now)
    poor = made.call(0, lines=[services.Asked("FEE", 300 * MILLION, False)])
    made.receive(share, share.amount, now=now)
    assert balance(mother, Account.CASH) == 140 * MILLION
    more = poor.shares.get(commitment__partner__sub_fund=mother)
    made.receive(more, more.amount, now=now)
    assert balance(mother, Account.CASH) == 20 * MILLION
    last = made.call(0, lines=[services.Asked("FEE", 300 * MILLION, False)])
    with pytest.raises(Invalid, match="그만한 현금"):
        made.receive(last.shares.get(commitment__partner__sub_fund=mother), 120 * MILLION, now=now)


def raw_partner(sub_fund, programme=None):
    return Partner.objects.create(
        programme=programme or sub_fund.programme, role="SUB_FUND", sub_fund=sub_fund, name_ko="가", name_en="a"
    )


def raw_stake(made, holder, held):
    partner = Partner.objects.filter(sub_fund=holder).first() or raw_partner(holder)
    return Commitment.objects.create(sub_fund=held, partner=partner, units=1, amount=1, proposed_by=made.manager)


def test_round_the_service_no_sub_fund_holds_itself_on_any_path():
    made = house()
    one, two, three = (gathering(made, code=f"raw-{number}") for number in range(3))
    raw_stake(made, one, two)
    raw_stake(made, two, three)
    for holder, held in ((one, one), (two, one), (three, one)):
        with pytest.raises(IntegrityError, match="would hold itself"), transaction.atomic():
            raw_stake(made, holder, held)
    moved = raw_stake(made, one, three)
    with pytest.raises(IntegrityError, match="would hold itself"), transaction.atomic():
        Commitment.objects.filter(pk=moved.pk).update(sub_fund=one)
    Commitment.objects.filter(pk=moved.pk).update(partner=made.partners["alpha"])  # not a stake any more
    with pytest.raises(IntegrityError, match="would hold itself"), transaction.atomic():
        Commitment.objects.filter(pk=moved.pk).update(sub_fund=one, partner=Partner.objects.get(sub_fund=two))


def test_round_the_service_a_stake_stays_in_its_programme_and_currency():
    made, other = house(), house()
    one, two = gathering(made, code="raw-a"), gathering(other, code="raw-b")
    dollars = gathering(made, code="raw-usd", currency="USD")
    for held in (two, dollars):
        with pytest.raises(IntegrityError, match="another programme or currency"), transaction.atomic():
            raw_stake(made, one, held)
    with pytest.raises(IntegrityError, match="another programme"), transaction.atomic():
        raw_partner(one, other.programme)
    with pytest.raises(IntegrityError, match="partner_names_its_sub_fund"), transaction.atomic():
        Partner.objects.create(programme=made.programme, role="SUB_FUND", name_ko="가", name_en="a")
    kept = raw_partner(one)
    with pytest.raises(IntegrityError, match="stays the sub-fund"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE fund_partner SET sub_fund_id = NULL, role = 'PRIVATE' WHERE id = %s", [kept.pk])
