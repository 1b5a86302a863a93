"""선정취소: notice with evidence, at least ten days to reply, a reasoned decision by somebody else, appealable."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger import log
from portal.core.errors import Invalid
from portal.core.periods import SEOUL, end_of_day, last_day
from portal.core.transition import advance
from portal.intake import blocks, rules, workflow
from portal.intake.canonical import clean_text
from portal.intake.enums import ApplicationStatus, CaseGround, CaseStatus, Outcome, ReserveStatus
from portal.intake.models import Application, Call, DisqualificationCase, ReserveEntry, ResultNotice
from portal.intake.services import telling
from portal.intake.services.reserve import call_next_reserve


@transaction.atomic
def notice_case(
    *,
    application: Application,
    ground: CaseGround | str,
    evidence: str,
    by: Any,
    now: datetime,
    days: int | None = None,
) -> DisqualificationCase:
    """통지: what the company is accused of, with the evidence, and until when it may reply (policy ``case_days``, least 10)."""
    role = rules.check_can_notice_case(by, application)
    text = clean_text(evidence).strip()
    if not text or ground not in CaseGround.values:
        raise Invalid(_("취소 사유와 증거를 적어 주십시오."), field="evidence")
    least = _term(application.call, "case_days", 10)
    if days is not None and days < least:
        raise Invalid(_("의견을 낼 기간은 %(least)s일 이상이어야 합니다.") % {"least": least}, field="days")
    Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if standing := application.cases.filter(status__in=[CaseStatus.NOTICED, CaseStatus.HEARD]).first():
        return standing
    case = DisqualificationCase.objects.create(
        application=application,
        ground=ground,
        evidence=text,
        noticed_by=by,
        noticed_at=now,
        reply_by=end_of_day(last_day(now.astimezone(SEOUL).date(), days or least)),
    )
    log.append(
        f"{case.ledger_room()}.case.noticed",
        row=case,
        by=by.acting_as(role),
        data={"to": CaseStatus.NOTICED, "ground": ground, "reply_by": case.reply_by},
        private={"evidence": text},
    )
    telling.case_noticed(case)
    return case


@transaction.atomic
def reply_to_case(*, case: DisqualificationCase, reply: str, by: Any, now: datetime) -> DisqualificationCase:
    """의견 by the company, before its time is over."""
    role = rules.check_can_reply_to_case(by, case, now=now)
    text = clean_text(reply).strip()
    if not text:
        raise Invalid(_("의견을 적어 주십시오."), field="reply")
    changes = {"reply": text, "replied_at": now}
    advance(
        case, CaseStatus.HEARD, by=by.acting_as(role), steps=workflow.CASE, private={"reply": text}, changes=changes
    )
    telling.case_heard(case)
    return case


@transaction.atomic
def decide_case(
    *, case: DisqualificationCase, upheld: bool, reasons: str, by: Any, now: datetime
) -> DisqualificationCase:
    """The approver decides with reasons. Upheld: the room takes back what was held, the next reserve is called."""
    role = rules.check_can_decide_case(by, case, now=now)
    if not reasons.strip():
        raise Invalid(_("결정 이유를 적어 주십시오."), field="reasons")
    acting = by.acting_as(role)
    advance(
        case,
        CaseStatus.UPHELD if upheld else CaseStatus.DROPPED,
        by=acting,
        steps=workflow.CASE,
        reason=reasons.strip(),
        changes={"reasons": reasons.strip(), "decided_by": by, "decided_at": now},
    )
    if upheld:
        _take_back(case, by, acting, now)
    else:
        telling.case_decided(case)
    return case


def _take_back(case: DisqualificationCase, by: Any, acting: Any, now: datetime) -> None:
    application = case.application
    held = application.status in (ApplicationStatus.SELECTED, ApplicationStatus.FULFILLED)
    freed = application.quota_track if held and not application.beyond_quota else None
    advance(application, ApplicationStatus.DISQUALIFIED, by=acting, steps=workflow.APPLICATION, reason=case.reasons)
    entry = ReserveEntry.objects.filter(
        application=application, status__in=[ReserveStatus.WAITING, ReserveStatus.CALLED]
    ).first()
    if entry is not None:
        advance(entry, ReserveStatus.DROPPED, by=acting, steps=workflow.RESERVE, reason=case.reasons)
    application.call.rules.left(application, why="disqualified", by=by, now=now)
    days = _term(application.call, "appeal_days", 30)
    notice = ResultNotice.objects.create(
        case=case,
        application=application,
        content=_content(case),
        readable_at=now,
        appeal_until=end_of_day(last_day(now.astimezone(SEOUL).date(), days)),
    )
    telling.results_told([notice])
    if freed is not None:
        call_next_reserve(track=freed, freed=None, by=log.SYSTEM, now=now)


def _term(call: Call, name: str, default: int) -> int:
    return int(call.current.term(name, default)) if call.current else default


def _content(case: DisqualificationCase) -> dict[str, Any]:
    """In the words of every result notice."""
    track = case.application.track
    next_step = gettext_lazy("이 결정에 동의하지 않으시면 기한 안에 이의를 신청할 수 있습니다.")
    return {
        "kind": "DISQUALIFICATION",
        "outcome": Outcome.DISQUALIFIED,
        "track": track.name if track else {},
        "quota_track": None,
        "place": None,
        "of": 0,
        "total": None,
        "cutoff": None,
        "tie": "",
        "reserve_order": None,
        "reasons": [{"code": case.ground, "ko": case.reasons, "en": case.reasons}],
        "stages": [],
        "next": blocks.both(next_step),
    }
