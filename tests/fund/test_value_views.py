"""The doors of values, write-downs and exits: proposed on one page, judged by another person on its own."""

import pytest
from django.urls import reverse

from fund.enums import MeasureStatus, ValuationStatus
from fund.models import Measure, Programme, Valuation
from portal.core.clock import database_now
from tests.factories.fund import invested, investing
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return investing()


@pytest.fixture
def held(made):
    return invested(made).holding


def at(name, *args):
    return reverse(f"fund:{name}", args=args)


def today():
    return database_now().date().isoformat()


def value(amount):
    return {"on": today(), "amount": amount, "method": "ROUND", "level": 3, "evidence": "계약서"}


def test_a_value_walks_from_its_submitter_over_a_challenge_into_the_books(made, held):
    manager, approver = browser_of(made.manager), browser_of(made.approver)
    manager.post(at("new_valuation", held.public_id), value("150,000,000"))
    found = Valuation.objects.get()
    page = at("valuation", found.public_id)
    assert "평가 승인하기" not in manager.get(page).content.decode()
    assert "평가 승인하기" in approver.get(page).content.decode()
    approver.post(at("valuation_step", found.public_id, "challenge"), {"reason": "근거 부족"})
    assert "이의에 답하기" in manager.get(page).content.decode()
    manager.post(at("valuation_step", found.public_id, "answer"), {"amount": 120_000_000, "evidence": "새 계약서"})
    approver.post(at("valuation_step", found.public_id, "approve"))
    manager.post(at("valuation_step", found.public_id, "publish"))
    found.refresh_from_db()
    assert found.status == ValuationStatus.PUBLISHED
    assert "120,000,000원" in manager.get(at("holding", held.public_id)).content.decode()
    shown = manager.get(at("sub_fund", made.sub_fund.public_id), {"show": "holdings"}).content.decode()
    assert "120,000,000원" in shown
    assert manager.post(at("valuation_step", found.public_id, "burn")).status_code == 404


def test_a_value_above_the_policys_amount_is_laid_before_the_committee(made, held):
    Programme.objects.update(motion_above=1)
    manager = browser_of(made.manager)
    manager.post(at("new_valuation", held.public_id), value(150_000_000))
    found = Valuation.objects.get()
    assert "투자심의에 올리기" in manager.get(at("valuation", found.public_id)).content.decode()
    manager.post(at("valuation_step", found.public_id, "table"))
    found.refresh_from_db()
    page = browser_of(made.approver).get(at("motion", found.motion.public_id)).content.decode()
    assert "평가 보기" in page


def test_a_write_down_waits_for_another_person(made, held):
    manager, approver = browser_of(made.manager), browser_of(made.approver)
    asked = {"kind": "WRITE_DOWN", "amount": 30_000_000, "on": today(), "reason": "PERFORMANCE"}
    for amount in (10_000_000, 30_000_000):
        manager.post(at("new_measure", held.public_id), {**asked, "amount": amount})
    first, second = Measure.objects.order_by("amount")
    assert "승인하고 장부에 적기" not in manager.get(at("measure", second.public_id)).content.decode()
    approver.post(at("measure_step", first.public_id, "refuse"), {"reason": "너무 적음"})
    approver.post(at("measure_step", second.public_id, "approve"))
    assert list(Measure.objects.order_by("amount").values_list("status", flat=True)) == [
        MeasureStatus.REFUSED,
        MeasureStatus.DONE,
    ]
    assert "70,000,000원" in manager.get(at("holding", held.public_id)).content.decode()


@pytest.mark.parametrize(
    ("door", "answers", "said"),
    [
        ("new_valuation", {"on": "9999-01-01"}, "첫 투자일과 오늘 사이"),
        ("new_valuation", {"evidence": ""}, "필수"),
        ("new_measure", {"kind": "SALE"}, "취득분을 골라"),
        ("new_measure", {"kind": "WRITE_DOWN"}, "감액 사유를"),
        ("new_measure", {"kind": "RESTORE", "amount": "much"}, "정수"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(made, held, door, answers, said):
    given = {**value(77_000), "kind": "WRITE_DOWN", **answers}
    response = browser_of(made.manager).post(at(door, held.public_id), given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert str(given["amount"]) in response.content.decode()
