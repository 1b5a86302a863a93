"""Who committed what: partners, closes, commitments, releases."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fund import capital
from fund.enums import CommitmentStatus, PartnerRole
from fund.models.programme import Programme, SubFund
from fund.workbook.layout import places_of
from ledger import log
from portal.accounts.models import Organisation, User


class Partner(models.Model):
    """A limited or general partner (출자자) of a programme's sub-funds.

    ``sub_fund`` is set when the partner is another sub-fund of the programme: its commitment is a stake of one sub-fund
    in another. Its money was committed once already, so it counts neither as the City's nor in the programme's total.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="partners")
    role = models.CharField(max_length=10, choices=PartnerRole)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="fund_partners")
    sub_fund = models.OneToOneField(SubFund, models.PROTECT, null=True, blank=True, related_name="as_partner")
    name_ko = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("출자자")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=PartnerRole.values), name="partner_role_known"),
            models.UniqueConstraint(fields=["programme"], condition=Q(role="CITY"), name="one_city_per_programme"),
            models.CheckConstraint(
                condition=Q(role="SUB_FUND", sub_fund__isnull=False) | (~Q(role="SUB_FUND") & Q(sub_fund__isnull=True)),
                name="partner_names_its_sub_fund",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name_en if get_language() == "en" and self.name_en else self.name_ko)


class Close(models.Model):
    """A close (결성): the day on which signed commitments take effect together.

    ``rate`` is what one unit of the sub-fund's currency was worth in won that day, by the source beside it. At it the
    commitments of this close count towards the City's cap for good; a sub-fund in won has none.
    """

    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="closes")
    number = models.PositiveSmallIntegerField()
    on_date = models.DateField(_("결성일"))
    recorded_at = models.DateTimeField()
    rate = models.DecimalField(_("결성일의 환율(원)"), max_digits=16, decimal_places=6, null=True, blank=True)
    rate_source = models.CharField(_("환율의 출처"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("결성(추가결성)")
        ordering = ["sub_fund", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sub_fund", "number"], name="close_number_once"),
            models.CheckConstraint(
                condition=Q(rate__isnull=True, rate_source="") | (Q(rate__gt=0) & ~Q(rate_source="")),
                name="close_rate_has_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sub_fund} {self.number}"

    def in_won(self, amount: int) -> int:
        """What an amount of the sub-fund's currency counts for in won, in whole won."""
        return amount if self.rate is None else capital.in_won(amount, places_of(self.sub_fund.currency), self.rate)

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()


class Commitment(models.Model):
    """What one partner promised to one sub-fund, and how much of it may still be called.

    The effect of every call, distribution and release on the unfunded amount is stored here, never guessed. For
    partners of later closes ``called_inside`` is net of the principal settled between partners.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="commitments")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="commitments")
    close = models.ForeignKey(Close, models.PROTECT, null=True, blank=True, related_name="commitments")
    units = models.PositiveBigIntegerField(_("좌수"))
    amount = models.PositiveBigIntegerField(_("약정액"))
    consent = models.CharField(_("의회 동의 번호"), max_length=80, blank=True)
    consent_amount = models.PositiveBigIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=CommitmentStatus, default=CommitmentStatus.DRAFT)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    called_inside = models.PositiveBigIntegerField(default=0)
    called_outside = models.PositiveBigIntegerField(default=0)
    recallable = models.PositiveBigIntegerField(default=0)
    returned_excess = models.PositiveBigIntegerField(default=0)
    released = models.PositiveBigIntegerField(default=0)
    adjustment = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("출자약정")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CommitmentStatus.values), name="commitment_status_known"),
            models.UniqueConstraint(
                fields=["sub_fund", "partner"], condition=~Q(status="WITHDRAWN"), name="one_commitment_per_partner"
            ),
            models.CheckConstraint(condition=Q(units__gte=1, amount__gte=1), name="commitment_is_something"),
            models.CheckConstraint(
                condition=Q(
                    called_inside__lte=F("amount")
                    - F("released")
                    + F("recallable")
                    + F("returned_excess")
                    + F("adjustment")
                ),
                name="commitment_unfunded_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(
                    called_inside__gte=F("recallable") + F("returned_excess") - F("released") + F("adjustment")
                ),
                name="commitment_unfunded_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "CONSENTED", "SIGNED", "WITHDRAWN"]) | Q(close__isnull=False),
                name="commitment_in_force_has_close",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")), name="commitment_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "CONSENTED", "WITHDRAWN"]) | Q(approved_by__isnull=False),
                name="commitment_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(consent_amount__isnull=True) | Q(amount__lte=F("consent_amount")),
                name="commitment_within_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} → {self.sub_fund}"

    @property
    def unfunded(self) -> int:
        """What may still be called, in minor units."""
        return capital.unfunded(
            self.amount, self.called_inside, self.recallable, self.returned_excess, self.released, self.adjustment
        )

    @property
    def returnable(self) -> int:
        """How much of what was called inside the commitment may become callable again, in minor units."""
        return self.amount - self.unfunded

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        """The sub-fund; whose commitment it is stays sealed, under the partner's key where it has an account."""
        company = self.partner.organisation
        key = f"organisation:{company.public_id}" if company else None
        return log.Subject("sub_fund", self.sub_fund.code, {"commitment": str(self.public_id)}, key)


class Equalisation(models.Model):
    """What one partner paid (or got back, negative) when others joined later; interest stands apart."""

    close = models.ForeignKey(Close, models.PROTECT, related_name="equalisations")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="equalisations")
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()

    class Meta:
        verbose_name = _("추가결성 정산")
        constraints = [models.UniqueConstraint(fields=["close", "commitment"], name="one_equalisation_per_partner")]

    def __str__(self) -> str:
        return f"{self.close} {self.commitment.partner} {self.principal:,}"


class Release(models.Model):
    """A part of a commitment that was let go (약정 해지); a row, not a state."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="releases")
    amount = models.PositiveBigIntegerField()
    on_date = models.DateField()

    class Meta:
        verbose_name = _("약정 해지")
        constraints = [models.CheckConstraint(condition=Q(amount__gte=1), name="release_is_something")]

    def __str__(self) -> str:
        return f"{self.commitment} −{self.amount:,}"
