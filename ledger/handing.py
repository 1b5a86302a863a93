"""Handing the log over to auditors: everything public, the values they may see, and what it takes to check both offline."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import UUID

from django.db import transaction

from ledger import documents, events, machines, note, openings, tiles
from ledger.browsing import Shown, Wanted, selected
from ledger.models import TreeState
from ledger.people import Acting
from ledger.recording import append
from ledger.settling import POLICY, Machinery
from ledger.verify.source import open_source, read_tile

HERE = Path(__file__).parent
#: What `python -m ledger.verify` needs.
VERIFIER = (
    "__init__", "dates", "durable", "entry", "machines", "merkle", "note", "policy", "proof", "tiles",
    "verify/__init__", "verify/__main__", "verify/audit", "verify/source", "verify/succession", "verify/watch",
)  # fmt: skip
#: About the people themselves, not about decisions: an audit of decisions does not open these.
CLOSED = ("privacy.", "account.")
#: Entries of one handing-over.
MOST = 50_000
#: Zip files have no time of their own here: what is in them has.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class TooMuch(ValueError):
    """The scope holds more entries than one file can; ask for less at a time."""


class NothingPublished(ValueError):
    """The log has no published checkpoint yet."""


class Handed(NamedTuple):
    """What was handed over: entries of the scope, values opened, the leaf that says so."""

    entries: int
    opened: int
    leaf: UUID


def hand_over(target: IO[bytes], *, wanted: Wanted, basis: str, reason: str, by: Acting) -> Handed:
    """Writes the archive and records that it was made: scope, legal basis and size in public, the reason sealed.

    `basis` is `audit`, `council` or `court`. Raises `TooMuch` or `NothingPublished`.
    """
    machinery = Machinery.installed()
    if not (machinery.public / "checkpoint").exists():
        raise NothingPublished("there is no checkpoint to check an archive by")
    with transaction.atomic():
        entries = selected(wanted, MOST + 1)
        if len(entries) > MOST:
            raise TooMuch(f"more than {MOST} entries")
        opened = _opened(entries)
        values = sum(map(len, opened.values()))
        leaf = _record(wanted, basis, reason, by, len(entries), values)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _files(machinery, entries, opened):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return Handed(len(entries), values, leaf)


def _record(wanted: Wanted, basis: str, reason: str, by: Acting, entries: int, values: int) -> UUID:
    data: dict[str, Any] = {"basis": basis, "entries": entries, "values": values}
    scope = {"kind": wanted.kind.partition("/")[0], "since": wanted.since, "until": wanted.until}
    data |= {name: value for name, value in scope.items() if value}
    return append(events.DISCLOSED, row=TreeState(id=1), by=by, data=data, private={"reason": reason})


def _opened(entries: Iterable[Shown]) -> Mapping[str, list[dict[str, Any]]]:
    asked = [UUID(one.id) for one in entries if not one.type.startswith(CLOSED)]
    return openings.open_leaves(asked)


def _files(
    machinery: Machinery, entries: list[Shown], opened: Mapping[str, list[dict[str, Any]]]
) -> Iterator[tuple[str, bytes]]:
    yield from _log(machinery)
    yield "policy", machinery.policy_file.read_bytes()
    for name, document in (("schemas.json", documents.schemas()), ("machines.json", documents.machine())):
        yield name, _named(machinery.public, document)
    for module in VERIFIER:
        yield f"ledger/{module}.py", (HERE / f"{module}.py").read_bytes()
    for language in ("ko", "en"):
        yield f"README.{language}.md", (HERE / "guides" / f"{language}.md").read_bytes()
    yield "index.csv", _index(entries, opened).encode("utf-8-sig")
    for one in entries:
        yield f"entries/{one.id}.json", one.data
        if values := opened.get(one.id):
            yield f"entries/{one.id}.openings.json", json.dumps(values, ensure_ascii=False, indent=1).encode()


def _log(machinery: Machinery) -> Iterator[tuple[str, bytes]]:
    """The public folder as its checkpoint says it, whatever is published meanwhile."""
    public = machinery.public
    checkpoint = (public / "checkpoint").read_bytes()
    size = note.parse_checkpoint(note.split(checkpoint.decode())[0]).size
    yield "log/checkpoint", checkpoint
    source = open_source(str(public))
    for tile in [*tiles.layout(size), *tiles.bundles(size)]:
        yield f"log/{tiles.path(tile)}", read_tile(source, tile)
    yield f"log/{POLICY}", (public / POLICY).read_bytes()
    for folder in ("schemas", "machines", "verifiers", "policies"):
        for file in sorted((public / folder).glob("[0-9a-f]*")):
            yield f"log/{folder}/{file.name}", file.read_bytes()


def _named(public: Path, document: documents.Document) -> bytes:
    """A document as the log names it now; before it names one, as this version of the portal has it."""
    file = public / document.folder / f"{documents.named(document.event)}.{document.suffix}"
    data = file.read_bytes() if file.exists() else document.data
    assert not file.exists() or machines.digest(data) == file.stem, f"{file} is not what its name says"
    return data


def _index(entries: Iterable[Shown], opened: Mapping[str, list[dict[str, Any]]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["index", "id", "at", "type", "no", "committed", "opened"])
    for one in entries:
        row = [one.index, one.id, one.leaf["at"], one.type, one.number, len(one.sealed), len(opened.get(one.id, ()))]
        writer.writerow(row)
    return file.getvalue()
