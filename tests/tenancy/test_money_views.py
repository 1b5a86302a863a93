"""The pages of money and amendments, by what they answer."""

import base64
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tenancy.models import Amendment, CreditNote, Invoice, Payment
from tests.factories.space import NOW, START, master
from tests.tenancy.test_amendments import WHY, tenants
from tests.tenancy.test_money import HEAD, adds_up, billed, imported, state, with_deposit
from tests.tenancy.test_views import enter, words

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"tenancy:{name}", args=args)


def test_the_month_is_drafted_and_issued_in_bulk(client):
    place = billed("801 802")
    enter(client, place.finance)
    url = address("billing", place.hub.code)
    client.post(f"{url}?act=bill", {"bill-month": "2020-02-05"})
    body = client.get(f"{url}?on=2020-02-01").content.decode()
    assert body.count("100,000원") >= 4
    assert "?act=issue&amp;on=2020-02-01" in body
    client.post(f"{url}?act=issue&on=2020-02-01", {"issue-month": "2020-02-01"})
    february = Invoice.objects.filter(month=date(2020, 2, 1))
    assert [invoice.status for invoice in february] == ["ISSUED", "ISSUED"]


def test_a_bank_file_is_shown_then_applied(client):
    place = billed()
    enter(client, place.finance)
    url = address("payments", place.hub.code)
    file = SimpleUploadedFile("bank.csv", (HEAD + "2020-01-25,100000,가온체인0,\n2020-01-25,5,박,").encode("cp949"))
    page = client.post(f"{url}?act=look", {"look-file": file})
    body = page.content.decode()
    assert (page.status_code, Payment.objects.count()) == (200, 0)
    assert "알 수 없음" in body
    sent = dict(re.findall(r'name="(apply-\w+)" value="([^"]*)"', body))
    assert base64.b64decode(sent["apply-content"]).decode("cp949").startswith(HEAD)
    client.post(f"{url}?act=apply", sent)
    assert Invoice.objects.get(month=date(2020, 1, 1)).status == "SETTLED"
    assert "bank.csv" in client.get(url).content.decode()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n"])
def test_what_is_no_bank_file_is_said_at_the_field(client, content):
    place = billed()
    enter(client, place.finance)
    file = SimpleUploadedFile("bank.csv", content)
    page = client.post(f"{address('payments', place.hub.code)}?act=look", {"look-file": file})
    assert page.status_code == 422
    assert "aria-invalid" in page.content.decode()


def test_a_credit_is_prepared_by_finance_and_approved_by_another(client):
    place = billed(month=date(2020, 2, 1))
    [line] = place.invoices[0].lines.all()
    enter(client, place.finance)
    answers = {"credit-used_to": "2020-02-10", "credit-reason": "중도 퇴거"}
    client.post(f"{address('credit', line.pk)}?act=credit", answers)
    note = CreditNote.objects.get()
    enter(client, place.approver)
    assert note.number in client.get(address("desk")).content.decode()
    client.post(f"{address('decide_credit', note.pk)}?act=approve")
    note.refresh_from_db()
    assert (note.total, note.approved_by) == (68_966, place.approver)
    assert "31,034원" in client.get(address("lease", place.leases[0].public_id)).content.decode()


def test_what_was_paid_too_much_is_seen_and_paid_back_and_a_bounced_payment_opens_its_invoice(client):
    place = billed()
    imported(place, f"2020-01-25,130000,박,{place.invoices[0].number}")
    lease = place.leases[0]
    url = address("account", lease.public_id)
    enter(client, master(lease.offer.need))
    shown = words(client.get(url))
    assert "30,000원" in shown
    assert "다음 고지서에 먼저" in shown
    assert "반환 기록하기" not in shown
    assert url in client.get(address("lease", lease.public_id)).text
    enter(client, place.finance)
    assert url in client.get(address("payments", place.hub.code)).text
    refund = {"refund-amount": "30,001원", "refund-reason": "신청"}
    answer = client.post(f"{url}?act=refund", refund)
    assert answer.status_code == 422
    assert "30,001" in answer.text
    client.post(f"{url}?act=refund", {**refund, "refund-amount": "30,000원"})
    assert "환급" in words(client.get(url))
    assert url not in client.get(address("payments", place.hub.code)).text
    payment = Payment.objects.get(kind="RECEIVED")
    assert client.post(f"{url}?act=bounce", {"bounce-payment": "0", "bounce-reason": "x"}).status_code == 422
    bounced = {"bounce-payment": payment.pk, "bounce-reason": "잔액 부족"}
    assert client.post(f"{url}?act=bounce", bounced).status_code == 422, (
        "what was paid back is not there to be taken back"
    )
    assert state(place.invoices[0]) == ("SETTLED", 0)
    adds_up()


