"""The lottery: sealed, listed by the clock, drawn with a value nobody here knew, and drawn again by anybody."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from college import queries, services
from college.models import Draw, SeatRequest
from college.services.drawing import LISTED_AFTER
from ledger import log
from portal.core.errors import ForgedStep, Invalid, Late, NotAllowed
from portal.notices.models import Notice
from tests.college.test_doors import browser
from tests.factories.college import CLOSES, NOW, account, college
from tests.factories.people import leaves, person
from tests.tenancy.test_races import at_once

SECOND = timedelta(seconds=1)
LISTED = CLOSES + LISTED_AFTER
NUMBERS = "3 11 19 27 38 44"


def lottery(people=5, *, capacity=2, **fields):
    made = college(capacity=capacity, admission="LOTTERY", **fields)
    asked = [made.ask(now=NOW + n * SECOND) for n in range(people)]
    return made, asked


def drawn(place, value=NUMBERS):
    services.list_due_draws(now=LISTED)
    return services.draw_seats(run=place.fresh(), public_value=value, by=place.officer, now=LISTED)


def order_of(draw):
    """Drawn again from what is published, with the standard library alone."""
    seed = hashlib.sha256(bytes(draw.secret) + draw.public_value.encode()).digest()
    return sorted(draw.ids, key=lambda ref: hmac.new(seed, ref.encode(), hashlib.sha256).hexdigest())


@pytest.mark.django_db
def test_the_first_drawn_are_offered_the_seats_and_the_others_wait_in_that_order():
    place, asked = lottery()
    assert {request.status for request in asked} == {"SUBMITTED"}
    draw = drawn(place)
    assert draw.result == order_of(draw)
    assert sorted(draw.result) == sorted(str(request.case_ref) for request in asked)
    assert hashlib.sha256(bytes(draw.secret)).hexdigest() == draw.commitment
    assert draw.list_root == log.root_of(ref.encode() for ref in draw.ids)
    now = {str(request.case_ref): request for request in SeatRequest.objects.all()}
    assert [now[ref].status for ref in draw.result] == ["OFFERED", "OFFERED", "WAITING", "WAITING", "WAITING"]
    assert [now[ref].place for ref in draw.result] == [1, 2, 3, 4, 5]
    assert [str(request.case_ref) for request in queries.in_order(place.run)] == draw.result[2:]
    assert place.counters() == (2, 3)
    told = [notice.topic for notice in Notice.objects.order_by("id")]
    assert (told.count("college.offered"), told.count("college.waiting")) == (2, 3)


@pytest.mark.django_db
def test_each_step_is_in_the_ledger():
    place, _ = lottery()
    draw = drawn(place)
    told = leaves(draw)
    assert [leaf["type"] for leaf in told] == [
        "college.lottery.committed/1",
        "college.lottery.listed/1",
        "college.lottery.revealed/1",
    ]
    assert told[0]["data"]["commitment"] == draw.commitment
    assert (told[1]["data"]["count"], told[1]["data"]["root"]) == (5, draw.list_root)
    assert (told[1]["actor"]["role"], told[2]["actor"]["role"]) == ("system", "college.officer")
    assert (told[2]["data"]["secret"], told[2]["data"]["seats"]) == (bytes(draw.secret).hex(), 2)


@pytest.mark.django_db
def test_a_declined_offer_goes_to_the_next_drawn():
    place, _ = lottery()
    draw = drawn(place)
    first = SeatRequest.objects.get(case_ref=draw.result[0])
    first.run = place.fresh()
    services.decline_offer(request=first, by=first.person.accounts.get().user, now=LISTED)
    assert SeatRequest.objects.get(case_ref=draw.result[2]).status == "OFFERED"
    assert place.counters() == (2, 2)


@pytest.mark.django_db
def test_who_withdrew_after_the_list_is_passed_over():
    place, asked = lottery()
    services.list_due_draws(now=LISTED)
    gone = asked[0]
    services.withdraw_request(request=gone, by=place.students[0], now=LISTED)
    draw = services.draw_seats(run=place.fresh(), public_value=NUMBERS, by=place.officer, now=LISTED)
    assert str(gone.case_ref) in draw.result
    assert SeatRequest.objects.get(pk=gone.pk).status == "WITHDRAWN"
    assert place.counters() == (2, 2)


@pytest.mark.django_db
def test_a_class_that_comes_first_is_drawn_first():
    place, asked = lottery()
    SeatRequest.objects.filter(pk__in=[asked[3].pk, asked[4].pk]).update(priority=0)
    drawn(place)
    offered = SeatRequest.objects.filter(status="OFFERED").order_by("pk").values_list("pk", flat=True)
    assert list(offered) == [asked[3].pk, asked[4].pk]


@pytest.mark.django_db
def test_fewer_people_than_seats_and_nobody_at_all():
    few, _ = lottery(1, capacity=3)
    drawn(few)
    assert few.counters() == (1, 0)
    nobody, _ = lottery(0)
    assert drawn(nobody).result == []


@pytest.mark.django_db
def test_the_list_is_fixed_by_the_clock_once():
    place, _ = lottery()
    with pytest.raises(Late):
        services.list_draw(run=place.fresh(), now=LISTED - SECOND)
    assert services.list_due_draws(now=LISTED - SECOND) == 0
    assert services.list_due_draws(now=LISTED) == 1
    assert services.list_due_draws(now=LISTED) == 0
    with pytest.raises(ForgedStep):
        services.list_draw(run=place.fresh(), now=LISTED)


@pytest.mark.django_db
def test_a_draw_is_refused_before_its_list_twice_too_late_and_by_a_stranger():
    place, _ = lottery()
    arguments = {"run": place.fresh(), "public_value": NUMBERS, "now": LISTED}
    with pytest.raises(ForgedStep):
        services.draw_seats(by=place.officer, **arguments)
    services.list_due_draws(now=LISTED)
    with pytest.raises(NotAllowed):
        services.draw_seats(by=person(), **arguments)
    with pytest.raises(Late):
        services.draw_seats(by=place.officer, **arguments | {"now": place.run.late_join_until})
    services.draw_seats(by=place.officer, **arguments)
    with pytest.raises(ForgedStep):
        services.draw_seats(by=place.officer, **arguments)
    other = college()
    with pytest.raises(Invalid):
        services.draw_seats(by=other.officer, **arguments | {"run": other.fresh()})


@pytest.mark.parametrize(
    "value", ["", "   ", "3 11 19 27 38", "3 11 19 27 38 46", "11 3 19 27 38 44", "3 3 19 27 38 44", "3,11,19,27,38,44"]
)
@pytest.mark.django_db
def test_a_slip_of_the_hand_is_noticed(value):
    place, _ = lottery(1)
    services.list_due_draws(now=LISTED)
    with pytest.raises(Invalid):
        services.draw_seats(run=place.fresh(), public_value=value, by=place.officer, now=LISTED)


@pytest.mark.django_db
def test_another_public_value_is_taken_as_it_is():
    seoul = college(capacity=1, admission="LOTTERY", publish=False)
    services.publish_run(run=seoul.run, by=seoul.officer, now=NOW, public_name="3월 20일 코스피 종가")
    seoul.ask()
    assert drawn(seoul, "  2,566.15 ").public_value == "2,566.15"


@pytest.mark.django_db
def test_a_cancelled_run_holds_no_draw():
    place, _ = lottery()
    services.cancel_run(run=place.fresh(), by=place.officer, now=NOW, reason="강사 사정")
    assert Draw.objects.get(run=place.run).status == "VOID"
    assert {request.status for request in SeatRequest.objects.filter(run=place.run)} == {"WITHDRAWN"}


@pytest.mark.django_db
def test_nobody_joins_a_fixed_list_around_the_service():
    place, _ = lottery()
    late = account(place.student())
    services.list_due_draws(now=LISTED)
    with pytest.raises(IntegrityError, match="list of this draw is fixed"), transaction.atomic():
        SeatRequest.objects.create(run=place.run, person=late, canonical=late, requested_at=NOW)
    with pytest.raises(Late):
        services.request_seat(run=place.fresh(), person=late, by=place.students[-1], now=NOW)


@pytest.mark.django_db
def test_a_fixed_list_and_a_drawn_order_stay():
    place, _ = lottery()
    drawn(place)
    for change in ({"ids": []}, {"result": []}, {"public_value": "1 2 3 4 5 6"}, {"secret": b"x" * 32}):
        with pytest.raises(IntegrityError, match="a draw is sealed"), transaction.atomic():
            Draw.objects.update(**change)


@pytest.mark.usefixtures("committed_db")
def test_whoever_asks_while_the_list_is_fixed_is_on_it_or_is_told():
    for _attempt in range(3):
        place, _ = lottery(2)
        listed = _asked_while_listed(place, place.fresh())
        assert sorted(str(ref) for ref in place.run.requests.values_list("case_ref", flat=True)) == listed


def _asked_while_listed(place, run):
    people = [(user, account(user)) for user in (place.student() for _ in range(8))]
    acts = [
        lambda user=user, one=one: services.request_seat(run=run, person=one, by=user, now=CLOSES - SECOND)
        for user, one in people
    ]
    at_once(*acts[:4], lambda: services.list_draw(run=run, now=LISTED), *acts[4:])
    return Draw.objects.get(run=run).ids


@pytest.mark.django_db
def test_the_pages_from_the_seal_to_the_order(monkeypatch):
    clock = [NOW]
    for module in ("public", "office"):
        monkeypatch.setattr(f"college.views.{module}.database_now", lambda: clock[0])
    place, asked = lottery(3)
    with translation.override("ko"):
        public, office, act = (
            reverse(f"college:{name}", args=[place.run.code]) for name in ("draw", "office-run", "office-draw")
        )
    told = reverse("college-machine:draw", args=[place.run.code])
    stranger, officer, student = browser(None), browser(place.officer), browser(place.students[0])
    assert stranger.get(told).json() | {"commitment": ""} == {
        "run": place.run.code, "status": "SEALED", "commitment": "", "ids": None, "root": None,
        "public_name": "신청 마감 뒤 첫 로또 6/45 당첨번호",
    }  # fmt: skip
    assert str(asked[0].case_ref) in student.get(public).content.decode()
    assert "public_value" not in officer.get(office).content.decode()
    services.list_due_draws(now=LISTED)
    clock[0] = LISTED
    assert stranger.post(act, {"public_value": NUMBERS}).status_code == 302
    assert browser(place.students[0]).post(act, {"public_value": NUMBERS}).status_code == 403
    kept = officer.post(act, {"public_value": "44 1"})
    assert (kept.status_code, 'value="44 1"' in kept.content.decode()) == (422, True)
    officer.post(act, {"public_value": NUMBERS})
    found = stranger.get(told).json()
    assert (found["order"], found["secret"]) == (order_of(Draw.objects.get()), bytes(Draw.objects.get().secret).hex())
    assert "추첨 순서는" in student.get(public).content.decode()
    assert browser(None).get(reverse("college:draw", args=[college().run.code])).status_code == 404
