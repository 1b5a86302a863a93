"""Reads of the fund room."""

from fund.queries import books, calls, flows, funds

__all__ = ["books", "calls", "flows", "funds"]
