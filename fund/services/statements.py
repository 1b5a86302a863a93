"""Statements to the partners: issued from published figures, issued anew where a correction changed what they say."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import SnapshotKind, SnapshotStatus, StatementStatus
from fund.models import CapitalStatement, Snapshot, SubFund
from fund.queries.issued import Told
from fund.services.books import lock, still
from fund.services.telling import tell_statements
from fund.workflow import STATEMENT
from ledger import log
from portal.accounts.models import Acting, User
from portal.core import outbox
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.models import OutboxMessage
from portal.core.transition import advance

logger = logging.getLogger(__name__)
TOPIC = "fund.statements"


@transaction.atomic
def order_statements(*, snapshot: Snapshot, by: Any) -> int:
    """Have the worker tell every partner of the programme's sub-funds; answers of how many sub-funds.

    Raises like ``issue_statements``, before anything is queued.
    """
    funds = list(snapshot.programme.sub_funds.filter(closes__isnull=False).distinct().select_related("programme"))
    for fund in funds:
        rules.check_can_issue_statements(by, fund, snapshot)
    _check_published(snapshot)
    asked = {"snapshot": snapshot.pk, "by": by.pk}
    outbox.put_all(TOPIC, [{**asked, "sub_fund": fund.pk} for fund in funds])
    return len(funds)


@outbox.handler(TOPIC)
def issue_ordered(message: OutboxMessage) -> None:
    """The worker's part for one sub-fund. What may no longer be issued, because it was restated, is let be."""
    asked = message.payload
    snapshot = Snapshot.objects.select_related("programme").get(pk=asked["snapshot"])
    fund = SubFund.objects.select_related("programme__cluster").get(pk=asked["sub_fund"])
    try:
        by = User.objects.get(pk=asked["by"])
        issue_statements(sub_fund=fund, snapshot=snapshot, by=by, now=database_now())
    except Refused as refusal:
        logger.info("statements of %s at %s not issued: %s", fund.code, snapshot.as_of_date, refusal.message)


def _check_published(snapshot: Snapshot) -> None:
    if (snapshot.kind, snapshot.status) != (SnapshotKind.QUARTER, SnapshotStatus.PUBLISHED):
        raise Refused(_("공개한 분기 실적으로만 명세서를 발행할 수 있습니다."))


@transaction.atomic
def issue_statements(*, sub_fund: SubFund, snapshot: Snapshot, by: Any, now: datetime) -> list[CapitalStatement]:
    """A statement to every partner of the sub-fund whose figures of the quarter were not yet told, or are told otherwise.

    Returns those issued: none when all stand already. Raises ``NotAllowed`` for who built the figures (two persons),
    ``Refused`` when they are not published figures of a quarter, ``Overtaken`` when they were restated meanwhile.
    """
    acting = by.acting_as(rules.check_can_issue_statements(by, sub_fund, snapshot))
    _check_published(snapshot)
    lock(sub_fund.programme, sub_fund)
    still(snapshot)
    left = [one for one in queries.issued.told(sub_fund, snapshot) if one.differs]
    made = [_issue(snapshot, one, acting, now) for one in left]
    tell_statements(made)
    return made


def _issue(snapshot: Snapshot, one: Told, by: Acting, now: datetime) -> CapitalStatement:
    before, fund = one.standing, one.commitment.sub_fund
    made = CapitalStatement(
        sub_fund=fund, commitment=one.commitment, snapshot=snapshot, end_date=snapshot.as_of_date, replaces=before,
        version=before.version + 1 if before else 1, number=_last(fund) + 1, issued_by=by.user, issued_at=now,
    )  # fmt: skip
    made.body, made.digest = queries.snapshots.spelled(queries.issued.body(made, one.figures))
    told = {"on": made.end_date, "number": made.number, "version": made.version}
    if before is not None:
        replaced = {"on": before.end_date, "number": before.number, "version": before.version, "by": made.digest}
        advance(before, StatementStatus.REPLACED, by=by, steps=STATEMENT, data=replaced)
    made.save()
    log.append("fund.statement.issued", row=made, by=by, data={"to": made.status, **told, "digest": made.digest})
    return made


def _last(sub_fund: SubFund) -> int:
    return sub_fund.statements.aggregate(last=Max("number"))["last"] or 0
