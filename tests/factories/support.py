"""Money for events: a programme with its envelope, an edition, applications that were selected, awards."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from ledger import log
from portal.accounts.models import Organisation, User
from portal.accounts.queries import master_of
from portal.intake.models import Application, Call, CallVersion, Decision, DecisionLine, Track
from portal.mice import services
from portal.mice.models import (
    Award,
    AwardPlan,
    BudgetEnvelope,
    Event,
    EventEdition,
    Evidence,
    Settlement,
    SettlementReport,
    SupportProgramme,
    SupportTerms,
)
from tests.factories.people import cluster, company, person, with_role

NOW = datetime(2019, 6, 3, 1, 0, tzinfo=UTC)
STARTS, ENDS = date(2019, 9, 26), date(2019, 9, 27)
AFTER = datetime(2019, 10, 4, 1, 0, tzinfo=UTC)
MILLION = 1_000_000
_count = itertools.count(1)


@dataclass
class Support:
    """One programme with its call under decision, and the people who run it."""

    programme: SupportProgramme
    envelope: BudgetEnvelope
    call: Call
    track: Track
    decision: Decision
    officer: User
    approver: User


def programme(**fields: Any) -> SupportProgramme:
    given = {"title_ko": "블록체인 행사 지원", "title_en": "Blockchain event support", "year": 2019}
    return SupportProgramme.objects.create(
        code=f"event-support-{next(_count)}", cluster=cluster(), **{**given, **fields}
    )


def support(amount: int = 300 * MILLION, *, quota: int = 10, year: int = 2019, **policy: Any) -> Support:
    """A programme with an envelope, and a call whose final decision is in the making."""
    officer, approver = (with_role(f"event.{desk}", cluster=cluster()) for desk in ("officer", "approver"))
    run = programme(policy=policy, year=year)
    envelope = BudgetEnvelope.objects.create(programme=run, fiscal_year=year, amount=amount)
    opens = NOW - timedelta(days=30)
    call = Call.objects.create(
        code=f"event-{next(_count)}",
        programme="event",
        cluster=cluster(),
        opens_at=opens,
        closes_at=opens + timedelta(days=14),
        prefix=f"EV{next(_count)}",
        created_by=officer,
    )
    track = Track.objects.create(call=call, code="OPEN", name={"ko": "공모", "en": "Open"}, quota=quota, order=1)
    CallVersion.objects.create(
        call=call, number=1, title={"ko": "행사 지원", "en": "Events"}, closes_at=call.closes_at, written_by=officer
    )
    SupportTerms.objects.create(call=call, envelope=envelope)
    decision = Decision.objects.create(call=call, kind="FINAL", prepared_by=officer, prepared_at=NOW)
    return Support(run, envelope, call, track, decision, officer, approver)


def edition(title: str = "", *, host: Organisation | None = None, **fields: Any) -> EventEdition:
    """An edition of a series of its own, in a hall of its own."""
    number = next(_count)
    title = title or f"행사 {number}"
    series = Event.objects.create(cluster=cluster(), name_ko=title)
    given = {"venue": f"{number}홀", "starts_on": STARTS, "ends_on": ENDS, "cap": 100 * MILLION}
    return EventEdition.objects.create(
        event=series, host=host or company(name=f"주최 {number}"), title_ko=title, **{**given, **fields}
    )


@transaction.atomic
def selected(of: Support, organisation: Organisation | None = None, status: str = "SELECTED") -> DecisionLine:
    """An application with its line in the decision; the order of calls is the rank."""
    organisation = organisation or company(name=f"주최사{next(_count)}")
    place = of.decision.lines.count() + 1
    application = Application.objects.create(
        call=of.call,
        track=of.track,
        quota_track=of.track if status == "SELECTED" else None,
        organisation=organisation,
        status=status,
        receipt_number=f"{of.call.prefix}-{place:04}",
        created_by=master_of(organisation) or person(),
        submitted_at=NOW - timedelta(days=20),
    )
    data = {"to": status, "track": of.track.code, "place": place}
    log.append(f"event.application.{status.lower()}", row=application, by=log.SYSTEM, data=data)
    return DecisionLine.objects.create(
        decision=of.decision,
        application=application,
        outcome=status,
        track=of.track,
        quota_track=of.track if status == "SELECTED" else None,
        place=place,
        passed=True,
        reserve_order=place if status == "RESERVED" else None,
    )


def planned(of: Support, on: EventEdition, millions: int = 60, **fields: Any) -> AwardPlan:
    """A selected application with what it would get: two thirds for the venue, the rest for speakers."""
    line = selected(of, **fields)
    return services.plan_award(
        application=line.application,
        edition=on,
        requested=millions * MILLION,
        lines=lines(millions),
        by=of.officer,
        now=NOW,
    )


def lines(millions: int) -> dict[str, int]:
    """Two thirds and the rest, in won."""
    venue = millions * MILLION * 2 // 3
    return {"venue": venue, "speakers": millions * MILLION - venue}


def award(of: Support, on: EventEdition, millions: int = 60, **fields: Any) -> Award:
    """A decided award with its application."""
    line = selected(of, **fields)
    return services.decide_award(
        application=line.application, edition=on, envelope=of.envelope, lines=lines(millions), by=of.approver, now=NOW
    )


def agreed(of: Support, on: EventEdition, millions: int = 60, **fields: Any) -> Award:
    """An award whose agreement both sides signed."""
    made = award(of, on, millions, **fields)
    paper = services.prepare_agreement(award=made, text="교부조건", by=of.officer)
    services.accept_agreement(agreement=paper, by=master(made), now=NOW, document_hash=paper.document_hash)
    return services.sign_agreement(agreement=paper, by=of.approver, now=NOW, document_hash=paper.document_hash)


def advanced(of: Support, on: EventEdition, millions: int = 60, **fields: Any) -> Award:
    """An award whose first tranche was paid."""
    made = agreed(of, on, millions, **fields)
    tranche = services.prepare_tranche(award=made, stage="ADVANCE", by=of.officer)
    services.pay_tranche(tranche=tranche, by=of.approver, bank_ref=f"B{next(_count)}", on=NOW.date(), now=NOW)
    made.refresh_from_db()
    return made


def master(made: Award) -> User:
    """The master account of the awarded company."""
    found = master_of(made.organisation)
    assert found is not None
    return found


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def file(content: str = "") -> ContentFile[bytes]:
    """A small PDF; the same words make the same file."""
    return ContentFile(b"%PDF-1.4\n" + (content or str(next(_count))).encode(), name="invoice.pdf")


def evidence(made: Award, amount: int, content: str = "", **fields: Any) -> Evidence:
    given = {"kind": "TAX_INVOICE", "by": master(made), "now": NOW, **fields}
    return services.keep_evidence(award=made, content=file(content), amount=amount, **given)


def spent(made: Award, supply: int, code: str = "venue", **fields: Any) -> services.Spent:
    """An invoice paid on the first day of the event, with an evidence of its own."""
    given = {"vat": 0, "paid_on": STARTS, "vendor": "코엑스", **fields}
    if "evidence" not in given:
        given["evidence"] = evidence(made, supply + given["vat"])
    return services.Spent(code=code, supply=supply, **given)


def held(of: Support, on: EventEdition, millions: int = 60, **fields: Any) -> Award:
    """An award paid in part whose event took place."""
    made = advanced(of, on, millions, **fields)
    services.mark_held(award=made, by=of.officer, now=AFTER)
    made.refresh_from_db()
    return made


def reported(of: Support, made: Award, *lines: services.Spent, interest: int = 0) -> SettlementReport:
    """What the organiser filed a week after the event."""
    return services.file_report(award=made, spent=lines, interest=interest, by=master(made), now=AFTER)


def settled(of: Support, made: Award, *lines: services.Spent, interest: int = 0) -> Settlement:
    """Reported, audited by the officer and settled by the approver."""
    report = reported(of, made, *lines, interest=interest)
    services.audit_report(report=report, by=of.officer, now=AFTER)
    outcome = services.settle_award(award=made, by=of.approver, now=AFTER)
    made.refresh_from_db()
    return outcome
