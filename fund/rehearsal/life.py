"""How the people of the fund act in a rehearsal: each step by the service and the person whose step it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fund import services
from fund.enums import PartnerRole, SubFundStatus
from fund.models import (
    CapitalCall,
    Commitment,
    Company,
    CompanyReport,
    Deal,
    Distribution,
    Holding,
    Lot,
    Motion,
    Partner,
    Programme,
    Snapshot,
    SubFund,
    Valuation,
)
from fund.services import Asked
from portal.accounts import demo
from portal.accounts.models import Cluster, Organisation, User
from portal.accounts.services import register_organisation
from portal.core.business_number import check_digit
from portal.core.periods import SEOUL
from portal.plan.registry import fact

#: Business numbers of this rehearsal's own companies begin so.
PREFIX = "9973"
TERMS = {
    "hurdle_bp": 600, "carry_bp": 2000, "fee_bp": 200, "late_close_bp": 300, "first_loss_bp": 100, "excess_transfer_bp": 3000,
}  # fmt: skip
_SECTORS = ("블록체인", "핀테크", "보안")
_FIRST = ("가온", "나래", "다솔", "라온", "마루", "바른", "새론", "아람", "자올", "하람")
_LAST = ("체인", "페이", "원장", "인증", "데이터", "지갑")


#: Won for a dollar on the day of the close, and what a sub-fund in dollars is made with: units of 100 dollars, in cents.
RATE = Decimal(1250)
DOLLARS = {"currency": "USD", "unit_price": 10_000}


def worth(sub_fund: SubFund, won: int) -> int:
    """What so many won are in the smallest unit of the sub-fund's currency, at the rate of the close."""
    return won if sub_fund.currency == "KRW" else int(won * 100 / RATE)


