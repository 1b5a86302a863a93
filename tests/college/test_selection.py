"""Selection runs: intake chooses, this room offers the seats, and a seat given up goes to the next reserve."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from college import services
from college.models import Enrolment, Run, SeatRequest
from portal.accounts.services import organisation_of_person
from portal.core.errors import Invalid, Late, NotAllowed, Refused
from portal.intake import services as intake
from tests.factories.college import college, course
from tests.factories.intake import OPENS, REVIEW, open_round
from tests.factories.people import NOW, cluster, company, leaves, person
from tests.factories.selection import ANSWERED, LATE_JOIN, draft_call, selecting

pytestmark = pytest.mark.django_db
POINTS = {"가람": 25, "나래": 24, "다솜": 23, "라온": 22, "마루": 10}


def accept(place, name, now=ANSWERED):
    return services.accept_offer(request=place.request(name), by=place.students[name], now=now)


def decline(place, name, now=ANSWERED):
    return services.decline_offer(request=place.request(name), by=place.students[name], now=now)


def test_the_selected_are_offered_their_seats_and_nobody_before_the_publication():
    place = selecting()
    final = place.choose(POINTS)
    assert SeatRequest.objects.count() == 0
    intake.publish(decision=final, by=place.approver, now=REVIEW)
    assert place.states() == {
        "가람": "SELECTED",
        "나래": "SELECTED",
        "다솜": "RESERVED",
        "라온": "RESERVED",
        "마루": "NOT_SELECTED",
    }
    assert [place.request(name).status for name in ("가람", "나래")] == ["OFFERED", "OFFERED"]
    assert SeatRequest.objects.count() == 2
    assert place.seats() == 2
    assert leaves(place.request("가람"))[-1]["type"] == "college.seat.offered/1"


def test_a_seat_taken_up_fulfils_the_place():
    place = selecting()
    place.publish(POINTS)
    enrolment = accept(place, "가람")
    assert enrolment.status == "ACTIVE"
    assert place.states()["가람"] == "FULFILLED"
    assert place.seats() == 2


def test_a_seat_declined_goes_to_the_first_reserve():
    place = selecting()
    place.publish(POINTS)
    decline(place, "가람")
    assert place.states() == {
        "가람": "DECLINED",
        "나래": "SELECTED",
        "다솜": "SELECTED",
        "라온": "RESERVED",
        "마루": "NOT_SELECTED",
    }
    assert place.reserve("다솜").status == "CALLED"
    accept(place, "다솜", now=ANSWERED + timedelta(hours=1))
    assert place.reserve("다솜").status == "CONVERTED"
    assert place.seats() == 2


def test_an_offer_nobody_answers_lapses_once_and_goes_on():
    place = selecting()
    place.publish(POINTS)
    accept(place, "나래")
    due = place.request("가람").offer_expires_at
    assert services.lapse_due_offers(now=due) == 1
    assert services.lapse_due_offers(now=due) == 0
    assert (place.states()["가람"], place.states()["다솜"]) == ("DECLINED", "SELECTED")
    with pytest.raises(Refused):
        accept(place, "가람", now=due)


def test_a_withdrawal_in_intake_gives_the_offer_back_and_calls_one_reserve():
    place = selecting()
    place.publish(POINTS)
    application = place.application("가람")
    intake.withdraw(application=application, reason="", by=place.students["가람"], now=ANSWERED)
    assert place.request("가람").status == "WITHDRAWN"
    assert list(place.states().values()).count("SELECTED") == 2
    assert place.states()["라온"] == "RESERVED"
    assert place.seats() == 2


def test_a_seat_taken_up_and_dropped_in_time_goes_on_too():
    place = selecting()
    place.publish(POINTS)
    services.drop(enrolment=accept(place, "가람"), by=place.students["가람"], now=ANSWERED)
    assert place.states()["가람"] == "DECLINED"
    assert place.request("다솜").status == "OFFERED"


def test_when_nobody_can_join_any_more_no_reserve_is_called():
    place = selecting()
    place.publish(POINTS)
    enrolment = accept(place, "가람")
    services.drop(enrolment=enrolment, by=place.students["가람"], now=LATE_JOIN)
    assert (place.states()["가람"], place.states()["다솜"]) == ("FULFILLED", "RESERVED")
    assert place.seats() == 1


def test_with_a_fee_the_place_is_fulfilled_by_its_payment():
    place = selecting(fee_won=100_000)
    place.publish(POINTS)
    held, unpaid = accept(place, "가람"), accept(place, "나래")
    assert (held.status, place.states()["가람"]) == ("HELD", "SELECTED")
    services.confirm_payment(enrolment=held, by=place.officer, now=ANSWERED)
    assert place.states()["가람"] == "FULFILLED"
    assert services.expire_unpaid(now=unpaid.pay_by) == 1
    assert (place.states()["나래"], place.states()["다솜"]) == ("DECLINED", "SELECTED")


def test_a_reserve_sent_back_and_called_again_is_offered_a_seat_again():
    place = selecting(seats=1)
    place.publish(POINTS)
    decline(place, "가람")
    application = place.application("나래")
    intake.return_to_reserve(application=application, reason="서류 확인", by=place.approver, now=ANSWERED)
    assert (place.request("나래").status, place.request("다솜").status) == ("WITHDRAWN", "OFFERED")
    decline(place, "다솜", now=ANSWERED)
    assert place.request("나래").status == "OFFERED"


def test_a_cancelled_run_calls_no_reserve():
    place = selecting()
    place.publish(POINTS)
    services.cancel_run(run=place.run, by=place.officer, now=ANSWERED, reason="신청자 부족")
    assert place.request("가람").status == "WITHDRAWN"
    assert place.states()["다솜"] == "RESERVED"
    assert place.seats() == 0


def test_too_few_seats_stop_the_publication_whole():
    place = selecting()
    final = place.choose(POINTS)
    services.change_capacity(run=place.run, capacity=1, by=place.officer, now=REVIEW)
    with pytest.raises(Refused, match="남은 자리"):
        intake.publish(decision=final, by=place.approver, now=REVIEW)


def test_one_human_with_two_accounts_has_one_seat():
    place = selecting()
    final = place.choose(POINTS)
    first, second = (services.person_for(user=place.students[name]) for name in ("가람", "나래"))
    merge = services.propose_merge(person=second, into=first, evidence="같은 여권", by=place.officer, now=REVIEW)
    services.confirm_merge(merge=merge, by=place.approver, now=REVIEW)
    with pytest.raises(Refused, match="같은 사람"):
        intake.publish(decision=final, by=place.approver, now=REVIEW)


def test_people_apply_in_their_own_name_and_companies_where_companies_are_asked():
    place, student = selecting(), person()
    own, firm = organisation_of_person(user=student, now=NOW), company(student)
    with pytest.raises(NotAllowed, match="개인의 이름"):
        intake.start_application(call=place.call, organisation=firm, by=student, now=OPENS)
    rooms = open_round().call
    with pytest.raises(NotAllowed, match="기업의 이름"):
        intake.start_application(call=rooms, organisation=own, track=rooms.tracks.first(), by=student, now=OPENS)


def test_nobody_asks_for_such_a_seat_past_the_call():
    place = selecting()
    user = person()
    with pytest.raises(Invalid, match="모집공고"):
        services.request_seat(run=place.run, person=services.person_for(user=user), by=user, now=OPENS)


def test_a_call_is_published_for_a_linked_run_with_enough_seats():
    place = selecting(publish=False)
    lone = draft_call(place.officer)
    with pytest.raises(Refused, match="연결"):
        intake.publish_call(call=lone, by=place.approver, now=OPENS)
    services.edit_run(run=place.run, by=place.officer, capacity=1)
    with pytest.raises(Refused, match="정원"):
        intake.publish_call(call=place.call, by=place.approver, now=OPENS)


def test_a_run_is_published_after_its_call_and_takes_its_times():
    place = selecting(publish=False)
    with pytest.raises(Invalid, match="공고해"):
        services.publish_run(run=place.run, by=place.officer, now=OPENS)
    services.edit_run(run=place.run, by=place.officer, opens_at=OPENS - timedelta(days=3))
    intake.publish_call(call=place.call, by=place.approver, now=OPENS)
    run = Run.objects.select_related("course__cluster", "call").get(pk=place.run.pk)
    services.publish_run(run=run, by=place.officer, now=OPENS)
    run.refresh_from_db()
    assert (run.opens_at, run.closes_at) == (run.call.opens_at, run.call.closes_at)


@pytest.mark.parametrize("wrong", [{"capacity": 1}, {"call": None}, {"late_join_until": OPENS + timedelta(days=17)}])
def test_a_run_that_does_not_fit_its_call_is_not_published(wrong):
    place = selecting(publish=False)
    intake.publish_call(call=place.call, by=place.approver, now=OPENS)
    run = Run.objects.select_related("course__cluster", "call").get(pk=place.run.pk)
    for name, value in wrong.items():
        setattr(run, name, value)
    with pytest.raises((Invalid, Late)):
        services.publish_run(run=run, by=place.officer, now=OPENS)


def refused(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_the_database_ties_run_and_call():
    place, other = selecting(), college()
    elsewhere = course(cluster=cluster("busan"))
    drafts = selecting(publish=False)
    run = Run.objects.filter(pk=drafts.run.pk)
    refused(lambda: Run.objects.filter(pk=other.run.pk).update(call=draft_call(place.officer)))
    refused(lambda: Run.objects.filter(pk=place.run.pk).update(call=draft_call(place.officer)))
    refused(lambda: run.update(call=place.call))
    refused(lambda: run.update(course=elsewhere))
    refused(lambda: run.update(call=open_round().call))
    refused(lambda: run.update(admission="LOTTERY"))
    refused(lambda: run.update(call=None, status="PUBLISHED"))


def test_the_database_seats_only_whom_the_runs_own_call_selected():
    place, other = selecting(), college()
    place.publish(POINTS)
    stranger, mine = services.person_for(user=person()), services.person_for(user=place.students["가람"])

    def seat(run, who, application):
        SeatRequest.objects.create(
            run=run,
            person=who,
            canonical=who,
            requested_at=REVIEW,
            application=application and place.application(application),
        )

    refused(lambda: seat(place.run, stranger, None))
    refused(lambda: seat(place.run, stranger, "가람"))
    refused(lambda: seat(place.run, mine, "가람"))
    refused(lambda: seat(place.run, services.person_for(user=place.students["다솜"]), "다솜"))
    refused(lambda: seat(other.run, mine, "가람"))
    assert Enrolment.objects.count() == 0
