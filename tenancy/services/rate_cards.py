"""Rate cards: the officer writes one, finance looks at it, the approver puts it in force from its day on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Cluster
from portal.core.errors import Invalid, Overtaken
from portal.core.transition import advance
from portal.intake.canonical import digest
from tenancy import rate_rules as rules
from tenancy.enums import Basis, RateCardStatus
from tenancy.models import RateCard
from tenancy.workflow import RATE_CARD

#: What a card says, and nothing of how it came about.
FIGURES = (
    "basis", "rate_won", "fee_won", "fee_basis", "deposit_won", "deposit_months", "ahead_months", "due_day",
    "rounding", "vat_mode", "late_interest_bp", "holdover_bp",
)  # fmt: skip


@transaction.atomic
def draft_rate_card(*, cluster: Cluster, code: str, from_date: date, by: Any, **figures: Any) -> RateCard:
    """Write the next version of a card. Raises ``Invalid`` for a deposit stated in two ways or a fee by area."""
    role = rules.check_can_draft_rate_card(by, cluster)
    unknown = set(figures) - set(FIGURES)
    if unknown:
        raise TypeError(f"a rate card does not say {sorted(unknown)}")
    if figures.get("deposit_won") and figures.get("deposit_months"):
        raise Invalid(_("보증금은 금액이나 개월 수 가운데 하나로만 적어 주십시오."), field="deposit_months")
    if figures.get("fee_basis", Basis.FLAT) not in (Basis.FLAT, Basis.SEAT):
        raise Invalid(_("관리비는 호실마다 또는 좌석마다 매길 수 있습니다."), field="fee_basis")
    last = RateCard.objects.filter(cluster=cluster, code=code).aggregate(last=Max("version"))["last"] or 0
    try:
        with transaction.atomic():
            card = RateCard.objects.create(
                cluster=cluster, code=code, version=last + 1, from_date=from_date, drafted_by=by, **figures
            )
    except IntegrityError as error:
        if "rate_card_version_once" in str(error):
            raise Overtaken from error
        raise Invalid(_("요율표에 쓸 수 없는 값이 있습니다.")) from error
    data = {"to": card.status, "from_day": from_date, "figures": digest(figures_of(card))}
    log.append("space.rate_card.drafted", row=card, by=by.acting_as(role), data=data)
    return card


def figures_of(card: RateCard) -> dict[str, Any]:
    """What the card says, as plain data."""
    return {name: getattr(card, name) if isinstance(getattr(card, name), int) else str(getattr(card, name)) for name in FIGURES}  # fmt: skip


@transaction.atomic
def check_rate_card(*, card: RateCard, by: Any) -> None:
    """The second look: finance finds the figures right. Never by who wrote them; they do not change after that."""
    role = rules.check_can_check_rate_card(by, card)
    data = {"figures": digest(figures_of(card))}
    changes = {"checked_by": by}
    advance(card, RateCardStatus.CHECKED, by=by.acting_as(role), steps=RATE_CARD, data=data, changes=changes)


@transaction.atomic
def put_rate_card_in_force(*, card: RateCard, by: Any) -> None:
    """The approver lets rounds and amendments use the card, from its day on. Raises ``Overtaken`` before the second look."""
    role = rules.check_can_put_rate_card_in_force(by, card)
    data = {"from_day": card.from_date, "figures": digest(figures_of(card))}
    advance(card, RateCardStatus.IN_FORCE, by=by.acting_as(role), steps=RATE_CARD, data=data, changes={"put_by": by})


@transaction.atomic
def drop_rate_card(*, card: RateCard, by: Any, reason: str) -> None:
    """Set a card aside that is not in force, with a reason; the next draft is another version."""
    role = rules.check_can_drop_rate_card(by, card)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(card, RateCardStatus.DROPPED, by=by.acting_as(role), steps=RATE_CARD, reason=reason.strip())
