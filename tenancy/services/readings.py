"""A month's readings of a hub, entered together; what was used goes on the invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.errors import Invalid, Overtaken
from portal.core.periods import SEOUL, first_of_month
from tenancy import charge_rules as rules
from tenancy.enums import InvoiceStatus, LeaseFileKind, MeterKind
from tenancy.models import Hub, InvoiceLine, Lease, MeterReading, Unit
from tenancy.queries.charges import base_reading, last_readings, month_readings, stays
from tenancy.services.invoices import charge_usage
from tenancy.services.lease_files import keep_lease_file
from tenancy.services.usage_lines import add_up


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter of a lease's room showed; of a changed meter, where the old one ended and the new one began."""

    lease: int
    unit: int
    value: Decimal
    old_end: Decimal | None = None
    new_start: Decimal | None = None
    photo: File[Any] | None = None

    @property
    def key(self) -> str:
        """How the row of the form is called."""
        return f"{self.lease}-{self.unit}"


@transaction.atomic
def record_readings(
    *, hub: Hub, month: date, kind: str, readings: Sequence[Reading], by: Any, now: datetime
) -> list[MeterReading]:
    """Write the month's readings of a hub, all or none. Raises ``Invalid`` at the row that cannot be right.

    A value below the last one is refused unless the meter was changed; a month is read once for each lease and room.
    """
    rules.check_can_record_charges(by, hub)
    first = first_of_month(month)
    if first > now.astimezone(SEOUL).date() or kind not in MeterKind.values:
        raise Invalid(_("아직 오지 않은 달은 검침할 수 없습니다."))
    there = {(stay.lease.pk, stay.unit.pk): stay for stay in stays(hub, first)}
    leases = sorted({reading.lease for reading in readings})
    locked = {row.pk: row for row in Lease.objects.select_for_update(of=("self",), no_key=True).select_related("rate_card").filter(pk__in=leases).order_by("pk")}  # fmt: skip
    read = month_readings(hub, first, kind)
    made = []
    for reading in readings:
        stay = there.get((reading.lease, reading.unit))
        if stay is None or (reading.lease, reading.unit) in read:
            raise Overtaken(_("그 사이 다른 사람이 검침했거나 그 달에 살지 않은 호실이 있습니다."))
        made.append(_write(stay.lease, stay.unit, first, kind, reading, by=by, now=now))
    charge_usage(locked.values())
    return made


def _write(lease: Lease, unit: Unit, month: date, kind: str, given: Reading, *, by: Any, now: datetime) -> MeterReading:
    last = last_readings([unit], kind).get(unit.pk)
    _check(given, last)
    base = base_reading(lease, unit, kind)
    used = None
    if base is not None:
        used = given.value - base.value
        if given.old_end is not None and given.new_start is not None:
            used = given.old_end - base.value + given.value - given.new_start
        if used < 0:
            raise Invalid(_("앞서 읽은 값보다 작을 수 없습니다."), field=f"value-{given.key}")
    kept = keep_lease_file(lease, given.photo, LeaseFileKind.METER, by=by, now=now, field=f"photo-{given.key}") if given.photo else None  # fmt: skip
    return MeterReading.objects.create(
        unit=unit, lease=lease, kind=kind, value=given.value, month=month, since=base.value if base else None,
        used=used, old_end=given.old_end, new_start=given.new_start, photo=kept, read_by=by, read_at=now,
    )  # fmt: skip


def _check(given: Reading, last: MeterReading | None) -> None:
    """Where the meter was changed the old one ends no lower than it showed, and the new one counts up as well."""
    if given.value < 0:
        raise Invalid(_("검침값은 0보다 작을 수 없습니다."), field=f"value-{given.key}")
    if (given.old_end is None) != (given.new_start is None):
        missing = "old" if given.old_end is None else "new"
        raise Invalid(_("계량기를 바꾸었으면 두 값을 모두 적어 주십시오."), field=f"{missing}-{given.key}")
    if given.old_end is None or given.new_start is None:
        if last is not None and given.value < last.value:
            raise Invalid(
                _("앞서 읽은 값보다 작습니다. 계량기를 바꾸었으면 떼어 낸 값과 새 계량기의 값을 적어 주십시오."),
                field=f"value-{given.key}",
            )
        return
    if last is not None and given.old_end < last.value:
        raise Invalid(_("앞서 읽은 값보다 작을 수 없습니다."), field=f"old-{given.key}")
    if given.value < given.new_start:
        raise Invalid(_("새 계량기가 시작한 값보다 작을 수 없습니다."), field=f"value-{given.key}")


@transaction.atomic
def void_reading(*, reading: MeterReading, reason: str, by: Any, now: datetime) -> None:
    """Set the latest reading of a month aside, to read again; its line goes from the draft.

    Raises ``Overtaken`` once it is on an issued invoice that was not credited, or a later reading counts from it.
    """
    rules.check_can_record_charges(by, reading.unit.hub)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    Lease.objects.select_for_update(no_key=True).get(pk=reading.lease_id)
    later = MeterReading.objects.filter(unit=reading.unit, kind=reading.kind, voided_at__isnull=True)
    if later.filter(read_at__gt=reading.read_at).exists() or later.filter(read_at=reading.read_at, pk__gt=reading.pk):
        raise Overtaken(_("그 뒤에 읽은 값이 있어 취소할 수 없습니다."))
    take_off(InvoiceLine.objects.filter(reading=reading))
    rows = MeterReading.objects.filter(pk=reading.pk, voided_at__isnull=True)
    if not rows.update(voided_at=now, voided_by=by, void_reason=reason.strip()):
        raise Overtaken


def take_off(lines: Any) -> None:
    """Lines go from their drafts. Raises ``Overtaken`` where one is issued and not credited whole."""
    for line in lines.select_for_update(of=("self", "invoice"), no_key=True).select_related("invoice"):
        if line.invoice.status == InvoiceStatus.DRAFT:
            line.delete()
            add_up(line.invoice)
        elif sum(note.total for note in line.credits.all() if note.approved_at) < line.total:
            raise Overtaken(_("이미 고지했습니다. 먼저 감액고지로 바로잡아 주십시오."))
