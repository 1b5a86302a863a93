"""What of the money invested counts towards a duty (투자의무): company by company, at the investment or now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateField, ExpressionWrapper, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Greatest

from fund import duties
from fund.duty_enums import DutyBase, DutyStatus, Predicate, WaiverStatus
from fund.enums import Account, CompanyKind, EntryKind
from fund.models import Company, Duty, DutyWaiver, Posting, Programme, SubFund
from fund.queries import companies, exposure, pooled
from portal.core.periods import SEOUL

#: The first day on which people want to be warned.
_NEAR = ExpressionWrapper(F("end") - F("warn_days"), output_field=DateField())
_END = Greatest(F("deadline_date"), Max("waivers__period__endswith", filter=Q(waivers__status=WaiverStatus.GRANTED)))


@dataclass(frozen=True, slots=True)
class Row:
    """One company: what was invested in it, in minor units, and whether it counts; None is unknown and never counts."""

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


@dataclass(frozen=True, slots=True)
class Measured:
    """A duty on a day: what it is a share of, what is owed, what counts, and how that stands against the clock."""

    duty: Duty
    on: date
    base: int
    required: int
    counted: Counted
    standing: str
    #: When the clock is over: a granted waiver may run past the deadline.
    end: date

    @property
    def progress(self) -> int:
        return self.counted.eligible

    @property
    def missing(self) -> int:
        """What is still to be invested; 0 once it is met."""
        return max(0, self.required - self.progress)

    @property
    def days_left(self) -> int:
        """Days until the clock is over; 0 when it is."""
        return max(0, (self.end - self.on).days)


def end_of(duty: Duty, known: datetime) -> date:
    """The day on which the clock is over, as known then: the deadline, or the end of a granted waiver past it."""
    return max([duty.deadline_date, *(one.period.upper for one in _granted(duty, known))])


def _granted(duty: Duty, known: datetime) -> list[DutyWaiver]:
    return [one for one in duty.waivers.all() if one.granted_at is not None and one.granted_at <= known]


def last_day(duty: Duty, on: date, known: datetime) -> date:
    """The day as of which money is counted: never after the last day of the clock."""
    return min(on, end_of(duty, known) - timedelta(days=1))


def measured(duty: Duty, *, on: date, known: datetime) -> Measured:
    """The duty as of a day and as known at an instant; nothing that happened after the clock counts."""
    day = last_day(duty, on, known)
    books = pooled.sums(duty.sub_fund.programme, on=day, known=known, currency=duty.sub_fund.currency)
    return _measured(duty, books, on, known)


def measured_all(rows: Sequence[Duty], *, on: date, known: datetime) -> list[Measured]:
    """The same for many, the books of a programme read once for each day of counting."""
    read: dict[tuple[int, date], dict[int, pooled.Sums]] = {}
    made = []
    for duty in rows:
        key = duty.sub_fund.programme_id, last_day(duty, on, known)
        if key not in read:
            read[key] = pooled.sums(duty.sub_fund.programme, on=key[1], known=known, currency=None)
        made.append(_measured(duty, read[key], on, known))
    return made


def _measured(duty: Duty, books: Mapping[int, pooled.Sums], on: date, known: datetime) -> Measured:
    bound = bound_by(duty)
    committed = [books.get(one.pk, pooled.Sums()).committed for one in bound]
    base = sum(one.get("city", 0) if duty.base == DutyBase.CITY else sum(one.values()) for one in committed)
    owed = duties.required(base, duty.bp)
    found = count(
        bound, Predicate(duty.predicate), on=last_day(duty, on, known), known=known,
        at_investment=duty.at_investment, sectors=duty.sectors, currency=duty.sub_fund.currency,
    )  # fmt: skip
    end = end_of(duty, known)
    for_a_time = any(one.period.lower <= on < one.period.upper for one in _granted(duty, known))
    waived = for_a_time or (duty.status == DutyStatus.WAIVED and _ended_by(duty, on))
    standing = duties.standing(found.eligible, owed, duty.start_date, end, on, waived)
    if not owed and on < duty.start_date and not waived:
        standing = "not_started"  # before anything is committed nothing is owed, which meets nothing
    return Measured(duty, on, base, owed, found, standing, end)


def bound_by(duty: Duty) -> list[SubFund]:
    """The sub-funds whose money is owed and counted: the duty's own, or all that its manager runs in that currency."""
    own = duty.sub_fund
    if duty.base != DutyBase.MANAGER:
        return [own]
    return list(SubFund.objects.filter(programme=own.programme, manager=own.manager, currency=own.currency))


