"""What can befall an award, one function each; the first line says what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.mice import services
from portal.mice.models import Clawback, Evidence
from portal.mice.rehearsal.cast import at
from portal.mice.rehearsal.competition import MILLION
from portal.mice.rehearsal.life import Life


@dataclass
class Year:
    """What one award's year leaves to the next awards: invoices seen, and how this year's clawback ends."""

    clawback: str
    invoices: dict[str, Evidence] = field(default_factory=dict)


def smooth(life: Life, year: Year) -> None:
    """Everything was spent as promised; a change beyond the cap is refused."""
    life.ask_change(99, approve=False)
    life.hold()
    lines = life.whole()
    half = lines[0].supply // 2
    lines.insert(0, life.line("venue", half, evidence=life.evidence(lines[0].supply)))
    life.to_the_end(lines)
    assert life.invoice is not None
    year.invoices["shared"] = life.invoice


def thrifty(life: Life, year: Year) -> None:
    """Less was spent than was paid before: principal and interest come back, in parts."""
    life.hold()
    lines = [life.line("venue", 30 * MILLION), life.line("speakers", 10 * MILLION)]
    life.to_the_end(lines, interest=1_234)
    assert life.invoice is not None
    year.invoices["taken"] = life.invoice


def cut(life: Life, year: Year) -> None:
    """Returned once; then every rule cuts a line, and the auditor one more."""
    life.hold()
    lines = [
        life.line("venue", 50 * MILLION, 5 * MILLION),
        life.line("gifts", 3 * MILLION),
        life.line("venue", MILLION, early=400),
        life.line("speakers", 40 * MILLION),
    ]
    first = life.report(lines)
    services.return_report(report=first, by=life.staff.officer, reason="이체확인증을 붙여 주십시오.")
    again = life.report(lines)
    life.audit(again, {1: (2 * MILLION, "계약에 없는 항목입니다.")})
    life.settle()
    life.finish()


def twice(life: Life, year: Year) -> None:
    """An invoice that another award has shown already is cut as a duplicate."""
    life.hold()
    lines = [
        life.line("venue", 30 * MILLION, evidence=year.invoices["taken"]),
        life.line("venue", 40 * MILLION),
        life.line("speakers", 20 * MILLION),
    ]
    life.to_the_end(lines)


def shared(life: Life, year: Year) -> None:
    """One invoice for two awards, shared by an officer: together never above its amount."""
    life.hold()
    paper = year.invoices["shared"]
    services.share_evidence(evidence=paper, by=life.staff.officer, award=life.award)
    life.to_the_end([life.line("venue", paper.amount, evidence=paper), life.line("speakers", 20 * MILLION)])


def few(life: Life, year: Year) -> None:
    """More was approved, and nine in ten came: the tariff pays nine tenths."""
    life.ask_change(66, approve=True)
    life.hold(domestic=9, foreign=9)
    life.to_the_end(life.whole())


def called_off(life: Life, year: Year) -> None:
    """Cancelled after the first part was paid; two thirds of it come back, the rest still uses the cap."""
    edition, now = life.award.edition, at(life.starts - timedelta(days=5))
    later = {"starts_on": edition.starts_on + timedelta(days=1), "ends_on": edition.ends_on + timedelta(days=1)}
    services.move_edition(edition=edition, venue=edition.venue, **later, by=life.staff.officer, now=now)
    services.cancel_edition(edition=edition, by=life.staff.officer, now=now, reason="감염병으로 취소")
    services.cancel_award(award=life.award, by=life.staff.approver, now=now, reason="감염병으로 취소")
    life.award.refresh_from_db()
    life.repay(20 * MILLION, 0, 30)
    life.award.refresh_from_db()


def false_claim(life: Life, year: Year) -> None:
    """Closed, and afterwards something is found."""
    life.hold()
    life.to_the_end(life.whole())
    now = at(life.ends + timedelta(days=60))
    claw = services.notice_clawback(
        award=life.award, ground="FALSE_CLAIM", facts="예행연습의 사실관계", legal_basis="공공재정환수법 제8조",
        principal=10 * MILLION, surcharge=20 * MILLION, interest=500, by=life.staff.officer, now=now,
    )  # fmt: skip
    life.book.refused(
        lambda: services.decide_clawback(clawback=claw, by=life.staff.approver, now=now, reason="너무 이른 결정")
    )
    _ENDS[year.clawback](life, claw)


def _heard(life: Life, claw: Clawback) -> None:
    now = claw.noticed_at + timedelta(days=5)
    services.reply_to_clawback(clawback=claw, reply="담당자의 실수입니다.", by=life.organiser.master, now=now)


def _dropped(life: Life, claw: Clawback) -> None:
    _heard(life, claw)
    services.drop_clawback(clawback=claw, by=life.staff.approver, reason="의견이 맞습니다.")


def _decided(life: Life, claw: Clawback) -> None:
    now = claw.noticed_at + timedelta(days=11)
    services.decide_clawback(clawback=claw, by=life.staff.approver, now=now, reason="의견을 살펴 환수합니다.")


def _waived(life: Life, claw: Clawback) -> None:
    """Nobody replied; the law lets the sum go."""
    _decided(life, claw)
    services.waive_clawback(clawback=claw, by=life.staff.approver, basis="공공재정환수법 제13조")


def _paid(life: Life, claw: Clawback) -> None:
    """Heard, decided, demanded, paid in parts, too late; left out of support for two years, of which one is lifted."""
    _heard(life, claw)
    _decided(life, claw)
    approver, decided = life.staff.approver, claw.noticed_at + timedelta(days=11)
    until = date(decided.year + 3, 1, 1)
    services.impose_sanction(clawback=claw, until_on=until, by=approver, now=decided)
    due = (decided + timedelta(days=30)).date()
    services.demand_clawback(clawback=claw, by=approver, due_on=due)
    for part, days in ((5 * MILLION, 10), (5 * MILLION, 20)):
        _received(life, claw, part, due - timedelta(days=days))
    services.mark_overdue(now=at(due + timedelta(days=1)))
    claw.refresh_from_db()
    life.book.refused(lambda: _received(life, claw, claw.total, due))
    _received(life, claw, claw.total - claw.received, due + timedelta(days=9))


def _received(life: Life, claw: Clawback, amount: int, on: date) -> None:
    services.receive_clawback(
        clawback=claw, amount=amount, bank_ref=life.book.bank(), on=on, by=life.staff.approver, now=at(on)
    )


def again(life: Life, year: Year) -> None:
    """Closed; a slip is cancelled afterwards, the award is audited and settled once more, and money comes back."""
    life.hold()
    report = life.report(life.whole())
    life.audit(report)
    life.settle()
    life.finish()
    services.reopen_award(award=life.award, by=life.staff.approver, reason="카드전표가 취소되었습니다.")
    life.award.refresh_from_db()
    life.audit(report, {1: (20 * MILLION, "취소된 전표입니다.")})
    life.settle(days=130)
    life.finish(days=135)


def given_up(life: Life, year: Year) -> None:
    """Agreed, and cancelled with its first part prepared and not paid."""
    services.prepare_tranche(award=life.award, stage="ADVANCE", by=life.staff.officer)
    now = at(date(life.starts.year, 4, 1))
    services.cancel_award(award=life.award, by=life.staff.approver, now=now, reason="주최자가 포기했습니다.")


type Fate = Callable[[Life, Year], None]
_ENDS: Mapping[str, Callable[[Life, Clawback], None]] = {"paid": _paid, "dropped": _dropped, "waived": _waived}
#: In the order of their days in a year: some look at invoices of earlier ones.
FATES: tuple[Fate, ...] = (smooth, thrifty, cut, twice, shared, few, called_off, false_claim, again)
