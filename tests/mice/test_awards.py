"""Awards: two counters, one agreement, stages paid once, changes with consent, what intake decides becomes an award."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from ledger import log
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.intake.models import Application
from portal.mice import services
from portal.mice.models import (
    Agreement,
    Award,
    AwardLine,
    AwardPlan,
    BudgetEnvelope,
    EditionMatch,
    EventEdition,
    Posting,
    Tranche,
)
from portal.mice.policy import SupportPolicy
from portal.mice.programme import EVENT
from tests.factories import support as make
from tests.factories.people import company, leaves, person
from tests.factories.support import ENDS, MILLION, NOW, STARTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept():
    """Whatever a test did, the deferred triggers agree with it."""
    yield
    settle()


@pytest.fixture
def run():
    return make.support()


@pytest.fixture
def edition():
    return make.edition()


def counters(edition, run):
    edition.refresh_from_db()
    run.envelope.refresh_from_db()
    return edition.committed // MILLION, run.envelope.committed // MILLION


def refused(action, match):
    with pytest.raises(DatabaseError, match=match):
        commit(action)


@transaction.atomic
def commit(action):
    """Do it and let the deferred triggers speak, as a commit would."""
    action()
    settle()


def settle():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def change(rows, **values):
    return lambda: rows.objects.update(**values)


# --- deciding


def test_an_award_takes_from_the_edition_and_the_envelope_and_says_so_in_the_ledger(run, edition):
    award = make.award(run, edition, 60)
    assert counters(edition, run) == (60, 60)
    assert {line.code: line.amount for line in award.lines.all()} == {"venue": 40 * MILLION, "speakers": 20 * MILLION}
    assert award.policy == SupportPolicy().stored()
    told = leaves(award)[-1]
    assert told["type"] == "event.award.decided/1"
    assert told["data"]["amount"] == 60 * MILLION
    assert told["data"]["no"].startswith("event.award/")


def test_one_cap_over_two_programmes(run, edition):
    other = make.support()
    make.award(run, edition, 60)
    with pytest.raises(Invalid, match="남은 한도는 40,000,000원"):
        make.award(other, edition, 50)
    assert counters(edition, other) == (60, 0)
    make.award(other, edition, 40)
    assert counters(edition, other) == (100, 40)


def test_the_envelope_says_what_it_leaves(edition):
    run = make.support(50 * MILLION)
    with pytest.raises(Invalid, match="남은 예산은 50,000,000원"):
        make.award(run, edition, 60)
    assert counters(edition, run) == (0, 0)


def test_only_the_approver_decides(run, edition):
    line = make.selected(run)
    given = {"application": line.application, "edition": edition, "envelope": run.envelope, "now": NOW}
    with pytest.raises(NotAllowed):
        services.decide_award(**given, lines=make.lines(10), by=run.officer)
    for lines in ({}, {"venue": 0}, {"venue": -1}, {"venue": True}, {"venue": 1.5}):
        with pytest.raises(Invalid, match="비목마다"):
            services.decide_award(**given, lines=lines, by=run.approver)


def test_what_cancelled_money_goes_on_using(run, edition):
    award = make.advanced(run, edition, 60)
    services.cancel_award(award=award, by=run.approver, now=NOW, reason="주최자가 행사를 열지 않음")
    assert counters(edition, run) == (30, 30)
    award.refresh_from_db()
    assert leaves(award)[-1]["data"]["held"] == 30 * MILLION


def test_what_comes_back_after_the_year_lapses_of_the_envelope_and_frees_the_cap(run, edition):
    award = make.award(run, edition, 60)
    services.cancel_award(award=award, by=run.approver, now=datetime(2020, 1, 1, tzinfo=UTC), reason="취소")
    assert counters(edition, run) == (0, 60)
    assert run.envelope.lapsed == 60 * MILLION


# --- around the services


def test_a_counter_without_its_award_and_an_award_without_its_counter(run, edition):
    make.award(run, edition, 60)
    for rows, what in ((EventEdition, "edition"), (BudgetEnvelope, "envelope")):
        refused(change(rows, committed=59 * MILLION), f"{what} .* counts 59000000 won, its awards use 60000000")
    application = make.selected(run).application

    def around():
        row = Award(
            application=application,
            organisation=application.organisation,
            programme=run.programme,
            edition=edition,
            envelope=run.envelope,
            decided=MILLION,
            amount=MILLION,
            decided_at=NOW,
        )
        row.save()
        AwardLine.objects.create(award=row, code="venue", amount=MILLION)
        log.append(
            "event.award.decided",
            row=row,
            by=log.SYSTEM,
            data={
                "to": "DECIDED",
                "edition": str(edition.public_id),
                "programme": run.programme.code,
                "amount": MILLION,
                "organisation": row.organisation.ref,
                "budget_year": 2019,
            },
        )

    refused(around, "counts 60000000 won, its awards use 61000000")


@pytest.mark.parametrize(
    ("rows", "values", "rule"),
    [
        (EventEdition, {"committed": 101 * MILLION}, "edition_never_above_its_cap"),
        (EventEdition, {"committed": -1}, "edition_never_above_its_cap"),
        (EventEdition, {"cap": 59 * MILLION}, "edition_never_above_its_cap"),
        (EventEdition, {"ends_on": STARTS - timedelta(days=1)}, "edition_days_in_order"),
        (BudgetEnvelope, {"amount": 59 * MILLION}, "envelope_never_overspent"),
        (BudgetEnvelope, {"lapsed": -1}, "envelope_never_overspent"),
        (BudgetEnvelope, {"lapsed": 61 * MILLION}, "envelope_never_overspent"),
        (BudgetEnvelope, {"lapsed": 1}, "envelope .* counts"),
        (Award, {"amount": 50 * MILLION}, "its (lines make|awards use)"),
        (Award, {"decided": 50 * MILLION}, "stays as it was decided"),
        (Award, {"policy": {}}, "stays as it was decided"),
        (Award, {"paid": 31 * MILLION}, "do not explain its money"),
        (Award, {"paid": 61 * MILLION}, "award_pays_within_its_amount"),
        (Award, {"repaid": MILLION}, "do not explain its money"),
        (Award, {"repaid": 31 * MILLION}, "award_pays_within_its_amount"),
        (Award, {"interest": 1}, "do not explain its money"),
        (Award, {"final": MILLION}, "award_final_when_settled"),
        (Award, {"status": "HELD"}, "leaf"),
        (Award, {"status": "GIVEN"}, "award_(status_known|final_when_settled)"),
        (AwardLine, {"amount": 30 * MILLION - 1}, "its lines make"),
        (Agreement, {"text": "다른 조건"}, "text of mice_agreement stays"),
        (Agreement, {"status": "PREPARED"}, "agreement_signed_by_both"),
        (Tranche, {"amount": 31 * MILLION}, "amount of mice_tranche stays"),
        (Tranche, {"status": "VOID"}, "tranche_paid_by_another"),
        (Posting, {"amount": 29 * MILLION}, "UPDATE of mice_posting is forbidden"),
    ],
)
def test_the_database_keeps(run, edition, rows, values, rule):
    make.advanced(run, edition, 60)
    refused(change(rows, **values), rule)


def test_nothing_that_money_hangs_on_is_deleted(run, edition):
    make.advanced(run, edition, 60)
    for table in ("posting", "tranche", "agreement", "award"):
        refused(lambda table=table: raw(f"DELETE FROM mice_{table}"), "is forbidden")
    refused(AwardLine.objects.all().delete, "its lines make 0")


def test_a_stage_and_a_bank_line_are_paid_once(run, edition):
    award = make.advanced(run, edition, 60)
    again = {"award": award, "stage": "ADVANCE", "amount": MILLION, "prepared_by": run.officer}
    refused(lambda: Tranche.objects.create(**again), "a_stage_is_paid_once")
    bank = Posting.objects.get().bank_ref
    line = {"award": award, "kind": "REPAID", "amount": 1, "on": ENDS, "recorded_at": NOW}
    refused(lambda: Posting.objects.create(**line, bank_ref=bank), "bank_ref")
    refused(lambda: Posting.objects.create(**line, bank_ref="B-other"), "do not explain")
    refused(lambda: Posting.objects.create(**{**line, "kind": "PAID"}, bank_ref="B-x"), "posting_out_pays_a_tranche")


def test_no_tranche_without_a_signed_agreement(run, edition):
    award = make.award(run, edition, 60)
    row = {"award": award, "stage": "ADVANCE", "amount": MILLION, "prepared_by": run.officer}
    refused(lambda: Tranche.objects.create(**row), "has no signed agreement")
    with pytest.raises(Invalid, match="지급할 수 없습니다"):
        services.prepare_tranche(award=award, stage="ADVANCE", by=run.officer)


# --- agreement and tranches


def test_half_is_paid_before_the_event(run, edition):
    award = make.advanced(run, edition, 60)
    assert (award.status, award.paid) == ("ADVANCED", 30 * MILLION)
    tranche = award.tranches.get()
    assert (tranche.status, tranche.posting.amount) == ("PAID", 30 * MILLION)
    assert "bank" not in str(leaves(tranche)[-1]["data"]).replace("bank_c", "")


def test_paying_again_is_overtaken_and_leaves_nothing(run, edition):
    award = make.agreed(run, edition, 60)
    tranche = services.prepare_tranche(award=award, stage="ADVANCE", by=run.officer)
    stale = Tranche.objects.select_related("award").get(pk=tranche.pk)
    pay = {"by": run.approver, "on": ENDS, "now": NOW}
    services.pay_tranche(tranche=tranche, bank_ref="B1", **pay)
    with pytest.raises(Overtaken):
        services.pay_tranche(tranche=stale, bank_ref="B2", **pay)
    with pytest.raises(Invalid, match="지금은"):
        services.prepare_tranche(award=award, stage="ADVANCE", by=run.officer)
    assert Posting.objects.count() == 1


def test_a_bank_reference_used_before_is_told(run, edition):
    make.advanced(run, edition, 20)
    other = make.agreed(run, make.edition(), 20)
    tranche = services.prepare_tranche(award=other, stage="ADVANCE", by=run.officer)
    used = Posting.objects.get().bank_ref
    with pytest.raises(Invalid, match="이미 기록한 은행 거래번호"):
        services.pay_tranche(tranche=tranche, by=run.approver, bank_ref=used, on=ENDS, now=NOW)
    tranche.refresh_from_db()
    assert tranche.status == "DUE"


def test_two_people_for_each_step(run, edition):
    award = make.award(run, edition, 60)
    paper = services.prepare_agreement(award=award, text="교부조건", by=run.officer)
    sign = {"agreement": paper, "now": NOW, "document_hash": paper.document_hash}
    with pytest.raises(NotAllowed):
        services.accept_agreement(**sign, by=person())
    with pytest.raises(Invalid, match="다시 확인"):
        services.accept_agreement(agreement=paper, now=NOW, by=make.master(award), document_hash="0" * 64)
    with pytest.raises(NotAllowed):
        services.sign_agreement(**sign, by=run.officer)
    refused(
        lambda: Agreement.objects.update(
            status="SIGNED",
            accepted_by=run.approver,
            accepted_at=NOW,
            signed_by=run.approver,
            signed_at=NOW,
        ),
        "agreement_signed_by_two",
    )


def test_a_guarantee_covers_the_event():
    run = make.support(guarantee=True)
    award = make.award(run, make.edition(), 60)
    for until in (None, ENDS - timedelta(days=1)):
        with pytest.raises(Invalid, match="이행보증보험"):
            services.prepare_agreement(award=award, text="교부조건", by=run.officer, guaranteed_until=until)
    services.prepare_agreement(award=award, text="교부조건", by=run.officer, guaranteed_until=ENDS)


# --- amendments


def ask(award, millions):
    return services.request_amendment(
        award=award, lines=make.lines(millions), reason="연사가 늘었습니다", by=make.master(award), now=NOW
    )


def test_a_change_upward_takes_as_a_new_award_does(run, edition):
    award = make.agreed(run, edition, 60)
    services.approve_amendment(amendment=ask(award, 90), by=run.approver, now=NOW)
    award.refresh_from_db()
    assert (award.amount, award.decided, counters(edition, run)) == (90 * MILLION, 60 * MILLION, (90, 90))
    with pytest.raises(Invalid, match="남은 한도는 10,000,000원"):
        services.approve_amendment(amendment=ask(award, 101), by=run.approver, now=NOW)
    assert counters(edition, run) == (90, 90)


def test_a_change_downward_gives_back_but_not_what_is_paid(run, edition):
    award = make.advanced(run, edition, 60)
    with pytest.raises(Invalid, match="적게 줄일 수 없습니다"):
        services.approve_amendment(amendment=ask(award, 29), by=run.approver, now=NOW)
    services.refuse_amendment(amendment=award.amendments.get(), by=run.approver, now=NOW, reason="지급한 금액보다 적음")
    services.approve_amendment(amendment=ask(award, 30), by=run.approver, now=NOW)
    assert counters(edition, run) == (30, 30)


def test_one_change_at_a_time_by_the_organiser_decided_by_another(run, edition):
    award = make.agreed(run, edition, 60)
    ask(award, 50)
    with pytest.raises(Invalid, match="아직 결정되지 않은"):
        ask(award, 40)
    with pytest.raises(NotAllowed):
        services.approve_amendment(amendment=award.amendments.get(), by=run.officer, now=NOW)
    with pytest.raises(NotAllowed):
        services.request_amendment(award=award, lines=make.lines(1), reason="까닭", by=person(), now=NOW)


# --- one edition


def enter(run, title, *, host=None, venue="코엑스", days=0):
    start = STARTS + timedelta(days=days)
    return services.enter_edition(
        event=make.edition().event,
        host=host or company(),
        title=title,
        venue=venue,
        starts_on=start,
        ends_on=start,
        cap=100 * MILLION,
        by=run.officer,
    )


@pytest.mark.parametrize(
    ("title", "venue", "days", "why"),
    [
        ("서울 블록체인 위크", "디디피", 0, "name"),
        ("전혀 다른 이름", "코 엑스", 3, "venue"),
        ("전혀 다른 이름", "디디피", 0, None),
        ("서울블록체인위크", "코엑스", 4, None),
    ],
)
def test_a_renamed_edition_is_found(run, title, venue, days, why):
    first = enter(run, "서울블록체인위크")
    second = enter(run, title, venue=venue, days=days)
    assert list(EditionMatch.objects.values_list("first", "second", "why")) == (
        [(first.pk, second.pk, why)] if why else []
    )


def test_nothing_is_awarded_while_two_editions_may_be_one(run):
    first, second = enter(run, "서울블록체인위크"), enter(run, "서울 블록체인 위크")
    with pytest.raises(Invalid, match="동일 회차 확인"):
        make.award(run, second, 10)
    services.tell_apart(match=EditionMatch.objects.get(), by=run.officer, now=NOW)
    make.award(run, second, 10)
    make.award(run, first, 10)


def test_merging_sums_both_and_is_refused_above_the_cap(run):
    first, second = make.edition(), make.edition()
    make.award(run, first, 60)
    moved = make.award(run, second, 50)
    match = EditionMatch.objects.create(first=first, second=second, why="name")
    with pytest.raises(Invalid, match="남은 한도는 40,000,000원"):
        services.merge(match=match, by=run.officer, now=NOW)
    match.refresh_from_db()
    assert match.status == "OPEN"
    services.cancel_award(award=moved, by=run.approver, now=NOW, reason="취소")
    services.merge(match=match, by=run.officer, now=NOW)
    moved.refresh_from_db()
    assert (moved.edition, counters(first, run)) == (first, (60, 60))
    second.refresh_from_db()
    with pytest.raises(Invalid, match="합쳐진 회차"):
        make.award(run, second, 10)
    refused(change(EditionMatch, status="DIFFERENT"), "decided once")


# --- from intake


def test_a_published_selection_is_an_award_with_its_cut(run, edition):
    line = make.selected(run)
    given = {"application": line.application, "edition": edition, "requested": 60 * MILLION, "by": run.officer}
    with pytest.raises(Invalid, match="줄이는 까닭"):
        services.plan_award(**given, lines=make.lines(45), now=NOW)
    with pytest.raises(Invalid, match="신청한 금액보다"):
        services.plan_award(**given, lines=make.lines(61), now=NOW)
    services.plan_award(**given, lines=make.lines(45), now=NOW, cut_reason="홍보비 제외")
    assert EVENT.preview(run.decision) == []
    EVENT.published(line, by=run.approver, now=NOW)
    award = Award.objects.get()
    assert (award.amount, award.application) == (45 * MILLION, line.application)
    refused(change(AwardPlan, requested=50 * MILLION), "stays")
    assert [told["type"] for told in leaves(award)] == ["event.award.decided/1"]


def test_the_preview_names_each_line_that_would_be_refused(edition):
    run = make.support(120 * MILLION)
    make.planned(run, edition, 60)
    make.planned(run, edition, 50)
    make.planned(run, make.edition(), 20)
    make.selected(run)
    said = [str(problem.message) for problem in EVENT.preview(run.decision)]
    assert [text.partition(": ")[2] for text in said] == [
        "행사 회차의 한도를 넘습니다(남은 한도 40,000,000원).",
        "예산한도를 넘습니다(남은 예산 10,000,000원).",
        "교부안이 없습니다.",
    ]


def test_a_selection_over_the_cap_undoes_the_whole_publication(run, edition):
    first, second = make.planned(run, edition, 60), make.planned(run, edition, 50)

    @transaction.atomic
    def publish():
        for plan in (first, second):
            EVENT.published(plan.application.lines.get(), by=run.approver, now=NOW)

    with pytest.raises(Invalid, match="남은 한도"):
        publish()
    assert (Award.objects.count(), counters(edition, run)) == (0, (0, 0))


def test_who_withdraws_gives_the_money_back(run, edition):
    plan = make.planned(run, edition, 60)
    EVENT.published(plan.application.lines.get(), by=run.approver, now=NOW)
    application = Application.objects.get(pk=plan.application_id)
    EVENT.left(application, why="WITHDRAWN", by=run.approver, now=NOW)
    assert (Award.objects.get().status, counters(edition, run)) == ("CANCELLED", (0, 0))
    EVENT.left(make.selected(run).application, why="WITHDRAWN", by=run.approver, now=NOW)


def test_a_reserve_fits_what_cap_and_envelope_leave(run, edition):
    make.award(run, edition, 60)
    entry = type("Entry", (), {})()
    entry.application = make.planned(run, edition, 50).application
    assert str(EVENT.fits(entry, None).reason) == "남은 한도가 40,000,000원이어서 교부할 수 없습니다."
    entry.application = make.planned(run, edition, 40).application
    assert EVENT.fits(entry, None).ok
    entry.application = make.selected(run).application
    assert not EVENT.fits(entry, None).ok


def test_a_call_awards_out_of_an_envelope(run):
    version = run.call.versions.get()
    assert EVENT.check_call(version) == []
    BudgetEnvelope.objects.update(amount=0)
    assert [str(one.message) for one in EVENT.check_call(version)] == ["예산한도에 남은 금액이 없습니다."]
    run.call.support_terms.delete()
    assert [str(one.message) for one in EVENT.check_call(version)] == [
        "지원조건(지원사업과 예산한도)을 먼저 정해 주십시오."
    ]


def test_a_policy_says_what_it_knows():
    policy = SupportPolicy(advance_bp=3000, pay_table=((10_000, 10_000), (0, 5_000)))
    assert SupportPolicy.of(policy.stored()) == policy
    assert policy.advance(60 * MILLION + 1) == 18 * MILLION
    for wrong in ({"advance": 1}, {"advance_bp": 10_001}, {"cap": -1}):
        with pytest.raises(ValueError, match=r"."):
            SupportPolicy.of(wrong)
