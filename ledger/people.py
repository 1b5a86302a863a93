"""Whom a leaf is about and who acted: what rows and people answer when the ledger asks."""

from typing import Any, NamedTuple, Protocol
from uuid import UUID


class Subject(NamedTuple):
    """Whom or what a leaf is about.

    `ref` is public: random per leaf for natural persons, one random ref per case for applications, stable only where
    the law publishes the company. `private` (any JSON value) shows as a commitment. `key` names the key under which
    the private values are sealed, such as `user:17` or `organisation:42`; by default it is the row's own.
    """

    kind: str
    ref: str
    private: Any = None
    key: UUID | str | None = None


class Actor(NamedTuple):
    """Who acted: the role is public, `private` (any JSON value, such as `{"user": "u-17"}`) shows as a commitment."""

    role: str
    private: Any = None
    key: UUID | str | None = None


class Acting(Protocol):
    """A person in a role."""

    def ledger_actor(self) -> Actor: ...


class Row(Protocol):
    """An instance of a decision table."""

    @property
    def pk(self) -> Any: ...

    @property
    def _meta(self) -> Any: ...

    def ledger_subject(self) -> Subject: ...


class _System:
    """The jobs of the portal itself."""

    def ledger_actor(self) -> Actor:
        return Actor("system")

    def acting_as(self, role: str) -> "_System":
        """A job has no roles: it stays the system whatever rule allowed it."""
        return self


SYSTEM = _System()
