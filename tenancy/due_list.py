"""What is due in a hub, by day: the officer's list of all that runs out, ends, or stays past its day (design 05 §13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.periods import SEOUL
from portal.core.ui.parts import Column, Figure, Table, link
from tenancy import queries, tables
from tenancy.enums import LeaseStatus, MoveOutStatus, OfferStatus
from tenancy.models import Hub, Lease

#: Days before the end of a term in which it is counted, the nearest first.
NEAR = (30, 90, 120)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing, the day it is due, whose it is, and where it is handled."""

    on: date
    what: str | Promise
    who: str
    unit: str
    href: str


def of_hub(hub: Hub, now: datetime) -> list[Due]:
    """Everything due in a hub, the nearest day first. A constant number of queries."""
    found = [
        *_offers(hub, now),
        *_leases(hub, now),
        *_renewals(hub),
        *_leaving(hub),
        *(_arrears(hub, now)),
    ]
    return sorted(found, key=lambda one: (one.on, one.unit, str(one.what)))


def _offers(hub: Hub, now: datetime) -> list[Due]:
    rows = queries.offers_in([hub]).filter(status=OfferStatus.SENT, expires_at__gt=now)
    return [
        Due(queries.day_of(row.expires_at), _("제안 답변 기한"), row.need.organisation.name, row.unit.code, reverse("tenancy:offer", args=[row.public_id]))
        for row in rows
        if row.expires_at is not None
    ]  # fmt: skip


def _leases(hub: Hub, now: datetime) -> list[Due]:
    today = now.astimezone(SEOUL).date()
    rows = queries.leases_in([hub])
    waiting = rows.filter(status=LeaseStatus.AWAITING_SIGNATURE, sign_by__isnull=False)
    found = [_of(row, queries.day_of(row.sign_by), _("계약 서명 기한")) for row in waiting if row.sign_by]
    signed = rows.filter(status=LeaseStatus.SIGNED)
    found += [_of(row, min(term.period.lower for term in row.terms.all()), _("입주(열쇠 인계)")) for row in signed]
    for row in rows.filter(status__in=[LeaseStatus.ACTIVE, LeaseStatus.VACATING]):
        end = row.leave_date or queries.end_of(row)
        if end <= today + timedelta(days=NEAR[-1]):
            found.append(_of(row, end, _("계약기간 종료")))
    late = rows.filter(status=LeaseStatus.HOLDOVER)
    return found + [_of(row, row.leave_date or queries.end_of(row), _("무단점유")) for row in late]


def _of(row: Lease, on: date, what: str | Promise) -> Due:
    return Due(on, what, row.organisation.name, row.unit.code, reverse("tenancy:lease", args=[row.public_id]))


def _renewals(hub: Hub) -> list[Due]:
    words = {"INVITED": _("연장 신청 기한"), "APPLIED": _("연장평가 결과"), "GRANTED": _("연장계약 서명")}
    return [
        Due(
            row.respond_by if row.status == "INVITED" else row.period.lower,
            words[row.status],
            row.lease.organisation.name,
            row.lease.unit.code,
            reverse("tenancy:renewal", args=[row.public_id]),
        )
        for row in queries.renewals_in([hub])
    ]


def _leaving(hub: Hub) -> list[Due]:
    rows = queries.move_outs_in([hub]).exclude(status__in=[MoveOutStatus.KEYS_RETURNED, MoveOutStatus.SETTLED])
    found = []
    for row in rows:
        seen = row.status == MoveOutStatus.SCHEDULED and row.inspect_at is not None
        on = queries.day_of(row.inspect_at) if seen and row.inspect_at else row.leave_date
        what = _("퇴거 점검") if seen else _("퇴거")
        found.append(
            Due(on, what, row.lease.organisation.name, row.lease.unit.code, reverse("tenancy:move_out", args=[row.public_id]))
        )  # fmt: skip
    return found


def _arrears(hub: Hub, now: datetime) -> list[Due]:
    return [
        Due(row.since_date, _("체납"), row.lease.organisation.name, row.lease.unit.code, reverse("tenancy:arrears_case", args=[row.public_id]))
        for row in queries.cases_in([hub]).select_related("lease__unit").order_by("since_date", "pk")
    ]  # fmt: skip


def figures(rows: Sequence[Due], today: date) -> list[Figure]:
    """How many terms end within 30, 90 and 120 days, and how much is past its day."""
    ends = [row.on for row in rows if str(row.what) == str(_("계약기간 종료"))]
    near = [
        Figure(
            _("%(days)s일 안에 끝나는 계약") % {"days": days}, sum(on <= today + timedelta(days=days) for on in ends)
        )
        for days in NEAR
    ]
    return [*near, Figure(_("날이 지난 일"), sum(row.on < today for row in rows))]


def table(rows: Sequence[Due], today: date) -> Table:
    """The list as people read it; how many days are left, or have passed."""
    return Table(
        caption=_("기한 목록"),
        columns=[Column(_("날짜")), Column(_("남은 날"), number=True), Column(_("할 일")), Column(_("호실")), Column(_("기업"))],
        rows=[
            [tables.day(row.on), _left(row.on, today), link(row.what, row.href), row.unit, row.who]
            for row in rows
        ],
        empty=_("정해진 날이 있는 일이 없습니다."),
    )  # fmt: skip


def _left(on: date, today: date) -> Any:
    days = (on - today).days
    return days if days >= 0 else _("%(days)s일 지남") % {"days": -days}
