"""What waits for a person, desk by desk: one statement per kind of thing, however many calls there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, DateTimeField, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from portal.intake.enums import (
    AppealStatus,
    ApplicationStatus,
    AssignmentStatus,
    CallStatus,
    CaseStatus,
    ChallengeStatus,
    HitOutcome,
    MemberStatus,
    Remedy,
    ResultStatus,
    SheetStatus,
    StageStatus,
    SupplementStatus,
)
from portal.intake.models import (
    Access,
    Appeal,
    Application,
    Assignment,
    Attendance,
    Call,
    CallVersion,
    Challenge,
    Conflict,
    Decision,
    DisqualificationCase,
    LateCode,
    Member,
    NameHit,
    ScoreSheet,
    SupplementRequest,
)
from portal.intake.queries.calls import calls_at

_NEVER = Value(None, output_field=DateTimeField())
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_BY_CORRECTION = (Remedy.RECOUNT, Remedy.SELECT, Remedy.RESERVE)


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many things of one kind in one call, the first of them due by ``due``; ``key`` is a stage's number or a
    decision's public id, where the kind has one.
    """

    kind: str
    call: int
    count: int
    due: datetime | None = None
    key: Any = None


def waiting_for(user: Any, now: datetime) -> list[Waiting]:
    """Everything that waits for the person at any desk, the next deadline first."""
    found = [*_for_officer(user), *_for_approver(user, now), *_for_reviewer(user), *_for_evaluator(user, now)]
    found.sort(key=lambda row: (row.due is None, row.due or now, row.kind, row.call))
    return [*found, *_for_auditor(user)]


def _grouped(kind: str, rows: QuerySet[Any], call: str, *, due: str = "", key: str = "") -> Iterator[Waiting]:
    """Counted by call, and by ``key`` where the kind has one."""
    by = [call, *([key] if key else [])]
    counted = rows.order_by().values(*by).annotate(n=Count("pk", distinct=True), due=Min(due) if due else _NEVER)
    for row in counted:
        yield Waiting(kind, row[call], row["n"], row["due"], row[key] if key else None)


def _pks(calls: QuerySet[Call]) -> QuerySet[Any]:
    return calls.order_by().values("pk")


def _for_officer(user: Any) -> Iterator[Waiting]:
    mine = _pks(calls_at(user, "officer"))
    asked = Application.objects.filter(call__in=mine, call__status=CallStatus.REVIEWING)
    yield from _grouped("eligibility", asked.filter(status=ApplicationStatus.SUBMITTED), "call")
    answered = SupplementRequest.objects.filter(
        application__call__in=mine, stage=None, status=SupplementStatus.ANSWERED
    )
    yield from _grouped("supplement", answered, "application__call")
    hits = NameHit.objects.filter(stage__call__in=mine, outcome=HitOutcome.OPEN).exclude(stage__status="SETTLED")
    yield from _grouped("names", hits, "stage__call", key="stage__number")
    proposed = Assignment.objects.filter(
        stage__call__in=mine, stage__status=StageStatus.RUNNING, status=AssignmentStatus.PROPOSED
    )
    yield from _grouped("assignments", proposed, "stage__call", key="stage__number")
    sheets = ScoreSheet.objects.filter(
        assignment__stage__call__in=mine, status=SheetStatus.LOCKED, reopening_asked_by__isnull=False
    )
    yield from _grouped("reopening", sheets, "assignment__stage__call", key="assignment__stage__number")
    yield from _grouped("remedy", _unremedied().filter(application__call__in=mine), "application__call")


def _unremedied() -> QuerySet[Appeal]:
    """Upheld, with a remedy that has not been carried out."""
    upheld = Appeal.objects.filter(status__in=[AppealStatus.UPHELD, AppealStatus.PARTLY])
    undone = Q(remedy__in=_BY_CORRECTION, corrections__isnull=True)
    undone |= Q(remedy=Remedy.RESCORE, application__status=ApplicationStatus.NOT_SELECTED)
    undone |= Q(remedy=Remedy.REINSTATE, application__status=ApplicationStatus.INELIGIBLE)
    return upheld.filter(undone)


