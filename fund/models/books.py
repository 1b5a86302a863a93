"""The books: append-only double entry. What a row may be is decided by the triggers in ``migrations/books.sql``."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.enums import Account, BookKind, EntryKind
from fund.models.partners import Partner
from fund.models.programme import Programme, SubFund


class Book(models.Model):
    """One legal entity's book. Writers hold its row; ``last_known_at`` rises with every entry and every snapshot."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="books")
    kind = models.CharField(max_length=10, choices=BookKind)
    sub_fund = models.OneToOneField(SubFund, models.PROTECT, null=True, blank=True, related_name="book")
    last_known_at = models.DateTimeField()

    class Meta:
        verbose_name = _("장부")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="SUB_FUND", sub_fund__isnull=False) | Q(kind="CITY", sub_fund__isnull=True),
                name="book_is_of_one_entity",
            ),
            models.UniqueConstraint(fields=["programme"], condition=Q(kind="CITY"), name="one_city_book"),
        ]

    def __str__(self) -> str:
        return str(self.sub_fund or self.get_kind_display())


class Entry(models.Model):
    """One happening in one book. ``event`` is shared by the books that record the same happening."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="entries")
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=15, choices=EntryKind)
    effective_date = models.DateField()
    recorded_at = models.DateTimeField()
    #: The writing transaction, set by the database: nothing joins the entry after its commit.
    xact = models.BigIntegerField(editable=False, default=0)
    event = models.UUIDField()
    reversal_of = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal")

    class Meta:
        verbose_name = _("분개")
        ordering = ["id"]
        indexes = [models.Index(fields=["event"], name="fund_entry_event")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="REVERSAL", reversal_of__isnull=False)
                | (~Q(kind="REVERSAL") & Q(reversal_of__isnull=True)),
                name="reversal_names_its_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.effective_date} {self.kind}"


class Posting(models.Model):
    """One line: debit positive, credit negative, minor units of its currency. Book and days are copied by the database."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings")
    account = models.PositiveSmallIntegerField(choices=Account)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+")
    holding = models.ForeignKey("fund.Holding", models.PROTECT, null=True, blank=True, related_name="postings")
    currency = models.CharField(max_length=3, default="KRW")
    amount = models.BigIntegerField()
    book = models.ForeignKey(Book, models.PROTECT, related_name="+", editable=False)
    effective_date = models.DateField(editable=False)
    recorded_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("분개 항목")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["book", "account", "effective_date", "recorded_at"],
                include=["amount", "partner", "currency"],
                name="fund_posting_as_of",
            ),
            models.Index(
                fields=["holding", "account"], condition=Q(holding__isnull=False), name="fund_posting_of_holding"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="posting_is_something"),
            models.CheckConstraint(condition=Q(account__in=Account.values), name="posting_account_known"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="posting_currency_is_iso"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:,} {self.currency}"
