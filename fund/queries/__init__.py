"""Reads of the fund room."""

from fund.queries import (
    books,
    calls,
    committee,
    companies,
    duties,
    exposure,
    filing,
    flows,
    funds,
    holdings,
    pooled,
    reporting,
    settlements,
    snapshots,
    statements,
    values,
)

__all__ = [
    "books",
    "calls",
    "committee",
    "companies",
    "duties",
    "exposure",
    "filing",
    "flows",
    "funds",
    "holdings",
    "pooled",
    "reporting",
    "settlements",
    "snapshots",
    "statements",
    "values",
]
