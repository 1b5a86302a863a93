"""Who acts, as rows and as the ledger want it."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import User


def person(by: Any) -> User | None:
    """The person behind ``by``; None for a job of the portal."""
    return by if isinstance(by, User) else None
