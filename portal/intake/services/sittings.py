"""평가회의: called by the officer; at it the officer records identity and the member signs in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken
from portal.intake import queries, rules
from portal.intake.enums import Identified, StageStatus
from portal.intake.models import Application, Attendance, Member, Sitting, Stage
from portal.intake.services import telling


@transaction.atomic
def call_sitting(
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    by: Any,
    now: datetime,
    files: Sequence[Application] = (),
) -> Sitting:
    """회의 소집, told to the panel. From then on the stage judges what it heard: a sheet is locked only for a file that a
    sitting of the stage heard, and only by a member who was there. A file that no sitting heard waits for one.
    """
    role = rules.check_can_run(by, stage.call)
    if stage.status == StageStatus.SETTLED:
        raise Invalid(_("집계가 끝난 단계입니다."))
    if not now < starts_at < ends_at:
        raise Invalid(_("회의는 지금보다 뒤에 시작하고 그 뒤에 끝나야 합니다."), field="starts_at")
    if not place.strip():
        raise Invalid(_("장소를 적어 주십시오."), field="place")
    if any(file.call_id != stage.call_id for file in files):
        raise Invalid(_("이 공고의 신청서가 아닙니다."), field="files")
    sitting = Sitting.objects.create(
        stage=stage, starts_at=starts_at, ends_at=ends_at, place=place.strip(), called_by=by, called_at=now
    )
    sitting.files.set(files)
    _write(sitting, "sitting.called", by.acting_as(role), {"starts_at": starts_at, "ends_at": ends_at})
    telling.sitting_called(sitting)
    return sitting


@transaction.atomic
def cancel_sitting(*, sitting: Sitting, reason: str, by: Any, now: datetime) -> Sitting:
    """회의 취소, with the reason, while nobody has signed in."""
    role = rules.check_can_run(by, sitting.stage.call)
    _hold_still(sitting)
    if not reason.strip():
        raise Invalid(_("취소하는 까닭을 적어 주십시오."), field="reason")
    unattended = Sitting.objects.filter(pk=sitting.pk, cancelled_at__isnull=True).exclude(
        attendances__signed_at__isnull=False
    )
    if unattended.update(cancelled_at=now) != 1:
        raise Overtaken
    sitting.cancelled_at = now
    _write(sitting, "sitting.cancelled", by.acting_as(role), {}, {"reason": reason.strip()})
    telling.sitting_cancelled(sitting, reason.strip())
    return sitting


@transaction.atomic
def record_attendance(
    *, sitting: Sitting, member: Member, identified_by: Identified | str, by: Any, now: datetime
) -> Attendance:
    """출석확인 by the officer at the sitting: how the person was identified. Recording twice finds the first."""
    role = rules.check_can_record_attendance(by, sitting, now=now)
    if member.panel.stage_id != sitting.stage_id or identified_by not in Identified.values:
        raise Invalid(_("이 회의의 평가위원과 확인 방법을 골라 주십시오."), field="identified_by")
    found, created = Attendance.objects.get_or_create(
        sitting=sitting,
        member=member,
        defaults={"identified_by": identified_by, "recorded_by": by, "recorded_at": now},
    )
    if created:
        found.sitting = sitting
        _write(found, "attendance.recorded", by.acting_as(role), {"method": str(identified_by)})
    return found


@transaction.atomic
def sign_in(*, sitting: Sitting, by: Any, now: datetime) -> Attendance:
    """서명 by the member, after the officer identified them and before the sitting ends. Twice finds the first."""
    _hold_still(sitting)
    attendance = queries.attendance_of(sitting, by)
    role = rules.check_can_sign_in(by, sitting, attendance, now=now)
    assert attendance is not None
    if Attendance.objects.filter(pk=attendance.pk, signed_at__isnull=True).update(signed_at=now) == 1:
        attendance.signed_at, attendance.sitting = now, sitting
        _write(attendance, "attendance.signed", by.acting_as(role), {})
    return attendance


def _hold_still(sitting: Sitting) -> None:
    """The sitting's row first: whoever signs in or calls it off second sees what the first did."""
    row = Sitting.objects.select_for_update(no_key=True).only("cancelled_at").get(pk=sitting.pk)
    sitting.cancelled_at = row.cancelled_at


def _write(
    row: Sitting | Attendance, event: str, acting: Any, data: dict[str, Any], private: dict[str, Any] | None = None
) -> None:
    log.append(f"{row.ledger_room()}.{event}", row=row, by=acting, data=data, private=private)
