"""The desk's pages that change a lease or the rooms of a floor: each kind of amendment, taking back, ending, splitting."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.core.errors import Invalid
from tenancy import services
from tenancy.models import Amendment, Lease, Occupancy, Offer, Unit
from tenancy.services import Part
from tests.factories.people import company
from tests.factories.space import NOW, START, leased, rate_card, selected, space
from tests.tenancy.test_amendments import MARCH, WHY, fresh, held, rents, sign, tenants
from tests.tenancy.test_money import adds_up, billed
from tests.tenancy.test_reshaping import ON, codes, large
from tests.tenancy.test_views import address, enter, live_offer, words

pytestmark = pytest.mark.django_db
PARTS = "810A, 4, 20.00, {0}\n810B, 4, 20.00, {1}"


def amend(client, lease, kind, **fields):
    answers = {"on": MARCH.isoformat(), "reason": "팀이 바뀌었습니다."} | fields
    url = f"{address('amend', lease.public_id)}?act=amend&kind={kind}"
    return client.post(url, {f"amend-{name}": value for name, value in answers.items()})


@pytest.fixture
def place(client):
    found = tenants("801 802", free="803")
    enter(client, found.officer)
    return found


def test_every_kind_of_change_has_its_form(client, place):
    first, second = place.leases
    page = words(client.get(address("amend", first.public_id)))
    assert all(kind in page for kind in ("호실 이동", "호실 맞바꿈", "계약면적", "요율", "승계"))
    assert "시작일 " not in page.split("변경계약 작성")[1][:200], "it has begun"
    assert amend(client, first, "SWAP", unit="803").status_code == 422
    assert amend(client, first, "SWAP", unit="801").status_code == 422
    amend(client, first, "SWAP", unit="802")
    assert Amendment.objects.filter(lease__in=[first, second], kind="MOVE").count() == 2


def test_another_rate_and_a_successor(client, place):
    first, second = place.leases
    assert amend(client, first, "RATE", card="0").status_code == 422
    amend(client, first, "RATE", card=str(rate_card(rate_won=6000).pk))
    assert Amendment.objects.get(lease=first).after["rate_won"] == 6000
    heir = company(name="이어받는기업")
    for wrong in ("123", second.organisation.business_number):
        assert amend(client, second, "SUCCESSION", business_number=wrong).status_code == 422
    amend(client, second, "SUCCESSION", business_number=heir.business_number)
    assert Amendment.objects.get(lease=second).after["organisation"] == str(heir.public_id)


def test_a_later_start_before_moving_in(client):
    place = tenants("801", moved_in=False)
    [lease] = place.leases
    enter(client, place.officer)
    assert amend(client, lease, "START", on="2019-12-01").status_code == 422
    amend(client, lease, "START", on="2020-01-07")
    assert Amendment.objects.get().after == {"start": "2020-01-07"}


def test_what_follows_a_swap_is_no_swap():
    place = tenants("801 802")
    first, second = place.leases
    for one in services.prepare_swap(first=first, second=second, on=MARCH, by=place.officer, **WHY):
        sign(place, one)
    area = services.prepare_area(lease=fresh(first), area_m2="21.00", on=date(2020, 4, 1), by=place.officer, **WHY)
    assert "swap_with" not in area.after
    assert sign(place, area) is True
    assert rents(first, date(2020, 4, 1)) == [(Decimal("21.00"), 5000, 105_000)]
    adds_up()


def splitting():
    place = large()
    place.lease = leased(place, selected(place, seats=4), "810")
    services.move_in(lease=place.lease, on=START, by=place.officer, now=NOW)
    return place


def test_a_room_is_split_and_the_sitting_tenant_stays_in_a_part(client):
    place = splitting()
    enter(client, place.officer)
    parts = PARTS.format(*place.halves)
    assert amend(client, place.lease, "SPLIT", parts=parts, stays_in="810C", on=ON.isoformat()).status_code == 422
    for wrong in ("810A, 4", "810A, x, 20.00, 8-01", "810A, 4, NaN, 8-01", "810A, 4, 20.001, 8-01", "810A, 4, 20.00,"):
        assert amend(client, place.lease, "SPLIT", parts=wrong, stays_in="810A").status_code == 422, wrong
    amend(client, place.lease, "SPLIT", parts=parts, stays_in="810B", on=ON.isoformat())
    amendment = Amendment.objects.get()
    assert codes(place, ON) == ["801", "810"], "nothing is split before both have signed"
    assert sign(place, amendment) is True
    assert codes(place, ON) == ["801", "810A", "810B"]
    assert [row[0] for row in held(place.lease)] == ["810", "810", "810B"]
    assert fresh(place.lease).unit.code == "810B"
    assert rents(place.lease, date(2020, 4, 1)) == [(Decimal("20.00"), 5000, 100_000)]
    free = Unit.objects.get(code="810A")
    assert not Occupancy.objects.filter(unit=free).exists()
    adds_up()


def test_a_split_that_no_longer_fits_splits_nothing():
    place = splitting()
    left, right = place.halves
    parts = [Part("810A", 4, Decimal("20.00"), (left,)), Part("810B", 4, Decimal("20.00"), (right,))]
    with pytest.raises(Invalid):
        services.prepare_split(lease=place.lease, parts=parts[:1], stays_in="810A", on=ON, by=place.officer, **WHY)
    amendment = services.prepare_split(lease=place.lease, parts=parts, stays_in="810A", on=ON, by=place.officer, **WHY)
    Unit.objects.create(floor=place.floor, code="810B", seats=1, area_m2="5.00", from_date=START)
    sign(place, amendment, "TENANT")
    with pytest.raises(Invalid):
        sign(place, amendment, "LESSOR")
    assert codes(place, ON)[:2] == ["801", "810"]
    assert set(held(place.lease)) == {("810", START, date(2020, 12, 23), "OCCUPIED")}


def test_the_approver_splits_an_empty_room_and_the_officer_takes_one_out_of_use(client):
    place = large()
    url = address("floor_desk", "mapo", 8)
    asked = {
        "units": "810",
        "parts": PARTS.format(*place.halves),
        "on": ON.isoformat(),
        "reason": "작은 방이 모자랍니다.",
    }
    asked = {f"reshape-{name}": value for name, value in asked.items()}
    enter(client, place.officer)
    assert client.post(f"{url}?act=reshape", asked).status_code == 403
    block = {"block-unit": "801", "block-start": "2020-01-01", "block-end": "2999-01-01", "block-note": "누수"}
    assert client.post(f"{url}?act=block", block | {"block-unit": "899"}).status_code == 422
    client.post(f"{url}?act=block", block)
    assert "누수" in words(client.get(url))
    enter(client, place.approver)
    client.post(f"{url}?act=reshape", asked)
    assert codes(place, ON) == ["801", "810A", "810B"]
    row = Occupancy.objects.get(status="BLOCKED")
    enter(client, place.officer)
    client.post(f"{url}?act=unblock", {"unblock-unit": f"{row.unit_id}:{row.period.lower}"})
    row.refresh_from_db()
    assert row.status == "RELEASED"
    assert client.get(address("floor_desk", "mapo", 99)).status_code == 404


def test_the_approver_takes_an_offer_back(client):
    place = space("801 802")
    offer = live_offer(place, selected(place))
    second = selected(place)
    url = address("revoke", offer.public_id)
    assert enter(client, place.officer).get(url).status_code == 403
    enter(client, place.approver)
    assert url in client.get(address("offer", offer.public_id)).content.decode()
    assert client.post(f"{url}?act=revoke", {}).status_code == 422
    client.post(f"{url}?act=revoke", {"revoke-reason": "누수", "revoke-pass_on": "on"})
    offer.refresh_from_db()
    assert offer.status == "REVOKED"
    assert Offer.objects.get(status="SENT").need == second
    assert client.post(f"{url}?act=revoke", {"revoke-reason": "누수"}).status_code == 403


def test_the_approver_ends_a_lease_nobody_moved_into(client):
    place = tenants("801", moved_in=False)
    [lease] = place.leases
    url = address("end_lease", lease.public_id)
    enter(client, place.approver)
    client.post(f"{url}?act=abandon", {"abandon-reason": "입주하지 않겠다고 알려 옴"})
    assert fresh(lease).status == "NOT_MATERIALISED"
    assert not lease.occupancies.exclude(status="RELEASED").exists()


def test_the_approver_terminates_after_a_hearing(client):
    place = billed()
    [lease] = place.leases
    for days in (40, 50, 75, 105, 110):
        services.dun(now=NOW + timedelta(days=days))
    url = address("end_lease", lease.public_id)
    enter(client, place.approver)
    assert client.post(f"{url}?act=terminate", {}).status_code == 403
    client.post(f"{url}?act=hear", {"hear-heard_date": "2020-05-01", "hear-reason": "석 달째 미납"})
    assert lease.arrears.get().status == "TERMINATING"
    page = client.get(url)
    assert "계약 해지하기" in page.content.decode()
    assert Lease.objects.get(pk=lease.pk).status == "ACTIVE"


def test_the_officer_discards_a_run(client):
    place = space("801")
    selected(place)
    run = services.run_allocation(call=place.call, by=place.officer, now=NOW)
    url = address("void", place.call.code, run.number)
    enter(client, place.officer)
    assert url in client.get(address("bench", place.call.code)).content.decode()
    client.post(f"{url}?act=void", {"void-reason": "인원이 잘못됨"})
    run.refresh_from_db()
    assert run.status == "VOID"
    assert client.post(f"{url}?act=void", {"void-reason": "또"}).status_code == 403
