"""What tenants, officers and the clock do on the days of the rehearsal: another term, leaving, paying, moving in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from portal.accounts.models import User
from portal.core.crew import Crew
from portal.core.errors import Refused
from portal.core.periods import SEOUL, add_months
from tenancy import queries, services
from tenancy.enums import ArrearsStatus, LeaseStatus, MoveOutStatus
from tenancy.models import ArrearsCase, Hub, Invoice, Lease, MoveOut
from tenancy.rehearsal.cast import Staff
from tenancy.rehearsal.plan_life import Life
from tenancy.rehearsal.renewing import Renewing

_EARLY_FROM, _EARLY_MONTHS = 4, 12
#: Months after moving in from which on some stop paying.
_SOUND_MONTHS = 5
#: Days by which keys come back late, or early.
_LATE, _EARLY = 9, 6
_HUB = "unit__floor__building__hub__cluster"
#: The worker's jobs of a night, one list for each of its processes: those of a list wait for one another.
_NIGHT: Sequence[Sequence[Callable[..., int]]] = (
    (
        services.turn_terms,
        services.hold_over,
        services.invite_renewals,
        services.lapse_renewals,
        services.notice_ends,
    ),
    (services.expire_due_offers, services.dun),
)


class Living:
    """The hubs in use."""

    def __init__(self, life: Life, staff: Staff, hubs: Sequence[Hub], masters: dict[int, User], crew: Crew) -> None:
        self.life, self.staff, self.hubs, self.masters, self.crew = life, staff, hubs, masters, crew
        self.renewing = Renewing(life, staff, hubs, masters, crew)

    def clock(self, day: date) -> None:
        """What the worker does in the night before, in the order of its schedule."""
        self.crew.each(partial(_work_off, now=_at(day, 0)), _NIGHT)

    def first_of_month(self, day: date) -> None:
        """Rent is drafted by the clock and issued by finance."""
        services.bill_holdovers(now=_at(day, 0))
        self.crew.each(partial(_bill, by=self.staff.finance, day=day), self.hubs)

    def people(self, day: date) -> None:
        """Officers, approvers and tenants, each one step."""
        now = _at(day, 10)
        self._leave(day, now)
        self._move_in(day, now)
        self.renewing.people(now)
        self._stop(now)

    def _move_in(self, day: date, now: datetime) -> None:
        leases = Lease.objects.filter(status=LeaseStatus.SIGNED, unit__floor__building__hub__in=self.hubs)
        begun = leases.filter(terms__seq=1, terms__period__startswith__lte=day)
        leases = begun.select_related("organisation", "rate_card", _HUB).order_by("pk")
        self.crew.each(partial(_give_keys, by=self.staff.officer, day=day, now=now), leases)

    def _leave(self, day: date, now: datetime) -> None:
        """Inspection in the week before, keys on the day, some a week late; settled when nothing is open."""
        rows = MoveOut.objects.filter(lease__unit__floor__building__hub__in=self.hubs)
        known = rows.exclude(status__in=["CLOSED", "CANCELLED"]).select_related("lease__organisation", f"lease__{_HUB}")
        leaving = [(row, row.leave_date + timedelta(days=self._days_off(row))) for row in known.order_by("pk")]
        self.crew.each(partial(_see_off, by=self.staff.officer, day=day, now=now), leaving)

    def _days_off(self, row: MoveOut) -> int:
        """How long after the day of leaving the keys come back; some come before it, and days paid for are credited."""
        who = (row.lease.unit.ref, row.leave_date)
        if self.life.happens("keys_late", *who):
            return _LATE
        return -_EARLY if self.life.happens("keys_early", *who) else 0

    def some_leave_early(self, day: date) -> None:
        """A tenant somewhere in the middle of a term says that it leaves."""
        leave = add_months(day, 2)
        leases = Lease.objects.filter(status=LeaseStatus.ACTIVE, unit__floor__building__hub__in=self.hubs)
        known = leases.select_related("organisation", _HUB)
        for lease in known.prefetch_related("terms").order_by("pk"):
            settled = lease.moved_in_date and add_months(lease.moved_in_date, _EARLY_FROM) <= day
            if not settled or queries.end_of(lease) <= add_months(day, _EARLY_FROM):
                continue
            if self.life.happens("leaves_early", lease.organisation.business_number, day, per=_EARLY_MONTHS):
                services.give_notice(lease=lease, leave_date=leave, by=self._master(lease), now=_at(day, 14))

    def pay(self, day: date) -> None:
        """The bank's file of each hub: what its tenants paid this month, applied as shown."""
        files = []
        for hub in self.hubs:
            due = queries.open_invoices(hub).select_related("lease__organisation")
            rows = [(invoice, self._paid(invoice, day)) for invoice in due]
            lines = [["거래일자", "입금액", "입금자", "메모"]]
            lines += [
                [f"{day:%Y-%m-%d}", f"{amount:,}", invoice.lease.organisation.name_ko, invoice.number or ""]
                for invoice, amount in rows
                if amount
            ]
            if len(lines) > 1:
                files.append((hub, lines))
        self.crew.each(partial(_import, by=self.staff.finance, now=_at(day, 16)), files)

    def _paid(self, invoice: Invoice, day: date) -> int:
        """All of it, or nothing: a month late, or never again."""
        company = invoice.lease.organisation.business_number
        since = invoice.lease.moved_in_date or day
        if self.life.happens("stops_paying", company) and day >= add_months(since, _SOUND_MONTHS):
            return 0
        first = invoice.month == day.replace(day=1)
        return 0 if first and self.life.happens("pays_late", company, invoice.month) else invoice.open_amount

    def _stop(self, now: datetime) -> None:
        """Who never pays is heard after the final notice, and then the lease is ended."""
        cases = ArrearsCase.objects.filter(lease__unit__floor__building__hub__in=self.hubs, lease__status="ACTIVE")
        due = cases.filter(status__in=[ArrearsStatus.FINAL_NOTICE, ArrearsStatus.TERMINATING])
        for case in due.select_related("lease__organisation", f"lease__{_HUB}").order_by("pk"):
            if case.status == ArrearsStatus.FINAL_NOTICE:
                reason = "최고한 뒤에도 내지 않았습니다."
                services.start_termination(
                    case=case, heard_date=now.date(), by=self.staff.approver, now=now, reason=reason
                )
                continue
            leave = add_months(now.date().replace(day=1), 2)
            if leave <= queries.end_of(case.lease):
                services.terminate(lease=case.lease, leave_date=leave, by=self.staff.approver, now=now, reason="체납")

    def _master(self, lease: Lease) -> User:
        return self.masters[lease.organisation_id]


