"""Corrections of attendance: asked with evidence, checked by one, applied by another; nothing recorded is changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from college import attendance, queries, rules
from college.enums import CorrectionStatus, EventKind, SessionStatus, Source
from college.models import AttendanceEvent, Correction, Enrolment, Lesson
from college.services.completion import judge_again
from college.workflow import CORRECTION
from ledger import log
from portal.core.errors import Invalid, Late
from portal.core.periods import SEOUL, add_months
from portal.core.transition import advance

#: How long after the unit period (a month) of a lesson corrections may be asked for.
ASK_WITHIN = timedelta(days=7)


@transaction.atomic
def request_correction(
    *,
    lesson: Lesson,
    enrolment: Enrolment,
    by: Any,
    now: datetime,
    evidence: str,
    reason: str = "",
    entries: Sequence[tuple[str, datetime]] = (),
    excuse: bool = False,
) -> Correction:
    """Ask that the record say something else: times that count instead, or an excused absence (공가)."""
    role = rules.check_can_ask_correction(by, lesson, enrolment)
    _check(lesson, enrolment, evidence, reason, entries, excuse=excuse, now=now)
    correction = Correction.objects.create(
        lesson=lesson,
        enrolment=enrolment,
        excuse=excuse,
        entries=[] if excuse else [[kind, at.isoformat()] for kind, at in entries],
        reason="" if excuse else reason,
        evidence=evidence.strip(),
        requested_by=by,
        requested_at=now,
    )
    log.append(
        "college.correction.requested",
        row=correction,
        by=by.acting_as(role),
        data={"lesson": lesson.public_id, "to": correction.status},
        private={"reason": f"{reason} {evidence.strip()}"},
    )
    return correction


def _check(
    lesson: Lesson,
    enrolment: Enrolment,
    evidence: str,
    reason: str,
    entries: Sequence[tuple[str, datetime]],
    *,
    excuse: bool,
    now: datetime,
) -> None:
    if lesson.run_id != enrolment.run_id or lesson.status not in (SessionStatus.HELD, SessionStatus.SEALED):
        raise Invalid(_("실시한 차시의 출결만 정정할 수 있습니다."))
    month = lesson.starts_at.astimezone(SEOUL).date().replace(day=1)
    closes = datetime.combine(add_months(month, 1), datetime.min.time(), SEOUL) + ASK_WITHIN
    if now >= closes:
        raise Late(_("정정 신청 기간(그달이 끝난 뒤 7일)이 지났습니다."))
    if not evidence.strip():
        raise Invalid(_("증빙이 되는 자료를 적어 주십시오."), field="evidence")
    if excuse:
        return
    if not reason:
        raise Invalid(_("정정 사유를 골라 주십시오. 잊은 것은 사유가 되지 않습니다."), field="reason")
    if not entries or any(kind not in attendance.OPENS | attendance.CLOSES for kind, _at in entries):
        raise Invalid(_("입실과 퇴실 시각을 적어 주십시오."), field="entries")


@transaction.atomic
def check_correction(*, correction: Correction, by: Any, now: datetime) -> None:
    """The first person has looked at the evidence."""
    role = rules.check_can_check_correction(by, correction)
    changes = {"checked_by": by}
    advance(correction, CorrectionStatus.CHECKED, by=by.acting_as(role), steps=CORRECTION, changes=changes)


@transaction.atomic
def apply_correction(*, correction: Correction, by: Any, now: datetime) -> list[AttendanceEvent]:
    """The second person puts it into force: what stands is taken back by VOID records, the new ones are appended.

    Someone already judged is judged again at once.
    """
    acting = by.acting_as(rules.check_can_apply_correction(by, correction))
    lesson, enrolment = correction.lesson, correction.enrolment
    base = {"lesson": lesson, "enrolment": enrolment, "source": Source.OFFICE, "correction": correction}
    rows = [
        AttendanceEvent(kind=EventKind.VOID, at=now, voids=event, **base)
        for event in ([] if correction.excuse else _standing(lesson, enrolment))
    ]
    if correction.excuse:
        rows.append(AttendanceEvent(kind=EventKind.EXCUSE, at=lesson.starts_at, **base))
    rows += [AttendanceEvent(kind=kind, at=datetime.fromisoformat(at), **base) for kind, at in correction.entries]
    made = AttendanceEvent.objects.bulk_create(rows)
    records = [queries.record_of(event) for event in made]
    data = {"events": len(made), "root": log.root_of(records)}
    advance(correction, CorrectionStatus.APPLIED, by=acting, steps=CORRECTION, data=data, changes={"decided_by": by})
    judge_again(enrolment=enrolment, by=by, acting=acting, now=now)
    return made


def _standing(lesson: Lesson, enrolment: Enrolment) -> list[AttendanceEvent]:
    """Records that no VOID takes back yet."""
    events = list(lesson.events.filter(enrolment=enrolment))
    gone = {event.voids_id for event in events if event.kind == EventKind.VOID}
    return [event for event in events if event.kind != EventKind.VOID and event.pk not in gone]


@transaction.atomic
def refuse_correction(*, correction: Correction, by: Any, now: datetime, reason: str) -> None:
    """It stays as recorded; the student is told why."""
    role = rules.check_can_check_correction(by, correction)
    if not reason.strip():
        raise Invalid(_("반려하는 이유를 적어 주십시오."), field="reason")
    advance(
        correction,
        CorrectionStatus.REFUSED,
        by=by.acting_as(role),
        steps=CORRECTION,
        reason=reason.strip(),
        changes={"decided_by": by},
    )
