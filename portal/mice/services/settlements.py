"""From an audited report to the last won: the final amount, the balance, what comes back with its interest."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import User
from portal.core.amounts import WHOLE_BP
from portal.core.errors import Invalid
from portal.core.transition import advance
from portal.mice import budget, queries, rules
from portal.mice import settlement as arithmetic
from portal.mice.enums import AwardStatus, PostingKind
from portal.mice.models import Award, Settlement, SettlementReport
from portal.mice.policy import SupportPolicy
from portal.mice.services.agreements import post
from portal.mice.services.awards import lock, move_counters
from portal.mice.turnout import pay_rate_bp
from portal.mice.workflow import AWARD


@transaction.atomic
def settle_award(*, award: Award, by: User, now: datetime) -> Settlement:
    """Fix the final amount from the audited report; what it is less than the award goes back to cap and envelope.

    Taken up again, an award never comes to more than before: what it gave back may be another's by now.
    """
    role = rules.check_can_settle(by, award)
    held = lock(award)
    report = queries.last_report(held)
    if held.status not in (AwardStatus.AUDITED, AwardStatus.REOPENED) or report is None or report.recognised is None:
        raise Invalid(_("검사를 마친 정산보고가 있어야 확정할 수 있습니다."))
    rules.check_is_another(by, report.audited_by_id)
    settled = _compute(held, report, by=by, now=now)
    before = budget.net(held.position())
    acting = by.acting_as(role)
    data = {
        "award": str(held.public_id),
        "amount": settled.amount,
        "cap_left": settled.cap_left,
        "recognised": settled.recognised,
        "support_rate_bp": settled.support_rate_bp,
        "paid_before": settled.paid,
        "interest_won": settled.interest,
        "final": settled.final,
        "binding": settled.binding,
    }
    if settled.tariff is not None:
        data["by_turnout"] = settled.tariff
    settled.save()
    log.append("event.settlement.decided", row=settled, by=acting, data=data)
    changes = {"final": settled.final, "interest_due": settled.interest}
    advance(held, AwardStatus.SETTLED, by=acting, steps=AWARD, data={"final": settled.final}, changes=changes)
    move_counters(held, before, now=now)
    return settled


def _compute(award: Award, report: SettlementReport, *, by: User, now: datetime) -> Settlement:
    policy, recognised = SupportPolicy.of(award.policy), report.recognised or 0
    positions = [other.position() for other in award.edition.awards.all()]
    left = budget.cap_left(award.edition.cap, positions, edition=str(award.edition_id), but=str(award.pk))
    if award.final is not None:
        left = min(left, award.final)
    out = award.paid - award.repaid
    tariff = _tariff(award, report, policy)
    came = arithmetic.settle(
        award.amount, left, recognised, policy.support_rate_bp, tariff=tariff, paid=out, interest=report.interest
    )
    return Settlement(
        award=award,
        report=report,
        amount=award.amount,
        cap_left=left,
        recognised=recognised,
        support_rate_bp=policy.support_rate_bp,
        tariff=tariff,
        paid=out,
        interest=report.interest,
        final=came.final,
        binding=came.binding,
        settled_by=by,
        settled_at=now,
    )


def _tariff(award: Award, report: SettlementReport, policy: SupportPolicy) -> int | None:
    """What the turnout pays, for the worst of the required figures; None when the policy requires none.

    Too few countries or days: the conditions were not met, and nothing is paid whoever came.
    """
    required = {"onsite": policy.required_onsite, "foreign": policy.required_foreign}
    if not any(required.values()):
        return None
    came = report.turnout or {}
    if came.get("countries", 0) < policy.min_countries or came.get("days", 0) < policy.min_days:
        return 0
    rate = min(pay_rate_bp(number, came.get(what, 0), policy.pay_table) for what, number in required.items() if number)
    return award.amount * rate // WHOLE_BP


@transaction.atomic
def demand_repayment(*, award: Award, by: User) -> int:
    """Ask for what was paid too much and for the interest, which is returned in every case. Answers how many won."""
    role = rules.check_can_settle(by, award)
    held = lock(award)
    principal, interest = owed(held)
    if principal < 0:
        raise Invalid(_("2차분을 먼저 지급해 주십시오."))
    if principal + interest == 0:
        raise Invalid(_("돌려받을 금액이 없습니다. 종결해 주십시오."))
    total = principal + interest
    advance(held, AwardStatus.REPAYMENT_DUE, by=by.acting_as(role), steps=AWARD, data={"amount": total})
    return total


@transaction.atomic
def receive_repayment(
    *, award: Award, principal: int, interest: int, bank_ref: str, on: date, by: User, now: datetime
) -> Award:
    """Money that came back, in parts if need be; the last won closes the award. More than is owed is refused."""
    role = rules.check_can_settle(by, award)
    held = lock(award)
    owes = (max(held.paid - held.repaid, 0), held.interest_due) if held.status == AwardStatus.CANCELLED else owed(held)
    if held.status not in (AwardStatus.REPAYMENT_DUE, AwardStatus.CANCELLED):
        raise Invalid(_("반납을 고지한 뒤에 받을 수 있습니다."))
    if principal < 0 or interest < 0 or principal + interest == 0 or principal > owes[0] or interest > owes[1]:
        raise Invalid(_("돌려받을 원금이나 이자보다 많거나, 금액이 없습니다."), field="principal")
    before = budget.net(held.position())
    for kind, amount, mark in ((PostingKind.REPAID, principal, ""), (PostingKind.INTEREST, interest, "/i")):
        if amount:
            post(held, kind, amount, bank_ref=f"{bank_ref.strip()}{mark}", on=on, by=by, now=now)
    acting = by.acting_as(role)
    data = {"repaid": principal, "interest_won": interest, "on": on}
    # Named after the award: a fact of another thing would break the award's chain before it is closed.
    log.append("event.award.repaid", row=held, by=acting, data=data, private={"bank": bank_ref})
    move_counters(held, before, now=now)
    if held.status == AwardStatus.REPAYMENT_DUE and owed(held) == (0, 0):
        advance(held, AwardStatus.CLOSED, by=acting, steps=AWARD)
    return held


@transaction.atomic
def close_award(*, award: Award, by: User) -> None:
    """Nothing is owed either way."""
    role = rules.check_can_settle(by, award)
    held = lock(award)
    if owed(held) != (0, 0):
        raise Invalid(_("지급하거나 돌려받을 금액이 남아 있습니다."))
    advance(held, AwardStatus.CLOSED, by=by.acting_as(role), steps=AWARD)


@transaction.atomic
def reopen_award(*, award: Award, by: User, reason: str) -> None:
    """A slip cancelled after the settlement: the report is audited and settled once more."""
    role = rules.check_can_settle(by, award)
    held = lock(award)
    if not reason.strip():
        raise Invalid(_("다시 여는 까닭을 적어 주십시오."), field="reason")
    advance(held, AwardStatus.REOPENED, by=by.acting_as(role), steps=AWARD, reason=reason)


def owed(award: Award) -> tuple[int, int]:
    """Principal and interest that the organiser owes, in won; a negative principal is the balance it is owed."""
    return award.paid - award.repaid - (award.final or 0), award.interest_due - award.interest
