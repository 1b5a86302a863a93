"""A published figure of the fund: a citizen opens it down to its definition and days, an auditor counts it again from the entries."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from fund.queries.flows import NET_ASSETS

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


def won(text: str) -> int:
    """``29,032원`` or ``KRW 29,032`` as a number; 0 of an empty cell."""
    return int("".join(sign for sign in text if sign.isdigit() or sign == "-") or 0)


def opened(visitor) -> str:
    """The net assets as the public page leads to them, in full."""
    visitor.go("/{lang}/fund/")
    visitor.follow(visitor.page.locator("main a[href$='/fund/figures/nav/']").first)
    visitor.check()
    return str(visitor.page.locator("main .lead").first.inner_text())


@pytest.mark.parametrize(("width", "language"), [(1280, "ko"), (360, "en")])
def test_a_citizen_opens_a_number_down_to_its_meaning_its_rows_and_its_days(visit, width, language):
    citizen = visit(width=width, language=language)
    citizen.go("/{lang}/fund/")
    citizen.check()
    told = opened(citizen)
    citizen.sees(citizen.word("기준일", "As of"), citizen.word("인지시점", "Known at"))
    assert citizen.page.locator("main a[href*='show=journal']").count() == 0
    answer = citizen.page.request.get(f"/{language}/fund/data/csv/")
    row = next(row for row in csv.DictReader(StringIO(answer.text().lstrip("\ufeff"))) if row["figure"] == "nav")
    assert int(row["value"]) == won(told)
    assert row["as_of"]
    citizen.sees(citizen.page.request.get(f"/{language}/fund/data/json/").json()["digest"])


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "ko")])
def test_an_auditor_counts_a_published_figure_again_from_the_entries(visit, width, language):
    auditor = visit(width=width, language=language)
    auditor.enter_as("auditor")
    told = won(opened(auditor))
    books = auditor.page.locator("main a[href*='show=journal']")
    journals = [str(one.get_attribute("href")) for one in books.all()]
    assert journals
    total = 0
    for address in journals:
        auditor.go_to(address)
        auditor.check()
        total += counted(auditor)
        while (following := auditor.page.locator("main nav.pages a[rel=next]")).count():
            auditor.follow(following)
            total += counted(auditor)
    assert total == told > 0


def counted(auditor) -> int:
    """The net assets in the lines of the journal as they are read off the page, debit positive."""
    rows = auditor.page.locator("main tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    lines = [(row[2][:4], won(row[4]) - won(row[5])) for row in rows if len(row) == 6]
    return sum(amount for account, amount in lines if account.isdigit() and int(account) in NET_ASSETS)
