"""Values and what takes from them: two persons, the books to the won, corrections that keep both answers, the guards."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from fund import queries, services
from fund.enums import Account, HoldingStatus, ValuationStatus
from fund.models import Holding, Measure, Programme, Valuation
from portal.core.errors import Invalid, NotAllowed, Refused
from tests.factories import people
from tests.factories.fund import DAY, INVESTED, invested, investing, measured, submitted, valued, voters
from tests.fund.test_constraints import commit, refused

pytestmark = pytest.mark.django_db
FAR = date(2030, 1, 1)
LATER = INVESTED + timedelta(days=200)


@pytest.fixture
def made():
    return investing()


@pytest.fixture
def held(made):
    return invested(made).holding


def book(made, on=FAR, known=None):
    return queries.books.balances(queries.books.book_of(made.sub_fund), on=on, known=known)


def city(made, account, on=FAR):
    return queries.books.balances(queries.books.city_book(made.programme), on=on).get(account, 0)


def test_a_published_value_is_carried_in_the_books_and_the_city_has_its_part(made, held):
    valued(made, held, 150_000_001)
    assert book(made)[Account.UNREALISED] == 50_000_001
    assert queries.values.carrying(held, on=FAR) == 150_000_001
    assert city(made, Account.UNREALISED) == 7_000_000
    assert queries.flows.net_assets(made.sub_fund, on=FAR) == 550_000_001
    commit(lambda: None)


def test_the_parts_of_the_city_are_never_a_won_off_together(made, held):
    for step in range(1, 8):
        valued(made, held, 100_000_000 + 3 * step, on=DAY + timedelta(days=step), now=LATER)
    assert city(made, Account.UNREALISED) == 3
    assert book(made)[Account.UNREALISED] == 21


def test_a_correction_changes_todays_answer_for_the_day_and_neither_yesterdays_nor_later_days(made, held):
    first, second = DAY + timedelta(days=30), DAY + timedelta(days=120)
    valued(made, held, 120_000_000, on=first, now=LATER)
    valued(made, held, 130_000_000, on=second, now=LATER)
    known = queries.books.book_of(made.sub_fund).last_known_at
    valued(made, held, 90_000_000, on=first, now=LATER + timedelta(days=200))
    answers = [queries.values.carrying(held, on=day, known=at) for day in (first, second) for at in (known, None)]
    assert answers == [120_000_000, 90_000_000, 130_000_000, 130_000_000]
    states = Valuation.objects.filter(on_date=first).order_by("id").values_list("status", flat=True)
    assert list(states) == [ValuationStatus.SUPERSEDED, ValuationStatus.PUBLISHED]


def test_nobody_approves_what_they_submitted_and_a_challenge_is_answered(made, held):
    found = submitted(made, held, 150_000_000)
    both = people.with_role("fund.approver", user=made.manager, cluster=made.programme.cluster)
    with pytest.raises(NotAllowed, match="직접"):
        services.approve_valuation(valuation=found, by=both)
    with pytest.raises(Invalid, match="이유"):
        services.challenge_valuation(valuation=found, by=made.approver, reason=" ")
    services.challenge_valuation(valuation=found, by=made.approver, reason="비교 기업이 다름")
    services.resubmit_valuation(
        valuation=found, amount=110_000_000, evidence="다른 비교 기업", by=made.manager, now=INVESTED
    )
    services.approve_valuation(valuation=found, by=made.approver)
    services.publish_valuation(valuation=found, by=made.manager, now=INVESTED)
    assert queries.values.carrying(held, on=FAR) == 110_000_000
    assert [leaf["type"].split(".")[2] for leaf in people.leaves(found)] == [
        "challenged/1", "resubmitted/1", "approved/1", "published/1",
    ]  # fmt: skip


def test_above_the_policys_amount_only_the_committee_approves(made, held):
    Programme.objects.update(motion_above=149_999_999)
    found = submitted(made, Holding.objects.get(pk=held.pk), 150_000_000)
    with pytest.raises(Refused, match="투자심의"):
        services.approve_valuation(valuation=found, by=made.approver)
    services.table_valuation(valuation=found, by=made.manager, now=INVESTED)
    voters(made, found.motion, "FFFA")
    services.settle_valuation(valuation=found, by=made.approver, now=INVESTED)
    services.publish_valuation(valuation=found, by=made.manager, now=INVESTED)
    assert found.status == ValuationStatus.PUBLISHED
    commit(lambda: None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": DAY - timedelta(days=1)}, "on"),
        ({"on": DAY + timedelta(days=1)}, "on"),
        ({"amount": -1}, "amount"),
        ({"level": 4}, "amount"),
        ({"evidence": " "}, "evidence"),
    ],
)
def test_a_value_that_makes_no_sense(made, held, changes, field):
    asked = {"on": DAY, "amount": 1, "method": "DCF", "level": 3, "evidence": "보고서", **changes}
    with pytest.raises(Invalid) as refusal:
        services.submit_valuation(holding=held, by=made.manager, now=INVESTED, **asked)
    assert refusal.value.field == field


def test_a_value_grows_stale_after_a_quarter_and_flows_roll_it_on(made, held):
    valued(made, held, 150_000_000)
    [young] = queries.values.values(made.sub_fund, on=DAY + timedelta(days=80))
    [old] = queries.values.values(made.sub_fund, on=DAY + timedelta(days=100))
    assert (young.stale, old.stale, old.carried, old.valued) == (False, True, 150_000_000, DAY)
    assert queries.values.stale_holdings(made.sub_fund, on=DAY + timedelta(days=100)) == 1
    lot = held.lots.get()
    measured(made, held, "SALE", 75_000_000, lot=lot, units=5_000, now=LATER)
    [rolled] = queries.values.values(made.sub_fund, on=FAR)
    assert (rolled.cost, rolled.carried, rolled.valued) == (50_000_000, 75_000_000, DAY)


def test_a_write_down_undoes_what_was_unrealised_and_counts_once(made, held):
    valued(made, held, 150_000_000)
    measured(made, held, "WRITE_DOWN", 60_000_000)
    found = book(made)
    assert (found.get(Account.UNREALISED, 0), found[Account.ALLOWANCE], found[Account.WRITTEN_DOWN]) == (
        0, -60_000_000, 60_000_000,
    )  # fmt: skip
    assert queries.values.carrying(held, on=FAR) == 40_000_000
    assert city(made, Account.UNREALISED) == -8_400_000
    held.refresh_from_db()
    assert held.status == HoldingStatus.IMPAIRED


def test_a_write_down_is_restored_or_becomes_a_write_off_and_an_exit(made, held):
    measured(made, held, "WRITE_DOWN", 60_000_000)
    measured(made, held, "RESTORE", 60_000_000)
    held.refresh_from_db()
    assert (held.status, book(made).get(Account.ALLOWANCE, 0)) == (HoldingStatus.HELD, 0)
    measured(made, held, "WRITE_DOWN", 100_000_000, reason="CLOSURE")
    held.refresh_from_db()
    assert held.status == HoldingStatus.WRITTEN_OFF
    measured(made, held, "SALE", 3_000_000, lot=held.lots.get())
    held.refresh_from_db()
    found = book(made)
    assert held.status == HoldingStatus.EXITED
    assert found.get(Account.INVESTMENTS, 0) == found.get(Account.ALLOWANCE, 0) == 0
    assert found[Account.REALISED] == -3_000_000
    commit(lambda: None)


def test_a_part_is_sold_with_its_part_of_everything(made, held):
    valued(made, held, 150_000_000)
    measured(made, held, "SALE", 60_000_000, lot=held.lots.get(), units=3_333)
    found = book(made)
    assert found[Account.INVESTMENTS] == 66_670_000
    assert found[Account.UNREALISED] == 33_335_000
    assert found[Account.REALISED] == -(60_000_000 - 33_330_000)
    assert found[Account.CASH] == 460_000_000
    held.refresh_from_db()
    assert held.status == HoldingStatus.PART_EXITED


def test_a_redemption_splits_into_cost_and_gain_and_only_some_redeem(made, held):
    measured(made, held, "REDEEM", 118_000_000, lot=held.lots.get())
    assert book(made)[Account.REALISED] == -18_000_000
    common = invested(made, instrument="COMMON", units=100, terms={})
    with pytest.raises(Invalid, match="상환할 수 있는"):
        measured(made, common.holding, "REDEEM", 1, lot=common)


@pytest.mark.parametrize(
    ("kind", "amount", "changes", "field"),
    [
        ("WRITE_DOWN", 100_000_001, {}, "amount"),
        ("WRITE_DOWN", 0, {}, "amount"),
        ("WRITE_DOWN", 1, {"reason": ""}, "reason"),
        ("RESTORE", 1, {}, "amount"),
        ("SALE", 1, {}, "lot"),
        ("SALE", 1, {"units": 10_001, "lot": True}, "units"),
        ("SALE", 1, {"on": DAY - timedelta(days=1), "lot": True}, "on"),
    ],
)
def test_a_measure_that_makes_no_sense(made, held, kind, amount, changes, field):
    if changes.get("lot"):
        changes = {**changes, "lot": held.lots.get()}
    with pytest.raises(Invalid) as refusal:
        measured(made, held, kind, amount, **changes)
    assert refusal.value.field == field


def test_a_measure_takes_two_persons_and_may_be_sent_back(made, held):
    both = people.with_role("fund.approver", user=made.manager, cluster=made.programme.cluster)
    found = services.propose_measure(
        holding=held, kind="WRITE_DOWN", amount=1, on=DAY, reason="OTHER", by=made.manager, now=INVESTED
    )
    with pytest.raises(NotAllowed, match="직접"):
        services.approve_measure(measure=found, by=both, now=INVESTED)
    services.refuse_measure(measure=found, by=made.approver, reason="근거 부족")
    assert book(made).get(Account.ALLOWANCE, 0) == 0


def test_two_measures_that_no_longer_fit_together(made, held):
    asked = {"holding": held, "kind": "WRITE_DOWN", "amount": 60_000_000, "on": DAY, "reason": "OTHER"}
    rows = [services.propose_measure(**asked, by=made.manager, now=INVESTED) for _ in range(2)]
    services.approve_measure(measure=rows[0], by=made.approver, now=INVESTED)
    with pytest.raises(Invalid, match="40,000,000"):
        services.approve_measure(measure=rows[1], by=made.approver, now=INVESTED)


# --- what the database refuses whoever asks ---


def test_two_values_of_one_day_and_a_value_that_is_edited(made, held):
    found = valued(made, held, 150_000_000)
    rows = Valuation.objects.filter(pk=found.pk)
    refused(lambda: rows.update(amount=1), "as it was approved")
    refused(lambda: rows.update(known=None), "stays|valuation_published_is_known")
    refused(rows.delete, "a valuation stays")
    copy = Valuation.objects.get(pk=found.pk)
    copy.pk, copy.public_id = None, people.person().public_id
    refused(copy.save, "one_published_value_at_a_time")


def test_a_value_above_the_policys_amount_without_its_motion(made, held):
    Programme.objects.update(motion_above=1)
    found = submitted(made, held, 2)
    rows = Valuation.objects.filter(pk=found.pk)
    refused(lambda: rows.update(status="APPROVED", approved_by=made.approver), "has no carried motion")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"level": 4}, "valuation_level_is_1_to_3"),
        ({"method": "GUESS"}, "valuation_method_known"),
        ({"known": (timezone.now(), None)}, "valuation_published_is_known"),
        ({"status": "PUBLISHED"}, "valuation_approved_by_somebody|valuation_published_is_known"),
    ],
)
def test_a_row_of_a_value_that_makes_no_sense(made, held, changes, constraint):
    found = submitted(made, held, 2)
    refused(lambda: Valuation.objects.filter(pk=found.pk).update(**changes), constraint)
    refused(lambda: Valuation.objects.filter(pk=found.pk).update(approved_by=made.manager), "valuation_two_persons")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"kind": "SALE", "reason": ""}, "exit_names_its_lot"),
        ({"reason": ""}, "write_down_has_a_reason"),
        ({"amount": 0}, "exit_names_its_lot"),
        ({"kind": "GIFT", "reason": ""}, "measure_kind_known|exit_names_its_lot"),
    ],
)
def test_a_row_of_a_measure_that_makes_no_sense(made, held, changes, constraint):
    fields = {"holding": held, "kind": "WRITE_DOWN", "reason": "OTHER", "amount": 1, "on_date": DAY}
    refused(lambda: Measure.objects.create(**{**fields, **changes}, proposed_by=made.manager), constraint)


def test_a_measure_stays_as_it_was_proposed(made, held):
    found = measured(made, held, "WRITE_DOWN", 5)
    rows = Measure.objects.filter(pk=found.pk)
    refused(lambda: rows.update(amount=6), "as it was proposed")
    refused(rows.delete, "as it was proposed")
