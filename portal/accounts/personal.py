"""What the portal holds about a person, room by room.

Each room registers its holdings in ``AppConfig.ready()``; the data export writes them all, and the deletion request
shows for each what would go and what must stay, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from portal.accounts import sealing
from portal.accounts.models import Organisation, User

Rows = Callable[[User], Iterable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of rows about a person. ``rows`` answers only that person's own, ready for JSON.

    Either ``delete`` removes them with the account, or ``stays`` says why they outlive it.
    """

    code: str
    title: str | Promise
    rows: Rows
    delete: Callable[[User], object] | None = None
    stays: str | Promise = ""

    def __post_init__(self) -> None:
        if bool(self.delete) == bool(self.stays):
            raise ValueError(f"{self.code}: rows about a person are deleted, or there is a reason why not")


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> Holding:
    """Make a holding known; the same code twice fails at start."""
    if _holdings.setdefault(holding.code, holding) is not holding:
        raise ValueError(f"two holdings of personal data called {holding.code}")
    return holding


def all_holdings() -> list[Holding]:
    """Every holding, in the order of registration."""
    return list(_holdings.values())


def keys_of(user: User) -> list[str]:
    """Every key to destroy with the person; their own comes first, and a legal hold stands on that."""
    own = Organisation.objects.filter(person=user)
    return [user.ledger_key, *(key for one in own for key in one.ledger_keys), *sealing.of_rooms(user)]
