"""A lesson from opening to seal, corrections by two people, and what completion makes of it."""

from datetime import timedelta

import pytest

from college import qr, queries, receipts, services
from college.models import AttendanceEvent, Completion
from ledger import log
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from tests.factories.college import ENDED, STARTS, college
from tests.factories.people import leaves, person, with_role

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def place():
    """A run with one student and one lesson, under way."""
    made = college(capacity=3)
    made.enrolment = made.seat()
    made.user = made.students[0]
    made.move("CONFIRMED", "RUNNING")
    made.lesson = made.lessons(1)[0]
    return made


def opened(place):
    services.open_lesson(lesson=place.lesson, by=place.instructor, now=STARTS)


def scan(place, kind="IN", at=STARTS, **changes):
    given = {"lesson": place.lesson, "enrolment": place.enrolment, "by": place.user, "step": qr.step_at(at)}
    return services.scan(**{**given, "kind": kind, "now": at, **changes})


def test_only_the_assigned_instructor_opens_and_only_around_its_time(place):
    other = with_role("instructor", cluster=place.run.course.cluster)
    for who in (other, place.officer, place.user):
        with pytest.raises(NotAllowed):
            services.open_lesson(lesson=place.lesson, by=who, now=STARTS)
    with pytest.raises(Invalid):
        services.open_lesson(lesson=place.lesson, by=place.instructor, now=STARTS - HOUR - MINUTE)
    opened(place)
    assert place.lesson.status == "HELD"


def test_a_scan_counts_once_however_often_it_is_sent(place):
    opened(place)
    assert scan(place).pk == scan(place).pk
    assert queries.present_now(place.lesson) == {place.enrolment.pk}
    scan(place, "OUT", STARTS + HOUR)
    assert queries.present_now(place.lesson) == set()
    assert AttendanceEvent.objects.count() == 2


def test_scans_are_refused_before_after_and_for_others(place):
    with pytest.raises(Late):
        scan(place)
    opened(place)
    with pytest.raises(NotAllowed):
        scan(place, by=person())
    with pytest.raises(Invalid):
        scan(place, "VOID")
    services.seal_lesson(lesson=place.lesson, by=place.instructor, now=place.lesson.ends_at)
    with pytest.raises(Late):
        scan(place)


def test_the_seal_holds_the_root_of_the_records(place):
    opened(place)
    events = [scan(place), scan(place, "OUT", place.lesson.ends_at)]
    root = services.seal_lesson(lesson=place.lesson, by=place.instructor, now=place.lesson.ends_at, head_count=1)
    assert root == log.root_of([queries.record_of(event) for event in events])
    leaf = leaves(place.lesson)[-1]
    assert (leaf["type"], leaf["data"]["count"], leaf["data"]["root"]) == ("college.attendance.day_closed/1", 2, root)
    assert leaf["data"]["head_count"] == 1
    assert len(receipts.fingerprint(queries.record_of(events[0]))) == 64
    with pytest.raises(Overtaken):
        services.seal_lesson(lesson=place.lesson, by=place.instructor, now=place.lesson.ends_at)


def test_a_lesson_nobody_sealed_is_sealed_by_the_clock(place):
    opened(place)
    end = place.lesson.ends_at
    assert services.seal_due_lessons(now=end + 29 * MINUTE) == 0
    assert services.seal_due_lessons(now=end + 30 * MINUTE) == 1


def forgotten_by_the_phone(place):
    """IN, dead phone, no OUT: the lesson is sealed and the student counts as absent."""
    opened(place)
    scan(place)
    services.seal_lesson(lesson=place.lesson, by=place.instructor, now=place.lesson.ends_at)
    assert day(place) == "ABSENT"


def day(place):
    ((_lesson, made),) = queries.days_of(place.fresh(), [place.enrolment])[place.enrolment.pk]
    return made.status


def asked(place, **changes):
    entries = [("IN", STARTS), ("OUT", place.lesson.ends_at)]
    given = {"lesson": place.lesson, "enrolment": place.enrolment, "by": place.user, "now": ENDED - 3 * HOUR}
    given |= {"reason": "NETWORK_FAULT", "evidence": "장애 기록 17번", "entries": entries}
    return services.request_correction(**{**given, **changes})


