"""Distributions: the waterfall over what was posted, a second person, payment to the won, the mirror when it was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import Account, CommitmentStatus, DistributionKind, DistributionStatus, EntryKind, PartnerRole
from fund.models import Commitment, Distribution, DistributionShare, SubFund
from fund.services import holders
from fund.services.books import Line, booked, lock, move, post, reverse_event, still
from fund.services.telling import record_parts, tell_distributed
from fund.waterfall import Waterfall, distribute
from fund.workflow import DISTRIBUTION
from portal.core.errors import Invalid
from portal.core.money import split_cumulative
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake.canonical import digest


class Part(NamedTuple):
    """One partner's part of a distribution that is being prepared."""

    commitment: Commitment
    amount: int
    capital: int


class Plan(NamedTuple):
    """The waterfall's answer, each partner's part of it, and what it was computed from."""

    result: Waterfall | None
    parts: list[Part]
    carry: int
    inputs: dict[str, Any]


def plan_distribution(*, sub_fund: SubFund, kind: str, amount: int, on: date) -> Plan:
    """Run ``amount`` through the agreement's waterfall and share the partners' part by units. Nothing is written.

    Excess returned goes back by units without a waterfall. ``Invalid`` for more than the cash, no agreement, no partner.
    """
    partners = list(
        sub_fund.commitments.filter(status=CommitmentStatus.ACTIVE).select_related("partner").order_by("id")
    )
    agreement = queries.funds.agreement(sub_fund, on)
    cash = queries.books.balances(queries.books.book_of(sub_fund), on=on).get(Account.CASH, 0)
    if not partners or agreement is None:
        raise Invalid(_("그날 효력이 있는 약정과 규약이 있어야 배분할 수 있습니다."))
    if not 0 < amount <= cash:
        raise Invalid(_("배분할 금액은 0보다 크고 조합의 현금 안이어야 합니다."), field="amount")
    flows = queries.flows.waterfall_flows(sub_fund, on=on)
    allocated = queries.settlements.allocated(sub_fund, on=on) if kind == DistributionKind.PERMANENT else {}
    inputs = {
        "agreement": agreement.digest,
        "amount": amount,
        "kind": kind,
        "on": on.isoformat(),
        "flows": [[flow.on.isoformat(), flow.kind, flow.amount] for flow in flows],
        "allocated": [[one.pk, allocated[one.partner_id]] for one in partners if allocated.get(one.partner_id)],
    }
    if kind == DistributionKind.EXCESS_RETURN:
        parts = _parts(sub_fund, partners, amount, amount, kind)
        _check_callable_again(parts)
        return Plan(None, parts, 0, inputs)
    result = distribute(agreement.terms, flows, amount, on)
    parts = _parts(sub_fund, partners, result.lp_total, result.lines[0].lp, kind, allocated)
    if kind == DistributionKind.RECALLABLE:
        _check_callable_again(parts)
    return Plan(result, parts, result.gp_total, inputs)


def _check_callable_again(parts: list[Part]) -> None:
    """What becomes callable again was called before: unfunded never exceeds the commitment (06 §5)."""
    if any(part.amount > part.commitment.returnable for part in parts):
        raise Invalid(
            _("다시 부를 수 있게 배분하는 금액은 약정 안에서 불러 아직 돌려주지 않은 금액을 넘을 수 없습니다."),
            field="amount",
        )


def _parts(
    sub_fund: SubFund,
    partners: list[Commitment],
    amount: int,
    capital: int,
    kind: str,
    allocated: Mapping[int, int] | None = None,
) -> list[Part]:
    """Shares by units over everything paid so far on the same partners, so that nobody is ever a full won off.

    What was ``allocated`` between partners (first loss, excess transfer) counts as received by whom it burdens, so that
    this distribution and the later ones settle it.
    """
    moved = allocated or {}
    units = [one.units for one in partners]
    paid = DistributionShare.objects.filter(
        distribution__sub_fund=sub_fund, distribution__status=DistributionStatus.PAID
    )
    same = paid.filter(distribution__kind=kind).values("commitment")
    rows = {row["commitment"]: row for row in same.annotate(amounts=Sum("amount"), capitals=Sum("capital"))}
    if rows and rows.keys() != {one.pk for one in partners}:
        if any(moved.values()):
            raise Invalid(_("앞선 배분과 출자자가 달라 우선손실충당이나 초과수익이전을 반영할 수 없습니다."))
        rows = {}
    before = [(rows[one.pk]["amounts"], rows[one.pk]["capitals"]) if rows else (0, 0) for one in partners]
    already = [int(pair[0]) + moved.get(one.partner_id, 0) for one, pair in zip(partners, before, strict=True)]
    amounts = split_cumulative(amount, units, already)
    capitals = split_cumulative(capital, units, [int(pair[1]) for pair in before])
    if min(amounts) < 0 and any(moved.values()):
        raise Invalid(_("우선손실충당이나 초과수익이전을 반영하기에 배분할 금액이 너무 작습니다."), field="amount")
    if min(amounts) < 0:
        raise Invalid(_("금액이 너무 작아 가장 작은 단위가 되지 않는 몫이 있습니다."), field="amount")
    return [
        Part(one, share, max(0, min(part, share))) for one, share, part in zip(partners, amounts, capitals, strict=True)
    ]


