"""What is read of event support and the tour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum

from portal.intake.models import Call
from portal.mice.enums import BookingStatus, MatchStatus, SessionStatus
from portal.mice.models import AwardPlan, EditionMatch, EventEdition, SupportTerms, TourBooking, TourSession

#: A booking that still wants a place or has one before the tour.
LIVE = (BookingStatus.PENDING, BookingStatus.CONFIRMED, BookingStatus.WAITING, BookingStatus.OFFERED)


def bookings(session: TourSession, *statuses: str) -> list[TourBooking]:
    """The session's bookings in these states, in the order in which they came; each knows the very ``session``."""
    found = list(session.bookings.filter(status__in=statuses).order_by("requested_at", "id"))
    for booking in found:
        booking.session = session
    return found


def people(session: TourSession) -> int:
    """How many people have booked; an offer nobody has answered is no booking."""
    booked = session.bookings.filter(status__in=[BookingStatus.PENDING, BookingStatus.CONFIRMED])
    return booked.aggregate(people=Sum("party"))["people"] or 0


def rank(booking: TourBooking) -> int:
    """The place of a waiting party in its line, from 1; 0 for one that does not wait."""
    line = booking.session.bookings.filter(status=BookingStatus.WAITING).order_by("requested_at", "id")
    return next((place for place, pk in enumerate(line.values_list("pk", flat=True), 1) if pk == booking.pk), 0)


def offers_due(now: datetime) -> QuerySet[TourBooking]:
    """Offers whose time is over."""
    due = TourBooking.objects.filter(status=BookingStatus.OFFERED, offer_expires_at__lte=now)
    return due.select_related("session").order_by("offer_expires_at", "id")


def sessions_due(now: datetime) -> QuerySet[TourSession]:
    """Sessions past their cutoff that are still open, or confirmed with a line that nobody is taken from any more."""
    past = TourSession.objects.filter(cutoff_at__lte=now)
    lines = TourBooking.objects.filter(status__in=[BookingStatus.WAITING, BookingStatus.OFFERED]).values("session")
    return (
        past.filter(status=SessionStatus.OPEN) | past.filter(status=SessionStatus.CONFIRMED, pk__in=lines)
    ).order_by("cutoff_at", "id")


def with_room_for(session: TourSession, party: int) -> QuerySet[TourSession]:
    """The session's one row, if so many places are free that are kept for nobody."""
    return TourSession.objects.filter(pk=session.pk, taken__lte=F("capacity") - F("reserved") - party)


def terms_of(call: Call) -> SupportTerms | None:
    """Out of which envelope the call awards, as it stands now; None while nobody has said."""
    return SupportTerms.objects.select_related("envelope__programme__cluster").filter(call=call).first()


def plans_of(applications: Iterable[int]) -> dict[int, AwardPlan]:
    """What these applications would get, by the application's key."""
    found = AwardPlan.objects.filter(application__in=list(applications)).select_related("edition")
    return {plan.application_id: plan for plan in found}


def is_in_question(edition: EventEdition) -> bool:
    """Whether the edition may be another one: then nothing is awarded."""
    open_ones = EditionMatch.objects.filter(status=MatchStatus.OPEN)
    return open_ones.filter(Q(first=edition) | Q(second=edition)).exists()
