"""What a month cost all tenants of a hub or floor: entered with its bill, split by area and days, charged to each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core import outbox
from portal.core.errors import Invalid, Overtaken
from portal.core.models import OutboxMessage
from portal.core.periods import SEOUL, add_months, first_of_month
from portal.intake.enums import Scan
from portal.intake.services.files import inspect_upload
from portal.intake.services.scanning import scan
from tenancy import charge_rules as rules
from tenancy import usage
from tenancy.enums import SharedKind
from tenancy.models import CostShare, Floor, Hub, InvoiceLine, Lease, SharedCost
from tenancy.queries.charges import area_days, stays
from tenancy.services.invoices import charge_usage
from tenancy.services.lease_files import FILE_TYPES, MOST_BYTES
from tenancy.services.readings import take_off

TOPIC = "tenancy.scan_cost"
_CHUNK = 64 * 2**10


@transaction.atomic
def share_cost(
    *,
    hub: Hub,
    month: date,
    kind: str,
    amount: int,
    evidence: File[Any],
    by: Any,
    now: datetime,
    floor: Floor | None = None,
) -> SharedCost:
    """Split a cost of a month that is over among the leases that were there, by contracted area and days.

    Raises ``Invalid`` for a month that is not over, nobody to bear it, or a bill that was entered already.
    """
    role = rules.check_can_record_charges(by, hub)
    first = first_of_month(month)
    if kind not in SharedKind.values or amount <= 0:
        raise Invalid(_("금액은 0원보다 커야 합니다."), field="amount")
    if now.astimezone(SEOUL).date() < add_months(first, 1):
        raise Invalid(_("그 달이 지난 뒤에 나눌 수 있습니다. 누가 며칠 있었는지 그때 정해집니다."))
    weights = area_days(stays(hub, first, floor))
    if not weights:
        raise Invalid(_("그 달에 입주한 기업이 없어 나눌 수 없습니다."))
    cost = _keep(hub, floor, first, kind, amount, sum(weights.values()), evidence, by=by, now=now)
    shares = usage.shared(amount, weights)
    CostShare.objects.bulk_create(
        CostShare(cost=cost, lease_id=lease, area_days=weights[lease], amount=won) for lease, won in shares.items()
    )
    data = {"shared": kind, "month": first, "total": amount, "shares": len(shares), "file": cost.sha256}
    log.append("space.cost.shared", row=cost, by=by.acting_as(role), data=data)
    charge_usage(_locked(shares))
    return cost


def _keep(
    hub: Hub, floor: Floor | None, month: date, kind: str, amount: int, weight: Any, evidence: File[Any],
    *, by: Any, now: datetime,
) -> SharedCost:  # fmt: skip
    """The cost with its bill, known by its content."""
    found = inspect_upload(evidence.name or "", evidence, types=FILE_TYPES, most=MOST_BYTES, field="evidence")
    evidence.seek(0)
    row = SharedCost(
        hub=hub, floor=floor, month=month, kind=kind, amount=amount, area_days=weight, name=found.name,
        size=found.size, content_type=found.content_type, sha256=found.sha256,
        scan=Scan.WAITING if settings.CLAMD_ADDRESS else Scan.NONE, entered_by=by, entered_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.file.save(found.name, evidence, save=True)
    except IntegrityError as error:
        if "one_shared_cost_per_bill" in str(error):
            raise Invalid(_("같은 파일로 이미 입력한 비용이 있습니다."), field="evidence") from error
        raise Invalid(_("그 달의 같은 비용을 이미 입력했습니다."), field="kind") from error
    if row.scan == Scan.WAITING:
        outbox.put(TOPIC, {"cost": row.pk}, key=f"cost-scan:{row.pk}")
    return row


def _locked(leases: Any) -> list[Lease]:
    rows = Lease.objects.select_for_update(of=("self",), no_key=True).select_related("rate_card")
    return list(rows.filter(pk__in=list(leases)).order_by("pk"))


@transaction.atomic
def void_cost(*, cost: SharedCost, reason: str, by: Any, now: datetime) -> None:
    """Set a shared cost aside; its lines go from the drafts. Raises ``Overtaken`` once one is issued and not credited."""
    role = rules.check_can_record_charges(by, cost.hub)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    _locked(cost.shares.values_list("lease", flat=True))
    take_off(InvoiceLine.objects.filter(share__cost=cost))
    if not SharedCost.objects.filter(pk=cost.pk, voided_at__isnull=True).update(voided_at=now, voided_by=by):
        raise Overtaken
    log.append("space.cost.voided", row=cost, by=by.acting_as(role), data={}, private={"reason": reason.strip()})


@outbox.handler(TOPIC)
def scan_evidence(message: OutboxMessage) -> None:
    """Scan one bill once; an infected one cannot be opened by anybody."""
    row = SharedCost.objects.select_for_update().filter(pk=message.payload["cost"], scan=Scan.WAITING).first()
    if row is None:
        return
    with row.file.open("rb") as content:
        found = scan(iter(lambda: content.read(_CHUNK), b""), settings.CLAMD_ADDRESS)
    SharedCost.objects.filter(pk=row.pk).update(scan=Scan.INFECTED if found else Scan.CLEAN)
