"""Fees, expenses, income, first loss, excess transfer and clawback through the services and the database."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from fund import queries, services
from fund.enums import Account, EntryKind, SettlementStatus, SubFundStatus
from fund.models import Settlement
from fund.queries.books import balances, book_of, by_partner, city_book
from fund.services.books import Line, move
from portal.core.errors import Invalid, NotAllowed, Overtaken, Refused
from tests.factories.fund import FORMED, NOW, TERMS, formed
from tests.fund.test_constraints import refused, sql
from tests.fund.test_distributions import earn

pytestmark = pytest.mark.django_db
LATER = datetime(2024, 3, 4, 1, 0, tzinfo=UTC)
DAY = LATER.date()


@pytest.fixture
def made():
    """100 million paid in on 2019-03-25; 1,000 units of one million, 140 of them the City's."""
    made = formed()
    made.pay(made.call(100_000_000, due=date(2019, 3, 25)))
    return made


def adopt(made, **terms):
    services.adopt_agreement(
        sub_fund=made.sub_fund, start=date(2019, 3, 10), terms={**TERMS, **terms}, by=made.approver, now=NOW
    )


def proposed(made, kind, *, on=DAY, **asked):
    return services.propose_settlement(sub_fund=made.sub_fund, kind=kind, on=on, by=made.manager, now=LATER, **asked)


def approved(made, kind, **asked):
    row = proposed(made, kind, **asked)
    services.approve_settlement(settlement=row, by=made.approver, now=LATER)
    return row


def settled(made, kind, **asked):
    row = approved(made, kind, **asked)
    services.pay_settlement(settlement=row, on=DAY, by=made.manager, now=LATER)
    return row


def distributed(made, amount, on):
    row = services.propose_distribution(
        sub_fund=made.sub_fund, kind="PERMANENT", amount=amount, on=on, by=made.manager, now=LATER
    )
    services.approve_distribution(distribution=row, by=made.approver)
    services.pay_distribution(distribution=row, by=made.manager, now=LATER)
    return row


def liquidating(made):
    for to, by in (
        (SubFundStatus.REGISTERED, made.manager),
        (SubFundStatus.INVESTING, made.manager),
        (SubFundStatus.HARVESTING, made.manager),
        (SubFundStatus.LIQUIDATING, made.manager),
    ):
        services.move_sub_fund(sub_fund=made.sub_fund, to=to, by=by, now=NOW, on=FORMED)


def lose(made, amount):
    services.post(
        book=book_of(made.sub_fund), sub_fund=made.sub_fund, kind=EntryKind.FEE, on=date(2021, 1, 4),
        event=made.sub_fund.public_id, now=NOW, lines=move(Account.EXPENSE, Account.CASH, amount),
    )  # fmt: skip


def held(made, account, on=DAY):
    return balances(book_of(made.sub_fund), on=on).get(account, 0)


YEAR = {"start": date(2019, 3, 4), "until": date(2020, 3, 2)}


class TestFee:
    def test_a_year_on_what_is_committed_is_booked_when_approved_and_paid_later(self, made):
        row = approved(made, "FEE", **YEAR)
        assert (row.amount, row.status) == (1_000_000_000 * 200 * 365 // 365 // 10_000, SettlementStatus.OWED)
        assert (held(made, Account.FEE), held(made, Account.PAYABLE)) == (20_000_000, -20_000_000)
        services.pay_settlement(settlement=row, on=DAY, by=made.manager, now=LATER)
        assert (held(made, Account.PAYABLE), held(made, Account.CASH)) == (0, 80_000_000)
        assert (row.status, row.paid_date) == (SettlementStatus.SETTLED, DAY)

    def test_after_the_investment_period_the_cost_of_what_is_held_counts(self, made):
        made.sub_fund.investment_end_date = date(2019, 9, 1)
        made.sub_fund.save()
        slices = queries.settlements.fee_slices(made.sub_fund, date(2019, 3, 4), date(2020, 3, 3))
        assert [(one.start, one.end, one.base, one.rate_bp) for one in slices] == [
            (date(2019, 3, 4), date(2019, 9, 1), 1_000_000_000, 200),
            (date(2019, 9, 1), date(2020, 3, 3), 0, 200),
        ]

    def test_another_agreement_changes_the_rate_on_its_day(self, made):
        adopt(made, fee_bp=100)
        slices = queries.settlements.fee_slices(made.sub_fund, date(2019, 3, 4), date(2019, 3, 20))
        assert [(one.start, one.rate_bp) for one in slices] == [(date(2019, 3, 4), 200), (date(2019, 3, 10), 100)]

    def test_no_day_is_charged_twice(self, made):
        proposed(made, "FEE", **YEAR)
        assert queries.settlements.next_fee_day(made.sub_fund) == date(2020, 3, 3)
        with pytest.raises(Invalid):
            proposed(made, "FEE", start=date(2020, 3, 2), until=date(2020, 12, 31))
        row = Settlement.objects.get()
        row.pk, row.public_id, row.number = None, uuid4(), 9
        refused(lambda: row.save(force_insert=True), "no_day_is_charged_twice")

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"start": FORMED},
            {"start": date(2019, 3, 1), "until": FORMED},
            {"start": DAY, "until": date(2024, 1, 1)},
        ],
    )
    def test_its_days_are_asked_for_and_begin_with_the_fund(self, made, asked):
        with pytest.raises(Invalid):
            proposed(made, "FEE", **asked)

    def test_it_is_not_paid_from_cash_that_is_not_there(self, made):
        row = approved(made, "EXPENSE", amount=100_000_001)
        with pytest.raises(Refused):
            services.pay_settlement(settlement=row, on=DAY, by=made.manager, now=LATER)


