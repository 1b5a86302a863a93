"""Statements to the partners in a rehearsal: issued from published figures, replaced where they are restated, and equal to the books."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from fund import queries, services
from fund.models import CapitalStatement, Programme, Snapshot

if TYPE_CHECKING:
    from fund.rehearsal.life import Life


def issue(life: Life, snapshot: Snapshot) -> None:
    """Every partner of every sub-fund with a close is told; of figures that stayed the same nobody is told twice."""
    assert snapshot.published_at is not None
    for fund in life.programme.sub_funds.filter(closes__isnull=False).distinct():
        services.issue_statements(sub_fund=fund, snapshot=snapshot, by=life.approver, now=snapshot.published_at)


def violations(programme: Programme) -> Iterator[str]:
    """Each statement adds up to what the books say of its quarter as known then; all of a sub-fund to its net assets."""
    of_programme = Q(sub_fund__programme=programme)
    for row in CapitalStatement.objects.filter(of_programme).select_related("snapshot", "sub_fund__programme"):
        told = json.loads(row.body)["figures"]
        known = row.snapshot.known_at
        if queries.issued.figures(row.sub_fund, on=row.end_date, known=known).get(row.commitment_id) != told:
            yield f"statement {row} is not what the books say"
        columns = told["columns"].values()
        if {one["beginning"] + sum(one["lines"]) for one in columns} != {one["ending"] for one in columns}:
            yield f"statement {row} does not add up"
    for snapshot in Snapshot.objects.filter(statements__sub_fund__programme=programme).distinct():
        yield from _whole(snapshot)
    twice = CapitalStatement.objects.filter(of_programme, status="ISSUED").values("commitment", "end_date")
    if twice.annotate(number=Count("id")).filter(number__gt=1).exists():
        yield "a partner has two statements of one quarter"
    if not CapitalStatement.objects.filter(of_programme, version__gt=1).exists():
        yield "no statement was replaced"


def _whole(snapshot: Snapshot) -> Iterator[str]:
    for fund in snapshot.programme.sub_funds.filter(statements__snapshot=snapshot).distinct():
        told = queries.issued.figures(fund, on=snapshot.as_of_date, known=snapshot.known_at).values()
        closing = sum(one["columns"]["quarter"]["ending"] for one in told)
        if closing != queries.flows.net_assets(fund, on=snapshot.as_of_date, known=snapshot.known_at):
            yield f"{fund}: the partners' statements are not its net assets"
