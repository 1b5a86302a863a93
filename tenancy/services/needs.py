"""What a company needs, and its place in line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts import rules as accounts
from portal.core.errors import Invalid, NotAllowed
from portal.intake.models import Application
from tenancy.fitting import Wish
from tenancy.models import Need, Preference


@transaction.atomic
def state_need(
    *,
    application: Application,
    seats: int,
    by: Any,
    wishes: Sequence[Wish] = (),
    min_area_m2: Decimal | None = None,
    accessible: bool = False,
) -> Need:
    """Write down what the company needs and wants, in order; until its selection is published it may change."""
    if by is not log.SYSTEM:
        accounts.check_can_act_for(by, application.organisation)
    if seats < 1 or len(set(wishes)) != len(wishes):
        raise Invalid(_("상주 인원은 1명 이상이어야 하고, 같은 희망을 두 번 적을 수 없습니다."))
    need = Need.objects.select_for_update().filter(application=application).first()
    need = need or Need(application=application, organisation=application.organisation)
    if need.frozen_at is not None:
        raise NotAllowed(_("선정 결과가 발표된 뒤에는 입주 수요를 바꿀 수 없습니다."))
    need.seats, need.min_area_m2, need.accessible = seats, min_area_m2, accessible
    need.save()
    need.preferences.all().delete()
    Preference.objects.bulk_create(
        Preference(need=need, position=position, kind=wish.kind, value=wish.value)
        for position, wish in enumerate(wishes, start=1)
    )
    return need


@transaction.atomic
def freeze_need(*, application: Application, by: Any, now: datetime) -> Need:
    """Put a selected company in line with the need it stated; doing it again changes nothing, but for one that had left the
    line and was selected anew. ``by`` acts in a role.

    Raises ``Invalid`` when it never stated one: then nothing is published.
    """
    need = Need.objects.select_for_update().filter(application=application).first()
    if need is None:
        raise Invalid(_("접수번호 %(number)s: 상주 인원이 없어 호실을 배정할 수 없습니다.") % {"number": application})
    if need.frozen_at is None or need.left_at is not None:
        need.frozen_at, need.left_at = need.frozen_at or now, None
        need.save(update_fields=["frozen_at", "left_at"])
        log.append("space.need.lined_up", row=need, by=by, data={"seats": need.seats})
    return need


def leave_line(*, need: Need, why: str, by: Any, now: datetime) -> None:
    """Take a company out of the line; doing it again changes nothing."""
    if Need.objects.filter(pk=need.pk, frozen_at__isnull=False, left_at__isnull=True).update(left_at=now):
        need.left_at = now
        log.append("space.need.left", row=need, by=by, data={"why": why})
