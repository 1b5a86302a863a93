"""A dollar sub-fund from its call to its exit: every page, form, notice and paper is in dollars and cents, never in won."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from fund import papers, services
from fund.amount_fields import MoneyField
from fund.enums import Purpose
from fund.models import CapitalCall, Deal, Distribution, Measure, Valuation
from portal.core.clock import database_now
from portal.notices.models import Notice
from tests.factories.fund import INVESTED, NOW, deal, invested, investing, submitted
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db
WON = re.compile(r"\d\s*원|KRW\s*\d")


@pytest.fixture
def made():
    return investing(50_000_012, currency="USD", name_ko="달러 조합", name_en="Dollars")


@pytest.fixture
def held(made):
    return invested(made, 1_234_567, instrument="SAFE", units=0, terms={"cap": 900_000_000_00}).holding


def at(name, *args):
    return reverse(f"fund:{name}", args=args)


def main_of(response):
    """What the page says in its middle: the shell has an amount of nobody."""
    return response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def given_back(made):
    """A distribution of a thousand dollars and one cent that was paid."""
    on = NOW + timedelta(days=60)
    asked = {"kind": "PERMANENT", "amount": 100_001, "on": on.date(), "by": made.manager, "now": on}
    found = services.propose_distribution(sub_fund=made.sub_fund, **asked)
    services.approve_distribution(distribution=found, by=made.approver)
    services.pay_distribution(distribution=found, by=made.manager, now=on)
    return found


def pages_of(made, held):
    """Every page on which the sub-fund shows an amount, with what it says."""
    given, fund = given_back(made), at("sub_fund", made.sub_fund.public_id)
    call, commitment = CapitalCall.objects.get(), made.sub_fund.commitments.get(partner=made.partners["alpha"])
    value, by = submitted(made, held, 2_000_050), {"on": INVESTED.date(), "by": made.manager, "now": INVESTED}
    lost = services.propose_measure(holding=held, kind="WRITE_DOWN", amount=34_567, reason="PERFORMANCE", **by)
    fee = services.propose_settlement(sub_fund=made.sub_fund, kind="EXPENSE", amount=4_205, note="감사", **by)
    return {
        fund: ["10,000,000.00", "500,000.12"],
        f"{fund}?show=calls": ["500,000.12"],
        f"{fund}?show=distributions": ["1,000.01"],
        f"{fund}?show=settlements": ["42.05"],
        f"{fund}?show=deals": ["12,345.67"],
        f"{fund}?show=holdings": ["12,345.67"],
        f"{fund}?show=performance": ["500,000.12"],
        f"{fund}?show=books": ["10,000,000.00"],
        f"{fund}?show=journal": ["12,345.67"],
        at("call", call.public_id): ["500,000.12"],
        at("notice", call.public_id, commitment.public_id): ["150,000.03"],
        at("distribution", given.public_id): ["1,000.01"],
        at("part", given.public_id, commitment.public_id): ["300.00"],
        at("settlement", fee.public_id): ["42.05"],
        at("deal", Deal.objects.get().public_id): ["12,345.67", "900,000,000.00"],
        at("deals"): ["12,345.67"],
        at("holding", held.public_id): ["12,345.67", "20,000.50", "345.67"],
        at("lot", held.lots.get().pk): ["12,345.67"],
        at("company", held.company.public_id): ["12,345.67"],
        at("valuation", value.public_id): ["20,000.50", "12,345.67"],
        at("measure", lost.public_id): ["345.67"],
    }


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_of_a_dollar_sub_fund_is_in_dollars(made, held, language):
    with translation.override(language):
        pages = pages_of(made, held)
    browser = browser_of(made.manager)
    for address, said in pages.items():
        assert address.startswith(f"/{language}/")
        page = main_of(browser.get(address))
        assert not WON.search(page), (address, WON.search(page))
        assert [amount for amount in said if f"USD {amount}" not in page] == [], address


def test_a_desk_tells_each_sub_funds_commitments_in_its_own_currency(made):
    page = main_of(browser_of(made.manager).get(at("desk")))
    assert "USD 10,000,000.00" in page


def test_papers_and_notices_are_in_dollars(made, held):
    given = given_back(made)
    share = CapitalCall.objects.get().shares.get(commitment__partner=made.partners["alpha"])
    part = given.shares.get(commitment__partner=made.partners["alpha"])
    for paper in (papers.call_notice(share), papers.distribution_notice(part)):
        text = " ".join(str(row.value) for one in paper.parts for row in one.rows)
        assert not WON.search(text)
        assert "USD" in text
    told = " ".join(f"{one.title} {one.body}" for one in Notice.objects.all())
    assert "USD 500,000.12" in told
    assert not WON.search(told)


def test_the_committees_paper_is_in_dollars(made):
    found = deal(made, 1_234_567)
    services.table_deal(deal=found, by=made.manager, now=INVESTED)
    assert "USD 12,345.67" in found.motion.paper
    assert not WON.search(found.motion.paper)


def test_amounts_are_typed_in_dollars_and_kept_as_cents(made, held):
    browser, today = browser_of(made.manager), database_now().date()
    asked = {"due": (today + timedelta(days=40)).isoformat(), "investment": "1,000.50", "propose": "1"}
    browser.post(at("new_call", made.sub_fund.public_id), asked)
    call = CapitalCall.objects.get(number=2)
    assert [(line.purpose, line.amount) for line in call.lines.all()] == [(Purpose.INVESTMENT, 100_050)]
    value = {"on": today.isoformat(), "amount": "20,000.50", "method": "ROUND", "level": 3, "evidence": "계약서"}
    browser.post(at("new_valuation", held.public_id), value)
    assert Valuation.objects.get().amount == 2_000_050
    lost = {"kind": "WRITE_DOWN", "amount": "12.34", "on": today.isoformat(), "reason": "PERFORMANCE"}
    browser.post(at("new_measure", held.public_id), lost)
    assert Measure.objects.get().amount == 1_234
    given = {"kind": "PERMANENT", "amount": "10.01", "on": today.isoformat(), "propose": "1"}
    browser.post(at("new_distribution", made.sub_fund.public_id), given)
    assert Distribution.objects.get().amount == 1_001


@pytest.mark.parametrize(("typed", "said"), [("1.005", "소수점 아래는 2자리"), ("many", "숫자로"), ("1e3", "숫자로")])
def test_an_amount_that_is_none_is_told_and_kept(made, typed, said):
    browser = browser_of(made.manager)
    answer = browser.post(at("new_call", made.sub_fund.public_id), {"due": "2030-01-01", "investment": typed})
    assert answer.status_code == 422
    assert said in main_of(answer)
    assert f'value="{typed}"' in main_of(answer)


def test_an_amount_reads_and_writes_units_of_its_currency():
    field = MoneyField(min_value=1)
    field.keep_in("USD")
    assert field.clean("USD 1,200.5") == 120_050
    assert field.prepare_value(120_050) == "1200.50"
    with pytest.raises(ValidationError):
        field.clean("-1")
    yen = MoneyField()
    yen.keep_in("JPY")
    assert (yen.clean("1,200"), yen.prepare_value(1_200)) == (1_200, "1200")
    won = MoneyField()
    assert (won.clean("1,200원"), won.prepare_value(1_200)) == (1_200, 1_200)
