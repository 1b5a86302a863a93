"""A sub-fund's stake in another, recorded as a commitment there; what it costs stands in ``holders``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import PartnerRole
from fund.models import Commitment, Partner, SubFund
from fund.services.commitments import prepare_commitment
from ledger import log
from portal.core.errors import Invalid


@transaction.atomic
def record_stake(*, holder: SubFund, held: SubFund, units: int, by: Any, now: datetime) -> Commitment:
    """What ``holder`` means to commit to ``held``; a second person signs it like any commitment.

    ``Invalid`` for a sub-fund of another programme or currency, or one that already holds the holder on any path. The
    programme's stakes are recorded one at a time, so that two never close a circle together.
    """
    acting = by.acting_as(rules.check_may_in(by, "commitment.prepare", held))
    queries.stakes.hold_programme(held.programme_id)
    _check(holder, held)
    partner, _made = Partner.objects.get_or_create(
        sub_fund=holder,
        defaults={
            "programme": holder.programme,
            "role": PartnerRole.SUB_FUND,
            "organisation": holder.manager,
            "name_ko": holder.name_ko,
            "name_en": holder.name_en,
        },
    )
    made = prepare_commitment(sub_fund=held, partner=partner, units=units, by=by, now=now)
    data = {"holder": holder.code, "units": units, "amount": made.amount}
    log.append("fund.stake.recorded", row=made, by=acting, data=data)
    return made


def _check(holder: SubFund, held: SubFund) -> None:
    if (holder.programme_id, holder.currency) != (held.programme_id, held.currency):
        raise Invalid(_("같은 사업의 같은 통화 자펀드에만 출자할 수 있습니다."), field="holder")
    if holder.pk == held.pk:
        raise Invalid(_("자펀드는 자기 자신에 출자할 수 없습니다."), field="holder")
    if holder.pk in queries.stakes.below(held):
        raise Invalid(
            _("이 자펀드가 이미 출자한 자펀드입니다. 서로 출자하면 같은 돈을 두 번 세게 되어 기록할 수 없습니다."),
            field="holder",
        )
