"""Rounds of the hubs, from the call to the signed leases, by the services people use; their clock runs back from the end.

What different people do at the same time, a crew does: companies write and send, evaluators read, tenants sign; and rounds
told on one day go on side by side. What befalls a company depends on nobody's order but its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from portal.accounts.models import User
from portal.core.crew import Crew
from portal.core.periods import SEOUL
from portal.intake import services as intake
from portal.intake.models import Call, Decision, ScoreSheet, Track
from tenancy import services
from tenancy.enums import Side
from tenancy.models import AllocationRun, Hub, Offer, RateCard
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
_SHEET = (
    "assignment__member__evaluator__user",
    "assignment__application__organisation",
)
#: Points of a criterion: what the worst gets, what nobody can exceed.
_LEAST, _MOST = 60, 100
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


@dataclass(frozen=True)
class Entry:
    """One company in one round."""

    call: Call
    track: Track
    company: Invented
    opens: datetime
    now: datetime

    def send(self) -> Applicant:
        """The company registers, writes and sends."""
        one, now = apply_as(self.company, self.opens), self.now
        application = intake.start_application(
            call=self.call, organisation=one.organisation, by=one.master, now=now, track=self.track
        )
        answers = {"seats": 1 + self.company.number % 4}
        intake.save_draft(application=application, section="space", answers=answers, version=0, by=one.master, now=now)
        key = f"{self.call.code}:{self.company.number}"
        intake.submit(application=application, key=key, by=one.master, now=now)
        return one


@dataclass(frozen=True)
class Reading:
    """One file before one evaluator."""

    sheet: ScoreSheet
    points: dict[str, int]
    now: datetime

    def score(self) -> None:
        """Filled and locked."""
        sheet, judge = self.sheet, self.sheet.assignment.member.evaluator.user
        intake.fill_sheet(sheet=sheet, scores=self.points, by=judge, now=self.now)
        intake.lock_sheet(sheet=sheet, by=judge, now=self.now)


@dataclass(frozen=True)
class Signing:
    """One offer that is taken."""

    offer: Offer
    master: User
    staff: Staff
    now: datetime

    def sign(self) -> None:
        """Accepted, and signed by both sides."""
        services.accept_offer(offer=self.offer, by=self.master, now=self.now, agreed=True)
        lease = services.prepare_lease(offer=self.offer, by=self.staff.officer, now=self.now)
        shown: dict[str, Any] = {"document_hash": lease.document_hash, "consented": True}
        for side, person in ((Side.TENANT, self.master), (Side.LESSOR, self.staff.approver)):
            services.sign_lease(lease=lease, side=side, by=person, now=self.now, **shown)


@dataclass
class Choosing:
    """A round: who gives out what from which day on, to be told when."""

    hub: Hub
    card: RateCard
    terms: dict[str, Any]
    staff: Staff
    start: date
    quota: int
    told: datetime

    def publish(self) -> Call:
        """Drafted, with terms, and open for applications."""
        opens = self.told - _OPEN
        data, officer = self._definition(), self.staff.officer
        call = intake.create_call(cluster=self.hub.cluster, programme="space", data=data, by=officer, now=opens)
        rule = {name: self.terms[name] for name in ("first_term_months", "max_months")}
        services.set_terms(call=call, hubs=[self.hub], rate_card=self.card, start_date=self.start, by=officer, **rule)
        return intake.publish_call(call=call, by=self.staff.approver, now=opens)

    def _definition(self) -> dict[str, Any]:
        month = f"{self.start:%Y-%m}"
        title = {"ko": f"{month} {self.hub.name_ko} 입주기업 모집", "en": f"{self.hub.name_en}: call of {month}"}
        rule = {"combine": "mean", "min_sheets": 1, "pass_mark": "60", "tie_break": ["C1", "lottery"]}
        criteria = [
            {"code": code, "name": name, "max_points": _MOST, "weight_bp": 5000}
            for code, name in (("C1", {"ko": "기술성", "en": "Technology"}), ("C2", {"ko": "성장성", "en": "Growth"}))
        ]
        stage = {"code": "DOCUMENT", "name": {"ko": "서면평가", "en": "Document review"}, "share_bp": 10_000}
        track = {"code": "ALL", "name": {"ko": "전체", "en": "All"}, "quota": self.quota, "spill": []}
        return {
            "code": self.code,
            "prefix": f"{self.hub.code.upper()}{self.start:%y%m}",
            "hubs": [self.hub.code],
            "opens_at": self.told - _OPEN,
            "closes_at": datetime.combine((self.told - _CLOSED).date(), time(18), SEOUL),
            "title": title,
            "summary": title,
            "tracks": [{**track, "reserve": self.quota}],
            "stages": [{**stage, "go_on": None, "per_file": 3, "rule": rule, "criteria": criteria}],
            "eligibility": [{"rule": "company_age", "parameters": {"years": 7, "counted_at": "NOTICE"}}],
            "form": _FORM,
            "policy": {"start_date": self.start.isoformat(), "panel": {"least_size": 5, "one_employer": False}},
        }

    def entries(self, call: Call, companies: Sequence[Invented]) -> list[Entry]:
        """Companies over the whole time that the call is open."""
        track, opens = call.tracks.get(), self.told - _OPEN
        each = (call.closes_at - opens) / (len(companies) + 1)
        return [
            Entry(call, track, company, opens, opens + each * number)
            for number, company in enumerate(companies, start=1)
        ]

    def review(self) -> list[Reading]:
        """Counted, found eligible, given to three evaluators each."""
        call, officer, now = self._call(), self.staff.officer, self.told - _REVIEW
        intake.close_call(call=call, by=officer, now=call.closes_at)
        call.refresh_from_db()
        intake.draw_lottery(call=call, public_value=PUBLIC_VALUE, by=officer, now=now)
        intake.record_findings(call=call, by=officer, now=now)
        self._publish_decision(intake.prepare_eligibility(call=call, by=officer, now=now), now)
        stage, pool = call.stages.get(), self.staff.evaluators
        intake.form_panel(stage=stage, evaluators=pool, by=officer, now=now, chair=pool[0])
        for evaluator in pool:
            intake.sign_pledge(call=call, by=evaluator.user, now=now, conflicts=None)
        intake.open_stage(stage=stage, by=officer, now=now)
        intake.propose_assignments(stage=stage, by=officer, now=now)
        intake.confirm_assignments(stage=stage, by=officer, now=now)
        sheets = (
            ScoreSheet.objects.filter(assignment__stage=stage, status="OPEN").select_related(*_SHEET).order_by("pk")
        )
        for sheet in sheets:
            sheet.assignment.stage = stage
        return [Reading(sheet, _points(sheet), now + timedelta(days=3)) for sheet in sheets]

    def conclude(self) -> None:
        """Ranked, decided quietly, told to everybody at once; the rooms given out."""
        call, officer, now = self._call(), self.staff.officer, self.told - _REVIEW
        intake.settle_stage(stage=call.stages.get(), by=officer, now=now + timedelta(days=4))
        call.refresh_from_db()
        self._publish_decision(intake.prepare_final(call=call, by=officer, now=now + timedelta(days=5)), self.told)
        approver: dict[str, Any] = {"by": self.staff.approver, "now": self.told}
        run = services.run_allocation(call=call, by=officer, now=self.told)
        services.confirm_allocation(run=AllocationRun.objects.get(pk=run.pk), **approver)
        services.publish_allocation(run=AllocationRun.objects.get(pk=run.pk), **approver)

    def sent(self) -> list[Offer]:
        """Offers that wait for an answer."""
        offers = Offer.objects.filter(need__application__call__code=self.code, status="SENT")
        return list(offers.select_related(*_OFFER).order_by("pk"))

    @property
    def code(self) -> str:
        """The call's."""
        return f"space-{self.hub.code}-{self.start:%Y%m}"

    def _call(self) -> Call:
        return Call.objects.select_related("cluster").get(code=self.code)

    def _publish_decision(self, decision: Decision, now: datetime) -> None:
        intake.decide(decision=decision, by=self.staff.approver, now=now)
        decision.refresh_from_db()
        intake.publish(decision=decision, by=self.staff.approver, now=now)
        decision.call.refresh_from_db()


