"""What the portal holds about a person, room by room.

Each room registers its holdings in ``AppConfig.ready()``; the data export writes them all, and the deletion request
shows for each what would go and what must stay, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from portal.accounts.models import User

Rows = Callable[[User], Iterable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of rows about a person. ``rows`` answers only that person's own, ready for JSON.

    ``stays`` says why the rows outlive the account; empty when they are deleted with it.
    """

    code: str
    title: str | Promise
    rows: Rows
    stays: str | Promise = ""


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> Holding:
    """Make a holding known; the same code twice fails at start."""
    if _holdings.setdefault(holding.code, holding) is not holding:
        raise ValueError(f"two holdings of personal data called {holding.code}")
    return holding


def all_holdings() -> list[Holding]:
    """Every holding, in the order of registration."""
    return list(_holdings.values())