@transaction.atomic
def propose_distribution(
    *, sub_fund: SubFund, kind: str, amount: int, on: date, by: Any, now: datetime
) -> Distribution:
    """Compute a distribution and lay it before another person."""
    acting = by.acting_as(rules.check_may_in(by, "distribution.prepare", sub_fund))
    if on > now.astimezone(SEOUL).date():
        raise Invalid(_("배분일은 오늘이나 지난 날이어야 합니다."), field="on")
    plan = plan_distribution(sub_fund=sub_fund, kind=kind, amount=amount, on=on)
    number = (Distribution.objects.filter(sub_fund=sub_fund).aggregate(last=Max("number"))["last"] or 0) + 1
    made = Distribution.objects.create(
        sub_fund=sub_fund, number=number, kind=kind, amount=amount, on_date=on, proposed_by=by
    )
    DistributionShare.objects.bulk_create(
        DistributionShare(distribution=made, commitment=part.commitment, amount=part.amount, capital=part.capital)
        for part in plan.parts
    )
    seal = digest(plan.inputs)
    lines = [[line.tier, line.lp, line.gp] for line in plan.result.lines] if plan.result else []
    advance(
        made,
        DistributionStatus.COMPUTED,
        by=acting,
        steps=DISTRIBUTION,
        data={"amount": amount, "inputs": seal, "carry": plan.carry},
        changes={"run": {"inputs": plan.inputs, "lines": lines, "carry": plan.carry}, "inputs_hash": seal},
    )
    return made


@transaction.atomic
def approve_distribution(*, distribution: Distribution, by: Any) -> None:
    """A second person approves; refused when the books moved since it was computed."""
    role = rules.check_can_approve_distribution(by, distribution)
    _check_fresh(distribution)
    data = {"amount": distribution.amount, "inputs": distribution.inputs_hash}
    changes = {"approved_by": by}
    acting = by.acting_as(role)
    advance(distribution, DistributionStatus.APPROVED, by=acting, steps=DISTRIBUTION, data=data, changes=changes)


def _check_fresh(row: Distribution) -> None:
    plan = plan_distribution(sub_fund=row.sub_fund, kind=row.kind, amount=row.amount, on=row.on_date)
    if digest(plan.inputs) != row.inputs_hash:
        raise Invalid(_("계산한 뒤에 장부가 바뀌었습니다. 배분을 새로 계산해 주십시오."))


@transaction.atomic
def pay_distribution(*, distribution: Distribution, by: Any, now: datetime) -> None:
    """Book what the bank paid out and tell every partner."""
    row, sub_fund, event = distribution, distribution.sub_fund, uuid4()
    acting = by.acting_as(rules.check_may_in(by, "distribution.prepare", sub_fund))
    lock(sub_fund.programme, sub_fund)
    still(row)
    _check_fresh(row)
    shares = list(row.shares.select_related("commitment__partner__organisation").order_by("commitment_id"))
    post(
        book=queries.books.book_of(sub_fund), sub_fund=sub_fund, kind=EntryKind.DISTRIBUTION, on=row.on_date,
        event=event, now=now, lines=_lines(row, shares),
    )  # fmt: skip
    ours = [share for share in shares if share.commitment.partner.role == PartnerRole.CITY]
    for share in ours:
        legs = move(Account.CASH, Account.INVESTMENTS, share.capital)
        legs += move(Account.CASH, Account.REALISED, share.amount - share.capital)
        post(
            book=queries.books.city_book(sub_fund.programme), sub_fund=sub_fund, kind=EntryKind.DISTRIBUTION,
            on=row.on_date, event=event, now=now, lines=legs,
        )  # fmt: skip
    for share in (one for one in shares if one.commitment.partner.role == PartnerRole.SUB_FUND):
        holders.book_distributed(
            share.commitment.partner, sub_fund, share.amount, share.capital, on=row.on_date, event=event, now=now
        )
    _count(row, shares, 1)
    data = {"amount": row.amount, "on": row.on_date, **booked(event)}
    advance(row, DistributionStatus.PAID, by=acting, steps=DISTRIBUTION, data=data, changes={"event": event})
    record_parts(row, shares, acting)
    tell_distributed(row, shares)


def _lines(row: Distribution, shares: list[DistributionShare]) -> list[Line]:
    account = Account.CAPITAL if row.kind == DistributionKind.EXCESS_RETURN else Account.DISTRIBUTED
    lines = [
        line for share in shares for line in move(account, Account.CASH, share.amount, share.commitment.partner)
    ] + move(Account.CARRY_PAID, Account.CASH, int(row.run["carry"]))
    if row.kind != DistributionKind.PERMANENT:
        for share in shares:
            lines += move(Account.CALLED, Account.UNFUNDED, share.amount, share.commitment.partner)
    return lines


def _count(row: Distribution, shares: list[DistributionShare], sign: int) -> None:
    """Store the effect on what may be called."""
    field = {
        DistributionKind.RECALLABLE: "recallable",
        DistributionKind.EXCESS_RETURN: "returned_excess",
    }.get(DistributionKind(row.kind))
    if field is None:
        return
    for share in shares:
        rows = Commitment.objects.filter(pk=share.commitment_id)
        rows.update(**{field: F(field) + sign * share.amount})
        share.commitment.refresh_from_db(fields=[field])


@transaction.atomic
def reverse_distribution(*, distribution: Distribution, by: Any, now: datetime, reason: str) -> None:
    """Undo a paid distribution by its exact mirror; an approver decides it for a stated reason."""
    row = distribution
    acting = by.acting_as(rules.check_may_in(by, "distribution.approve", row.sub_fund))
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    event = uuid4()
    lock(row.sub_fund.programme, row.sub_fund)
    still(row)
    if row.event is not None:
        reverse_event(event=row.event, on=now.astimezone(SEOUL).date(), now=now, into=event)
        _count(row, list(row.shares.select_related("commitment")), -1)
    advance(row, DistributionStatus.REVERSED, by=acting, steps=DISTRIBUTION, reason=reason, data=booked(event))
