"""Statements to the partners: issued from published figures, issued anew where a correction changed what they say."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import SnapshotKind, SnapshotStatus, StatementStatus
from fund.models import CapitalStatement, Commitment, Snapshot, SubFund
from fund.services.books import lock, still
from fund.workflow import STATEMENT
from ledger import log
from portal.accounts.models import Acting
from portal.core.errors import Refused
from portal.core.transition import advance


@transaction.atomic
def issue_statements(*, sub_fund: SubFund, snapshot: Snapshot, by: Any, now: datetime) -> list[CapitalStatement]:
    """A statement to every partner of the sub-fund whose figures of the quarter were not yet told, or are told otherwise.

    Returns those issued: none when all stand already. Raises ``NotAllowed`` for who built the figures (two persons),
    ``Refused`` when they are not published figures of a quarter, ``Overtaken`` when they were restated meanwhile.
    """
    acting = by.acting_as(rules.check_can_issue_statements(by, sub_fund, snapshot))
    if (snapshot.kind, snapshot.status) != (SnapshotKind.QUARTER, SnapshotStatus.PUBLISHED):
        raise Refused(_("공개한 분기 실적으로만 명세서를 발행할 수 있습니다."))
    lock(sub_fund.programme, sub_fund)
    still(snapshot)
    told = queries.issued.figures(sub_fund, on=snapshot.as_of_date, known=snapshot.known_at)
    before = queries.issued.standing(sub_fund, snapshot.as_of_date)
    commitments = sub_fund.commitments.select_related("partner__organisation").in_bulk(list(told))
    return [
        _issue(snapshot, commitments[pk], figures, before.get(pk), acting, now)
        for pk, figures in told.items()
        if pk not in before or json.loads(before[pk].body)["figures"] != figures
    ]


def _issue(
    snapshot: Snapshot, commitment: Commitment, figures: dict[str, Any], before: CapitalStatement | None, by: Acting,
    now: datetime,
) -> CapitalStatement:  # fmt: skip
    fund = commitment.sub_fund
    made = CapitalStatement(
        sub_fund=fund, commitment=commitment, snapshot=snapshot, end_date=snapshot.as_of_date, replaces=before,
        version=before.version + 1 if before else 1, number=_last(fund) + 1, issued_by=by.user, issued_at=now,
    )  # fmt: skip
    made.body, made.digest = queries.snapshots.spelled(queries.issued.body(made, figures))
    told = {"on": made.end_date, "number": made.number, "version": made.version}
    if before is not None:
        replaced = {"on": before.end_date, "number": before.number, "version": before.version, "by": made.digest}
        advance(before, StatementStatus.REPLACED, by=by, steps=STATEMENT, data=replaced)
    made.save()
    log.append("fund.statement.issued", row=made, by=by, data={"to": made.status, **told, "digest": made.digest})
    return made


def _last(sub_fund: SubFund) -> int:
    return sub_fund.statements.aggregate(last=Max("number"))["last"] or 0
