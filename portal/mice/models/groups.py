"""Groups too large for a session of their course: they ask for one of their own."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.mice.enums import GroupStatus, Language
from portal.mice.models.courses import TourCourse
from portal.mice.models.sessions import TourSession


class TourGroup(models.Model):
    """A group's wish; led, it has a ``session`` that takes its booking alone (a trigger). Names go 30 days after."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(TourCourse, models.PROTECT, related_name="groups")
    session = models.OneToOneField(TourSession, models.PROTECT, null=True, blank=True, related_name="group")
    status = models.CharField(max_length=8, choices=GroupStatus, default=GroupStatus.ASKED)
    party = models.PositiveSmallIntegerField(_("인원"))
    wished_at = models.DateTimeField(_("원하는 때"))
    name = models.CharField(_("이름"), max_length=60, blank=True)
    email = models.EmailField(_("전자우편"), blank=True)
    phone = models.CharField(_("휴대전화"), max_length=20, blank=True)
    language = models.CharField(_("안내 언어"), max_length=2, choices=Language, default=Language.KO)
    access_needs = models.CharField(_("이동·관람에 필요한 도움"), max_length=300, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("단체 신청")
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=GroupStatus.values), name="tour_group_status_known"),
            models.CheckConstraint(condition=Q(party__gte=2), name="tour_group_is_a_group"),
            models.CheckConstraint(
                condition=Q(status="LED", session__isnull=False) | ~Q(status="LED") & Q(session__isnull=True),
                name="tour_group_led_has_session",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) & ~Q(name="") & (~Q(email="") | ~Q(phone=""))
                | Q(erased_at__isnull=False, name="", email="", phone="", access_needs=""),
                name="tour_group_is_reachable_or_erased",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="tour_group", ref=str(self.public_id))
