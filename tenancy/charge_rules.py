"""Who may set tariffs, read meters and enter what is shared; as ``rules``, of which it is a part."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.errors import NotAllowed
from portal.intake.enums import Scan
from tenancy.models import Hub, SharedCost, Tariff
from tenancy.rules import check_may_in, may_in


def check_can_draft_tariff(by: Any, hub: Hub) -> str:
    """As rate cards: the officer of the hub writes, finance looks, the approver puts in force."""
    return check_may_in(by, "rate_card.draft", hub)


def check_can_check_tariff(by: Any, tariff: Tariff) -> str:
    return _check_not_own_tariff(by, tariff, check_may_in(by, "rate_card.second", tariff.hub))


def check_can_put_tariff_in_force(by: Any, tariff: Tariff) -> str:
    return _check_not_own_tariff(by, tariff, check_may_in(by, "rate_card.put_in_force", tariff.hub))


def _check_not_own_tariff(by: Any, tariff: Tariff, role: str) -> str:
    if tariff.drafted_by_id == by.pk:
        raise NotAllowed(_("직접 작성한 단가는 확인하거나 시행할 수 없습니다."))
    return role


def check_can_drop_tariff(by: Any, tariff: Tariff) -> str:
    """Whoever has a step in it: finance in the second look, else the officer who writes."""
    step = "second" if may_in(by, "rate_card.second", tariff.hub) else "draft"
    return check_may_in(by, f"rate_card.{step}", tariff.hub)


def check_can_record_charges(by: Any, hub: Hub) -> str:
    """The officer reads the meters and enters what is shared; finance issues it."""
    return check_may_in(by, "charge.record", hub)


def check_can_see_charges(by: Any, hub: Hub) -> str:
    return check_may_in(by, "invoice.read" if may_in(by, "invoice.read", hub) else "lease.read", hub)


def check_can_open_evidence(by: Any, cost: SharedCost) -> str:
    """Whoever sees the hub's charges; nobody when something harmful was found in the file."""
    role = check_can_see_charges(by, cost.hub)
    if cost.scan == Scan.INFECTED:
        raise NotAllowed(_("악성코드가 발견되어 열 수 없는 파일입니다."))
    return role
