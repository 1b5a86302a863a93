"""A programme with sub-funds for tests: everything is made by the services, each by its own person."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from fund import services
from fund.enums import PartnerRole, SubFundStatus
from fund.models import (
    CapitalCall,
    Commitment,
    Deal,
    Duty,
    Holding,
    Lot,
    Measure,
    Motion,
    Partner,
    Programme,
    SubFund,
    Valuation,
)
from fund.services import Asked
from portal.accounts.models import User
from tests.factories import people

NOW = datetime(2019, 3, 4, 1, 0, tzinfo=UTC)
FORMED = date(2019, 3, 4)
INVESTED = datetime(2019, 6, 3, 1, 0, tzinfo=UTC)
DAY = INVESTED.date()
TERMS = {"hurdle_bp": 600, "carry_bp": 2000, "fee_bp": 200, "late_close_bp": 300}
#: Won for a unit of another currency at a close.
RATE = Decimal("1123.5")
_count = itertools.count(1)


@dataclass
class House:
    """A programme, its people, its partners by role."""

    programme: Programme
    manager: User
    approver: User
    partners: dict[str, Partner] = field(default_factory=dict)
    sub_fund: SubFund | None = None
    committee: list[User] = field(default_factory=list)

    def commit(self, role: str, units: int, *, sub_fund: SubFund | None = None, now: datetime = NOW) -> Commitment:
        """A signed commitment."""
        sub_fund = sub_fund or self.sub_fund
        made = services.prepare_commitment(
            sub_fund=sub_fund, partner=self.partners[role], units=units, by=self.manager, now=now
        )
        if self.partners[role].role == PartnerRole.CITY:
            services.record_consent(commitment=made, number="의안 123", amount=made.amount, by=self.manager)
        services.sign_commitment(commitment=made, by=self.approver, now=now)
        return made

    def close(self, on: date = FORMED, now: datetime = NOW) -> None:
        quoted = {} if self.sub_fund.currency == "KRW" else {"rate": RATE, "rate_source": "서울외국환중개 매매기준율"}
        services.hold_close(sub_fund=self.sub_fund, on=on, by=self.approver, now=now, **quoted)

    def call(
        self, amount: int, *, due: date | None = None, now: datetime = NOW, lines: Sequence[Asked] = ()
    ) -> CapitalCall:
        """Proposed, approved by another, issued."""
        call = self.proposed(amount, due=due, now=now, lines=lines)
        services.approve_call(call=call, by=self.approver, now=now)
        services.issue_call(call=call, by=self.manager, now=now)
        return call

    def proposed(
        self, amount: int, *, due: date | None = None, now: datetime = NOW, lines: Sequence[Asked] = ()
    ) -> CapitalCall:
        due = due or (now + timedelta(days=21)).date()
        asked = lines or [Asked("INVESTMENT", amount)]
        return services.propose_call(sub_fund=self.sub_fund, due=due, lines=asked, by=self.manager, now=now)

    def pay(self, call: CapitalCall, *, now: datetime | None = None) -> None:
        """Every partner pays its share on the day it is due."""
        now = now or datetime.combine(call.due_date, NOW.timetz())
        for share in call.shares.filter(revision=call.revision).exclude(status="PAID").order_by("commitment_id"):
            self.receive(share, share.open, now=now)
        call.refresh_from_db()

    def receive(self, share, amount: int, *, now: datetime) -> None:
        services.receive(
            share=share, amount=amount, on=now.date(), reference=f"B{next(_count)}", by=self.manager, now=now
        )


def house(**policy: int) -> House:
    """A programme of 13.6 of 100 billion won with the City, the fund of funds, two private partners and a manager."""
    cluster = people.cluster("seoul")
    manager = people.with_role("fund.manager", cluster=cluster)
    approver = people.with_role("fund.approver", cluster=cluster)
    figures = {"amount": 13_600_000_000, "target_total": 100_000_000_000, "cap_bp": 1400, "warn_bp": 1360, **policy}
    programme = services.create_programme(
        cluster=cluster, code=f"programme-{next(_count)}", name_ko="블록체인 펀드", name_en="Blockchain fund",
        by=approver, now=NOW, **figures,
    )  # fmt: skip
    made = House(programme, manager, approver)
    for key, role in (("city", "CITY"), ("fof", "FOF"), ("alpha", "PRIVATE"), ("beta", "PRIVATE"), ("gp", "GP")):
        organisation = people.company(name=f"출자자 {key}") if key in ("alpha", "gp") else None
        made.partners[key] = services.add_partner(
            programme=programme, role=role, name_ko=f"출자자 {key}", name_en=key, organisation=organisation, by=manager
        )
    return made


def gathering(made: House, **fields) -> SubFund:
    """A sub-fund whose manager was chosen and whose agreement stands."""
    sub_fund = services.create_sub_fund(
        programme=made.programme,
        manager=made.partners["gp"].organisation,
        by=made.manager,
        now=NOW,
        **{"code": f"fund-{next(_count)}", "name_ko": "마당 1호", "name_en": "Madang I", "vintage": 2019, **fields},
    )
    services.move_sub_fund(sub_fund=sub_fund, to=SubFundStatus.SELECTED, by=made.approver, now=NOW)
    services.move_sub_fund(sub_fund=sub_fund, to=SubFundStatus.GATHERING, by=made.manager, now=NOW)
    services.adopt_agreement(sub_fund=sub_fund, start=FORMED, terms=TERMS, by=made.approver, now=NOW)
    made.sub_fund = sub_fund
    return sub_fund


def formed(units: dict[str, int] | None = None, *, into: House | None = None, **fields) -> House:
    """A sub-fund after its first close, of a programme of its own or of ``into``; by default 140 of 1,000 units are the City's."""
    made = into or house()
    gathering(made, **fields)
    for role, number in (units or {"city": 140, "fof": 400, "alpha": 300, "beta": 150, "gp": 10}).items():
        made.commit(role, number)
    made.close()
    return made