def _for_approver(user: Any, now: datetime) -> Iterator[Waiting]:
    mine = _pks(calls_at(user, "approver"))
    written = CallVersion.objects.filter(call__in=mine, published_at__isnull=True)
    written = written.exclude(written_by=user).exclude(call__status=CallStatus.CANCELLED)
    yield from _grouped("publish", written, "call", due="call__opens_at")
    drafted = Decision.objects.filter(call__in=mine, status=ResultStatus.DRAFT).exclude(prepared_by=user)
    yield from _grouped("decide", drafted, "call", key="public_id")
    decided = Decision.objects.filter(call__in=mine, status=ResultStatus.DECIDED)
    yield from _grouped("tell", decided, "call", due="publish_at", key="public_id")
    filed = Challenge.objects.filter(application__call__in=mine, status=ChallengeStatus.FILED)
    yield from _grouped("challenge", filed, "application__call", due="decide_by")
    codes = LateCode.objects.filter(call__in=mine, confirmed_at__isnull=True, expires_at__gt=now)
    yield from _grouped("late_code", codes.exclude(issued_by=user), "call", due="expires_at")
    ripe = Q(status=CaseStatus.HEARD) | Q(status=CaseStatus.NOTICED, reply_by__lte=now)
    cases = DisqualificationCase.objects.filter(ripe, application__call__in=mine).exclude(noticed_by=user)
    yield from _grouped("case", cases, "application__call")
    wronged = Appeal.objects.filter(
        application__call__in=mine,
        status__in=[AppealStatus.UPHELD, AppealStatus.PARTLY],
        remedy=Remedy.RESTORE,
        application__status=ApplicationStatus.DISQUALIFIED,
    )
    yield from _grouped("remedy", wronged, "application__call")


def _for_reviewer(user: Any) -> Iterator[Waiting]:
    mine = _pks(calls_at(user, "appeal_reviewer"))
    standing = [AppealStatus.FILED, AppealStatus.ADMITTED]
    rows = Appeal.objects.filter(application__call__in=mine, status__in=standing)
    yield from _grouped("appeal", rows, "application__call", due="due_at")


def _for_evaluator(user: Any, now: datetime) -> Iterator[Waiting]:
    me = {"evaluator__user": user}
    invited = Member.objects.filter(**me, status=MemberStatus.INVITED)
    yield from _grouped("invitation", invited, "panel__stage__call")
    sheets = ScoreSheet.objects.filter(
        assignment__member__evaluator__user=user,
        assignment__member__status=MemberStatus.ACCEPTED,
        assignment__status=AssignmentStatus.CLEARED,
        assignment__stage__status=StageStatus.RUNNING,
        status=SheetStatus.OPEN,
    )
    yield from _grouped("sheets", sheets, "assignment__stage__call", due="assignment__stage__due_at")
    roll = Attendance.objects.filter(
        member__evaluator__user=user,
        signed_at__isnull=True,
        sitting__cancelled_at__isnull=True,
        sitting__ends_at__gt=now,
    )
    yield from _grouped("sign", roll, "sitting__stage__call", due="sitting__ends_at")


def _for_auditor(user: Any) -> list[Waiting]:
    """What happened in each call since the auditor last opened something of it."""
    mine, counts = _pks(calls_at(user, "auditor")), dict[int, int]()
    if not calls_at(user, "auditor").exists():
        return []
    for rows, call, at in _happenings():
        seen = Access.objects.filter(call=OuterRef(call), accessed_by=user).order_by("-id").values("at")[:1]
        fresh = rows.filter(**{f"{call}__in": mine, f"{at}__gt": Coalesce(Subquery(seen), Value(_LONG_AGO))})
        for row in _grouped("changed", fresh, call):
            counts[row.call] = counts.get(row.call, 0) + row.count
    return [Waiting("changed", call, count) for call, count in sorted(counts.items())]


def _happenings() -> Sequence[tuple[QuerySet[Any], str, str]]:
    """What an auditor follows: rows, the way to the call, when it happened."""
    entered = "application__call"
    return (
        (CallVersion.objects.all(), "call", "published_at"),
        (Decision.objects.all(), "call", "decided_at"),
        (Decision.objects.all(), "call", "published_at"),
        (Conflict.objects.all(), "call", "declared_at"),
        (LateCode.objects.all(), "call", "issued_at"),
        (Challenge.objects.all(), entered, "filed_at"),
        (Appeal.objects.all(), entered, "filed_at"),
        (Appeal.objects.all(), entered, "decided_at"),
        (DisqualificationCase.objects.all(), entered, "noticed_at"),
    )
