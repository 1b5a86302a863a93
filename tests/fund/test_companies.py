"""What is known of a company on a day: corrected without losing what was known, and the jobs counted from it."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from fund import queries, services
from fund.models import CompanyReport
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed
from portal.plan.registry import metric
from tests.factories import people
from tests.factories.fund import DAY, INVESTED, invested, investing
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db
LATER = date(2020, 6, 30)
SEOUL = "서울특별시 마포구 마포대로 122"


@pytest.fixture
def made():
    return investing()


def reported(made, company, on=DAY, *, now=None, **said):
    asked = {"source": "INSURANCE", "source_date": on, "by": made.manager, "now": now or database_now(), **said}
    return services.record_report(company=company, on=on, **asked)


def known_of(company, on=LATER, known=None):
    return queries.companies.states({company.pk: on}, known=known or database_now())[company.pk]


def test_the_last_word_on_each_figure_holds_and_a_correction_keeps_what_was_known(made):
    company = invested(made).holding.company
    reported(made, company, headcount=10, address=SEOUL, now=INVESTED)
    reported(made, company, date(2020, 1, 31), headcount=14, now=INVESTED.replace(year=2020, month=3))
    assert known_of(company).headcount == 14
    assert known_of(company).address == SEOUL
    assert known_of(company, DAY).headcount == 10
    assert known_of(company, DAY - timedelta(days=1)) == queries.companies.UNKNOWN
    later = INVESTED.replace(year=2020, month=5)
    reported(made, company, headcount=9, now=later)
    assert known_of(company, DAY).headcount == 9
    assert known_of(company, DAY, known=later - timedelta(days=1)).headcount == 10
    assert known_of(company, DAY).address is None, "the corrected word said nothing of it"
    assert [row.headcount for row in queries.companies.reports_of(company)] == [14, 9]


def test_who_may_and_what_is_refused(made):
    company = invested(made).holding.company
    with pytest.raises(NotAllowed):
        reported(made, company, headcount=1, by=people.person())
    tomorrow = (database_now() + timedelta(days=2)).date()
    for asked, field in (
        ({}, "headcount"),
        ({"headcount": 1, "on": tomorrow, "source_date": tomorrow}, "on"),
        ({"headcount": 1, "source_date": DAY - timedelta(days=1)}, "source_date"),
        ({"shares": 0}, "shares"),
    ):
        with pytest.raises(Invalid) as refused:
            reported(made, company, **{"on": DAY, **asked})
        assert refused.value.field == field
    assert not CompanyReport.objects.exists()


def test_the_database_keeps_what_was_said(made):
    company = invested(made).holding.company
    row = reported(made, company, headcount=10)

    def refused(action, said):
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            action()

    rows = CompanyReport.objects.filter(pk=row.pk)
    refused(lambda: rows.update(headcount=99), "never edited")
    refused(rows.delete, "never edited")
    span = DateTimeTZRange(row.known.lower + timedelta(seconds=1), None)
    same = {"company": company, "source": "TAX", "recorded_by": made.manager, "known": span}
    for fields, name in (
        ({"on_date": DAY, "source_date": DAY, "headcount": 1}, "one_company_report_at_a_time"),
        ({"on_date": LATER, "source_date": LATER}, "company_report_says_something"),
        ({"on_date": LATER, "source_date": DAY, "headcount": 1}, "company_report_source_is_no_forecast"),
        ({"on_date": LATER, "source_date": LATER, "shares": 0}, "company_report_has_shares"),
        ({"on_date": LATER, "source_date": LATER, "statutory": "FAMOUS"}, "company_report_statutory_known"),
        ({"on_date": LATER, "source_date": LATER, "headcount": 1, "source": "RUMOUR"}, "company_report_source_known"),
    ):
        refused(lambda fields=fields: CompanyReport.objects.create(**{**same, **fields}), name)


def test_jobs_count_in_full_by_what_is_owned_and_by_the_citys_part(made):
    lot, unheard = invested(made), invested(made)
    safe = invested(made, 5_000_000, instrument="SAFE", units=0, terms={"cap": 10**9})
    firsts = {one.holding.company_id: DAY for one in (lot, unheard, safe)}
    for one, before, after in ((lot, 10, 25), (safe, 3, 4)):
        reported(made, one.holding.company, headcount=before)
        reported(made, one.holding.company, date(2020, 1, 31), headcount=after, shares=100_000)
    found = queries.companies.jobs(made.programme, firsts, on=LATER, known=database_now())
    assert (found.full.before, found.full.after, found.full.unknown) == (13, 29, 1)
    assert (found.owned.before, found.owned.after, found.owned.unknown) == (1, Fraction(5, 2), 2)
    assert (found.city.before, found.city.after) == (Fraction(14, 100), Fraction(35, 100))


def test_a_company_is_in_seoul_by_its_address_of_the_day(made):
    company, cluster = invested(made).holding.company, made.programme.cluster
    counted = metric("fund.seoul_companies_invested").compute
    assert counted(cluster, LATER, []) is None
    reported(made, company, address=SEOUL)
    reported(made, company, date(2020, 3, 1), address="경기도 성남시 분당구")
    assert (counted(cluster, DAY, []), counted(cluster, LATER, [])) == (1, 0)


def test_the_page_keeps_what_was_typed_and_shows_what_was_said(made):
    company = invested(made).holding.company
    browser, address = browser_of(made.manager), reverse("fund:new_report", args=[company.public_id])
    typed = {"on": "2019-06-30", "source": "TAX", "source_date": "2019-06-01", "headcount": "12"}
    wrong = browser.post(address, typed)
    assert wrong.status_code == 422
    assert "출처의 날짜는 기준일과 오늘 사이여야 합니다." in wrong.content.decode()
    assert 'value="12"' in wrong.content.decode()
    assert browser.post(address, {**typed, "source_date": "2019-07-20"}).status_code == 302
    page = browser.get(reverse("fund:company", args=[company.public_id])).content.decode()
    assert "국세 신고" in page
    shown = browser.get(reverse("fund:exposure"), {"on": "2019-06-30"}).content.decode()
    assert "확인 불가 1개" in shown
