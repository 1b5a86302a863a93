"""Statements on screen, on paper and as a workbook: who reads which, who issues, who is told."""

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from fund import papers, queries, services
from fund.models import CapitalStatement, Partner
from portal.core import outbox
from portal.core.papers import pdf
from portal.notices.models import Notice
from tests.factories import people
from tests.fund.test_capital_statements import LATER, corrected, figures, issued
from tests.fund.test_snapshots import made, published
from tests.house.test_access import browser_of

__all__ = ["made"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def told(made):
    """A published quarter; one private partner has people of its own."""
    made.master, made.stranger = people.person(), people.person("박바깥")
    company = people.company(made.master, name="알파투자")
    people.company(made.stranger, name="베타투자")
    Partner.objects.filter(pk=made.partners["alpha"].pk).update(organisation=company)
    made.snapshot = published(made)
    return made


def page(name, row):
    return reverse(f"fund:{name}", args=[row.public_id])


def mine(made, rows):
    return next(row for row in rows if row.commitment.partner_id == made.partners["alpha"].pk)


def test_the_approver_has_the_worker_tell_every_partner(told):
    address = page("quarter_statements", told.snapshot)
    assert "출자자 모두에게 발행하기" in browser_of(told.approver).get(address).content.decode()
    assert browser_of(told.approver).post(address).status_code == 302
    assert not CapitalStatement.objects.exists()
    outbox.drain()
    assert CapitalStatement.objects.count() == told.sub_fund.commitments.count()
    again = browser_of(told.approver).get(address).content.decode()
    assert "출자자 모두에게 발행하기" not in again
    assert "발행할 차례" in again


def test_who_built_the_figures_has_no_button_and_no_way_around_it(told):
    address = page("quarter_statements", told.snapshot)
    browser = browser_of(told.manager)
    assert "다른 결재자가 발행합니다" in browser.get(address).content.decode()
    browser.post(address)
    outbox.drain()
    assert not CapitalStatement.objects.exists()


def test_what_was_restated_before_the_worker_came_is_let_be(told):
    services.order_statements(snapshot=told.snapshot, by=told.approver)
    corrected(told)
    outbox.drain()
    assert not CapitalStatement.objects.exists()


def test_the_people_of_a_partner_are_told_once_for_each_version(told):
    issued(told, told.snapshot)
    issued(told, told.snapshot)
    issued(told, corrected(told), now=LATER)
    topics = Notice.objects.filter(user=told.master, topic__startswith="fund.statement")
    assert sorted(topics.values_list("topic", flat=True)) == [
        "fund.statement_issued",
        "fund.statement_replaced",
    ]


def test_a_partner_reads_its_own_and_nobody_elses(told):
    rows = issued(told, told.snapshot)
    row = mine(told, rows)
    other = next(one for one in rows if one != row)
    for name in ("statement", "statement_pdf", "statement_xlsx"):
        assert browser_of(told.master).get(page(name, row)).status_code == 200
        assert browser_of(told.master).get(page(name, other)).status_code in (403, 404)
        assert browser_of(told.stranger).get(page(name, row)).status_code in (403, 404)
    listed = browser_of(told.master).get(reverse("fund:own_statements")).content.decode()
    assert str(row) in listed
    assert str(other) not in listed
    assert browser_of(told.stranger).get(reverse("fund:own_statements")).status_code == 403


def test_before_the_first_statement_the_page_says_what_will_come(told):
    assert "아직 받은 명세서가 없습니다" in browser_of(told.master).get(reverse("fund:own_statements")).content.decode()


def test_a_replaced_statement_says_by_which_and_the_new_one_leads_back(told):
    first = mine(told, issued(told, told.snapshot))
    second = mine(told, issued(told, corrected(told), now=LATER))
    old = browser_of(told.master).get(page("statement", first)).content.decode()
    assert "새 명세서로 대체되었습니다" in old
    assert page("statement", second) in old
    assert page("statement", first) in browser_of(told.master).get(page("statement", second)).content.decode()
    first = queries.issued.statement_of(first.public_id)
    assert str(second) in str(papers.statement(first).parts[0].text[0])


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_paper_says_every_line_and_leads_to_its_leaf(told, language):
    row = queries.issued.statement_of(mine(told, issued(told, told.snapshot)).public_id)
    with translation.override(language):
        paper = papers.statement(row)
        assert pdf(paper).startswith(b"%PDF")
    amounts = paper.parts[-1]
    assert len(amounts.lines) == len(figures(row)["lines"]) + 2
    assert all(len(line) == len(amounts.columns) == 4 for line in amounts.lines)
    assert paper.entry is not None


def test_the_workbook_has_numbers_that_add_up(told):
    row = mine(told, issued(told, told.snapshot))
    answer = browser_of(told.master).get(page("statement_xlsx", row))
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    cells = {line[0]: line[1] for line in sheet.iter_rows(values_only=True) if isinstance(line[1], int | float)}
    assert cells["기말 잔액"] == figures(row)["columns"]["quarter"]["ending"]
    lines = [amount for word, amount in cells.items() if word not in ("기말 잔액", "약정액", "미납입 약정")]
    assert sum(lines) == cells["기말 잔액"]
    assert cells["약정액"] == row.commitment.amount


def test_figures_that_were_restated_have_no_list_and_no_button(told):
    corrected(told)
    shown = browser_of(told.approver).get(page("quarter_statements", told.snapshot)).content.decode()
    assert "공개된 실적이 아닙니다" in shown
    assert "출자자 모두에게 발행하기" not in shown


def test_a_page_leaves_out_lines_of_nothing_and_the_paper_has_them(told):
    row = queries.issued.statement_of(mine(told, issued(told, told.snapshot)).public_id)
    assert "조합 비용" not in browser_of(told.master).get(page("statement", row)).content.decode()
    assert "조합 비용" in [line[0] for line in papers.statement(row).parts[-1].lines]
