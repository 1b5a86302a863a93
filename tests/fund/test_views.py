"""The doors: the call wizard to the won, two persons, the bank's receipts, and who may read what."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from fund import queries, tables
from fund.enums import CallStatus
from fund.models import BankReceipt, CapitalCall
from fund.tear_sheet import tear_sheet
from portal.core.clock import database_now
from tests.factories import people
from tests.factories.fund import DAY, formed
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return formed()


def at(name, *args):
    return reverse(f"fund:{name}", args=args)


def due():
    return (database_now() + timedelta(days=40)).date()


def test_the_desk_shows_three_figures_and_never_one_of_them_for_another(made):
    page = browser_of(made.manager).get(at("desk")).content.decode()
    assert "140,000,000원" in page
    assert "14.00 %" in page
    assert "13,600,000,000원" in page


def test_a_manager_without_a_programme_is_told_so_and_not_turned_away():
    page = browser_of(people.with_role("fund.manager", cluster=people.cluster())).get(at("desk"))
    assert page.status_code == 200
    assert "아직 출자사업이 없습니다" in page.content.decode()


def test_a_sub_fund_shows_partners_calls_books_and_journal(made):
    made.call(100_000_000)
    browser, address = browser_of(made.manager), at("sub_fund", made.sub_fund.public_id)
    pages = {
        tab: browser.get(address, {"show": tab}).content.decode() for tab in ("partners", "calls", "books", "journal")
    }
    assert "126,000,000원" in pages["partners"]
    assert "1차" in pages["calls"]
    assert "100,000,000원" in pages["books"]
    assert "출자자 미수금" in pages["journal"]
    before = browser.get(address, {"show": "books", "on": "2019-01-01"}).content.decode()
    assert "이 날까지 기록이 없습니다." in before
    assert browser.get(address, {"show": "books", "on": "nonsense", "known": "2019-99-99"}).status_code == 200


def test_the_wizard_shows_every_share_before_anything_is_proposed(made):
    browser, address = browser_of(made.manager), at("new_call", made.sub_fund.public_id)
    answers = {"due": due().isoformat(), "investment": 90_000_003, "fee": 10_000_000, "fee_outside": "on"}
    page = browser.post(address, answers).content.decode()
    assert "36,000,002원" in page or "36,000,001원" in page
    assert CapitalCall.objects.count() == 0
    moved = browser.post(address, {**answers, "propose": "1"})
    call = CapitalCall.objects.get()
    assert moved["Location"] == at("call", call.public_id)
    assert [(line.purpose, line.amount, line.inside) for line in call.lines.all()] == [
        ("INVESTMENT", 90_000_003, True),
        ("FEE", 10_000_000, False),
    ]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"investment": "", "expense": ""}, "요청할 금액을"),
        ({"investment": 5_000_000_000}, "미납입 약정"),
        ({"investment": 50, "expense": ""}, "가장 작은 단위가"),
        ({"due": "2019-03-05"}, "영업일"),
        ({"due": ""}, "필수"),
        ({"investment": "many"}, "정수"),
    ],
)
def test_a_wizard_that_is_wrong_says_so_and_keeps_what_was_typed(made, answers, said):
    given = {"due": due().isoformat(), "investment": 1_000_000, "expense": 7_000, **answers}
    response = browser_of(made.manager).post(at("new_call", made.sub_fund.public_id), given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert str(given["expense"]) in response.content.decode()


def test_a_call_walks_from_one_person_to_another_to_the_bank(made):
    call = made.proposed(100_000_000, due=due())
    manager, approver = browser_of(made.manager), browser_of(made.approver)
    assert "승인하기" not in manager.get(at("call", call.public_id)).content.decode()
    assert "승인하기" in approver.get(at("call", call.public_id)).content.decode()
    manager.post(at("call_step", call.public_id, "approve"))
    call.refresh_from_db()
    assert call.status == CallStatus.DRAFT
    approver.post(at("call_step", call.public_id, "approve"))
    manager.post(at("call_step", call.public_id, "issue"))
    call.refresh_from_db()
    assert call.status == CallStatus.ISSUED
    share = call.shares.get(commitment__partner__name_en="gp")
    prefix, today = f"s{share.pk}", database_now().date().isoformat()
    wrong = manager.post(at("receive", share.pk), {f"{prefix}-amount": 0, f"{prefix}-on": today})
    assert wrong.status_code == 422
    manager.post(
        at("receive", share.pk), {f"{prefix}-amount": 1_000_000, f"{prefix}-on": today, f"{prefix}-reference": "B1"}
    )
    assert BankReceipt.objects.get().amount == 1_000_000
    call.refresh_from_db()
    assert call.status == CallStatus.PART_PAID
    assert manager.post(at("call_step", call.public_id, "burn")).status_code == 404


def test_a_partner_reads_its_own_notice_and_nobody_elses(made):
    call = made.call(100_000_000)
    alpha, gp = (made.partners[name].organisation.memberships.get().user for name in ("alpha", "gp"))
    mine = call.shares.get(commitment__partner=made.partners["alpha"]).commitment
    page = browser_of(alpha).get(at("notice", call.public_id, mine.public_id)).content.decode()
    assert "30,000,000원" in page
    assert "270,000,000원" in page
    assert browser_of(people.person()).get(at("notice", call.public_id, mine.public_id)).status_code in (403, 404)
    assert browser_of(gp).get(at("notice", call.public_id, mine.public_id)).status_code == 200, "the manager's own fund"
    city = call.shares.get(commitment__partner=made.partners["city"]).commitment
    assert browser_of(alpha).get(at("notice", call.public_id, city.public_id)).status_code == 404


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_speaks_both_languages(made, language):
    call = made.call(100_000_000)
    browser = browser_of(made.manager)
    for address in (at("desk"), at("sub_fund", made.sub_fund.public_id), at("call", call.public_id)):
        page = browser.get(address.replace("/ko/", f"/{language}/", 1)).content.decode()
        assert f'lang="{language}"' in page
        assert ("Sub-fund" in page or "Madang I" in page) is (language == "en")


def test_a_sub_fund_on_one_paper_as_of_its_day(made):
    made.pay(made.call(200_000_000))
    paper = tear_sheet(made.sub_fund, on=DAY, known=database_now())
    told = {str(row.label): str(row.value) for part in paper.parts for row in part.rows}
    assert (told["약정 합계"], told["서울시 약정"]) == ("1,000,000,000원", "140,000,000원 (14.00 %)")
    assert (told["납입"], told["미납입 약정"], told["순자산"]) == ("200,000,000원", "800,000,000원", "200,000,000원")
    before = tear_sheet(made.sub_fund, on=DAY, known=datetime(2019, 3, 1, tzinfo=UTC))
    assert {str(row.label): str(row.value) for row in before.parts[1].rows}["납입"] == "0원"
    address = at("tear_sheet", made.sub_fund.public_id)
    answer = browser_of(made.manager).get(address, {"on": str(DAY), "known": ""})
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    page = browser_of(made.manager).get(at("sub_fund", made.sub_fund.public_id), {"on": str(DAY)}).content.decode()
    assert f"{address}?on={DAY}" in page


def test_another_currency_is_told_in_its_own_units():
    assert [tables.amount_in(code, 1_234_567) for code in ("KRW", "USD", "JPY")] == [
        "1,234,567원", "USD 12,345.67", "JPY 1,234,567"
    ]  # fmt: skip


def test_the_journal_has_every_entry_page_by_page(made, monkeypatch):
    monkeypatch.setattr("fund.views.portfolio._ENTRIES", 2)
    for _ in range(2):
        made.pay(made.call(100_000_000))
    book, browser = queries.books.book_of(made.sub_fund), browser_of(made.manager)
    legs = sum(one.postings.count() for one in queries.books.journal(book, on=due()))
    pages = -(-queries.books.journal(book, on=due()).count() // 2)
    assert pages > 2
    asked = {"show": "journal", "on": due().isoformat()}
    seen = [
        browser.get(at("sub_fund", made.sub_fund.public_id), {**asked, "page": number}).content.decode()
        for number in range(1, pages + 1)
    ]
    rows = [page.split("<tbody", 1)[1].split("</tbody>", 1)[0].count("<tr") for page in seen]
    assert sum(rows) == legs
    assert f"on={due()}" in seen[0].split('class="pages"', 1)[1]
    assert "show=journal" in seen[0].split('class="pages"', 1)[1]
    empty = browser.get(at("sub_fund", made.sub_fund.public_id), {"show": "journal", "on": "2019-01-01"})
    assert "기록이 없습니다." in empty.content.decode()
