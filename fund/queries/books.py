"""Balances as of a day, as known at an instant; every figure comes from the postings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet, Sum

from fund.enums import Account
from fund.models import Book, Entry, Posting, Programme, SubFund


def book_of(sub_fund: SubFund) -> Book:
    return Book.objects.get(sub_fund=sub_fund)


def city_book(programme: Programme) -> Book:
    return Book.objects.get(programme=programme, kind="CITY")


#: The City's book is kept in won; what it holds in a sub-fund of another currency stands there in that currency.
CITY_CURRENCY = "KRW"


def currency_of(book: Book) -> str:
    """The currency in which the book's figures are told: the sub-fund's own, won for the City."""
    return book.sub_fund.currency if book.sub_fund else CITY_CURRENCY


def postings(book: Book, *, on: date, known: datetime | None = None, currency: str | None = None) -> QuerySet[Posting]:
    """The postings of a book effective by the end of ``on`` (기준일), recorded by ``known`` (인지시점); None is now.

    Only those in one currency, the book's own unless another is asked for: minor units of two are never added.
    """
    found = Posting.objects.filter(book=book, effective_date__lte=on, currency=currency or currency_of(book))
    return found if known is None else found.filter(recorded_at__lte=known)


def balances(book: Book, *, on: date, known: datetime | None = None, currency: str | None = None) -> dict[int, int]:
    """The balance of each account in minor units of one currency, debit positive; accounts that sum to 0 are left out."""
    rows = (
        postings(book, on=on, known=known, currency=currency)
        .values("account")
        .annotate(total=Sum("amount"))
        .order_by("account")
    )
    return {row["account"]: int(row["total"]) for row in rows if row["total"]}


def by_partner(
    book: Book, accounts: Iterable[int], *, on: date, known: datetime | None = None
) -> dict[tuple[int, int], int]:
    """Balance by partner and account; postings of no partner are left out."""
    found = postings(book, on=on, known=known).filter(account__in=list(accounts), partner__isnull=False)
    rows = found.values("partner", "account").annotate(total=Sum("amount"))
    return {(row["partner"], row["account"]): int(row["total"]) for row in rows}


def entries_of(event: UUID) -> QuerySet[Entry]:
    """The entries of one happening, in every book."""
    return Entry.objects.filter(event=event).prefetch_related("postings").order_by("id")


def journal(book: Book, *, on: date, known: datetime | None = None) -> QuerySet[Entry]:
    """Every entry of a book effective by the end of ``on``, as known at ``known``, the newest first."""
    found = Entry.objects.filter(book=book, effective_date__lte=on)
    found = found if known is None else found.filter(recorded_at__lte=known)
    return found.prefetch_related("postings__partner").order_by("-effective_date", "-id")


def free_cash(sub_fund: SubFund, *, on: date) -> int:
    """What may be spent with effect from ``on``: the least cash of that day and of every later one, in minor units."""
    book = book_of(sub_fund)
    cash = balances(book, on=on).get(Account.CASH, 0)
    later = Posting.objects.filter(book=book, account=Account.CASH, effective_date__gt=on, currency=currency_of(book))
    least = cash
    for row in later.values("effective_date").annotate(total=Sum("amount")).order_by("effective_date"):
        cash += int(row["total"])
        least = min(least, cash)
    return least
