"""Another term in the hubs of the rehearsal: a call for those invited a month ago, judged by a panel, told and signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.db.models import Q

from portal.accounts.models import User
from portal.core.crew import Crew
from portal.core.periods import SEOUL
from portal.intake import services as intake
from portal.intake.models import Application, Call, Decision, ScoreSheet, Stage
from tenancy import services
from tenancy.models import Hub, Lease, RenewalReview
from tenancy.rehearsal.cast import Staff
from tenancy.rehearsal.choosing import Reading
from tenancy.rehearsal.plan_life import Life

PUBLIC_VALUE = "closing-price-of-the-day"
_INVITED, _OPEN, _CLOSED, _REVIEW = (timedelta(days=days) for days in (28, 27, 8, 6))
_SENT = {
    "figures": {"sales": 120_000_000, "jobs": 4, "investment": 0, "days": 240},
    "plan": {"results": "고객이 늘었습니다.", "next": "더 키웁니다.", "true_figures": True},
}
#: Of a criterion's points, in percent: who passes and who does not.
_WELL, _BADLY = 80, 40


class Renewing:
    """What invited tenants, their panels and the approver do."""

    def __init__(self, life: Life, staff: Staff, hubs: Sequence[Hub], masters: dict[int, User], crew: Crew) -> None:
        self.life, self.staff, self.hubs, self.masters, self.crew = life, staff, hubs, masters, crew

    def people(self, now: datetime) -> None:
        """Who was granted a term signs it; a hub whose tenants wait since a month holds its round, told now."""
        reviews = RenewalReview.objects.filter(lease__unit__floor__building__hub__in=self.hubs)
        known = reviews.select_related(
            "application__call__cluster",
            "application__organisation",
            "lease__organisation",
            "lease__unit__floor__building__hub__cluster",
        ).order_by("pk")
        due = list(known.filter(Q(status="GRANTED") | Q(status="INVITED", invited_at__lte=now - _INVITED)))
        granted = [(review, self._master(review.lease)) for review in due if review.status == "GRANTED"]
        self.crew.each(partial(_sign, now=now), granted)
        waiting = [review for review in due if review.status == "INVITED"]
        for hub in self.hubs:
            mine = [row for row in waiting if row.lease.unit.hub == hub and row.respond_by > now.date()]
            if mine:
                self._round(hub, mine, now)

    def _round(self, hub: Hub, reviews: Sequence[RenewalReview], told: datetime) -> None:
        officer, opens = self.staff.officer, told - _OPEN
        closes = datetime.combine((told - _CLOSED).date(), time(18), SEOUL)
        call = services.draft_renewal_round(hub=hub, opens_at=opens, closes_at=closes, by=officer, now=opens)
        call = intake.publish_call(call=call, by=self.staff.approver, now=opens)
        asking = [row for row in reviews if self._happens("asks_for_another_term", row)]
        with_masters = [(review, self._master(review.lease)) for review in asking]
        applications = self.crew.each(partial(_apply, now=opens + timedelta(days=5)), with_masters)
        sent = {
            application: _WELL if self._happens("granted", review) else _BADLY
            for application, review in zip(applications, asking, strict=True)
        }
        call = intake.close_call(call=call, by=officer, now=closes)
        if sent:
            self._judge(call, sent, told)

    def _judge(self, call: Call, sent: dict[int, int], told: datetime) -> None:
        """Found eligible, read by three each, decided, and told to everybody at once."""
        officer, now = self.staff.officer, told - _REVIEW
        intake.draw_lottery(call=call, public_value=PUBLIC_VALUE, by=officer, now=now)
        intake.record_findings(call=call, by=officer, now=now)
        self._tell(intake.prepare_eligibility(call=call, by=officer, now=now), now)
        if not Application.objects.filter(call=call, status="IN_REVIEW").exists():
            return  # all of them owe rent
        stage, pool = call.stages.get(), self.staff.evaluators
        intake.form_panel(stage=stage, evaluators=pool, by=officer, now=now, chair=pool[0])
        for evaluator in pool:
            intake.sign_pledge(call=call, by=evaluator.user, now=now, conflicts=None)
        intake.open_stage(stage=stage, by=officer, now=now)
        intake.propose_assignments(stage=stage, by=officer, now=now)
        intake.confirm_assignments(stage=stage, by=officer, now=now)
        self._score(stage, sent, now)
        intake.settle_stage(stage=stage, by=officer, now=now)
        call.refresh_from_db()
        self._tell(intake.prepare_final(call=call, by=officer, now=now), told)

    def _score(self, stage: Stage, sent: dict[int, int], now: datetime) -> None:
        most = {criterion.code: criterion.max_points for criterion in stage.criteria.all()}
        sheets = ScoreSheet.objects.filter(assignment__stage=stage, status="OPEN").select_related(
            "assignment__member__evaluator__user", "assignment__application"
        )
        readings = []
        for sheet in sheets.order_by("pk"):
            sheet.assignment.stage = stage
            points = {code: top * sent[sheet.assignment.application_id] // 100 for code, top in most.items()}
            readings.append(Reading(sheet, points, now))
        self.crew.each(Reading.score, readings)

    def _tell(self, decision: Decision, now: datetime) -> None:
        intake.decide(decision=decision, by=self.staff.approver, now=now)
        decision.refresh_from_db()
        intake.publish(decision=decision, by=self.staff.approver, now=now)

    def _master(self, lease: Lease) -> User:
        return self.masters[lease.organisation_id]

    def _happens(self, what: str, review: RenewalReview) -> bool:
        return self.life.happens(what, review.lease.organisation.business_number, review.seq)


def _sign(granted: tuple[RenewalReview, User], *, now: datetime) -> None:
    review, master = granted
    services.sign_renewal(review=review, by=master, now=now, consented=True)


def _apply(invited: tuple[RenewalReview, User], *, now: datetime) -> int:
    """One tenant writes and sends; the key of its application."""
    review, master = invited
    application = services.begin_renewal(review=review, by=master, now=now)
    known = {draft.section: draft.version for draft in application.drafts.all()}
    for section, answers in _SENT.items():
        entry: dict[str, Any] = {"section": section, "answers": answers, "version": known.get(section, 0)}
        intake.save_draft(application=application, by=master, now=now, **entry)
    intake.submit(application=application, key=str(review.public_id), by=master, now=now)
    return int(application.pk)
