"""What a close would bring about: who comes in, what they settle with the earlier partners, where the City's share lands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from fund import capital
from fund.enums import CommitmentStatus, PartnerRole
from fund.models import Close, Commitment, SubFund
from fund.queries import calls, funds
from portal.intake.canonical import digest


@dataclass(frozen=True, slots=True)
class Settled:
    """What one partner pays to the others, or gets of them (negative), in minor units; interest stands apart."""

    commitment: Commitment
    principal: int
    interest: int


@dataclass(frozen=True, slots=True)
class Planned:
    """A close as it would be now. ``city`` and ``total`` are what it adds to the programme, in won."""

    close: Close
    joining: tuple[Commitment, ...]
    settled: tuple[Settled, ...]
    city: int
    total: int

    @property
    def seal(self) -> str:
        """The digest of all that is shown, so that what is held is what was seen."""
        close = self.close
        return digest(
            {
                "number": close.number,
                "on": close.on_date.isoformat(),
                "rate": str(close.rate or ""),
                "joining": [[one.pk, one.amount] for one in self.joining],
                "settled": [[row.commitment.pk, row.principal, row.interest] for row in self.settled],
            }
        )


def plan(close: Close) -> Planned:
    """The close with its number, were it held now. ``ValueError`` where a call falls due after its day."""
    found = close.sub_fund.commitments.select_related("partner__sub_fund", "sub_fund").order_by("id")
    joining = [one for one in found if one.status == CommitmentStatus.SIGNED]
    earlier = [one for one in found if one.status == CommitmentStatus.ACTIVE]
    new = [one for one in joining if one.partner.role != PartnerRole.SUB_FUND]  # theirs was counted where it came from
    city = sum(close.in_won(one.amount) for one in new if one.partner.role == PartnerRole.CITY)
    total = sum(close.in_won(one.amount) for one in new)
    settled = _settled(close, earlier, joining) if earlier and joining else ()
    return Planned(close, tuple(joining), settled, city, total)


def _settled(close: Close, earlier: Sequence[Commitment], joining: Sequence[Commitment]) -> tuple[Settled, ...]:
    """All end where they would stand had everyone joined at the first close; the fund itself keeps nothing of it."""
    past = [(call.due_date, calls.inside_of(call)) for call in calls.calls_in_force(close.sub_fund)]
    agreement = funds.agreement(close.sub_fund, close.on_date)
    if not past or agreement is None:
        return ()
    due = capital.equalise(
        [one.units for one in earlier], [one.units for one in joining], past, close.on_date, agreement.late_close_bp
    )
    pay = [Settled(one, p, i) for one, p, i in zip(joining, due.principal, due.interest, strict=True)]
    get = [Settled(one, -p, -i) for one, p, i in zip(earlier, due.principal_back, due.interest_back, strict=True)]
    return (*pay, *get)


def next_number(sub_fund: SubFund) -> int:
    return int(sub_fund.closes.aggregate(last=Max("number", default=0))["last"]) + 1


def closes_of(sub_fund: SubFund) -> QuerySet[Close]:
    """Every close with its commitments, the first in front."""
    return sub_fund.closes.prefetch_related("commitments__partner").order_by("number")
