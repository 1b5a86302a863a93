"""One round of a hub, from the call to the signed leases, by the services people use; its clock runs back from its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.accounts.models import User
from portal.core.periods import SEOUL
from portal.intake import services as intake
from portal.intake.models import Call, Decision, ScoreSheet, Stage
from tenancy import services
from tenancy.enums import Side
from tenancy.models import AllocationRun, Hub, Offer, RateCard
from tenancy.rehearsal import judging
from tenancy.rehearsal.cast import Applicant, Staff, apply_as
from tenancy.rehearsal.companies import Invented
from tenancy.rehearsal.plan_life import Life

PUBLIC_VALUE = "closing-price-of-the-day"
_OPEN, _CLOSED, _REVIEW = timedelta(days=40), timedelta(days=12), timedelta(days=8)
_OFFER = (
    "need__organisation",
    "need__application__call__cluster",
    "need__application__quota_track",
    "unit__floor__building__hub__cluster",
    "rate_card",
)
_FORM = {
    "sections": [
        {
            "code": "space",
            "name": {"ko": "필요한 공간", "en": "Space needed"},
            "blocks": [
                {"code": "company", "kind": "company_card", "label": {"ko": "신청 기업", "en": "Applicant"}},
                {
                    "code": "seats",
                    "kind": "head_count",
                    "label": {"ko": "상주 인원", "en": "People working there"},
                    "required": True,
                    "limits": {"max": 4},
                },
            ],
        }
    ]
}


@dataclass
class Choosing:
    """A round: who gives out what from which day on."""

    life: Life
    hub: Hub
    card: RateCard
    terms: dict[str, Any]
    staff: Staff
    start: date
    quota: int

    def live(self, companies: Sequence[Invented], told: datetime) -> dict[int, User]:
        """Everything in order; results and offers at ``told``. Answers the masters by company."""
        self.masters: dict[int, User] = {}
        self.call = self._publish(told)
        self._receive(companies, told)
        self._judge(told)
        self._give_out(told)
        while self._answer(told + timedelta(hours=3)):
            continue
        return self.masters

    def _publish(self, told: datetime) -> Call:
        opens = told - _OPEN
        data = self._definition(told)
        officer = self.staff.officer
        call = intake.create_call(cluster=self.hub.cluster, programme="space", data=data, by=officer, now=opens)
        rule = {name: self.terms[name] for name in ("first_term_months", "max_months")}
        services.set_terms(call=call, hubs=[self.hub], rate_card=self.card, start_date=self.start, by=officer, **rule)
        return intake.publish_call(call=call, by=self.staff.approver, now=opens)

    def _definition(self, told: datetime) -> dict[str, Any]:
        month = f"{self.start:%Y-%m}"
        title = {"ko": f"{month} {self.hub.name_ko} 입주기업 모집", "en": f"{self.hub.name_en}: call of {month}"}
        rule = {"combine": "mean", "min_sheets": 1, "pass_mark": "60", "tie_break": ["C1", "lottery"]}
        criteria = [
            {"code": code, "name": name, "max_points": judging.MAX_POINTS, "weight_bp": 5000}
            for code, name in (("C1", {"ko": "기술성", "en": "Technology"}), ("C2", {"ko": "성장성", "en": "Growth"}))
        ]
        stage = {"code": "DOCUMENT", "name": {"ko": "서면평가", "en": "Document review"}, "share_bp": 10_000}
        track = {"code": "ALL", "name": {"ko": "전체", "en": "All"}, "quota": self.quota, "spill": []}
        return {
            "code": f"space-{self.hub.code}-{self.start:%Y%m}",
            "prefix": f"{self.hub.code.upper()}{self.start:%y%m}",
            "hubs": [self.hub.code],
            "opens_at": told - _OPEN,
            "closes_at": datetime.combine((told - _CLOSED).date(), time(18), SEOUL),
            "title": title,
            "summary": title,
            "tracks": [{**track, "reserve": self.quota}],
            "stages": [{**stage, "go_on": None, "per_file": 3, "rule": rule, "criteria": criteria}],
            "eligibility": [{"rule": "company_age", "parameters": {"years": 7, "counted_at": "NOTICE"}}],
            "form": _FORM,
            "policy": {"start_date": self.start.isoformat(), "panel": {"least_size": 5, "one_employer": False}},
        }

    def _receive(self, companies: Sequence[Invented], told: datetime) -> None:
        """Companies register, write and send, one after the other over the whole time."""
        track, opens = self.call.tracks.get(), told - _OPEN
        for number, company in enumerate(companies):
            one: Applicant = apply_as(company, opens)
            self.masters[one.organisation.pk] = one.master
            now = opens + (self.call.closes_at - opens) * (number + 1) / (len(companies) + 1)
            application = intake.start_application(
                call=self.call, organisation=one.organisation, by=one.master, now=now, track=track
            )
            answers = {"seats": 1 + company.number % 4}
            intake.save_draft(
                application=application, section="space", answers=answers, version=0, by=one.master, now=now
            )
            key = f"{self.call.code}:{company.number}"
            intake.submit(application=application, key=key, by=one.master, now=now)

    def _judge(self, told: datetime) -> None:
        """Counted, found eligible, read by three each, decided quietly, told to everybody at once."""
        officer, closed = self.staff.officer, told - _REVIEW
        intake.close_call(call=self.call, by=officer, now=self.call.closes_at)
        self.call.refresh_from_db()
        intake.draw_lottery(call=self.call, public_value=PUBLIC_VALUE, by=officer, now=closed)
        intake.record_findings(call=self.call, by=officer, now=closed)
        self._publish_decision(intake.prepare_eligibility(call=self.call, by=officer, now=closed), closed)
        stage = self.call.stages.get()
        pool = self.staff.evaluators
        intake.form_panel(stage=stage, evaluators=pool, by=officer, now=closed, chair=pool[0])
        for evaluator in pool:
            intake.sign_pledge(call=self.call, by=evaluator.user, now=closed, conflicts=None)
        intake.open_stage(stage=stage, by=officer, now=closed)
        intake.propose_assignments(stage=stage, by=officer, now=closed)
        intake.confirm_assignments(stage=stage, by=officer, now=closed)
        self._score(stage, closed + timedelta(days=3))
        intake.settle_stage(stage=stage, by=officer, now=closed + timedelta(days=4))
        self._publish_decision(intake.prepare_final(call=self.call, by=officer, now=closed + timedelta(days=5)), told)

    def _score(self, stage: Stage, now: datetime) -> None:
        for sheet in self._sheets(stage):
            member, key = sheet.assignment.member, sheet.assignment.application.receipt_number or ""
            points = judging.scores(["C1", "C2"], 18 + int(key[-4:]) * 7 % 5, member.evaluator.employer, key)
            intake.fill_sheet(sheet=sheet, scores=points, by=member.evaluator.user, now=now)
            intake.lock_sheet(sheet=sheet, by=member.evaluator.user, now=now)

    @staticmethod
    def _sheets(stage: Stage) -> Iterator[ScoreSheet]:
        sheets = ScoreSheet.objects.filter(assignment__stage=stage, status="OPEN").select_related(
            "assignment__member__evaluator__user", "assignment__application"
        )
        for sheet in sheets.order_by("pk"):
            sheet.assignment.stage = stage
            yield sheet

    def _publish_decision(self, decision: Decision, now: datetime) -> None:
        intake.decide(decision=decision, by=self.staff.approver, now=now)
        decision.refresh_from_db()
        intake.publish(decision=decision, by=self.staff.approver, now=now)
        self.call.refresh_from_db()

    def _give_out(self, now: datetime) -> None:
        run = services.run_allocation(call=self.call, by=self.staff.officer, now=now)
        services.confirm_allocation(run=AllocationRun.objects.get(pk=run.pk), by=self.staff.approver, now=now)
        services.publish_allocation(run=AllocationRun.objects.get(pk=run.pk), by=self.staff.approver, now=now)

    def _answer(self, now: datetime) -> int:
        """Every open offer is declined or becomes a signed lease; a declined room goes on to the reserve."""
        sent = Offer.objects.filter(need__application__call=self.call, status="SENT").select_related(*_OFFER)
        offers = list(sent.order_by("pk"))
        for offer in offers:
            master = self.masters[offer.need.organisation_id]
            if self.life.happens("declines", self.call.code, offer.need.application.receipt_number):
                services.decline_offer(offer=offer, by=master, now=now, reason="다른 곳으로 갑니다.")
            else:
                self._sign(offer, master, now)
        return len(offers)

    def _sign(self, offer: Offer, master: User, now: datetime) -> None:
        services.accept_offer(offer=offer, by=master, now=now, agreed=True)
        lease = services.prepare_lease(offer=offer, by=self.staff.officer, now=now)
        shown: dict[str, Any] = {"document_hash": lease.document_hash, "consented": True}
        for side, person in ((Side.TENANT, master), (Side.LESSOR, self.staff.approver)):
            services.sign_lease(lease=lease, side=side, by=person, now=now, **shown)
