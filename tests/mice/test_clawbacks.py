"""Taking back: noticed, heard, decided by another, received in parts; who is sanctioned gets nothing."""

from datetime import timedelta

import pytest
from django.db import connection

from portal.core.errors import ForgedStep, Invalid, Late, NotAllowed
from portal.mice import services
from portal.mice.models import Clawback, ClawbackReceipt, Inspection, Posting, Sanction, Tranche
from portal.plan.registry import fact
from tests.factories import support as make
from tests.factories.people import leaves
from tests.factories.support import AFTER, MILLION
from tests.mice.test_awards import raw, refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = AFTER + 10 * DAY
DUE = (AFTER + 40 * DAY).date()


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    """Whatever a test did, the deferred triggers agree with it."""
    settings.MEDIA_ROOT = tmp_path
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def run():
    return make.support(support_rate_bp=8_000, required_onsite=0, required_foreign=0)


@pytest.fixture
def closed(run):
    """An award of 30 million won that was paid and settled."""
    award = make.held(run, make.edition(), 60)
    make.settled(run, award, make.spent(award, 37_500_000))
    services.close_award(award=award, by=run.approver)
    return award


def notice(run, award, **fields):
    given = {"ground": "FALSE_CLAIM", "facts": "같은 계산서를 두 번 냄", "legal_basis": "공공재정환수법 제8조"}
    given |= {"principal": 10 * MILLION, "surcharge": 50 * MILLION, "interest": 1}
    return services.notice_clawback(award=award, by=run.officer, now=AFTER, **{**given, **fields})


@pytest.fixture
def noticed(run, closed):
    return notice(run, closed)


@pytest.fixture
def demanded(run, noticed):
    services.decide_clawback(clawback=noticed, by=run.approver, now=LATER, reason="의견 없음")
    services.demand_clawback(clawback=noticed, by=run.approver, due_on=DUE)
    return noticed


def receive(run, clawback, amount, ref="C-1"):
    return services.receive_clawback(clawback=clawback, amount=amount, bank_ref=ref, on=DUE, by=run.approver, now=LATER)


def test_from_the_notice_to_the_last_won(run, noticed):
    with pytest.raises(Invalid, match="기한이 지나야"):
        services.decide_clawback(clawback=noticed, by=run.approver, now=LATER - DAY, reason="이른 결정")
    services.decide_clawback(clawback=noticed, by=run.approver, now=LATER, reason="의견 없음")
    assert leaves(noticed)[-1]["data"]["amount"] == 60_000_001
    services.demand_clawback(clawback=noticed, by=run.approver, due_on=DUE)
    assert receive(run, noticed, 20 * MILLION).status == "PART_PAID"
    assert receive(run, noticed, MILLION, "C-2").received == 21 * MILLION
    for wrong in (0, -1, 39_000_002):
        with pytest.raises(Invalid):
            receive(run, noticed, wrong, "C-3")
    with pytest.raises(Invalid, match="이미 기록한"):
        receive(run, noticed, MILLION)
    assert receive(run, noticed, 39_000_001, "C-3").status == "PAID"


def test_who_is_heard_may_convince(run, closed, noticed):
    services.reply_to_clawback(clawback=noticed, reply="착오였습니다", by=make.master(closed), now=AFTER + DAY)
    services.drop_clawback(clawback=noticed, by=run.approver, reason="소명됨")
    assert noticed.status == "DROPPED"
    assert notice(run, closed, principal=30 * MILLION).total == 80_000_001


def test_who_comes_late_is_not_heard_and_strangers_never(run, closed, noticed):
    with pytest.raises(Late):
        services.reply_to_clawback(clawback=noticed, reply="늦음", by=make.master(closed), now=LATER)
    with pytest.raises(NotAllowed):
        services.reply_to_clawback(clawback=noticed, reply="남", by=run.officer, now=AFTER)
    with pytest.raises(NotAllowed):
        services.decide_clawback(clawback=noticed, by=run.officer, now=LATER, reason="혼자")


@pytest.mark.parametrize(
    "fields",
    [
        {"principal": 30 * MILLION + 1},
        {"principal": 0},
        {"surcharge": 50 * MILLION + 1},
        {"ground": "MISUSE", "surcharge": 30 * MILLION + 1},
        {"ground": "BREACH", "surcharge": 1},
        {"interest": -1},
        {"facts": " "},
        {"legal_basis": ""},
    ],
)
def test_no_more_than_was_paid_and_the_law_allows(run, closed, fields):
    with pytest.raises(Invalid):
        notice(run, closed, **fields)


def test_a_waiver_names_its_law(run, noticed):
    services.decide_clawback(clawback=noticed, by=run.approver, now=LATER, reason="결정")
    with pytest.raises(Invalid, match="법적 근거"):
        services.waive_clawback(clawback=noticed, by=run.approver, basis=" ")
    services.waive_clawback(clawback=noticed, by=run.approver, basis="공공재정환수법 제10조")
    with pytest.raises(Invalid):
        services.impose_sanction(clawback=noticed, until_on=DUE, by=run.approver, now=LATER)


