"""What the college tells people, through notices; each text stands in ``college.topics``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from college.models import Enrolment, Lesson, Person, Qualification, Refund, SeatRequest, Survey
from college.naming import name_later, title_later
from portal.accounts.queries import people_with
from portal.notices.services import Letter, notify, notify_all


def seated(enrolment: Enrolment) -> None:
    _tell(
        enrolment.person, "college.seated", {"run": name_later(enrolment.run)}, f"college.seated:{enrolment.public_id}"
    )


def waiting(request: SeatRequest) -> None:
    waiting_all([request])


def waiting_all(requests: Iterable[SeatRequest]) -> None:
    letters = [
        Letter(
            one.person.users, {"run": name_later(one.run)}, reverse("college:mine"), f"college.waiting:{one.public_id}"
        )
        for one in requests
    ]
    notify_all(topic="college.waiting", letters=letters)


def offered(request: SeatRequest) -> None:
    context = {"run": name_later(request.run), "expires_at": request.offer_expires_at}
    _tell(request.person, "college.offered", context, f"college.offered:{request.public_id}:{request.offered_at}")


def lapsed(request: SeatRequest) -> None:
    _tell(request.person, "college.lapsed", {"run": name_later(request.run)}, f"college.lapsed:{request.public_id}")


def closed(request: SeatRequest) -> None:
    _tell(request.person, "college.closed", {"run": name_later(request.run)}, f"college.closed:{request.public_id}")


def judged(enrolment: Enrolment, *, completed: bool, number: int) -> None:
    topic = "college.completed" if completed else "college.not_completed"
    _tell(enrolment.person, topic, {"run": name_later(enrolment.run)}, f"{topic}:{enrolment.public_id}:{number}")


def survey_opened(enrolment: Enrolment, survey: Survey) -> None:
    context = {"run": name_later(enrolment.run), "closes_at": survey.closes_at}
    _tell(enrolment.person, "college.survey", context, f"college.survey:{enrolment.public_id}")


def refund(row: Refund, topic: str) -> None:
    """Approved, paid, or nothing due."""
    enrolment = row.payment.enrolment
    context = {"run": name_later(enrolment.run), "amount": f"{row.amount_won or 0:,}"}
    address = reverse("college:fee", args=[enrolment.public_id])
    _tell(enrolment.person, topic, context, f"{topic}:{row.public_id}", address)


def qualification(row: Qualification, topic: str) -> None:
    """Approved, or withdrawn: the instructor is told."""
    context = {"course": title_later(row.course), "until": row.valid_to}
    address = reverse("college:lessons")
    notify(to=row.instructor, topic=topic, context=context, url=address, key=f"{topic}:{row.public_id}")


def qualification_ending(row: Qualification) -> None:
    """Soon over, once to the instructor and to the office that would have to renew it."""
    context = {"course": title_later(row.course), "until": row.valid_to, "name": row.instructor.name}
    key = f"college.qualification_ending:{row.public_id}"
    notify(
        to=row.instructor,
        topic="college.qualification_ending",
        context=context,
        url=reverse("college:lessons"),
        key=key,
    )
    office = people_with("college.officer", cluster=row.course.cluster, course=row.course.code)
    if office:
        address = reverse("college:qualification", args=[row.public_id])
        notify(to=office, topic="college.qualification_to_renew", context=context, url=address, key=f"{key}:office")


def assigned(lesson: Lesson) -> None:
    """The instructor of a lesson hears of it."""
    context = {"run": name_later(lesson.run), "starts_at": lesson.starts_at}
    assert lesson.instructor is not None
    notify(to=lesson.instructor, topic="college.lesson_assigned", context=context, url=reverse("college:lessons"))


def certificate(topic: str, person: Person, *, number: str, key: str) -> None:
    """Issued, suspended, restored, revoked, replaced."""
    _tell(person, topic, {"number": number}, f"{topic}:{key}")


def _tell(person: Person, topic: str, context: dict[str, Any], key: str, address: str = "") -> None:
    if person.users:  # all of them, so that nobody misses what concerns them
        notify(to=person.users, topic=topic, context=context, url=address or reverse("college:mine"), key=key)
