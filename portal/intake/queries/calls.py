"""Calls, public and for the desks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.accounts import queries as accounts
from portal.intake.enums import (
    CallStatus,
)
from portal.intake.models import (
    Appeal,
    Application,
    Assignment,
    Attendance,
    Call,
    Challenge,
    Conflict,
    Decision,
    DestructionRecord,
    DisqualificationCase,
    LateCode,
    Member,
    Panel,
    ReserveEntry,
    RetentionHold,
    ScoreSheet,
    Sitting,
    Stage,
    SupplementRequest,
)


def public_calls() -> QuerySet[Call]:
    """Every call the public may read, the latest first."""
    hidden = (CallStatus.DRAFT, CallStatus.CANCELLED)
    return Call.objects.exclude(status__in=hidden).select_related("current", "cluster").prefetch_related("tracks")


def public_call(code: str) -> Call:
    """One public call with all that its page shows; ``Call.DoesNotExist`` for a draft."""
    return public_calls().prefetch_related("stages__criteria", "versions").get(code=code)


def calls_for_staff(user: Any) -> QuerySet[Call]:
    """The calls that the person runs, decides, hears appeals of or audits."""
    return calls_at(user, "officer", "approver", "appeal_reviewer", "auditor")


def calls_at(user: Any, *desks: str) -> QuerySet[Call]:
    """The calls in reach of the roles that the person holds at one of the ``desks``; ``auditor`` is a desk of all rooms."""
    allowed = Q(pk__in=[])
    for held in accounts.roles_of(user):
        room, _, desk = held.role.rpartition(".")
        if desk in desks:
            reach = Q() if held.cluster_id is None else Q(cluster_id=held.cluster_id)
            if held.scope_kind:
                reach &= Q(hubs__contains=[held.scope_ref])
            allowed |= reach & (Q(programme__in=_programmes(room)) if room else ~Q(pk=None))
    return Call.objects.filter(allowed).select_related("current", "cluster")


def _programmes(room: str) -> list[str]:
    from portal.intake import registry

    return [programme.code for programme in registry.all_programmes() if programme.room == room]


def due_calls(now: datetime) -> QuerySet[Call]:
    """Calls whose entry is over but not yet counted."""
    return Call.objects.filter(status=CallStatus.PUBLISHED, closes_at__lte=now, closed_at__isnull=True).select_related(
        "current"
    )


def due_publications(now: datetime) -> QuerySet[Decision]:
    """Decided results whose time to appear has come."""
    return Decision.objects.filter(status="DECIDED", publish_at__lte=now).select_related("call")


def late_codes(call: Call) -> QuerySet[LateCode]:
    """Every late code of a call with whom it is for and who stands for it."""
    return call.late_codes.select_related("organisation", "issued_by", "confirmed_by", "application")


def late_entries(call: Call) -> list[str]:
    """Why companies entered after the bell, one reason each, without names: for the public result page."""
    return list(call.late_codes.filter(used_at__isnull=False).order_by("used_at").values_list("reason", flat=True))


def ledger_rows(call: Call) -> dict[str, list[str]]:
    """Every row of the call that the ledger tells of, by table: what an audit has to find there."""
    entered = {"application__call": call}
    rows: dict[str, QuerySet[Any]] = {
        "call": Call.objects.filter(pk=call.pk),
        "stage": Stage.objects.filter(call=call),
        "application": Application.objects.filter(call=call),
        "panel": Panel.objects.filter(stage__call=call),
        "member": Member.objects.filter(panel__stage__call=call),
        "conflict": Conflict.objects.filter(call=call),
        "challenge": Challenge.objects.filter(**entered),
        "assignment": Assignment.objects.filter(stage__call=call),
        "scoresheet": ScoreSheet.objects.filter(assignment__stage__call=call),
        "decision": Decision.objects.filter(call=call),
        "reserveentry": ReserveEntry.objects.filter(**entered),
        "supplementrequest": SupplementRequest.objects.filter(**entered),
        "appeal": Appeal.objects.filter(**entered),
        "disqualificationcase": DisqualificationCase.objects.filter(**entered),
        "latecode": LateCode.objects.filter(call=call),
        "sitting": Sitting.objects.filter(stage__call=call),
        "attendance": Attendance.objects.filter(sitting__stage__call=call),
        "retentionhold": RetentionHold.objects.filter(call=call),
        "destructionrecord": DestructionRecord.objects.filter(call=call),
    }
    return {
        f"intake_{name}": [str(pk) for pk in found.order_by("pk").values_list("pk", flat=True)]
        for name, found in rows.items()
    }


def counts_by_status(call: Call) -> dict[str, int]:
    """How many applications stand where."""
    return dict(call.applications.values_list("status").annotate(Count("pk")).order_by())
