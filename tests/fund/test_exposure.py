"""Look-through over the books, invariant I10, the page with its file, and the plan's metrics."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.urls import reverse

from fund import services
from fund.enums import Account
from fund.queries import books, exposure, flows
from portal.core.clock import database_now
from portal.plan.registry import fact, metric
from tests.factories import people
from tests.factories.fund import DAY, INVESTED, deal, house, invested, investing, measured, valued
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db


def shown(made, on=DAY, known=None):
    return exposure.look_through(made.programme, on=on, known=known or database_now())


def net_assets(made, on=DAY):
    return sum(flows.net_assets(row, on=on) for row in made.programme.sub_funds.all())


def test_exposures_and_cash_are_the_net_assets():
    made = investing()
    first, other = invested(made, 100_000_000), invested(made, 50_000_000)
    valued(made, first.holding, 160_000_000)
    measured(made, other.holding, "WRITE_DOWN", 20_000_000)
    found = shown(made)
    assert [cut.whole for cut in found.rows] == [160_000_000, 30_000_000]
    assert found.whole + found.rest == found.nav == net_assets(made) == 540_000_000
    assert found.rest == books.balances(books.book_of(made.sub_fund), on=DAY)[Account.CASH] == 350_000_000
    before = shown(made, on=DAY - timedelta(days=1))
    assert (before.rows, before.rest, before.nav) == ((), 500_000_000, net_assets(made, DAY - timedelta(days=1)))


def test_a_company_of_two_sub_funds_is_one_row_and_the_city_owns_its_part_of_each_path():
    made = investing()
    lot = invested(made, 100_000_000)
    one = made.sub_fund
    two = investing(into=made, units={"city": 100, "fof": 600, "alpha": 300}).sub_fund
    invested(made, 30_000_000, company=lot.holding.company)
    found = shown(made)
    assert len(found.rows) == 1
    row = found.rows[0]
    assert set(row.sub_funds) == {one, two}
    assert (row.cost, row.whole) == (130_000_000, 130_000_000)
    assert row.city == Fraction(14_000_000 + 3_000_000)
    assert found.whole + found.rest == found.nav == net_assets(made)
    assert metric("fund.companies_invested").compute(made.programme.cluster, DAY, []) == 1


def test_what_became_known_later_changes_no_earlier_answer():
    made = investing()
    lot = invested(made, 100_000_000)
    valued(made, lot.holding, 250_000_000, now=INVESTED + timedelta(days=2))
    assert shown(made, known=INVESTED + timedelta(days=1)).rows[0].whole == 100_000_000
    assert shown(made, known=INVESTED + timedelta(days=2)).rows[0].whole == 250_000_000


def test_tenancy_is_answered_three_times_and_unknown_is_not_no():
    made = investing()
    company = services.add_company(
        sub_fund=made.sub_fund, name_ko="입주했던기업", sector="핀테크", by=made.manager, organisation=people.company()
    )
    invested(made, 10_000_000, company=company)
    invested(made, 5_000_000)
    asked, unasked = (row.standing for row in shown(made).rows)
    assert (asked.tenant_at_investment, asked.tenant_now, asked.graduate) == (False, False, False)
    assert (unasked.tenant_at_investment, unasked.tenant_now, unasked.graduate) == (None, None, None)
    page = browser_of(made.manager).get(reverse("fund:exposure"), {"on": DAY.isoformat()}).content.decode()
    assert page.count("확인 불가") >= 3
    assert "확인 불가 1개" in page
    assert fact("tenancy.is_tenant", organisation=None, on=DAY) is None


def test_the_page_keeps_its_day_in_the_file_and_a_name_is_no_formula():
    made = investing()
    company = services.add_company(sub_fund=made.sub_fund, name_ko="=1+1", sector="", by=made.manager)
    invested(made, 10_000_000, company=company)
    browser = browser_of(made.manager)
    page = browser.get(reverse("fund:exposure"), {"on": DAY.isoformat()}).content.decode()
    address = reverse("fund:exposure_csv", args=[made.programme.code])
    assert f"{address}?on={DAY}" in page
    answer = browser.get(address, {"on": DAY.isoformat()})
    text = answer.content.decode("utf-8-sig").splitlines()
    assert text[1].startswith("'=1+1,")
    assert ",10000000,10000000,1400000,unknown,unknown,unknown," in text[1]
    assert text[2].startswith("(cash and other),,,,490000000,")
    assert browser.get(reverse("fund:exposure"), {"on": "nonsense"}).status_code == 200
    assert browser.get(reverse("fund:exposure_csv", args=["nothing"])).status_code == 404


def test_the_plan_counts_eight_figures_of_the_fund():
    made = investing()
    cluster = made.programme.cluster
    registered = people.company()
    company = services.add_company(
        sub_fund=made.sub_fund, name_ko="서울기업", sector="", by=made.manager, organisation=registered
    )
    invested(made, 10_000_000, company=company)
    services.record_report(
        company=company,
        on=DAY,
        source="REGISTRY",
        source_date=DAY,
        address="서울특별시 마포구",
        by=made.manager,
        now=INVESTED,
    )

    def counted(name, on=DAY, scope=()):
        return metric(f"fund.{name}").compute(cluster, on, scope)

    assert counted("committed_total") == 1_000_000_000
    assert counted("committed_city") == 140_000_000
    assert counted("city_share") == 1400
    assert counted("subfunds_formed") == 1
    assert counted("invested_amount") == 10_000_000
    assert counted("companies_invested") == 1
    assert counted("seoul_companies_invested") == 1
    assert counted("tenant_companies_invested") == 0
    assert counted("companies_invested", on=DAY - timedelta(days=1)) == 0
    assert counted("committed_total", scope=["mapo"]) is None, "a fund belongs to no hub"
    invested(made, 5_000_000)
    assert counted("companies_invested") == 2
    assert counted("seoul_companies_invested") is None, "nobody knows where the second is"
    assert counted("tenant_companies_invested") is None


def test_without_a_programme_the_figures_are_unknown_and_before_the_first_close_nought():
    assert metric("fund.committed_total").compute(people.cluster("busan"), DAY, []) is None
    empty = house()
    assert metric("fund.committed_total").compute(empty.programme.cluster, DAY, []) == 0
    assert metric("fund.city_share").compute(empty.programme.cluster, DAY, []) is None
    page = browser_of(empty.manager).get(reverse("fund:exposure")).content.decode()
    assert "이 날 보유한 기업이 없습니다." in page


def test_a_deal_on_its_way_is_no_investment():
    made = investing()
    deal(made)
    assert exposure.invested_companies([made.programme], on=DAY, known=INVESTED) == {}
