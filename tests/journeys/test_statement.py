"""Statements to the partners: who built the figures cannot issue them, the approver does, a partner reads its own and takes it away."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from openpyxl import load_workbook

from fund.models import CapitalStatement, Commitment, Snapshot

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


def wait_for(number: int) -> None:
    """Until the worker has issued so many."""
    for _ in range(120):
        if CapitalStatement.objects.count() >= number:
            return
        time.sleep(0.5)
    raise AssertionError(f"the worker issued {CapitalStatement.objects.count()} of {number} statements")


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