def test_a_correction_needs_two_people_and_changes_no_record(place):
    forgotten_by_the_phone(place)
    correction = asked(place)
    services.check_correction(correction=correction, by=place.officer, now=ENDED)
    both = with_role("college.approver", user=place.officer, cluster=place.run.course.cluster)
    with pytest.raises(NotAllowed):
        services.apply_correction(correction=correction, by=both, now=ENDED)
    services.apply_correction(correction=correction, by=place.approver, now=ENDED)
    assert day(place) == "PRESENT"
    assert list(AttendanceEvent.objects.values_list("kind", flat=True)) == ["IN", "VOID", "IN", "OUT"]
    assert leaves(correction)[-1]["type"] == "college.attendance.corrected/1"


def test_nobody_decides_on_their_own_record(place):
    forgotten_by_the_phone(place)
    with_role("college.officer", user=place.user, cluster=place.run.course.cluster)
    with pytest.raises(NotAllowed):
        services.check_correction(correction=asked(place), by=place.user, now=ENDED)


def test_a_correction_without_evidence_reason_or_in_time_is_refused(place):
    forgotten_by_the_phone(place)
    for changes in ({"evidence": " "}, {"reason": ""}, {"entries": []}):
        with pytest.raises(Invalid):
            asked(place, **changes)
    with pytest.raises(Late):
        asked(place, now=ENDED + timedelta(days=4))


def test_an_excused_absence_counts_as_attended(place):
    opened(place)
    services.seal_lesson(lesson=place.lesson, by=place.instructor, now=place.lesson.ends_at)
    correction = asked(place, excuse=True, entries=(), reason="")
    services.check_correction(correction=correction, by=place.officer, now=ENDED)
    services.apply_correction(correction=correction, by=place.approver, now=ENDED)
    assert day(place) == "EXCUSED"


def test_judging_tells_everybody_and_judging_again_names_what_it_replaces(place):
    forgotten_by_the_phone(place)
    place.move("ENDED", now=ENDED)
    (first,) = services.judge_run(run=place.fresh(), by=place.approver, now=ENDED)
    assert (first.completed, first.reasons, first.tally["attended_units"]) == (False, ["attendance"], 0)
    with pytest.raises(Overtaken):
        services.judge_run(run=place.fresh(), by=place.approver, now=ENDED)
    correction = asked(place)
    services.check_correction(correction=correction, by=place.officer, now=ENDED)
    services.apply_correction(correction=correction, by=place.approver, now=ENDED)
    second = Completion.objects.get(number=2)
    assert (second.completed, second.replaces) == (True, first)
    place.enrolment.refresh_from_db()
    assert place.enrolment.status == "COMPLETED"
    assert leaves(second)[0]["data"]["no"].startswith("college.completion/")


def test_a_required_assessment_is_judged_by_the_last_score():
    assessments = [{"code": "final", "pass_mark": 6000}]
    place = college(capacity=3, policy={"completion": {"assessments": assessments}})
    weak, strong = place.seat(), place.seat()
    place.move("CONFIRMED", "RUNNING")
    place.teach(place.lessons(1)[0], weak, strong)
    for enrolment, points in ((weak, 9000), (weak, 5999), (strong, 6000)):
        services.give_score(enrolment=enrolment, code="final", points=points, by=place.instructor, now=ENDED)
    with pytest.raises(Invalid):
        services.give_score(enrolment=weak, code="other", points=1, by=place.instructor, now=ENDED)
    place.move("ENDED", now=ENDED)
    made = services.judge_run(run=place.fresh(), by=place.approver, now=ENDED)
    assert {each.enrolment_id: each.reasons for each in made} == {weak.pk: ["assessment:final"], strong.pk: []}


def test_a_run_with_an_open_lesson_is_not_judged(place):
    opened(place)
    place.move("ENDED", now=ENDED)
    with pytest.raises(Invalid):
        services.judge_run(run=place.fresh(), by=place.approver, now=ENDED)
    with pytest.raises(NotAllowed):
        services.judge_run(run=place.fresh(), by=place.officer, now=ENDED)
