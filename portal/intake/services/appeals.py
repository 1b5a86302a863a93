"""이의신청: filed from the notice, answered within its clock by someone with no part in the call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid
from portal.core.periods import SEOUL, end_of_day, last_day
from portal.core.transition import advance
from portal.intake import rules, workflow
from portal.intake.canonical import clean_text
from portal.intake.enums import AppealStatus
from portal.intake.models import Appeal, ResultNotice
from portal.intake.services import telling


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
def decide_appeal(*, appeal: Appeal, outcome: AppealStatus | str, reasons: str, by: Any, now: datetime) -> Appeal:
    """Admit, or answer with reasons. Remedies are separate decisions; this records what was found."""
    role = rules.check_can_review_appeal(by, appeal.application.call)
    changes: dict[str, Any] = {}
    if outcome != AppealStatus.ADMITTED:
        if not reasons.strip():
            raise Invalid(_("결정 이유를 적어 주십시오."), field="reasons")
        changes = {"reasons": reasons.strip(), "decided_by": by, "decided_at": now}
    advance(
        appeal, outcome, by=by.acting_as(role), steps=workflow.APPEAL, reason=reasons.strip() or None, changes=changes
    )
    telling.appeal_moved(appeal)
    return appeal
