"""The City's share and its cap: counted at every close, release and default."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, ExpressionWrapper, F
from django.utils.translation import gettext as _

from fund import capital, rules
from fund.enums import BreachStatus
from fund.models import CapBreach, Programme
from fund.workflow import CAP_BREACH
from ledger import log
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL, add_months
from portal.core.transition import advance

CURE_MONTHS = 6


def count(*, programme: Programme, city: int, total: int, by: Any, now: datetime) -> None:
    """Add what the City and all partners committed together, in won. Refused where the City's share would pass the cap.

    One conditional UPDATE decides; new money that brings the share back under the cap cures an open breach.
    """
    product = ExpressionWrapper((F("city_committed") + city) * 10_000, output_field=BigIntegerField())
    rows = Programme.objects.filter(pk=programme.pk).annotate(product=product)
    if city:
        rows = rows.filter(product__lte=F("cap_bp") * (F("total_committed") + total))
    fits = Programme.objects.filter(pk__in=rows.values("pk"))
    if not fits.update(city_committed=F("city_committed") + city, total_committed=F("total_committed") + total):
        raise Refused(
            _(
                "서울시의 출자 비율이 한도를 넘게 됩니다. 다른 출자자의 약정을 먼저 늘리거나 서울시의 약정을 줄여 주십시오."
            )
        )
    _cure(programme, by, now)


def take_off(*, programme: Programme, city: int, total: int, cause: str, by: Any, now: datetime) -> None:
    """Take released or defaulted commitments off; a share above the cap opens a breach with a date to cure it by."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    programme.refresh_from_db()
    after = programme.city_committed - city, programme.total_committed - total
    changes: dict[str, Any] = {"city_committed": after[0], "total_committed": after[1]}
    if not capital.city_share_ok(*after, programme.cap_bp) and programme.cap_breach_id is None:
        changes["cap_breach"] = _open(programme, *after, cause=cause, by=by, now=now)
    Programme.objects.filter(pk=programme.pk).update(**changes)
    _cure(programme, by, now)


def _open(programme: Programme, city: int, total: int, *, cause: str, by: Any, now: datetime) -> CapBreach:
    breach = CapBreach.objects.create(
        programme=programme,
        city=city,
        total=total,
        cause=cause,
        opened_at=now,
        cure_by_date=add_months(now.astimezone(SEOUL).date(), CURE_MONTHS),
    )
    data = {"to": breach.status, "city": city, "total": total, "cap_bp": programme.cap_bp, "cause": cause}
    log.append("fund.cap_breach.opened", row=breach, by=by, data=data)
    return breach


def _cure(programme: Programme, by: Any, now: datetime) -> None:
    programme.refresh_from_db()
    breach = programme.cap_breach
    if breach is None or not capital.city_share_ok(
        programme.city_committed, programme.total_committed, programme.cap_bp
    ):
        return
    Programme.objects.filter(pk=programme.pk).update(cap_breach=None)
    programme.cap_breach = None
    if breach.status == BreachStatus.OPEN:
        data = {"city": programme.city_committed, "total": programme.total_committed}
        advance(breach, BreachStatus.CURED, by=by, steps=CAP_BREACH, data=data, changes={"ended_at": now})


@transaction.atomic
def waive_breach(*, breach: CapBreach, by: Any, now: datetime, reason: str) -> None:
    """Let a breach stand for a stated reason; only an approver, and the reason is sealed in the ledger."""
    role = rules.check_may_on(by, "duty.waive", breach.programme)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    acting = by.acting_as(role)
    advance(breach, BreachStatus.WAIVED, by=acting, steps=CAP_BREACH, reason=reason, changes={"ended_at": now})
