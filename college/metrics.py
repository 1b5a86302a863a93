"""What the college counts for the plan, and the facts it offers to other rooms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from college import queries
from college.models import Completion, Enrolment, Run, SeatRequest
from portal.accounts.models import Cluster, Organisation
from portal.core.periods import SEOUL
from portal.plan.enums import Unit as Counted
from portal.plan.registry import Metric


def _as_of(on: date) -> datetime:
    """The end of a day in Seoul."""
    return datetime.combine(on + timedelta(days=1), time(0), SEOUL) - timedelta(microseconds=1)


def experts(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    return queries.experts_at(cluster, _as_of(on), scope).total


def experts_unverified(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    return queries.experts_at(cluster, _as_of(on), scope).unverified


def completions(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Decisions in force on the day that say completed."""
    made = Completion.objects.filter(
        enrolment__run__course__cluster=cluster, completed=True, decided_at__lte=_as_of(on)
    )
    made = made.exclude(replaced_by__decided_at__lte=_as_of(on))
    return (made.filter(enrolment__run__campus__in=scope) if scope else made).count()


def applicants(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Distinct people who asked for a seat."""
    asked = SeatRequest.objects.filter(run__course__cluster=cluster, requested_at__lte=_as_of(on))
    asked = asked.filter(run__campus__in=scope) if scope else asked
    return asked.values("canonical").distinct().count()


def seats(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Seats of the runs that began by the day."""
    runs = Run.objects.filter(course__cluster=cluster, starts_date__lte=on).exclude(status__in=["DRAFT", "CANCELLED"])
    runs = runs.filter(campus__in=scope) if scope else runs
    return runs.aggregate(seats=Sum("capacity"))["seats"] or 0


def graduates_of(*, organisation: Organisation | None, on: date) -> int | None:
    """How many people of a company completed a course by the day; None for an unknown company."""
    if organisation is None:
        return None
    users = organisation.memberships.filter(ended_at__isnull=True).values("user")
    done = Enrolment.objects.filter(status="COMPLETED", ended_at__lte=_as_of(on), person__accounts__user__in=users)
    return done.values("canonical").distinct().count()


def _page(cluster: Cluster, on: date, scope: Sequence[str]) -> str | None:
    return reverse("college:experts")


METRICS = [
    Metric(
        "college.experts",
        _("전문가 양성"),
        Counted.PERSONS,
        experts,
        _page,
        _(
            "전문가 과정을 수료한 서로 다른 사람의 수입니다. 본인확인을 마친 사람만 세고, 여러 번 수료해도 한 번만 셉니다."
        ),
    ),
    Metric(
        "college.experts_unverified",
        _("본인확인 전 수료자"),
        Counted.PERSONS,
        experts_unverified,
        _page,
        _("전문가 과정을 수료했지만 아직 본인확인을 하지 않아 실적에 넣지 않은 사람의 수입니다."),
    ),
    Metric("college.completions", _("수료 건수"), Counted.PERSONS, completions, _page, _("수료로 판정한 건수입니다.")),
    Metric(
        "college.applicants",
        _("수강 신청자"),
        Counted.PERSONS,
        applicants,
        None,
        _("수강을 신청한 서로 다른 사람의 수입니다."),
    ),
    Metric(
        "college.seats",
        _("개설한 자리"),
        Counted.PLACES,
        seats,
        None,
        _("그날까지 개강한 기수의 정원을 더한 수입니다."),
    ),
]

FACTS: dict[str, Any] = {"college.graduates_of": graduates_of}
