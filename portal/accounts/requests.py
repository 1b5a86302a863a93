"""A request as views behind ``login_required`` get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from portal.accounts.models import User


class PersonRequest(HttpRequest):
    """Its ``user`` is a person, never a visitor."""

    user: User
