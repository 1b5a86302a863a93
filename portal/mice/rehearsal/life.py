"""One award's life, from the agreement to the last won, by the services people use. What befalls it is its fate."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from django.core.files.base import ContentFile

from portal.core.errors import Refused
from portal.mice import services
from portal.mice.enums import Origin
from portal.mice.models import Agreement, Award, Evidence, Settlement, SettlementReport
from portal.mice.rehearsal.cast import Organiser, Staff, at
from portal.mice.rehearsal.competition import parts
from portal.mice.services import Spent

_WHOLE = 10_000
_COUNTRIES = ("SG", "JP", "CH", "DE", "US")


@dataclass
class Book:
    """What is numbered over a whole play: bank lines, files; and what was refused, as it should be."""

    code: str
    refusals: int = 0
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def bank(self) -> str:
        return f"R{self.code}-{next(self._numbers):06}"

    def refused(self, act: Callable[[], object]) -> bool:
        """Whether the house refused, as it has to; counted."""
        try:
            act()
        except Refused:
            self.refusals += 1
            return True
        return False


@dataclass
class Life:
    """An award with its people; every method is a step of somebody, on its day."""

    award: Award
    organiser: Organiser
    staff: Staff
    book: Book
    #: The first invoice of the last report: others may show it too.
    invoice: Evidence | None = None

    @property
    def starts(self) -> date:
        return self.award.edition.starts_on

    @property
    def ends(self) -> date:
        return self.award.edition.ends_on

    def _after(self, days: int) -> datetime:
        return at(self.ends + timedelta(days=days))

    def agree(self) -> bool:
        """Prepared, accepted by the organiser, signed for the payer; whether the house lets it."""
        paper = services.prepare_agreement(award=self.award, text="교부조건: 예행연습", by=self.staff.officer)
        now = at(date(self.starts.year, 3, 25))
        services.accept_agreement(agreement=paper, by=self.organiser.master, now=now, document_hash=paper.document_hash)
        return self._signed(paper, now)

    def _signed(self, paper: Agreement, now: datetime) -> bool:
        def sign() -> None:
            services.sign_agreement(agreement=paper, by=self.staff.approver, now=now, document_hash=paper.document_hash)

        if self.book.refused(sign):
            return False
        self.award.refresh_from_db()
        return True

    def pay(self, stage: str, now: datetime) -> None:
        """Prepared by the officer, paid by the approver under a line of the bank."""
        tranche = services.prepare_tranche(award=self.award, stage=stage, by=self.staff.officer)
        by, day = self.staff.approver, now.date()
        services.pay_tranche(tranche=tranche, by=by, bank_ref=self.book.bank(), on=day, now=now)
        self.award.refresh_from_db()

    def advance(self) -> None:
        self.pay("ADVANCE", at(date(self.starts.year, 4, 2)))

    def ask_change(self, millions: int, *, approve: bool) -> None:
        """Another amount is asked for; approved, or refused by the approver, or before that by the cap."""
        now = at(date(self.starts.year, 4, 10))
        change = services.request_amendment(
            award=self.award, lines=parts(millions), reason="연사가 늘었습니다.", by=self.organiser.master, now=now
        )
        by = self.staff.approver
        if approve:
            services.approve_amendment(amendment=change, by=by, now=now)
        else:
            self.book.refused(lambda: services.approve_amendment(amendment=change, by=by, now=now))
            change.refresh_from_db()
            services.refuse_amendment(amendment=change, by=by, now=now, reason="회차 한도를 넘습니다.")
        self.award.refresh_from_db()

    def hold(self, domestic: int = 12, foreign: int = 10) -> None:
        """Doors open: everybody is scanned once, the first twice; a stranger's ticket is refused; an inspector counts."""
        edition, now = self.award.edition, at(self.starts)
        tickets = [self._guest(Origin.DOMESTIC, "KR") for _ in range(domestic)]
        tickets += [self._guest(Origin.FOREIGN, _COUNTRIES[number % 5]) for number in range(foreign)]
        for code in [*tickets, tickets[0], f"{tickets[0][:-1]}x"]:
            services.scan_ticket(edition=edition, code=code, nonce=uuid.uuid4(), by=self.organiser.master, now=now)
        people = domestic + foreign
        services.inspect(award=self.award, people=people, findings="현장 확인", by=self.staff.officer, now=now)
        services.mark_held(award=self.award, by=self.staff.officer, now=now)
        self.award.refresh_from_db()

    def _guest(self, origin: str, country: str) -> str:
        guest = services.register_guest(
            edition=self.award.edition,
            name=f"참가자 {self.book.bank()}",
            origin=origin,
            country=country,
            by=self.organiser.master,
        )
        return services.event_ticket(guest)

    def evidence(self, amount: int) -> Evidence:
        """A tax invoice of its own."""
        number = self.book.bank()
        content = ContentFile(f"%PDF-1.4\n{number}".encode(), name="invoice.pdf")
        return services.keep_evidence(
            award=self.award, content=content, kind="TAX_INVOICE", amount=amount, by=self.organiser.master,
            now=self._after(10), approval_number=number,
        )  # fmt: skip

    def line(self, code: str, supply: int, vat: int = 0, *, evidence: Evidence | None = None, early: int = 0) -> Spent:
        """An invoice paid on the first day, or so many days ``early``."""
        paper = evidence or self.evidence(supply + vat)
        paid_on = self.starts - timedelta(days=early)
        return Spent(code, supply, vat, paid_on, "예행 상사", paper, vat_reclaimable=vat > 0)

    def whole(self) -> list[Spent]:
        """Enough of every category that nothing is left to be asked for."""
        rate = self.award.policy["support_rate_bp"]
        return [self.line(one.code, one.amount * _WHOLE // rate + 1) for one in self.award.lines.all()]

    def report(self, lines: list[Spent], interest: int = 0) -> SettlementReport:
        self.invoice = lines[0].evidence
        return services.file_report(
            award=self.award, spent=lines, interest=interest, by=self.organiser.master, now=self._after(20)
        )

    def audit(self, report: SettlementReport, cuts: Mapping[int, tuple[int, str]] | None = None) -> None:
        services.audit_report(report=report, by=self.staff.officer, now=self._after(35), cuts=cuts)

    def settle(self, days: int = 40) -> Settlement:
        """By another than who audited: the auditor is refused."""
        self.book.refused(lambda: services.settle_award(award=self.award, by=self.staff.officer, now=self._after(days)))
        made = services.settle_award(award=self.award, by=self.staff.approver, now=self._after(days))
        self.award.refresh_from_db()
        return made

    def finish(self, days: int = 45) -> None:
        """What the settlement left: the balance is paid, or what was too much and the interest come back in two parts."""
        principal, _interest = services.owed(self.award)
        if principal < 0:
            self.pay("BALANCE", self._after(days))
        principal, interest = services.owed(self.award)
        if principal + interest == 0:
            services.close_award(award=self.award, by=self.staff.approver)
        else:
            services.demand_repayment(award=self.award, by=self.staff.approver)
            self.award.refresh_from_db()
            self.book.refused(lambda: self.repay(principal + 1, interest, days))
            self.repay(principal // 2, 0, days + 10)
            self.repay(principal - principal // 2, interest, days + 20)
        self.award.refresh_from_db()

    def repay(self, principal: int, interest: int, days: int) -> None:
        if principal + interest:
            now = self._after(days)
            services.receive_repayment(
                award=self.award, principal=principal, interest=interest, bank_ref=self.book.bank(), on=now.date(),
                by=self.staff.approver, now=now,
            )  # fmt: skip

    def to_the_end(self, lines: list[Spent], interest: int = 0) -> None:
        """Reported, audited, settled, paid or returned, closed."""
        self.audit(self.report(lines, interest))
        self.settle()
        self.finish()
