"""What counts towards a duty: a company once, at the investment or now, and never more than was invested (I11)."""

from datetime import date

import pytest

from fund import services
from fund.queries import duties
from fund.queries.duties import Predicate
from portal.core.clock import database_now
from tests.factories.fund import DAY, INVESTED, invested, investing

pytestmark = pytest.mark.django_db
LATER = date(2020, 6, 30)


def counted(made, predicate=Predicate.SEOUL, *, on=LATER, known=None, at_investment=False, sub_funds=None):
    asked = sub_funds or [made.sub_fund]
    return duties.count(asked, predicate, on=on, known=known or database_now(), at_investment=at_investment)


def moved(made, company, on, address, now=INVESTED):
    said = {"source": "REGISTRY", "source_date": on, "address": address}
    services.record_report(company=company, on=on, by=made.manager, now=now, **said)


def test_a_company_that_leaves_seoul_stays_at_investment_and_not_now():
    made = investing()
    company = invested(made, 10_000_000).holding.company
    invested(made, 5_000_000)
    moved(made, company, DAY, "서울특별시 마포구")
    moved(made, company, date(2020, 3, 1), "경기도 성남시", now=INVESTED.replace(year=2020, month=4))
    for at_investment, eligible in ((True, 10_000_000), (False, 0)):
        found = counted(made, at_investment=at_investment)
        assert (found.invested, found.eligible, found.unknown) == (15_000_000, eligible, 5_000_000)
        assert found.eligible + found.unknown <= found.invested
    assert counted(made, known=INVESTED.replace(year=2020, month=3)).eligible == 10_000_000
    assert counted(made, on=date(2019, 1, 1)).rows == ()


def test_a_company_of_two_sub_funds_counts_once_with_all_its_money():
    made = investing()
    company = invested(made, 100_000_000).holding.company
    other = investing(into=made, units={"city": 100, "fof": 600, "alpha": 300}).sub_fund
    first = made.programme.sub_funds.exclude(pk=other.pk).get()
    invested(made, 30_000_000, company=company)
    moved(made, company, DAY, "서울특별시 마포구")
    found = counted(made, sub_funds=[first, other])
    assert [(row.company, row.amount, row.counts) for row in found.rows] == [(company, 130_000_000, True)]
    assert counted(made, sub_funds=[other]).eligible == 30_000_000


def test_by_statute_a_project_counts_as_such_and_of_a_company_somebody_has_to_say_it():
    made = investing()
    startup, neither = (invested(made, amount).holding.company for amount in (10_000_000, 20_000_000))
    project = services.add_company(
        sub_fund=made.sub_fund, name_ko="축제", name_en="Festival", sector="행사", kind="PROJECT", by=made.manager
    )
    invested(made, 30_000_000, company=project)
    invested(made, 40_000_000)
    certified(made, startup, DAY, "STARTUP")
    certified(made, startup, date(2020, 3, 1), "NEITHER", now=INVESTED.replace(year=2020, month=4))
    certified(made, neither, DAY, "NEITHER")
    for at_investment, eligible in ((True, 40_000_000), (False, 30_000_000)):
        found = counted(made, Predicate.STATUTE, at_investment=at_investment)
        assert (found.eligible, found.unknown) == (eligible, 40_000_000)


def certified(made, company, on, statutory, now=INVESTED):
    said = {"source": "CERTIFICATE", "source_date": on, "statutory": statutory}
    services.record_report(company=company, on=on, by=made.manager, now=now, **said)


@pytest.mark.parametrize(
    ("tenant", "graduate", "counts"),
    [(True, None, True), (False, True, True), (False, False, False), (False, None, None), (None, None, None)],
)
def test_tenant_or_graduate_and_unknown_is_not_no(monkeypatch, tenant, graduate, counts):
    made = investing()
    invested(made, 10_000_000)
    answers = {"tenancy.is_tenant": tenant, "tenancy.is_graduate": graduate}
    monkeypatch.setattr("fund.queries.exposure.fact", lambda name, **asked: answers[name])
    found = counted(made, Predicate.HUB)
    assert found.rows[0].counts is counts
    assert found.eligible == (10_000_000 if counts else 0)