def test_a_payment_that_the_bank_took_back_on_its_page(client):
    place = billed()
    imported(place, "2020-01-25,100000,가온체인0,")
    url = address("account", place.leases[0].public_id)
    enter(client, place.finance)
    client.post(f"{url}?act=bounce", {"bounce-payment": Payment.objects.get().pk, "bounce-reason": "잔액 부족"})
    assert state(place.invoices[0]) == ("ISSUED", 100_000)
    assert "입금 취소" in words(client.get(url))
    adds_up()


def test_arrears_by_age(client):
    place = billed()
    enter(client, place.approver)
    body = client.get(address("arrears", place.hub.code)).content.decode()
    assert place.invoices[0].number in body


def test_a_deposit_from_receipt_to_return(client):
    place = with_deposit()
    url = address("deposit", place.lease.public_id)

    def act(who, code, **answers):
        enter(client, who)
        return client.post(f"{url}?act={code}", {f"{code}-{name}": value for name, value in answers.items()})

    assert act(place.officer, "receive", amount="1", evidence="x").status_code == 403
    act(place.finance, "receive", amount="1,000,000원", evidence="이체확인증")
    assert act(place.officer, "propose", repair="300000").status_code == 422
    act(place.officer, "propose", repair="300000", evidence="견적서")
    act(master(place.lease.offer.need), "object", text="입주 전부터 있던 흠입니다.")
    assert "입주 전부터" in client.get(url).content.decode()
    act(place.approver, "decide")
    act(place.finance, "return", evidence="이체확인증")
    place.deposit.refresh_from_db()
    assert (place.deposit.status, place.deposit.returned_won) == ("RETURNED", 700_000)


def test_an_amendment_is_written_and_signed_on_its_pages(client):
    place = tenants("801", free="802")
    [lease] = place.leases
    enter(client, place.officer)
    url = address("amend", lease.public_id)
    answers = {"amend-on": "2020-03-11", "amend-reason": "팀이 커졌습니다."}
    assert client.post(f"{url}?act=amend", answers).status_code == 422
    assert client.post(f"{url}?act=amend", {**answers, "amend-unit": "999"}).status_code == 422
    client.post(f"{url}?act=amend", {**answers, "amend-unit": "802"})
    amendment = Amendment.objects.get()
    page = address("amendment", amendment.public_id)
    assert "801 → 802" in client.get(page).content.decode()
    for who in (master(lease.offer.need), place.approver):
        enter(client, who)
        client.post(f"{page}?act=sign", {"sign-document_hash": amendment.document_hash, "sign-consented": "on"})
    amendment.refresh_from_db()
    assert amendment.status == "IN_FORCE"
    assert client.post(f"{page}?act=drop", {"drop-reason": "x"}).status_code == 403


def test_the_officer_drops_an_amendment(client):
    from tenancy import services

    place = tenants("801")
    amendment = services.prepare_area(lease=place.leases[0], area_m2="21.00", on=START, by=place.officer, **WHY)
    enter(client, place.officer)
    client.post(f"{address('amendment', amendment.public_id)}?act=drop", {"drop-reason": "실측이 틀림"})
    amendment.refresh_from_db()
    assert (amendment.status, NOW.year) == ("DROPPED", 2019)
