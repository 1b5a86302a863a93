"""Where a student stands, in one line."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from college import queries
from college.enums import EnrolmentStatus, RequestStatus, RunStatus
from college.models import Enrolment, SeatRequest
from college.tables import instant

_TAUGHT = (RunStatus.RUNNING, RunStatus.ENDED, RunStatus.JUDGED)


def of_request(request: SeatRequest, now: datetime) -> str:
    """Rank and what happens next, the deadline of an offer, or what became of it."""
    if request.status == RequestStatus.WAITING:
        before = queries.rank_of(request)
        hours = request.run.rules.seats.counted_hours
        return _(
            "대기 %(rank)s번째(앞에 %(before)s명) · 자리가 나면 알려 드리며 %(hours)s시간 안에 수락하셔야 합니다."
        ) % {
            "rank": before + 1,
            "before": before,
            "hours": hours,
        }
    if request.status == RequestStatus.OFFERED:
        if request.offer_expires_at is not None and now >= request.offer_expires_at:
            return _("수락 기한이 지났습니다.")
        if request.application_id is not None:
            return _("선정되었습니다. %(until)s까지 수락하거나 포기해 주십시오.") % {
                "until": instant(request.offer_expires_at)
            }
        return _("자리가 났습니다. %(until)s까지 수락하거나 포기해 주십시오.") % {
            "until": instant(request.offer_expires_at)
        }
    if request.status == RequestStatus.SUBMITTED:
        return _("신청이 접수되었습니다. 추첨 결과를 알려 드립니다.")
    return str(request.get_status_display())


def of_enrolment(enrolment: Enrolment) -> str:
    """A seat to be paid for, or what became of the course."""
    if enrolment.status == EnrolmentStatus.HELD:
        return _("자리를 맡아 두었습니다. %(until)s까지 수강료를 내 주십시오.") % {"until": instant(enrolment.pay_by)}
    if enrolment.status in (EnrolmentStatus.ACTIVE, EnrolmentStatus.NOT_COMPLETED) and enrolment.run.status in _TAUGHT:
        (preview,) = queries.previews(enrolment.run, [enrolment])
        return _("출석 %(attended)s/%(scheduled)s · 기준 %(percent)s%%") % {
            "attended": preview.tally.attended_units,
            "scheduled": preview.tally.scheduled_units,
            "percent": enrolment.run.rules.completion.attendance_percent,
        }
    return str(enrolment.get_status_display())
