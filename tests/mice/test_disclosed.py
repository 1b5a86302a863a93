"""What everybody reads of event support, as a page and as data."""

import csv
import io

import pytest
from django.utils import translation

from portal.mice import disclosure, services
from portal.mice.disclosure import FIELDS
from tests.factories import support
from tests.factories.people import company
from tests.factories.support import MILLION, NOW
from tests.mice.doors import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_korean():
    with translation.override("ko"):
        yield


@pytest.fixture
def run():
    return support.support()


def page(**query):
    return browser().get("/ko/events/support/", query)


def data(form="json", **query):
    return browser().get(f"/ko/events/support.{form}", query)


def test_an_empty_list_says_so():
    assert "아직 지원한 행사가 없습니다." in page().content.decode()
    assert data().json() == {"currency": "KRW", "awards": []}


def test_what_was_given_is_told_at_once_and_what_was_recognised_after_the_settlement(run):
    edition = support.edition("가을 회의")
    award = support.held(run, edition, 60)
    report = support.reported(run, award, support.spent(award, 50 * MILLION))
    services.audit_report(report=report, by=run.officer, now=support.AFTER)
    (row,) = data().json()["awards"]
    assert (row["awarded"], row["paid"]) == (60 * MILLION, 30 * MILLION)
    assert (row["recognised"], row["final"], row["actual_onsite"]) == (None, None, None)
    services.settle_award(award=award, by=run.approver, now=support.AFTER)
    (row,) = data().json()["awards"]
    assert row["recognised"] == report.__class__.objects.get(pk=report.pk).recognised
    assert row["actual_onsite"] == 0
    assert row["planned_onsite"] == 100
    text = page().content.decode()
    assert "실적 0명" in text
    assert "가을 회의" in browser().get(f"/ko/events/{edition.public_id}/").content.decode()


def test_companies_are_named_and_persons_never(run):
    award = support.award(run, support.edition(), 20)
    names = {run.officer.name, support.master(award).name, support.master(award).email}
    for answer in (page(), data(), data("csv")):
        text = answer.content.decode()
        assert str(award.organisation) in text
        assert not [name for name in names if name and name in text]


def test_sums_by_year_and_programme_leave_out_what_was_cancelled(run):
    support.award(run, support.edition(), 20)
    gone = support.advanced(run, support.edition(), 40)
    services.cancel_award(award=gone, by=run.approver, now=NOW, reason="취소")
    (total,) = disclosure.sums(disclosure.awards())
    assert (total["count"], total["awarded"], total["paid_out"]) == (1, 20 * MILLION, 20 * MILLION)
    other = support.support(year=2018)
    support.award(other, support.edition(), 10)
    assert [row["envelope__fiscal_year"] for row in disclosure.sums(disclosure.awards())] == [2019, 2018]


def test_filters_hold_for_the_page_and_the_data(run):
    support.award(run, support.edition("하나"), 20)
    other = support.support(year=2018)
    support.award(other, support.edition("다른"), 10)
    for query, titles in [
        ({"year": "2018"}, ["다른"]),
        ({"programme": run.programme.code}, ["하나"]),
        ({"status": "CLOSED"}, []),
        ({}, ["다른", "하나"]),
    ]:
        assert sorted(row["edition"] for row in data(**query).json()["awards"]) == sorted(titles), query
        assert page(**query).status_code == 200
    for wrong in ({"year": "x"}, {"programme": "none"}, {"status": "<"}):
        assert page(**wrong).status_code == 400
        assert data(**wrong).status_code == 404
    assert data("xml").status_code == 404


def test_a_name_is_no_formula_in_a_spreadsheet(run):
    support.award(run, support.edition("=1+1"), 20, organisation=company(name="@회사"))
    answer = data("csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert tuple(row) == FIELDS
    assert (row["edition"], row["organiser"], row["recognised"]) == ("'=1+1", "'@회사", "")


def test_a_correction_shows(run):
    award = support.agreed(run, support.edition(), 60)
    asked = services.request_amendment(
        award=award, lines=support.lines(40), reason="줄임", by=support.master(award), now=NOW
    )
    services.approve_amendment(amendment=asked, by=run.approver, now=NOW)
    assert "처음 60,000,000" in page().content.decode()
    (row,) = data().json()["awards"]
    assert (row["decided"], row["awarded"]) == (60 * MILLION, 40 * MILLION)


def test_many_awards_take_as_many_statements_as_one(run, django_assert_max_num_queries):
    support.award(run, support.edition(), 20)
    with django_assert_max_num_queries(12):
        page()
    for _ in range(5):
        support.award(run, support.edition(), 20)
    with django_assert_max_num_queries(12):
        page()
