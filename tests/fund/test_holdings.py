"""Deals to holdings: terms, the money, the books, conversions that carry cost and first cash date, the guards."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from fund import queries, services
from fund.enums import Account, DealStatus, EntryKind
from fund.models import Deal, Lot, SecurityEvent
from fund.services import post
from fund.services.books import Line, move
from portal.core.errors import ForgedStep, Invalid, NotAllowed, Refused
from portal.plan.registry import fact
from tests.factories import people
from tests.factories.fund import FORMED, INVESTED, deal, formed, invested, investing, voted
from tests.fund.doors import EXAMPLES
from tests.fund.test_constraints import commit, refused

pytestmark = pytest.mark.django_db
DAY = INVESTED.date()
LATER = INVESTED + timedelta(days=400)


@pytest.fixture
def made():
    return investing()


def balances(made, on=date(2030, 1, 1)):
    return queries.books.balances(queries.books.book_of(made.sub_fund), on=on)


def events(lot):
    return list(lot.events.values_list("kind", "units", "cost"))


def test_an_investment_moves_cash_into_a_holding(made):
    lot = invested(made)
    assert balances(made)[Account.CASH] == 400_000_000
    assert balances(made)[Account.INVESTMENTS] == 100_000_000
    assert (lot.units, lot.cost, lot.first_cash_date) == (10_000, 100_000_000, DAY)
    assert events(lot) == [("ISSUE", 10_000, 100_000_000)]
    assert [leaf["type"] for leaf in people.leaves(lot.deal)] == [
        "fund.deal.examined/1",
        "fund.deal.tabled/1",
        "fund.deal.approved/1",
        "fund.deal.contracted/1",
        "fund.deal.funded/1",
    ]
    assert people.leaves(lot.deal)[2]["data"]["no"].startswith("fund.decision/")


def test_two_deals_in_one_company_are_one_holding(made):
    first = invested(made)
    second = invested(made, 50_000_000, company=first.holding.company, instrument="COMMON", units=1_000, terms={})
    assert first.holding == second.holding
    assert queries.holdings.holdings_of(made.sub_fund).get().cost == 150_000_000


def test_more_than_the_cash_is_not_invested(made):
    found = deal(made, 500_000_001)
    voted(made, found)
    services.settle_deal(deal=found, by=made.approver, now=INVESTED)
    services.contract_deal(deal=found, by=made.manager)
    with pytest.raises(Invalid, match="현금"):
        services.fund_deal(deal=found, on=DAY, by=made.manager, now=INVESTED)
    with pytest.raises(Invalid, match="오늘이나 지난"):
        services.fund_deal(deal=found, on=DAY + timedelta(days=1), by=made.manager, now=INVESTED)


def test_a_day_before_the_money_came_has_no_cash_to_spend(made):
    assert queries.books.free_cash(made.sub_fund, on=FORMED) == 0
    invested(made, 300_000_000)
    assert queries.books.free_cash(made.sub_fund, on=DAY - timedelta(days=1)) == 200_000_000


def test_no_step_is_left_out_and_no_stranger_takes_one(made):
    found = deal(made)
    with pytest.raises(ForgedStep):
        services.contract_deal(deal=found, by=made.manager)
    with pytest.raises(NotAllowed):
        services.table_deal(deal=found, by=made.approver, now=INVESTED)
    with pytest.raises(NotAllowed):
        services.table_deal(deal=found, by=people.person(), now=INVESTED)
    with pytest.raises(Invalid, match="이유"):
        services.decline_deal(deal=found, by=made.manager, reason=" ")
    services.decline_deal(deal=found, by=made.manager, reason="실사에서 문제를 찾음")
    assert Deal.objects.get().status == DealStatus.DECLINED


def test_what_is_with_the_committee_is_not_stopped_by_hand(made):
    found = deal(made)
    services.table_deal(deal=found, by=made.manager, now=INVESTED)
    with pytest.raises(Refused, match="의결"):
        services.decline_deal(deal=found, by=made.manager, reason="변심")


def test_a_sub_fund_that_may_not_invest_yet():
    made = formed()
    with pytest.raises(Refused, match="투자 기간"):
        deal(made)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"instrument": "SAFE", "units": 5, "terms": {"cap": 1}}, "units"),
        ({"instrument": "SAFE", "units": 0, "terms": {}}, "cap"),
        ({"instrument": "COMMON", "units": 0, "terms": {}}, "units"),
        ({"instrument": "RCPS", "units": 1, "terms": {}}, "ratio_new"),
        ({"instrument": "SAFE", "units": 0, "terms": {"discount_bp": 10_000}}, "discount_bp"),
        ({"instrument": "PROJECT", "units": 0, "terms": {}}, "revenue_share_bp"),
        ({"amount": 0}, "amount"),
    ],
)
def test_terms_fit_the_instrument(made, given, field):
    with pytest.raises(Invalid) as refusal:
        deal(made, **given)
    assert refusal.value.field == field


def test_a_company_is_one_row_however_often_it_is_added(made):
    own = people.company(name="가온체인")
    services.add_company(sub_fund=made.sub_fund, name_ko="가온체인", organisation=own, by=made.manager)
    with pytest.raises(Invalid, match="이미 등록"):
        services.add_company(sub_fund=made.sub_fund, name_ko="가온체인", by=made.manager)
    with pytest.raises(Invalid, match="이미 등록"):
        services.add_company(sub_fund=made.sub_fund, name_ko="다른 이름", organisation=own, by=made.manager)


def test_the_published_safe_becomes_its_shares_and_carries_cost_and_day(made):
    """fund-36 through the services: SAFE → RCPS → common."""
    case = next(case for case in EXAMPLES["cases"] if case["id"] == "fund-36")
    given = case["input"]
    safe = invested(
        made, given["amount"], instrument="SAFE", units=0,
        terms={"cap": given["cap"], "discount_bp": given["discount_bp"]},
    )  # fmt: skip
    round_day = LATER.date()
    rcps = services.convert_lot(
        lot=safe, to="RCPS", on=round_day, by=made.manager, now=LATER, pre_money=given["pre_money"],
        shares=given["shares"], ratio_new=3, ratio_old=2,
    )  # fmt: skip
    assert (rcps.units, rcps.cost, rcps.first_cash_date) == (case["expect"], given["amount"], DAY)
    common = services.convert_lot(lot=rcps, to="COMMON", on=round_day, by=made.manager, now=LATER)
    safe.refresh_from_db()
    rcps.refresh_from_db()
    assert (safe.cost, rcps.units, rcps.cost) == (0, 0, 0)
    assert (common.units, common.cost, common.first_cash_date) == (60_000, given["amount"], DAY)
    assert balances(made)[Account.INVESTMENTS] == given["amount"]
    commit(lambda: None)


def test_a_conditional_note_becomes_a_safe_and_keeps_its_price(made):
    note = invested(made, instrument="CNOTE", units=0, terms={"cap": 2_500_000_000, "discount_bp": 2000})
    safe = services.convert_lot(lot=note, to="SAFE", on=DAY, by=made.manager, now=LATER)
    assert (safe.instrument, safe.units, safe.cap, safe.discount_bp) == ("SAFE", 0, 2_500_000_000, 2000)


@pytest.mark.parametrize(
    ("to", "changes", "field"),
    [
        ("CB", {}, "to"),
        ("RCPS", {}, "pre_money"),
        ("RCPS", {"pre_money": 10**15, "shares": 1}, "to"),
        ("RCPS", {"pre_money": 10**9, "shares": 10**6, "on": DAY - timedelta(days=1)}, "on"),
    ],
)
def test_a_conversion_that_makes_no_sense(made, to, changes, field):
    safe = invested(made, instrument="SAFE", units=0, terms={"cap": 0, "discount_bp": 2000})
    with pytest.raises(Invalid) as refusal:
        services.convert_lot(lot=safe, to=to, by=made.manager, now=LATER, **{"on": DAY, **changes})
    assert refusal.value.field == field


def test_what_was_converted_is_not_converted_again(made):
    lot = invested(made)
    services.convert_lot(lot=lot, to="COMMON", on=DAY, by=made.manager, now=LATER)
    with pytest.raises(Refused, match="이미"):
        services.convert_lot(lot=lot, to="COMMON", on=DAY, by=made.manager, now=LATER)


def test_a_split_changes_the_number_and_nothing_else(made):
    lot = services.split_lot(lot=invested(made), new=5, old=1, on=DAY, by=made.manager, now=LATER)
    assert (lot.units, lot.cost) == (50_000, 100_000_000)
    lot = services.split_lot(lot=lot, new=1, old=50, on=DAY, by=made.manager, now=LATER)
    assert events(lot)[1:] == [("SPLIT", 40_000, 0), ("SPLIT", -49_000, 0)]
    for new, old in ((1, 3), (0, 1), (2, 2)):
        with pytest.raises(Invalid):
            services.split_lot(lot=lot, new=new, old=old, on=DAY, by=made.manager, now=LATER)


def test_other_rooms_may_ask_whether_a_company_is_in_the_portfolio(made):
    own = people.company(name="가온체인")
    company = services.add_company(sub_fund=made.sub_fund, name_ko="가온체인", organisation=own, by=made.manager)
    invested(made, company=company)
    assert fact("fund.is_portfolio_company", organisation=own, on=DAY) is True
    assert fact("fund.is_portfolio_company", organisation=own, on=DAY - timedelta(days=1)) is False
    assert fact("fund.is_portfolio_company", organisation=people.company(), on=DAY) is False
    assert fact("fund.is_portfolio_company", organisation=None, on=DAY) is None


# --- what the database refuses whoever asks ---


def test_a_lot_that_is_not_the_sum_of_its_history(made):
    lot = invested(made)
    refused(lambda: Lot.objects.filter(pk=lot.pk).update(units=1), "not what happened to it")
    refused(lambda: Lot.objects.filter(pk=lot.pk).update(cost=1), "not what happened to it")


def test_a_history_that_is_edited(made):
    lot = invested(made)
    refused(lambda: SecurityEvent.objects.filter(lot=lot).update(units=1), "forbidden")
    refused(SecurityEvent.objects.filter(lot=lot).delete, "forbidden")


def test_a_holding_that_costs_another_sum_in_the_books(made):
    lot = invested(made)
    fields = {"book": queries.books.book_of(made.sub_fund), "sub_fund": made.sub_fund, "kind": EntryKind.INVESTMENT}

    def book(lines):
        post(on=DAY, event=uuid4(), now=INVESTED, lines=lines, **fields)

    refused(lambda: book(move(Account.INVESTMENTS, Account.CASH, 1, holding=lot.holding)), "in its lots")
    refused(lambda: book(move(Account.INVESTMENTS, Account.CASH, 1)), "cost of no holding")


def test_a_conversion_that_loses_money_and_one_without_a_leaf(made):
    lot = invested(made)
    row = {"lot": lot, "kind": "CONVERT", "on_date": DAY, "recorded_at": INVESTED, "event": uuid4()}

    def lose():
        SecurityEvent.objects.create(units=0, cost=-1, **row)
        Lot.objects.filter(pk=lot.pk).update(cost=lot.cost - 1)

    refused(lose, "loses or makes money|in its lots|leaf")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"instrument": "SAFE"}, "deal_units_fit_instrument"),
        ({"units": 0}, "deal_units_fit_instrument"),
        ({"amount": 0}, "deal_is_something"),
        ({"ratio_old": None}, "deal_ratio_is_whole"),
        ({"discount_bp": 10_000}, "deal_discount_leaves_a_price"),
        ({"instrument": "GOLD"}, "deal_instrument_known"),
        ({"funded_date": DAY}, "deal_funded_has_day"),
    ],
)
def test_a_deal_that_makes_no_sense(made, changes, constraint):
    found = deal(made)
    refused(lambda: Deal.objects.filter(pk=found.pk).update(**changes), constraint)


def test_a_safe_with_shares(made):
    lot = invested(made, instrument="SAFE", units=0, terms={"cap": 1_000_000_000})
    refused(lambda: Lot.objects.filter(pk=lot.pk).update(units=1), "lot_without_shares_has_none")


def test_a_reversal_mirrors_the_holding_too(made):
    """A mirror that names no holding is no mirror."""
    lot = invested(made)
    entry = lot.holding.postings.first().entry
    lines = [Line(leg.account, -leg.amount) for leg in entry.postings.all()]
    refused(
        lambda: post(
            book=entry.book, sub_fund=made.sub_fund, kind=EntryKind.REVERSAL, on=DAY, event=uuid4(), now=INVESTED,
            lines=lines, reversal_of=entry,
        ),
        "no mirror|cost of no holding",
    )  # fmt: skip
