"""The same page asked by each tier: citizen, partner, manager of the fund, manager of another, the City, an auditor."""

import pytest
from django.urls import reverse

from fund.models import Deal, Partner, SubFund
from tests.factories import people
from tests.factories.fund import formed, invested, investing, submitted
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"fund:{name}", args=args)


@pytest.fixture
def made():
    """One fund that holds a company and another of the same programme, each with people of its own manager."""
    made = investing()
    made.lot = invested(made)
    made.value = submitted(made, made.lot.holding, 120_000_000)
    first = made.sub_fund
    made.own, made.other = people.person(), people.person("이다른")
    mine, theirs = people.company(made.own, name="한강투자"), people.company(made.other, name="남산투자")
    formed({"fof": 100}, into=made, code="another")
    SubFund.objects.filter(pk=first.pk).update(manager=mine)
    SubFund.objects.filter(pk=made.sub_fund.pk).update(manager=theirs)
    made.second, made.sub_fund = made.sub_fund, first
    made.partner = people.person("박출자")
    Partner.objects.filter(pk=made.partners["beta"].pk).update(organisation=people.company(made.partner, name="베타"))
    return made


def tiers(made):
    auditor = people.with_role("auditor", cluster=made.programme.cluster)
    told = {"citizen": people.person("한시민"), "partner": made.partner, "own": made.own, "other": made.other}
    return {name: browser_of(one) for name, one in {**told, "city": made.manager, "auditor": auditor}.items()}


def who_reads(browsers, address):
    return {name for name, browser in browsers.items() if browser.get(address).status_code == 200}


def test_a_manager_reads_all_of_its_own_fund_and_nothing_of_another(made):
    browsers, deal = tiers(made), Deal.objects.get()
    call = made.sub_fund.calls.get()
    fund, company = at("sub_fund", made.sub_fund.public_id), at("company", made.lot.holding.company.public_id)
    tabs = ["partners", "calls", "distributions", "settlements", "deals", "holdings", "performance", "books", "journal"]
    for address in [
        *(f"{fund}?show={tab}" for tab in tabs),
        at("tear_sheet", made.sub_fund.public_id),
        at("call", call.public_id),
        at("holding", made.lot.holding.public_id),
        at("valuation", made.value.public_id),
        at("deal", deal.public_id),
        company,
    ]:
        assert who_reads(browsers, address) == {"own", "city", "auditor"}, address
    assert who_reads(browsers, at("sub_fund", made.second.public_id)) == {"other", "city", "auditor"}
    assert who_reads(browsers, at("motion", deal.motion.public_id)) == {"city", "auditor"}
    assert who_reads(browsers, at("exposure")) == {"city", "auditor"}
    assert who_reads(browsers, at("public")) == set(browsers)


def test_a_notice_is_read_by_its_partner_the_manager_and_the_city(made):
    share = made.sub_fund.calls.get().shares.get(commitment__partner=made.partners["beta"])
    address = at("notice", share.call.public_id, share.commitment.public_id)
    assert who_reads(tiers(made), address) == {"partner", "own", "city", "auditor"}


def test_a_manager_changes_nothing_and_is_led_nowhere_that_is_closed(made):
    browser = browser_of(made.own)
    assert browser.get(at("desk"))["Location"] == at("reporting")
    assert at("sub_fund", made.sub_fund.public_id) in browser.get(at("reporting")).content.decode()
    page = browser.get(at("deal", Deal.objects.get().public_id)).content.decode()
    assert at("motion", Deal.objects.get().motion.public_id) not in page
    for name, thing in (("new_call", made.sub_fund), ("new_deal", made.sub_fund), ("new_valuation", made.lot.holding)):
        address = at(name, thing.public_id)
        assert browser.get(address).status_code == 403
        for shown in ("sub_fund", "holding"):
            where = made.sub_fund if shown == "sub_fund" else made.lot.holding
            assert address not in browser.get(at(shown, where.public_id)).content.decode()


def test_a_company_in_two_funds_tells_each_manager_its_own_part(made):
    second = made.second
    company = made.lot.holding.company
    pages = {name: browser.get(at("company", company.public_id)) for name, browser in tiers(made).items()}
    assert "100,000,000원" in pages["own"].content.decode()
    assert pages["other"].status_code == 403
    Deal.objects.create(
        sub_fund=second, company=company, number=1, instrument="COMMON", amount=77_000_000, units=7, thesis="비밀",
        proposed_by=made.manager, proposed_at=made.sub_fund.created_at,
    )  # fmt: skip
    theirs, ours = (browser_of(one).get(at("company", company.public_id)) for one in (made.other, made.own))
    assert "77,000,000원" in theirs.content.decode()
    assert "100,000,000원" not in theirs.content.decode()
    assert "77,000,000원" not in ours.content.decode()
