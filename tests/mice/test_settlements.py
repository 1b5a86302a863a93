"""Settlement: evidence once over all awards, every line said, the final amount, the last won returned; doors counted."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.mice import services
from portal.mice.models import (
    Award,
    CheckIn,
    EventEdition,
    Evidence,
    EvidenceFile,
    Registrant,
    Settlement,
    SettlementLine,
    SettlementReport,
)
from tests.factories import support as make
from tests.factories.people import leaves, person
from tests.factories.support import AFTER, ENDS, MILLION, NOW, STARTS
from tests.mice.test_awards import counters, raw, refused

pytestmark = pytest.mark.django_db
FREE = {"required_onsite": 0, "required_foreign": 0}
EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def kept():
    """Whatever a test did, the deferred triggers agree with it."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def run():
    return make.support(support_rate_bp=8_000, **FREE)


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def held(run, edition):
    return make.held(run, edition, 60)


# --- the worked examples, through the services


#: An award within the cap is never bound by it: that one example needs more than the database lets be.
REACHED = [one for one in EXAMPLES["settle"] if one["out"]["binding"] != "cap"]


@pytest.mark.parametrize("example", REACHED, ids=lambda one: one["name"])
def test_the_examples_of_the_design(example):
    given, expected = example["in"], example["out"]
    asked = {"required_onsite": 10, "required_foreign": 0, "min_countries": 1, "min_days": 1}
    required = asked if "tariff" in given else FREE
    run = make.support(support_rate_bp=given["support_rate_bp"], move_bp=10_000, **required)
    edition = make.edition(cap=100 * MILLION)
    award = make.held(run, edition, given["award"] // MILLION)
    assert (award.amount, award.paid) == (given["award"], given["paid"])
    if "tariff" in given:
        for place in range(9):
            admit(run, edition, f"참가자 {place}")
    lines = [make.spent(award, part, code) for code, part in spread(given["recognised"]).items()]
    outcome = make.settled(run, award, *lines, interest=given.get("interest", 0))
    assert (outcome.final, outcome.binding, outcome.interest) == (
        expected["final"],
        expected["binding"],
        expected["interest"],
    )
    principal, interest = services.owed(award)
    assert (max(-principal, 0), max(principal, 0) + interest) == (expected["balance"], expected["repayment"])


def spread(total):
    """Two thirds for the venue, as the award's lines are."""
    return {"venue": total * 2 // 3, "speakers": total - total * 2 // 3}


# --- evidence


def test_the_same_invoice_for_two_awards_is_found(run, held):
    other = make.held(run, make.edition(), 60)
    first = make.evidence(held, 20 * MILLION, "세금계산서")
    make.settled(run, held, make.spent(held, 20 * MILLION, evidence=first))
    again = make.evidence(other, 20 * MILLION, "세금계산서")
    assert again == first
    report = make.reported(
        run, other, make.spent(other, 20 * MILLION, evidence=again), make.spent(other, 5 * MILLION, "speakers")
    )
    services.audit_report(report=report, by=run.officer, now=AFTER)
    assert list(report.lines.values_list("recognised", "cut_reason")) == [(0, "duplicate"), (5 * MILLION, "")]
    assert report.recognised == 5 * MILLION


def test_who_filed_an_invoice_first_keeps_it_even_if_audited_later(run, held):
    other = make.held(run, make.edition(), 60)
    paper = make.evidence(held, MILLION)
    first = make.reported(run, held, make.spent(held, MILLION, evidence=paper))
    second = make.reported(run, other, make.spent(other, MILLION, evidence=paper))
    for report, recognised in ((second, 0), (first, MILLION)):
        services.audit_report(report=report, by=run.officer, now=AFTER)
        assert report.recognised == recognised


def test_a_photo_of_a_known_invoice_is_the_same_evidence(run, held):
    numbered = {"approval_number": "20190926-1234"}
    paper = make.evidence(held, MILLION, "PDF", **numbered)
    assert make.evidence(held, MILLION, "사진", **numbered) == paper
    assert EvidenceFile.objects.filter(evidence=paper).count() == 2
    assert make.evidence(held, MILLION, "사진", kind="CARD", **numbered) == paper
    row = {"sha256": make.sha256("x"), "kind": "TAX_INVOICE", "amount": 1, **numbered}
    refused(lambda: Evidence.objects.create(**row), "an_approval_number_is_one_invoice")


def test_one_invoice_shared_by_two_awards_counts_up_to_its_amount(run, held):
    other = make.held(run, make.edition(), 60)
    paper = make.evidence(held, 10 * MILLION)
    with pytest.raises(NotAllowed):
        services.share_evidence(evidence=paper, by=make.master(held), award=held)
    services.share_evidence(evidence=paper, by=run.officer, award=held)
    make.settled(run, held, make.spent(held, 6 * MILLION, evidence=paper))
    report = make.reported(run, other, make.spent(other, 6 * MILLION, evidence=paper))
    services.audit_report(report=report, by=run.officer, now=AFTER)
    paper.refresh_from_db()
    assert (report.recognised, report.lines.get().cut_reason, paper.claimed) == (4 * MILLION, "shared", 10 * MILLION)


def test_a_file_that_is_no_document_is_refused(held):
    bad = make.file()
    bad.name = "invoice.exe"
    with pytest.raises(Invalid):
        services.keep_evidence(award=held, content=bad, kind="CARD", amount=1, by=make.master(held), now=NOW)


# --- the audit


def test_each_cut_line_says_why(run, held):
    lines = [
        make.spent(held, 10 * MILLION, vat=MILLION, vat_reclaimable=True),
        make.spent(held, MILLION, "dinner"),
        make.spent(held, MILLION, paid_on=date(2019, 6, 2)),
        make.spent(held, 31 * MILLION, "speakers"),
    ]
    report = make.reported(run, held, *lines)
    services.audit_report(report=report, by=run.officer, now=AFTER, cuts={1: (MILLION, "계약서 없음")})
    # Speakers: 20 million of support stand for 25 million of cost, and a fifth may be moved.
    assert list(report.lines.values_list("recognised", "cut_reason")) == [
        (9 * MILLION, "vat; 계약서 없음"),
        (0, "category"),
        (0, "period"),
        (30 * MILLION, "over"),
    ]
    assert report.recognised == 39 * MILLION
    assert leaves(report)[-1]["data"]["recognised"] == 39 * MILLION


@pytest.mark.parametrize("cuts", [{2: (1, "까닭")}, {1: (0, "까닭")}, {1: (11 * MILLION, "까닭")}, {1: (1, " ")}])
def test_a_cut_that_cannot_be(run, held, cuts):
    report = make.reported(run, held, make.spent(held, 10 * MILLION))
    with pytest.raises(Invalid):
        services.audit_report(report=report, by=run.officer, now=AFTER, cuts=cuts)
    report.refresh_from_db()
    assert report.recognised is None


def test_a_returned_report_is_filed_again(run, held):
    report = make.reported(run, held, make.spent(held, MILLION))
    services.return_report(report=report, by=run.officer, reason="이체확인증을 붙여 주십시오")
    again = make.reported(run, held, make.spent(held, 2 * MILLION))
    assert again.version == 2
    with pytest.raises(Overtaken):
        services.audit_report(report=report, by=run.officer, now=AFTER)
    services.audit_report(report=again, by=run.officer, now=AFTER)
    assert again.recognised == 2 * MILLION


def test_who_may_do_what(run, held):
    with pytest.raises(NotAllowed):
        services.file_report(award=held, spent=[make.spent(held, 1)], interest=0, by=person(), now=AFTER)
    report = make.reported(run, held, make.spent(held, MILLION))
    with pytest.raises(NotAllowed):
        services.audit_report(report=report, by=run.approver, now=AFTER)
    services.audit_report(report=report, by=run.officer, now=AFTER)
    with pytest.raises(NotAllowed):
        services.settle_award(award=held, by=run.officer, now=AFTER)


def test_an_event_is_held_on_its_first_day_at_the_earliest(run, edition):
    award = make.advanced(run, edition, 60)
    with pytest.raises(Invalid, match="아직 열리지"):
        services.mark_held(award=award, by=run.officer, now=datetime(2019, 9, 25, 14, 59, tzinfo=UTC))
    services.mark_held(award=award, by=run.officer, now=datetime(2019, 9, 25, 15, 0, tzinfo=UTC))


# --- to the last won


def test_the_balance_is_paid_and_the_interest_returned_apart_from_it(run, held, edition):
    outcome = make.settled(run, held, make.spent(held, 52_400_000), interest=1)
    assert (outcome.final, counters(edition, run)[0]) == (41_920_000, 41)
    with pytest.raises(Invalid, match="2차분을 먼저"):
        services.demand_repayment(award=held, by=run.approver)
    with pytest.raises(Invalid, match="남아 있습니다"):
        services.close_award(award=held, by=run.approver)
    tranche = services.prepare_tranche(award=held, stage="BALANCE", by=run.officer)
    assert tranche.amount == 11_920_000
    services.pay_tranche(tranche=tranche, by=run.approver, bank_ref="B-2", on=AFTER.date(), now=AFTER)
    assert services.demand_repayment(award=held, by=run.approver) == 1
    repay(run, held, 0, 1)
    held.refresh_from_db()
    assert (held.status, held.paid, held.interest) == ("CLOSED", 41_920_000, 1)


def repay(run, award, principal, interest, ref="R-1", now=AFTER):
    return services.receive_repayment(
        award=award, principal=principal, interest=interest, bank_ref=ref, on=now.date(), by=run.approver, now=now
    )


def test_what_was_paid_too_much_comes_back_in_parts(run, held, edition):
    make.settled(run, held, make.spent(held, 20 * MILLION), interest=12_345)
    assert services.demand_repayment(award=held, by=run.approver) == 14_012_345
    for principal, interest in ((14_000_001, 0), (0, 12_346), (0, 0), (-1, 1)):
        with pytest.raises(Invalid):
            repay(run, held, principal, interest)
    repay(run, held, 4 * MILLION, 0)
    with pytest.raises(Invalid, match="이미 기록한"):
        repay(run, held, MILLION, 0)
    assert repay(run, held, 10 * MILLION, 12_345, "R-2").status == "CLOSED"
    # One chain of facts about one thing: whoever audits the ledger follows it to the end.
    assert {leaf["type"].rpartition(".")[0] for leaf in leaves(held)} == {"event.award"}
    assert counters(edition, run) == (16, 16)


def test_exactly_what_was_paid_closes_without_payment(run, held):
    make.settled(run, held, make.spent(held, 37_500_000))
    with pytest.raises(Invalid, match="돌려받을 금액이 없습니다"):
        services.demand_repayment(award=held, by=run.approver)
    with pytest.raises(Invalid, match="지급할 금액이 없습니다"):
        services.prepare_tranche(award=held, stage="BALANCE", by=run.officer)
    services.close_award(award=held, by=run.approver)


def test_a_slip_cancelled_afterwards_reopens_and_never_raises_the_award(run, held, edition):
    make.settled(run, held, make.spent(held, 20 * MILLION), make.spent(held, 17_500_000))
    services.close_award(award=held, by=run.approver)
    services.reopen_award(award=held, by=run.approver, reason="카드 승인 취소")
    report = held.reports.get()
    services.audit_report(report=report, by=run.officer, now=AFTER, cuts={2: (17_500_000, "승인 취소")})
    assert services.settle_award(award=held, by=run.approver, now=AFTER).final == 16 * MILLION
    assert services.demand_repayment(award=held, by=run.approver) == 14 * MILLION
    repay(run, held, 14 * MILLION, 0)
    assert counters(edition, run) == (16, 16)


def test_a_cancelled_award_gives_back_as_it_repays(run, edition):
    award = make.advanced(run, edition, 60)
    services.cancel_award(award=award, by=run.approver, now=NOW, reason="취소")
    repay(run, award, 10 * MILLION, 0, now=NOW)
    assert counters(edition, run) == (20, 20)


# --- around the services


@pytest.mark.parametrize(
    ("rows", "values", "rule"),
    [
        (Settlement, {"final": 1}, "UPDATE of mice_settlement is forbidden"),
        (SettlementReport, {"interest": 5}, "interest of mice_settlementreport stays"),
        (SettlementReport, {"audited_by": None}, "report_audited_by_somebody"),
        (SettlementLine, {"supply": 1}, "supply of mice_settlementline stays"),
        (SettlementLine, {"recognised": 1, "cut_reason": "x"}, "lines of a settled report stay"),
        (Evidence, {"claimed": 0}, "counts 0 won"),
        (Evidence, {"claimed": 99 * MILLION}, "evidence_never_overclaimed"),
        (Evidence, {"amount": 99 * MILLION}, "amount of mice_evidence stays"),
        (Evidence, {"shared": True}, "evidence_shared_by_an_officer"),
        (EvidenceFile, {"sha256": "0" * 64}, "sha256 of mice_evidencefile stays"),
        (Award, {"final": 17 * MILLION}, "awards use|its settlement came to"),
        (Award, {"interest_due": 1}, "its settlement came to"),
        (Award, {"status": "CLOSED"}, "award_closed_to_the_last_won"),
    ],
)
def test_the_database_keeps(run, held, rows, values, rule):
    make.settled(run, held, make.spent(held, 20 * MILLION))
    refused(lambda: rows.objects.update(**values), rule)


def test_a_settlement_is_what_its_figures_come_to(run, held):
    report = make.reported(run, held, make.spent(held, 20 * MILLION))
    services.audit_report(report=report, by=run.officer, now=AFTER)
    figures = {
        "award": held,
        "report": report,
        "amount": 60 * MILLION,
        "cap_left": 100 * MILLION,
        "recognised": 20 * MILLION,
        "support_rate_bp": 8000,
        "paid": 30 * MILLION,
        "interest": 0,
        "final": 16 * MILLION,
        "binding": "recognised",
        "settled_by": run.approver,
        "settled_at": AFTER,
    }
    for wrong, rule in (
        ({"final": 16 * MILLION + 1}, "not what its figures come to"),
        ({"tariff": MILLION}, "not what its figures come to"),
        ({"recognised": 30 * MILLION, "final": 24 * MILLION}, "follows an audit"),
        ({"settled_by": run.officer}, "follows an audit"),
        ({"paid": 0}, "follows an audit"),
    ):
        refused(lambda wrong=wrong: Settlement.objects.create(**{**figures, **wrong}), rule)
    refused(lambda: Settlement.objects.create(**figures), "its settlement came to|leaf")


def test_an_unshared_invoice_never_counts_in_two_lines(run, held):
    paper = make.evidence(held, 10 * MILLION)
    lines = [make.spent(held, 5 * MILLION, evidence=paper)] * 2
    report = make.reported(run, held, *lines)
    services.audit_report(report=report, by=run.officer, now=AFTER)
    assert report.recognised == 5 * MILLION

    @transaction.atomic
    def twice():
        SettlementLine.objects.update(recognised=5 * MILLION, cut_reason="")
        Evidence.objects.update(claimed=10 * MILLION)

    refused(twice, "2 lines recognise 10000000")


# --- doors


def admit(run, edition, name="김참가", *, origin="DOMESTIC", country="KR", day=STARTS, code=None):
    if code is None:
        code = services.event_ticket(
            services.register_guest(edition=edition, name=name, origin=origin, country=country, by=run.officer)
        )
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return services.scan_ticket(edition=edition, code=code, nonce=uuid.uuid4(), by=run.officer, now=at)


def test_the_door_says_why_not(run, edition):
    guest = services.register_guest(edition=edition, name="김참가", origin="DOMESTIC", by=run.officer)
    code = services.event_ticket(guest)
    assert admit(run, edition, code=code, day=STARTS - timedelta(days=1)).verdict == "NOT_YET"
    assert admit(run, edition, code=code).verdict == "ADMITTED"
    assert admit(run, edition, code=code).verdict == "INSIDE"
    assert admit(run, edition, code=code, day=ENDS).verdict == "ADMITTED"
    assert admit(run, make.edition(), code=code).verdict == "OTHER_EVENT"
    for wrong in ("", "x.y.z", code[:-1] + ("0" if code[-1] != "0" else "1")):
        assert admit(run, edition, code=wrong).verdict == "UNKNOWN"
    Registrant.objects.update(blocked=True)
    assert admit(run, edition, code=code).verdict == "BLOCKED"
    Registrant.objects.update(cancelled_at=NOW)
    assert admit(run, edition, code=code).verdict == "CANCELLED"
    refused(lambda: CheckIn.objects.update(verdict="ADMITTED"), "UPDATE of mice_checkin is forbidden")
    refused(lambda: raw("DELETE FROM mice_checkin"), "DELETE of mice_checkin is forbidden")


def test_a_scan_sent_twice_is_stored_once(run, edition):
    guest = services.register_guest(edition=edition, name="김참가", origin="DOMESTIC", by=run.officer)
    at = datetime(2019, 9, 26, 1, tzinfo=UTC)
    scan = {
        "edition": edition,
        "code": services.event_ticket(guest),
        "nonce": uuid.uuid4(),
        "by": run.officer,
        "now": at,
    }
    assert services.scan_ticket(**scan) == services.scan_ticket(**scan)
    assert list(CheckIn.objects.values_list("verdict", flat=True)) == ["ADMITTED"]
    with pytest.raises(NotAllowed):
        services.scan_ticket(**{**scan, "by": person()})


def test_only_who_came_counts_and_the_tariff_follows():
    run = make.support(support_rate_bp=10_000, required_onsite=10, required_foreign=2)
    edition = make.edition()
    award = make.held(run, edition, 60)
    for place in range(7):
        admit(run, edition, f"참가자 {place}")
    for country in ("US", "JP"):
        admit(run, edition, country, origin="FOREIGN", country=country, day=ENDS)
    services.register_guest(edition=edition, name="오지 않음", origin="FOREIGN", by=run.officer)
    outcome = make.settled(run, award, make.spent(award, 40 * MILLION), make.spent(award, 20 * MILLION, "speakers"))
    assert (outcome.tariff, outcome.final, outcome.binding) == (54 * MILLION, 54 * MILLION, "tariff")
    assert SettlementReport.objects.get().turnout["foreign"] == 2
    assert EventEdition.objects.get(pk=edition.pk).committed == 54 * MILLION
