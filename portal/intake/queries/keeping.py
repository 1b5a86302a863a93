"""What is past its time, and what holds it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Max, Q, QuerySet

from portal.intake import policy
from portal.intake.enums import AppealStatus, ApplicationStatus, CallStatus, CaseStatus, DestructionKind
from portal.intake.models import Application, Call, RetentionHold, StatuteCopy
from portal.intake.queries.results import HOLDING

_OVER = (CallStatus.FINAL, CallStatus.ARCHIVED, CallStatus.CANCELLED)


def calls_to_clear(now: datetime) -> QuerySet[Call]:
    """Calls whose entry is over and that still hold answers, oldest first."""
    full = Q(applications__destruction__isnull=True, applications__isnull=False)
    copies = Q(applications__statute_copy__destroyed_in__isnull=True, applications__statute_copy__keep_until__lte=now)
    over = Call.objects.filter(Q(closes_at__lt=now) | Q(status=CallStatus.CANCELLED), current__isnull=False)
    return over.filter(full | copies).select_related("current").distinct().order_by("closes_at")


def due_for_destruction(call: Call, kind: DestructionKind, now: datetime) -> list[Application]:
    """Applications whose time is over and that nothing holds, locked against change.

    Counted from the closing, or from the last result that was told, whichever is later. What entered is touched only
    when the call is over.
    """
    terms = policy.retention(call.current)
    rows = _unheld(call, now)
    if kind == DestructionKind.DRAFT:
        if call.closes_at + timedelta(days=terms["draft_days"]) > now:
            return []
        return list(rows.filter(status=ApplicationStatus.DRAFT).select_for_update(of=("self",)))
    if call.status not in _OVER:
        return []
    found = []
    for application in rows.exclude(status=ApplicationStatus.DRAFT).select_for_update(of=("self",)):
        last = application.notices.aggregate(last=Max("readable_at"))["last"] or call.closes_at
        days = terms["kept_days" if application.status in HOLDING else "ended_days"]
        if max(last, call.closes_at) + timedelta(days=days) <= now:
            found.append(application)
    return found


def _unheld(call: Call, now: datetime) -> QuerySet[Application]:
    """Applications with answers that no hold, appeal, case or time to appeal keeps."""
    standing = RetentionHold.objects.filter(call=call, lifted_at__isnull=True)
    rows = Application.objects.filter(call=call, destruction__isnull=True)
    if standing.filter(application__isnull=True).exists():
        return rows.none()
    kept = Q(pk__in=standing.values("application"))
    kept |= Q(appeals__status__in=[AppealStatus.FILED, AppealStatus.ADMITTED])
    kept |= Q(cases__status__in=[CaseStatus.NOTICED, CaseStatus.HEARD]) | Q(notices__appeal_until__gt=now)
    held = Application.objects.filter(call=call).filter(kept).values("pk")
    return rows.exclude(pk__in=held).order_by("pk")


def due_copies(call: Call, now: datetime) -> list[StatuteCopy]:
    """Copies kept by a law whose time is over; a hold keeps them too."""
    standing = RetentionHold.objects.filter(call=call, lifted_at__isnull=True)
    if standing.filter(application__isnull=True).exists():
        return []
    rows = StatuteCopy.objects.filter(application__call=call, destroyed_in__isnull=True, keep_until__lte=now)
    return list(rows.exclude(application__in=standing.values("application")).order_by("pk"))


def holds_of(call: Call) -> QuerySet[RetentionHold]:
    """Every hold of a call, standing ones first."""
    rows = call.holds.select_related("application", "placed_by", "lifted_by")
    return rows.order_by(F("lifted_at").desc(nulls_first=True), "-id")
