"""Statements to the partners: who built the figures cannot issue them, the approver does, a partner reads its own and takes it away.

A quarter that was published is restated: the partner finds the statement that was replaced, and the one in its place.
"""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from openpyxl import load_workbook

from fund.models import CapitalStatement, Commitment, Snapshot
from tests.journeys.fund import fill, led, place

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


def wait_for(number: int, **of: object) -> None:
    """Until the worker has issued so many."""
    for _ in range(120):
        if CapitalStatement.objects.filter(**of).count() >= number:
            return
        time.sleep(0.5)
    raise AssertionError(f"the worker issued {CapitalStatement.objects.filter(**of).count()} of {number} statements")


def taken(visitor, suffix: str) -> bytes:
    answer = visitor.page.request.get(visitor.page.locator(f"main a[href$='{suffix}']").first.get_attribute("href"))
    assert answer.ok
    return answer.body()


def test_a_quarter_is_told_to_every_partner(at_site, visit):
    snapshot = Snapshot.objects.get(kind="QUARTER", status="PUBLISHED")
    address = f"/fund/desk/statements/{snapshot.public_id}/"
    manager = visit(width=1280, language="en")
    manager.enter_as("fund")
    manager.go("/{lang}" + address)
    manager.check()
    manager.sees("Another approver issues them")

    approver = visit(width=1280)
    approver.enter_as("fund-approver")
    approver.go("/{lang}/fund/desk/snapshots/")
    approver.follow(approver.page.locator(f"main a[href*='{snapshot.public_id}']"))
    approver.follow(approver.page.locator(f"main a[href$='{address}']"))
    approver.check()
    approver.submit()
    approver.check()
    partners = Commitment.objects.filter(sub_fund__programme=snapshot.programme, close__isnull=False)
    wait_for(partners.filter(close__on_date__lte=snapshot.as_of_date).count())
    approver.go("/{lang}" + address)
    assert approver.page.locator("main form button").count() == 0
    approver.check()

    partner = visit(width=360, language="en")
    partner.enter_as("gp")
    partner.go("/{lang}/fund/statements/")
    partner.check()
    row = CapitalStatement.objects.filter(commitment__partner__name_en="Garam Ventures").first()
    partner.follow(partner.page.locator(f"main a[href$='{row.public_id}/']"))
    partner.sees("Ending balance", "A capital account statement was issued to a partner")
    partner.check()
    assert taken(partner, "/pdf/").startswith(b"%PDF")
    assert load_workbook(BytesIO(taken(partner, "/xlsx/"))).worksheets[0].max_row > 10

    an_expense_of_the_quarter_comes_late(manager, approver, snapshot)
    restated(manager, approver, snapshot)
    both_are_read(partner, place(partner))


def an_expense_of_the_quarter_comes_late(manager, approver, snapshot) -> None:
    """What was published lacks it; one proposes it, another approves it."""
    fund = snapshot.programme.sub_funds.get(code="madang-1")
    manager.go("/{lang}/fund/sub-funds/" + f"{fund.public_id}/")
    led(manager, "/settlement/")
    fill(manager, kind="EXPENSE", on=snapshot.as_of_date.isoformat(), amount="7000000", note="늦게 온 회계감사 청구서")
    manager.submit()
    manager.check()
    manager.submit(name="propose")
    manager.check()
    expense = place(manager)
    approver.go(expense)
    approver.submit(within="form[action$='/approve/']")
    approver.check()


def restated(manager, approver, snapshot) -> None:
    """The same quarter is built once more, seen, published in place of the first, and told anew."""
    manager.go("/{lang}/fund/desk/snapshots/")
    fill(manager, kind="QUARTER", on=snapshot.as_of_date.isoformat())
    manager.submit()
    manager.check()
    approver.go(place(manager))
    approver.submit(within="form[action$='/see/']")
    approver.submit(within="form[action$='/publish/']")
    approver.check()
    snapshot.refresh_from_db()
    assert snapshot.status == "RESTATED"
    led(approver, "/fund/desk/statements/")
    approver.submit()
    wait_for(5, version=2, sub_fund__code="madang-1")


def both_are_read(partner, first: str) -> None:
    """The first statement says that it was replaced and leads to the new one, which leads back."""
    partner.go(first)
    partner.check()
    partner.sees("Replaced")
    partner.follow(partner.page.locator("main p:not(.btns) > a[href*='/fund/statements/']"))
    partner.check()
    second = place(partner)
    assert second != first
    assert CapitalStatement.objects.get(public_id=second.split("/")[-2]).version == 2
    assert partner.page.locator(f"main a[href$='{first.removeprefix('/{lang}')}']").count() == 1
    partner.go("/{lang}/fund/statements/")
    for one in (first, second):
        assert partner.page.locator(f"main a[href$='{one.removeprefix('/{lang}')}']").count() == 1
