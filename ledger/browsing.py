"""What the public pages show of leaves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from ledger import entry, registry
from ledger.reading import UnknownLeaf


@dataclass(frozen=True)
class Shown:
    """A leaf as a page shows it; `index` is None while it waits for its place."""

    index: int | None
    leaf: dict[str, Any]
    data: bytes

    @property
    def id(self) -> str:
        return self.leaf["id"]

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.leaf["at"])

    @property
    def title(self) -> Any:
        """The event in words, or its name where no room has given words."""
        label = self.leaf["type"]
        try:
            return registry.find(label).title or label
        except registry.UnknownEvent:
            return label

    @property
    def number(self) -> str:
        """The decision number, if it has one."""
        return self.leaf["data"].get("no", "")

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """Public fields and their values."""
        return [(name, value) for name, value in self.leaf["data"].items() if not name.endswith("_c")]

    @property
    def sealed(self) -> list[str]:
        """The places whose values are committed to and not shown."""
        found = [f"{part}.c" for part in ("actor", "subject") if "c" in self.leaf[part]]
        return found + [f"data.{name}" for name in self.leaf["data"] if name.endswith("_c")]

    @property
    def hash(self) -> str:
        return entry.leaf_hash(self.data).hex()

    @property
    def text(self) -> str:
        """The canonical bytes, as text."""
        return self.data.decode("utf-8")


_SHOWN = "SELECT e.idx, r.leaf FROM ledger_record r LEFT JOIN ledger_entry e ON e.record_id = r.id"


def newest(count: int, before: int | None = None) -> tuple[int, list[Shown]]:
    """Up to `count` published leaves below index `before`, newest first, and the lowest index among them (0: no more)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.idx, r.leaf FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id"
            " WHERE e.idx < least(%s, (SELECT coalesce(max(size), 0) FROM ledger_published)) ORDER BY e.idx DESC LIMIT %s",
            [before, count],
        )
        leaves = [_of(*row) for row in cursor.fetchall()]
    return (leaves[-1].index or 0) if leaves else 0, leaves


def shown(leaf_id: UUID) -> Shown:
    """One leaf; `UnknownLeaf`."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_SHOWN} WHERE r.leaf_id = %s", [leaf_id])
        row = cursor.fetchone()
    if row is None:
        raise UnknownLeaf(f"no leaf {leaf_id}")
    return _of(*row)


def first_signature() -> str | None:
    """When the log signed for the first time (UTC)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(signed_at) FROM ledger_checkpoint")
        first = cursor.fetchone()[0]
    return first.isoformat() if first else None


def _of(index: int | None, data: bytes) -> Shown:
    return Shown(index, entry.parse_leaf(bytes(data)), bytes(data))
