"""A tenant's home: what is to be paid and when, how long the term runs, and what waits for the company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.accounts.models import User
from portal.core.periods import SEOUL
from portal.core.ui.parts import Column, Figure, Table, link
from tenancy import queries, tables
from tenancy.enums import BookingStatus, LeaseStatus, OfferStatus, RenewalStatus, Side, TicketStatus
from tenancy.models import Lease, MoveIn, Offer, RenewalReview

_STAYS = (LeaseStatus.ACTIVE, LeaseStatus.VACATING, LeaseStatus.HOLDOVER)


def figures(user: User, leases: Sequence[Lease], now: datetime) -> list[Figure]:
    """Next payment, term end, open requests, next booking; nothing for whoever does not live with us."""
    living = [lease for lease in leases if lease.status in _STAYS]
    if not living:
        return []
    tickets = queries.tickets_for(user).exclude(status__in=[TicketStatus.DONE, TicketStatus.CLOSED])
    ahead = queries.own_bookings(user, now).filter(
        status__in=[BookingStatus.REQUESTED, BookingStatus.CONFIRMED], period__startswith__gte=now
    )
    booking = ahead.order_by("period", "pk").first()
    ends = min(lease.leave_date or queries.end_of(lease) for lease in living)
    return [
        _payment(leases),
        Figure(_("계약이 끝나는 날"), tables.day(ends)),
        Figure(_("열린 요청"), tickets.count(), pgettext("단위", "건"), href=reverse("tenancy:tickets")),
        Figure(
            _("다음 회의실 예약"),
            tables.instant(booking.period.lower) if booking else _("없음"),
            href=reverse("tenancy:bookings"),
        ),
    ]


def _payment(leases: Sequence[Lease]) -> Figure:
    """What is open, and the day by which the first of it is to be paid."""
    found = list(queries.unpaid_of(leases))
    if not found:
        return Figure(_("내실 금액"), _("없음"))
    first = found[0]
    return Figure(
        _("내실 금액"),
        tables.money(sum(invoice.open_amount for invoice in found)),
        note=_("가장 빠른 납부기한 %(day)s") % {"day": tables.day(first.due_date)},
        href=reverse("tenancy:lease", args=[first.lease.public_id]),
    )


def waiting(offers: Sequence[Offer], leases: Sequence[Lease], now: datetime) -> Table:
    """What this company has to do, the nearest day first."""
    rows = sorted([*_offered(offers, now), *_unsigned(leases), *_renewals(leases), *_unconfirmed(leases)], key=_by_day)
    return Table(
        caption=_("우리 기업이 할 일"),
        columns=[Column(_("할 일")), Column(_("기한"))],
        rows=[[link(words, href), tables.day(until) if until else "–"] for until, words, href in rows],
        empty=_("지금 할 일이 없습니다."),
    )


type _Task = tuple[date | None, str, str]


def _by_day(task: _Task) -> tuple[bool, date, str]:
    return task[0] is None, task[0] or date.max, task[1]


def _day(at: datetime | None) -> date | None:
    return at.astimezone(SEOUL).date() if at else None


def _offered(offers: Sequence[Offer], now: datetime) -> Iterator[_Task]:
    for offer in offers:
        if offer.status == OfferStatus.SENT and offer.expires_at is not None and now < offer.expires_at:
            words = _("%(unit)s호 입주 제안에 답하기") % {"unit": offer.unit.code}
            yield _day(offer.expires_at), words, reverse("tenancy:offer", args=[offer.public_id])


def _unsigned(leases: Sequence[Lease]) -> Iterator[_Task]:
    for lease in leases:
        if lease.status == LeaseStatus.AWAITING_SIGNATURE and not lease.signatures.filter(side=Side.TENANT).exists():
            words = _("%(unit)s호 계약서에 서명하기") % {"unit": lease.unit.code}
            yield _day(lease.sign_by), words, reverse("tenancy:lease", args=[lease.public_id])


def _renewals(leases: Sequence[Lease]) -> Iterator[_Task]:
    asked = [RenewalStatus.INVITED, RenewalStatus.GRANTED]
    searching = Q(waiting_since__isnull=False, room__isnull=True)  # its room, once found, is an offer of its own
    rows = RenewalReview.objects.filter(~searching, lease__in=leases, status__in=asked)
    for review in rows.select_related("lease__unit"):
        invited = review.status == RenewalStatus.INVITED
        words = _("%(unit)s호 연장 신청하기") if invited else _("%(unit)s호 연장계약에 서명하기")
        until = review.respond_by if invited else review.period.lower
        yield until, words % {"unit": review.lease.unit.code}, reverse("tenancy:renewal", args=[review.public_id])


def _unconfirmed(leases: Sequence[Lease]) -> Iterator[_Task]:
    living = [lease for lease in leases if lease.status in _STAYS]
    for record in MoveIn.objects.filter(lease__in=living, confirmed_at__isnull=True).select_related("lease__unit"):
        words = _("%(unit)s호 입주 기록 확인하기") % {"unit": record.lease.unit.code}
        yield None, words, reverse("tenancy:handing_over", args=[record.lease.public_id])
