"""The worker's part: a letter to a visitor as a mail, in the visitor's language."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from portal.core import outbox
from portal.core.models import OutboxMessage
from portal.core.periods import SEOUL
from portal.mice import naming
from portal.mice.letters import LETTERS
from portal.mice.models import TourBooking, TourGroup
from portal.mice.services.booking import link_secret
from portal.mice.services.telling import TOPIC
from portal.mice.services.tour_groups import TOPIC as GROUP_TOPIC


@outbox.handler(TOPIC)
def send(message: OutboxMessage) -> None:
    """Send the letter, unless the visitor's address has been erased meanwhile."""
    found = TourBooking.objects.select_related("session__version__course").exclude(email="")
    booking = found.filter(public_id=message.payload["booking"]).first()
    if booking is None:
        return
    letter = LETTERS[message.payload["word"]]
    with translation.override("ko" if booking.language == "ko" else "en"):
        words = _words(booking)
        sender, change, house = gettext("마당"), gettext("예약 보기, 바꾸기, 취소"), gettext("마당, 창업 클러스터 포털")
        subject = f"[{sender}] {str(letter.subject).format(**words)}"
        link = settings.SITE_URL + reverse("tour:ticket", args=[link_secret(booking.public_id)])
        foot = f"{change}: {link}\n\n{house}"
        text = f"{str(letter.text).format(**words)}\n\n{foot}\n"
        EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [booking.email]).send()


@outbox.handler(GROUP_TOPIC)
def send_to_group(message: OutboxMessage) -> None:
    """Send the letter to whoever asked for a group, unless the address has been erased meanwhile."""
    found = TourGroup.objects.select_related("course").exclude(email="")
    group = found.filter(public_id=message.payload["group"]).first()
    if group is None:
        return
    letter = LETTERS[message.payload["word"]]
    with translation.override("ko" if group.language == "ko" else "en"):
        words = {"tour": naming.title(group.course), "when": naming.instant(group.wished_at), "party": group.party}
        sender, house = gettext("마당"), gettext("마당, 창업 클러스터 포털")
        subject = f"[{sender}] {str(letter.subject).format(**words)}"
        text = f"{str(letter.text).format(**words)}\n\n{house}\n"
        EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [group.email]).send()


def _words(booking: TourBooking) -> dict[str, str | int]:
    session, course = booking.session, booking.session.version.course
    korean = booking.language == "ko"
    return {
        "tour": course.title_ko if korean else course.title_en or course.title_ko,
        "when": _moment(session.starts_at),
        "party": booking.party,
        "minimum": session.min_people,
        "expires_at": _moment(booking.offer_expires_at),
    }


def _moment(at: datetime | None) -> str:
    return "" if at is None else date_format(timezone.localtime(at, SEOUL), "DATETIME_FORMAT")
