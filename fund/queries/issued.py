"""Issued statements, and what a statement of published figures says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from fund.models import CapitalStatement, Commitment, Snapshot, SubFund
from fund.queries.statements import ACCOUNT_LINES, Column, Statement, statements
from portal.accounts.queries import acted_for

#: Over which a statement speaks, in the order of ``Statement.account``.
PERIODS = ("quarter", "year", "inception")


def figures(sub_fund: SubFund, *, on: date, known: datetime) -> dict[int, dict[str, Any]]:
    """What each partner with a commitment in force is told of the quarter that ends ``on``, by the commitment's id."""
    asked = statements(sub_fund.programme, on=on, known=known)
    found = next((one for one in reversed(asked) if one.sub_fund == sub_fund.pk), None)
    if found is None:
        return {}
    theirs = sub_fund.commitments.filter(partner__in=found.partners, close__isnull=False).select_related("partner")
    return {one.pk: _figures(found, one) for one in theirs.order_by("id")}


def _figures(found: Statement, commitment: Commitment) -> dict[str, Any]:
    partner = commitment.partner
    committed, unfunded = found.commitment(partner.pk)
    columns = found.account(partner.pk)
    return {
        "commitment": str(commitment.public_id),
        "partner": {"ko": partner.name_ko, "en": partner.name_en},
        "quarter": found.quarter.isoformat(),
        "as_of": found.end.isoformat(),
        "lines": list(ACCOUNT_LINES),
        "columns": {name: _spelled(column) for name, column in zip(PERIODS, columns, strict=True)},
        "committed": committed,
        "unfunded": unfunded,
    }


def _spelled(column: Column) -> dict[str, Any]:
    return {"beginning": column.beginning, "lines": list(column.lines), "ending": column.ending}


def body(row: CapitalStatement, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the statement ``row`` says: its figures, and by what it can be told from every other paper."""
    return {
        "format": 1,
        "statement": str(row.public_id),
        "programme": row.sub_fund.programme.code,
        "sub_fund": row.sub_fund.code,
        "currency": row.sub_fund.currency,
        "number": row.number,
        "version": row.version,
        "replaces": row.replaces.digest if row.replaces else "",
        "snapshot": row.snapshot.digest,
        "known_at": row.snapshot.known_at.astimezone(UTC).isoformat(),
        "figures": dict(figures),
    }


def standing(sub_fund: SubFund, end: date) -> dict[int, CapitalStatement]:
    """The statements of a quarter that hold now, by the commitment's id."""
    rows = CapitalStatement.objects.filter(sub_fund=sub_fund, end_date=end, status="ISSUED")
    return {row.commitment_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Told:
    """What a partner should be told of a quarter, and the statement that tells it so far."""

    commitment: Commitment
    figures: Mapping[str, Any]
    standing: CapitalStatement | None

    @property
    def differs(self) -> bool:
        """Whether nothing was told yet, or something else."""
        return self.standing is None or json.loads(self.standing.body)["figures"] != self.figures


def told(sub_fund: SubFund, snapshot: Snapshot) -> list[Told]:
    """Every partner of the sub-fund with a commitment in force by the end of the quarter of published figures."""
    said = figures(sub_fund, on=snapshot.as_of_date, known=snapshot.known_at)
    before = standing(sub_fund, snapshot.as_of_date)
    commitments = sub_fund.commitments.select_related("partner__organisation").in_bulk(list(said))
    return [Told(commitments[pk], one, before.get(pk)) for pk, one in said.items()]


def _rows() -> QuerySet[CapitalStatement]:
    return CapitalStatement.objects.select_related(
        "sub_fund__programme__cluster", "commitment__partner__organisation", "snapshot", "replaces", "replaced_by"
    )


def statement_of(public_id: UUID) -> CapitalStatement | None:
    return _rows().filter(public_id=public_id).first()


def own(user: Any) -> QuerySet[CapitalStatement]:
    """The statements of the partners for which the person acts, the newest first."""
    theirs = _rows().filter(commitment__partner__organisation__in=acted_for(user))
    return theirs.order_by("-end_date", "sub_fund__code", "-number")


def is_partner(user: Any) -> bool:
    """Whether the person acts for a partner of any sub-fund."""
    return Commitment.objects.filter(partner__organisation__in=acted_for(user), close__isnull=False).exists()