def _ended_by(duty: Duty, on: date) -> bool:
    return duty.ended_at is not None and duty.ended_at.astimezone(SEOUL).date() <= on


def duty_of(public_id: UUID) -> Duty | None:
    found = Duty.objects.select_related("sub_fund__programme__cluster", "sub_fund__manager", "set_by")
    found = found.prefetch_related("waivers__motion")
    return found.filter(public_id=public_id).first()


def duties_of(sub_funds: Iterable[SubFund]) -> QuerySet[Duty]:
    """Every duty of these sub-funds, the clock that ends first in front."""
    found = Duty.objects.filter(sub_fund__in=list(sub_funds)).select_related("sub_fund__programme", "sub_fund__manager")
    return found.prefetch_related("waivers").order_by("deadline_date", "id")


def of_programme(programme: Programme) -> QuerySet[Duty]:
    return (
        Duty.objects.filter(sub_fund__programme=programme)
        .select_related("sub_fund__programme", "sub_fund__manager")
        .prefetch_related("waivers")
        .order_by("sub_fund__code", "deadline_date", "id")
    )


def ending(today: date) -> QuerySet[Duty]:
    """Open duties whose clock is over, or so near its end that people want to be warned."""
    return (
        Duty.objects.filter(status=DutyStatus.OPEN)
        .annotate(end=_END)
        .annotate(near=_NEAR)
        .filter(near__lte=today)
        .order_by("id")
    )


def pressing(sub_funds: Iterable[SubFund], today: date) -> int:
    """How many open duties of these sub-funds come to the end of their clock, or were breached and not waived."""
    rows = Duty.objects.filter(sub_fund__in=list(sub_funds)).annotate(end=_END).annotate(near=_NEAR)
    return rows.filter(Q(status=DutyStatus.OPEN, near__lte=today) | Q(status=DutyStatus.BREACHED)).count()


def spelled(found: Counted) -> list[dict[str, Any]]:
    """The rows as a test keeps them: which company, since when, how much, and yes, no or unknown."""
    words = {True: "yes", False: "no", None: "unknown"}
    return [
        {
            "company": str(row.company.public_id),
            "first": row.first.isoformat(),
            "amount": row.amount,
            "counts": words[row.counts],
        }
        for row in found.rows
    ]


def count(
    sub_funds: Iterable[SubFund],
    predicate: Predicate,
    *,
    on: date,
    known: datetime,
    at_investment: bool,
    sectors: Sequence[str] = (),
    currency: str = exposure.CURRENCY,
) -> Counted:
    """What the sub-funds invested by ``on``, in minor units of ``currency``, and what of it counts, as known at ``known``.

    The sub-funds are of one programme, where a company is one row. At the investment a company is asked as of the day
    money of these sub-funds first went in, whatever became of it; else as of ``on``. A sector is the company's own and
    has no day.
    """
    found = _invested(list(sub_funds), on, known, currency)
    if predicate is Predicate.SECTOR:
        answers = {company.pk: company.sector in sectors if company.sector else None for company, _day, _won in found}
    else:
        days = {company: first if at_investment else on for company, first, _amount in found}
        answers = _answers(days, predicate, known)
    return Counted(tuple(Row(company, first, amount, answers[company.pk]) for company, first, amount in found))


def _answers(days: dict[Company, date], predicate: Predicate, known: datetime) -> dict[int, bool | None]:
    if predicate is Predicate.HUB:
        return {company.pk: _of_a_hub(company, day) for company, day in days.items()}
    states = companies.states({company.pk: day for company, day in days.items()}, known=known)
    if predicate is Predicate.STATUTE:
        return {one.pk: _by_statute(one, states[one.pk]) for one in days}
    return {pk: state.in_seoul for pk, state in states.items()}


def _by_statute(company: Company, state: companies.State) -> bool | None:
    """A project counts as such; of a company somebody has to have said what it is."""
    return True if company.kind == CompanyKind.PROJECT else state.is_startup_or_venture


def _of_a_hub(company: Company, day: date) -> bool | None:
    """Tenant or graduate on the day; no only when both are known not to be."""
    found = exposure.standing(company, day, day)
    answers = (found.tenant_now, found.graduate)
    return True if True in answers else None if None in answers else False


def _invested(sub_funds: list[SubFund], on: date, known: datetime, currency: str) -> list[tuple[Company, date, int]]:
    """By company the first day and what went in, exits not deducted, reversals undone; from one grouped query."""
    rows = (
        Posting.objects.filter(
            book__sub_fund__in=sub_funds, book__kind="SUB_FUND", account=Account.INVESTMENTS,
            currency=currency, holding__isnull=False, effective_date__lte=on, recorded_at__lte=known,
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
