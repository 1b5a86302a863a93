"""Sections that rooms contribute to shared pages (home, my page, desk) without those pages knowing the rooms.

A room registers in ``AppConfig.ready()``; the page asks every panel for its context and shows those that have one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

type Place = Literal["home", "my", "desk"]
#: (person or anonymous, now) → context for the template; ``None`` when there is nothing to show.
type Query = Callable[[Any, datetime], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """One section. ``roles``: codes of which the person must hold one; empty means everybody. Lower ``order`` comes first."""

    code: str
    place: Place
    title: str | Promise
    template: str
    query: Query
    roles: frozenset[str] = frozenset()
    order: int = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel with something to show, rendered."""

    code: str
    title: str | Promise
    body: SafeString


_panels: dict[tuple[str, str], Panel] = {}


def register(panel: Panel) -> None:
    """Add a section; a second one with the same place and code fails at start."""
    if (panel.place, panel.code) in _panels:
        raise ValueError(f"two panels named {panel.code} at {panel.place}")
    _panels[panel.place, panel.code] = panel


def shown(place: Place, request: HttpRequest, *, roles: frozenset[str], now: datetime) -> list[Shown]:
    """The sections of ``place`` that this person may see and that have something to say, in order."""
    found = []
    for panel in sorted(_panels.values(), key=lambda panel: (panel.order, panel.code)):
        if panel.place != place or (panel.roles and not panel.roles & roles):
            continue
        context = panel.query(request.user, now)
        if context is not None:
            body = render_to_string(panel.template, {"now": now, **context}, request)
            found.append(Shown(panel.code, panel.title, body))
    return found
