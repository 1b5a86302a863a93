"""Surveys: asked at the end, answered once, of nobody; read from five answers on."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from college import queries, services, surveys
from college.models import Survey, SurveyAnswer, SurveyTicket
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from portal.notices.models import Notice
from tests.college.test_doors import browser
from tests.factories.college import ENDED, college
from tests.factories.people import person
from tests.tenancy.test_races import at_once

MARKS = dict.fromkeys(("content", "teaching", "practice", "running", "recommend"), 4)
SOON = ENDED + timedelta(days=1)


def ended(students=6):
    """A run that has come to its end with so many seats."""
    place = college(capacity=students)
    seats = [place.seat() for _ in range(students)]
    place.move("CONFIRMED", "RUNNING")
    place.move("ENDED", now=ENDED)
    return place, seats


def answer(place, seat, given=MARKS, now=SOON):
    services.answer_survey(
        enrolment=seat, answers=given, by=place.students[seat.run.enrolments.filter(pk__lt=seat.pk).count()], now=now
    )


# --- What may be read ---------------------------------------------------------------------------------------------------


def test_nobody_reads_fewer_than_five():
    assert surveys.results(surveys.DEFAULT, [MARKS] * 4) is None
    assert surveys.results(surveys.DEFAULT, [MARKS] * 5).answers == 5


def test_marks_are_counted_and_their_mean_is_exact():
    given = [MARKS | {"content": mark} for mark in (1, 2, 2, 5, 5)]
    first = surveys.results(surveys.DEFAULT, given).marks[0]
    assert (first.counts, first.mean) == ((1, 2, 0, 0, 2), Fraction(3))


def test_the_order_of_words_says_nothing():
    words = [MARKS | {"good": text} for text in ("나", "가", "다", "", "라")]
    assert dict(surveys.results(surveys.DEFAULT, words).words)[surveys.DEFAULT[5]] == ("가", "나", "다", "라")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"content": 0}, {"content": "range"}),
        ({"content": 6}, {"content": "range"}),
        ({"content": True}, {"content": "range"}),
        ({"content": None}, {"content": "missing"}),
        ({"good": "가" * 2001}, {"good": "length"}),
        ({"good": 3}, {"good": "length"}),
        ({"name": "김"}, {"name": "unknown"}),
    ],
)
def test_what_is_no_answer_is_named(changes, problem):
    assert surveys.problems(surveys.DEFAULT, MARKS | changes) == problem


# --- Asking and answering -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_everybody_who_stayed_is_asked_when_the_run_ends():
    place = college(capacity=3)
    seats = [place.seat() for _ in range(3)]
    services.drop(enrolment=seats[2], by=place.students[2], now=ENDED - timedelta(days=60))
    place.move("CONFIRMED", "RUNNING")
    assert queries.survey_of(place.run) is None
    place.move("ENDED", now=ENDED)
    asked = [Notice.objects.filter(user=user, topic="college.survey").count() for user in place.students]
    assert asked == [1, 1, 0]
    assert Survey.objects.get().closes_at == ENDED + timedelta(days=14)


@pytest.mark.django_db
def test_one_answers_once_and_in_time_and_for_oneself():
    place, seats = ended(2)
    with pytest.raises(Invalid) as wrong:
        answer(place, seats[0], MARKS | {"content": 9})
    assert wrong.value.field == "content"
    answer(place, seats[0], MARKS | {"good": "실습"})
    with pytest.raises(Overtaken):
        answer(place, seats[0])
    with pytest.raises(NotAllowed):
        services.answer_survey(enrolment=seats[1], answers=MARKS, by=place.students[0], now=SOON)
    with pytest.raises(Late):
        answer(place, seats[1], now=ENDED + timedelta(days=14))
    assert [(row.answers, SurveyTicket.objects.count()) for row in SurveyAnswer.objects.all()] == [
        (MARKS | {"good": "실습"}, 1)
    ]


@pytest.mark.django_db
def test_an_answer_leads_to_nobody():
    fields = {field.name for field in SurveyAnswer._meta.get_fields()}
    assert fields == {"id", "survey", "answers"}
    assert {field.name for field in SurveyTicket._meta.get_fields()} == {"id", "survey", "enrolment"}


# --- Around the service -------------------------------------------------------------------------------------------------


def refused(statement, *values):
    """The database's message for a statement that must not pass."""
    with pytest.raises(DatabaseError) as caught:
        commit(statement, values)
    return str(caught.value)


