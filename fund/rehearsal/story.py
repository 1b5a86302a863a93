"""``manage.py rehearse fund``: 13.6 of 100 billion won over six sub-funds, one of them in dollars, and sixty companies, 2018–2026.

Everything that the room can do happens at least once, each by its own person. Companies that are tenants of a hub take
part where the installation has any (after ``rehearse round-2019``); this room asks, it knows no tenancy.
"""

from __future__ import annotations

from datetime import date, timedelta

from fund import queries, services
from fund.enums import SubFundStatus
from fund.models import Lot, SubFund
from fund.rehearsal import checks, duties, reporting, stakes, statements
from fund.rehearsal.life import DOLLARS, TERMS, Life, at, worth
from fund.services import Asked
from portal.accounts import demo
from portal.accounts.models import Cluster
from portal.core.rehearsals import Outcome, Rehearsal, Say

#: Millions of won of each sub-fund: together 100 billion, 13.6 of them the City's. The last is in dollars.
SIZES = {"planned": (20_000, 20_000, 18_000, 16_000, 14_000, 12_000), "small": (30_000, 36_000, 24_000, 10_000)}
COMPANIES = {"planned": 60, "small": 24}
_INSTRUMENTS = ("RCPS", "SAFE", "CB", "COMMON", "PROJECT", "CNOTE", "BW", "RCPS", "COMMON", "RCPS")
_MILLION = 1_000_000


def play(say: Say, variant: str) -> Outcome:
    """One programme more, from its announcement to the middle of 2026."""
    names = {"name_ko": "서울 블록체인 클러스터", "name_en": "Seoul Blockchain Cluster"}
    cluster, _made = Cluster.objects.get_or_create(code="seoul", defaults=names)
    began = checks.leaves()
    life = Life(cluster, {user.email.partition("@")[0]: user for user in demo.load(now=at(date(2018, 10, 4)))})
    life.begin(date(2018, 10, 4))
    sizes = SIZES[variant]
    funds = [_found(life, number, size, abroad=number == len(sizes)) for number, size in enumerate(sizes, start=1)]
    say(f"{len(funds)} sub-funds formed: {life.programme.city_committed:,} of {life.programme.total_committed:,} won")
    duties.bind(life, funds)
    life.gather_companies(COMPANIES[variant], funds[0], date(2018, 12, 3))
    lots = _invest(life, funds)
    say(f"{len(life.companies)} companies, {life.tenants} of them tenants; {len(lots)} investments")
    _calls(life, funds[0])
    _decisions(life, funds[0])
    _securities(life, lots)
    _values(life, lots)
    _companies(life, lots)
    _figures(life, lots)
    reporting.play(life, funds[2])
    say("values, companies, write-downs, exits, figures and a report of 2021")
    _partners(life, funds)
    duties.play(life, funds[0])
    _harvest(life, funds, lots)
    stakes.play(life, funds[1], funds[2])
    _end(life, funds[1], funds[0])
    life.publish(date(2026, 3, 31), date(2026, 5, 15))
    return checks.outcome(life, began, say)


