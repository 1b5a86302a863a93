"""What of the money invested counts towards a duty (투자의무): company by company, at the investment or now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from fund.enums import Account, EntryKind
from fund.models import Company, Posting, SubFund
from fund.queries import companies, exposure


class Predicate(StrEnum):
    """What a company must be for its money to count."""

    SEOUL = "SEOUL"
    HUB = "HUB"


@dataclass(frozen=True, slots=True)
class Row:
    """One company: the won invested in it, and whether it counts; None is unknown and never counts."""

    company: Company
    first: date
    amount: int
    counts: bool | None


@dataclass(frozen=True, slots=True)
class Counted:
    """All companies that money went into, each once; what counts is never more than what was invested (I11)."""

    rows: tuple[Row, ...]

    @property
    def invested(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def eligible(self) -> int:
        return sum(row.amount for row in self.rows if row.counts)

    @property
    def unknown(self) -> int:
        return sum(row.amount for row in self.rows if row.counts is None)


def count(
    sub_funds: Iterable[SubFund], predicate: Predicate, *, on: date, known: datetime, at_investment: bool
) -> Counted:
    """What the sub-funds invested by ``on``, in won, and what of it counts, as known at ``known``.

    The sub-funds are of one programme, where a company is one row. At the investment a company is asked as of the day money of these sub-funds first went in, whatever became of it;
    else as of ``on``.
    """
    found = _invested(list(sub_funds), on, known)
    days = {company: first if at_investment else on for company, first, _amount in found}
    answers = _answers(days, predicate, known)
    return Counted(tuple(Row(company, first, amount, answers[company.pk]) for company, first, amount in found))


def _answers(days: dict[Company, date], predicate: Predicate, known: datetime) -> dict[int, bool | None]:
    if predicate is Predicate.HUB:
        return {company.pk: _of_a_hub(company, day) for company, day in days.items()}
    states = companies.states({company.pk: day for company, day in days.items()}, known=known)
    return {pk: state.in_seoul for pk, state in states.items()}


def _of_a_hub(company: Company, day: date) -> bool | None:
    """Tenant or graduate on the day; no only when both are known not to be."""
    found = exposure.standing(company, day, day)
    answers = (found.tenant_now, found.graduate)
    return True if True in answers else None if None in answers else False


def _invested(sub_funds: list[SubFund], on: date, known: datetime) -> list[tuple[Company, date, int]]:
    """By company the first day and the won that went in, exits not deducted, reversals undone; from one grouped query."""
    rows = (
        Posting.objects.filter(
            book__sub_fund__in=sub_funds, book__kind="SUB_FUND", account=Account.INVESTMENTS,
            currency=exposure.CURRENCY, holding__isnull=False, effective_date__lte=on, recorded_at__lte=known,
        )
        .annotate(happened=Coalesce(F("entry__reversal_of__kind"), F("entry__kind")))
        .filter(happened=EntryKind.INVESTMENT)
        .values("holding", "holding__company", "holding__first_cash_date")
        .annotate(total=Sum("amount"))
        .filter(total__gt=0)
    )  # fmt: skip
    sums: dict[int, tuple[date, int]] = {}
    for row in rows:
        day, amount = row["holding__first_cash_date"], int(row["total"])
        first, before = sums.get(row["holding__company"], (day, 0))
        sums[row["holding__company"]] = (min(first, day), before + amount)
    made = [
        (company, *sums[company.pk]) for company in Company.objects.filter(pk__in=sums).select_related("organisation")
    ]
    return sorted(made, key=lambda row: (-row[2], row[0].pk))
