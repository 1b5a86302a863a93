"""Seats and the line: who gets one, who waits where, what a freed one does."""

from datetime import timedelta

import pytest

from college import queries, services
from college.models import Run, SeatRequest
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from portal.notices.models import Notice
from tests.factories.college import CLOSES, NOW, OPENS, account, college
from tests.factories.people import leaves, person

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def statuses(*requests):
    return [SeatRequest.objects.get(pk=request.pk).status for request in requests]


def test_who_comes_first_is_seated_and_the_next_waits():
    place = college(capacity=1)
    first, second = place.ask(), place.ask(now=NOW + SECOND)
    assert statuses(first, second) == ["SEATED", "WAITING"]
    assert first.enrolment.status == "ACTIVE"
    assert place.counters() == (1, 1)
    assert [leaf["type"] for leaf in leaves(first)] == ["college.request.seated/1"]
    assert [leaf["type"] for leaf in leaves(first.enrolment)] == ["college.enrolment.activated/1"]
    assert [leaf["type"] for leaf in leaves(second)] == ["college.request.queued/1"]
    assert set(Notice.objects.values_list("topic", flat=True)) == {"college.seated", "college.waiting"}


def test_asking_again_answers_the_standing_request_and_eats_no_seat():
    place = college(capacity=5)
    user = place.student()
    first, again = place.ask(user), place.ask(user)
    assert first.pk == again.pk
    assert place.counters() == (1, 0)


def test_open_is_decided_by_the_clock_to_the_second():
    place = college()
    with pytest.raises(Late):
        place.ask(now=OPENS - timedelta(microseconds=1))
    with pytest.raises(Late):
        place.ask(now=CLOSES)
    assert place.ask(now=CLOSES - timedelta(microseconds=1)).status == "SEATED"


def test_nobody_jumps_the_line_even_when_a_seat_is_free():
    place = college(capacity=1)
    holder, waiting = place.ask(), place.ask()
    services.drop(enrolment=holder.enrolment, by=place.students[0], now=NOW)
    assert statuses(waiting) == ["OFFERED"]
    later = place.ask()
    assert later.status == "WAITING"
    assert place.counters() == (1, 1)


def test_a_declined_offer_goes_to_the_next_in_line():
    place = college(capacity=1)
    holder = place.ask()
    second, third = place.ask(now=NOW + SECOND), place.ask(now=NOW + 2 * SECOND)
    assert (queries.rank_of(second), queries.rank_of(third)) == (0, 1)
    services.drop(enrolment=holder.enrolment, by=place.students[0], now=NOW + HOUR)
    second.refresh_from_db()
    services.decline_offer(request=second, by=place.students[1], now=NOW + 2 * HOUR)
    assert statuses(second, third) == ["DECLINED", "OFFERED"]
    assert place.counters() == (1, 0)


def offered(place):
    """The second of a run of one seat has an offer."""
    holder, second = place.ask(), place.ask()
    services.drop(enrolment=holder.enrolment, by=place.students[0], now=NOW)
    second.refresh_from_db()
    return second, place.students[1]


def test_an_offer_is_accepted_before_its_deadline_and_not_on_it():
    place = college(capacity=1)
    request, user = offered(place)
    with pytest.raises(Late):
        services.accept_offer(request=request, by=user, now=request.offer_expires_at)
    enrolment = services.accept_offer(request=request, by=user, now=request.offer_expires_at - SECOND)
    assert (enrolment.status, place.counters()) == ("ACTIVE", (1, 0))


def test_an_unanswered_offer_lapses_once_and_the_seat_goes_on():
    place = college(capacity=1)
    request, _ = offered(place)
    third = place.ask()
    due = request.offer_expires_at
    assert services.lapse_due_offers(now=due - SECOND) == 0
    assert services.lapse_due_offers(now=due) == 1
    assert services.lapse_due_offers(now=due) == 0
    assert statuses(request, third) == ["LAPSED", "OFFERED"]
    with pytest.raises(Overtaken):
        services.accept_offer(request=request, by=place.students[1], now=due - SECOND)