def test_the_clock_marks_what_is_late_once_and_nothing_is_paid_until_it_is_in(run, closed, demanded):
    at = AFTER + 41 * DAY
    assert [services.mark_overdue(now=moment) for moment in (at - DAY, at, at)] == [0, 1, 0]
    with pytest.raises(ForgedStep):
        services.demand_clawback(clawback=demanded, by=run.approver, due_on=DUE)
    award = make.award(make.support(), make.edition(), 10, organisation=closed.organisation)
    paper = services.prepare_agreement(award=award, text="교부조건", by=run.officer)
    services.accept_agreement(agreement=paper, by=make.master(award), now=at, document_hash=paper.document_hash)
    sign = {"agreement": paper, "by": run.approver, "now": at, "document_hash": paper.document_hash}
    with pytest.raises(Invalid, match="체납"):
        services.sign_agreement(**sign)
    receive(run, Clawback.objects.get(), 60_000_001)
    services.sign_agreement(**sign)


def test_who_is_sanctioned_gets_nothing_until_it_ends_or_is_lifted(run, closed, demanded):
    award = make.agreed(make.support(), make.edition(), 10, organisation=closed.organisation)
    tranche = services.prepare_tranche(award=award, stage="ADVANCE", by=run.officer)
    sanction = services.impose_sanction(clawback=demanded, until_on=DUE, by=run.approver, now=LATER)
    days = [LATER.date() - DAY, LATER.date(), DUE - DAY, DUE]
    asked = {"organisation": closed.organisation}
    assert [fact("mice.sanctioned", on=day, **asked) for day in days] == [False, True, True, False]
    pay = {"tranche": tranche, "by": run.approver, "bank_ref": "B-9", "now": LATER}
    with pytest.raises(Invalid, match="지원 제한 기간"):
        services.pay_tranche(**pay, on=LATER.date())
    row = {"award": award, "kind": "PAID", "amount": tranche.amount, "tranche": tranche, "recorded_at": LATER}
    refused(lambda: Posting.objects.create(**row, bank_ref="B-8", on=LATER.date()), "is sanctioned")
    services.lift_sanction(sanction=sanction, by=run.approver, now=LATER, reason="이의 인용")
    services.pay_tranche(
        **{**pay, "tranche": Tranche.objects.select_related("award").get(pk=tranche.pk)}, on=LATER.date()
    )


def test_an_inspection_stays(run, closed):
    services.inspect(award=closed, people=120, findings="입구 두 곳, 부스 12개", by=run.officer, now=AFTER)
    refused(lambda: Inspection.objects.update(people=500), "UPDATE of mice_inspection is forbidden")
    with pytest.raises(NotAllowed):
        services.inspect(award=closed, people=1, findings="", by=make.master(closed), now=AFTER)


@pytest.mark.parametrize(
    ("rows", "values", "rule"),
    [
        (Clawback, {"principal": 9 * MILLION}, "principal of mice_clawback stays"),
        (Clawback, {"received": 60_000_002}, "clawback_takes_no_more"),
        (Clawback, {"received": 1}, "counts 1 won, its receipts make 0"),
        (Clawback, {"status": "PAID"}, "clawback_paid_to_the_last_won"),
        (Clawback, {"status": "WAIVED"}, "clawback_rests_on_law"),
        (Clawback, {"status": "GONE"}, "clawback_status_known"),
        (Clawback, {"status": "REFERRED"}, "leaf"),
        (Clawback, {"decided_at": LATER - DAY}, "clawback_decided_after_hearing_by_another"),
        (Sanction, {"until_on": LATER.date()}, "until_on of mice_sanction stays"),
    ],
)
def test_the_database_keeps(run, demanded, rows, values, rule):
    services.impose_sanction(clawback=demanded, until_on=DUE, by=run.approver, now=LATER)
    refused(lambda: rows.objects.update(**values), rule)


def test_a_clawback_is_made_within_the_law_and_not_undone(run, closed, demanded):
    receive(run, demanded, MILLION)
    for table in ("clawback", "clawbackreceipt"):
        refused(lambda table=table: raw(f"DELETE FROM mice_{table}"), "is forbidden")
    refused(lambda: ClawbackReceipt.objects.update(amount=1), "UPDATE of mice_clawbackreceipt is forbidden")
    row = {"award": closed, "ground": "MISUSE", "facts": "사실", "legal_basis": "법", "principal": MILLION}
    row |= {"noticed_by": run.officer, "noticed_at": AFTER, "reply_by": LATER}
    for wrong, rule in (
        ({"surcharge": 3 * MILLION + 1}, "clawback_surcharge_within_the_law"),
        ({"ground": "OTHER"}, "clawback_surcharge_within_the_law"),
        ({"principal": 0}, "clawback_takes_no_more"),
        ({"legal_basis": ""}, "clawback_rests_on_law"),
        ({"reply_by": LATER - timedelta(seconds=1)}, "clawback_hears_ten_days"),
        ({"principal": 20 * MILLION + 1}, "more is taken back|leaf"),
    ):
        refused(lambda wrong=wrong: Clawback.objects.create(**{**row, **wrong}), rule)
