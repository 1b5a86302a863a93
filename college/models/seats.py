"""Who asks for a seat and who has one. The run's counters and these rows are compared by the database at the commit."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from college.enums import EnrolmentStatus, RequestStatus
from college.models.courses import Run
from college.models.people import Person
from ledger import log
from portal.intake.models import Application

#: A request that still wants something, or whose seat is held.
OPEN_REQUESTS = (RequestStatus.SUBMITTED, RequestStatus.WAITING, RequestStatus.OFFERED)
#: An enrolment in these states has given its seat back.
WITHOUT_SEAT = (EnrolmentStatus.EXPIRED, EnrolmentStatus.CANCELLED, EnrolmentStatus.DROPPED)


class SeatRequest(models.Model):
    """One person's request for a seat of a run.

    ``canonical`` is the person it counts for: two accounts of one human collide. ``live`` while the request is open or
    its seat is held; then one more by the same human is refused by the database.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: The public reference of the case: in the ledger, in the lottery's list.
    case_ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="requests")
    person = models.ForeignKey(Person, models.PROTECT, related_name="requests")
    canonical = models.ForeignKey(Person, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.SUBMITTED)
    live = models.BooleanField(default=True)
    priority = models.PositiveSmallIntegerField(default=1)
    requested_at = models.DateTimeField()
    #: Rank or draw place; a first-come request has none and stands by its time.
    place = models.PositiveIntegerField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    #: Of a selection run: what was selected. A called reserve that went back and is called again asks anew.
    application = models.ForeignKey(Application, models.PROTECT, null=True, blank=True, related_name="college_requests")

    class Meta:
        verbose_name = _("수강신청")
        ordering = ["priority", F("place").asc(nulls_last=True), "requested_at", "id"]
        indexes = [
            models.Index(
                fields=["run", "priority", "place", "requested_at", "id"],
                condition=Q(status="WAITING"),
                name="college_waiting_in_order",
            ),
            models.Index(fields=["offer_expires_at"], condition=Q(status="OFFERED"), name="college_offers_by_deadline"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "canonical"], condition=Q(live=True), name="one_live_request_per_person"
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(live=True), name="one_live_request_per_application"
            ),
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="request_status_known"),
            models.CheckConstraint(
                condition=Q(live=True) | ~Q(status__in=list(OPEN_REQUESTS)), name="open_request_is_live"
            ),
            models.CheckConstraint(
                condition=Q(live=False) | Q(status__in=[*OPEN_REQUESTS, RequestStatus.SEATED]),
                name="ended_request_is_not_live",
            ),
            models.CheckConstraint(
                condition=~Q(status="OFFERED") | Q(offer_expires_at__isnull=False), name="offer_has_deadline"
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_ref)

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="seat_request",
            ref=str(self.case_ref),
            private={"person": str(self.person.public_id)},
            key=self.person.seal,
        )


class Enrolment(models.Model):
    """A seat somebody has, or had."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.OneToOneField(SeatRequest, models.PROTECT, related_name="enrolment")
    run = models.ForeignKey(Run, models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments")
    canonical = models.ForeignKey(Person, models.PROTECT, related_name="+")
    status = models.CharField(max_length=14, choices=EnrolmentStatus)
    holds_seat = models.BooleanField(default=True)
    policy_version = models.CharField(max_length=40)
    enrolled_at = models.DateTimeField()
    pay_by = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("수강")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "canonical"], condition=Q(holds_seat=True), name="one_seat_per_person"
            ),
            models.CheckConstraint(condition=Q(status__in=EnrolmentStatus.values), name="enrolment_status_known"),
            models.CheckConstraint(
                condition=(Q(status__in=WITHOUT_SEAT) & Q(holds_seat=False))
                | (~Q(status__in=WITHOUT_SEAT) & Q(holds_seat=True)),
                name="enrolment_holds_its_seat",
            ),
            models.CheckConstraint(
                condition=~Q(status="HELD") | Q(pay_by__isnull=False), name="enrolment_held_has_deadline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} · {self.person_id}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="enrolment",
            ref=str(self.request.case_ref),
            private={"person": str(self.person.public_id)},
            key=self.person.seal,
        )