def at(day: date) -> datetime:
    """Ten in the morning of that day in Seoul."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=SEOUL)


@dataclass
class Life:
    """The programme and its people; what was made stands in the database."""

    cluster: Cluster
    people: dict[str, User]
    programme: Programme = field(init=False)
    partners: dict[str, Partner] = field(init=False, default_factory=dict)
    companies: list[Company] = field(init=False, default_factory=list)
    tenants: int = 0
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

    def begin(self, on: date) -> None:
        """13.6 of 100 billion won, announced in October 2018, with a cap of 14 %."""
        play = Programme.objects.filter(code__startswith="rehearsal-fund-").count() + 1
        self.programme = services.create_programme(
            cluster=self.cluster, code=f"rehearsal-fund-{play}", name_ko=f"블록체인 펀드 예행 {play}",
            name_en=f"Blockchain fund, rehearsal {play}", amount=13_600_000_000, target_total=100_000_000_000,
            cap_bp=1400, warn_bp=1360, by=self.approver, now=at(on),
        )  # fmt: skip
        for start, days in ((date(2019, 1, 1), 90), (date(2020, 1, 1), 60)):
            services.set_report_terms(
                programme=self.programme,
                start=start,
                source="운용지침",
                by=self.approver,
                now=at(on),
                quarter_days=days,
            )
        manager = self.organisation(f"예행벤처스 {play}", f"Rehearsal Ventures {play}", on)
        roles = {
            "city": (PartnerRole.CITY, "서울시", "Seoul Metropolitan Government", None),
            "fof": (PartnerRole.FOF, "모태펀드", "Korea Fund of Funds", None),
            "first": (PartnerRole.PRIVATE, "첫째캐피탈", "First Capital", None),
            "second": (PartnerRole.PRIVATE, "둘째금융", "Second Finance", None),
            "late": (PartnerRole.PRIVATE, "늦은투자", "Late Investors", None),
            "gp": (PartnerRole.GP, "예행벤처스", "Rehearsal Ventures", manager),
        }
        for key, (role, name_ko, name_en, company) in roles.items():
            self.partners[key] = services.add_partner(
                programme=self.programme, role=role, name_ko=name_ko, name_en=name_en, organisation=company,
                by=self.manager,
            )  # fmt: skip

    def organisation(self, name_ko: str, name_en: str, on: date) -> Organisation:
        """A company with a number of its own, registered by its master."""
        number = Organisation.objects.filter(business_number__startswith=PREFIX).count()
        nine = f"{PREFIX}{number:05}"
        full = f"{nine}{check_digit(nine)}"
        master = User.objects.create_user(
            f"master-{full}@{demo.DOMAIN}", name=f"{name_ko} 대표", is_demo=True, joined_at=at(on)
        )
        return register_organisation(
            by=master, business_number=full, name_ko=name_ko, name_en=name_en, representative=master.name, now=at(on),
            is_demo=True,
        )  # fmt: skip

    def gather_companies(self, count: int, sub_fund: SubFund, on: date) -> None:
        """Hub tenants that are here first, as many as there are up to a quarter; the others are invented."""
        tenants = [
            one for one in Organisation.objects.exclude(business_number__startswith=PREFIX).order_by("id")[:200]
            if fact("tenancy.is_tenant", organisation=one, on=date(2020, 6, 1))
        ][: count // 4]  # fmt: skip
        self.tenants = len(tenants)
        for number in range(count):
            name_ko = f"{_FIRST[number % 10]}{_LAST[number // 10 % 6]}{'' if number < 60 else number}"
            known = (
                tenants[number] if number < len(tenants) else self.organisation(name_ko, f"Company {number + 1}", on)
            )
            self.companies.append(
                services.add_company(
                    sub_fund=sub_fund, name_ko=f"{known.name_ko} ({number + 1})", name_en=f"Company {number + 1}",
                    organisation=known, sector=_SECTORS[number % 3], by=self.manager,
                )
            )  # fmt: skip

    def select(self, number: int, on: date, **fields: Any) -> SubFund:
        """A sub-fund whose manager was chosen; ``fields`` where it differs, such as its currency."""
        organisation = self.partners["gp"].organisation
        assert organisation is not None
        made = services.create_sub_fund(
            programme=self.programme, manager=organisation, code=f"{self.programme.code}-{number}",
            name_ko=f"예행 {number}호", name_en=f"Rehearsal {number}", vintage=on.year, by=self.manager, now=at(on),
            **fields,
        )  # fmt: skip
        services.move_sub_fund(sub_fund=made, to=SubFundStatus.SELECTED, by=self.approver, now=at(on))
        return made

    def gather(self, made: SubFund, on: date, **terms: Any) -> None:
        services.move_sub_fund(sub_fund=made, to=SubFundStatus.GATHERING, by=self.manager, now=at(on))
        services.adopt_agreement(sub_fund=made, start=on, terms={**TERMS, **terms}, by=self.approver, now=at(on))

    def commit(self, made: SubFund, key: str, units: int, on: date) -> Commitment:
        one = services.prepare_commitment(
            sub_fund=made, partner=self.partners[key], units=units, by=self.manager, now=at(on)
        )
        if key == "city":
            services.record_consent(commitment=one, number="의안 제200호", amount=one.amount, by=self.manager)
        services.sign_commitment(commitment=one, by=self.approver, now=at(on))
        return one

    def form(self, made: SubFund, units: dict[str, int], on: date) -> None:
        """The first close, the registration, the first day of investing."""
        for key, number in units.items():
            self.commit(made, key, number, on)
        rate, source = (None, "") if made.currency == "KRW" else (RATE, "서울외국환중개 매매기준율(예행)")
        services.hold_close(sub_fund=made, on=on, by=self.approver, now=at(on), rate=rate, rate_source=source)
        registered = on + timedelta(days=14)
        services.move_sub_fund(
            sub_fund=made, to=SubFundStatus.REGISTERED, by=self.manager, now=at(registered), on=registered
        )
        self.move(made, SubFundStatus.INVESTING, registered)

    def move(self, made: SubFund, to: SubFundStatus, on: date) -> None:
        decided = to in (SubFundStatus.EXTENDED, SubFundStatus.CLOSED, SubFundStatus.CANCELLED)
        services.move_sub_fund(sub_fund=made, to=to, by=self.approver if decided else self.manager, now=at(on))

    def ask(self, made: SubFund, amount: int, on: date, lines: Sequence[Asked] = ()) -> CapitalCall:
        """A call proposed, approved by another and issued."""
        asked = lines or [Asked("INVESTMENT", amount * 9 // 10), Asked("FEE", amount - amount * 9 // 10)]
        call = services.propose_call(
            sub_fund=made, due=on + timedelta(days=28), lines=asked, by=self.manager, now=at(on)
        )
        self.issue(call, on)
        return call

    def issue(self, call: CapitalCall, on: date) -> None:
        services.approve_call(call=call, by=self.approver, now=at(on))
        services.issue_call(call=call, by=self.manager, now=at(on))

    def pay(self, call: CapitalCall, on: date, least: int = 0) -> None:
        """Whatever is open of the call arrives; ``least`` partners still do not pay."""
        shares = list(call.shares.filter(revision=call.revision).exclude(status="PAID").order_by("commitment_id"))
        for share in shares[: len(shares) - least]:
            self.receipts += 1
            services.receive(
                share=share, amount=share.open, on=on, reference=f"{self.programme.code}-{self.receipts}",
                by=self.manager, now=at(on),
            )  # fmt: skip
        call.refresh_from_db()

    def propose(self, made: SubFund, company: Company, instrument: str, amount: int, on: date) -> Deal:
        units = 0 if instrument in ("SAFE", "CNOTE", "PROJECT") else 10_000
        terms = {
            "RCPS": {"ratio_new": 1, "ratio_old": 1, "redemption_bp": 300}, "CB": {"ratio_new": 1, "ratio_old": 1},
            "SAFE": {"cap": 5_000_000_000, "discount_bp": 2000}, "CNOTE": {"cap": 5_000_000_000}, "PROJECT": {"revenue_share_bp": 1500},
        }.get(instrument, {})  # fmt: skip
        return services.propose_deal(
            sub_fund=made, company=company, instrument=instrument, amount=amount, units=units, terms=terms,
            thesis="실증 성과와 팀", by=self.manager, now=at(on),
        )  # fmt: skip

    def table(self, deal: Deal, on: date) -> Motion:
        services.examine_deal(deal=deal, by=self.manager)
        services.table_deal(deal=deal, by=self.manager, now=at(on))
        assert deal.motion is not None
        return deal.motion

    def vote(self, motion: Motion, on: date, letters: str = "FFFF") -> None:
        """Each states and votes by its letter: F for, A against, R steps out, - does not vote."""
        for member, letter in zip(self.committee, letters, strict=True):
            seat = motion.seats.get(member=member)
            if seat.status == "PENDING":
                services.state_conflict(seat=seat, recuse=letter == "R", reason="친족", by=member, now=at(on))
        services.open_motion(motion=motion, by=self.approver, now=at(on))
        for member, letter in zip(self.committee, letters, strict=True):
            if letter in "FA":
                vote = "FOR" if letter == "F" else "AGAINST"
                services.cast_ballot(seat=motion.seats.get(member=member), vote=vote, by=member, now=at(on))

    def invest(
        self, made: SubFund, company: Company, instrument: str, amount: int, on: date, letters: str = "FFFF"
    ) -> Lot:
        """A deal through the committee and the contract to the money."""
        deal = self.propose(made, company, instrument, amount, on)
        self.vote(self.table(deal, on), on, letters)
        services.settle_deal(deal=deal, by=self.approver, now=at(on))
        services.contract_deal(deal=deal, by=self.manager)
        return services.fund_deal(deal=deal, on=on, by=self.manager, now=at(on))

    def report(self, company: Company, on: date, source: str, **said: Any) -> CompanyReport:
        """What is known of a company on a day, from a source of the month after."""
        later = on + timedelta(days=30)
        return services.record_report(
            company=company, on=on, source=source, source_date=later, by=self.manager, now=at(later), **said
        )

    def submit(self, holding: Holding, amount: int, on: date, seen: date | None = None) -> Valuation:
        return services.submit_valuation(
            holding=holding, on=on, amount=amount, method="ROUND", level=3, evidence="후속 투자 계약서와 재무제표",
            by=self.manager, now=at(seen or on + timedelta(days=30)),
        )  # fmt: skip

    def value(self, holding: Holding, amount: int, on: date, seen: date | None = None) -> Valuation:
        """A published value; above the policy's amount by the committee."""
        now, row = seen or on + timedelta(days=30), self.submit(holding, amount, on, seen)
        if amount > self.programme.motion_above:
            services.table_valuation(valuation=row, by=self.manager, now=at(now))
            assert row.motion is not None
            self.vote(row.motion, now)
            services.settle_valuation(valuation=row, by=self.approver, now=at(now))
        else:
            services.approve_valuation(valuation=row, by=self.approver)
        services.publish_valuation(valuation=row, by=self.manager, now=at(now))
        return row

    def measure(self, holding: Holding, kind: str, amount: int, on: date, **asked: Any) -> None:
        row = services.propose_measure(
            holding=holding, kind=kind, amount=amount, on=on, by=self.manager, now=at(on), **asked
        )
        services.approve_measure(measure=row, by=self.approver, now=at(on))

    def settle(self, made: SubFund, kind: str, on: date, **asked: Any) -> Any:
        """A fee or settlement, approved by another, paid where it is owed."""
        row = services.propose_settlement(sub_fund=made, kind=kind, on=on, by=self.manager, now=at(on), **asked)
        services.approve_settlement(settlement=row, by=self.approver, now=at(on))
        if row.status == "OWED":
            services.pay_settlement(settlement=row, on=on, by=self.manager, now=at(on))
        return row

    def distribute(self, made: SubFund, amount: int, on: date, kind: str = "PERMANENT") -> Distribution:
        row = services.propose_distribution(sub_fund=made, kind=kind, amount=amount, on=on, by=self.manager, now=at(on))
        services.approve_distribution(distribution=row, by=self.approver)
        services.pay_distribution(distribution=row, by=self.manager, now=at(on))
        return row

    def publish(self, on: date, seen: date) -> Snapshot:
        """The figures of a quarter, known on a later day."""
        row = services.build_snapshot(programme=self.programme, kind="QUARTER", on=on, by=self.manager, now=at(seen))
        services.see_snapshot(snapshot=row, by=self.approver)
        services.publish_snapshot(snapshot=row, by=self.approver, now=at(seen))
        return row