def test_income_is_cash_at_once_and_raises_the_net_assets(made):
    approved(made, "INCOME", amount=5_000, note="예금 이자")
    assert (held(made, Account.CASH), held(made, Account.INCOME)) == (100_005_000, -5_000)
    assert queries.flows.net_assets(made.sub_fund, on=DAY) == 100_005_000


class TestClawback:
    def earned_too_much(self, made):
        """A first payment with carry; then another call, all of it lost."""
        earn(made, 60_000_000)
        distributed(made, 150_000_000, date(2021, 3, 25))
        call = made.call(50_000_000, due=date(2021, 6, 1), now=datetime(2021, 4, 20, 1, tzinfo=UTC))
        made.pay(call)
        lose(made, 60_000_000)
        return queries.settlements.carry_position(made.sub_fund, on=DAY)

    def test_carry_of_a_fund_that_lost_afterwards_is_given_back(self, made):
        position = self.earned_too_much(made)
        assert (position.held, position.entitled, position.returnable) == (7_528_000, 0, 7_528_000)
        row = approved(made, "CLAWBACK")
        assert (held(made, Account.DUE), held(made, Account.CARRY_PAID)) == (7_528_000, 0)
        services.pay_settlement(settlement=row, on=DAY, by=made.manager, now=LATER)
        assert held(made, Account.DUE) == 0
        assert [flow.kind for flow in queries.flows.waterfall_flows(made.sub_fund, on=DAY)][-1] == "carry_returned"
        with pytest.raises(Invalid):
            proposed(made, "CLAWBACK")

    def test_the_manager_keeps_what_it_paid_as_tax(self, made):
        adopt(made, clawback_tax_bp=2500)
        assert self.earned_too_much(made).returnable == 7_528_000 * 3 // 4

    def test_a_fund_that_paid_by_its_terms_owes_nothing_back(self, made):
        earn(made, 60_000_000)
        distributed(made, 160_000_000, date(2021, 3, 25))
        found = queries.settlements.carry_position(made.sub_fund, on=DAY)
        assert (found.entitled, found.returnable) == (found.held, 0)

    def test_no_more_carry_comes_back_than_was_paid(self, made):
        lines = move(Account.CASH, Account.CARRY_PAID, 1)
        event = made.sub_fund.public_id
        refused(
            lambda: services.post(
                book=book_of(made.sub_fund), sub_fund=made.sub_fund, kind=EntryKind.CLAWBACK, on=DAY, event=event,
                now=NOW, lines=lines,
            ),
            "gives back more carry",
        )  # fmt: skip


