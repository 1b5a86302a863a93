"""The office makes a run from its pages: drafts it, mends it, plans its lessons, publishes it; slips are told and kept."""

import pytest
from django.urls import reverse
from django.utils import translation

from college import services
from college.models import Lesson, Run
from portal.core.errors import Invalid, Late, NotAllowed
from tests.college.test_doors import browser
from tests.factories.college import college, course
from tests.factories.people import cluster, person, with_role

pytestmark = pytest.mark.django_db
TYPED = {
    "campus": "mapo",
    "number": "7",
    "admission": "FIRST_COME",
    "waiting_room": "on",
    "admit_per_s": "20",
    "capacity": "30",
    "opens_at": "2035-03-02T10:00:00",
    "closes_at": "2035-03-16T18:00:00",
    "late_join_until": "2035-04-06T18:00:00",
    "starts_date": "2035-04-02",
    "ends_date": "2035-04-27",
    "attendance_percent": "80",
    "fee_won": "0",
    "policy_version": "2035-1",
}
LESSON = {"on": "2035-04-02", "starts": "09:00", "ends": "18:00", "units": "1"}


@pytest.fixture(autouse=True)
def _in_korean():
    with translation.override("ko"):
        yield


@pytest.fixture
def office():
    """An officer's browser and a course of theirs."""
    made = course()
    return browser(with_role("college.officer", cluster=cluster())), made


def posted(client, name, args=(), **data):
    return client.post(reverse(f"college:{name}", args=args), data)


def drafted(office, **changes):
    client, made = office
    return posted(client, "new-run", course=made.code, **{**TYPED, **changes})


def test_from_the_desk_to_the_catalogue(office):
    client, made = office
    assert "새 기수" in client.get(reverse("college:office")).content.decode()
    assert "과정" in client.get(reverse("college:new-run")).content.decode()
    assert drafted(office).status_code == 302
    run = Run.objects.get()
    assert (run.code, run.status, run.capacity) == (f"{made.code}-mapo-7", "DRAFT", 30)
    assert (run.rules.seats.waiting_room, run.policy_version) == (True, "2035-1")
    assert posted(client, "edit-run", [run.code], course=made.code, **{**TYPED, "capacity": "40"}).status_code == 302
    answer = posted(client, "draft-lessons", [run.code], **LESSON, until="2035-04-06", title_ko="합의")
    assert answer.status_code == 302
    assert list(run.lessons.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert posted(client, "office-step", [run.code, "publish"]).status_code == 302
    run.refresh_from_db()
    assert (run.status, run.capacity, run.window.rate_per_s) == ("PUBLISHED", 40, 20)
    page = browser(None).get(reverse("college:run", args=[run.code])).content.decode()
    assert "대기실로 가기" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"closes_at": TYPED["opens_at"]}, "신청 마감은 신청 시작보다 뒤"),
        ({"ends_date": "2035-04-01"}, "종강일은 개강일과 같거나 뒤"),
        ({"late_join_until": "2035-03-16T17:59:59"}, "추가 합류 마감은"),
        ({"admission": "LOTTERY"}, "대기실은 선착순"),
        ({"capacity": "0"}, "1"),
        ({"admit_per_s": "9"}, "10"),
        ({"capacity": "서른"}, "정수"),
        ({"admission": "SELECTION", "waiting_room": ""}, "모집공고를 골라"),
        ({"opens_at": "내일"}, ""),
        ({"campus": "busan"}, "busan"),
        ({"policy_version": ""}, ""),
    ],
)
def test_a_slip_is_told_and_what_was_typed_stays(office, changes, said):
    answer = drafted(office, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "2035-04-02" in page
    assert Run.objects.count() == 0


def test_a_number_taken_is_told_at_the_number(office):
    assert drafted(office).status_code == 302
    answer = drafted(office)
    assert answer.status_code == 422
    assert "같은 번호의 기수가 이미" in answer.content.decode()


def test_lessons_are_put_in_all_or_none_and_taken_out(office):
    client, _made = office
    drafted(office)
    run = Run.objects.get()
    teacher = with_role("instructor", cluster=cluster())
    posted(client, "draft-lessons", [run.code], **LESSON, until="2035-04-04", instructor=str(teacher.pk))
    assert run.lessons.count() == 3
    answer = posted(client, "draft-lessons", [run.code], **{**LESSON, "on": "2035-04-03"}, instructor=str(teacher.pk))
    assert answer.status_code == 422
    assert "강사가 같은 시간에" in answer.content.decode()
    for wrong in ({"ends": "08:00"}, {"until": "2035-04-01"}, {"until": "2036-04-01"}, {"on": "?"}, {"units": "0"}):
        assert posted(client, "draft-lessons", [run.code], **{**LESSON, **wrong}).status_code == 422, wrong
    second = run.lessons.get(number=2)
    assert posted(client, "drop-lesson", [run.code], lesson=str(second.public_id)).status_code == 302
    assert posted(client, "drop-lesson", [run.code], lesson="nothing").status_code == 404
    assert list(run.lessons.order_by("starts_at").values_list("number", flat=True)) == [1, 2]


def test_only_the_course_officers_make_and_change_runs(office):
    _client, made = office
    drafted(office)
    run = Run.objects.get()
    others = [
        person(),
        with_role("college.officer", cluster=cluster("incheon")),
        with_role("instructor", cluster=cluster()),
    ]
    for user in others:
        there = browser(user)
        for name, args in (("new-run", []), ("edit-run", [run.code]), ("draft-lessons", [run.code])):
            answer = there.get(reverse(f"college:{name}", args=args))
            elsewhere = name == "new-run" and user == others[1]
            assert answer.status_code == (200 if elsewhere and b"<option" in answer.content else 403), (user, name)
        assert posted(there, "new-run", course=made.code, **{**TYPED, "number": "8"}).status_code in (403, 422)
    with pytest.raises(NotAllowed):
        services.edit_run(run=run, by=others[0], capacity=1)


def test_a_published_run_is_not_drafted_again():
    place = college()
    lesson = place.lessons(1)[0]
    for act in (
        lambda: services.edit_run(run=place.fresh(), by=place.officer, capacity=9),
        lambda: services.drop_lesson(lesson=lesson, by=place.officer),
        lambda: services.plan_lessons(run=place.fresh(), spans=[(lesson.starts_at, lesson.ends_at)], by=place.officer),
    ):
        with pytest.raises(Late, match="공고한 기수"):
            act()
    assert Lesson.objects.count() == 1
    address = reverse("college:edit-run", args=[place.run.code])
    assert browser(place.officer).get(address).status_code == 404


def test_the_services_refuse_what_the_form_would(office):
    _client, made = office
    drafted(office)
    run = Run.objects.get()
    officer = with_role("college.officer", cluster=cluster())
    with pytest.raises(Invalid, match="순서를 확인"):
        services.edit_run(run=run, by=officer, closes_at=run.opens_at)
    with pytest.raises(Invalid, match="종강일"):
        services.edit_run(run=run, by=officer, ends_date=run.opens_at.date())
    with pytest.raises(Invalid, match="운영 기준"):
        services.edit_run(run=run, by=officer, policy={"seats": {"admit_per_s": 1}})
    with pytest.raises(Invalid, match="같은 번호"):
        services.draft_run(course=made, by=officer, code="another", campus="mapo", number=7, capacity=1, opens_at=run.opens_at, closes_at=run.closes_at, late_join_until=run.closes_at, starts_date=run.starts_date, ends_date=run.ends_date)  # fmt: skip
