"""Programme, sub-funds, partners and agreements: what everything else stands on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils.translation import gettext as _

from fund import rules
from fund.enums import BookKind, PartnerRole, SubFundStatus
from fund.models import AgreementVersion, Book, Partner, Programme, SubFund
from fund.workflow import SUB_FUND
from ledger import log
from portal.accounts.models import Cluster, Organisation
from portal.accounts.rules import check_may
from portal.core.errors import Invalid
from portal.core.transition import advance
from portal.intake.canonical import digest

#: The columns of an agreement that are its terms.
TERMS = (
    "waterfall",
    "compounding",
    "hurdle_bp",
    "carry_bp",
    "catch_up_bp",
    "clawback",
    "clawback_tax_bp",
    "fee_bp",
    "late_close_bp",
    "first_loss_bp",
    "bearer_shares_rest",
    "excess_transfer_bp",
)
#: Steps that choose or end a sub-fund; all others are the manager's.
_DECIDED = {SubFundStatus.SELECTED, SubFundStatus.CANCELLED, SubFundStatus.EXTENDED, SubFundStatus.CLOSED}


@transaction.atomic
def create_programme(*, cluster: Cluster, by: Any, now: datetime, **fields: Any) -> Programme:
    """Set up the City's programme with its policy and the City's own book."""
    check_may(by, "commitment.approve", cluster=cluster)
    programme = Programme.objects.create(cluster=cluster, **fields)
    Book.objects.create(programme=programme, kind=BookKind.CITY, last_known_at=now)
    return programme


@transaction.atomic
def create_sub_fund(*, programme: Programme, manager: Organisation, by: Any, now: datetime, **fields: Any) -> SubFund:
    """A sub-fund as it is proposed, with its book."""
    rules.check_may_on(by, "commitment.prepare", programme)
    sub_fund = SubFund.objects.create(programme=programme, manager=manager, created_at=now, **fields)
    Book.objects.create(programme=programme, kind=BookKind.SUB_FUND, sub_fund=sub_fund, last_known_at=now)
    return sub_fund


def add_partner(
    *,
    programme: Programme,
    role: PartnerRole,
    name_ko: str,
    name_en: str,
    by: Any,
    organisation: Organisation | None = None,
) -> Partner:
    """A partner that may commit to the programme's sub-funds."""
    rules.check_may_on(by, "commitment.prepare", programme)
    return Partner.objects.create(
        programme=programme, role=role, name_ko=name_ko, name_en=name_en, organisation=organisation
    )


@transaction.atomic
def adopt_agreement(
    *, sub_fund: SubFund, start: date, terms: Mapping[str, Any], by: Any, now: datetime
) -> AgreementVersion:
    """The terms of the agreement from ``start`` on. What was known before stays known as of its time."""
    acting = by.acting_as(rules.check_may_in(by, "commitment.approve", sub_fund))
    latest = sub_fund.agreements.filter(known__endswith__isnull=True).order_by("-version").first()
    if latest is not None:
        now = max(now, latest.known.lower + timedelta(microseconds=1))
        _supersede(latest, start, acting, now)
    span = DateRange(start, None)
    return _adopt(sub_fund, latest.version + 1 if latest else 1, span, terms, acting, now)


def _adopt(
    sub_fund: SubFund, version: int, valid: DateRange, terms: Mapping[str, Any], acting: Any, now: datetime
) -> AgreementVersion:
    seal = digest({"start": valid.lower.isoformat(), **terms})
    known = DateTimeTZRange(now, None)
    made = AgreementVersion.objects.create(
        sub_fund=sub_fund, version=version, valid=valid, known=known, digest=seal, **terms
    )
    log.append("fund.agreement.adopted", row=made, by=acting, data={"version": version, "hash": seal})
    return made


def _supersede(latest: AgreementVersion, start: date, acting: Any, now: datetime) -> None:
    """From now on the terms before are known to end at ``start``."""
    if start <= latest.valid.lower:
        raise Invalid(_("새 규약은 앞의 규약보다 늦게 시작해야 합니다."), field="start")
    AgreementVersion.objects.filter(pk=latest.pk).update(known=DateTimeTZRange(latest.known.lower, now))
    data = {"version": latest.version, "hash": latest.digest}
    log.append("fund.agreement.superseded", row=latest, by=acting, data=data)
    terms = {name: getattr(latest, name) for name in TERMS}
    _adopt(latest.sub_fund, latest.version, DateRange(latest.valid.lower, start), terms, acting, now)


@transaction.atomic
def move_sub_fund(
    *, sub_fund: SubFund, to: SubFundStatus, by: Any, now: datetime, on: date | None = None, **changes: Any
) -> None:
    """The next step of a sub-fund's life; forming is done by its first close."""
    action = "commitment.approve" if to in _DECIDED else "commitment.prepare"
    role = rules.check_may_in(by, action, sub_fund)
    data = {}
    if to == SubFundStatus.REGISTERED:
        if on is None:
            raise Invalid(_("등록일을 적어 주십시오."), field="on")
        changes, data = {**changes, "registered_date": on}, {"on": on}
    advance(sub_fund, to, by=by.acting_as(role), steps=SUB_FUND, data=data, changes=changes)
