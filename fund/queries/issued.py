"""Issued statements, and what a statement of published figures says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from fund.models import CapitalStatement, Commitment, SubFund
from fund.queries.statements import ACCOUNT_LINES, Column, Statement, statements

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