def _work_off(jobs: Sequence[Callable[..., int]], *, now: datetime) -> None:
    for job in jobs:
        job(now=now)


def _bill(hub: Hub, *, by: User, day: date) -> None:
    services.bill_month(hub=hub, month=day)
    drafts = list(queries.drafts_in_all(hub))
    for invoice, refusal in services.issue_all(invoices=drafts, by=by, now=_at(day, 11)):
        assert refusal is None, (invoice, refusal)


def _give_keys(lease: Lease, *, by: User, day: date, now: datetime) -> None:
    with suppress(Refused):  # the company before still has the keys
        services.move_in(lease=lease, on=day, by=by, now=now)


def _see_off(leaving: tuple[MoveOut, date], *, by: User, day: date, now: datetime) -> None:
    """The next steps of one that moves out, whose keys come back on a day."""
    row, back = leaving
    if row.status == MoveOutStatus.NOTICED:
        services.schedule_inspection(move_out=row, inspect_at=_at(row.leave_date, 9), by=by)
    if row.status == MoveOutStatus.SCHEDULED and row.leave_date <= day + timedelta(days=8):
        found = dict.fromkeys(services.leaving.CHECKLIST, (True, "", 0, False))
        services.inspect(move_out=row, found=found, by=by)
    if row.status == MoveOutStatus.INSPECTED and back <= day:
        services.return_keys(move_out=row, on=back, by=by, now=now)
    elif row.status == MoveOutStatus.KEYS_RETURNED and not queries.open_of(row.lease):
        services.settle_move_out(move_out=row, by=by)


def _import(file: tuple[Hub, list[list[str]]], *, by: User, now: datetime) -> None:
    """The bank's file of a hub, applied as shown."""
    hub, lines = file
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    brought: dict[str, Any] = {"hub": hub, "content": text.getvalue().encode(), "by": by}
    plan = services.plan_import(**brought)
    assert len(plan.ready) == len(lines) - 1, [match for match in plan.matches if match.verdict != "MATCHED"]
    services.apply_import(**brought, file_hash=plan.file_hash, plan_hash=plan.plan_hash, now=now)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SEOUL)