class TestBetweenPartners:
    def test_the_manager_bears_a_loss_first_and_the_last_payment_settles_it(self, made):
        adopt(made, first_loss_bp=500)
        lose(made, 40_000_000)
        liquidating(made)
        row = approved(made, "FIRST_LOSS")
        gp, city = made.partners["gp"], made.partners["city"]
        # One of 100 million is the manager's: it bears all of that, instead of 1 % of 40 million.
        assert (row.status, row.amount) == (SettlementStatus.SETTLED, 600_000)
        moved = by_partner(book_of(made.sub_fund), [Account.RESULT], on=DAY)
        assert (moved[gp.pk, Account.RESULT], moved[city.pk, Account.RESULT]) == (600_000, -84_849)
        ours = balances(city_book(made.programme), on=DAY)
        assert ours[Account.UNREALISED] == 84_849
        paid = distributed(made, 60_000_000, DAY)
        parts = {share.commitment.partner_id: share.amount for share in paid.shares.all()}
        assert (parts[gp.pk], parts[city.pk], sum(parts.values())) == (0, 8_484_849, 60_000_000)

    def test_only_at_the_end_and_only_once(self, made):
        adopt(made, first_loss_bp=500)
        lose(made, 40_000_000)
        with pytest.raises(Refused):
            proposed(made, "FIRST_LOSS")
        liquidating(made)
        approved(made, "FIRST_LOSS")
        with pytest.raises(Invalid):
            proposed(made, "FIRST_LOSS")

    def test_a_part_of_what_the_fund_of_funds_got_beyond_the_hurdle_goes_to_private_partners(self, made):
        adopt(made, excess_transfer_bp=3000)
        earn(made, 60_000_000)
        row = distributed(made, 130_000_000, date(2021, 3, 25))
        beyond = row.run["lines"][3][1]
        transfer = approved(made, "EXCESS_TRANSFER")
        assert transfer.amount == beyond * 400 // 1000 * 3000 // 10_000
        gained = dict(transfer.run["moved"])
        alpha, beta, fof = (
            made.sub_fund.commitments.get(partner=made.partners[name]).pk for name in ("alpha", "beta", "fof")
        )
        assert gained[fof] == -transfer.amount
        assert gained[alpha] + gained[beta] == transfer.amount
        assert abs(gained[alpha] - 2 * gained[beta]) <= 2
        with pytest.raises(Invalid):
            proposed(made, "EXCESS_TRANSFER")
        last = distributed(made, 30_000_000, DAY)
        parts = {share.commitment_id: share.amount for share in last.shares.all()}
        lp = sum(parts.values())
        assert parts[fof] == pytest.approx(lp * 400 // 1000 - transfer.amount, abs=1)

    def test_a_small_payment_that_cannot_settle_it_is_refused(self, made):
        adopt(made, first_loss_bp=500)
        lose(made, 40_000_000)
        liquidating(made)
        approved(made, "FIRST_LOSS")
        with pytest.raises(Invalid):
            services.plan_distribution(sub_fund=made.sub_fund, kind="PERMANENT", amount=1_000_000, on=DAY)

    def test_what_one_gains_another_bears(self, made):
        one = made.partners["gp"]
        for lines in (
            [Line(Account.RESULT, 5, one), Line(Account.CASH, -5)],
            [Line(Account.RESULT, 5), Line(Account.RESULT, -5)],
        ):
            refused(
                lambda lines=lines: services.post(
                    book=book_of(made.sub_fund), sub_fund=made.sub_fund, kind=EntryKind.FIRST_LOSS, on=DAY,
                    event=made.sub_fund.public_id, now=NOW, lines=lines,
                ),
                "takes from no partner",
            )  # fmt: skip


class TestTwoPersons:
    def test_nobody_approves_the_own_proposal(self, made):
        row = proposed(made, "INCOME", amount=1)
        with pytest.raises(NotAllowed):
            services.approve_settlement(settlement=row, by=made.manager, now=LATER)
        refused(sql("UPDATE fund_settlement SET approved_by_id = proposed_by_id"), "settlement_two_persons")

    def test_the_database_asks_for_an_approver(self, made):
        proposed(made, "INCOME", amount=1)
        refused(sql("UPDATE fund_settlement SET status = 'SETTLED'"), "settlement_booked_by_somebody")

    def test_what_was_proposed_is_what_is_approved(self, made):
        proposed(made, "INCOME", amount=1)
        refused(sql("UPDATE fund_settlement SET amount = 2"), "stays as it was proposed")
        refused(sql("DELETE FROM fund_settlement"), "stays as it was proposed")

    def test_a_moved_book_asks_for_a_new_proposal(self, made):
        row = proposed(made, "FEE", **YEAR)
        adopt(made, fee_bp=100)
        with pytest.raises(Invalid):
            services.approve_settlement(settlement=row, by=made.approver, now=LATER)

    def test_it_may_be_sent_back_for_a_reason(self, made):
        row = proposed(made, "FEE", **YEAR)
        with pytest.raises(Invalid):
            services.refuse_settlement(settlement=row, by=made.approver, reason=" ")
        services.refuse_settlement(settlement=row, by=made.approver, reason="기간이 다릅니다")
        assert row.status == SettlementStatus.REFUSED
        proposed(made, "FEE", **YEAR)

    def test_what_was_wrong_is_undone_by_its_mirror_paid_or_not(self, made):
        row = settled(made, "FEE", **YEAR)
        with pytest.raises(Invalid):
            services.reverse_settlement(settlement=row, by=made.approver, now=LATER, reason="")
        services.reverse_settlement(settlement=row, by=made.approver, now=LATER, reason="요율이 다릅니다")
        today = datetime.now(UTC).date()
        assert (held(made, Account.FEE, today), held(made, Account.CASH, today)) == (0, 100_000_000)
        proposed(made, "FEE", **YEAR)
        with pytest.raises(Overtaken):
            services.reverse_settlement(
                settlement=Settlement(pk=row.pk, sub_fund=made.sub_fund, status="SETTLED", event=row.event),
                by=made.approver, now=LATER, reason="또",
            )  # fmt: skip

    @pytest.mark.parametrize("kind", ["INCOME", "NONSENSE"])
    def test_nonsense_is_refused(self, made, kind):
        with pytest.raises(Invalid):
            proposed(made, kind, amount=0)

    def test_no_day_of_the_future(self, made):
        with pytest.raises(Invalid):
            proposed(made, "INCOME", amount=1, on=date(2030, 1, 1))
