"""What the database refuses whoever asks; each goes around the services."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from college import queries, services, tasks
from college.models import AttendanceEvent, Enrolment, PersonIdentity, Run, SeatRequest
from tests.factories.college import NOW, account, college
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def refused(action, match):
    with pytest.raises(DatabaseError, match=match):
        _commit(action)


@transaction.atomic
def _commit(action):
    """Do it and let the deferred triggers speak, as a commit would."""
    action()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def place():
    made = college(capacity=1)
    made.ask(), made.ask()
    return made


def test_seats_are_never_oversold(place):
    refused(lambda: Run.objects.update(seats_taken=2), "run_never_oversold")
    refused(lambda: Run.objects.update(waiting=-1), "run_waiting_not_negative")


def test_counters_and_rows_agree(place):
    refused(lambda: Run.objects.update(waiting=0), "counts 0 seats and -1 waiting more than its rows")
    refused(lambda: Run.objects.update(seats_taken=0), "counts -1 seats and 0 waiting more than its rows")


def test_a_change_taken_back_by_its_savepoint_is_forgotten(place):
    with transaction.atomic():
        point = transaction.savepoint_create()
        Run.objects.update(waiting=5)
        transaction.savepoint_rollback(point)
        Run.objects.update(number=F("number"))
    _commit(lambda: SeatRequest.objects.filter(status="WAITING").update(priority=0))


def test_the_recount_finds_what_went_past_the_triggers(place):
    assert tasks.recount_seats() == 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE college_run SET waiting = 3")
    assert [run.code for run in queries.miscounted_runs()] == [place.run.code]
    assert tasks.recount_seats() == 1


def test_a_request_or_seat_written_by_hand_is_refused(place):
    run, newcomer = place.fresh(), account(person())
    row = {"run": run, "person": newcomer, "canonical": newcomer, "requested_at": NOW}
    refused(lambda: SeatRequest.objects.create(status="WAITING", **row), "counts 0 seats and -1 waiting more")
    refused(
        lambda: Enrolment.objects.filter(run=run).update(status="CANCELLED", holds_seat=False),
        "counts 1 seats and 0 waiting more",
    )


def test_one_live_request_and_one_seat_per_human_and_run(place):
    person_ = account(place.students[0])
    row = {"run": place.run, "person": person_, "canonical": person_, "requested_at": NOW}
    refused(lambda: SeatRequest.objects.create(**row), "one_live_request_per_person")
    second = SeatRequest.objects.exclude(person=person_).get()
    seat = {"run": place.run, "person": person_, "canonical": person_, "status": "ACTIVE", "policy_version": "1"}
    refused(lambda: Enrolment.objects.create(request=second, enrolled_at=NOW, **seat), "one_seat_per_person")


def test_an_ended_request_is_not_live_and_an_open_one_is(place):
    refused(lambda: SeatRequest.objects.filter(status="WAITING").update(live=False), "open_request_is_live")
    refused(lambda: SeatRequest.objects.filter(status="SEATED").update(status="LAPSED"), "ended_request_is_not_live")


def test_a_published_run_keeps_its_rules(place):
    for change in ({"policy": {"seats": {}}}, {"fee_won": 1}, {"admission": "LOTTERY"}, {"closes_at": NOW}):
        refused(lambda change=change: Run.objects.update(**change), "keeps its rules")


def test_an_instructor_is_in_one_place(place):
    first = place.lessons(1)[0]
    with pytest.raises(services.runs.Invalid, match="같은 시간"):
        services.plan_lesson(
            run=place.run,
            number=2,
            starts_at=first.starts_at + timedelta(hours=1),
            ends_at=first.ends_at,
            by=place.officer,
            instructor=place.instructor,
        )


def test_a_decision_needs_its_leaf(place):
    # The counters agree, but nobody wrote into the ledger.
    waiting = SeatRequest.objects.get(status="WAITING")

    def withdraw():
        SeatRequest.objects.filter(pk=waiting.pk).update(status="WITHDRAWN", live=False)
        Run.objects.update(waiting=0)

    refused(withdraw, "leaf")


def test_records_of_attendance_are_never_changed(place):
    lesson, enrolment = place.lessons(1)[0], Enrolment.objects.get()
    AttendanceEvent.objects.create(lesson=lesson, enrolment=enrolment, kind="IN", at=NOW, source="IMPORT")
    refused(lambda: AttendanceEvent.objects.update(kind="OUT"), "UPDATE of college_attendanceevent is forbidden")
    refused(lambda: AttendanceEvent.objects.all().delete(), "DELETE of college_attendanceevent is forbidden")

    def truncate():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE college_attendanceevent CASCADE")

    refused(truncate, "TRUNCATE")


def test_one_person_has_an_identity():
    services.confirm_identity(person=account(person()), kind="CI", value="abc", now=NOW)
    with pytest.raises(services.people.Invalid):
        services.confirm_identity(person=account(person()), kind="CI", value="abc", now=NOW)
    assert "abc" not in PersonIdentity.objects.get().key
