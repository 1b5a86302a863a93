"""Who records and signs presence, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.errors import NotAllowed
from portal.intake import queries
from portal.intake.models import Attendance, ScoreSheet, Sitting
from portal.intake.rules.desks import EVALUATOR, OFFICER, check_desk

#: The roll opens this long before the sitting.
EARLY = timedelta(hours=1)


def _check_under_way(sitting: Sitting, now: datetime) -> None:
    if sitting.cancelled_at is not None:
        raise NotAllowed(_("취소된 회의입니다."))
    if not sitting.starts_at - EARLY <= now < sitting.ends_at:
        raise NotAllowed(_("출석은 회의 시작 1시간 전부터 끝날 때까지만 확인합니다."))


def check_can_record_attendance(by: Any, sitting: Sitting, *, now: datetime) -> str:
    role = check_desk(by, sitting.stage.call, OFFICER)
    _check_under_way(sitting, now)
    return role


def check_can_sign_in(by: Any, sitting: Sitting, attendance: Attendance | None, *, now: datetime) -> str:
    if attendance is None:
        raise NotAllowed(_("담당자가 본인을 확인한 뒤에 출석을 서명할 수 있습니다."))
    _check_under_way(sitting, now)
    return f"{sitting.ledger_room()}.{EVALUATOR}"


def check_was_present(sheet: ScoreSheet) -> None:
    """Who did not hear a file does not judge it."""
    if queries.missed_sitting(sheet):
        raise NotAllowed(_("출석이 확인되지 않은 회의의 신청서는 평가표를 제출할 수 없습니다."))
