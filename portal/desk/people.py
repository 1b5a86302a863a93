"""Questions about the reader that more than one screen asks."""

from __future__ import annotations

from typing import Any

from portal.accounts import queries as accounts


def roles(user: Any) -> frozenset[str]:
    """Codes of the roles a person holds; none for a visitor."""
    return frozenset(held.role for held in accounts.roles_of(user))
