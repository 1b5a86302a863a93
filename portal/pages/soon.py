"""What the front door says beside the calls: courses to ask for, dates to come, what waits for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from college import catalogue
from college import queries as college
from college.enums import RequestStatus
from portal.accounts import queries as accounts
from portal.core.ui.parts import Card, Row, Task
from portal.intake import queries as intake
from portal.intake.enums import SheetStatus
from portal.mice import event_queries, event_tables, naming, tour_tables
from portal.mice import queries as tour
from portal.mice.models import TourSession
from portal.notices import queries as notices
from tenancy import queries as tenancy
from tenancy.enums import LeaseStatus, OfferStatus

#: How many courses and dates the first page has room for.
COURSES, DATES = 3, 3


def courses(now: datetime) -> list[Card]:
    """Runs that can be asked for now before those that open later, of each the one that closes first on top."""
    runs = sorted(college.open_runs(now), key=lambda run: run.opens_at > now)
    return [catalogue.run_card(run, now) for run in runs[:COURSES]]


def dates(now: datetime) -> list[Card]:
    """Events and tours in the order in which they begin."""
    today = timezone.localtime(now).date()
    editions = [(one.starts_on, event_tables.edition_card(one, today)) for one in event_queries.listed(today)[:DATES]]
    return [card for _day, card in sorted([*editions, *_tours(now)], key=lambda pair: pair[0])[:DATES]]


def _tours(now: datetime) -> list[tuple[date, Card]]:
    found = tour.upcoming(now, *tour.courses_with_stops())
    open_ones = [session for session in found[: DATES * 4] if session.is_open(now)]
    return [(timezone.localtime(one.starts_at).date(), tour_card(one, now)) for one in open_ones[:DATES]]


def tour_card(session: TourSession, now: datetime) -> Card:
    """One session of a tour: when, and how many places are left."""
    course = session.version.course
    return Card(
        naming.title(course),
        reverse("tour:course", args=[course.code]),
        above=str(course.cluster),
        status=_("예약 중"),
        tone="success",
        facts=[Row(_("일시"), naming.span(session)), Row(_("자리"), tour_tables.places(session, now))],
    )


def waiting(user: Any, now: datetime) -> list[Task]:
    """What the reader has to do, the most binding first; nothing for a visitor."""
    if not user.is_authenticated:
        return []
    return list(chain(_rooms(user, now), _seats(user), _files(user), _letters(user), _desk(user)))


def _rooms(user: Any, now: datetime) -> Sequence[Task]:
    offers = tenancy.offers_for(user).filter(status=OfferStatus.SENT, expires_at__gt=now)
    leases = tenancy.leases_for(user).filter(status=LeaseStatus.AWAITING_SIGNATURE)
    return [
        *(
            Task(
                _("%(unit)s호 입주 제안") % {"unit": offer.unit.code},
                _("답변해 주세요"),
                "warning",
                reverse("tenancy:offer", args=[offer.public_id]),
                _("%(at)s까지") % {"at": naming.instant(offer.expires_at)},
            )
            for offer in offers
        ),
        *(
            Task(
                _("%(unit)s호 입주계약") % {"unit": lease.unit.code},
                _("서명해 주세요"),
                "warning",
                reverse("tenancy:lease", args=[lease.public_id]),
                _("%(at)s까지") % {"at": naming.instant(lease.sign_by)},
            )
            for lease in leases
        ),
    ]


def _seats(user: Any) -> Sequence[Task]:
    person = college.person_of(user)
    offered = college.my_requests(person).filter(status=RequestStatus.OFFERED)
    there = reverse("college:mine")
    return [Task(catalogue.tables.name(one.run), _("답변해 주세요"), "warning", there) for one in offered]


def _files(user: Any) -> Sequence[Task]:
    left = intake.sheets_of(user).filter(status=SheetStatus.OPEN).count()
    words = _("%(left)s건 남음") % {"left": left}
    return [Task(_("내 평가"), words, "warning", reverse("intake:reviews"))] if left else []


def _letters(user: Any) -> Sequence[Task]:
    unread = notices.unread_count(user)
    return (
        [Task(_("읽지 않은 알림"), _("%(count)s건") % {"count": unread}, "info", reverse("notices:inbox"))]
        if unread
        else []
    )


def _desk(user: Any) -> Sequence[Task]:
    return [Task(_("업무 화면"), _("열기"), "info", reverse("desk:home"))] if list(accounts.roles_of(user)) else []
