"""Runs with their seats, and where somebody stands in the line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from college.enums import DrawStatus, EnrolmentStatus, RequestStatus, RunStatus
from college.models import Course, Draw, Enrolment, Person, PersonAccount, Run, SeatRequest
from portal.intake.enums import CallStatus
from portal.intake.models import Call

#: Runs that people may know of.
PUBLIC = tuple(status for status in RunStatus if status != RunStatus.DRAFT)
IN_ORDER = ("priority", F("place").asc(nulls_last=True), "requested_at", "id")


def course_list() -> QuerySet[Course]:
    return Course.objects.select_related("cluster").order_by("level", "code")


def open_runs(now: datetime) -> QuerySet[Run]:
    """Runs whose requests are open or will be, the next to close first."""
    return (
        Run.objects.filter(status__in=[RunStatus.PUBLISHED, RunStatus.CONFIRMED], closes_at__gt=now)
        .select_related("course")
        .order_by("closes_at", "code")
    )


def miscounted_runs() -> QuerySet[Run]:
    """Runs whose counters differ from their rows: none, unless somebody went past the triggers."""
    line = _number_of(SeatRequest.objects.filter(status=RequestStatus.WAITING))
    offered = _number_of(SeatRequest.objects.filter(status=RequestStatus.OFFERED))
    seated = _number_of(Enrolment.objects.filter(holds_seat=True))
    counted = Run.objects.annotate(line=line, held=offered + seated)
    return counted.exclude(waiting=F("line"), seats_taken=F("held")).order_by("code")


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    of_run = rows.filter(run=OuterRef("pk")).order_by().values("run").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(of_run), 0)


def public_runs() -> QuerySet[Run]:
    """Every run whose page everybody may read."""
    return Run.objects.filter(status__in=PUBLIC).select_related("course")


def runs_of(course: Course) -> QuerySet[Run]:
    """All public runs of a course, the newest first."""
    return course.runs.filter(status__in=PUBLIC).select_related("course__cluster").order_by("-starts_date", "code")


def run_of(code: str) -> Run | None:
    """A run that is public, with its course and its waiting room, if it opens by one."""
    return Run.objects.filter(code=code, status__in=PUBLIC).select_related("course__cluster", "window").first()


def run_of_call(call: Call) -> Run | None:
    """The run whose seats a call gives out."""
    return Run.objects.filter(call=call).select_related("course__cluster").first()


def calls_to_link(courses: Iterable[Course], run: Run | None = None) -> QuerySet[Call]:
    """Calls for courses of these clusters that give out nobody else's seats yet and whose result is not out."""
    free = Q(college_run__isnull=True) | (Q(college_run=run) if run is not None else Q(pk__in=[]))
    open_to_it = Call.objects.filter(free, programme="course", status__in=[CallStatus.DRAFT, CallStatus.PUBLISHED])
    clusters = {course.cluster_id for course in courses}
    return open_to_it.filter(cluster__in=clusters).select_related("current").order_by("-opens_at", "code")


def quota_of_call(call: Call) -> int:
    """How many a call selects, over its tracks."""
    return call.tracks.aggregate(places=Sum("quota"))["places"] or 0


def person_of(user: Any) -> Person | None:
    """The person an account belongs to; None before its first request."""
    return people_of([user]).get(user.pk)


def people_of(users: Iterable[Any]) -> dict[int, Person]:
    """The person each account belongs to, by the account; those who never asked for anything are missing."""
    asked = {user.pk for user in users}
    all_of_them = PersonAccount.objects.filter(person__accounts__user__in=asked).distinct().order_by("pk")
    of_person: dict[int, list[PersonAccount]] = {}
    for account in all_of_them.select_related("person__canonical", "user"):
        of_person.setdefault(account.person_id, []).append(account)
    return {
        account.user_id: _with_accounts(account, accounts)
        for accounts in of_person.values()
        for account in accounts
        if account.user_id in asked
    }


