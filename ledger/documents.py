"""Files by which an outsider reads the log without our code: schemas of leaves, rules of cases, the browser verifier.

Each lies in the public folder under the hash of its bytes, and a leaf names the hash; so a reader knows that everybody
was given the same file, and since when.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction

from ledger import durable, events, machines, registry, words
from ledger.models import TreeState
from ledger.people import SYSTEM
from ledger.recording import append
from ledger.registry import EventType

VERIFIER = Path(__file__).parent / "static" / "ledger" / "verify.js"

_rules: list[Mapping[str, Any]] = []


class Document(NamedTuple):
    """A file: the leaf that names it, the folder it lies in, its bytes, and what the leaf says besides its hash."""

    event: EventType
    folder: str
    suffix: str
    data: bytes
    facts: Mapping[str, int]

    @property
    def sha256(self) -> str:
        return machines.digest(self.data)

    @property
    def path(self) -> str:
        """Where it lies under the log's folder."""
        return f"{self.folder}/{self.sha256}.{self.suffix}"


def rule(**given: Any) -> None:
    """Adds a rule of a room to the machine file: `once`, `sum_max` or `share_max` as `ledger.machines` says them."""
    machines.parse(machines.document([given]))
    _rules.append(given)


def schemas() -> Document:
    """Every event type with its fields."""
    types = {
        event.label: {
            "fields": {**registry.COMMON, **event.fields},
            **({"series": event.series} if event.series else {}),
        }
        for event in registry.all_types()
    }
    text = json.dumps({"v": 1, "types": types}, sort_keys=True, separators=(",", ":"))
    return Document(events.SCHEMA, "schemas", "json", text.encode(), {"types": len(types)})


def machine() -> Document:
    """The steps of every kind of case, the series of numbers, the caps of the rooms."""
    steps = [machines.steps_rule(case.thing, case.steps, case.begins) for case in words.cases().values()]
    series = {(event.name, event.series) for event in registry.all_types() if event.series}
    rules = [*steps, *(machines.series_rule(name, label) for name, label in series), *_rules]
    return Document(events.MACHINE, "machines", "json", machines.document(rules), {"rules": len(rules)})


def verifier() -> Document:
    """The program with which a browser checks a leaf."""
    data = VERIFIER.read_bytes()
    return Document(events.VERIFIER, "verifiers", "js", data, {"bytes": len(data)})


def all_documents() -> Iterator[Document]:
    """The files as this version of the portal has them."""
    yield from (schemas(), machine(), verifier())


def publish(public: Path) -> list[Document]:
    """Puts the files into the public folder and names those in the log that it does not name yet; answers these."""
    found = []
    for document in all_documents():
        target = public / document.path
        if not target.exists():
            durable.make_folder(target.parent)
            durable.write(target, document.data)
        if named(document.event) != document.sha256:
            _name(document)
            found.append(document)
    return found


def named(event: EventType) -> str | None:
    """The hash that the newest leaf of this type names."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(leaf, 'UTF8')::jsonb #>> '{data,sha256}' FROM ledger_record"
            " WHERE ledger_type(leaf) = %s ORDER BY id DESC LIMIT 1",
            [event.label],
        )
        row = cursor.fetchone()
    return row[0] if row else None


@transaction.atomic
def _name(document: Document) -> None:
    data = {"sha256": document.sha256, **document.facts}
    append(document.event, row=TreeState(id=1), by=SYSTEM, data=data)
