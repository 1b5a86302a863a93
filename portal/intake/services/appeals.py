"""이의신청: filed from the notice, answered within its clock by someone with no part in the call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, NotAllowed
from portal.core.periods import SEOUL, end_of_day, last_day
from portal.core.transition import advance
from portal.intake import rules, workflow
from portal.intake.canonical import clean_text
from portal.intake.enums import AppealStatus, Remedy
from portal.intake.models import Appeal, ResultNotice
from portal.intake.services import telling

_INSTANT = timedelta(microseconds=1)


@transaction.atomic
def file_appeal(*, notice: ResultNotice, grounds: str, by: Any, now: datetime) -> Appeal:
    """File an appeal against a result; its answer is due in 14 days by default. Filing twice finds the first."""
    role = rules.check_can_appeal(by, notice, now=now)
    text = clean_text(grounds).strip()
    if not text:
        raise Invalid(_("이의신청 사유를 적어 주십시오."), field="grounds")
    ResultNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if standing := notice.appeals.filter(status__in=[AppealStatus.FILED, AppealStatus.ADMITTED]).first():
        return standing
    call = notice.application.call
    days = call.current.term("answer_days", 14) if call.current else 14
    appeal = Appeal.objects.create(
        notice=notice,
        application=notice.application,
        grounds=text,
        filed_by=by,
        filed_at=now,
        due_at=end_of_day(last_day(now.astimezone(SEOUL).date(), days)),
    )
    log.append(
        f"{call.ledger_room()}.appeal.filed",
        row=appeal,
        by=by.acting_as(role),
        data={"to": AppealStatus.FILED, "answer_by": appeal.due_at},
        private={"grounds": text},
    )
    telling.appeal_filed(appeal)
    return appeal


@transaction.atomic
def extend_appeal(*, appeal: Appeal, days: int, reason: str, by: Any, now: datetime) -> Appeal:
    """The one extension of the answer, by at most ten days, told with the reason (policy ``extension_days``)."""
    role = rules.check_can_review_appeal(by, appeal.application.call)
    version = appeal.application.call.current
    most = version.term("extension_days", 10) if version else 10
    if not 1 <= days <= most:
        raise Invalid(_("기한은 %(most)s일까지만 연장할 수 있습니다.") % {"most": most}, field="days")
    if not reason.strip():
        raise Invalid(_("연장하는 까닭을 적어 주십시오."), field="reason")
    due_at = end_of_day(last_day((appeal.due_at - _INSTANT).astimezone(SEOUL).date(), days))
    standing = Appeal.objects.filter(
        pk=appeal.pk, extended_at__isnull=True, status__in=[AppealStatus.FILED, AppealStatus.ADMITTED]
    )
    values = {"due_at": due_at, "extended_at": now, "extension_reason": reason.strip()}
    if standing.update(**values) != 1:
        raise NotAllowed(_("답변 기한은 한 번만 연장할 수 있습니다."))
    for name, value in values.items():
        setattr(appeal, name, value)
    log.append(
        f"{appeal.ledger_room()}.appeal.extended",
        row=appeal,
        by=by.acting_as(role),
        data={"answer_by": due_at},
        private={"reason": reason.strip()},
    )
    telling.appeal_extended(appeal)
    return appeal


@transaction.atomic
def withdraw_appeal(*, appeal: Appeal, by: Any, now: datetime) -> Appeal:
    """취하 by the company."""
    role = rules.people.check_can_sign_for(by, appeal.application.organisation)
    advance(appeal, AppealStatus.WITHDRAWN, by=by.acting_as(role), steps=workflow.APPEAL)
    telling.appeal_withdrawn(appeal)
    return appeal


@transaction.atomic
def decide_appeal(
    *, appeal: Appeal, outcome: AppealStatus | str, reasons: str, by: Any, now: datetime, remedy: Remedy | str = ""
) -> Appeal:
    """Admit, or answer with reasons. Upheld in whole or part it may name a remedy, which the call's desk then carries out
    (``redress``): this records what was found.
    """
    role = rules.check_can_review_appeal(by, appeal.application.call)
    upheld = outcome in (AppealStatus.UPHELD, AppealStatus.PARTLY)
    if remedy and (not upheld or remedy not in Remedy.values):
        raise Invalid(_("구제는 인용할 때만 정할 수 있습니다."), field="remedy")
    changes: dict[str, Any] = {}
    if outcome != AppealStatus.ADMITTED:
        if not reasons.strip():
            raise Invalid(_("결정 이유를 적어 주십시오."), field="reasons")
        changes = {"reasons": reasons.strip(), "decided_by": by, "decided_at": now, "remedy": remedy}
    advance(
        appeal, outcome, by=by.acting_as(role), steps=workflow.APPEAL, reason=reasons.strip() or None, changes=changes
    )
    telling.appeal_moved(appeal)
    return appeal
