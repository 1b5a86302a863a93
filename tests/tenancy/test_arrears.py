"""Arrears: a step at a time by the days passed; the job may run twice."""

from datetime import date, datetime, timedelta

import pytest

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.core.periods import SEOUL
from tenancy import services
from tenancy.models import ArrearsCase
from tests.factories.people import leaves
from tests.tenancy.test_money import adds_up, billed, imported

pytestmark = pytest.mark.django_db
DUE = date(2020, 1, 28)  # the 25th is a Saturday, Monday the New Year's holiday


def at(days):
    return datetime(2020, 1, 28, 9, tzinfo=SEOUL) + timedelta(days=days)


def case():
    return ArrearsCase.objects.get()


def test_the_steps_by_the_calendar():
    place = billed()
    assert place.invoices[0].due_date == DUE
    assert services.dun(now=at(0)) == 0
    seen = []
    for days in (1, 1, 6, 7, 29, 30, 59, 60, 90):
        services.dun(now=at(days))
        seen.append(case().status)
    assert seen == [
        "OPEN",
        "OPEN",
        "OPEN",
        "REMINDED",
        "REMINDED",
        "DEMANDED",
        "DEMANDED",
        "FINAL_NOTICE",
        "FINAL_NOTICE",
    ]
    assert [leaf["type"].split(".")[2] for leaf in leaves(case())] == [
        "opened/1",
        "reminded/1",
        "demanded/1",
        "warned/1",
    ]
    adds_up()


def test_a_job_that_comes_late_sends_one_letter_a_day():
    billed()
    seen = []
    for days in (90, 90, 91, 91, 92):
        services.dun(now=at(days))
        seen.append(case().status)
    assert seen == ["REMINDED", "REMINDED", "DEMANDED", "DEMANDED", "FINAL_NOTICE"]


def test_paid_is_closed_and_a_new_debt_is_a_new_case():
    place = billed()
    services.dun(now=at(1))
    imported(place, "2020-01-29,100000,가온체인0,")
    services.dun(now=at(2))
    assert case().status == "CLOSED"
    [february] = services.bill_month(hub=place.hub, month=date(2020, 2, 1))
    services.issue_invoice(invoice=february, by=place.finance, now=at(3))
    services.dun(now=at(40))
    assert [row.status for row in ArrearsCase.objects.order_by("id")] == ["CLOSED", "REMINDED"]


def test_instalments_are_kept_or_broken():
    place = billed()
    for days in (1, 7):
        services.dun(now=at(days))
    parts = [(date(2020, 2, 20), 40_000), (date(2020, 3, 20), 60_000)]
    services.agree_plan(case=case(), instalments=parts, by=place.finance, now=at(8))
    imported(place, f"2020-02-19,40000,박,{place.invoices[0].number}")
    services.dun(now=at(24))
    assert case().status == "PLAN"
    services.dun(now=at(60))
    assert case().status == "DEMANDED"
    adds_up()


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [(date(2020, 3, 1), 99_999)],
        [(date(2020, 1, 30), 100_000)],
        [(date(2020, 3, 1), 0), (date(2020, 4, 1), 100_000)],
    ],
)
def test_what_is_no_plan(parts):
    place = billed()
    for days in (1, 7):
        services.dun(now=at(days))
    with pytest.raises(Invalid):
        services.agree_plan(case=case(), instalments=parts, by=place.finance, now=at(8))


def test_termination_by_the_approver_after_the_final_notice_and_a_hearing():
    place = billed()
    for days in (1, 7, 30):
        services.dun(now=at(days))
    with pytest.raises(NotAllowed):
        services.start_termination(case=case(), heard_date=DUE, by=place.finance, now=at(31), reason="체납")
    with pytest.raises(Exception, match="절차"):
        services.start_termination(case=case(), heard_date=DUE, by=place.approver, now=at(31), reason="체납")
    services.dun(now=at(60))
    stale = case()
    services.start_termination(case=case(), heard_date=DUE, by=place.approver, now=at(61), reason="체납")
    assert (case().status, case().heard_date) == ("TERMINATING", DUE)
    with pytest.raises(Overtaken):
        services.start_termination(case=stale, heard_date=DUE, by=place.approver, now=at(61), reason="체납")