def choose(
    rounds: Sequence[Choosing], companies: Sequence[Sequence[Invented]], life: Life, crew: Crew
) -> dict[int, User]:
    """Rounds told on one day, from their calls to signed leases, with the companies that apply. Answers the masters."""
    calls = crew.each(Choosing.publish, rounds)
    entries = [one.entries(call, those) for one, call, those in zip(rounds, calls, companies, strict=True)]
    entered = crew.each(Entry.send, [entry for these in entries for entry in these])
    masters = {one.organisation.pk: one.master for one in entered}
    readings = crew.each(Choosing.review, rounds)
    crew.each(Reading.score, [reading for these in readings for reading in these])
    crew.each(Choosing.conclude, rounds)
    while offers := [(one, offer) for one in rounds for offer in one.sent()]:
        _answer(offers, masters, life, crew)
    return masters


def _answer(offers: Sequence[tuple[Choosing, Offer]], masters: Mapping[int, User], life: Life, crew: Crew) -> None:
    """Every offer is declined or becomes a signed lease; a declined room goes on to the reserve."""
    taken = []
    for round_, offer in offers:
        master, now = masters[offer.need.organisation_id], round_.told + timedelta(hours=3)
        if life.happens("declines", round_.code, offer.need.organisation.business_number):
            services.decline_offer(offer=offer, by=master, now=now, reason="다른 곳으로 갑니다.")
        else:
            taken.append(Signing(offer, master, round_.staff, now))
    crew.each(Signing.sign, taken)


def _points(sheet: ScoreSheet) -> dict[str, int]:
    """What a company is worth, to everybody who reads of it: most pass, and few are equal."""
    company = sheet.assignment.application.organisation.business_number
    return {code: _LEAST + sha256(f"{company}|{code}".encode()).digest()[0] % (_MOST - _LEAST) for code in ("C1", "C2")}
