"""What is read of event support and the tour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from portal.accounts import queries as accounts
from portal.accounts.models import Cluster, Organisation
from portal.intake.models import Call
from portal.mice import turnout
from portal.mice.enums import BookingStatus, ClawbackStatus, GroupStatus, MatchStatus, ScanVerdict, SessionStatus, Way
from portal.mice.models import (
    Award,
    AwardPlan,
    CheckIn,
    Clawback,
    CourseVersion,
    EditionMatch,
    EventDoor,
    EventEdition,
    Evidence,
    Registrant,
    Sanction,
    SettlementLine,
    SettlementReport,
    SupportTerms,
    TourBooking,
    TourCourse,
    TourGroup,
    TourSession,
)

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


def award_of(public_id: UUID) -> Award | None:
    """An award with what its page says of it."""
    found = Award.objects.select_related("organisation", "programme__cluster", "edition", "envelope", "application")
    return found.filter(public_id=public_id).first()


def clawback_of(public_id: UUID) -> Clawback | None:
    found = Clawback.objects.select_related(
        "award__organisation", "award__programme__cluster", "award__edition", "award__envelope"
    )
    return found.filter(public_id=public_id).first()


def sanction_of(clawback: Clawback) -> Sanction | None:
    return Sanction.objects.filter(clawback=clawback).first()


def awards_of(user: Any) -> QuerySet[Award]:
    """The awards of the companies this person belongs to, the newest first."""
    mine = accounts.organisations_of(user)
    return Award.objects.filter(organisation__in=mine).select_related("edition", "organisation")


def awards_on_desk(clusters: QuerySet[Cluster]) -> QuerySet[Award]:
    """All awards of these clusters, the newest first."""
    return Award.objects.filter(programme__cluster__in=clusters).select_related("edition", "organisation")


def last_report(award: Award) -> SettlementReport | None:
    """The version of the award's report that stands."""
    return award.reports.order_by("-version").first()


def evidence_of_others(report: SettlementReport) -> frozenset[str]:
    """Hashes of this report's evidence that another award counts already or filed before; what an officer shared is free."""
    mine = Evidence.objects.filter(lines__report=report, shared=False)
    others = SettlementLine.objects.exclude(report__award=report.award_id)
    used = others.filter(Q(recognised__gt=0) | Q(report__lt=report.pk), evidence__in=mine)
    return frozenset(used.values_list("evidence__sha256", flat=True))


def evidence_in(award: Award, sha256: str) -> Evidence | None:
    """The evidence with this hash, if a line of the award's sheet or reports names it."""
    mine = Q(lines__report__award=award) | Q(sheet_lines__award=award)
    return Evidence.objects.filter(mine, sha256=sha256).first()


def checkins_of(edition: EventEdition) -> list[turnout.CheckIn]:
    """Everybody who was let in, as the count of turnout reads a scan; who left was let in before."""
    came_in = CheckIn.objects.filter(edition=edition, verdict=ScanVerdict.ADMITTED, way=Way.ENTRY)
    admitted = came_in.select_related("registrant")
    return [
        turnout.CheckIn(
            str(scan.registrant.public_id),
            scan.registrant.origin,
            scan.mode,
            scan.day.isoformat(),
            scan.registrant.country,
        )
        for scan in admitted.order_by("at", "id")
        if scan.registrant
    ]


def is_inside(scan: CheckIn) -> bool:
    """Whether the last time the scan's person passed this door on this day, on site or on-line, was on the way in."""
    same = {"registrant": scan.registrant, "door": scan.door, "day": scan.day, "mode": scan.mode}
    last = CheckIn.objects.filter(**same, verdict=ScanVerdict.ADMITTED).order_by("at", "id").last()
    return last is not None and last.way == Way.ENTRY


def doors_of(edition: EventEdition) -> list[EventDoor]:
    """The doors beside the main entrance, in the order in which they open."""
    return list(EventDoor.objects.filter(edition=edition))


def scans_of(edition: EventEdition) -> QuerySet[CheckIn]:
    """Every scan at the edition's doors, the newest first."""
    return CheckIn.objects.filter(edition=edition).select_related("registrant", "door").order_by("-at", "-id")


def guests_of(edition: EventEdition) -> QuerySet[Registrant]:
    """Who is registered, in the order in which they were."""
    return Registrant.objects.filter(edition=edition).order_by("id")


