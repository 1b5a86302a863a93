"""이해관계 as an evaluator declares it: added, ended, put right; nothing goes from the record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core import outbox
from portal.core.business_number import normalise
from portal.core.clock import database_now
from portal.core.errors import Invalid, Overtaken
from portal.core.models import OutboxMessage
from portal.core.periods import SEOUL
from portal.intake import rules
from portal.intake.enums import InterestKind
from portal.intake.models import Call, Interest
from portal.intake.services.avoiding import challenge_named
from portal.intake.services.conflicts import RUNNING, find_exclusions

#: Outbox topic: an evaluator's ties have changed; the bars that follow are entered in every call that runs.
INTEREST_DECLARED = "intake.interest_declared"


@transaction.atomic
def declare_interest(
    *,
    kind: str,
    name: str,
    business_number: str,
    since: date,
    by: Any,
    now: datetime,
    until: date | None = None,
    share_bp: int | None = None,
    corrects: Interest | None = None,
) -> Interest:
    """Enter a tie of one's own. ``Invalid`` at the field for a wrong number, a day to come, a share missing or beside
    the point, and a tie that stands already."""
    role = rules.check_can_declare_interests(by)
    _check_days(since, until, now)
    _check_share(kind, share_bp)
    try:
        with transaction.atomic():
            made = Interest.objects.create(
                user=by,
                kind=kind,
                name=name,
                business_number=_number(business_number),
                share_bp=share_bp,
                since_date=since,
                until_date=until,
                declared_at=now,
                corrects=corrects,
            )
    except IntegrityError as clash:
        raise Invalid(_("이미 신고한 관계입니다."), field="business_number") from clash
    _record("declared", made, by.acting_as(role))
    outbox.put(INTEREST_DECLARED, {"user": by.pk})
    return made


@transaction.atomic
def end_interest(*, interest: Interest, until: date, by: Any, now: datetime) -> None:
    """Say on which day a tie ended. Bars that were entered because of it stay."""
    role = rules.check_can_change_interest(by, interest)
    _check_days(interest.since_date, until, now)
    if not _live(interest).filter(until_date__isnull=True).update(until_date=until):
        raise Overtaken
    interest.until_date = until
    _record("ended", interest, by.acting_as(role))


@transaction.atomic
def correct_interest(*, interest: Interest, reason: str, by: Any, now: datetime, **right: Any) -> Interest:
    """Put right what was declared wrongly: the old wording stays, with the reason, and counts no more.

    ``right``: the whole tie as ``declare_interest`` takes it.
    """
    role = rules.check_can_change_interest(by, interest)
    if not reason.strip():
        raise Invalid(_("고치는 까닭을 적어 주십시오."), field="reason")
    if not _live(interest).update(corrected_at=now, corrected_reason=reason.strip()):
        raise Overtaken
    _record("corrected", interest, by.acting_as(role), reason=reason.strip())
    return declare_interest(corrects=interest, by=by, now=now, **right)


@outbox.handler(INTEREST_DECLARED)
def exclude_for_interest(message: OutboxMessage) -> None:
    """Bars and challenges that follow from an evaluator's ties, in the calls that run."""
    seated = Call.objects.filter(stages__panel__members__evaluator__user=message.payload["user"], status__in=RUNNING)
    now = database_now()
    for call in seated.distinct().order_by("pk"):
        find_exclusions(call=call, by=log.SYSTEM, now=now)
        challenge_named(call=call, now=now)


def _live(interest: Interest) -> Any:
    return Interest.objects.filter(pk=interest.pk, corrected_at__isnull=True)


def _check_days(since: date, until: date | None, now: datetime) -> None:
    today = now.astimezone(SEOUL).date()
    if since > today:
        raise Invalid(_("시작한 날은 오늘이거나 그 전이어야 합니다."), field="since_date")
    if until is not None and not since <= until <= today:
        raise Invalid(_("끝난 날은 시작한 날과 오늘 사이여야 합니다."), field="until_date")


def _check_share(kind: str, share_bp: int | None) -> None:
    if kind == InterestKind.SHARE and not share_bp:
        raise Invalid(_("지분율을 적어 주십시오."), field="share")
    if kind != InterestKind.SHARE and share_bp is not None:
        raise Invalid(_("지분율은 지분을 보유한 때에만 적어 주십시오."), field="share")


def _number(text: str) -> str:
    try:
        return normalise(text)
    except ValueError as wrong:
        message = _("사업자등록번호가 올바르지 않습니다. 숫자 10자리를 다시 확인해 주십시오.")
        raise Invalid(message, field="business_number") from wrong


def _record(done: str, row: Interest, acting: Any, reason: str = "") -> None:
    """One leaf; all that tells whose tie to which company is sealed under the person's key."""
    tie = {
        "kind": row.kind,
        "name": row.name,
        "business_number": row.business_number,
        "share_bp": row.share_bp,
        "since": row.since_date.isoformat(),
        "until": row.until_date.isoformat() if row.until_date else None,
        "reason": reason,
    }
    log.append(f"account.interest_{done}", row=row, by=acting, data={}, private={"tie": tie})
