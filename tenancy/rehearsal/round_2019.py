"""``manage.py rehearse round-2019``: the winter of 2019, from the call to the leases, by the services people use.

Facts are those of the press (``tenancy/data/round-2019.yaml``); what it did not say is marked synthetic there. The
clock is passed in, so 2019 takes seconds; leaves carry the time of recording, as always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.accounts.models import Cluster
from portal.core.periods import SEOUL
from portal.core.rehearsals import Outcome, Rehearsal, Say
from portal.intake import services as intake
from portal.intake.enums import DecisionKind
from portal.intake.models import Call, Decision, ResultNotice, ScoreSheet, Stage
from tenancy import services
from tenancy.enums import InvoiceStatus, Side
from tenancy.models import Hub, Invoice, Offer
from tenancy.rehearsal import checks, judging
from tenancy.rehearsal.cast import Applicant, Staff, hire
from tenancy.rehearsal.entry import Entry, answer_questions
from tenancy.rehearsal.facts import Round, call_data
from tenancy.rehearsal.pricing import card_in_force
from tenancy.services.places import open_hub

PLANNED, REPORTED = "planned", "reported"
#: Anything fixed after closing that nobody here controls; in the rehearsal a closing price of the stock index.
PUBLIC_VALUE = "KOSPI-2019-12-10-2098.00"


@dataclass
class Story:
    """One play of the round, step by step."""

    round: Round
    variant: str
    say: Say
    cluster: Cluster = field(init=False)
    staff: Staff = field(init=False)
    hub: Hub = field(init=False)
    call: Call = field(init=False)
    applicants: list[Applicant] = field(default_factory=list)
    late: int = 0

    def live(self) -> Outcome:
        """Everything in order; what came of it, with every rule checked."""
        self.open_the_hub()
        self.publish_the_call()
        self.receive_applications()
        self.find_the_eligible()
        self.judge("DOCUMENT", self.round.at("shortlist_date", "publish_time"))
        self.say(
            f"before the presentation: {answer_questions(self.call, self.applicants)} companies said what they will present"
        )
        self.judge("PRESENTATION", self.round.at("result_date", "publish_time") - timedelta(hours=18))
        self.announce()
        self.give_out_rooms()
        self.sign_and_move_in()
        self.one_appeals()
        return checks.outcome(self)

    def open_the_hub(self) -> None:
        """The centre with floors 8 and 11, and the people who run it."""
        now = self.round.opens_at - timedelta(days=30)
        names = {"name_ko": "서울 블록체인 클러스터", "name_en": "Seoul Blockchain Cluster"}
        self.cluster, _ = Cluster.objects.get_or_create(code="seoul", defaults=names)
        self.staff = hire(self.cluster, now)
        place = self.round.facts["place"]
        suffix = "" if self.round.play == 1 else f" (연습 {self.round.play})"
        building = open_hub(
            cluster=self.cluster,
            code=self.round.name("support-center"),
            name_ko=place["name_ko"] + suffix,
            name_en=place["name_en"] + suffix.replace("연습", "rehearsal"),
            address_ko=f"{place['district']} {place['building']}",
            address_en="Jaram Building, Mapo-gu, Seoul",
        )
        self.hub = building.hub
        floors = self.round.made_up["floors"]
        report = services.import_places(
            building=building, floors=floors, from_date=now.date(), by=self.staff.officer, dry_run=False
        )
        assert report.written, report.troubles
        self.say(f"places: {sum(len(floor.units) for floor in report.floors)} rooms on {len(report.floors)} floors")

    def publish_the_call(self) -> None:
        """An officer writes, an approver publishes."""
        written = self.round.opens_at - timedelta(days=3)
        data = call_data(self.round)
        self.call = intake.create_call(
            cluster=self.cluster, programme="space", data=data, by=self.staff.officer, now=written
        )
        terms = self.round.facts["terms"]
        card = card_in_force(
            self.staff,
            self.cluster,
            "support-center-2019",
            self.round.start_date,
            rate_won=terms["rate_won_per_m2_month"],
            fee_won=terms["management_fee_won"],
            deposit_won=terms["deposit_won"],
            rounding=self.round.made_up["rounding"],
            vat_mode=self.round.made_up["vat"],
        )
        services.set_terms(
            call=self.call,
            hubs=[self.hub],
            rate_card=card,
            start_date=self.round.start_date,
            by=self.staff.officer,
            first_term_months=terms["first_term_months"],
            max_months=terms["first_term_months"] + terms["extension_months"],
            offer_days=self.round.made_up["offer_days"],
        )
        intake.publish_call(call=self.call, by=self.staff.approver, now=self.round.opens_at)
        self.say(
            f"call {self.call.code}: open {self.round.opens_at:%Y-%m-%d %H:%M} to {self.round.closes_at:%Y-%m-%d %H:%M}"
        )

    def receive_applications(self) -> None:
        """Companies register, write and send; some never send, two come at the bell; then the entry is counted."""
        entry = Entry(self.round, self.call)
        entry.receive()
        self.applicants, self.late = entry.applicants, entry.late
        intake.close_call(call=self.call, by=self.staff.officer, now=self.round.closes_at)
        self.call.refresh_from_db()
        after = self.round.closes_at + timedelta(days=1)
        intake.draw_lottery(call=self.call, public_value=PUBLIC_VALUE, by=self.staff.officer, now=after)
        self.say(f"received: {self.call.receipts} applications, {entry.drafts} drafts never sent, {self.late} too late")

    def find_the_eligible(self) -> None:
        """Findings by rule; the decision tells everybody at once."""
        now = self.round.closes_at + timedelta(days=2)
        intake.record_findings(call=self.call, by=self.staff.officer, now=now)
        decision = intake.prepare_eligibility(call=self.call, by=self.staff.officer, now=now)
        self._decide_and_publish(decision, now + timedelta(hours=3))
        self.say(f"eligible: {self.call.applications.filter(status='IN_REVIEW').count()}")

    def judge(self, code: str, now: datetime) -> None:
        """One stage: panel, pledges, one recusal, sheets, the run; who goes on is told, who is selected not yet."""
        stage = self.call.stages.get(code=code)
        begun = now - timedelta(days=2)
        intake.form_panel(
            stage=stage,
            evaluators=self.staff.evaluators,
            by=self.staff.officer,
            now=begun,
            chair=self.staff.evaluators[0],
        )
        self._pledge(code, begun)
        intake.open_stage(stage=stage, by=self.staff.officer, now=begun)
        intake.propose_assignments(stage=stage, by=self.staff.officer, now=begun)
        intake.confirm_assignments(stage=stage, by=self.staff.officer, now=begun)
        locked = self._score(stage, begun + timedelta(hours=4))
        intake.settle_stage(stage=stage, by=self.staff.officer, now=now - timedelta(hours=2))
        if stage.go_on is not None:
            decision = intake.prepare_shortlist(stage=stage, by=self.staff.officer, now=now - timedelta(hours=1))
            self._decide_and_publish(decision, now)
        self.say(
            f"{code.lower()} review: {locked} sheets locked, {self.call.applications.filter(status='IN_REVIEW').count()} in review"
        )

    def _pledge(self, code: str, now: datetime) -> None:
        """The first evaluator once worked with a company that entered, and says so before any file opens."""
        known = self.applicants[1].organisation
        for position, evaluator in enumerate(self.staff.evaluators):
            recused = code == "DOCUMENT" and position < self.round.made_up["recusals"]
            conflicts = {known: "2년 전 공동 연구"} if recused else None
            intake.sign_pledge(call=self.call, by=evaluator.user, now=now, conflicts=conflicts)

    def _score(self, stage: Stage, now: datetime) -> int:
        aims, codes, locked = self._judgements(), [row.code for row in stage.criteria.all()], 0
        for sheet in self._open_sheets(stage):
            member = sheet.assignment.member
            key = sheet.assignment.application.receipt_number or ""
            aim = aims[key].document if stage.code == "DOCUMENT" else aims[key].presentation
            points = judging.scores(codes, aim, member.evaluator.employer, key[-4:])
            intake.fill_sheet(sheet=sheet, scores=points, by=member.evaluator.user, now=now)
            intake.lock_sheet(sheet=sheet, by=member.evaluator.user, now=now)
            locked += 1
        return locked

    @staticmethod
    def _open_sheets(stage: Stage) -> Iterator[ScoreSheet]:
        sheets = ScoreSheet.objects.filter(assignment__stage=stage, status="OPEN").select_related(
            "assignment__member__evaluator__user", "assignment__application"
        )
        for sheet in sheets.order_by("assignment__member", "assignment__application__receipt_number"):
            sheet.assignment.stage = stage
            yield sheet

    def _judgements(self) -> dict[str, judging.Judgement]:
        numbers = {applicant.organisation.pk: applicant.company.number for applicant in self.applicants}
        rows = self.call.applications.filter(status="IN_REVIEW").values_list(
            "organisation", "track__code", "receipt_number"
        )
        order: dict[str, list[str]] = {}
        for _number, track, receipt in sorted((numbers[company], track, receipt) for company, track, receipt in rows):
            order.setdefault(track, []).append(receipt or "")
        return judging.judgements(order, self.round.made_up["passing"][self.variant])

    def announce(self) -> None:
        """Decided quietly, published to everyone in the same second."""
        now = self.round.at("result_date", "publish_time")
        decision = intake.prepare_final(call=self.call, by=self.staff.officer, now=now - timedelta(hours=6))
        self._decide_and_publish(decision, now)
        self.call.refresh_from_db()
        found = Counter(self.call.applications.values_list("status", flat=True))
        self.say(
            f"announced: {found['SELECTED']} selected, {found['RESERVED']} in reserve, {found['NOT_SELECTED']} not selected"
        )

    def _decide_and_publish(self, decision: Decision, now: datetime) -> None:
        intake.decide(decision=decision, by=self.staff.approver, now=now - timedelta(hours=1))
        decision.refresh_from_db()
        intake.publish(decision=decision, by=self.staff.approver, now=now)
        self.call.refresh_from_db()

    def give_out_rooms(self) -> None:
        """The run, its checker, the second person, the offers."""
        now = self.round.at("result_date", "publish_time") + timedelta(minutes=30)
        run = services.run_allocation(call=self.call, by=self.staff.officer, now=now)
        run.refresh_from_db()
        services.confirm_allocation(run=run, by=self.staff.approver, now=now + timedelta(minutes=10))
        run.refresh_from_db()
        offers = services.publish_allocation(run=run, by=self.staff.approver, now=now + timedelta(minutes=15))
        self.say(
            f"allocation: {len(offers)} rooms offered, {len(run.violations or [])} violations found by the checker"
        )

    def sign_and_move_in(self) -> None:
        """Acceptance, both signatures, the key, and the first two months billed."""
        masters = {applicant.organisation.pk: applicant.master for applicant in self.applicants}
        accepted = self.round.at("result_date", "publish_time") + timedelta(hours=2)
        offers = Offer.objects.filter(need__application__call=self.call, status="SENT").order_by("pk")
        moves = self.round.start_date
        for number, offer in enumerate(offers):
            master = masters[offer.need.organisation_id]
            services.accept_offer(offer=offer, by=master, now=accepted + timedelta(minutes=number), agreed=True)
            lease = services.prepare_lease(
                offer=offer, by=self.staff.officer, now=accepted + timedelta(hours=1, minutes=number)
            )
            for side, person in ((Side.TENANT, master), (Side.LESSOR, self.staff.approver)):
                services.sign_lease(
                    lease=lease,
                    side=side,
                    by=person,
                    now=accepted + timedelta(hours=2),
                    document_hash=lease.document_hash,
                    consented=True,
                )
            lease.refresh_from_db()
            moves = self.round.start_date + timedelta(days=number)
            services.move_in(
                lease=lease, on=moves, by=self.staff.officer, now=datetime.combine(moves, accepted.timetz())
            )
        self._bill(date(2020, 1, 1))
        self.say(f"moved in by {moves:%Y-%m-%d}; rent billed to January")

    def _bill(self, month: date) -> None:
        services.bill_month(hub=self.hub, month=month)
        issued = datetime(month.year, month.month, 6, 10, tzinfo=SEOUL)
        drafts = Invoice.objects.filter(lease__unit__floor__building__hub=self.hub, status=InvoiceStatus.DRAFT)
        for invoice in drafts.order_by("month", "lease_id"):
            services.issue_invoice(invoice=invoice, by=self.staff.finance, now=issued)

    def one_appeals(self) -> None:
        """A company that was refused asks why; the clock of the answer runs."""
        notices = ResultNotice.objects.filter(line__decision__call=self.call, line__decision__kind=DecisionKind.FINAL)
        notice = notices.filter(line__outcome="NOT_SELECTED").order_by("pk").first()
        assert notice is not None
        master = next(
            one.master for one in self.applicants if one.organisation.pk == notice.application.organisation_id
        )
        intake.file_appeal(
            notice=notice,
            grounds="발표 시간이 안내와 달랐습니다.",
            by=master,
            now=notice.readable_at + timedelta(days=3),
        )


def play(say: Say, variant: str) -> Outcome:
    """Live the round once more, with companies and a hub of its own from the second time on."""
    count = Call.objects.filter(code__startswith="space-2019").count()
    return Story(Round.read(play=count + 1), variant, say).live()


REHEARSAL = Rehearsal("round-2019", play, (PLANNED, REPORTED))
