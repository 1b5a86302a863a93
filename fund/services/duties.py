"""Duties of sub-funds and their clocks (투자의무): set, warned of before the end, met or breached once, waived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.duty_enums import DutyStanding, DutyStatus, DutyTestKind, Predicate
from fund.models import Book, Duty, DutyTest, SubFund
from fund.queries.duties import Measured
from fund.services.books import hold_knowledge
from fund.services.telling import tell_duty_ended, tell_duty_ending
from fund.workflow import DUTY
from ledger import log
from portal.core.errors import Invalid
from portal.core.periods import SEOUL
from portal.core.transition import advance

_ENDS = {DutyStanding.MET: DutyStatus.MET, DutyStanding.BREACHED: DutyStatus.BREACHED}
_MOST_BP = 100_000


@transaction.atomic
def set_duty(*, sub_fund: SubFund, by: Any, now: datetime, **asked: Any) -> Duty:
    """Bind a sub-fund to invest so much in companies of a kind; ``asked`` are the fields of the rule.

    ``start`` and ``deadline`` bound the clock ``[start, deadline)``. Raises ``Invalid`` at the field that does not fit.
    """
    acting = by.acting_as(rules.check_can_set_duty(by, sub_fund))
    given = _checked(asked, now.astimezone(SEOUL).date())
    made = Duty.objects.create(sub_fund=sub_fund, set_by=by, set_at=now, **given)
    data = {
        "to": made.status,
        "predicate": made.predicate,
        "base": made.base,
        "counted": made.counted,
        "bp": made.bp,
        "start": made.start_date,
        "deadline": made.deadline_date,
    }
    log.append("fund.duty.set", row=made, by=acting, data=data)
    return made


def _checked(asked: Mapping[str, Any], today: date) -> dict[str, Any]:
    sectors = [one.strip() for one in asked.get("sectors", ()) if one.strip()]
    start, deadline = asked["start"], asked["deadline"]
    named = asked["predicate"] == Predicate.SECTOR
    for wrong, field, said in (
        (named and not sectors, "sectors", _("세는 분야를 하나 이상 적어 주십시오.")),
        (sectors and not named, "sectors", _("분야는 ‘정한 분야의 기업’을 고른 때에만 적습니다.")),
        (not 1 <= asked["bp"] <= _MOST_BP, "bp", _("비율은 0보다 크고 1,000% 이하여야 합니다.")),
        (deadline <= start, "deadline", _("기한은 시작일보다 뒤여야 합니다.")),
        (deadline <= today, "deadline", _("기한은 오늘보다 뒤여야 합니다.")),
        (not asked["source"].strip(), "source", _("이 의무의 근거를 적어 주십시오.")),
    ):
        if wrong:
            raise Invalid(said, field=field)
    kept = {key: asked[key] for key in ("predicate", "base", "bp", "counted")}
    if "warn_days" in asked:
        kept["warn_days"] = asked["warn_days"]
    return {
        **kept, "sectors": sectors, "start_date": start, "deadline_date": deadline, "source": asked["source"].strip(),
    }  # fmt: skip


def follow_duties(*, now: datetime) -> int:
    """Warn of clocks that come to their end and close those that are over; answers how many tests were made.

    Safe to run late, twice, or twice at once: the row of the duty is held, and each kind of test happens once.
    """
    today, made = now.astimezone(SEOUL).date(), 0
    for pk in list(queries.duties.ending(today).values_list("pk", flat=True)):
        made += _follow(pk, today, now)
    return made


@transaction.atomic
def _follow(pk: int, today: date, now: datetime) -> int:
    """One duty, in a transaction of its own: what one of them meets does not stop the others."""
    rows = Duty.objects.select_for_update(of=["self"], skip_locked=True).filter(pk=pk, status=DutyStatus.OPEN)
    duty = rows.select_related("sub_fund__programme__cluster", "sub_fund__manager").first()
    if duty is None:
        return 0
    over = today >= queries.duties.end_of(duty, now)
    if not over and duty.tests.filter(kind=DutyTestKind.WARNING).exists():
        return 0
    known = hold_knowledge(Book.objects.filter(sub_fund__in=queries.duties.bound_by(duty)), now)
    found = queries.duties.measured(duty, on=today, known=known)
    if over:
        _close(duty, found, known, now)
        return 1
    if found.standing in (DutyStanding.MET, DutyStanding.WAIVED):
        return 0  # what counts may still leave, what is waived comes back: it is looked at again tomorrow
    _keep(found, DutyTestKind.WARNING, known)
    tell_duty_ending(found)
    return 1


def _close(duty: Duty, found: Measured, known: datetime, now: datetime) -> None:
    test = _keep(found, DutyTestKind.FINAL, known)
    data = {
        "on": test.on_date,
        "known_at": known,
        "required": test.required,
        "progress": test.progress,
        "unknown": test.unknown,
        "test": test.digest,
    }
    to = _ENDS[DutyStanding(found.standing)]
    advance(duty, to, by=log.SYSTEM, steps=DUTY, data=data, changes={"ended_at": now})
    tell_duty_ended(found)


def _keep(found: Measured, kind: DutyTestKind, known: datetime) -> DutyTest:
    text, digest = queries.snapshots.spelled({"rows": queries.duties.spelled(found.counted)})
    return DutyTest.objects.create(
        duty=found.duty,
        kind=kind,
        on_date=queries.duties.last_day(found.duty, found.on, known),
        known_at=known,
        base=found.base,
        required=found.required,
        invested=found.counted.invested,
        progress=found.progress,
        unknown=found.counted.unknown,
        standing=found.standing,
        body=text,
        digest=digest,
    )


@transaction.atomic
def waive_duty(*, duty: Duty, by: Any, now: datetime, reason: str) -> None:
    """Let a duty go, while its clock runs or after it was breached; another than who set it, for a reason that is sealed."""
    acting = by.acting_as(rules.check_can_waive_duty(by, duty))
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(duty, DutyStatus.WAIVED, by=acting, steps=DUTY, reason=reason.strip(), changes={"ended_at": now})
