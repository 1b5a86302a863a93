"""Who may write, check, put in force and read rate cards; nobody takes two of the three steps (design 05 §12)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts import rules as accounts
from portal.accounts.models import Cluster
from portal.core.errors import NotAllowed
from tenancy.models import RateCard


def check_can_draft_rate_card(by: Any, cluster: Cluster) -> str:
    return accounts.check_may(by, "rate_card.draft", cluster=cluster, hub=None)


def may_draft_rate_card(by: Any, cluster: Cluster) -> bool:
    return accounts.may(by, "rate_card.draft", cluster=cluster, hub=None)


def check_can_check_rate_card(by: Any, card: RateCard) -> str:
    """The second look; never by whoever wrote it."""
    return _check_not_own_card(by, card, accounts.check_may(by, "rate_card.second", cluster=card.cluster, hub=None))


def may_check_rate_card(by: Any, card: RateCard) -> bool:
    return accounts.may(by, "rate_card.second", cluster=card.cluster, hub=None) and card.drafted_by_id != by.pk


def check_can_put_rate_card_in_force(by: Any, card: RateCard) -> str:
    return _check_not_own_card(
        by, card, accounts.check_may(by, "rate_card.put_in_force", cluster=card.cluster, hub=None)
    )


def may_put_rate_card_in_force(by: Any, card: RateCard) -> bool:
    return accounts.may(by, "rate_card.put_in_force", cluster=card.cluster, hub=None) and card.drafted_by_id != by.pk


def _check_not_own_card(by: Any, card: RateCard, role: str) -> str:
    if card.drafted_by_id == by.pk:
        raise NotAllowed(_("직접 작성한 요율표는 확인하거나 시행할 수 없습니다."))
    return role


def check_can_drop_rate_card(by: Any, card: RateCard) -> str:
    """Whoever has a step in it: finance in the second look, else the officer who writes."""
    step = "second" if accounts.may(by, "rate_card.second", cluster=card.cluster, hub=None) else "draft"
    return accounts.check_may(by, f"rate_card.{step}", cluster=card.cluster, hub=None)


def can_drop_rate_card(by: Any, card: RateCard) -> bool:
    return any(accounts.may(by, f"rate_card.{step}", cluster=card.cluster, hub=None) for step in ("second", "draft"))


_READS_CARDS = ("rate_card.second", "lease.read", "invoice.read")


def check_can_read_rate_cards(by: Any, cluster: Cluster) -> str:
    """Those who have a hand in rate cards, and whoever reads leases."""
    action = next((step for step in _READS_CARDS if accounts.may(by, step, cluster=cluster, hub=None)), "lease.read")
    return accounts.check_may(by, action, cluster=cluster, hub=None)


def may_read_rate_cards(by: Any, cluster: Cluster) -> bool:
    return any(accounts.may(by, step, cluster=cluster, hub=None) for step in _READS_CARDS)
