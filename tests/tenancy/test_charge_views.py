"""The pages of readings, shared costs and tariffs, by what they answer."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenancy import services
from tenancy.models import MeterReading, SharedCost, Tariff
from tests.factories.space import NOW, master
from tests.tenancy.test_charges import FEBRUARY, JANUARY, living, read, shared, tariff
from tests.tenancy.test_tickets import PNG
from tests.tenancy.test_views import address, enter, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def test_the_officer_reads_all_meters_of_a_hub_in_one_table(client):
    place = living("801 802 803")
    first, second, third = ((lease.pk, lease.unit_id) for lease in place.leases)
    enter(client, place.officer)
    url = f"{address('charges', place.hub.code)}?on=2020-01-05&kind=ELECTRICITY"
    assert words(client.get(url)).count("1,000 · 2019") == 3
    answers = {
        f"read-value-{first[0]}-{first[1]}": "1250.5",
        f"read-value-{second[0]}-{second[1]}": "30",
        f"read-old-{second[0]}-{second[1]}": "1100",
        f"read-new-{second[0]}-{second[1]}": "0",
        f"read-photo-{first[0]}-{first[1]}": SimpleUploadedFile("계량기.png", PNG),
    }
    wrong = client.post(f"{url}&act=read", {**answers, f"read-value-{third[0]}-{third[1]}": "999"})
    assert wrong.status_code == 422
    assert "앞서 읽은 값보다 작습니다" in words(wrong)
    assert 'value="1250.5"' in wrong.content.decode()
    assert MeterReading.objects.filter(month=JANUARY).count() == 0
    answers[f"read-photo-{first[0]}-{first[1]}"] = SimpleUploadedFile("계량기.png", PNG)
    client.post(f"{url}&act=read", answers)
    assert sorted(MeterReading.objects.filter(month=JANUARY).values_list("used", flat=True)) == [130, Decimal("250.5")]
    page = words(client.get(url))
    assert "250.5kWh" in page
    assert "30(바꿈: 1,100까지, 0부터)" in page
    assert "계량기.png" in page


@pytest.mark.parametrize("typed", [{}, {"value": "x"}, {"value": "-1"}, {"old": "1100"}, {"value": "1e400"}])
def test_what_cannot_be_a_reading_is_said_and_never_fails(client, typed):
    place = living()
    [lease] = place.leases
    enter(client, place.officer)
    url = f"{address('charges', place.hub.code)}?on=2020-01-05&kind=ELECTRICITY&act=read"
    sent = {f"read-{name}-{lease.pk}-{lease.unit_id}": value for name, value in typed.items()}
    assert client.post(url, sent).status_code == 422


@pytest.mark.parametrize("query", ["on=0001-01-01", "on=9999-12-31", "on=x", "kind=BEER", ""])
def test_no_month_breaks_the_page(client, query):
    place = living()
    enter(client, place.finance)
    answer = client.get(f"{address('charges', place.hub.code)}?{query}")
    assert answer.status_code == 200
    assert "검침값 저장하기" not in words(answer)


def test_a_cost_is_shared_shown_and_set_aside(client):
    place = living("801 802")
    enter(client, place.officer)
    url = f"{address('charges', place.hub.code)}?on=2020-01-05&kind=WATER"
    answers = {"share-kind": "CLEANING", "share-floor": "", "share-amount": "1,000,001원"}
    assert client.post(f"{url}&act=share", answers).status_code == 422
    client.post(f"{url}&act=share", {**answers, "share-evidence": SimpleUploadedFile("청소.png", PNG)})
    cost = SharedCost.objects.get()
    page = address("shared_cost", cost.public_id)
    assert "500,001원" in words(client.get(page))
    bill = client.get(address("evidence", cost.public_id))
    assert bill.headers["Content-Disposition"].startswith("attachment")
    assert bill.getvalue() == PNG
    client.post(f"{page}?act=void", {"void-reason": "다른 건물의 청구서"})
    cost.refresh_from_db()
    assert cost.voided_by == place.officer
    enter(client, master(place.leases[0].offer.need))
    assert client.get(page).status_code == 403
    assert client.get(address("evidence", cost.public_id)).status_code == 404


def test_a_wrong_reading_is_set_aside(client):
    place = living()
    made = read(place, 1900)
    enter(client, place.officer)
    url = f"{address('charges', place.hub.code)}?on=2020-01-05&kind=ELECTRICITY"
    client.post(f"{url}&act=void", {"void-reading": made.pk, "void-reason": "숫자를 바꿔 읽음"})
    made.refresh_from_db()
    assert made.voided_by == place.officer


def test_three_people_bring_a_tariff_into_force(client):
    place = living()
    enter(client, place.officer)
    desk = address("tariffs", place.hub.code)
    client.post(f"{desk}?act=draft", {"draft-kind": "WATER", "draft-won": "0", "draft-from_month": "2020-01-09"})
    assert not Tariff.objects.exists()
    client.post(f"{desk}?act=draft", {"draft-kind": "WATER", "draft-won": "912.5", "draft-from_month": "2020-01-09"})
    page = address("tariff", place.hub.code, "water", 1)
    assert "1㎥에 912.5원" in words(client.get(page))
    for who, step in ((place.finance, "check"), (place.approver, "put")):
        enter(client, who)
        client.post(f"{page}?act={step}")
    assert Tariff.objects.get().status == "IN_FORCE"


def test_the_tenant_reads_what_it_pays_in_words(client):
    place = living()
    [lease] = place.leases
    tariff(place)
    read(place, 1250)
    shared(place, 310_000)
    [invoice] = services.bill_month(hub=place.hub, month=FEBRUARY)
    services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    enter(client, master(lease.offer.need))
    page = words(client.get(address("lease", lease.public_id)))
    assert "2020. 1. 전기(kWh): 1,250 − 1,000 = 250kWh × 120.5원 = 30,125원" in page
    assert "2020. 1. 청소: 310,000원 × 620/620㎡·일 = 310,000원" in page
    english = words(client.get(address("lease", lease.public_id), HTTP_ACCEPT_LANGUAGE="en"))
    assert client.get(address("invoice-pdf", lease.public_id, invoice.pk)).status_code == 200
    assert date(2020, 1, 1) == JANUARY
    assert english
