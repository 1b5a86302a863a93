"""Reads of the fund room."""

from fund.queries import books, calls, funds

__all__ = ["books", "calls", "funds"]
