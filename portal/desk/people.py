"""Questions about the reader that more than one screen asks."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import RoleAssignment


def roles(user: Any) -> frozenset[str]:
    """Codes of the roles a person holds; none for a visitor."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(RoleAssignment.objects.filter(user=user, ended_at=None).values_list("role", flat=True))


def unread(user: Any) -> int:
    """Notices not read yet."""
    return 0
