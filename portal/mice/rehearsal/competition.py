"""One year's competition, from the call to the published awards, by the services of intake and of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from portal.accounts.models import Cluster
from portal.intake import services as intake
from portal.intake.errors import Objections
from portal.intake.models import Application, Call, Decision, ScoreSheet
from portal.mice import services
from portal.mice.models import AwardPlan, BudgetEnvelope, EventEdition, SupportProgramme, SupportTerms
from portal.mice.rehearsal.cast import Organiser, Staff, at

MILLION = 1_000_000
#: What a programme asks of an event: fewer people and days than in life, so that every door is played in seconds.
POLICY = {"required_onsite": 20, "required_foreign": 10, "min_days": 1}
_FORM = {
    "sections": [
        {
            "code": "event",
            "name": {"ko": "행사", "en": "Event"},
            "blocks": [
                {"code": "company", "kind": "company_card", "label": {"ko": "주최자", "en": "Organiser"}},
                {
                    "code": "amount",
                    "kind": "support_amount",
                    "label": {"ko": "지원 신청액", "en": "Support asked for"},
                    "required": True,
                },
            ],
        }
    ]
}


@dataclass(frozen=True)
class Entry:
    """Who asks for how many million won, for which edition."""

    organiser: Organiser
    millions: int
    edition: EventEdition


@dataclass
class Competition:
    """The call of a year with its envelope. ``code`` sets one play's apart from another's."""

    cluster: Cluster
    staff: Staff
    year: int
    code: str
    millions: int
    refusals: int = 0
    call: Call = field(init=False)
    envelope: BudgetEnvelope = field(init=False)

    def publish(self) -> None:
        """A programme of the year with its envelope, and a call out of it."""
        opens = at(date(self.year, 1, 8))
        programme = SupportProgramme.objects.create(
            code=f"event-support-{self.code}", cluster=self.cluster, title_ko=f"{self.year} 블록체인 행사 지원",
            title_en=f"Support of blockchain events {self.year}", year=self.year, policy=POLICY,
        )  # fmt: skip
        self.envelope = BudgetEnvelope.objects.create(
            programme=programme, fiscal_year=self.year, amount=self.millions * MILLION
        )
        self.call = intake.create_call(
            cluster=self.cluster, programme="event", data=self._definition(), by=self.staff.officer, now=opens
        )
        SupportTerms.objects.create(call=self.call, envelope=self.envelope)
        self.call = intake.publish_call(call=self.call, by=self.staff.approver, now=opens)

    def _definition(self) -> dict[str, Any]:
        title = {"ko": f"{self.year} 블록체인 행사 지원 공모", "en": f"Support of blockchain events {self.year}"}
        criterion = {"code": "C1", "name": {"ko": "적합성", "en": "Fit"}, "max_points": 100, "weight_bp": 10_000}
        rule = {"combine": "mean", "min_sheets": 1, "pass_mark": "60", "tie_break": ["lottery"]}
        stage = {"code": "DOCUMENT", "name": {"ko": "서면평가", "en": "Document review"}, "share_bp": 10_000}
        track = {"code": "OPEN", "name": {"ko": "공모", "en": "Open"}, "quota": 20, "spill": [], "reserve": 0}
        return {
            "code": f"event-{self.code}",
            "prefix": f"EV{self.year}R{self.code.rpartition('-')[2]}",
            "hubs": [],
            "opens_at": at(date(self.year, 1, 8)),
            "closes_at": at(date(self.year, 2, 15), 18),
            "title": title,
            "summary": title,
            "tracks": [track],
            "stages": [{**stage, "go_on": None, "per_file": 3, "rule": rule, "criteria": [criterion]}],
            "eligibility": [],
            "form": _FORM,
            "policy": {"panel": {"least_size": 3, "one_employer": False}},
        }

    def receive(self, entries: Sequence[Entry]) -> None:
        """Every organiser writes and sends; the entry is counted."""
        for number, entry in enumerate(entries):
            self._send(entry, number)
        intake.close_call(call=self.call, by=self.staff.officer, now=self.call.closes_at)
        self.call.refresh_from_db()

    def _send(self, entry: Entry, number: int) -> None:
        by, now = entry.organiser.master, at(date(self.year, 1, 15) + timedelta(days=number))
        organisation = entry.organiser.organisation
        application = intake.start_application(call=self.call, organisation=organisation, by=by, now=now)
        answers = {"amount": entry.millions * MILLION}
        intake.save_draft(application=application, section="event", answers=answers, version=0, by=by, now=now)
        intake.submit(application=application, key=f"{self.call.code}:{number}", by=by, now=now)

    def judge(self) -> None:
        """Found eligible, read by three, counted."""
        officer, now = self.staff.officer, at(date(self.year, 2, 20))
        intake.draw_lottery(call=self.call, public_value="closing-price-of-the-day", by=officer, now=now)
        intake.record_findings(call=self.call, by=officer, now=now)
        self._tell(intake.prepare_eligibility(call=self.call, by=officer, now=now), 0)
        stage, pool = self.call.stages.get(), self.staff.evaluators
        intake.form_panel(stage=stage, evaluators=pool, by=officer, now=now, chair=pool[0])
        for evaluator in pool:
            intake.sign_pledge(call=self.call, by=evaluator.user, now=now, conflicts=None)
        intake.open_stage(stage=stage, by=officer, now=now)
        intake.propose_assignments(stage=stage, by=officer, now=now)
        intake.confirm_assignments(stage=stage, by=officer, now=now)
        for sheet in ScoreSheet.objects.filter(assignment__stage=stage, status="OPEN").order_by("pk"):
            judge = sheet.assignment.member.evaluator.user
            intake.fill_sheet(sheet=sheet, scores={"C1": 70 + sheet.assignment.application_id % 25}, by=judge, now=now)
            intake.lock_sheet(sheet=sheet, by=judge, now=now)
        intake.settle_stage(stage=stage, by=officer, now=now + timedelta(days=3))
        self.call.refresh_from_db()

    def award(self, entries: Sequence[Entry]) -> list[Application]:
        """Plan what everybody asks; what the cap refuses is planned smaller, told why; then publish all at once."""
        by_company = {one.organisation_id: one for one in self.call.applications.filter(status="IN_REVIEW")}
        applications = [by_company[entry.organiser.organisation.pk] for entry in entries]
        for entry, application in zip(entries, applications, strict=True):
            self._plan(application, entry.edition, entry.millions, entry.millions)
        now = at(date(self.year, 3, 8))
        decision = intake.prepare_final(call=self.call, by=self.staff.officer, now=now)
        try:
            intake.decide(decision=decision, by=self.staff.approver, now=now)
        except Objections:
            self.refusals += 1
            self._make_smaller(applications)
        self._tell(decision, 22)
        return applications

    def _plan(self, application: Application, edition: EventEdition, asked: int, given: int, why: str = "") -> None:
        services.plan_award(
            application=application, edition=edition, requested=asked * MILLION, lines=parts(given),
            by=self.staff.officer, now=at(date(self.year, 3, 5)), cut_reason=why,
        )  # fmt: skip

    def _make_smaller(self, applications: Sequence[Application]) -> None:
        """In the order of entry, everybody gets what the edition's cap still leaves."""
        left: dict[int, int] = {}
        for application in applications:
            plan = AwardPlan.objects.select_related("edition").get(application=application)
            room = left.setdefault(plan.edition_id, plan.edition.left)
            if plan.amount > room:
                why = "한 행사 회차의 지원 한도에 맞추었습니다."
                self._plan(application, plan.edition, plan.requested // MILLION, room // MILLION, why)
            left[plan.edition_id] = room - min(plan.amount, room)

    def _tell(self, decision: Decision, days: int) -> None:
        now = at(date(self.year, 2, 20) + timedelta(days=days))
        intake.decide(decision=decision, by=self.staff.approver, now=now)
        decision.refresh_from_db()
        intake.publish(decision=decision, by=self.staff.approver, now=now)
        self.call.refresh_from_db()


def parts(millions: int) -> dict[str, int]:
    """Two thirds for the venue, the rest for speakers, in won."""
    venue = millions * MILLION * 2 // 3
    return {"venue": venue, "speakers": millions * MILLION - venue}
