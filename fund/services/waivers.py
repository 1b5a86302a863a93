"""Waivers of a duty for a time (한시 면제): asked by one, voted on by the committee, and then what it says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import translation
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.duty_enums import DutyStatus, WaiverStatus
from fund.enums import MotionKind
from fund.models import Duty, DutyWaiver
from fund.services import committee
from fund.workflow import WAIVER
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.transition import advance


@transaction.atomic
def table_waiver(*, duty: Duty, start: date, until: date, reason: str, by: Any, now: datetime) -> DutyWaiver:
    """Ask the committee to let a duty go over ``[start, until)``. ``Invalid`` at the day that does not fit."""
    rules.check_can_set_duty(by, duty.sub_fund)
    duty = Duty.objects.select_for_update(of=["self"]).select_related("sub_fund__manager").get(pk=duty.pk)
    if duty.status != DutyStatus.OPEN:
        raise Refused(_("기간 중인 투자의무만 한시 면제를 심의할 수 있습니다."))
    _check(duty, start, until, reason, now)
    motion = committee.table_motion(
        sub_fund=duty.sub_fund, kind=MotionKind.WAIVER, by=by, now=now, **_told(duty, start, until, reason.strip())
    )
    return DutyWaiver.objects.create(
        duty=duty, motion=motion, period=DateRange(start, until), reason=reason.strip(), proposed_by=by
    )


def _check(duty: Duty, start: date, until: date, reason: str, now: datetime) -> None:
    others = duty.waivers.exclude(status=WaiverStatus.REFUSED)
    for wrong, field, said in (
        (until <= start, "until", _("면제를 마치는 날은 시작하는 날보다 뒤여야 합니다.")),
        (until <= now.astimezone(SEOUL).date(), "until", _("면제를 마치는 날은 오늘보다 뒤여야 합니다.")),
        (start >= queries.duties.end_of(duty, now), "start", _("면제는 의무의 기한 전에 시작해야 합니다.")),
        (not reason.strip(), "reason", _("이유를 적어 주십시오.")),
    ):
        if wrong:
            raise Invalid(said, field=field)
    if others.filter(period__overlap=DateRange(start, until)).exists():
        raise Invalid(_("이 기간과 겹치는 한시 면제가 이미 있습니다."), field="start")


def _told(duty: Duty, start: date, until: date, reason: str) -> dict[str, str]:
    """The title and the paper, in Korean whatever the reader's language."""
    with translation.override("ko"):
        rows = [f"{duty.sub_fund} · {duty.field}", f"근거 규정: {duty.source}", f"기한: {duty.deadline_date}"]
        return {
            "title": f"{duty.sub_fund} 투자의무 한시 면제",
            "paper": "\n".join([*rows, f"면제 기간: {start}부터 {until} 전까지", "", reason]),
        }


@transaction.atomic
def settle_waiver(*, waiver: DutyWaiver, by: Any, now: datetime) -> None:
    """Count the votes: granted or refused with them, or deferred without a quorum."""
    acting = by.acting_as(rules.check_can_settle_waiver(by, waiver))
    duty = Duty.objects.select_for_update().get(pk=waiver.duty_id)
    carried = committee.decide_motion(motion=waiver.motion, by=by, now=now)
    number = waiver.motion.number
    if carried and duty.status != DutyStatus.OPEN:
        raise Refused(_("그 사이 투자의무가 끝나 한시 면제를 의결할 수 없습니다."))
    if carried:
        data = {"start": waiver.period.lower, "until": waiver.period.upper, "motion": number}
        advance(waiver, WaiverStatus.GRANTED, by=acting, steps=WAIVER, data=data, changes={"granted_at": now})
    elif carried is False:
        advance(waiver, WaiverStatus.REFUSED, by=acting, steps=WAIVER, data={"motion": number})
