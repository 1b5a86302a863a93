"""A rate card on its way into force, by the three people it needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.accounts.models import Cluster
from tenancy import services
from tenancy.models import RateCard
from tenancy.rehearsal.cast import Staff


def card_in_force(staff: Staff, cluster: Cluster, code: str, from_date: date, **figures: Any) -> RateCard:
    """The card of that name, written, looked at and put in force unless it stands already."""
    card = RateCard.objects.filter(cluster=cluster, code=code, version=1).first()
    if card is None:
        card = services.draft_rate_card(cluster=cluster, code=code, from_date=from_date, by=staff.officer, **figures)
        services.check_rate_card(card=card, by=staff.finance)
        services.put_rate_card_in_force(card=card, by=staff.approver)
    return card
