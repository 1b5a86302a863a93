"""What both sides sign, and what is paid under it. Paying twice is impossible: a stage once, a bank line once."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import Invalid, Overtaken
from portal.core.money import won
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.mice import rules
from portal.mice.enums import AgreementStatus, AwardStatus, PayStage, PostingKind, TrancheStatus
from portal.mice.models import Agreement, Award, Posting, Tranche
from portal.mice.policy import SupportPolicy
from portal.mice.services.awards import lock
from portal.mice.workflow import AGREEMENT, AWARD, TRANCHE


@transaction.atomic
def prepare_agreement(*, award: Award, text: str, by: User, guaranteed_until: date | None = None) -> Agreement:
    """Put the conditions before the organiser; a programme that asks for a guarantee gets none without its last day."""
    rules.check_can_prepare_agreement(by, award.programme)
    if award.status != AwardStatus.DECIDED or hasattr(award, "agreement"):
        raise Overtaken
    policy = SupportPolicy.of(award.policy)
    if policy.guarantee and (guaranteed_until is None or guaranteed_until < award.edition.ends_on):
        raise Invalid(_("행사가 끝날 때까지의 이행보증보험이 있어야 합니다."), field="guaranteed_until")
    return Agreement.objects.create(
        award=award,
        text=text,
        document_hash=hashlib.sha256(text.encode()).hexdigest(),
        guaranteed_until=guaranteed_until,
        prepared_by=by,
    )


@transaction.atomic
def accept_agreement(*, agreement: Agreement, by: User, now: datetime, document_hash: str) -> None:
    """The organiser's master account signs the text it was shown, by its hash."""
    role = rules.check_can_sign(by, agreement.award)
    _check_text(agreement, document_hash)
    _step(agreement, AgreementStatus.ACCEPTED, by=by, role=role, accepted_by=by, accepted_at=now)


@transaction.atomic
def sign_agreement(*, agreement: Agreement, by: User, now: datetime, document_hash: str) -> Award:
    """The payer signs after the organiser: the award is agreed."""
    award = lock(agreement.award)
    role = rules.check_can_decide_award(by, award.programme)
    rules.check_is_another(by, agreement.prepared_by_id, agreement.accepted_by_id)
    rules.check_is_clear(award.organisation, now.astimezone(SEOUL).date())
    _check_text(agreement, document_hash)
    _step(agreement, AgreementStatus.SIGNED, by=by, role=role, signed_by=by, signed_at=now)
    advance(award, AwardStatus.AGREED, by=by.acting_as(role), steps=AWARD)
    return award


@transaction.atomic
def prepare_tranche(*, award: Award, stage: str, by: User) -> Tranche:
    """What is to be paid now: the policy's share before the event, or what the settlement left after it."""
    rules.check_can_prepare_agreement(by, award.programme)
    held = lock(award)
    ready = {PayStage.ADVANCE: AwardStatus.AGREED, PayStage.BALANCE: AwardStatus.SETTLED}[PayStage(stage)]
    if held.status != ready:
        raise Invalid(_("지금은 이 차수를 지급할 수 없습니다."))
    if stage == PayStage.ADVANCE:
        amount = SupportPolicy.of(held.policy).advance(held.amount)
    else:
        amount = max((held.final or 0) - held.paid, 0)
    if amount < 1:
        raise Invalid(_("지급할 금액이 없습니다."))
    if held.tranches.filter(stage=stage).exclude(status=TrancheStatus.VOID).exists():
        raise Overtaken
    return Tranche.objects.create(award=held, stage=stage, amount=amount, prepared_by=by)


@transaction.atomic
def pay_tranche(*, tranche: Tranche, by: User, bank_ref: str, on: date, now: datetime) -> Posting:
    """The bank paid it: the tranche, the posting that says so and the award's step, together or not at all.

    Raises ``Invalid`` for a bank reference that was used before, ``Overtaken`` for a tranche that is paid already.
    """
    held = lock(tranche.award)
    role = rules.check_can_decide_award(by, held.programme)
    rules.check_is_another(by, tranche.prepared_by_id)
    rules.check_is_clear(held.organisation, on)
    advance(
        tranche,
        TrancheStatus.PAID,
        by=by.acting_as(role),
        steps=TRANCHE,
        data={"award": str(held.public_id), "instalment": tranche.stage, "amount": tranche.amount, "on": on},
        private={"bank": bank_ref},
        changes={"paid_by": by},
    )
    posting = post(held, PostingKind.PAID, tranche.amount, tranche=tranche, bank_ref=bank_ref, on=on, by=by, now=now)
    to = AwardStatus.ADVANCED if tranche.stage == PayStage.ADVANCE else AwardStatus.BALANCE_PAID
    advance(held, to, by=by.acting_as(role), steps=AWARD)
    return posting


def post(
    award: Award,
    kind: PostingKind,
    amount: int,
    *,
    bank_ref: str,
    on: date,
    by: User,
    now: datetime,
    tranche: Tranche | None = None,
) -> Posting:
    """One line of the bank and the award's sum of its kind; the award is locked."""
    if not bank_ref.strip():
        raise Invalid(_("은행의 거래번호를 적어 주십시오."), field="bank_ref")
    try:
        with transaction.atomic():
            posting = Posting.objects.create(
                award=award,
                kind=kind,
                amount=amount,
                tranche=tranche,
                bank_ref=bank_ref.strip(),
                on=on,
                recorded_by=by,
                recorded_at=now,
            )
    except IntegrityError as clash:
        if "bank_ref" not in str(clash):
            raise
        text = _("이미 기록한 은행 거래번호입니다. 같은 {amount}을 두 번 기록하지 않았는지 확인해 주십시오.")
        raise Invalid(text.format(amount=won(amount)), field="bank_ref") from clash
    column = {PostingKind.PAID: "paid", PostingKind.REPAID: "repaid", PostingKind.INTEREST: "interest"}[kind]
    setattr(award, column, getattr(award, column) + amount)
    award.save(update_fields=[column])
    return posting


def _check_text(agreement: Agreement, document_hash: str) -> None:
    if document_hash != agreement.document_hash:
        raise Invalid(_("보신 협약 내용과 지금의 내용이 다릅니다. 다시 확인해 주십시오."))


def _step(agreement: Agreement, to: AgreementStatus, *, by: User, role: str, **changes: object) -> None:
    data = {"award": str(agreement.award.public_id), "document": agreement.document_hash}
    advance(agreement, to, by=by.acting_as(role), steps=AGREEMENT, data=data, changes=changes)
