"""Valuations: submitted with evidence, challenged or approved by another person, published into the books."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import translation
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import Account, EntryKind, HoldingStatus, MotionKind, ValuationStatus
from fund.models import Holding, Valuation
from fund.services import committee
from fund.services.books import booked, lock, move, post, still
from fund.spelling import amount_in
from fund.workflow import VALUATION
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.transition import advance


@transaction.atomic
def submit_valuation(
    *, holding: Holding, on: date, amount: int, method: str, level: int, evidence: str, by: Any, now: datetime
) -> Valuation:
    """The value at the end of ``on`` with its method and evidence."""
    rules.check_may_in(by, "valuation.prepare", holding.sub_fund)
    _check(holding, on, amount, level, evidence, now)
    return Valuation.objects.create(
        holding=holding, on_date=on, amount=amount, method=method, level=level, evidence=evidence,
        evidence_hash=seal(evidence), submitted_by=by,
    )  # fmt: skip


def _check(holding: Holding, on: date, amount: int, level: int, evidence: str, now: datetime) -> None:
    if holding.status in (HoldingStatus.EXITED, HoldingStatus.WRITTEN_OFF):
        raise Refused(_("회수했거나 전액 감액한 자산은 평가하지 않습니다."))
    if not holding.first_cash_date <= on <= now.astimezone(SEOUL).date():
        raise Invalid(_("평가 기준일은 첫 투자일과 오늘 사이여야 합니다."), field="on")
    if amount < 0 or not 1 <= level <= 3:
        raise Invalid(_("평가액은 0 이상, 수준은 1에서 3까지입니다."), field="amount")
    if not evidence.strip():
        raise Invalid(_("평가 근거를 적어 주십시오."), field="evidence")


def seal(evidence: str) -> str:
    """What the ledger keeps of the evidence."""
    return hashlib.sha256(evidence.encode()).hexdigest()


@transaction.atomic
def challenge_valuation(*, valuation: Valuation, by: Any, reason: str) -> None:
    """Send it back for a stated reason; never by its submitter."""
    role = rules.check_can_judge_valuation(by, valuation)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(valuation, ValuationStatus.CHALLENGED, by=by.acting_as(role), steps=VALUATION, reason=reason)


@transaction.atomic
def resubmit_valuation(*, valuation: Valuation, amount: int, evidence: str, by: Any, now: datetime) -> None:
    """Answer a challenge with other evidence or another value."""
    role = rules.check_may_in(by, "valuation.prepare", valuation.holding.sub_fund)
    _check(valuation.holding, valuation.on_date, amount, valuation.level, evidence, now)
    sealed = seal(evidence)
    changes = {"amount": amount, "evidence": evidence, "evidence_hash": sealed, "submitted_by": by, "motion": None}
    advance(
        valuation, ValuationStatus.SUBMITTED, by=by.acting_as(role), steps=VALUATION, changes=changes,
        data={"evidence": sealed}, private={"value": str(amount)},
    )  # fmt: skip


@transaction.atomic
def table_valuation(*, valuation: Valuation, by: Any, now: datetime) -> None:
    """Lay a value above the policy's amount before the committee."""
    rules.check_may_in(by, "valuation.prepare", valuation.holding.sub_fund)
    if valuation.status != ValuationStatus.SUBMITTED or valuation.motion is not None:
        raise Refused(_("제출한 평가만, 한 번만 투자심의에 올릴 수 있습니다."))
    with translation.override("ko"):
        rows = [
            f"{valuation.holding} · {valuation.on_date}",
            f"{valuation.get_method_display()}: {amount_in(valuation.holding.sub_fund.currency, valuation.amount)}",
        ]
        paper = "\n".join([*rows, f"수준 {valuation.level}", "", valuation.evidence])
        title = str(valuation)
    motion = committee.table_motion(
        sub_fund=valuation.holding.sub_fund, kind=MotionKind.VALUATION, title=title, paper=paper, by=by, now=now
    )
    Valuation.objects.filter(pk=valuation.pk).update(motion=motion)
    valuation.motion = motion