def _found(life: Life, number: int, size: int, *, abroad: bool) -> SubFund:
    """City 13.6 %, fund of funds 40 %, private the rest, manager 5 %; in the second a part joins late."""
    on = date(2019, 3, 4) + timedelta(days=28 * (number - 1))
    made = life.select(number, on, **(DOLLARS if abroad else {}))
    life.gather(made, on)
    size = worth(made, size * _MILLION) // made.unit_price
    parts = {
        "city": size * 136 // 1000,
        "fof": size * 400 // 1000,
        "first": size * 264 // 1000,
        "gp": size * 50 // 1000,
    }
    late = size // 100 if number == 2 else 0
    life.form(made, {**parts, "second": size - sum(parts.values()) - late}, on)
    life.pay(life.ask(made, size * made.unit_price // 4, on + timedelta(days=21)), on + timedelta(days=49))
    if late:
        life.commit(made, "late", late, on + timedelta(days=60))
        services.hold_close(
            sub_fund=made, on=on + timedelta(days=63), by=life.approver, now=at(on + timedelta(days=63))
        )
    return made


def _invest(life: Life, funds: list[SubFund]) -> list[Lot]:
    """Every company once, in turn by the sub-funds, and the first also by the second sub-fund."""
    lots, day = [], date(2019, 10, 1)
    for number, company in enumerate(life.companies):
        fund = funds[number % len(funds)]
        amount = worth(fund, (150 + 10 * (number % 7)) * _MILLION)
        letters = "RFFF" if number == 3 else "FFFF"
        lots.append(life.invest(fund, company, _INSTRUMENTS[number // len(funds) % 10], amount, day, letters))
        day += timedelta(days=7)
    lots.append(life.invest(funds[1], life.companies[0], "COMMON", 100 * _MILLION, day))
    return lots


def _calls(life: Life, fund: SubFund) -> None:
    """One taken back, one amended after a part was paid, one late, one with a fee outside the commitments, one closed."""
    day = date(2021, 1, 4)
    taken = life.ask(fund, 300 * _MILLION, day)
    services.rescind_call(call=taken, by=life.manager, now=at(day), reason="투자가 미루어졌습니다")
    amended = life.ask(fund, 400 * _MILLION, day)
    life.pay(amended, day + timedelta(days=10), least=2)
    again = day + timedelta(days=11)
    services.amend_call(
        call=amended, due=again + timedelta(days=28), lines=[Asked("INVESTMENT", 500 * _MILLION)], by=life.manager,
        now=at(again),
    )  # fmt: skip
    life.issue(amended, again)
    services.mark_late(now=at(again + timedelta(days=40)))
    life.pay(amended, again + timedelta(days=41))
    services.close_call(call=amended, by=life.manager, now=at(again + timedelta(days=42)))
    outside = life.ask(fund, 0, date(2021, 4, 5), [Asked("FEE", 50 * _MILLION, False)])
    life.pay(outside, date(2021, 5, 3))


def _decisions(life: Life, fund: SubFund) -> None:
    """A motion rejected, one deferred and opened again, a recusal that voids a ballot, a deal given up; a pause."""
    day = date(2021, 5, 10)
    company = life.companies[-1]
    lost = life.propose(fund, company, "COMMON", 100 * _MILLION, day)
    life.vote(life.table(lost, day), day, "AAFA")
    services.settle_deal(deal=lost, by=life.approver, now=at(day))
    slow = life.propose(fund, company, "COMMON", 90 * _MILLION, day)
    motion = life.table(slow, day)
    life.vote(motion, day, "F---")
    services.settle_deal(deal=slow, by=life.approver, now=at(day))
    motion.refresh_from_db()
    life.vote(motion, day + timedelta(days=7), "FFFF")
    member = life.committee[0]
    services.state_conflict(
        seat=motion.seats.get(member=member),
        recuse=True,
        reason="뒤늦게 알았음",
        by=member,
        now=at(day + timedelta(days=7)),
    )
    slow.motion = motion
    services.settle_deal(deal=slow, by=life.approver, now=at(day + timedelta(days=7)))
    services.decline_deal(deal=slow, by=life.manager, reason="계약 조건이 맞지 않았습니다")
    life.move(fund, SubFundStatus.SUSPENDED, day)
    life.move(fund, SubFundStatus.INVESTING, day + timedelta(days=20))
    cancelled = life.select(90, day)
    life.gather(cancelled, day)
    life.move(cancelled, SubFundStatus.CANCELLED, day)


def _of(lots: list[Lot], instrument: str, place: int = 0) -> Lot:
    """The lot of that instrument, the first or a later one."""
    return [lot for lot in lots if lot.instrument == instrument][place]


def _securities(life: Life, lots: list[Lot]) -> None:
    """A SAFE meets its round and becomes common in the end; shares are split."""
    day = date(2021, 6, 7)
    preferred = services.convert_lot(
        lot=_of(lots, "SAFE"), to="RCPS", on=day, by=life.manager, now=at(day), pre_money=12_000_000_000,
        shares=600_000, ratio_new=1, ratio_old=1,
    )  # fmt: skip
    services.convert_lot(lot=preferred, to="COMMON", on=date(2023, 6, 5), by=life.manager, now=at(date(2023, 6, 5)))
    services.split_lot(lot=_of(lots, "COMMON"), new=5, old=1, on=day, by=life.manager, now=at(day))


def _values(life: Life, lots: list[Lot]) -> None:
    """Yearly values of a third of the holdings; one challenged, one above a billion; losses for every reason."""
    for year in (2021, 2023, 2025):
        for lot in lots[4 : len(lots) - 1 : 5]:
            life.value(lot.holding, lot.cost * (100 + 15 * (year - 2019)) // 100, date(year, 12, 31))
    doubted = life.submit(lots[2].holding, 250 * _MILLION, date(2021, 9, 30))
    services.challenge_valuation(valuation=doubted, by=life.approver, reason="근거가 부족합니다")
    services.resubmit_valuation(
        valuation=doubted, amount=220 * _MILLION, evidence="감사보고서", by=life.manager, now=at(date(2021, 11, 30))
    )
    services.approve_valuation(valuation=doubted, by=life.approver)
    services.publish_valuation(valuation=doubted, by=life.manager, now=at(date(2021, 12, 1)))
    life.value(lots[2].holding, 1_500 * _MILLION, date(2022, 3, 31))
    for lot, reason in zip(lots[5:9], ("PERFORMANCE", "IMPAIRMENT", "CLOSURE", "OTHER"), strict=True):
        life.measure(lot.holding, "WRITE_DOWN", _sixty(lot), date(2022, 6, 30), reason=reason)
    life.measure(lots[5].holding, "RESTORE", _sixty(lots[5]), date(2022, 9, 30))
    lost = lots[7]
    life.measure(lost.holding, "WRITE_DOWN", lost.cost - _sixty(lost), date(2022, 12, 30), reason="CLOSURE")
    life.measure(lost.holding, "SALE", _sixty(lost) // 60, date(2023, 2, 1), lot=lost)
    refused = services.propose_measure(
        holding=lots[8].holding, kind="WRITE_DOWN", amount=1, on=date(2023, 2, 1), reason="OTHER", by=life.manager,
        now=at(date(2023, 2, 1)),
    )  # fmt: skip
    services.refuse_measure(measure=refused, by=life.approver, reason="근거가 없습니다")


def _sixty(lot: Lot) -> int:
    """Sixty million won in the currency of the lot's sub-fund."""
    return worth(lot.holding.sub_fund, 60 * _MILLION)


def _companies(life: Life, lots: list[Lot]) -> None:
    """Every company at the first investment and three years later, a third of them outside Seoul; one word put right."""
    for number, lot in enumerate(lots[:-1]):
        company, first = lot.holding.company, lot.holding.first_cash_date
        town = "경기도 성남시" if number % 3 == 2 else "서울특별시 마포구"
        people, sales = 4 + number % 9, (80 + 15 * (number % 6)) * _MILLION
        before = first - timedelta(days=45)
        life.report(company, before, "CERTIFICATE", statutory=("STARTUP", "VENTURE", "NEITHER")[number % 3])
        life.report(company, first, "INSURANCE", headcount=people, sales=sales, address=town, shares=100_000)
        later = date(first.year + 3, 12, 31)
        life.report(company, later, "TAX", headcount=people + number % 7 - 1, sales=2 * sales, address=town)
    corrected = lots[0].holding
    life.report(corrected.company, corrected.first_cash_date, "INSURANCE", headcount=6, shares=100_000)


def _figures(life: Life, lots: list[Lot]) -> None:
    """The second quarter of 2021 is published and told to the partners, a value of it corrected in the fourth: restated, and told anew."""
    life.value(lots[1].holding, 300 * _MILLION, date(2021, 6, 30))
    statements.issue(life, life.publish(date(2021, 6, 30), date(2021, 8, 16)))
    life.value(lots[1].holding, 260 * _MILLION, date(2021, 6, 30), date(2021, 11, 1))
    statements.issue(life, life.publish(date(2021, 6, 30), date(2021, 12, 6)))


def _partners(life: Life, funds: list[SubFund]) -> None:
    """A partner defaults and lifts the City over its cap, pays after all; another part is let go, and that is waived."""
    day, fund = date(2022, 7, 4), funds[2]
    services.adopt_agreement(
        sub_fund=fund, start=date(2022, 7, 1), terms={**TERMS, "fee_bp": 150}, by=life.approver, now=at(day)
    )
    one = fund.commitments.get(partner=life.partners["first"])
    services.default_commitment(commitment=one, by=life.approver, now=at(day), reason="납입 불능")
    services.cure_default(commitment=one, by=life.approver, now=at(day + timedelta(days=30)))
    one = funds[0].commitments.get(partner=life.partners["first"])
    services.release_commitment(
        commitment=one, amount=one.unfunded * 9 // 10, on=day + timedelta(days=60), by=life.approver,
        now=at(day + timedelta(days=60)),
    )  # fmt: skip
    life.programme.refresh_from_db()
    if life.programme.cap_breach is not None:
        services.waive_breach(
            breach=life.programme.cap_breach, by=life.approver, now=at(day + timedelta(days=70)),
            reason="민간 출자자의 해지로 생긴 초과",
        )  # fmt: skip


def _harvest(life: Life, funds: list[SubFund], lots: list[Lot]) -> None:
    """Fees, expenses, income; sales and a redemption; all three kinds of distribution, one of them undone; carry."""
    for fund in funds:
        assert fund.formed_date is not None
        life.settle(fund, "FEE", date(2020, 12, 31), start=fund.formed_date, until=date(2020, 6, 30))
    first = funds[0]
    wrong = life.settle(first, "EXPENSE", date(2023, 1, 16), amount=3 * _MILLION, note="회계감사")
    services.reverse_settlement(settlement=wrong, by=life.approver, now=at(date(2023, 1, 20)), reason="금액이 다릅니다")
    life.settle(first, "INCOME", date(2023, 1, 31), amount=12 * _MILLION, note="예금 이자")
    sent_back = services.propose_settlement(
        sub_fund=first, kind="INCOME", on=date(2023, 1, 31), amount=1, by=life.manager, now=at(date(2023, 2, 1))
    )
    services.refuse_settlement(settlement=sent_back, by=life.approver, reason="증빙이 없습니다")
    redeemed = _of(lots, "RCPS", 1)
    life.measure(redeemed.holding, "REDEEM", redeemed.cost * 12 // 10, date(2023, 3, 6), lot=redeemed)
    life.measure(
        lots[0].holding, "SALE", 900 * _MILLION, date(2023, 3, 13), lot=Lot.objects.get(pk=lots[0].pk), units=5_000
    )
    life.distribute(first, 200 * _MILLION, date(2023, 4, 3), "RECALLABLE")
    life.distribute(first, 100 * _MILLION, date(2023, 5, 2), "EXCESS_RETURN")
    undone = life.distribute(first, 50 * _MILLION, date(2023, 6, 1))
    services.reverse_distribution(distribution=undone, by=life.approver, now=at(date(2023, 6, 5)), reason="기준일 오류")


def _end(life: Life, rich: SubFund, poor: SubFund) -> None:
    """One sub-fund earns beyond its hurdle and calls once more for a loss; another ends below what was paid in."""
    star = rich.holdings.filter(status="HELD").order_by("id").first()
    assert star is not None
    lot = star.lots.filter(cost__gt=0).first()
    life.measure(star, "SALE", 12_000 * _MILLION * (rich.commitments.count() // 4 or 1), date(2024, 3, 4), lot=lot)
    life.move(rich, SubFundStatus.HARVESTING, date(2024, 3, 5))
    life.distribute(rich, queries.books.free_cash(rich, on=date(2024, 4, 1)), date(2024, 4, 1))
    life.settle(rich, "EXCESS_TRANSFER", date(2024, 4, 15))
    life.move(rich, SubFundStatus.EXTENDED, date(2024, 6, 3))
    loss = life.ask(rich, 0, date(2024, 7, 1), [Asked("EXPENSE", 4_000 * _MILLION)])
    life.pay(loss, date(2024, 7, 29))
    life.settle(rich, "EXPENSE", date(2024, 8, 5), amount=4_000 * _MILLION, note="손해배상")
    life.settle(rich, "CLAWBACK", date(2024, 9, 2))
    life.move(poor, SubFundStatus.HARVESTING, date(2025, 1, 6))
    life.move(poor, SubFundStatus.LIQUIDATING, date(2025, 1, 7))
    for holding in poor.holdings.exclude(status="EXITED").order_by("id"):
        for lot in holding.lots.filter(cost__gt=0).order_by("id"):
            life.measure(holding, "SALE", lot.cost * 6 // 10, date(2025, 1, 20), lot=lot)
            holding.refresh_from_db()
    life.settle(poor, "EXPENSE", date(2025, 1, 31), amount=800 * _MILLION, note="청산 비용")
    life.settle(poor, "FIRST_LOSS", date(2025, 2, 3))
    cash = queries.books.free_cash(poor, on=date(2025, 3, 4))
    life.distribute(poor, cash, date(2025, 3, 4))
    life.move(poor, SubFundStatus.CLOSED, date(2025, 6, 30))


REHEARSAL = Rehearsal("fund", play, ("planned", "small"), tested=("small",))
