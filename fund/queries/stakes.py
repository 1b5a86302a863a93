"""Which sub-fund holds how much of which other, and what belongs to a root over every path between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction

from django.db.models import QuerySet, Sum

from fund import lookthrough
from fund.enums import Account, CommitmentStatus, PartnerRole
from fund.models import Commitment, Partner, Posting, Programme, SubFund
from fund.queries.books import book_of, postings

#: As ``pooled.Sums`` spells the role of a partner that is a sub-fund: its money was committed, and paid, once already.
INNER = PartnerRole.SUB_FUND.value.lower()
_ROOT = "root"


def hold_programme(programme: int) -> None:
    """Wait for whoever else records a stake of the programme."""
    list(Programme.objects.filter(pk=programme).select_for_update(no_key=True))


def below(sub_fund: SubFund) -> set[int]:
    """The sub-funds that this one holds, on any path, itself left out."""
    edges: dict[int, set[int]] = {}
    rows = _commitments(sub_fund.programme_id).values_list("partner__sub_fund", "sub_fund")
    for holder, held in rows:
        edges.setdefault(holder, set()).add(held)
    found: set[int] = set()
    queue = list(edges.get(sub_fund.pk, ()))
    while queue:
        one = queue.pop()
        if one not in found:
            found.add(one)
            queue.extend(edges.get(one, ()))
    return found


def may_hold(sub_fund: SubFund) -> QuerySet[SubFund]:
    """The sub-funds that may take a stake in this one: no circle, one currency, none that has a stake already."""
    have = _commitments(sub_fund.programme_id).filter(sub_fund=sub_fund).values("partner__sub_fund")
    rows = SubFund.objects.filter(programme=sub_fund.programme_id, currency=sub_fund.currency)
    return rows.exclude(pk__in=[sub_fund.pk, *below(sub_fund)]).exclude(pk__in=have)


def held_by(sub_fund: SubFund) -> list[Commitment]:
    """The stakes of this sub-fund in others."""
    rows = _commitments(sub_fund.programme_id).filter(partner__sub_fund=sub_fund)
    return list(rows.select_related("sub_fund", "partner").order_by("sub_fund__code"))


def _commitments(programme: int) -> QuerySet[Commitment]:
    rows = Commitment.objects.filter(sub_fund__programme=programme, partner__sub_fund__isnull=False)
    return rows.exclude(status=CommitmentStatus.WITHDRAWN)


def cost(sub_fund: SubFund, *, on: date, known: datetime) -> dict[int, int]:
    """By sub-fund what the stakes in it cost this one, in minor units."""
    found = postings(book_of(sub_fund), on=on, known=known).filter(account=Account.STAKES)
    rows = found.values("entry__sub_fund").annotate(total=Sum("amount")).order_by("entry__sub_fund")
    return {row["entry__sub_fund"]: int(row["total"]) for row in rows}


def inner(programme: Programme) -> frozenset[int]:
    """The partners that are sub-funds of the programme."""
    return frozenset(programme.partners.filter(sub_fund__isnull=False).values_list("pk", flat=True))


def stakes(programme: Programme, *, on: date, known: datetime) -> dict[int, dict[int, Fraction]]:
    """By holder and sub-fund the part held, by the commitments in force on the day as known then."""
    partners = dict(Partner.objects.filter(programme=programme, sub_fund__isnull=False).values_list("pk", "sub_fund"))
    if not partners:
        return {}
    rows = (
        Posting.objects.filter(
            book__programme=programme, book__kind="SUB_FUND", account=Account.COMMITTED, effective_date__lte=on,
            recorded_at__lte=known,
        )
        .values("book__sub_fund", "partner")
        .annotate(total=Sum("amount"))
        .order_by("book__sub_fund", "partner")
    )  # fmt: skip
    totals: dict[int, int] = {}
    parts: dict[tuple[int, int], int] = {}
    for row in rows:
        fund, amount = row["book__sub_fund"], int(row["total"])
        totals[fund] = totals.get(fund, 0) + amount
        if row["partner"] in partners and amount:
            parts[partners[row["partner"]], fund] = amount
    made: dict[int, dict[int, Fraction]] = {}
    for (holder, fund), amount in parts.items():
        made.setdefault(holder, {})[fund] = Fraction(amount, totals[fund])
    return made


def outside(funds: Iterable[int], between: Mapping[int, Mapping[int, Fraction]]) -> dict[int, Fraction]:
    """The part of each sub-fund that no other sub-fund holds."""
    return {fund: 1 - sum((parts.get(fund, Fraction(0)) for parts in between.values()), Fraction(0)) for fund in funds}


def through(direct: Mapping[int, Fraction], between: Mapping[int, Mapping[int, Fraction]]) -> dict[int, Fraction]:
    """The part of each sub-fund that belongs to a root over every path, from what it holds itself."""
    funds = {*direct, *(fund for parts in between.values() for fund in parts)}
    whole = {str(fund): {str(fund): 1} for fund in funds}
    found = lookthrough.exposures(_ROOT, {_ROOT: _spelled(direct), **_table(between)}, whole)
    return {int(fund): part for fund, part in found.items()}


def _table(between: Mapping[int, Mapping[int, Fraction]]) -> dict[str, dict[str, Fraction]]:
    return {str(holder): _spelled(parts) for holder, parts in between.items()}


def _spelled(parts: Mapping[int, Fraction]) -> dict[str, Fraction]:
    return {str(fund): part for fund, part in parts.items()}