@transaction.atomic
def settle_valuation(*, valuation: Valuation, by: Any, now: datetime) -> None:
    """Count the votes on the value: approved or challenged with them, or deferred without a quorum."""
    role = rules.check_can_judge_valuation(by, valuation)
    if valuation.motion is None:
        raise Refused(_("투자심의에 올린 평가만 의결할 수 있습니다."))
    carried = committee.decide_motion(motion=valuation.motion, by=by, now=now)
    if carried:
        _approve(valuation, by, role)
    elif carried is False:
        advance(valuation, ValuationStatus.CHALLENGED, by=by.acting_as(role), steps=VALUATION)


@transaction.atomic
def approve_valuation(*, valuation: Valuation, by: Any) -> None:
    """A second person approves; above the policy's amount only the committee does."""
    role = rules.check_can_judge_valuation(by, valuation)
    if valuation.motion is not None or queries.values.needs_motion(valuation):
        raise Refused(_("이 금액의 평가는 투자심의를 거쳐야 합니다."))
    _approve(valuation, by, role)


def _approve(valuation: Valuation, by: Any, role: str) -> None:
    advance(
        valuation, ValuationStatus.APPROVED, by=by.acting_as(role), steps=VALUATION, changes={"approved_by": by},
        data={"evidence": valuation.evidence_hash}, private={"value": str(valuation.amount)},
    )  # fmt: skip


@transaction.atomic
def publish_valuation(*, valuation: Valuation, by: Any, now: datetime) -> None:
    """Bring the books to the value on its day. An earlier value of that day is superseded; later values stay as they are."""
    holding, event = valuation.holding, uuid4()
    acting = by.acting_as(rules.check_may_in(by, "valuation.prepare", holding.sub_fund))
    lock(holding.sub_fund.programme, holding.sub_fund)
    still(valuation)
    last = queries.books.book_of(holding.sub_fund).last_known_at
    now = _supersede(valuation, acting, max(now, last + timedelta(microseconds=1)))
    on = valuation.on_date
    delta = valuation.amount - queries.values.carrying(holding, on=on)
    mark(holding, delta, on=on, event=event, now=now)
    later = queries.values.next_value(holding, after=on)
    if later is not None:
        mark(holding, -delta, on=later.on_date, event=event, now=now)
    data = {"on": on, **booked(event)}
    changes = {"known": DateTimeTZRange(now, None), "event": event}
    advance(valuation, ValuationStatus.PUBLISHED, by=acting, steps=VALUATION, data=data, changes=changes)


def _supersede(valuation: Valuation, acting: Any, now: datetime) -> datetime:
    """End what was known of the day's value before; answers the instant, later than when that became known."""
    before = Valuation.objects.filter(
        holding=valuation.holding, on_date=valuation.on_date, status=ValuationStatus.PUBLISHED
    ).first()
    if before is not None:
        now = max(now, before.known.lower + timedelta(microseconds=1))
        changes = {"known": DateTimeTZRange(before.known.lower, now)}
        data = {"on": before.on_date}
        advance(before, ValuationStatus.SUPERSEDED, by=acting, steps=VALUATION, data=data, changes=changes)
    return now


def mark(holding: Holding, delta: int, *, on: date, event: UUID, now: datetime) -> None:
    """Raise (or lower) the unrealised value in the sub-fund's book, and the City's part of it in the City's."""
    sub_fund = holding.sub_fund
    ours = queries.values.city_part_of_mark(sub_fund, delta)
    for book, legs in (
        (queries.books.book_of(sub_fund), move(Account.UNREALISED, Account.REVALUED, delta, holding=holding)),
        (queries.books.city_book(sub_fund.programme), move(Account.UNREALISED, Account.REVALUED, ours)),
    ):
        post(book=book, sub_fund=sub_fund, kind=EntryKind.VALUATION, on=on, event=event, now=now, lines=legs)
