"""Distributions through the services and the database, and the performance that follows from the postings."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from fund import queries, services
from fund.enums import Account, DistributionStatus, EntryKind
from fund.models import Commitment, Distribution, DistributionShare
from fund.queries.books import book_of
from fund.services.books import move
from portal.core.errors import Invalid, NotAllowed, Overtaken
from tests.factories.fund import FORMED, NOW, formed
from tests.fund.test_constraints import refused, sql
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db
PAID_ON = date(2021, 3, 25)
PAID_AT = datetime(2021, 3, 26, 1, 0, tzinfo=UTC)


@pytest.fixture
def made():
    """100 million paid in by all on 2019-03-25, 60 million earned since."""
    made = formed()
    made.pay(made.call(100_000_000, due=date(2019, 3, 25)))
    earn(made, 60_000_000)
    return made


def earn(made, amount):
    services.post(
        book=book_of(made.sub_fund), sub_fund=made.sub_fund, kind=EntryKind.EXIT, on=date(2021, 1, 4),
        event=made.sub_fund.public_id, now=NOW, lines=move(Account.CASH, Account.REALISED, amount),
    )  # fmt: skip


def proposed(made, amount=130_000_000, kind="PERMANENT"):
    return services.propose_distribution(
        sub_fund=made.sub_fund, kind=kind, amount=amount, on=PAID_ON, by=made.manager, now=PAID_AT
    )


def paid(made, *args):
    row = proposed(made, *args)
    services.approve_distribution(distribution=row, by=made.approver)
    services.pay_distribution(distribution=row, by=made.manager, now=PAID_AT)
    return row


def balances(made):
    return queries.books.balances(book_of(made.sub_fund), on=PAID_ON)


def test_the_waterfall_returns_capital_then_the_hurdle_then_carry_on_the_excess(made):
    row = paid(made)
    preferred = 12_360_000
    carry = (130_000_000 - 100_000_000 - preferred) * 2000 // 10_000
    assert row.run["lines"] == [
        ["return_of_capital", 100_000_000, 0],
        ["preferred_return", preferred, 0],
        ["catch_up", 0, 0],
        ["split", 30_000_000 - preferred - carry, carry],
    ]
    assert (row.status, sum(share.amount for share in row.shares.all())) == (
        DistributionStatus.PAID,
        130_000_000 - carry,
    )
    found = balances(made)
    assert (found[Account.CASH], found[Account.CARRY_PAID]) == (30_000_000, carry)
    city = queries.books.balances(queries.books.city_book(made.programme), on=PAID_ON)
    assert (city.get(Account.INVESTMENTS), city[Account.REALISED]) == (
        None,
        -(130_000_000 - carry - 100_000_000) * 14 // 100,
    )


@pytest.mark.parametrize(
    ("kind", "field", "tvpi"), [("RECALLABLE", "recallable", "160/100"), ("EXCESS_RETURN", "returned_excess", "150/90")]
)
def test_the_same_ten_as_recallable_or_excess_return(made, kind, field, tvpi):
    """Example 18's lesson on posted money: both may be called again, only the return lowers what was paid in."""
    paid(made, 10_000_000, kind)
    ours = Commitment.objects.get(partner=made.partners["city"])
    assert (getattr(ours, field), ours.unfunded) == (1_400_000, 140_000_000 - 14_000_000 + 1_400_000)
    result = queries.flows.performance_of(made.sub_fund, on=PAID_ON)
    top, bottom = map(int, tvpi.split("/"))
    assert result.multiples.tvpi * bottom == top


def test_two_persons_and_fresh_books(made):
    row = proposed(made)
    with pytest.raises(NotAllowed):
        services.approve_distribution(distribution=row, by=made.manager)
    paid(made, 20_000_000)
    with pytest.raises(Invalid, match="장부가 바뀌었습니다"):
        services.approve_distribution(distribution=row, by=made.approver)
    refused(lambda: Distribution.objects.update(approved_by=made.manager), "distribution_two_persons")
    refused(sql("UPDATE fund_distribution SET status = 'REVERSED'"), "constraint|leaf")
    refused(lambda: DistributionShare.objects.update(amount=1), "forbidden")


