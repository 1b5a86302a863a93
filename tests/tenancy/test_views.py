"""The pages by behaviour: who sees what, what a press does, and that a plan says the same as its table."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from portal.accounts.second_factor import CONFIRMED
from portal.core.clock import database_now
from tenancy import drawing, queries, services
from tenancy.allocation import check
from tenancy.models import Lease, Offer
from tests.factories.people import company, person, with_role
from tests.factories.space import NOW, START, cluster, leased, master, offered, selected, space, unit

pytestmark = pytest.mark.django_db
WORDS = re.compile(r"<[^>]+>")


def address(name, *args):
    with translation.override("ko"):
        return reverse(f"tenancy:{name}", args=args)


def words(response):
    return " ".join(WORDS.sub(" ", response.content.decode()).split())


def enter(client, user):
    """Signed in, with the second factor shown."""
    client.force_login(user)
    session = client.session
    session[CONFIRMED] = user.pk
    session.save()
    return client


def live_offer(place, need, code="801"):
    """An offer whose deadline lies in the real future."""
    return offered(place, need, code, now=database_now() - timedelta(days=1))


def test_hubs_say_how_many_rooms_are_free(client):
    place = space("801 802")
    offered(place, selected(place), "801")
    page = words(client.get(address("hubs"), {"on": START.isoformat()}))
    assert "호실 2곳 가운데 1곳이 비어 있습니다" in page


def test_a_floor_by_date_in_plan_and_table(client):
    place = space("801 802")
    offered(place, selected(place, "비밀기업"), "801")
    url = address("floor", "mapo", 8)
    before = words(client.get(url, {"on": "2019-12-22"}))
    after = client.get(url, {"on": "2019-12-23"})
    assert "제안중" in words(after)
    assert after.content.decode().count("plan__unit--offered") == 2 + 0
    assert before.count("공실") > words(after).count("공실")
    assert "비밀기업" not in words(after)


def test_only_those_who_run_the_hub_see_holders(client):
    place = space("801")
    offered(place, selected(place, "비밀기업"), "801")
    url = address("floor", "mapo", 8)
    assert "비밀기업" in words(enter(client, place.officer).get(url, {"on": "2019-12-23"}))
    other = with_role("space.officer", cluster=cluster("incheon"))
    assert "비밀기업" not in words(enter(client, other).get(url, {"on": "2019-12-23"}))


def test_a_day_that_is_none_shows_today(client):
    space("801")
    for raw in ("2019-02-30", "yesterday", "\x00"):
        response = client.get(address("floor", "mapo", 8), {"on": raw})
        assert response.status_code == 200
        assert "오늘을 보여 드립니다" in words(response)


def test_no_such_floor(client):
    space("801")
    assert client.get(address("floor", "mapo", 9)).status_code == 404
    assert client.get(address("floor", "gaepo", 8)).status_code == 404


def test_the_plan_takes_as_many_queries_for_three_units_as_for_one(client, django_assert_num_queries):
    place = space("801")
    url = address("floor", "mapo", 8)
    once = _queries(client, url)
    place.units += [unit(place.floor, code) for code in ("802", "803")]
    for code in ("801", "802", "803"):
        offered(place, selected(place), code)
    assert _queries(client, url) == once
    with django_assert_num_queries(4):
        queries.places_on(place.floor, START)


def test_an_offer_shows_terms_and_rent_line_by_line(client):
    place = space("801")
    need = selected(place)
    offer = live_offer(place, need)
    page = words(enter(client, master(need)).get(address("offer", offer.public_id)))
    assert "20.00㎡ × 5,000원 × 9일/31일 = 29,032.25… → 29,032원(원 미만 버림)" in page
    assert "입주 제안 수락하기" in page


def test_accepting_by_the_page(client):
    place = space("801")
    need = selected(place)
    offer = live_offer(place, need)
    enter(client, master(need))
    refused = client.post(address("accept", offer.public_id), {})
    assert refused.status_code == 422
    done = client.post(address("accept", offer.public_id), {"agreed": "on"}, follow=True)
    assert "입주 제안을 수락했습니다" in words(done)
    assert Offer.objects.get().status == "ACCEPTED"
    again = client.post(address("accept", offer.public_id), {"agreed": "on"}, follow=True)
    assert again.status_code == 200
    assert "지금 상태에서는 할 수 없는 절차입니다" in words(again)


def test_what_binds_the_company_asks_for_a_second_factor(client):
    place = space("801")
    need = selected(place)
    offer = live_offer(place, need)
    client.force_login(master(need))
    asked = client.post(address("accept", offer.public_id), {"agreed": "on"}, follow=True)
    assert asked.redirect_chain[0][0].endswith("/accounts/2fa/")
    assert "아직 바뀐 것은 없습니다" in words(asked)
    assert Offer.objects.get().status == "SENT"


def test_declining_by_the_page_needs_to_be_sure(client):
    place = space("801")
    need = selected(place)
    offer = live_offer(place, need)
    enter(client, master(need))
    refused = client.post(address("decline", offer.public_id), {"reason": "이전 취소"})
    assert refused.status_code == 422
    assert "이전 취소" in refused.content.decode()
    client.post(address("decline", offer.public_id), {"reason": "이전 취소", "sure": "on"})
    assert Offer.objects.get().status == "DECLINED"


def test_an_offer_past_its_deadline_offers_nothing(client):
    place = space("801")
    need = selected(place)
    offer = offered(place, need, "801")
    enter(client, master(need))
    assert "입주 제안 수락하기" not in words(client.get(address("offer", offer.public_id)))
    late = client.post(address("accept", offer.public_id), {"agreed": "on"}, follow=True)
    assert "수락 기한이 지났습니다" in words(late)


def strangers(place):
    return {
        "stranger": person(),
        "other company": master(selected(place)),
        "other city": with_role("space.officer", cluster=cluster("incheon")),
        "evaluator": with_role("space.evaluator", cluster=cluster()),
    }


@pytest.mark.parametrize("who", ["stranger", "other company", "other city", "evaluator"])
def test_foreign_people_are_refused_on_every_address(client, who):
    place = space("801")
    lease = leased(place, selected(place), "801")
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    enter(client, strangers(place)[who])
    gets = [("offer", lease.offer.public_id), ("lease", lease.public_id), ("bench", place.call.code)]
    posts = [
        ("accept", lease.offer.public_id),
        ("decline", lease.offer.public_id),
        ("sign", lease.public_id),
        ("prepare", lease.offer.public_id),
        ("hand_over", lease.public_id),
        ("issue", lease.invoices.get().pk),
        ("run", place.call.code),
    ]
    assert {client.get(address(*name)).status_code for name in gets} == {403}
    assert {client.post(address(*name), {}).status_code for name in posts} == {403}
    assert client.post(address("decide", place.call.code, 1, "confirm")).status_code == 403


def test_visitors_are_sent_to_sign_in(client):
    place = space("801")
    offer = offered(place, selected(place), "801")
    for name in (("mine",), ("desk",), ("offer", offer.public_id), ("bench", place.call.code)):
        response = client.get(address(*name))
        assert response.status_code == 302
        assert "login" in response["Location"]


def test_tenants_have_no_desk(client):
    place = space("801")
    assert enter(client, master(selected(place))).get(address("desk")).status_code == 403


def test_a_round_by_the_bench(client):
    place = space("801 802")
    selected(place, "가나체인")
    url = address("bench", place.call.code)
    page = words(enter(client, place.officer).get(url))
    assert "가나체인" in page
    assert "배정 계산하기" in page
    client.post(address("run", place.call.code), {})
    page = words(client.get(url))
    assert "검산 결과 규칙 위반이 없습니다" in page
    assert "이 결과로 확정하기" not in page
    enter(client, place.approver)
    assert "이 결과로 확정하기" in words(client.get(url))
    client.post(address("decide", place.call.code, 1, "confirm"))
    done = client.post(address("decide", place.call.code, 1, "publish"), follow=True)
    assert "입주 제안을 모두 보냈습니다" in words(done)
    assert Offer.objects.get().status == "SENT"
    assert client.post(address("decide", place.call.code, 1, "undo")).status_code == 404


def test_the_proof_file_is_public_once_published(client):
    place = space("801")
    selected(place)
    run = services.run_allocation(call=place.call, by=place.officer, now=NOW)
    url = address("proof", place.call.code, 1)
    assert client.get(url).status_code == 404
    services.confirm_allocation(run=run, by=place.approver, now=NOW)
    services.publish_allocation(run=run, by=place.approver, now=NOW)
    proof = json.loads(client.get(url).content)
    assert check(proof["applicants"], proof["preferences"], proof["result"]) == []
    assert place.call.code in client.get(address("results")).content.decode()


def test_a_contract_from_acceptance_to_key_by_the_pages(client):
    place = space("801")
    need = selected(place)
    offer = live_offer(place, need)
    services.accept_offer(offer=offer, by=master(need), now=database_now(), agreed=True)
    enter(client, place.officer).post(address("prepare", offer.public_id))
    lease = Lease.objects.get()
    signed = {"document_hash": lease.document_hash, "consented": "on"}
    enter(client, master(need))
    assert client.post(address("sign", lease.public_id), {}).status_code == 422
    assert "상대방의 서명을 기다립니다" in words(client.post(address("sign", lease.public_id), signed, follow=True))
    assert client.post(address("sign", lease.public_id), signed).status_code == 409
    enter(client, place.approver)
    assert "계약이 체결되었습니다" in words(client.post(address("sign", lease.public_id), signed, follow=True))
    enter(client, place.officer).post(address("hand_over", lease.public_id), {"on": START.isoformat()})
    lease.refresh_from_db()
    assert lease.status == "ACTIVE"
    invoice = lease.invoices.get()
    enter(client, place.finance).post(address("issue", invoice.pk))
    page = words(enter(client, master(need)).get(address("lease", lease.public_id)))
    assert "29,032원" in page
    assert "-00001" in page


def test_a_document_that_changed_is_not_signed(client):
    place = space("801")
    need = selected(place)
    offer = live_offer(place, need)
    services.accept_offer(offer=offer, by=master(need), now=database_now(), agreed=True)
    lease = services.prepare_lease(offer=offer, by=place.officer, now=database_now())
    enter(client, master(need))
    response = client.post(
        address("sign", lease.public_id), {"document_hash": "0" * 64, "consented": "on"}, follow=True
    )
    assert "계약서가 바뀌었습니다" in words(response)
    assert not lease.signatures.exists()


def test_members_see_but_do_not_answer(client):
    place = space("801")
    need = selected(place, organisation=company(person(), colleague := person()))
    offer = live_offer(place, need)
    page = words(enter(client, colleague).get(address("offer", offer.public_id)))
    assert "대표 계정만 답할 수 있습니다" in page
    assert client.post(address("accept", offer.public_id), {"agreed": "on"}).status_code == 403


def test_my_rooms_and_the_desk_list_them(client):
    place = space("801 802")
    first, second = selected(place, "가나체인"), selected(place, "다라체인")
    live_offer(place, first)
    leased(place, second, "802")
    mine = words(enter(client, master(first)).get(address("mine")))
    assert "가나체인" in mine
    assert "다라체인" not in mine
    enter(client, place.officer)
    assert "가나체인" in words(client.get(address("desk")))
    assert "다라체인" in words(client.get(address("desk"), {"show": "leases"}))


@pytest.mark.parametrize("name", ["hubs", "results"])
def test_english_pages_hold_no_korean_of_ours(client, name):
    with translation.override("en"):
        url = reverse(f"tenancy:{name}")
    body = client.get(url).content.decode()
    main = body[body.index("<main") : body.index("</main")]
    assert not re.search("[가-힣]", main)


def test_lists_take_as_many_queries_for_three_as_for_one(client):
    place = space("801 802 803 804")
    need = selected(place)
    live_offer(place, need, "801")
    leased(place, selected(place), "804")
    selected(place)
    enter(client, place.officer)
    urls = [address("desk"), f"{address('desk')}?show=leases", address("bench", place.call.code), address("hubs")]
    counts = [_queries(client, url) for url in urls]
    for code in ("802", "803"):
        leased(place, selected(place), code)
    selected(place)
    selected(place)
    assert [_queries(client, url) for url in urls] == counts


def _queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_rooms_of_two_cells_have_no_wall_inside():
    polygons = [[[0, 0], [4, 0], [4, 5], [0, 5]], [[4, 0], [8, 0], [8, 5], [4, 5]]]
    walls = drawing._walls(polygons, 5)
    assert "M4 5 L4 0" not in walls
    assert "M4 0 L4 5" not in walls
    assert walls.count("M") == 6
