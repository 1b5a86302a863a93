"""Something a person asked for, tried: done and said, or refused politely."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from portal.core.errors import Refused


def tried(request: HttpRequest, action: Callable[[], object], done: str) -> bool:
    """Do it and say so; a refusal becomes a message and nothing is lost."""
    try:
        action()
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return False
    messages.success(request, done)
    return True
