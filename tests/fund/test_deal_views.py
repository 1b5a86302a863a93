"""The doors of deals and the committee: a deal walks from its manager over the committee to the money."""

import pytest
from django.urls import reverse

from fund.enums import DealStatus
from fund.models import Ballot, Deal, Holding, Lot
from portal.core.clock import database_now
from tests.factories import people
from tests.factories.fund import deal as a_deal
from tests.factories.fund import invested, investing, voted
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db
ASKED = {
    "name_ko": "새 체인", "name_en": "New Chain", "kind": "COMPANY", "sector": "블록체인", "instrument": "RCPS",
    "amount": "100,000,000", "units": 1000, "ratio_new": 1, "ratio_old": 1, "thesis": "좋은 팀",
}  # fmt: skip


@pytest.fixture
def made():
    return investing()


def at(name, *args):
    return reverse(f"fund:{name}", args=args)


def test_a_deal_walks_from_its_manager_over_the_committee_to_the_money(made):
    manager, approver = browser_of(made.manager), browser_of(made.approver)
    manager.post(at("new_deal", made.sub_fund.public_id), ASKED)
    found = Deal.objects.get()
    for step in ("examine", "table"):
        manager.post(at("deal_step", found.public_id, step))
    found.refresh_from_db()
    motion = at("motion", found.motion.public_id)
    for number, member in enumerate(made.committee):
        browser = browser_of(member)
        before = browser.get(motion).content.decode()
        assert "먼저 이해충돌을 밝혀" in before
        assert "좋은 팀" not in before
        step = "recuse" if number == 0 else "clear"
        browser.post(at("motion_step", found.motion.public_id, step), {"reason": "친족"})
        assert ("좋은 팀" in browser.get(motion).content.decode()) is (number > 0)
    approver.post(at("motion_step", found.motion.public_id, "open"))
    for member in made.committee:
        browser_of(member).post(at("motion_step", found.motion.public_id, "vote"), {"vote": "FOR"})
    assert Ballot.objects.count() == 3
    told = browser_of(made.committee[1]).get(motion).content.decode()
    assert "심의위원이 표결했습니다" in told
    approver.post(at("motion_step", found.motion.public_id, "decide"))
    manager.post(at("deal_step", found.public_id, "contract"))
    assert manager.post(at("deal_step", found.public_id, "fund"), {"on": "9999-01-01"}).status_code == 422
    manager.post(at("deal_step", found.public_id, "fund"), {"on": database_now().date().isoformat()})
    found.refresh_from_db()
    assert found.status == DealStatus.FUNDED
    assert "100,000,000원" in manager.get(at("holding", Holding.objects.get().public_id)).content.decode()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"name_ko": ""}, "새 기업의 이름을"),
        ({"instrument": "SAFE"}, "수를 비워 두어야"),
        ({"ratio_old": ""}, "전환비율을 적어"),
        ({"amount": "many"}, "정수"),
    ],
)
def test_a_deal_that_is_wrong_says_so_and_keeps_what_was_typed(made, answers, said):
    response = browser_of(made.manager).post(at("new_deal", made.sub_fund.public_id), {**ASKED, **answers})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert "좋은 팀" in response.content.decode()
    assert Deal.objects.count() == 0


def test_a_lot_is_converted_and_split_on_its_page(made):
    safe = invested(made, instrument="SAFE", units=0, terms={"cap": 2_500_000_000, "discount_bp": 2000})
    browser, today = browser_of(made.manager), database_now().date().isoformat()
    wrong = browser.post(at("lot", safe.pk), {"to": "RCPS", "on": today})
    assert wrong.status_code == 422
    assert "후속 투자의 기업가치" in wrong.content.decode()
    answers = {"to": "RCPS", "on": today, "pre_money": 10_000_000_000, "shares": 1_000_000}
    browser.post(at("lot", safe.pk), answers)
    rcps = Lot.objects.get(instrument="RCPS")
    browser.post(at("lot", rcps.pk), {"split": "1", "new": 10, "old": 1, "on": today})
    rcps.refresh_from_db()
    assert (rcps.units, rcps.cost) == (400_000, 100_000_000)
    page = browser.get(at("holding", safe.holding.public_id)).content.decode()
    assert "400,000" in page


def test_a_company_page_says_what_nobody_can_say(made):
    lot = invested(made)
    page = browser_of(made.manager).get(at("company", lot.holding.company.public_id)).content.decode()
    assert page.count("확인 불가") == 4
    assert "100,000,000원" in page


def test_who_reads_no_fund_sees_no_deal_and_no_motion(made):
    found = a_deal(made)
    voted(made, found)
    stranger = browser_of(people.person())
    for address in (at("deals"), at("committee"), at("deal", found.public_id), at("motion", found.motion.public_id)):
        assert stranger.get(address).status_code == 403
    member = browser_of(made.committee[0])
    assert member.get(at("deal", found.public_id)).status_code == 403
    assert member.get(at("committee")).status_code == 200


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_speaks_both_languages(made, language):
    lot = invested(made)
    browser = browser_of(made.manager)
    names = [at("deals"), at("committee"), at("deal", lot.deal.public_id), at("motion", lot.deal.motion.public_id)]
    names += [at("holding", lot.holding.public_id), at("lot", lot.pk), at("company", lot.holding.company.public_id)]
    for address in [*names, at("new_deal", made.sub_fund.public_id)]:
        response = browser.get(address.replace("/ko/", f"/{language}/", 1))
        assert response.status_code == 200
        assert f'lang="{language}"' in response.content.decode()
