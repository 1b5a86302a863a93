"""Tariffs: the officer writes one, finance looks at it, the approver puts it in force from its month on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken
from portal.core.periods import first_of_month
from portal.core.transition import advance
from tenancy import charge_rules as rules
from tenancy.enums import MeterKind, RateCardStatus
from tenancy.models import Hub, Tariff
from tenancy.workflow import TARIFF


@transaction.atomic
def draft_tariff(*, hub: Hub, kind: str, won: Decimal, from_month: date, by: Any) -> Tariff:
    """Write the next version of a hub's tariff for a kind of meter, from the month of ``from_month`` on."""
    role = rules.check_can_draft_tariff(by, hub)
    if kind not in MeterKind.values or won <= 0:
        raise Invalid(_("단가는 0원보다 커야 합니다."), field="won")
    last = Tariff.objects.filter(hub=hub, kind=kind).aggregate(last=Max("version"))["last"] or 0
    month = first_of_month(from_month)
    try:
        with transaction.atomic():
            row = Tariff.objects.create(
                hub=hub, kind=kind, version=last + 1, won=won, from_month=month, drafted_by=by
            )  # fmt: skip
    except IntegrityError as error:
        raise Overtaken from error
    data = {"to": row.status, "meter": kind, "won": won, "from_day": month}
    log.append("space.tariff.drafted", row=row, by=by.acting_as(role), data=data)
    return row


@transaction.atomic
def check_tariff(*, tariff: Tariff, by: Any) -> None:
    """The second look: finance finds the figure right. Never by who wrote it; it does not change after that."""
    role = rules.check_can_check_tariff(by, tariff)
    advance(
        tariff, RateCardStatus.CHECKED, by=by.acting_as(role), steps=TARIFF, data={"won": tariff.won},
        changes={"checked_by": by},
    )  # fmt: skip


@transaction.atomic
def put_tariff_in_force(*, tariff: Tariff, by: Any) -> None:
    """The approver lets bills use it from its month on. Raises ``Overtaken`` before the second look.

    Raises ``Invalid`` where another one begins in the same month: what was billed by it stays.
    """
    role = rules.check_can_put_tariff_in_force(by, tariff)
    data = {"meter": tariff.kind, "won": tariff.won, "from_day": tariff.from_month}
    try:
        with transaction.atomic():
            advance(
                tariff, RateCardStatus.IN_FORCE, by=by.acting_as(role), steps=TARIFF, data=data, changes={"put_by": by}
            )
    except IntegrityError as error:
        raise Invalid(_("그 달부터 시행하는 단가가 이미 있습니다.")) from error


@transaction.atomic
def drop_tariff(*, tariff: Tariff, by: Any, reason: str) -> None:
    """Set a tariff aside that is not in force, with a reason."""
    role = rules.check_can_drop_tariff(by, tariff)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(tariff, RateCardStatus.DROPPED, by=by.acting_as(role), steps=TARIFF, reason=reason.strip())