def _with_accounts(found: PersonAccount, accounts: Sequence[PersonAccount]) -> Person:
    """The person with what would be asked next: by which account it was found, and which there are."""
    person = found.person
    person.found_by = found.user_id
    person.users = [account.user for account in accounts]
    return person


def in_order(run: Run) -> QuerySet[SeatRequest]:
    """Those who wait, the next first: class, then rank or draw place, then time, then number."""
    return run.requests.filter(status=RequestStatus.WAITING).order_by(*IN_ORDER)


def rank_of(request: SeatRequest) -> int:
    """How many wait before this one."""
    before = Q(priority__lt=request.priority)
    same = Q(priority=request.priority)
    earlier = Q(requested_at__lt=request.requested_at) | Q(requested_at=request.requested_at, pk__lt=request.pk)
    if request.place is None:
        before |= same & (Q(place__isnull=False) | earlier)
    else:
        before |= same & Q(place__lt=request.place)
    return SeatRequest.objects.filter(before, run=request.run_id, status=RequestStatus.WAITING).count()


def line_of(run: Run) -> QuerySet[SeatRequest]:
    """All requests of a run for its office, those who wait in their order."""
    return run.requests.select_related("person", "canonical").order_by("status", *IN_ORDER)


def live_of(person: Person) -> list[SeatRequest]:
    """What the person has asked for and not been answered, and the seats held; whatever is open is live."""
    return list(SeatRequest.objects.filter(canonical=person.one, live=True))


def live_of_all(people: Iterable[Person]) -> dict[int, list[SeatRequest]]:
    """``live_of`` for many, by the human each counts for."""
    found: dict[int, list[SeatRequest]] = {}
    for request in SeatRequest.objects.filter(canonical__in={person.one.pk for person in people}, live=True):
        found.setdefault(request.canonical_id, []).append(request)
    return found


def my_requests(person: Person | None) -> QuerySet[SeatRequest]:
    """The person's requests, the newest first; merged persons are one."""
    if person is None:
        return SeatRequest.objects.none()
    return (
        SeatRequest.objects.filter(canonical=person.one)
        .select_related("run__course__cluster", "person", "enrolment")
        .order_by("-requested_at", "-id")
    )


def my_enrolments(person: Person | None) -> QuerySet[Enrolment]:
    if person is None:
        return Enrolment.objects.none()
    return (
        Enrolment.objects.filter(canonical=person.one)
        .exclude(status=EnrolmentStatus.EXPIRED)
        .exclude(status=EnrolmentStatus.CANCELLED, payment__isnull=True)
        .select_related("run__course__cluster", "person", "request", "payment__refund")
        .prefetch_related("run__lessons")
        .order_by("-run__starts_date", "-id")
    )


def enrolment_of(user: Any, run: Run) -> Enrolment | None:
    """The seat this person has in the run."""
    person = person_of(user)
    if person is None:
        return None
    return run.enrolments.filter(canonical=person.one, holds_seat=True).select_related("person", "request").first()


def lists_due(closed_by: datetime) -> QuerySet[Run]:
    """Runs with a sealed draw whose requests closed by then."""
    return Run.objects.filter(draw__status=DrawStatus.SEALED, closes_at__lte=closed_by).order_by("closes_at", "code")


def draw_of(run: Run) -> Draw | None:
    """The run's lottery, if it has one."""
    draw = Draw.objects.filter(run=run).first()
    if draw is not None:
        draw.run = run
    return draw


def offers_due(now: datetime) -> QuerySet[SeatRequest]:
    """Offers whose time is over."""
    return (
        SeatRequest.objects.filter(status=RequestStatus.OFFERED, offer_expires_at__lte=now)
        .select_related("run__course", "person")
        .order_by("offer_expires_at", "id")
    )


def unpaid_due(now: datetime) -> QuerySet[Enrolment]:
    """Seats held for a fee that did not come in time."""
    return (
        Enrolment.objects.filter(status=EnrolmentStatus.HELD, pay_by__lte=now)
        .select_related("run__course", "request", "person")
        .order_by("pay_by", "id")
    )
