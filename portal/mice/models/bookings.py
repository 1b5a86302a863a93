"""Who comes on a tour, and who waits for a place. No account is needed: a secret link is the visitor's key."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.mice.enums import BookingStatus, Language
from portal.mice.models.allotments import EventAllotment
from portal.mice.models.groups import TourGroup
from portal.mice.models.sessions import TourSession

#: In these states a booking's party has its places; the trigger in guards.sql reads the same list.
HOLDING = (
    BookingStatus.PENDING,
    BookingStatus.CONFIRMED,
    BookingStatus.OFFERED,
    BookingStatus.CHECKED_IN,
    BookingStatus.NO_SHOW,
)


class TourBooking(models.Model):
    """One party's booking of one session, or its place in the line for it.

    Of the link's secret only the hash is kept. Name, address and needs are emptied 30 days after the tour
    (``erased_at``); party, state and times stay and name nobody.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: The public reference of the case in the ledger; it says nothing of who it is.
    case_ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(TourSession, models.PROTECT, related_name="bookings")
    #: Whose kept places the party has, if any.
    allotment = models.ForeignKey(
        EventAllotment, models.PROTECT, null=True, blank=True, related_name="bookings", editable=False
    )
    #: Whose own session it is, if a group's.
    group = models.ForeignKey(TourGroup, models.PROTECT, null=True, blank=True, related_name="bookings", editable=False)
    status = models.CharField(max_length=10, choices=BookingStatus)
    party = models.PositiveSmallIntegerField(_("인원"))
    name = models.CharField(_("이름"), max_length=60, blank=True)
    email = models.EmailField(_("전자우편"), blank=True)
    phone = models.CharField(_("휴대전화"), max_length=20, blank=True)
    language = models.CharField(_("안내 언어"), max_length=2, choices=Language, default=Language.KO)
    access_needs = models.CharField(_("이동·관람에 필요한 도움"), max_length=300, blank=True)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    requested_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("투어 예약")
        ordering = ["requested_at", "id"]
        indexes = [
            models.Index(
                fields=["session", "requested_at", "id"], condition=Q(status="WAITING"), name="tour_waiting_in_order"
            ),
            models.Index(fields=["offer_expires_at"], condition=Q(status="OFFERED"), name="tour_offers_by_deadline"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=BookingStatus.values), name="tour_booking_status_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="tour_booking_language_known"),
            models.CheckConstraint(condition=Q(party__gte=1), name="tour_booking_has_people"),
            models.CheckConstraint(condition=Q(link_hash__regex=r"^[0-9a-f]{64}$"), name="tour_booking_link_is_a_hash"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) & ~Q(name="") & (~Q(email="") | ~Q(phone=""))
                | Q(erased_at__isnull=False, name="", email="", phone="", access_needs=""),
                name="tour_booking_is_reachable_or_erased",
            ),
            models.CheckConstraint(
                condition=~Q(status="OFFERED") | Q(offered_at__isnull=False, offer_expires_at__isnull=False),
                name="tour_offer_has_deadline",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_ref)

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="tour_booking", ref=str(self.case_ref))