def investing(cash: int = 500_000_000, **fields) -> House:
    """A sub-fund that may invest, with so much money called and paid, and a committee of four."""
    made = formed(**fields)
    services.move_sub_fund(
        sub_fund=made.sub_fund, to=SubFundStatus.REGISTERED, by=made.manager, now=NOW, on=FORMED + timedelta(days=7)
    )
    services.move_sub_fund(sub_fund=made.sub_fund, to=SubFundStatus.INVESTING, by=made.manager, now=NOW)
    for number in range(len(made.committee), 4):
        member = people.person(f"위원 {number + 1}")
        made.committee.append(people.with_role("fund.committee", user=member, cluster=made.programme.cluster))
    made.pay(made.call(cash))
    return made


def deal(made: House, amount: int = 100_000_000, **fields) -> Deal:
    """A deal after its diligence; by default 10,000 convertible preferred shares of a company of its own."""
    number = next(_count)
    company = fields.pop("company", None) or services.add_company(
        sub_fund=made.sub_fund, name_ko=f"체인기업 {number}", name_en=f"Chain {number}", sector="블록체인",
        by=made.manager,
    )  # fmt: skip
    asked = {"instrument": "RCPS", "units": 10_000, "terms": {"ratio_new": 1, "ratio_old": 1}, **fields}
    found = services.propose_deal(
        sub_fund=made.sub_fund, company=company, amount=amount, thesis="좋은 기술", by=made.manager, now=INVESTED,
        **asked,
    )  # fmt: skip
    services.examine_deal(deal=found, by=made.manager)
    return found


def voted(made: House, found: Deal, votes: str = "FFFF") -> Motion:
    """Tabled; everybody states; each votes by its letter: F for, A against, 0 abstains, - does not, R steps out."""
    services.table_deal(deal=found, by=made.manager, now=INVESTED)
    assert found.motion is not None
    return voters(made, found.motion, votes)


def voters(made: House, motion: Motion, votes: str) -> Motion:
    """Everybody states and votes on a motion that was tabled."""
    for member, letter in zip(made.committee, votes, strict=True):
        seat = motion.seats.get(member=member)
        services.state_conflict(seat=seat, recuse=letter == "R", reason="친족", by=member, now=INVESTED)
    services.open_motion(motion=motion, by=made.approver, now=INVESTED)
    for member, letter in zip(made.committee, votes, strict=True):
        if vote := {"F": "FOR", "A": "AGAINST", "0": "ABSTAIN"}.get(letter):
            services.cast_ballot(seat=motion.seats.get(member=member), vote=vote, by=member, now=INVESTED)
    return motion


def invested(made: House, amount: int = 100_000_000, *, on: date = DAY, **fields) -> Lot:
    """A deal through the committee and the contract to the money."""
    found = deal(made, amount, **fields)
    voted(made, found)
    services.settle_deal(deal=found, by=made.approver, now=INVESTED)
    services.contract_deal(deal=found, by=made.manager)
    return services.fund_deal(deal=found, on=on, by=made.manager, now=INVESTED)


def submitted(made: House, holding: Holding, amount: int, *, on: date = DAY, now: datetime = INVESTED) -> Valuation:
    """A value that waits for somebody's judgement."""
    return services.submit_valuation(
        holding=holding, on=on, amount=amount, method="ROUND", level=3, evidence="후속 투자 계약서", by=made.manager,
        now=now,
    )  # fmt: skip


def valued(made: House, holding: Holding, amount: int, *, on: date = DAY, now: datetime = INVESTED) -> Valuation:
    """Submitted, approved by another, published."""
    found = submitted(made, holding, amount, on=on, now=now)
    services.approve_valuation(valuation=found, by=made.approver)
    services.publish_valuation(valuation=found, by=made.manager, now=now)
    return found


def measured(made: House, holding: Holding, kind: str, amount: int, *, now: datetime = INVESTED, **fields) -> Measure:
    """A write-down, restoration or exit, proposed and approved by another."""
    asked = {"on": now.date(), **({"reason": "PERFORMANCE"} if kind == "WRITE_DOWN" else {}), **fields}
    found = services.propose_measure(holding=holding, kind=kind, amount=amount, by=made.manager, now=now, **asked)
    services.approve_measure(measure=found, by=made.approver, now=now)
    return found


def bound(made: House, *, now: datetime = NOW, **fields) -> Duty:
    """A duty of the sub-fund; by default twice the City's money into companies in Seoul, within three years of 2019-03-04."""
    asked = {
        "predicate": "SEOUL", "base": "CITY", "bp": 20_000, "counted": "INVESTMENT", "start": FORMED,
        "deadline": date(2022, 3, 4), "source": "2019년 출자 공고 제5조", **fields,
    }  # fmt: skip
    return services.set_duty(sub_fund=made.sub_fund, by=made.manager, now=now, **asked)
