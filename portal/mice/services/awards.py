"""Awards: decided out of two counters at once, changed with consent, cancelled.

One order holds everywhere, so that no two transactions wait for each other: the edition first, then the envelope.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import User
from portal.core import scarce
from portal.core.errors import Invalid, Overtaken
from portal.core.money import won
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake.models import Application
from portal.mice import budget, rules
from portal.mice.enums import AmendmentStatus, AwardStatus, TrancheStatus
from portal.mice.models import Amendment, Award, AwardLine, BudgetEnvelope, EventEdition, Tranche
from portal.mice.policy import SupportPolicy
from portal.mice.workflow import AMENDMENT, AWARD, TRANCHE


@transaction.atomic
def decide_award(
    *,
    application: Application,
    edition: EventEdition,
    envelope: BudgetEnvelope,
    lines: Mapping[str, int],
    by: Any,
    now: datetime,
) -> Award:
    """Award the sum of ``lines`` (won by category) to the applicant's edition.

    Raises ``Invalid`` when the edition's cap or the envelope leaves less: nothing happens, the message says what is left.
    """
    role = rules.check_can_decide_award(by, envelope.programme)
    amount = _total(lines)
    # Held, so that whoever puts two editions up to be compared waits, or is seen here.
    EventEdition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    edition.refresh_from_db(fields=["cap", "committed", "same_as"])
    rules.check_can_be_awarded(edition)
    _take(edition, envelope, amount)
    award = Award.objects.create(
        application=application,
        organisation=application.organisation,
        programme=envelope.programme,
        edition=edition,
        envelope=envelope,
        decided=amount,
        amount=amount,
        policy=SupportPolicy.of(envelope.programme.policy).stored(),
        decided_at=now,
    )
    _write_lines(award, lines)
    EventEdition.objects.filter(pk=edition.pk, published_at=None).update(published_at=now)
    data = {
        "to": award.status,
        "edition": str(edition.public_id),
        "programme": envelope.programme.code,
        "amount": amount,
        "organisation": award.organisation.ref,
        "budget_year": envelope.fiscal_year,
    }
    log.append("event.award.decided", row=award, by=_acting(by, role), data=data)
    return award


@transaction.atomic
def cancel_award(*, award: Award, by: Any, now: datetime, reason: str) -> None:
    """The award ends before its settlement; what is still out goes on using cap and envelope until it is repaid."""
    role = rules.check_can_decide_award(by, award.programme)
    held = lock(award)
    before = budget.net(held.position())
    for tranche in held.tranches.filter(status=TrancheStatus.DUE):
        _void(tranche, award=held, by=_acting(by, role))
    out = held.paid - held.repaid
    advance(held, AwardStatus.CANCELLED, by=_acting(by, role), steps=AWARD, reason=reason, data={"held": out})
    move_counters(held, before, now=now)


@transaction.atomic
def request_amendment(*, award: Award, lines: Mapping[str, int], reason: str, by: User, now: datetime) -> Amendment:
    """The organiser asks for other lines and, by their sum, another amount."""
    rules.check_can_act_on(by, award)
    rules.check_can_change(award)
    if not reason.strip():
        raise Invalid(_("변경하는 까닭을 적어 주십시오."), field="reason")
    total = _total(lines)
    if award.amendments.filter(status=AmendmentStatus.REQUESTED).exists():
        raise Invalid(_("아직 결정되지 않은 변경신청이 있습니다. 먼저 그 결과를 기다려 주십시오."))
    return Amendment.objects.create(
        award=award,
        reason=reason,
        amount_from=award.amount,
        amount_to=total,
        lines=dict(lines),
        requested_by=by,
        requested_at=now,
    )


@transaction.atomic
def approve_amendment(*, amendment: Amendment, by: User, now: datetime) -> Award:
    """Lines and amount change together. Upward takes from cap and envelope as a new award does, downward gives back."""
    role = rules.check_can_decide_award(by, amendment.award.programme)
    rules.check_is_another(by, amendment.requested_by_id)
    award = lock(amendment.award)
    rules.check_can_change(award)
    if award.amount != amendment.amount_from:
        raise Overtaken
    staged = sum(award.tranches.exclude(status=TrancheStatus.VOID).values_list("amount", flat=True))
    if amendment.amount_to < staged:
        raise Invalid(_("이미 지급했거나 지급할 금액보다 적게 줄일 수 없습니다."))
    before = budget.net(award.position())
    award.amount = amendment.amount_to
    award.save(update_fields=["amount"])
    award.lines.all().delete()
    _write_lines(award, amendment.lines)
    move_counters(award, before, now=now)
    # Last, so that a refusal by cap or envelope leaves the caller's object as it was.
    _decide_amendment(amendment, AmendmentStatus.APPROVED, award, by=by.acting_as(role), decided_by=by, now=now)
    return award


@transaction.atomic
def refuse_amendment(*, amendment: Amendment, by: User, now: datetime, reason: str) -> None:
    """The award stays as it is; the organiser hears why."""
    role = rules.check_can_decide_award(by, amendment.award.programme)
    rules.check_is_another(by, amendment.requested_by_id)
    _decide_amendment(
        amendment, AmendmentStatus.REFUSED, amendment.award, by=by.acting_as(role), decided_by=by, now=now, why=reason
    )


def lock(award: Award) -> Award:
    """The award as it is now; edition, envelope and award are held, in this order, until the transaction ends."""
    EventEdition.objects.select_for_update(no_key=True).get(pk=award.edition_id)
    BudgetEnvelope.objects.select_for_update(no_key=True).get(pk=award.envelope_id)
    rows = Award.objects.select_related("programme", "edition", "envelope", "organisation")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=award.pk)


def move_counters(award: Award, before: int, *, now: datetime) -> None:
    """Take or give back what the award uses more or less than ``before``; the award is locked.

    What comes back after the envelope's fiscal year frees the cap and lapses of the envelope.
    """
    change = budget.net(award.position()) - before
    if change > 0:
        _take(award.edition, award.envelope, change)
    elif change < 0:
        scarce.give_back(EventEdition.objects.filter(pk=award.edition_id), counter="committed", n=-change)
        envelope = BudgetEnvelope.objects.filter(pk=award.envelope_id)
        if now.astimezone(SEOUL).date() >= date(award.envelope.fiscal_year + 1, 1, 1):
            envelope.update(lapsed=F("lapsed") - change)
        else:
            scarce.give_back(envelope, counter="committed", n=-change)


def _take(edition: EventEdition, envelope: BudgetEnvelope, amount: int) -> None:
    editions = EventEdition.objects.filter(pk=edition.pk, same_as=None)
    if not scarce.take(editions, counter="committed", capacity="cap", n=amount):
        edition.refresh_from_db(fields=["cap", "committed"])
        text = _("한 행사 회차의 지원 한도를 넘습니다. 남은 한도는 {left}입니다.")
        raise Invalid(text.format(left=won(edition.left)), field="amount")
    envelopes = BudgetEnvelope.objects.filter(pk=envelope.pk)
    if not scarce.take(envelopes, counter="committed", capacity="amount", n=amount):
        envelope.refresh_from_db(fields=["amount", "committed"])
        text = _("{year}년 예산한도를 넘습니다. 남은 예산은 {left}입니다.")
        raise Invalid(text.format(year=envelope.fiscal_year, left=won(envelope.left)), field="amount")


def _total(lines: Mapping[str, int]) -> int:
    rules.check_lines(lines)
    return sum(lines.values())


def _write_lines(award: Award, lines: Mapping[str, int]) -> None:
    AwardLine.objects.bulk_create(AwardLine(award=award, code=code, amount=one) for code, one in lines.items())


def _void(tranche: Tranche, *, award: Award, by: Any) -> None:
    advance(tranche, TrancheStatus.VOID, by=by, steps=TRANCHE, data={"award": str(award.public_id)})


def _decide_amendment(
    amendment: Amendment,
    to: AmendmentStatus,
    award: Award,
    *,
    by: Any,
    decided_by: User,
    now: datetime,
    why: str | None = None,
) -> None:
    data = {
        "award": str(award.public_id),
        "amount_from": amendment.amount_from,
        "amount_to": amendment.amount_to,
    }
    changes = {"decided_by": decided_by, "decided_at": now}
    advance(amendment, to, by=by, steps=AMENDMENT, reason=why, data=data, changes=changes)


def _acting(by: Any, role: str) -> Any:
    return by if by is log.SYSTEM else by.acting_as(role)
