"""Reads of the fund room."""

from fund.queries import books, calls, committee, flows, funds, holdings, settlements, values

__all__ = ["books", "calls", "committee", "flows", "funds", "holdings", "settlements", "values"]
