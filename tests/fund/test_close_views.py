"""Holding a close on its page: shown before it is held, only as it was seen, and settled with the earlier partners."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fund.models import Equalisation
from tests.factories.fund import FORMED, formed, gathering, house
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db
LATER = FORMED + timedelta(days=123)


def page(made, by=None, **data):
    client = browser_of(by or made.approver)
    address = reverse("fund:new_close", args=[made.sub_fund.public_id])
    return client.post(address, data, follow=True) if data else client.get(address)


def seal(answer):
    return answer.context["planned"].seal


def test_the_first_close_is_shown_and_held():
    made = house()
    gathering(made)
    made.commit("city", 140)
    made.commit("fof", 860)
    shown = page(made, on=FORMED)
    text = shown.content.decode()
    assert "14.00" in text
    assert "1,000,000,000" in text
    assert "추가결성 정산" not in text
    assert not made.sub_fund.closes.exists()
    page(made, on=FORMED, hold="1", seen=seal(shown))
    made.sub_fund.refresh_from_db()
    assert (made.sub_fund.status, made.sub_fund.formed_date) == ("FORMED", FORMED)
    assert "지난 결성" in page(made).content.decode()


def test_a_later_close_shows_what_partners_settle_before_it_is_held():
    made = formed({"city": 100, "fof": 900})
    made.pay(made.call(500_000_000))
    made.commit("beta", 250)
    shown = page(made, on=LATER)
    rows = {str(row.commitment.partner): (row.principal, row.interest) for row in shown.context["planned"].settled}
    assert rows["출자자 beta"][0] == 100_000_000
    assert sum(principal for principal, _interest in rows.values()) == 0
    assert "-10,000,000" in shown.content.decode() or "−10,000,000" in shown.content.decode()
    page(made, on=LATER, hold="1", seen=seal(shown))
    booked = {str(row.commitment.partner): (row.principal, row.interest) for row in Equalisation.objects.all()}
    assert booked == rows


def test_what_changed_since_it_was_seen_is_not_held():
    made = formed({"city": 100, "fof": 900})
    made.commit("beta", 250)
    seen = seal(page(made, on=LATER))
    made.commit("alpha", 50)
    for mark in (seen, ""):
        refused = page(made, on=LATER, hold="1", seen=mark)
        assert refused.status_code == 422
        assert "다시 확인해 주십시오" in refused.content.decode()
    assert made.sub_fund.closes.count() == 1


@pytest.mark.parametrize("on", ["", "어제", "2019-03-01", "2199-01-01"])
def test_a_day_that_cannot_be_is_refused_and_stays_typed(on):
    made = formed({"city": 100, "fof": 900})
    made.commit("beta", 250)
    answer = page(made, on=on, x="")
    assert answer.status_code == 422
    assert f'value="{on}"' in answer.content.decode() or not on
    assert made.sub_fund.closes.count() == 1


def test_nothing_signed_is_nothing_to_hold():
    made = formed()
    assert "체결된 약정이 없습니다" in page(made, on=LATER).content.decode()


def test_above_the_cap_it_is_shown_and_refused():
    made = house()
    gathering(made)
    made.commit("city", 150)
    made.commit("fof", 850)
    shown = page(made, on=FORMED)
    assert "넘습니다" in shown.content.decode()
    refused = page(made, on=FORMED, hold="1", seen=seal(shown))
    assert refused.status_code == 422
    assert not made.sub_fund.closes.exists()


def test_another_currency_asks_for_its_rate():
    made = house()
    gathering(made, code="usd", currency="USD")
    made.commit("fof", 100)
    assert 'name="rate"' in page(made).content.decode()
    assert page(made, on=FORMED, rate="0", rate_source="한국은행").status_code == 422
    shown = page(made, on=FORMED, rate="1200", rate_source="한국은행")
    page(made, on=FORMED, rate="1200", rate_source="한국은행", hold="1", seen=seal(shown))
    assert made.sub_fund.closes.get().rate == 1200


def test_who_prepares_does_not_hold():
    made = formed()
    assert page(made, by=made.manager).status_code == 403
