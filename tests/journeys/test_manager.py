"""The fund manager's work in browsers: a call, an investment, a value, a distribution, a quarter; each with its second person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fund.models import SubFund
from portal.core.clock import database_now
from portal.core.periods import SEOUL
from tests.journeys.fund import adds_up, deliberated, fill, led, place, rows, told

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


@pytest.fixture
def manager(at_site, visit):
    """The manager before the page of the second sub-fund, which still invests."""
    one = visit(width=1280)
    one.enter_as("fund")
    one.go("/{lang}/fund/desk/")
    one.check()
    led(one, f"/sub-funds/{SubFund.objects.get(code='madang-2').public_id}/")
    return one


@pytest.fixture
def approver(visit):
    one = visit(width=1280, language="en")
    one.enter_as("fund-approver")
    return one


@pytest.fixture
def partner(visit):
    """One who put money into the sub-fund, on a telephone."""
    one = visit(width=360, language="en")
    one.enter_as("gp")
    return one


def day(later: int = 0) -> str:
    return (database_now().astimezone(SEOUL).date() + timedelta(days=later)).isoformat()


def receive_all(manager) -> int:
    """Every share as the bank tells it; answers how many."""
    number = 0
    while (waiting := manager.page.locator("section[aria-labelledby=receipts] details")).count():
        number += 1
        waiting.first.locator("summary").click()
        waiting.first.locator("[name$='-on']").fill(day())
        waiting.first.locator("[name$='-reference']").fill(f"JOURNEY-{number}")
        with manager.page.expect_navigation():
            waiting.first.locator("button[type=submit]").click()
    return number


def test_a_call_from_the_wizard_to_the_last_receipt(manager, approver, partner):
    led(manager, "/call/")
    fill(manager, due=day(60), investment="300000000", fee="30000000")
    manager.submit()
    manager.check()
    parts = rows(manager)
    assert len(parts) == 5
    assert any("서울시" in row[0] for row in parts)
    adds_up(parts, 330_000_000)
    manager.submit(name="propose")
    manager.check()
    assert manager.page.locator("main form[action$='/approve/']").count() == 0
    call = place(manager)

    told(approver, call.removeprefix("/{lang}"))
    approver.submit(within="form[action$='/approve/']")
    approver.check()

    manager.go(call)
    manager.submit(within="form[action$='/issue/']")
    manager.check()
    told(partner, "/fund/notices/")
    partner.sees("Garam Ventures")

    assert receive_all(manager) == 5
    manager.submit(within="form[action$='/close/']")
    manager.check()
    partner.page.reload()
    partner.sees("Paid")


def test_an_investment_in_which_a_member_steps_out_and_its_value(manager, approver, visit):
    led(manager, "/deal/")
    fill(manager, name_ko="하늘다리", name_en="Haneuldari", sector="블록체인", instrument="RCPS", amount="200000000")
    fill(manager, units="2000", ratio_new="1", ratio_old="1", thesis="두 해의 실증을 보고 투자합니다.")
    manager.submit()
    manager.check()
    deal = place(manager)
    manager.submit(within="form[action$='/examine/']")
    manager.submit(within="form[action$='/table/']")
    led(manager, "/fund/committee/")
    motion = place(manager)
    deliberated(
        visit, motion, steps_out="committee1", left={"committee2": "FOR", "committee3": "FOR", "committee4": "AGAINST"}
    )
    manager.go(motion)
    manager.check()
    manager.sees("(회피 1명)", "찬성 2 · 반대 1 · 기권 0")
    led(manager, "/fund/deals/")
    assert place(manager) == deal
    manager.submit(within="form[action$='/contract/']")
    manager.check()
    fill(manager, on=day())
    manager.submit(within="form[action$='/fund/']")
    manager.check()
    assert "/fund/holdings/" in place(manager)

    led(manager, "/valuation/")
    fill(manager, on=day(), amount="260000000", method="ROUND", level="3", evidence="후속 투자 계약서")
    manager.submit()
    manager.check()
    assert manager.page.locator("main form[action$='/approve/']").count() == 0
    value = place(manager)
    approver.go(value)
    approver.check()
    approver.submit(within="form[action$='/approve/']")
    approver.check()
    manager.go(value)
    manager.submit(within="form[action$='/publish/']")
    manager.check()


def test_a_distribution_step_by_step(manager, approver, partner):
    led(manager, "/distribution/")
    fill(manager, kind="PERMANENT", amount="100000000", on=day())
    manager.submit()
    manager.check()
    tiers, parts = rows(manager), rows(manager, 1)
    assert len(tiers) >= 4
    assert len(parts) == 5
    adds_up(tiers, 100_000_000)
    adds_up(parts, 100_000_000)
    manager.submit(name="propose")
    manager.check()
    row = place(manager)
    approver.go(row)
    approver.check()
    approver.submit(within="form[action$='/approve/']")
    approver.check()
    manager.go(row)
    manager.submit(within="form[action$='/pay/']")
    manager.check()
    told(partner, "/fund/parts/")
    partner.sees("Garam Ventures", "5,000,000")
