"""A fee comes in and goes back: by the rule, by two people, never more than was paid."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from college import queries, reckoning, refunds, services
from college.models import Payment, Refund
from college.workflow import ENROLMENT
from ledger import log
from portal.accounts.services import grant_role
from portal.core.errors import Invalid, NotAllowed
from portal.core.panels import shown
from portal.core.transition import advance
from tests.college.test_doors import allowed, browser
from tests.college.test_guards import refused
from tests.factories.college import NOW, STARTS, college
from tests.factories.people import cluster, leaves, person, with_role
from tests.tenancy.test_races import at_once

FEE = 100_000
DAY = timedelta(days=1)


@pytest.fixture
def place(db):
    return college(capacity=3, fee_won=FEE)


def paid(place, **fields):
    """Somebody who paid the fee."""
    seat = place.seat()
    services.confirm_payment(enrolment=whole(seat), by=place.officer, now=NOW)
    return whole(seat)


def whole(seat):
    return queries.seat_of(seat.public_id)


def taught(place, lessons, held):
    """So many lessons of six hours, the first ones held; answers when the last of these was over."""
    made = place.lessons(lessons)
    place.move("CONFIRMED", "RUNNING")
    for lesson in made[:held]:
        place.teach(lesson)
    return made[held - 1].ends_at


def left(place, seat, at):
    services.drop(enrolment=whole(seat), by=place.students[-1], now=at)
    return refund(seat)


def refund(seat):
    return queries.refund_of(Payment.objects.get(enrolment=seat.pk))


def calculated(place, refund_, **given):
    services.calculate_refund(refund=refund_, by=place.officer, now=NOW, **given)
    return refund_


# --- which rule, and how much ---


@pytest.mark.parametrize(("held", "gives"), [(3, 66_667), (4, 50_000), (5, 50_000), (6, 0)])
def test_by_the_hours_held(place, held, gives):
    seat = paid(place)
    found = calculated(place, left(place, seat, taught(place, 10, held)))
    # 3/10 gives two thirds, 4/10 and exactly the half give a half, more gives nothing.
    assert (found.amount_won, found.share_won, found.rule) == (gives, gives, "by_period")


def test_before_the_first_lesson_all_of_it_goes_back(place):
    place.lessons(10)
    seat = paid(place)
    found = calculated(place, left(place, seat, NOW + DAY))
    assert (found.status, found.amount_won, found.due_on) == ("CALCULATED", FEE, date(2020, 3, 8))
    assert whole(seat).status == "CANCELLED"


def test_half_a_lesson_counts_by_the_minute(place):
    seat = paid(place)
    at = taught(place, 10, 4) - timedelta(hours=6) + timedelta(hours=2)  # 20 of 60 hours: exactly the third
    assert calculated(place, left(place, seat, at)).amount_won == 66_667


def test_a_lesson_that_did_not_take_place_does_not_count(place):
    seat = paid(place)
    over = taught(place, 10, 3)
    missed = place.run.lessons.get(number=4)
    assert calculated(place, left(place, seat, missed.ends_at)).amount_won == 66_667
    assert over < missed.ends_at


def test_a_longer_course_gives_later_months_whole():
    starts = date(2020, 4, 6)
    lessons = [
        reckoning.Taught(at, at + timedelta(hours=3), held=day < 3)
        for day in range(100)
        for at in [STARTS + day * DAY]
        if (day % 10 < 4 and day < 30) or day >= 30
    ]
    course = reckoning.Course(400_000, starts, date(2020, 8, 5), lessons)
    (found,) = reckoning.reckon(course, STARTS + 3 * DAY, None)
    assert (course.months, found.rule, found.numbers["fees"], found.numbers["month"]) == (
        4,
        "by_month",
        [100_000] * 4,
        0,
    )
    # The example of the decree: 3 of the 12 lessons of the first month.
    assert (found.numbers["used"], found.numbers["total"], found.won) == (540, 12 * 180, 366_667)


def test_months_end_where_the_next_begins():
    course = reckoning.Course(10, date(2020, 1, 31), date(2020, 3, 30), [])
    at = datetime(2020, 2, 28, 14, 59, tzinfo=UTC)
    assert course.months == 2
    assert [course.month_of(at), course.month_of(at + timedelta(minutes=1))] == [0, 1]
    assert course.month_of(datetime(2021, 1, 1, tzinfo=UTC)) == 1


def test_a_cancelled_run_gives_back_what_was_not_taught(place):
    seat = paid(place)
    taught(place, 10, 9)
    at = datetime(2020, 4, 16, 9, tzinfo=UTC)
    services.cancel_run(run=place.fresh(), by=place.officer, now=at, reason="강사 사정")
    found = calculated(place, refund(seat))
    # 6 April to 1 May are 26 days, 15 of them are left.
    assert (found.cause, found.rule, found.amount_won) == ("CANCELLED", "pro_rata", -(-FEE * 15 // 26))


def test_who_left_on_the_day_of_the_cancellation_gets_the_better_of_the_two(place):
    seat = paid(place)
    at = taught(place, 10, 6)
    assert left(place, seat, at).cause == "LEFT"
    services.cancel_run(run=place.fresh(), by=place.officer, now=at, reason="강사 사정")
    found = calculated(place, refund(seat))
    assert (found.rule, found.amount_won) == ("pro_rata", -(-FEE * 18 // 26))
    assert [one["rule"] for one in found.arithmetic["sums"]] == ["pro_rata", "by_period"]


def test_the_arithmetic_can_be_done_again(place):
    seat = paid(place)
    found = calculated(place, left(place, seat, taught(place, 10, 4)))
    (kept,) = found.arithmetic["sums"]
    assert refunds.by_period(kept["fee"], kept["used"], kept["total"]) == found.share_won


def test_nothing_paid_nothing_back(place):
    held = place.seat()
    services.drop(enrolment=whole(held), by=place.students[-1], now=NOW)
    free = college().seat()
    assert free.status == "ACTIVE"
    assert not Refund.objects.exists()


# --- two people ---


def test_from_leaving_to_the_money(place):
    seat = paid(place)
    found = calculated(place, left(place, seat, NOW + DAY))
    services.approve_refund(refund=found, by=place.approver, now=NOW + DAY)
    services.pay_refund(refund=found, by=place.officer, now=NOW + 2 * DAY)
    found.refresh_from_db()
    assert (found.status, found.calculated_by, found.decided_by, found.paid_by) == (
        "PAID",
        place.officer,
        place.approver,
        place.officer,
    )
    assert [leaf["type"].split(".")[2].split("/")[0] for leaf in leaves(found)] == [
        "requested",
        "calculated",
        "approved",
        "paid",
    ]


def test_whoever_reckons_does_not_approve_and_whoever_approves_does_not_pay(place):
    both = with_role("college.officer", cluster=place.run.course.cluster)
    grant_role(by=log.SYSTEM, user=both, role="college.approver", cluster=place.run.course.cluster, now=NOW)
    found = left(place, paid(place), NOW + DAY)
    services.calculate_refund(refund=found, by=both, now=NOW)
    with pytest.raises(NotAllowed, match="직접 산정"):
        services.approve_refund(refund=found, by=both, now=NOW)
    other = left(place, paid(place), NOW + DAY)
    calculated(place, other)
    services.approve_refund(refund=other, by=both, now=NOW)
    with pytest.raises(NotAllowed, match="직접 승인"):
        services.pay_refund(refund=other, by=both, now=NOW)


def test_the_officer_does_not_approve_and_the_student_does_nothing(place):
    found = calculated(place, left(place, paid(place), NOW + DAY))
    for user in (place.officer, place.students[-1], place.instructor):
        with pytest.raises(NotAllowed):
            services.approve_refund(refund=found, by=user, now=NOW)
    with pytest.raises(NotAllowed):
        services.pay_refund(refund=found, by=place.approver, now=NOW)


def test_more_than_the_share_needs_a_reason_and_never_more_than_was_paid(place):
    found = left(place, paid(place), taught(place, 10, 4))
    for amount, reason, says in [(49_999, "", "적게"), (FEE + 1, "사정", "많이"), (60_000, " ", "이유")]:
        with pytest.raises(Invalid, match=says):
            calculated(place, found, amount=amount, reason=reason)
    calculated(place, found, amount=60_000, reason="강의실 이전으로 불편")
    assert (found.share_won, found.amount_won) == (50_000, 60_000)


def test_what_is_owed_is_not_refused_and_nothing_is_not_approved(place):
    owed = calculated(place, left(place, paid(place), NOW + DAY))
    with pytest.raises(Invalid, match="불가로 할 수 없습니다"):
        services.refuse_refund(refund=owed, by=place.approver, now=NOW, reason="없음")
    spent = paid(place)
    nothing = calculated(place, left(place, spent, taught(place, 4, 3)))
    with pytest.raises(Invalid, match="돌려줄 금액이 없습니다"):
        services.approve_refund(refund=nothing, by=place.approver, now=NOW)
    services.refuse_refund(refund=nothing, by=place.approver, now=NOW, reason="절반이 지났습니다")
    assert refund(spent).status == "REFUSED"


def test_the_second_person_sends_it_back_and_it_is_reckoned_again(place):
    found = calculated(place, left(place, paid(place), taught(place, 10, 4)), amount=FEE, reason="착오")
    with pytest.raises(Invalid):
        services.return_refund(refund=found, by=place.approver, now=NOW, reason=" ")
    services.return_refund(refund=found, by=place.approver, now=NOW, reason="근거가 없습니다")
    calculated(place, found)
    services.approve_refund(refund=found, by=place.approver, now=NOW)
    assert refund(whole(found.payment.enrolment)).amount_won == 50_000


# --- what the database refuses, whoever asks ---


def test_a_seat_with_a_fee_is_nobodys_before_it_is_paid(place):
    seat = place.seat()
    step = {"by": place.officer.acting_as("college.officer"), "steps": ENROLMENT, "data": {"run": place.run.code}}
    refused(lambda: advance(whole(seat), "ACTIVE", **step), "not paid")
    row = {"enrolment": seat, "received_at": NOW, "recorded_by": place.officer}
    refused(lambda: Payment.objects.create(amount_won=FEE - 1, **row), "whole fee")
    refused(lambda: Payment.objects.create(amount_won=0, **row), "payment_of_something|whole fee")


def test_a_payment_stays(place):
    paid(place)
    refused(lambda: Payment.objects.update(amount_won=1), "UPDATE of college_payment is forbidden")
    refused(lambda: Payment.objects.all().delete(), "DELETE of college_payment is forbidden")


def test_a_refund_lies_between_the_share_and_what_was_paid(place):
    found = calculated(place, left(place, paid(place), taught(place, 10, 4)))
    rows = Refund.objects.filter(pk=found.pk)
    refused(lambda: rows.update(amount_won=FEE + 1), "refund_between_share_and_paid")
    refused(lambda: rows.update(amount_won=49_999), "refund_between_share_and_paid")
    refused(lambda: rows.update(amount_won=60_000), "refund_of_more_says_why")
    refused(lambda: rows.update(paid_won=FEE * 2, amount_won=FEE * 2), "goes by what was paid")
    refused(lambda: rows.update(status="REFUSED", decided_by=place.approver), "refund_owed_is_not_refused")
    refused(lambda: rows.update(status="APPROVED", decided_by=place.officer), "refund_two_people")
    refused(lambda: rows.update(status="APPROVED"), "refund_decided_by_somebody")
    refused(lambda: rows.update(status="APPROVED", decided_by=place.approver), "leaf")
    refused(lambda: rows.delete(), "DELETE of college_refund is forbidden")


def test_a_decided_refund_stays(place):
    found = calculated(place, left(place, paid(place), NOW + DAY), amount=FEE)
    services.approve_refund(refund=found, by=place.approver, now=NOW)
    rows = Refund.objects.filter(pk=found.pk)
    refused(lambda: rows.update(amount_won=FEE - 1, share_won=0), "decided stays")
    refused(lambda: rows.update(status="PAID", paid_by=place.approver, paid_at=NOW), "refund_payer_did_not_approve")
    refused(lambda: rows.update(status="PAID"), "refund_paid_when")


def test_no_money_back_while_the_seat_is_held(place):
    seat = paid(place)
    row = {"cause": "LEFT", "caused_at": NOW, "due_on": NOW.date(), "paid_won": FEE}
    refused(lambda: Refund.objects.create(payment=seat.payment, **row), "still held")


def test_one_refund_for_one_payment(place):
    found = left(place, paid(place), NOW + DAY)
    row = {"cause": "LEFT", "caused_at": NOW, "due_on": NOW.date(), "paid_won": FEE}
    refused(lambda: Refund.objects.create(payment=found.payment, **row), "payment_id")


# --- pages ---


def test_who_sees_the_money(place):
    seat = paid(place)
    everybody = {
        "anonymous": None,
        "stranger": person(),
        "student": place.students[-1],
        "instructor": place.instructor,
        "elsewhere": with_role("college.officer", cluster=cluster("incheon")),
        "officer": place.officer,
        "approver": place.approver,
    }
    for address, may in [
        (reverse("college:fee", args=[seat.public_id]), {"student"}),
        (reverse("college:office-fee", args=[seat.public_id]), {"officer", "approver"}),
        (reverse("college:fees", args=[place.run.code]), {"officer", "approver"}),
    ]:
        assert {role for role, user in everybody.items() if allowed(browser(user).get(address))} == may, address


def test_a_free_run_has_no_page_of_fees(db):
    free = college()
    seat = free.seat()
    assert browser(free.students[0]).get(reverse("college:fee", args=[seat.public_id])).status_code == 404
    assert browser(free.officer).get(reverse("college:fees", args=[free.run.code])).status_code == 404


def test_the_whole_way_through_the_pages(place, client, monkeypatch):
    place.lessons(10)
    seat = place.seat()
    student, officer, approver = map(browser, (place.students[-1], place.officer, place.approver))
    mine, desk = (reverse(f"college:{page}", args=[seat.public_id]) for page in ("fee", "office-fee"))
    monkeypatch.setattr("portal.core.ui.case.database_now", lambda: NOW)
    monkeypatch.setattr("college.views.money.database_now", lambda: NOW)

    page = officer.post(f"{desk}?act=receive", {})
    assert page.status_code == 422
    page = officer.post(f"{desk}?act=receive", {"receive-whole": "on"}, follow=True)
    assert "자리가 확정되었습니다" in page.content.decode()

    assert "지금 그만두시면 100,000원을 돌려받습니다" in student.get(mine).content.decode()
    page = student.post(f"{mine}?act=leave", {"leave-reason": ""}, follow=True)
    assert "환불은 담당자 두 사람이" in page.content.decode()
    assert "수강료 환불: 신청" in page.content.decode()

    page = officer.post(f"{desk}?act=calculate", {"calculate-amount": "200000", "calculate-reason": "오타"})
    assert page.status_code == 422
    assert "많이 돌려줄 수 없습니다" in page.content.decode()
    assert 'value="200000"' in page.content.decode()
    officer.post(f"{desk}?act=calculate", {"calculate-amount": "", "calculate-reason": ""})
    assert officer.post(f"{desk}?act=approve").status_code == 403
    approver.post(f"{desk}?act=approve")
    page = officer.post(f"{desk}?act=pay", {"pay-sent": "on"}, follow=True)
    assert "지급을 기록하고" in page.content.decode()
    assert refund(seat).status == "PAID"
    assert "100,000원" in student.get(mine).content.decode()
    listed = officer.get(reverse("college:fees", args=[place.run.code])).content.decode()
    assert "돌려준 수강료" in listed


def test_the_desk_and_my_page_say_what_waits(place, rf):
    seat = paid(place)
    left(place, seat, NOW + DAY)
    for user, where, says in [(place.officer, "desk", "산정할 환불"), (place.students[-1], "my", "진행 중인 환불")]:
        request = rf.get("/")
        request.user = user
        bodies = [
            one.body
            for one in shown(where, request, roles=frozenset({"college.officer"}), now=NOW)
            if one.code == "college"
        ]
        assert says in bodies[0]


# --- two at once ---


@pytest.mark.usefixtures("committed_db")
def test_approved_twice_at_once_is_approved_once_and_so_it_is_paid():
    place = college(capacity=3, fee_won=FEE)
    seat = paid(place)
    calculated(place, left(place, seat, NOW + DAY))
    seen = refund(seat), refund(seat)
    acts = [lambda one=one: services.approve_refund(refund=one, by=place.approver, now=NOW) for one in seen]
    assert Counter(kind for kind, _ in at_once(*acts)) == {"done": 1, "refused": 1}
    seen = refund(seat), refund(seat)
    acts = [lambda one=one: services.pay_refund(refund=one, by=place.officer, now=NOW) for one in seen]
    assert Counter(kind for kind, _ in at_once(*acts)) == {"done": 1, "refused": 1}
    assert [leaf["type"] for leaf in leaves(refund(seat))][2:] == ["college.refund.approved/1", "college.refund.paid/1"]


@pytest.mark.usefixtures("committed_db")
def test_the_fee_against_giving_up_the_seat():
    for _attempt in range(3):
        place = college(capacity=1, fee_won=FEE)
        seat = place.seat()
        mine, theirs, user = whole(seat), whole(seat), place.students[-1]
        outcomes = at_once(
            lambda mine=mine, place=place: services.confirm_payment(enrolment=mine, by=place.officer, now=NOW),
            lambda theirs=theirs, user=user: services.drop(enrolment=theirs, by=user, now=NOW),
        )
        assert Counter(kind for kind, _ in outcomes) == {"done": 1, "refused": 1}
        assert Payment.objects.filter(enrolment=seat).exists() == (whole(seat).status == "ACTIVE")