@transaction.atomic
def commit(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_the_database_counts_answers_and_keeps_them():
    place, seats = ended(2)
    answer(place, seats[0])
    survey, other = Survey.objects.get(), ended(1)[1][0]
    new = "gen_random_uuid()"
    assert "differ" in refused(f"INSERT INTO college_surveyanswer VALUES ({new}, '{{}}', %s)", survey.pk)
    assert "differ" in refused(f"INSERT INTO college_surveyticket VALUES ({new}, %s, %s)", seats[1].pk, survey.pk)
    assert "own run" in refused(f"INSERT INTO college_surveyticket VALUES ({new}, %s, %s)", other.pk, survey.pk)
    assert "unique" in refused(f"INSERT INTO college_surveyticket VALUES ({new}, %s, %s)", seats[0].pk, survey.pk)
    assert "forbidden" in refused("UPDATE college_surveyanswer SET answers = '{}'")
    assert "forbidden" in refused("DELETE FROM college_surveyanswer")
    assert "forbidden" in refused("DELETE FROM college_surveyticket")
    assert "survey_times_in_order" in refused("UPDATE college_survey SET closes_at = opened_at")


def test_two_tabs_at_once_answer_once(committed_db):
    place, seats = ended(1)
    user, seat = place.students[0], seats[0]
    acts = [lambda: services.answer_survey(enrolment=seat, answers=MARKS, by=user, now=SOON)] * 4
    assert sorted(kind for kind, _ in at_once(*acts)) == ["done", "refused", "refused", "refused"]
    assert SurveyAnswer.objects.count() == SurveyTicket.objects.count() == 1


# --- Pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_student_answers_on_a_page_and_the_office_reads_from_five_on(monkeypatch):
    for module in ("views.survey", "views.student"):
        monkeypatch.setattr(f"college.{module}.database_now", lambda: SOON)
        monkeypatch.setattr(f"college.{module}.arrived_at", lambda request: SOON, raising=False)
    place, _seats = ended(6)
    page, office = (
        reverse("college:survey", args=[place.run.code]),
        reverse("college:office-run", args=[place.run.code]),
    )
    mine = reverse("college:mine")
    first = browser(place.students[0])
    assert page in first.get(mine).text
    short = first.post(page, {**MARKS, "content": "", "good": "실습이 많았습니다."})
    assert (short.status_code, "실습이 많았습니다." in short.text) == (422, True)
    assert first.post(page, {**MARKS, "content": "9"}).status_code == 422
    assert first.post(page, {**MARKS, "good": "실습이 많았습니다."}).url == mine
    assert page not in first.get(mine).text
    assert "이미 답하셨거나" in first.get(page).text
    desk = browser(place.officer)
    assert "다섯 명이 답하면" in desk.get(office).text
    for student in place.students[1:5]:
        browser(student).post(page, MARKS)
    read = desk.get(office).text
    assert ("실습이 많았습니다." in read, "4.00" in read, "5 / 6" in read) == (True, True, True)
    assert browser(person()).get(page).status_code == 404
    assert browser(place.officer).get(page).status_code == 404


@pytest.mark.django_db
def test_who_stayed_to_the_end_cannot_take_it_back():
    place, seats = ended(1)
    seat = seats[0]
    seat.refresh_from_db()
    with pytest.raises(Late):
        services.drop(enrolment=seat, by=place.students[0], now=SOON)
    assert (
        reverse("college:drop", args=[place.run.code])
        not in browser(place.students[0]).get(reverse("college:mine")).text
    )
