"""Money taken back: noticed, heard, decided by another, demanded, received in parts; who did it is left out for a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import User
from portal.core.errors import Invalid, Late
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.mice import queries, rules
from portal.mice.enums import AwardStatus, ClawbackStatus
from portal.mice.models import Award, Clawback, ClawbackReceipt, Inspection, Sanction
from portal.mice.models.clawbacks import LEAST_HEARING
from portal.mice.policy import SupportPolicy
from portal.mice.services.awards import lock
from portal.mice.workflow import CLAWBACK

MOST_TIMES = {"FALSE_CLAIM": 5, "MISUSE": 3, "BREACH": 0}


def inspect(*, award: Award, people: int, findings: str, by: User, now: datetime) -> Inspection:
    """What was seen on site, and how many people, at this moment."""
    rules.check_can_audit(by, award)
    return Inspection.objects.create(award=award, at=now, people=people, findings=findings, inspected_by=by)


@transaction.atomic
def notice_clawback(
    *,
    award: Award,
    ground: str,
    facts: str,
    legal_basis: str,
    principal: int,
    by: User,
    now: datetime,
    interest: int = 0,
    surcharge: int = 0,
) -> Clawback:
    """Tell the organiser what is to be taken back and why; it is heard for at least ten days.

    Raises ``Invalid`` for more than was paid and kept, and for a surcharge above the law's.
    """
    role = rules.check_can_audit(by, award)
    held = lock(award)
    if held.status not in (AwardStatus.CLOSED, AwardStatus.REPAYMENT_DUE, AwardStatus.CANCELLED):
        raise Invalid(_("정산을 마쳤거나 취소한 교부만 환수할 수 있습니다."))
    if not facts.strip() or not legal_basis.strip():
        raise Invalid(_("사실관계와 법적 근거를 적어 주십시오."), field="facts")
    left = held.paid - held.repaid - queries.principal_taken_back(held)
    if not 1 <= principal <= left:
        raise Invalid(_("환수할 원금은 지급하고 돌려받지 않은 금액까지입니다."), field="principal")
    if interest < 0 or not 0 <= surcharge <= principal * MOST_TIMES[ground]:
        raise Invalid(_("제재부가금이 법이 정한 배수를 넘습니다."), field="surcharge")
    clawback = Clawback.objects.create(
        award=held,
        ground=ground,
        facts=facts.strip(),
        legal_basis=legal_basis.strip(),
        principal=principal,
        interest=interest,
        surcharge=surcharge,
        reply_by=now + max(LEAST_HEARING, timedelta(days=SupportPolicy.of(held.policy).hearing_days)),
        noticed_by=by,
        noticed_at=now,
    )
    data = {
        "to": clawback.status,
        "award": str(held.public_id),
        "offence": ground,
        "amount": clawback.total,
        "reply_by": clawback.reply_by,
    }
    log.append("event.clawback.noticed", row=clawback, by=by.acting_as(role), data=data, private={"facts": facts})
    return clawback


@transaction.atomic
def reply_to_clawback(*, clawback: Clawback, reply: str, by: User, now: datetime) -> None:
    """The organiser is heard, once, before the time for it is over."""
    role = rules.check_can_sign(by, clawback.award)
    if now >= clawback.reply_by:
        raise Late(_("의견을 낼 수 있는 기한이 지났습니다."))
    if not reply.strip():
        raise Invalid(_("의견을 적어 주십시오."), field="reply")
    _step(clawback, ClawbackStatus.HEARING, by=by.acting_as(role), reply=reply.strip())


@transaction.atomic
def decide_clawback(*, clawback: Clawback, by: User, now: datetime, reason: str) -> None:
    """Another than who gave notice decides, after the hearing or when its time is over."""
    role = rules.check_can_claw_back(by, clawback.award)
    rules.check_is_another(by, clawback.noticed_by_id)
    if not clawback.reply and now < clawback.reply_by:
        raise Invalid(_("의견제출 기한이 지나야 결정할 수 있습니다."))
    _step(clawback, ClawbackStatus.DECIDED, by=by.acting_as(role), reason=reason, decided_by=by, decided_at=now)


@transaction.atomic
def drop_clawback(*, clawback: Clawback, by: User, reason: str) -> None:
    """What was heard convinced: nothing is taken back."""
    role = rules.check_can_claw_back(by, clawback.award)
    rules.check_is_another(by, clawback.noticed_by_id)
    _step(clawback, ClawbackStatus.DROPPED, by=by.acting_as(role), reason=reason)


@transaction.atomic
def waive_clawback(*, clawback: Clawback, by: User, basis: str) -> None:
    """A decided clawback is not demanded; the law that allows it is named."""
    role = rules.check_can_claw_back(by, clawback.award)
    if not basis.strip():
        raise Invalid(_("면제하는 법적 근거를 적어 주십시오."), field="basis")
    _step(clawback, ClawbackStatus.WAIVED, by=by.acting_as(role), reason=basis, waiver_basis=basis.strip())


@transaction.atomic
def demand_clawback(*, clawback: Clawback, by: User, due_on: date) -> None:
    """Demand the whole until a day."""
    role = rules.check_can_claw_back(by, clawback.award)
    _step(clawback, ClawbackStatus.DEMANDED, by=by.acting_as(role), due_on=due_on)


@transaction.atomic
def receive_clawback(*, clawback: Clawback, amount: int, bank_ref: str, on: date, by: User, now: datetime) -> Clawback:
    """Money that came in, in parts if need be; the last won ends it. More than is owed is refused."""
    role = rules.check_can_claw_back(by, clawback.award)
    held = Clawback.objects.select_for_update(no_key=True, of=("self",)).select_related("award").get(pk=clawback.pk)
    left = held.total - held.received
    if not 1 <= amount <= left:
        raise Invalid(_("남은 금액보다 많거나, 금액이 없습니다."), field="amount")
    _receipt(held, amount, bank_ref, on, by, now)
    acting, received = by.acting_as(role), held.received + amount
    data = {"award": str(held.award.public_id), "amount": amount, "on": on}
    to = ClawbackStatus.PAID if amount == left else ClawbackStatus.PART_PAID
    if amount == left or held.status == ClawbackStatus.DEMANDED:
        advance(
            held, to, by=acting, steps=CLAWBACK, data=data, private={"bank": bank_ref}, changes={"received": received}
        )
    else:
        held.received = received
        held.save(update_fields=["received"])
        log.append("event.clawback.instalment", row=held, by=acting, data=data, private={"bank": bank_ref})
    return held


def mark_overdue(*, now: datetime) -> int:
    """Every demanded clawback whose day is over and whose money is not in. Safe to run twice. Answers how many."""
    late = Clawback.objects.filter(
        status__in=[ClawbackStatus.DEMANDED, ClawbackStatus.PART_PAID], due_on__lt=now.astimezone(SEOUL).date()
    )
    marked = 0
    for clawback in late.select_related("award"):
        with transaction.atomic():
            _step(clawback, ClawbackStatus.OVERDUE, by=log.SYSTEM)
        marked += 1
    return marked


@transaction.atomic
def impose_sanction(*, clawback: Clawback, until_on: date, by: User, now: datetime) -> Sanction:
    """No support for the organisation until a day; only after a clawback was decided."""
    role = rules.check_can_claw_back(by, clawback.award)
    if clawback.decided_at is None or clawback.status == ClawbackStatus.WAIVED:
        raise Invalid(_("환수를 결정한 뒤에 제재할 수 있습니다."))
    from_on = now.astimezone(SEOUL).date()
    if until_on <= from_on:
        raise Invalid(_("제재가 끝나는 날은 오늘보다 뒤여야 합니다."), field="until_on")
    sanction = Sanction.objects.create(
        organisation=clawback.award.organisation,
        clawback=clawback,
        from_on=from_on,
        until_on=until_on,
        imposed_by=by,
        imposed_at=now,
    )
    data = {"organisation": sanction.organisation.ref, "sanction_from": from_on, "sanction_until": until_on}
    log.append("event.sanction.imposed", row=sanction, by=by.acting_as(role), data=data)
    return sanction


@transaction.atomic
def lift_sanction(*, sanction: Sanction, by: User, now: datetime, reason: str) -> None:
    role = rules.check_can_claw_back(by, sanction.clawback.award)
    sanction.lifted_at = now
    sanction.save(update_fields=["lifted_at"])
    data = {"organisation": sanction.organisation.ref}
    log.append("event.sanction.lifted", row=sanction, by=by.acting_as(role), data=data, private={"reason": reason})


def _step(clawback: Clawback, to: ClawbackStatus, *, by: Any, reason: str | None = None, **changes: Any) -> None:
    data: dict[str, Any] = {"award": str(clawback.award.public_id)}
    if to == ClawbackStatus.DECIDED:
        data |= {"amount": clawback.total, "organisation": clawback.award.organisation.ref}
    advance(clawback, to, by=by, steps=CLAWBACK, reason=reason, data=data, changes=changes)


def _receipt(clawback: Clawback, amount: int, bank_ref: str, on: date, by: User, now: datetime) -> None:
    try:
        with transaction.atomic():
            ClawbackReceipt.objects.create(
                clawback=clawback, amount=amount, bank_ref=bank_ref.strip(), on=on, recorded_by=by, recorded_at=now
            )
    except IntegrityError as clash:
        raise Invalid(_("은행 거래번호가 없거나 이미 기록한 번호입니다."), field="bank_ref") from clash
