"""Writing to the books: balanced entries, exact mirrors, and the digest that goes into the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from fund.enums import EntryKind
from fund.models import Book, Entry, Holding, Partner, Posting, Programme, SubFund
from fund.queries import books
from portal.core.errors import Overtaken
from portal.intake.canonical import digest


@dataclass(frozen=True, slots=True)
class Line:
    """One leg: debit positive, credit negative."""

    account: int
    amount: int
    partner: Partner | None = None
    holding: Holding | None = None


def move(
    debit: int, credit: int, amount: int, partner: Partner | None = None, holding: Holding | None = None
) -> list[Line]:
    """Two legs from ``credit`` to ``debit``; none for an amount of 0, swapped for a negative one."""
    if not amount:
        return []
    return [Line(debit, amount, partner, holding), Line(credit, -amount, partner, holding)]


@transaction.atomic
def post(
    *,
    book: Book,
    sub_fund: SubFund,
    kind: EntryKind,
    on: date,
    event: UUID,
    now: datetime,
    lines: Sequence[Line],
    reversal_of: Entry | None = None,
) -> Entry | None:
    """Write one entry in the sub-fund's currency; nothing when there is nothing to write.

    The database refuses an entry that does not balance, at the commit. The decision that calls this writes the leaf.
    """
    if not lines:
        return None
    entry = Entry.objects.create(
        book=book,
        sub_fund=sub_fund,
        kind=kind,
        effective_date=on,
        recorded_at=now,
        event=event,
        reversal_of=reversal_of,
    )
    Posting.objects.bulk_create(
        Posting(
            entry=entry,
            account=line.account,
            partner=line.partner,
            holding=line.holding,
            currency=sub_fund.currency,
            amount=line.amount,
            book=book,
            effective_date=on,
            recorded_at=now,
        )
        for line in lines
    )
    return entry


@transaction.atomic
def reverse_event(*, event: UUID, on: date, now: datetime, into: UUID) -> None:
    """Undo every entry of a happening by its exact mirror, under the event ``into``. An entry is reversed once."""
    for entry in list(books.entries_of(event).filter(reversal__isnull=True).select_related("book", "sub_fund")):
        legs = entry.postings.select_related("partner", "holding")
        mirror = [Line(leg.account, -leg.amount, leg.partner, leg.holding) for leg in legs]
        post(
            book=entry.book,
            sub_fund=entry.sub_fund,
            kind=EntryKind.REVERSAL,
            on=on,
            event=into,
            now=now,
            lines=mirror,
            reversal_of=entry,
        )


def lock(programme: Programme, *sub_funds: SubFund) -> None:
    """Take the rows of the books in one order, so that two decisions never wait for each other in a circle.

    The books of the sub-funds that hold a stake in these are taken along: what is paid between them stands in both.
    """
    holders = Partner.objects.filter(commitments__sub_fund__in=sub_funds, sub_fund__isnull=False).values("sub_fund")
    concerned = Q(sub_fund__in=sub_funds) | Q(sub_fund__in=holders) | Q(kind="CITY")
    wanted = Book.objects.filter(programme=programme).filter(concerned)
    list(wanted.order_by("id").select_for_update(of=["self"]))


def hold_knowledge(wanted: QuerySet[Book], now: datetime) -> datetime:
    """Take the rows of the books and pick the instant; from here on every entry in them is known later."""
    rows = list(wanted.order_by("id").select_for_update(of=["self"]))
    known = max([now, *(book.last_known_at for book in rows)])
    Book.objects.filter(pk__in=[book.pk for book in rows]).update(last_known_at=known)
    return known


def still(row: Any) -> None:
    """Raise ``Overtaken`` when somebody moved the row since it was read; hold the locks of the books before asking."""
    if not type(row)._default_manager.select_for_update().filter(pk=row.pk, status=row.status).exists():
        raise Overtaken


def booked(event: UUID) -> dict[str, str]:
    """What a leaf says about the books: the event and the digest over all its entries."""
    return {"event": str(event), "books": digest(_plain(books.entries_of(event)))}


def _plain(entries: Iterable[Entry]) -> list[object]:
    return [
        [entry.book_id, entry.kind, entry.effective_date.isoformat(), entry.reversal_of_id or 0]
        + [
            [leg.account, leg.partner_id or 0, leg.holding_id or 0, leg.currency, leg.amount]
            for leg in entry.postings.all()
        ]
        for entry in entries
    ]
