"""Handing over a room: meters and photos at its start and its end, and the company's word that all is so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken
from tenancy import rules
from tenancy.enums import MOVE_OUT_OPEN, LeaseFileKind, MeterKind
from tenancy.models import Lease, MeterReading, MoveIn, MoveOut
from tenancy.queries.charges import last_readings
from tenancy.services.lease_files import keep_lease_file

MOST_PHOTOS = 10


@transaction.atomic
def read_meter(
    *, lease: Lease, kind: str, value: Decimal, by: Any, now: datetime, photo: File[Any] | None = None
) -> MeterReading:
    """Write down what a meter of the room shows. Raises ``Invalid`` when it shows less than it did before."""
    rules.check_can_move_in(by, lease)
    Lease.objects.select_for_update(no_key=True).get(pk=lease.pk)
    last = last_readings([lease.unit], kind).get(lease.unit_id)
    if kind not in MeterKind.values or value < 0 or (last is not None and value < last.value):
        raise Invalid(_("앞서 읽은 값보다 작을 수 없습니다."), field="value")
    kept = keep_lease_file(lease, photo, LeaseFileKind.METER, by=by, now=now, field="photo") if photo else None
    return MeterReading.objects.create(
        unit=lease.unit, lease=lease, kind=kind, value=value, photo=kept, read_by=by, read_at=now
    )


@transaction.atomic
def add_photos(*, lease: Lease, photos: Sequence[File[Any]], by: Any, now: datetime) -> None:
    """Photos of the room as it was handed over; after the company's word nothing is added."""
    rules.check_can_move_in(by, lease)
    _open_record(lease)
    if lease.files.filter(kind=LeaseFileKind.MOVE_IN).count() + len(photos) > MOST_PHOTOS:
        raise Invalid(_("파일은 %(most)s개까지 올릴 수 있습니다.") % {"most": MOST_PHOTOS}, field="photos")
    for photo in photos:
        keep_lease_file(lease, photo, LeaseFileKind.MOVE_IN, by=by, now=now, field="photos")


@transaction.atomic
def add_leaving_photos(
    *, move_out: MoveOut, photos: Sequence[File[Any]], by: Any, now: datetime, item: str = ""
) -> None:
    """Photos of the room as it is left, by the hub or by the company, as long as the keys are out.

    ``item`` is the code of the point of the inspection's list that they show; empty for the room as a whole.
    """
    rules.check_can_photograph(by, move_out)
    row = MoveOut.objects.select_for_update(of=("self",), no_key=True).get(pk=move_out.pk)
    if row.status not in MOVE_OUT_OPEN:
        raise Overtaken
    lease = move_out.lease
    if lease.files.filter(kind=LeaseFileKind.MOVE_OUT, uploaded_by=by).count() + len(photos) > MOST_PHOTOS:
        raise Invalid(_("파일은 %(most)s개까지 올릴 수 있습니다.") % {"most": MOST_PHOTOS}, field="photos")
    shown = {row.code: row for row in row.items.all()}
    if item and item not in shown:
        raise Invalid(_("없는 확인항목입니다."), field="item")
    for photo in photos:
        keep_lease_file(lease, photo, LeaseFileKind.MOVE_OUT, by=by, now=now, field="photos", item=shown.get(item))


@transaction.atomic
def confirm_move_in(*, lease: Lease, by: Any, now: datetime, remark: str = "") -> None:
    """The company confirms what it was handed, once, with what it has to say to it."""
    role = rules.check_can_confirm_move_in(by, lease)
    row = _open_record(lease)
    row.confirmed_by, row.confirmed_at, row.remark = by, now, remark.strip()
    row.save(update_fields=["confirmed_by", "confirmed_at", "remark"])
    said = {"reason": row.remark} if row.remark else None
    log.append("space.move_in.confirmed", row=row, by=by.acting_as(role), data={}, private=said)


def _open_record(lease: Lease) -> MoveIn:
    row = MoveIn.objects.select_for_update(of=("self",), no_key=True).filter(lease=lease).first()
    if row is None or row.confirmed_at is not None:
        raise Overtaken
    row.lease = lease
    return row