@pytest.mark.parametrize(
    ("changes", "match"),
    [({"amount": 160_000_001}, "현금"), ({"amount": 0}, "0보다 크고"), ({"on": date(2018, 1, 1)}, "규약")],
)
def test_what_cannot_be_distributed(made, changes, match):
    asked = {"amount": 1_000_000, "on": PAID_ON, "kind": "PERMANENT", **changes}
    with pytest.raises(Invalid, match=match):
        services.propose_distribution(sub_fund=made.sub_fund, by=made.manager, now=PAID_AT, **asked)
    with pytest.raises(Invalid, match="지난 날"):
        services.propose_distribution(
            sub_fund=made.sub_fund, by=made.manager, now=NOW, kind="PERMANENT", amount=1, on=PAID_ON
        )


def test_a_wrong_distribution_is_mirrored_and_the_next_starts_from_the_truth(made):
    before = balances(made)
    row = paid(made, 10_000_000, "RECALLABLE")
    with pytest.raises(Invalid, match="이유"):
        services.reverse_distribution(distribution=row, by=made.approver, now=PAID_AT, reason="")
    stale = Distribution.objects.get(pk=row.pk)
    services.reverse_distribution(distribution=row, by=made.approver, now=PAID_AT, reason="다른 조합의 돈")
    with pytest.raises(Overtaken):
        services.reverse_distribution(distribution=stale, by=made.approver, now=PAID_AT, reason="두 번")
    assert queries.books.balances(book_of(made.sub_fund), on=PAID_AT.date()) == before
    assert Commitment.objects.filter(recallable__gt=0).count() == 0
    kinds = [flow.kind for flow in queries.flows.waterfall_flows(made.sub_fund, on=PAID_AT.date())]
    assert kinds == ["contribution"]


def test_the_rate_of_the_posted_flows(made):
    paid(made, 100_000_000)
    result = queries.flows.performance_of(made.sub_fund, on=PAID_ON)
    days = (PAID_ON - date(2019, 3, 25)).days
    assert [(flow.on, flow.net) for flow in result.flows] == [(date(2019, 3, 25), -100_000_000), (PAID_ON, 100_000_000)]
    assert result.nav == 60_000_000
    assert result.rate.rate == pytest.approx(1.6 ** (365 / days) - 1, abs=1e-9)
    assert str(result.multiples.tvpi) == "8/5"
    early = queries.flows.performance_of(made.sub_fund, on=FORMED)
    assert (early.rate.status, early.multiples.tvpi) == ("UNDEFINED", None)


def test_the_wizard_explains_every_tier_and_the_approver_decides(made):
    manager, approver = browser_of(made.manager), browser_of(made.approver)
    address = reverse("fund:new_distribution", args=[made.sub_fund.public_id])
    answers = {"kind": "PERMANENT", "amount": 130_000_000, "on": PAID_ON.isoformat()}
    page = manager.post(address, answers).content.decode()
    assert "12,360,000원" in page
    assert "원금 반환" in page
    assert Distribution.objects.count() == 0
    too_much = manager.post(address, {**answers, "amount": 10**12})
    assert (too_much.status_code, "1000000000000" in too_much.content.decode()) == (422, True)
    manager.post(address, {**answers, "propose": "1"})
    row = Distribution.objects.get()
    for browser, step, status in (
        (manager, "approve", "COMPUTED"),
        (approver, "approve", "APPROVED"),
        (manager, "pay", "PAID"),
    ):
        browser.post(reverse("fund:distribution_step", args=[row.public_id, step]))
        row.refresh_from_db()
        assert row.status == status
    assert "130,000,000원" in approver.get(reverse("fund:distribution", args=[row.public_id])).content.decode()
    shown = manager.get(reverse("fund:sub_fund", args=[made.sub_fund.public_id]), {"show": "performance"})
    assert "TVPI" in shown.content.decode()
