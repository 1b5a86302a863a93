"""Statements of every sub-fund and quarter agree with what is counted in other ways, and one query makes them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fund import services
from fund.models import SubFund
from fund.queries import books, flows, pooled
from fund.queries.statements import statements
from fund.statements import endings
from portal.core.clock import database_now
from tests.factories.fund import DAY, INVESTED, NOW, TERMS, formed, invested, investing, measured, valued

pytestmark = pytest.mark.django_db
LATER = date(2020, 5, 15)


@pytest.fixture
def made():
    """Two sub-funds of one programme; the first with a value, a write-down and a distribution, the second young."""
    made = investing()
    lot, other = invested(made, 100_000_000), invested(made, 33_333_333)
    valued(made, lot.holding, 170_000_001)
    measured(made, other.holding, "WRITE_DOWN", 10_000_001)
    late = datetime(2020, 2, 3, 1, tzinfo=UTC)
    found = services.propose_distribution(
        sub_fund=made.sub_fund, kind="PERMANENT", amount=50_000_003, on=late.date(), by=made.manager, now=late
    )
    services.approve_distribution(distribution=found, by=made.approver)
    services.pay_distribution(distribution=found, by=made.manager, now=late)
    formed(into=made, units={"city": 100, "fof": 600, "alpha": 300})
    return made


def test_every_end_is_the_net_assets_of_its_day_and_the_three_columns_meet(made):
    found = statements(made.programme, on=LATER)
    assert [row.quarter for row in found if row.sub_fund == found[0].sub_fund] == [
        date(2019, 1, 1), date(2019, 4, 1), date(2019, 7, 1), date(2019, 10, 1), date(2020, 1, 1), date(2020, 4, 1)
    ]  # fmt: skip
    assert found[5].end == LATER
    for row in found:
        periods = [(one.beginning, *one.lines) for one in row.columns]
        sub_fund = SubFund.objects.get(pk=row.sub_fund)
        assert endings(periods) == flows.net_assets(sub_fund, on=row.end) == row.columns[0].ending


def test_the_lines_are_what_the_cash_flows_and_accounts_say(made):
    row = next(row for row in statements(made.programme, on=LATER) if row.quarter == date(2020, 4, 1))
    _quarter, year, whole = row.columns
    first = SubFund.objects.get(pk=row.sub_fund)
    money = flows.cash_flows(first, on=LATER)
    assert whole.lines[0] == sum(one.paid_in for one in money) == 500_000_000
    assert whole.lines[1] == -sum(one.distributed for one in money)
    assert (whole.lines[6], whole.lines[7]) == (70_000_001, -10_000_001)
    assert year.lines[0] == 0
    assert year.lines[1] + year.lines[8] == -50_000_003
    assert year.beginning == 560_000_000


def test_the_partners_together_are_the_sub_fund_and_agree_with_the_snapshot(made):
    found = {row.sub_fund: row for row in statements(made.programme, on=LATER) if row.end == LATER}
    values = pooled.partner_values(made.programme, on=LATER, known=database_now())
    assert {(pk, partner): row.of(partner)[2].ending for pk, row in found.items() for partner in row.partners} == values
    for row in found.values():
        for place, column in enumerate(row.columns):
            own = [row.of(partner)[place] for partner in row.partners]
            assert sum(one.ending for one in own) == column.ending
            assert sum(one.beginning for one in own) == column.beginning
            for one in own:
                moved = one.contributions + one.distributions + one.result + one.between
                assert one.beginning + moved == one.ending
    city = made.partners["city"].pk
    assert [row.commitment(city) for row in found.values()] == [(140_000_000, 70_000_000), (100_000_000, 100_000_000)]


def test_what_was_known_later_is_not_in_an_earlier_statement(made):
    known = INVESTED + timedelta(days=1)
    then = statements(made.programme, on=LATER, known=known)
    assert [row.columns[2].ending for row in then if row.end == LATER] == [560_000_000, 0]
    assert statements(made.programme, on=date(2018, 12, 31)) == []


def test_one_query_counts_and_one_names(made):
    with CaptureQueriesContext(
        connection,
    ) as said:
        statements(made.programme, on=LATER)
    assert len(said) == 2


def test_a_book_never_adds_two_currencies():
    made = investing(20_000_000)
    dollars = services.create_sub_fund(
        programme=made.programme, manager=made.partners["gp"].organisation, by=made.manager, now=NOW, code="usd",
        name_ko="달러 조합", name_en="Dollars", vintage=2019, currency="USD",
    )  # fmt: skip
    won = books.balances(books.city_book(made.programme), on=DAY)
    made.sub_fund = dollars
    for state, by in (("SELECTED", made.approver), ("GATHERING", made.manager)):
        services.move_sub_fund(sub_fund=dollars, to=state, by=by, now=NOW)
    services.adopt_agreement(sub_fund=dollars, start=NOW.date(), terms=TERMS, by=made.approver, now=NOW)
    made.commit("city", 10)
    made.commit("fof", 90)
    made.close()
    made.pay(made.call(5_000_000))
    city = books.city_book(made.programme)
    assert books.balances(city, on=DAY) == won
    assert books.balances(city, on=DAY, currency="USD")[1300] == 500_000
    assert books.balances(books.book_of(dollars), on=DAY)[1100] == 5_000_000
