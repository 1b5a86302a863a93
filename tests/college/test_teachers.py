"""Nobody teaches without a qualification that two people stand for, in force on the day."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from college import queries, services, tasks
from college.models import Lesson, Qualification, Run
from college.workflow import RUN, SESSION
from portal.core.errors import Invalid, Late, NotAllowed
from portal.core.panels import shown
from portal.core.transition import advance
from portal.notices.models import Notice
from tests.college.test_doors import allowed, browser
from tests.college.test_guards import refused
from tests.factories.college import NOW, STARTS, college, qualify
from tests.factories.people import cluster, leaves, person, with_role
from tests.tenancy.test_races import at_once

SPAN = {"valid_from": date(2020, 4, 6), "valid_to": date(2020, 4, 8)}


@pytest.fixture
def place(db):
    return college()


def submitted(place, **fields):
    given = {"instructor": place.instructor, "course": place.run.course, "evidence": "박사, 경력 10년", **SPAN}
    return services.submit_qualification(by=place.officer, now=NOW, **{**given, **fields})


def approved(place, **fields):
    row = submitted(place, **fields)
    services.approve_qualification(qualification=row, by=place.approver, now=NOW)
    return row


def lesson(place, day=6, hour=0, **fields):
    """A lesson in April 2020 at this hour of UTC, nine hours later in Seoul; nobody assigned unless said."""
    at = datetime(2020, 4, day, hour, tzinfo=UTC)
    given = {"number": place.run.lessons.count() + 1, "starts_at": at, "ends_at": at + timedelta(hours=2), **fields}
    return services.plan_lesson(run=place.fresh(), by=place.officer, **given)


# --- qualified by two people ---


def test_submitted_by_one_and_approved_by_another(place):
    row = submitted(place)
    with pytest.raises(NotAllowed):
        services.approve_qualification(qualification=row, by=place.officer, now=NOW)
    services.approve_qualification(qualification=row, by=place.approver, now=NOW)
    assert [leaf["type"].split(".")[2] for leaf in leaves(row)] == ["submitted/1", "approved/1"]
    assert Notice.objects.filter(user=place.instructor, topic="college.qualified").exists()


def test_nobody_vouches_for_themselves(place):
    with pytest.raises(NotAllowed, match="스스로"):
        submitted(place, instructor=place.officer)
    row = submitted(place, instructor=place.approver)
    with pytest.raises(NotAllowed, match="자신의"):
        services.approve_qualification(qualification=row, by=place.approver, now=NOW)


@pytest.mark.parametrize(
    ("fields", "field"), [({"evidence": "  "}, "evidence"), ({"valid_to": date(2020, 4, 6)}, "valid_to")]
)
def test_what_cannot_be_is_told_at_its_field(place, fields, field):
    with pytest.raises(Invalid) as told:
        submitted(place, **fields)
    assert told.value.field == field


def test_refused_and_withdrawn_want_a_reason(place):
    row = submitted(place)
    with pytest.raises(Invalid):
        services.refuse_qualification(qualification=row, by=place.approver, now=NOW, reason=" ")
    services.approve_qualification(qualification=row, by=place.approver, now=NOW)
    services.withdraw_qualification(qualification=row, by=place.approver, now=NOW, reason="경력 사실과 다름")
    assert Qualification.objects.get().status == "WITHDRAWN"


# --- nobody else teaches ---


def test_only_who_is_qualified_that_day_is_assigned(place):
    approved(place)
    made = lesson(place, 6)
    services.assign_instructor(lesson=made, instructor=place.instructor, by=place.officer, now=NOW)
    assert Lesson.objects.get().instructor == place.instructor
    assert leaves(made)[-1]["type"] == "college.session.assigned/1"
    with pytest.raises(NotAllowed, match="유효하지"):  # the day it ends it is over
        services.assign_instructor(lesson=lesson(place, 8), instructor=place.instructor, by=place.officer, now=NOW)


def test_the_day_is_the_day_in_seoul(place):
    approved(place)
    early = lesson(place, 5, hour=15)  # midnight of the 6th in Seoul
    services.assign_instructor(lesson=early, instructor=place.instructor, by=place.officer, now=NOW)
    late = lesson(place, 7, hour=15)  # and of the 8th
    with pytest.raises(NotAllowed):
        services.assign_instructor(lesson=late, instructor=place.instructor, by=place.officer, now=NOW)


def test_another_course_is_another_qualification(place):
    elsewhere = college()
    approved(elsewhere, instructor=place.instructor)
    with pytest.raises(NotAllowed):
        services.assign_instructor(lesson=lesson(place), instructor=place.instructor, by=place.officer, now=NOW)


def test_a_run_with_an_unqualified_instructor_is_not_published(db):
    place = college(publish=False)
    lesson(place, instructor=place.instructor)
    with pytest.raises(Invalid, match="1차시의 강사 김마당 님은"):
        services.publish_run(run=place.fresh(), by=place.officer, now=NOW)
    approved(place)
    services.publish_run(run=place.fresh(), by=place.officer, now=NOW)
    assert place.fresh().status == "PUBLISHED"


def test_who_is_withdrawn_opens_no_lesson_and_a_stand_in_does(place):
    row = approved(place)
    made = lesson(place, instructor=place.instructor)
    services.withdraw_qualification(qualification=row, by=place.approver, now=NOW, reason="사유")
    at = made.starts_at
    with pytest.raises(NotAllowed, match="유효하지"):
        services.open_lesson(lesson=made, by=place.instructor, now=at)
    other = with_role("instructor", cluster=place.run.course.cluster)
    with pytest.raises(NotAllowed):
        services.open_lesson(lesson=made, by=other, now=at)
    approved(place, instructor=other)
    services.assign_instructor(lesson=made, instructor=other, by=place.officer, now=at)
    services.open_lesson(lesson=made, by=other, now=at)
    with pytest.raises(Late):
        services.assign_instructor(lesson=made, instructor=place.instructor, by=place.officer, now=at)


def test_an_instructor_is_in_one_place_also_as_a_stand_in(place):
    approved(place)
    lesson(place, instructor=place.instructor)
    with pytest.raises(Invalid, match="같은 시간"):
        services.assign_instructor(lesson=lesson(place), instructor=place.instructor, by=place.officer, now=NOW)


# --- what the database refuses, whoever asks ---


def test_no_lesson_is_given_to_or_held_by_somebody_unqualified(place):
    made = lesson(place)
    refused(lambda: Lesson.objects.update(instructor=place.instructor), "instructor_qualified")
    row = approved(place)
    Lesson.objects.update(instructor=place.instructor)
    refused(
        lambda: Lesson.objects.update(starts_at=STARTS + timedelta(days=9), ends_at=STARTS + timedelta(days=10)),
        "qualified",
    )
    services.withdraw_qualification(qualification=row, by=place.approver, now=NOW, reason="사유")
    step = {"by": place.instructor.acting_as("instructor"), "steps": SESSION}
    made.refresh_from_db()
    refused(lambda: advance(made, "HELD", **step), "instructor_qualified")


def test_a_lesson_is_held_by_somebody(place):
    made = lesson(place)
    step = {"by": place.instructor.acting_as("instructor"), "steps": SESSION}
    refused(lambda: advance(made, "HELD", **step), "held by its instructor")


def test_a_run_is_not_published_around_the_service(db):
    place = college(publish=False)
    lesson(place, instructor=place.instructor)
    step = {"by": place.officer.acting_as("college.officer"), "steps": RUN, "data": {}}
    refused(lambda: advance(Run.objects.get(), "PUBLISHED", **step), "an instructor of this run is not qualified")


def test_what_was_submitted_stays_and_two_people_decide(place):
    row = submitted(place)
    rows = Qualification.objects.filter(pk=row.pk)
    refused(lambda: rows.update(valid_to=date(2030, 1, 1)), "stays as it was submitted")
    refused(rows.delete, "DELETE of college_qualification is forbidden")
    decided = {"status": "APPROVED", "decided_at": NOW}
    refused(lambda: rows.update(**decided), "decided_by_somebody")
    refused(lambda: rows.update(**decided, decided_by=place.officer), "qualification_two_people")
    refused(lambda: rows.update(**decided, decided_by=place.instructor), "qualification_not_of_oneself")
    refused(lambda: rows.update(**decided, decided_by=place.approver), "leaf")
    given = {
        "instructor": place.instructor,
        "course": place.run.course,
        "submitted_by": place.officer,
        "submitted_at": NOW,
    }
    refused(lambda: Qualification.objects.create(evidence="", **SPAN, **given), "qualification_has_evidence")
    backwards = {"valid_from": SPAN["valid_to"], "valid_to": SPAN["valid_from"]}
    refused(lambda: Qualification.objects.create(evidence="x", **backwards, **given), "qualification_lasts")


@pytest.mark.usefixtures("committed_db")
def test_taken_back_while_a_lesson_is_being_opened():
    for _attempt in range(3):
        place = college()
        row = approved(place)
        made = lesson(place, instructor=place.instructor)
        outcomes = at_once(
            lambda made=made, by=place.instructor: services.open_lesson(lesson=made, by=by, now=made.starts_at),
            lambda row=row, by=place.approver: services.withdraw_qualification(
                qualification=row, by=by, now=NOW, reason="사유"
            ),
        )
        made.refresh_from_db()
        kinds = Counter(kind for kind, _ in outcomes)
        # Taking back always succeeds; the lesson began before it or not at all.
        assert kinds == ({"done": 2} if made.status == "HELD" else {"done": 1, "refused": 1})
        assert Qualification.objects.get(pk=row.pk).status == "WITHDRAWN"


# --- the end comes with a warning ---


def test_the_end_is_told_once_a_month_before_and_not_when_renewed(place, monkeypatch):
    row = approved(place)
    monkeypatch.setattr(tasks, "database_now", lambda: datetime(2020, 4, 6, tzinfo=UTC))
    assert tasks.warn_of_endings() == 1
    tasks.warn_of_endings()
    told = Notice.objects.filter(topic__in=["college.qualification_ending", "college.qualification_to_renew"])
    assert Counter(one.user for one in told) == {place.instructor: 1, place.officer: 1}
    approved(place, valid_from=row.valid_to, valid_to=date(2022, 1, 1))
    assert not queries.ending(date(2020, 4, 6)).exists()
    assert not queries.ending(date(2020, 3, 1)).exists()


# --- pages ---


def test_who_sees_and_does_what(place):
    row = submitted(place)
    everybody = {
        "anonymous": None,
        "stranger": person(),
        "instructor": place.instructor,
        "elsewhere": with_role("college.officer", cluster=cluster("incheon")),
        "officer": place.officer,
        "approver": place.approver,
    }
    office = {"officer", "approver"}
    for address, may in [
        (reverse("college:teachers"), office | {"elsewhere"}),
        (reverse("college:qualification", args=[row.public_id]), office),
        (reverse("college:run-teachers", args=[place.run.code]), office),
    ]:
        assert {role for role, user in everybody.items() if allowed(browser(user).get(address))} == may, address
    page = browser(everybody["elsewhere"]).get(reverse("college:teachers")).content.decode()
    assert place.instructor.name not in page.split("<main")[1]


def test_the_whole_way_through_the_pages(place, rf, monkeypatch):
    monkeypatch.setattr("college.views.teachers.database_now", lambda: NOW)
    made = lesson(place)
    officer, approver, teacher = map(browser, (place.officer, place.approver, place.instructor))
    course = place.run.course
    form = {
        "submit-instructor": str(place.instructor.pk),
        "submit-course": course.code,
        "submit-evidence": "경력 10년, 시강 평가 합격",
        "submit-valid_from": "2020-04-06",
        "submit-valid_to": "2020-04-01",
    }
    address = reverse("college:teachers")
    page = officer.post(f"{address}?act=submit", form)
    assert page.status_code == 422
    assert "시작일보다 뒤여야" in page.content.decode()
    assert "시강 평가 합격" in page.content.decode()
    for name, value in (("course", "nothing"), ("instructor", "0"), ("valid_from", "어제")):
        assert officer.post(f"{address}?act=submit", {**form, f"submit-{name}": value}).status_code == 422
    officer.post(f"{address}?act=submit", {**form, "submit-valid_to": "2020-05-01"})
    row = Qualification.objects.get()

    case = reverse("college:qualification", args=[row.public_id])
    assert officer.post(f"{case}?act=approve").status_code == 403
    request = rf.get("/")
    request.user = place.approver
    (desk,) = [
        one.body
        for one in shown("desk", request, roles=frozenset({"college.approver"}), now=NOW)
        if one.code == "college"
    ]
    assert "승인할 강사 자격" in desk
    assert approver.post(f"{case}?act=approve", follow=True).status_code == 200
    assert "유효 기간" in teacher.get(reverse("college:lessons")).content.decode()

    lessons = reverse("college:run-teachers", args=[place.run.code])
    assert "강사 미정" in officer.get(lessons).content.decode()
    chosen = {"assign-lesson": str(made.public_id), "assign-instructor": str(place.instructor.pk)}
    page = officer.post(f"{lessons}?act=assign", chosen, follow=True)
    assert "강사를 배정하고 알렸습니다" in page.content.decode()
    approver.post(f"{case}?act=withdraw", {"withdraw-reason": "사유"})
    assert "자격 없음" in officer.get(lessons).content.decode()
    assert "강사 자격이 없는 예정 수업" in officer.get(address).content.decode()


def test_the_factory_qualifies_once(place):
    assert qualify(place.instructor, place.run.course, place) is not None
    assert qualify(place.instructor, place.run.course, place) is None
