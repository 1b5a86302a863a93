"""The pages of commitments: prepared by one, signed by another; the stake of another sub-fund; what is refused stays typed."""

import pytest
from django.urls import reverse

from fund import services
from fund.models import Commitment
from portal.core.errors import NotAllowed
from tests.factories.fund import gathering, investing
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """A mother that invests, and a daughter that gathers."""
    made = investing()
    made.mother = made.sub_fund
    gathering(made, code="daughter", name_ko="마당 2호", name_en="Madang II")
    return made


def prepare(made, by=None, **data):
    address = reverse("fund:new_commitment", args=[made.sub_fund.public_id])
    return browser_of(by or made.manager).post(address, data, follow=True)


def act(made, row, code, by, **data):
    address = reverse("fund:commitment", args=[row.public_id])
    answers = {f"{code}-{name}": value for name, value in data.items()}
    return browser_of(by).post(f"{address}?act={code}", answers, follow=True)


def test_the_manager_records_a_stake_and_an_approver_signs_it(made):
    page = prepare(made, partner=f"sub-fund-{made.mother.pk}", units=400)
    row = Commitment.objects.get(sub_fund=made.sub_fund)
    assert row.partner.sub_fund == made.mother
    assert "다시 세지 않습니다" in page.content.decode()
    assert "?act=sign" not in page.content.decode()
    signed = act(made, row, "sign", made.approver).content.decode()
    row.refresh_from_db()
    assert row.status == "SIGNED"
    assert "?act=withdraw" not in signed
    shown = browser_of(made.manager).get(reverse("fund:sub_fund", args=[made.mother.public_id]), {"show": "holdings"})
    assert "다른 자펀드에 한 출자" in shown.content.decode()


def test_the_council_consents_before_the_city_signs(made):
    prepare(made, partner=f"partner-{made.partners['city'].pk}", units=10)
    row = Commitment.objects.get(sub_fund=made.sub_fund)
    assert "?act=sign" not in act(made, row, "nothing", made.manager).content.decode()
    short = act(made, row, "consent", made.manager, number="의안 9", amount="1")
    assert short.status_code == 422
    assert "의회가 동의한 금액보다" in short.content.decode()
    act(made, row, "consent", made.manager, number="의안 9", amount="10,000,000")
    act(made, row, "sign", made.approver)
    row.refresh_from_db()
    assert (row.status, row.consent) == ("SIGNED", "의안 9")


def test_what_is_refused_stays_typed(made):
    for units in ("0", "", "많이"):
        answer = prepare(made, partner=f"sub-fund-{made.mother.pk}", units=units)
        assert answer.status_code == 422
        assert f'value="sub-fund-{made.mother.pk}" selected' in answer.content.decode()
    assert prepare(made, partner="sub-fund-0", units=1).status_code == 422
    assert not Commitment.objects.filter(sub_fund=made.sub_fund).exists()


def test_a_circle_is_not_offered(made):
    services.record_stake(
        holder=made.mother, held=made.sub_fund, units=1, by=made.manager, now=made.sub_fund.created_at
    )
    page = browser_of(made.manager).get(reverse("fund:new_commitment", args=[made.mother.public_id]))
    assert f"sub-fund-{made.sub_fund.pk}" not in page.content.decode()


def test_what_nobody_signed_is_withdrawn_and_may_be_prepared_again(made):
    prepare(made, partner=f"sub-fund-{made.mother.pk}", units=400)
    row = Commitment.objects.get(sub_fund=made.sub_fund)
    with pytest.raises(NotAllowed):
        services.withdraw_commitment(commitment=row, by=made.approver, reason="이유")
    act(made, row, "withdraw", made.manager, reason="좌수를 잘못 적었습니다")
    prepare(made, partner=f"sub-fund-{made.mother.pk}", units=300)
    assert list(Commitment.objects.filter(sub_fund=made.sub_fund).values_list("status", "units")) == [
        ("WITHDRAWN", 400), ("DRAFT", 300),
    ]  # fmt: skip
