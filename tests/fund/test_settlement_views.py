"""The pages of fees and settlements: every step shown, two persons, and the wizard that warns of carry to give back."""

from datetime import date

import pytest
from django.urls import reverse

from fund.models import Settlement
from tests.factories.fund import formed
from tests.fund.test_distributions import earn
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db
YEAR = {"kind": "FEE", "on": "2024-03-04", "start": "2019-03-04", "until": "2020-03-02"}


@pytest.fixture
def made():
    made = formed()
    made.pay(made.call(100_000_000, due=date(2019, 3, 25)))
    return made


def page(made, name, *args, by=None, **data):
    client = browser_of(by or made.manager)
    address = reverse(f"fund:{name}", args=args)
    return client.post(address, data, follow=True) if data else client.get(address)


def test_a_fee_is_worked_out_before_it_is_proposed_and_paid_by_two_persons(made):
    shown = page(made, "new_settlement", made.sub_fund.public_id, **YEAR).content.decode()
    assert "20,000,000" in shown
    assert not Settlement.objects.exists()
    proposed = page(made, "new_settlement", made.sub_fund.public_id, **YEAR, propose="1")
    row = Settlement.objects.get()
    assert proposed.redirect_chain[-1][0] == reverse("fund:settlement", args=[row.public_id])
    own = page(made, "settlement", row.public_id).content.decode()
    assert reverse("fund:settlement_step", args=[row.public_id, "approve"]) not in own
    page(made, "settlement_step", row.public_id, "approve", by=made.approver, x="")
    page(made, "settlement_step", row.public_id, "pay", on="2024-03-05")
    row.refresh_from_db()
    assert (row.status, row.paid_date) == ("SETTLED", date(2024, 3, 5))
    page(made, "settlement_step", row.public_id, "reverse", by=made.approver, reason="요율이 다릅니다")
    row.refresh_from_db()
    assert row.status == "REVERSED"
    listed = browser_of(made.manager).get(
        reverse("fund:sub_fund", args=[made.sub_fund.public_id]), {"show": "settlements"}
    )
    assert reverse("fund:settlement", args=[row.public_id]) in listed.content.decode()


def test_a_refusal_keeps_what_was_typed(made):
    answer = page(made, "new_settlement", made.sub_fund.public_id, **{**YEAR, "until": "2019-01-01"})
    assert (answer.status_code, 'value="2019-03-04"' in answer.content.decode()) == (422, True)
    answer = page(made, "new_settlement", made.sub_fund.public_id, kind="CLAWBACK", on="2024-03-04")
    assert answer.status_code == 422


def test_an_unknown_step_is_no_page(made):
    page(made, "new_settlement", made.sub_fund.public_id, **YEAR, propose="1")
    assert page(made, "settlement_step", Settlement.objects.get().public_id, "burn", x="").status_code == 404


def test_the_wizard_explains_each_tier_by_the_agreement_and_checks_the_carry(made):
    earn(made, 60_000_000)
    asked = {"kind": "PERMANENT", "amount": "150000000", "on": "2021-03-25"}
    shown = page(made, "new_distribution", made.sub_fund.public_id, **asked).content.decode()
    assert "연 6.00 %(연 복리)의 기준수익" in shown
    assert "규약에 따라잡기가 없습니다." in shown
    assert "성과보수 환수 점검" in shown