def test_accepting_ends_waits_for_the_same_days():
    place, other = college(capacity=1), college(capacity=1)
    request, user = offered(place)
    other.ask()
    elsewhere = other.ask(user)
    services.accept_offer(request=request, by=user, now=NOW)
    assert statuses(elsewhere) == ["WITHDRAWN"]
    assert other.counters() == (1, 0)


def test_past_the_last_day_to_join_the_line_is_closed():
    place = college(capacity=1)
    holder, waiting = place.ask(), place.ask()
    services.drop(enrolment=holder.enrolment, by=place.students[0], now=place.run.late_join_until)
    assert statuses(waiting) == ["CLOSED"]
    assert place.counters() == (0, 0)


def test_more_seats_are_offered_and_fewer_than_taken_refused():
    place = college(capacity=1)
    place.ask()
    waiting = [place.ask(now=NOW + n * SECOND) for n in (1, 2, 3)]
    services.change_capacity(run=place.fresh(), capacity=3, by=place.officer, now=NOW)
    assert statuses(*waiting) == ["OFFERED", "OFFERED", "WAITING"]
    with pytest.raises(Invalid):
        services.change_capacity(run=place.fresh(), capacity=2, by=place.officer, now=NOW)


def test_only_the_person_answers_and_only_the_office_changes_seats():
    place = college(capacity=1)
    request, _ = offered(place)
    stranger = person()
    for act in (services.accept_offer, services.decline_offer, services.withdraw_request):
        with pytest.raises(NotAllowed):
            act(request=request, by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        services.change_capacity(run=place.fresh(), capacity=9, by=stranger, now=NOW)


def test_the_policy_limits_open_requests():
    places = [college(capacity=1, policy={"seats": {"live_requests": 1}}) for _ in range(2)]
    for place in places:
        place.ask()
    user = person()
    assert places[0].ask(user).status == "WAITING"
    with pytest.raises(NotAllowed):
        places[1].ask(user)


def test_a_fee_holds_the_seat_until_it_is_paid_or_its_time_is_over():
    place = college(capacity=1, fee_won=100_000)
    held, waiting = place.ask(), place.ask()
    assert held.enrolment.status == "HELD"
    assert services.expire_unpaid(now=held.enrolment.pay_by) == 1
    assert statuses(waiting) == ["OFFERED"]
    waiting.refresh_from_db()
    enrolment = services.accept_offer(request=waiting, by=place.students[1], now=NOW)
    services.confirm_payment(enrolment=enrolment, by=place.officer, now=NOW)
    assert enrolment.status == "ACTIVE"


def test_a_cancelled_run_ends_seats_offers_and_the_line():
    place = college(capacity=2)
    seated = place.ask()
    place.ask(), place.ask()
    services.drop(enrolment=seated.enrolment, by=place.students[0], now=NOW)
    services.cancel_run(run=place.fresh(), by=place.officer, now=NOW, reason="강사 사정")
    assert place.counters() == (0, 0)
    assert set(SeatRequest.objects.values_list("live", flat=True)) == {False}


def test_leaving_the_line_moves_the_others_up():
    place = college(capacity=1)
    place.ask()
    second, third = place.ask(now=NOW + SECOND), place.ask(now=NOW + 2 * SECOND)
    services.withdraw_request(request=second, by=place.students[1], now=NOW)
    assert (queries.rank_of(third), place.counters()) == (0, (1, 1))


def test_a_seat_given_back_may_be_asked_for_again():
    place = college(capacity=1)
    user = place.student()
    request = place.ask(user)
    services.drop(enrolment=request.enrolment, by=user, now=NOW)
    assert place.ask(user).status == "SEATED"


def test_a_draft_run_is_no_secret_door():
    place = college(publish=False)
    assert queries.run_of(place.run.code) is None
    with pytest.raises(Late):
        place.ask()
    assert Run.objects.get().status == "DRAFT"


def test_an_unreadable_policy_is_refused():
    with pytest.raises(Invalid):
        college(policy={"attendence": {}})


def test_a_person_has_one_row_however_often_asked():
    user = person()
    assert account(user).pk == account(user).pk
