"""Sittings, and who was at them."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from portal.intake.enums import MemberStatus
from portal.intake.models import Attendance, Member, ScoreSheet, Sitting, Stage


def sittings_of(user: Any) -> QuerySet[Sitting]:
    """The sittings of every panel on which the person sits, those called off included, the next ones first; each
    with the person's own lines on its roll as ``mine``.
    """
    sits = Member.objects.filter(evaluator__user=user, status__in=[MemberStatus.INVITED, MemberStatus.ACCEPTED])
    signed = Prefetch("attendances", Attendance.objects.filter(member__evaluator__user=user), to_attr="mine")
    rows = Sitting.objects.filter(stage__panel__members__in=sits).select_related("stage__call__current")
    return rows.prefetch_related(signed).distinct()


def sittings_in(stage: Stage) -> QuerySet[Sitting]:
    """The sittings of a stage with their roll."""
    roll = Prefetch("attendances", Attendance.objects.select_related("member__evaluator__user"))
    return stage.sittings.prefetch_related(roll, "files")


def attendance_of(sitting: Sitting, user: Any) -> Attendance | None:
    """The person's line on the roll, once the officer has recorded it."""
    return sitting.attendances.select_related("member").filter(member__evaluator__user=user).first()


def missed_sitting(sheet: ScoreSheet) -> bool:
    """Whether the stage hears files at sittings and the sheet's member was at none that heard this one."""
    assignment = sheet.assignment
    live = Sitting.objects.filter(stage=assignment.stage, cancelled_at__isnull=True)
    if not live.exists():
        return False
    heard = live.filter(Q(files=assignment.application_id) | Q(files__isnull=True))
    signed = Attendance.objects.filter(sitting__in=heard, member=assignment.member_id, signed_at__isnull=False)
    return not signed.exists()
