"""Reads of the fund room."""

from fund.queries import books, calls, committee, flows, funds, holdings, values

__all__ = ["books", "calls", "committee", "flows", "funds", "holdings", "values"]