def edition_of(public_id: UUID) -> EventEdition | None:
    return EventEdition.objects.select_related("event__cluster", "host").filter(public_id=public_id).first()


def is_sanctioned(*, organisation: Organisation, on: date) -> bool:
    """Whether the organisation gets no support of events on that day."""
    return Sanction.objects.filter(organisation=organisation, lifted_at=None, from_on__lte=on, until_on__gt=on).exists()


def has_overdue_clawback(organisation: Organisation) -> bool:
    """Whether money that was to be paid back is not in."""
    late = Clawback.objects.filter(status__in=[ClawbackStatus.OVERDUE, ClawbackStatus.REFERRED])
    return late.filter(award__organisation=organisation).exists()


def principal_taken_back(award: Award) -> int:
    """The principal of the award's clawbacks that were not dropped or waived, in won."""
    standing = Clawback.objects.filter(award=award).exclude(status__in=[ClawbackStatus.DROPPED, ClawbackStatus.WAIVED])
    return standing.aggregate(total=Sum("principal"))["total"] or 0


def is_in_question(edition: EventEdition) -> bool:
    """Whether the edition may be another one: then nothing is awarded."""
    open_ones = EditionMatch.objects.filter(status=MatchStatus.OPEN)
    return open_ones.filter(Q(first=edition) | Q(second=edition)).exists()


def courses_with_stops() -> QuerySet[TourCourse]:
    """Courses that have an itinerary."""
    return TourCourse.objects.filter(versions__stops__isnull=False).select_related("cluster").distinct()


def upcoming(now: datetime, *courses: TourCourse) -> QuerySet[TourSession]:
    """Sessions of these courses that have not begun and were not called off, with how many have ``joined``."""
    alive = [SessionStatus.OPEN, SessionStatus.CONFIRMED]
    booked = Q(bookings__status__in=[BookingStatus.PENDING, BookingStatus.CONFIRMED])
    found = TourSession.objects.filter(version__course__in=courses, status__in=alive, starts_at__gt=now, group=None)
    joined = Coalesce(Sum("bookings__party", filter=booked), 0)
    return found.select_related("version__course__cluster").annotate(joined=joined).order_by("starts_at", "id")


def in_calendar(since: datetime, **which: Any) -> QuerySet[TourSession]:
    """Sessions for a calendar; those called off are among them, so that calendars take them out."""
    found = TourSession.objects.filter(ends_at__gte=since, **which)
    return found.select_related("version__course__cluster").order_by("starts_at", "id")


def groups_waiting(clusters: QuerySet[Cluster]) -> QuerySet[TourGroup]:
    """Groups that nobody has answered, the first first."""
    found = TourGroup.objects.filter(status=GroupStatus.ASKED, course__cluster__in=clusters)
    return found.select_related("course__cluster").order_by("asked_at", "id")


def group_of(public_id: UUID) -> TourGroup | None:
    return TourGroup.objects.select_related("course__cluster").filter(public_id=public_id).first()


def session_of(public_id: UUID) -> TourSession | None:
    found = TourSession.objects.select_related("version__course__cluster", "guide")
    return found.filter(public_id=public_id).first()


def booking_by_link(link_hash: str) -> TourBooking | None:
    """The booking whose link has this fingerprint."""
    found = TourBooking.objects.select_related("session__version__course__cluster", "allotment")
    return found.filter(link_hash=link_hash).first()


def newest_version(course: TourCourse) -> CourseVersion | None:
    return course.versions.order_by("-number").first()


def on_desk(user: Any, clusters: QuerySet[Cluster], since: datetime) -> QuerySet[TourSession]:
    """The sessions of the clusters whose tours this person runs, and those the person guides."""
    mine = Q(version__course__cluster__in=clusters) | Q(guide=user)
    return (
        TourSession.objects.filter(mine, ends_at__gte=since)
        .select_related("version__course", "guide")
        .order_by("starts_at", "id")
    )


def booking_of(public_id: UUID) -> TourBooking | None:
    found = TourBooking.objects.select_related("session__version__course__cluster", "session__guide")
    return found.filter(public_id=public_id).first()


def present(session: TourSession) -> int:
    """How many people were checked in."""
    came = session.bookings.filter(status=BookingStatus.CHECKED_IN)
    return came.aggregate(people=Sum("party"))["people"] or 0
