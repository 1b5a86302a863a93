"""What may be done with an award now, and by whom: each step of its way as a form on its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts import rules as accounts
from portal.accounts.models import User
from portal.core.clock import database_now
from portal.core.periods import SEOUL
from portal.core.ui.case import Act
from portal.mice import queries, services, support_forms
from portal.mice.budget import OPEN
from portal.mice.enums import AgreementStatus, AmendmentStatus, AwardStatus, PayStage, TrancheStatus
from portal.mice.models import Agreement, Amendment, Award, Tranche

type Answers = Mapping[str, Any]
_CHANGEABLE = (AwardStatus.AGREED, AwardStatus.ADVANCED, AwardStatus.HELD)
_HELD = (AwardStatus.HELD, AwardStatus.REPORTED, AwardStatus.RETURNED)


def acts(by: User, award: Award) -> list[Act]:
    """The steps that wait for this person: what leads on first, then what else may be done."""
    here = Here(by, award)
    found = [act for steps in (agree, pay, look, settle, change, hold, end) for act in steps(here)]
    return sorted(found, key=lambda act: act.kind != "primary")


@dataclass
class Here:
    """Who looks at which award."""

    by: User
    award: Award

    def may(self, action: str) -> bool:
        return accounts.may(self.by, action, cluster=self.award.programme.cluster)

    @property
    def status(self) -> str:
        return self.award.status

    @cached_property
    def acts_for(self) -> bool:
        return accounts.can_act_for(self.by, self.award.organisation)

    @cached_property
    def signs(self) -> bool:
        return accounts.can_sign_for(self.by, self.award.organisation)

    @property
    def paper(self) -> Agreement | None:
        return getattr(self.award, "agreement", None)

    @cached_property
    def due(self) -> Tranche | None:
        return self.award.tranches.filter(status=TrancheStatus.DUE).first()

    def another(self, *others: int | None) -> bool:
        """Nobody does both steps of two."""
        return self.by.pk not in others


def agree(here: Here) -> list[Act]:
    award, paper = here.award, here.paper
    if here.status != AwardStatus.DECIDED:
        return []
    if paper is None:
        if not here.may("agreement.prepare"):
            return []

        def prepare(answers: Answers, now: datetime) -> None:
            services.prepare_agreement(award=award, by=here.by, **answers)

        title, done = _("협약 준비"), _("협약을 준비했습니다. 주최자가 서명할 수 있습니다.")
        return [Act("agreement", title, support_forms.AgreementForm, _("협약 준비하기"), prepare, done)]
    steps = {AgreementStatus.PREPARED: services.accept_agreement, AgreementStatus.ACCEPTED: services.sign_agreement}
    step: Callable[..., object] | None = steps.get(AgreementStatus(paper.status))
    theirs = paper.status == AgreementStatus.ACCEPTED
    may = here.may("award.decide") and here.another(paper.prepared_by_id, paper.accepted_by_id)
    if step is None or not (may if theirs else here.signs):
        return []

    def sign(answers: Answers, now: datetime) -> None:
        step(agreement=paper, by=here.by, now=now, document_hash=answers["document_hash"])

    seen = {"document_hash": paper.document_hash}
    title, word = _("협약에 서명하기"), _("서명하기")
    return [Act("sign", title, support_forms.SignForm, word, sign, _("협약에 서명했습니다."), initial=seen)]


def pay(here: Here) -> list[Act]:
    award, due = here.award, here.due
    if due is not None:
        if not (here.may("award.decide") and here.another(due.prepared_by_id)):
            return []

        def paid(answers: Answers, now: datetime) -> None:
            services.pay_tranche(tranche=due, by=here.by, now=now, **answers)

        return [
            Act("pay", _("지급 기록"), support_forms.PayForm, _("지급했음을 적기"), paid, _("지급을 기록했습니다."))
        ]
    stage = {AwardStatus.AGREED: PayStage.ADVANCE, AwardStatus.SETTLED: PayStage.BALANCE}.get(AwardStatus(here.status))
    owed = stage == PayStage.ADVANCE or (award.final or 0) > award.paid - award.repaid
    if stage is None or not owed or not here.may("agreement.prepare"):
        return []

    def prepare(answers: Answers, now: datetime) -> None:
        services.prepare_tranche(award=award, stage=stage, by=here.by)

    title = _("%(stage)s 지급 준비") % {"stage": stage.label}
    done = _("지급을 준비했습니다. 다른 담당자가 지급을 기록합니다.")
    return [Act("tranche", title, support_forms.PlainForm, _("지급 준비하기"), prepare, done)]


def change(here: Here) -> list[Act]:
    award = here.award
    asked = award.amendments.filter(status=AmendmentStatus.REQUESTED).first()
    if here.status not in _CHANGEABLE:
        return []
    if asked is not None:
        may = here.may("award.decide") and here.another(asked.requested_by_id)
        return _decisions(here, asked) if may else []
    if not here.acts_for:
        return []
    lines = {line.code: line.amount for line in award.lines.all()}
    form = support_forms.ChangeForm(lines=lines)

    def ask(answers: Answers, now: datetime) -> None:
        wanted = form.wanted(answers)
        services.request_amendment(award=award, lines=wanted, reason=answers["reason"], by=here.by, now=now)

    word, done = _("변경신청하기"), _("변경을 신청했습니다. 결정되면 알려 드립니다.")
    return [
        Act("change", _("교부 내용 변경신청"), support_forms.ChangeForm, word, ask, done, kind="secondary", options={"lines": lines}),
    ]  # fmt: skip


def _decisions(here: Here, asked: Amendment) -> list[Act]:
    def approve(answers: Answers, now: datetime) -> None:
        services.approve_amendment(amendment=asked, by=here.by, now=now)

    def refuse(answers: Answers, now: datetime) -> None:
        services.refuse_amendment(amendment=asked, by=here.by, now=now, **answers)

    return [
        Act("approve", _("변경 승인"), support_forms.PlainForm, _("변경 승인하기"), approve, _("변경을 승인했습니다.")),
        Act("refuse", _("변경 불승인"), support_forms.ReasonForm, _("승인하지 않기"), refuse, _("변경을 승인하지 않았습니다."), kind="secondary"),
    ]  # fmt: skip


def hold(here: Here) -> list[Act]:
    """The event takes place, and somebody looks at it."""
    award = here.award
    if not here.may("settlement.prepare"):
        return []
    begun = database_now().astimezone(SEOUL).date() >= award.edition.starts_on

    def held(answers: Answers, now: datetime) -> None:
        services.mark_held(award=award, by=here.by, now=now)

    def inspect(answers: Answers, now: datetime) -> None:
        services.inspect(award=award, by=here.by, now=now, **answers)

    found = []
    if begun and here.status in (AwardStatus.AGREED, AwardStatus.ADVANCED):
        found.append(
            Act("held", _("개최 확인"), support_forms.PlainForm, _("개최했음을 적기"), held, _("개최를 확인했습니다."))
        )
    if begun and here.status in (AwardStatus.AGREED, AwardStatus.ADVANCED, *_HELD):
        found.append(
            Act(
                "inspect",
                _("현장점검 기록"),
                support_forms.InspectForm,
                _("점검 적기"),
                inspect,
                _("현장점검을 적었습니다."),
                kind="secondary",
            )
        )
    return found  # fmt: skip


def look(here: Here) -> list[Act]:
    """The report is audited line by line, or returned."""
    award, report = here.award, queries.last_report(here.award)
    if report is None or not here.may("settlement.prepare"):
        return []
    if here.status not in (AwardStatus.REPORTED, AwardStatus.REOPENED):
        return []
    lines = list(report.lines.all())
    form = support_forms.AuditForm(lines=lines)

    def audit(answers: Answers, now: datetime) -> None:
        services.audit_report(report=report, by=here.by, now=now, cuts=form.cuts(answers))

    def give_back(answers: Answers, now: datetime) -> None:
        services.return_report(report=report, by=here.by, **answers)

    title, done = _("집행내역 검사"), _("정산검사를 마쳤습니다. 다른 담당자가 정산을 확정합니다.")
    found = [
        Act("audit", title, support_forms.AuditForm, _("검사 마치기"), audit, done, options={"lines": lines}, wide=True)
    ]
    if award.status == AwardStatus.REPORTED:
        word, told = _("보완 요청하기"), _("보완을 요청했습니다.")
        found.append(
            Act("return", _("정산보고 돌려보내기"), support_forms.ReasonForm, word, give_back, told, kind="secondary")
        )
    return found


def settle(here: Here) -> list[Act]:
    """What the award came to, and the money that follows from it."""
    if not here.may("settlement.decide"):
        return []
    award, report = here.award, queries.last_report(here.award)
    audited = report is not None and report.recognised is not None and here.another(report.audited_by_id)

    def fix(answers: Answers, now: datetime) -> None:
        services.settle_award(award=award, by=here.by, now=now)

    def demand(answers: Answers, now: datetime) -> None:
        services.demand_repayment(award=award, by=here.by)

    def close(answers: Answers, now: datetime) -> None:
        services.close_award(award=award, by=here.by)

    def repaid(answers: Answers, now: datetime) -> None:
        services.receive_repayment(award=award, by=here.by, now=now, **answers)

    principal, interest = services.owed(award)
    done = here.status in (AwardStatus.SETTLED, AwardStatus.BALANCE_PAID)
    waits = here.status == AwardStatus.REPAYMENT_DUE or (
        here.status == AwardStatus.CANCELLED and award.paid > award.repaid
    )
    possible = [
        (audited and here.status in (AwardStatus.AUDITED, AwardStatus.REOPENED), Act("settle", _("정산확정"), support_forms.PlainForm, _("정산 확정하기"), fix, _("정산을 확정했습니다."))),
        (done and principal >= 0 and principal + interest > 0, Act("demand", _("반납고지"), support_forms.PlainForm, _("반납 고지하기"), demand, _("반납을 고지했습니다."))),
        (done and principal == interest == 0, Act("close", _("종결"), support_forms.PlainForm, _("종결하기"), close, _("지원을 종결했습니다."))),
        (waits, Act("repaid", _("반납 기록"), support_forms.RepaidForm, _("반납받았음을 적기"), repaid, _("반납을 기록했습니다."))),
    ]  # fmt: skip
    return [act for may, act in possible if may]


def end(here: Here) -> list[Act]:
    """Steps that undo: taken back, taken up again, called off."""
    award = here.award
    left = award.paid - award.repaid - queries.principal_taken_back(award)
    over = here.status in (AwardStatus.CLOSED, AwardStatus.REPAYMENT_DUE, AwardStatus.CANCELLED)

    def notice(answers: Answers, now: datetime) -> None:
        services.notice_clawback(award=award, by=here.by, now=now, **answers)

    def reopen(answers: Answers, now: datetime) -> None:
        services.reopen_award(award=award, by=here.by, **answers)

    def cancel(answers: Answers, now: datetime) -> None:
        services.cancel_award(award=award, by=here.by, now=now, **answers)

    possible = [
        (over and left > 0 and here.may("settlement.prepare"), Act("notice", _("환수 사전통지"), support_forms.NoticeForm, _("사전통지하기"), notice, _("환수를 사전통지했습니다. 주최자가 의견을 낼 수 있습니다."), kind="secondary")),
        (here.status == AwardStatus.CLOSED and here.may("settlement.decide"), Act("reopen", _("다시 정산하기"), support_forms.ReasonForm, _("다시 열기"), reopen, _("정산을 다시 열었습니다."), kind="secondary")),
        (here.status in OPEN and here.may("award.decide"), Act("cancel", _("교부 취소"), support_forms.ReasonForm, _("교부 취소하기"), cancel, _("교부를 취소했습니다."), kind="danger")),
    ]  # fmt: skip
    return [act for may, act in possible if may]
