"""An invented programme for a demonstration: two sub-funds with calls, deals at every step, values and a distribution.

Everything is made by the services, each by its own person; all names are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from fund import services
from fund.enums import PartnerRole, SubFundStatus
from fund.models import CapitalCall, Company, Deal, Holding, Lot, Partner, Programme, SubFund
from fund.services import Asked
from portal.accounts import demo
from portal.accounts.models import Cluster, Organisation, User
from portal.accounts.queries import organisations_of
from portal.accounts.services import register_organisation
from portal.core.business_number import check_digit
from portal.core.periods import SEOUL

CODE = "seoul-blockchain-fund"
#: Role, Korean and English name, whether it has an account here.
PARTNERS = (
    (PartnerRole.CITY, "서울시", "Seoul Metropolitan Government", False),
    (PartnerRole.FOF, "모태펀드", "Korea Fund of Funds", False),
    (PartnerRole.PRIVATE, "다솜캐피탈", "Dasom Capital", True),
    (PartnerRole.PRIVATE, "해든금융", "Haedeun Finance", False),
    (PartnerRole.GP, "가람벤처스", "Garam Ventures", True),
)
UNITS = (2_720, 8_000, 5_000, 3_280, 1_000)
SECOND_UNITS = (1_360, 4_000, 2_500, 1_640, 500)
TERMS = {"hurdle_bp": 600, "carry_bp": 2000, "fee_bp": 200, "late_close_bp": 300}
_RATIO = {"ratio_new": 1, "ratio_old": 1}
#: Korean and English name, instrument, won, units, terms, day of payment.
DEALS: tuple[tuple[str, str, str, int, int, dict[str, int], date], ...] = (
    ("가온체인", "Gaon Chain", "RCPS", 1_000_000_000, 10_000, _RATIO, date(2019, 7, 1)),
    ("아라페이", "Ara Pay", "SAFE", 500_000_000, 0, {"cap": 5_000_000_000, "discount_bp": 2000}, date(2019, 10, 1)),
    ("미르증권형토큰", "Mir Tokens", "CB", 800_000_000, 8_000, _RATIO, date(2020, 4, 1)),
    ("바로인증", "Baro ID", "COMMON", 600_000_000, 3_000, {}, date(2020, 9, 1)),
    ("별하물류 실증", "Byeolha Logistics pilot", "PROJECT", 300_000_000, 0, {"revenue_share_bp": 1500}, date(2021, 2, 1)),
)  # fmt: skip


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SEOUL)


@dataclass
class Story:
    """The people of the demonstration, and what they have made so far."""

    people: dict[str, User]
    now: datetime
    programme: Programme = field(init=False)
    partners: list[Partner] = field(init=False, default_factory=list)
    receipts: int = 0

    @property
    def manager(self) -> User:
        return self.people["fund"]

    @property
    def approver(self) -> User:
        return self.people["fund-approver"]

    @property
    def committee(self) -> list[User]:
        return [user for key, user in sorted(self.people.items()) if key.startswith("committee")]

    def begin(self, cluster: Cluster) -> None:
        """The programme of 13.6 of 100 billion won, and its partners."""
        start = _at(date(2019, 1, 7))
        self.programme = services.create_programme(
            cluster=cluster, code=CODE, name_ko="서울 블록체인 펀드", name_en="Seoul blockchain fund",
            amount=13_600_000_000, target_total=100_000_000_000, cap_bp=1400, warn_bp=1360, by=self.approver, now=start,
        )  # fmt: skip
        for number, (role, name_ko, name_en, known) in enumerate(PARTNERS, start=1):
            master = self.people["gp"] if role == PartnerRole.GP else None
            company = self._organisation(number, name_ko, name_en, start, master) if known else None
            self.partners.append(
                services.add_partner(
                    programme=self.programme,
                    role=role,
                    name_ko=name_ko,
                    name_en=name_en,
                    organisation=company,
                    by=self.manager,
                )
            )

    def _organisation(
        self, number: int, name_ko: str, name_en: str, now: datetime, master: User | None
    ) -> Organisation:
        email = f"partner{number}@{demo.DOMAIN}"
        master = master or User.objects.create_user(email, name=f"{name_ko} 담당", is_demo=True, joined_at=now)
        nine = f"{918_870_000 + number:09}"
        return register_organisation(
            by=master, business_number=f"{nine}{check_digit(nine)}", name_ko=name_ko, name_en=name_en,
            representative=master.name, now=now, is_demo=True,
        )  # fmt: skip

    def form(self, code: str, name_ko: str, name_en: str, units: tuple[int, ...], on: date) -> SubFund:
        """A sub-fund from the choice of its manager to its first investment day."""
        now, managed = _at(on), self.partners[-1].organisation
        assert managed is not None
        made = services.create_sub_fund(
            programme=self.programme, manager=managed, code=code, name_ko=name_ko, name_en=name_en, vintage=on.year,
            by=self.manager, now=now,
        )  # fmt: skip
        services.move_sub_fund(sub_fund=made, to=SubFundStatus.SELECTED, by=self.approver, now=now)
        services.move_sub_fund(sub_fund=made, to=SubFundStatus.GATHERING, by=self.manager, now=now)
        services.adopt_agreement(sub_fund=made, start=on, terms=TERMS, by=self.approver, now=now)
        for partner, number in zip(self.partners, units, strict=True):
            one = services.prepare_commitment(sub_fund=made, partner=partner, units=number, by=self.manager, now=now)
            if partner.role == PartnerRole.CITY:
                services.record_consent(commitment=one, number="의안 제123호", amount=one.amount, by=self.manager)
            services.sign_commitment(commitment=one, by=self.approver, now=now)
        services.hold_close(sub_fund=made, on=on, by=self.approver, now=now)
        registered = on + timedelta(days=14)
        services.move_sub_fund(
            sub_fund=made, to=SubFundStatus.REGISTERED, by=self.manager, now=_at(registered), on=registered
        )
        services.move_sub_fund(sub_fund=made, to=SubFundStatus.INVESTING, by=self.manager, now=_at(registered))
        return made

    def call(self, sub_fund: SubFund, amount: int, on: date, *, paid: bool = True) -> CapitalCall:
        """Money called on a day and, where ``paid``, received on the day it is due."""
        now, due = _at(on), on + timedelta(days=28)
        lines = [Asked("INVESTMENT", amount * 9 // 10), Asked("FEE", amount // 10)]
        call = services.propose_call(sub_fund=sub_fund, due=due, lines=lines, by=self.manager, now=now)
        if paid:
            services.approve_call(call=call, by=self.approver, now=now)
            for share in services.issue_call(call=call, by=self.manager, now=now):
                self.receipts += 1
                services.receive(
                    share=share, amount=share.amount, on=due, reference=f"DEMO-{self.receipts:04}", by=self.manager,
                    now=_at(due),
                )  # fmt: skip
        return call

    def company(self, sub_fund: SubFund, name_ko: str, name_en: str, **fields: Any) -> Company:
        return services.add_company(
            sub_fund=sub_fund, name_ko=name_ko, name_en=name_en, sector="블록체인", by=self.manager, **fields
        )

    def propose(
        self, sub_fund: SubFund, company: Company, instrument: str, amount: int, units: int, terms: dict[str, int],
        now: datetime,
    ) -> Deal:  # fmt: skip
        """A deal after the first look."""
        return services.propose_deal(
            sub_fund=sub_fund, company=company, instrument=instrument, amount=amount, units=units, terms=dict(terms),
            thesis="분산원장 기술의 실증 성과와 팀을 보고 투자합니다.", by=self.manager, now=now,
        )  # fmt: skip

    def invest(self, sub_fund: SubFund, number: int) -> Lot:
        """One of ``DEALS`` through the committee to the money; in the second, one member steps out."""
        name_ko, name_en, instrument, amount, units, terms, on = DEALS[number]
        now, fields = _at(on), {}
        if number == 0:
            fields = {"organisation": organisations_of(self.people["startup"]).first()}
        deal = self.propose(
            sub_fund, self.company(sub_fund, name_ko, name_en, **fields), instrument, amount, units, terms, now
        )
        services.examine_deal(deal=deal, by=self.manager)
        services.table_deal(deal=deal, by=self.manager, now=now)
        assert deal.motion is not None
        for place, member in enumerate(self.committee):
            seat = deal.motion.seats.get(member=member)
            recuse = (number, place) == (1, 0)
            services.state_conflict(seat=seat, recuse=recuse, reason="지인이 임원으로 있음", by=member, now=now)
        services.open_motion(motion=deal.motion, by=self.approver, now=now)
        for seat in deal.motion.seats.filter(status="CLEAR").select_related("member"):
            services.cast_ballot(seat=seat, vote="FOR", by=seat.member, now=now)
        services.settle_deal(deal=deal, by=self.approver, now=now)
        services.contract_deal(deal=deal, by=self.manager)
        return services.fund_deal(deal=deal, on=on, by=self.manager, now=now)

    def value(self, holding: Holding, amount: int, on: date) -> None:
        """A published value."""
        now = _at(on + timedelta(days=30))
        found = services.submit_valuation(
            holding=holding, on=on, amount=amount, method="ROUND", level=3, evidence="후속 투자 계약서와 재무제표",
            by=self.manager, now=now,
        )  # fmt: skip
        services.approve_valuation(valuation=found, by=self.approver)
        services.publish_valuation(valuation=found, by=self.manager, now=now)

    def measure(self, holding: Holding, kind: str, amount: int, on: date, **fields: Any) -> None:
        """A write-down or an exit, approved by another person."""
        found = services.propose_measure(
            holding=holding, kind=kind, amount=amount, on=on, by=self.manager, now=_at(on), **fields
        )
        services.approve_measure(measure=found, by=self.approver, now=_at(on))


def load(cluster: Cluster, now: datetime) -> Programme:
    """Play the story once; a programme that is there already is left as it is."""
    found = Programme.objects.filter(code=CODE).first()
    if found is not None:
        return found
    people = {user.email.partition("@")[0]: user for user in demo.load(now=now)}
    story = Story(people, now)
    story.begin(cluster)
    first = story.form("madang-1", "마당 블록체인 1호", "Madang Blockchain I", UNITS, date(2019, 3, 4))
    story.call(first, 4_000_000_000, date(2019, 4, 1))
    lots = [story.invest(first, number) for number in range(len(DEALS))]
    _grow(story, first, lots)
    second = story.form("madang-2", "마당 블록체인 2호", "Madang Blockchain II", SECOND_UNITS, date(2021, 5, 3))
    story.call(second, 1_000_000_000, date(2021, 6, 1))
    story.call(second, 500_000_000, now.astimezone(SEOUL).date(), paid=False)
    _waiting(story, second)
    _reported(story)
    _publish(story)
    return story.programme


def _grow(story: Story, first: SubFund, lots: list[Lot]) -> None:
    """A SAFE meets its round, values rise and fall, a part is sold and distributed."""
    gaon, ara, mir, baro, _pilot = (lot.holding for lot in lots)
    services.convert_lot(
        lot=lots[1], to="RCPS", on=date(2021, 6, 1), by=story.manager, now=_at(date(2021, 6, 1)),
        pre_money=12_000_000_000, shares=600_000, ratio_new=1, ratio_old=1,
    )  # fmt: skip
    story.value(ara, 950_000_000, date(2021, 6, 30))
    story.value(gaon, 980_000_000, date(2021, 12, 31))
    story.value(mir, 820_000_000, date(2021, 12, 31))
    story.measure(baro, "WRITE_DOWN", 400_000_000, date(2022, 6, 30), reason="PERFORMANCE")
    story.measure(gaon, "SALE", 900_000_000, date(2023, 3, 2), lot=lots[0], units=5_000)
    fee = services.propose_settlement(
        sub_fund=first, kind="FEE", on=date(2020, 3, 3), start=date(2019, 3, 4), until=date(2020, 3, 2),
        by=story.manager, now=_at(date(2020, 3, 3)),
    )  # fmt: skip
    services.approve_settlement(settlement=fee, by=story.approver, now=_at(date(2020, 3, 4)))
    services.pay_settlement(settlement=fee, on=date(2020, 3, 5), by=story.manager, now=_at(date(2020, 3, 5)))
    day = date(2023, 4, 3)
    row = services.propose_distribution(
        sub_fund=first, kind="PERMANENT", amount=800_000_000, on=day, by=story.manager, now=_at(day)
    )
    services.approve_distribution(distribution=row, by=story.approver)
    services.pay_distribution(distribution=row, by=story.manager, now=_at(day))


def _waiting(story: Story, second: SubFund) -> None:
    """What waits for somebody today: a first look, a diligence, a motion without statements, a value."""
    names = (("온새미로", "Onsaemiro"), ("다온분석", "Daon Analytics"), ("윤슬지갑", "Yunseul Wallet"))
    deals = [
        story.propose(second, story.company(second, *name), "RCPS", 200_000_000, 2_000, _RATIO, story.now)
        for name in names
    ]
    for deal in deals[1:]:
        services.examine_deal(deal=deal, by=story.manager)
    services.table_deal(deal=deals[2], by=story.manager, now=story.now)
    holding = Holding.objects.filter(sub_fund__programme=story.programme, status="HELD").order_by("id").last()
    assert holding is not None
    services.submit_valuation(
        holding=holding, on=story.now.astimezone(SEOUL).date(), amount=350_000_000, method="DCF", level=3,
        evidence="사업계획과 매출 추정", by=story.manager, now=story.now,
    )  # fmt: skip


def _reported(story: Story) -> None:
    """Managers report from the first quarter of last year on."""
    start = date(story.now.astimezone(SEOUL).year - 1, 1, 1)
    services.set_report_terms(
        programme=story.programme,
        start=start,
        source="서울 블록체인 펀드 운용지침 제9조",
        by=story.approver,
        now=story.now,
    )


def _publish(story: Story) -> None:
    """The figures at the end of the last quarter, for everybody to read."""
    today = story.now.astimezone(SEOUL).date()
    last = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    row = services.build_snapshot(programme=story.programme, kind="QUARTER", on=last, by=story.manager, now=story.now)
    services.see_snapshot(snapshot=row, by=story.approver)
    services.publish_snapshot(snapshot=row, by=story.approver, now=story.now)
