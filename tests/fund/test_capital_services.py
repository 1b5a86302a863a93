"""Commitments, closes, calls and receipts through the services and the database."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from django.core import mail

from fund import queries, services
from fund.enums import Account, BreachStatus, CallStatus, CommitmentStatus, ShareStatus, SubFundStatus
from fund.models import CapBreach, Commitment, Programme
from fund.services import Asked
from portal.core.errors import ForgedStep, Invalid, NotAllowed, Overtaken, Refused
from portal.notices.models import Notice
from tests.factories import people
from tests.factories.fund import FORMED, NOW, formed, gathering, house
from tests.fund.doors import EXAMPLES, day

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=200)


def balances(made, on=date(2030, 1, 1)):
    return queries.books.balances(queries.books.book_of(made.sub_fund), on=on)


def city(made, on=date(2030, 1, 1)):
    return queries.books.balances(queries.books.city_book(made.programme), on=on)


def of(made, role):
    return Commitment.objects.get(sub_fund=made.sub_fund, partner=made.partners[role])


def test_a_close_puts_all_signed_commitments_in_force():
    made = formed()
    made.programme.refresh_from_db()
    made.sub_fund.refresh_from_db()
    assert (made.programme.city_committed, made.programme.total_committed) == (140_000_000, 1_000_000_000)
    assert (made.sub_fund.status, made.sub_fund.formed_date) == (SubFundStatus.FORMED, FORMED)
    assert balances(made) == {Account.COMMITTED: 1_000_000_000, Account.UNFUNDED: -1_000_000_000}
    assert [leaf["type"] for leaf in people.leaves(of(made, "city"))] == [
        "fund.commitment.consented/1",
        "fund.commitment.signed/1",
        "fund.commitment.activated/1",
    ]


def test_the_cap_is_kept_to_the_won():
    made = house()
    gathering(made, unit_price=1)
    made.commit("city", 13_600_000_000)
    made.commit("fof", 97_142_857_142 - 13_600_000_000)
    with pytest.raises(Refused, match="한도"):
        made.close()
    made.commit("gp", 1)
    made.close()
    made.programme.refresh_from_db()
    assert made.programme.total_committed == 97_142_857_143
    assert made.programme.cap_breach is None


def test_the_city_signs_only_with_consent_and_nobody_signs_what_they_prepared():
    made = house()
    sub_fund = gathering(made)
    prepared = services.prepare_commitment(
        sub_fund=sub_fund, partner=made.partners["city"], units=10, by=made.manager, now=NOW
    )
    with pytest.raises(Refused, match="의회"):
        services.sign_commitment(commitment=prepared, by=made.approver, now=NOW)
    with pytest.raises(Invalid):
        services.record_consent(commitment=prepared, number="1", amount=9_999_999, by=made.manager)
    services.record_consent(commitment=prepared, number="1", amount=10_000_000, by=made.manager)
    both = people.with_role("fund.approver", user=made.manager, cluster=made.programme.cluster)
    with pytest.raises(NotAllowed, match="직접 기안"):
        services.sign_commitment(commitment=prepared, by=both, now=NOW)


@pytest.mark.parametrize(("units", "role", "match"), [(0, "fof", "1 이상"), (5, "city", "이미")])
def test_a_commitment_is_something_and_comes_once(units, role, match):
    made = formed()
    with pytest.raises(Invalid, match=match):
        services.prepare_commitment(
            sub_fund=made.sub_fund, partner=made.partners[role], units=units, by=made.manager, now=NOW
        )


def test_a_call_is_proposed_approved_by_another_issued_and_paid():
    made = formed()
    call = made.proposed(100_000_003)
    with pytest.raises(NotAllowed):
        services.approve_call(call=call, by=made.manager, now=NOW)
    with pytest.raises(ForgedStep):
        services.issue_call(call=call, by=made.manager, now=NOW)
    services.approve_call(call=call, by=made.approver, now=NOW)
    services.issue_call(call=call, by=made.manager, now=NOW)
    assert [share.inside for share in queries.calls.shares_of(call)] == [
        14_000_000,
        40_000_001,
        30_000_001,
        15_000_001,
        1_000_000,
    ]
    assert balances(made)[Account.DUE] == 100_000_003
    assert city(made) == {Account.INVESTMENTS: 14_000_000, Account.PAYABLE: -14_000_000}
    made.pay(call)
    assert call.status == CallStatus.FUNDED
    assert balances(made)[Account.CASH] == 100_000_003
    assert city(made) == {Account.CASH: -14_000_000, Account.INVESTMENTS: 14_000_000}
    services.close_call(call=call, by=made.manager, now=LATER)
    assert [leaf["type"] for leaf in people.leaves(call)] == [
        "fund.call.approved/1",
        "fund.call.issued/1",
        "fund.call.received/1",
        "fund.call.received/1",
        "fund.call.closed/1",
    ]


def test_partners_are_told_their_own_share_and_the_approver_that_a_call_waits():
    made = formed()
    made.call(100_000_000)
    told = {notice.user.pk: notice for notice in Notice.objects.filter(topic="fund.call_issued")}
    master = made.partners["alpha"].organisation.memberships.get().user
    assert len(told) == 2
    assert "30,000,000" in told[master.pk].title
    assert Notice.objects.filter(topic="fund.call_waiting", user=made.approver).count() == 1
    assert mail.outbox == []


def test_no_partner_is_ever_a_won_off_over_many_calls():
    made = formed({"city": 14, "fof": 33, "alpha": 29, "beta": 23, "gp": 1}, unit_price=10**9)
    total = 0
    for amount in (1_000_001, 777_777, 3_333_333, 101):
        made.call(amount)
        total += amount
        for one in made.sub_fund.commitments.all():
            assert abs(one.called_inside - Fraction(total * one.units, 100)) < 1
    assert sum(one.called_inside for one in made.sub_fund.commitments.all()) == total


def test_a_call_below_one_won_or_above_the_unfunded_commitment_is_refused():
    made = formed()
    with pytest.raises(Invalid, match="가장 작은 단위"):
        made.proposed(99)
    with pytest.raises(Invalid, match="미납입"):
        made.proposed(1_000_000_001)
    with pytest.raises(Invalid, match="영업일"):
        made.proposed(1_000_000, due=(NOW + timedelta(days=13)).date())


def test_money_outside_the_commitment_leaves_it_as_it_is():
    made = formed()
    made.call(0, lines=[Asked("INVESTMENT", 50_000_000), Asked("FEE", 10_000_000, inside=False)])
    ours = of(made, "city")
    assert (ours.called_inside, ours.called_outside, ours.unfunded) == (7_000_000, 1_400_000, 133_000_000)
    assert balances(made)[Account.UNFUNDED] == -950_000_000


def test_over_payment_waits_in_suspense_and_a_reference_counts_once():
    made = formed()
    call = made.call(100_000_000)
    share = call.shares.get(commitment=of(made, "beta"))
    on = {"on": call.due_date, "by": made.manager, "now": LATER}
    services.receive(share=share, amount=5_000_000, reference="A", **on)
    share.refresh_from_db()
    call.refresh_from_db()
    assert (share.status, share.open, call.status) == (ShareStatus.DUE, 10_000_000, CallStatus.PART_PAID)
    with pytest.raises(Invalid, match="거래번호"):
        services.receive(share=share, amount=1, reference="A", **on)
    services.receive(share=share, amount=10_000_007, reference="B", **on)
    share.refresh_from_db()
    assert (share.status, share.paid, balances(made)[Account.SUSPENSE]) == (ShareStatus.PAID, 15_000_000, -7)
    with pytest.raises(Refused, match="이미"):
        services.receive(share=share, amount=1, reference="C", **on)


def test_a_call_issued_twice_is_issued_once():
    made = formed()
    call = made.proposed(100_000_000)
    services.approve_call(call=call, by=made.approver, now=NOW)
    stale = type(call).objects.select_related("sub_fund__programme__cluster").get(pk=call.pk)
    services.issue_call(call=call, by=made.manager, now=NOW)
    with pytest.raises(Overtaken):
        services.issue_call(call=stale, by=made.manager, now=NOW)
    assert balances(made)[Account.DUE] == 100_000_000


def test_an_issued_call_is_taken_back_by_its_mirror():
    made = formed()
    before = balances(made)
    call = made.call(100_000_000)
    with pytest.raises(Invalid, match="이유"):
        services.rescind_call(call=call, by=made.manager, now=NOW, reason=" ")
    services.rescind_call(call=call, by=made.manager, now=NOW, reason="투자가 미루어짐")
    assert balances(made) == before
    assert city(made) == {}
    assert of(made, "city").unfunded == 140_000_000
    assert {share.status for share in call.shares.all()} == {ShareStatus.VOID}


def test_a_call_amended_after_part_was_paid_keeps_its_number_and_its_receipts():
    made = formed()
    call = made.call(100_000_000)
    made.receive(call.shares.get(commitment=of(made, "city")), 14_000_000, now=LATER)
    call.refresh_from_db()
    services.amend_call(
        call=call, due=(LATER + timedelta(days=30)).date(), lines=[Asked("INVESTMENT", 50_000_000)],
        by=made.manager, now=LATER,
    )  # fmt: skip
    assert (call.status, call.revision, call.number) == (CallStatus.DRAFT, 2, 1)
    services.approve_call(call=call, by=made.approver, now=LATER)
    services.issue_call(call=call, by=made.manager, now=LATER)
    ours = call.shares.get(commitment=of(made, "city"), revision=2)
    assert (ours.status, ours.paid, call.status) == (ShareStatus.PAID, 7_000_000, CallStatus.PART_PAID)
    assert balances(made)[Account.SUSPENSE] == -7_000_000
    assert balances(made)[Account.DUE] == 43_000_000
    assert of(made, "city").called_inside == 7_000_000
    with pytest.raises(Refused, match="납입이 시작된"):
        services.rescind_call(call=call, by=made.manager, now=LATER, reason="취소")


def test_late_shares_are_marked_once():
    made = formed()
    call = made.call(100_000_000)
    made.receive(call.shares.get(commitment=of(made, "gp")), 1_000_000, now=LATER)
    assert services.mark_late(now=NOW) == 0
    assert services.mark_late(now=LATER) == 4
    assert services.mark_late(now=LATER) == 0
    made.pay(call, now=LATER)
    assert call.status == CallStatus.FUNDED


def test_a_later_close_ends_where_everyone_would_stand_had_they_joined_at_the_first():
    made = formed({"city": 110, "fof": 430, "alpha": 300, "gp": 10})
    call = made.call(85_000_000)
    made.pay(call)
    made.commit("beta", 150, now=LATER)
    made.close(LATER.date(), LATER)
    assert {one.partner.name_en: one.called_inside for one in made.sub_fund.commitments.all()} == {
        "city": 9_350_000,
        "fof": 36_550_000,
        "alpha": 25_500_000,
        "gp": 850_000,
        "beta": 12_750_000,
    }
    found = balances(made)
    assert (found[Account.CAPITAL], found[Account.CASH], found.get(Account.DUE)) == (-85_000_000, 85_000_000, None)
    days = (LATER.date() - call.due_date).days
    interest = 85_000_000 * 150 * days * 300 // (1000 * 10_000 * 365)
    joiner = of(made, "beta").equalisations.get()
    assert (joiner.principal, joiner.interest) == (12_750_000, interest)
    back = sum(row.interest for row in joiner.close.equalisations.exclude(pk=joiner.pk))
    assert back == -interest
    assert city(made)[Account.INVESTMENTS] == 9_350_000
    assert city(made)[Account.OTHER_INCOME] == of(made, "city").equalisations.get().interest


#: Examples 31 and 32.
EQUALISE = [case for case in EXAMPLES["cases"] if case.get("steps", [{}])[0].get("door") == "fund.capital.equalise"]


@pytest.mark.parametrize("case", EQUALISE, ids=lambda case: case["id"])
def test_the_equalisation_examples_through_the_database(case):
    """The published units and calls, closed and called for by the services."""
    [step] = case["steps"]
    given, expected = step["input"], step["expect"]
    names = ["fof", "alpha", "gp", "city", "beta"]
    made = house(cap_bp=10_000)
    gathering(made, unit_price=10)
    services.adopt_agreement(
        sub_fund=made.sub_fund, start=FORMED + timedelta(days=1), by=made.approver, now=NOW,
        terms={"late_close_bp": given["rate_bp"]},
    )  # fmt: skip
    earlier = [made.commit(name, units) for name, units in zip(names, given["earlier"], strict=False)]
    made.close()
    for due, amount in given["calls"]:
        made.call(amount, due=day(due), now=NOW)
    joining = [made.commit(name, u) for name, u in zip(names[len(earlier) :], given["joining"], strict=False)]
    made.close(day(given["on"]), datetime.combine(day(given["on"]), NOW.timetz()))
    for group, principal, interest, sign in (
        (joining, "principal", "interest", 1),
        (earlier, "principal_back", "interest_back", -1),
    ):
        rows = [one.equalisations.get() for one in group]
        assert [sign * row.principal for row in rows] == list(expected[principal])
        assert [sign * row.interest for row in rows] == list(expected[interest])


def test_a_default_lifts_the_city_over_the_cap_until_new_money_comes():
    made = formed()
    services.default_commitment(commitment=of(made, "beta"), by=made.approver, now=LATER, reason="납입 거부")
    programme = Programme.objects.get()
    breach = CapBreach.objects.get()
    assert (programme.cap_breach, breach.cause) == (breach, "default")
    assert (breach.city, breach.total) == (140_000_000, 850_000_000)
    services.cure_default(commitment=of(made, "beta"), by=made.approver, now=LATER)
    breach.refresh_from_db()
    programme.refresh_from_db()
    assert (breach.status, programme.cap_breach) == (BreachStatus.CURED, None)


def test_a_breach_may_be_waived_for_a_reason_by_an_approver():
    made = formed()
    services.release_commitment(
        commitment=of(made, "fof"), amount=100_000_000, on=LATER.date(), by=made.approver, now=LATER
    )
    breach = CapBreach.objects.get()
    with pytest.raises(NotAllowed):
        services.waive_breach(breach=breach, by=made.manager, now=LATER, reason="모태 감액")
    with pytest.raises(Invalid):
        services.waive_breach(breach=breach, by=made.approver, now=LATER, reason="")
    services.waive_breach(breach=breach, by=made.approver, now=LATER, reason="모태 감액")
    assert people.leaves(breach)[-1]["type"] == "fund.cap_breach.waived/1"


def test_a_release_lowers_what_may_be_called_and_no_more():
    made = formed()
    with pytest.raises(Invalid):
        services.release_commitment(
            commitment=of(made, "city"), amount=140_000_001, on=FORMED, by=made.approver, now=NOW
        )
    services.release_commitment(commitment=of(made, "city"), amount=40_000_000, on=FORMED, by=made.approver, now=NOW)
    ours = of(made, "city")
    assert (ours.status, ours.unfunded) == (CommitmentStatus.ACTIVE, 100_000_000)
    assert Programme.objects.get().city_committed == 100_000_000


def test_a_partner_in_default_is_left_out_of_the_next_call():
    made = formed()
    services.default_commitment(commitment=of(made, "gp"), by=made.approver, now=NOW, reason="")
    call = made.call(99_000_000)
    shares = {share.commitment.partner.name_en: share.inside for share in call.shares.all()}
    assert shares == {"city": 14_000_000, "fof": 40_000_000, "alpha": 30_000_000, "beta": 15_000_000}


def test_yesterdays_answer_stays_when_something_is_corrected_later():
    made = formed()
    call = made.call(100_000_000)
    book = queries.books.book_of(made.sub_fund)
    known = book.last_known_at
    services.rescind_call(call=call, by=made.manager, now=NOW, reason="잘못 보냄")
    then = queries.books.balances(book, on=NOW.date(), known=known)
    assert then[Account.DUE] == 100_000_000
    assert Account.DUE not in queries.books.balances(book, on=NOW.date())


def test_an_agreement_changes_from_a_day_on_and_the_old_answer_stays():
    made = formed()
    before = NOW + timedelta(seconds=1)
    services.adopt_agreement(
        sub_fund=made.sub_fund, start=date(2020, 1, 1), terms={"fee_bp": 150}, by=made.approver, now=LATER
    )
    asked = [(date(2019, 6, 1), None), (date(2020, 6, 1), None), (date(2020, 6, 1), before)]
    assert [queries.funds.agreement(made.sub_fund, on, known=known).fee_bp for on, known in asked] == [200, 150, 200]
    with pytest.raises(Invalid):
        services.adopt_agreement(sub_fund=made.sub_fund, start=date(2019, 1, 1), terms={}, by=made.approver, now=LATER)


def test_a_role_for_one_sub_fund_reaches_no_other():
    made = formed()
    other = people.with_role("fund.manager", cluster=made.programme.cluster, scope_kind="sub_fund", scope_ref="another")
    for stranger in (other, people.person(), made.partners["alpha"].organisation.memberships.get().user):
        with pytest.raises(NotAllowed):
            services.propose_call(
                sub_fund=made.sub_fund, due=date(2020, 1, 1), lines=[Asked("FEE", 10**6)], by=stranger, now=NOW
            )
