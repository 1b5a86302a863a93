"""The watch: keeps the last checkpoint seen, and asks the log, its mirrors and its witnesses whether they agree with it.

Two signed checkpoints that contradict each other are proof against the log for good; they are kept as files.
"""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

from ledger import durable, merkle, tiles
from ledger.merkle import ProofError
from ledger.note import Checkpoint
from ledger.policy import Policy
from ledger.verify.audit import Refused
from ledger.verify.source import CHECKPOINT, Missing, Source, Unusable, read_tile

TIMEOUT_SECONDS = 10
LAST = "checkpoint"


class Watch:
    """One log, watched from one folder of state."""

    def __init__(self, source: Source, rules: Policy, state: Path, mirrors: Iterable[Source] = ()) -> None:
        self.source, self.rules, self.state, self.mirrors = source, rules, state, list(mirrors)

    def step(self, *, now: int | None = None, max_age: int | None = None) -> tuple[Checkpoint, list[str]]:
        """The log's checkpoint, if it continues the last one and all agree; what could not be asked, in sentences.

        Raises `Refused` with the evidence stored under `evidence/`, or `Unusable`.
        """
        note, found = self._fetch(self.source, now, max_age)
        last = self.state / LAST
        if last.exists():
            before = last.read_text("utf-8")
            self._compare(before, self.rules.check(before), note, found, self.source)
        silent = [*self._ask_mirrors(note, found), *self._ask_witnesses(note, found)]
        durable.make_folder(self.state)
        durable.write(last, note.encode())
        return found, silent

    def _fetch(self, source: Source, now: int | None, max_age: int | None) -> tuple[str, Checkpoint]:
        try:
            note = source.read(CHECKPOINT).decode("utf-8")
        except Missing as error:
            raise Unusable(f"no log here: {error}") from error
        return note, self.rules.check(note, now=now, max_age=max_age)

    def _compare(self, old_note: str, old: Checkpoint, new_note: str, new: Checkpoint, source: Source) -> None:
        """`Refused` unless `new` continues `old`; `source` holds the tiles of `new`."""
        if old.origin != new.origin:
            raise Refused(f"another log: {new.origin} where {old.origin} was")
        if new.size < old.size:
            self._accuse("rollback", f"{new.size} leaves where {old.size} were shown before", old_note, new_note)
        if not _continues(old, new, source):
            self._accuse("fork", f"sizes {old.size} and {new.size} do not continue each other", old_note, new_note)

    def _ask_mirrors(self, note: str, found: Checkpoint) -> Iterator[str]:
        """Each mirror's own view: it may be behind, never otherwise."""
        for mirror in self.mirrors:
            try:
                other_note, other = self._fetch(mirror, None, None)
            except Unusable as error:
                yield f"a mirror is silent: {error}"
                continue
            pairs = ((other_note, other), (note, found))
            (small_note, small), (large_note, large) = sorted(pairs, key=lambda pair: pair[1].size)
            self._compare(small_note, small, large_note, large, self.source if large is found else mirror)

    def _ask_witnesses(self, note: str, found: Checkpoint) -> Iterator[str]:
        """A witness that has seen more than the log shows means that the log was rolled back, or shows us less."""
        body = f"old {found.size}\n\n{note}".encode()
        for name, witness in self.rules.witnesses.items():
            if not (witness.url or "").startswith(("http://", "https://")):
                continue
            seen = _seen_by(f"{witness.url}".rstrip("/") + "/add-checkpoint", body, found.size)
            if seen is None:
                yield f"the witness {name} is silent"
            elif seen > found.size:
                self._accuse("rollback", f"the witness {name} has seen {seen} leaves, the log shows {found.size}", note)

    def _accuse(self, what: str, why: str, *notes: str) -> None:
        """Stores the signed notes that contradict each other, and refuses."""
        name = hashlib.sha256("".join(notes).encode()).hexdigest()[:16]
        folder = self.state / "evidence" / f"{what}-{name}"
        durable.make_folder(folder)
        durable.write(folder / "why", f"{why}\n".encode())
        for number, note in enumerate(notes, 1):
            durable.write(folder / f"checkpoint-{number}", note.encode())
        raise Refused(f"{what}: {why}; evidence in {folder}")


def _continues(old: Checkpoint, new: Checkpoint, source: Source) -> bool:
    if old.size in (0, new.size):
        return old.root == (merkle.EMPTY_ROOT if old.size == 0 else new.root)
    try:
        path = tiles.Tree(new.size, lambda tile: read_tile(source, tile)).consistency_proof(old.size)
        merkle.verify_consistency(old.size, new.size, old.root, new.root, path)
    except (ProofError, Missing):
        return False
    return True


def _seen_by(url: str, body: bytes, size: int) -> int | None:
    """The size that a witness knows, from its answer to a checkpoint it may have (C2SP tlog-witness); None: no answer."""
    request = urllib.request.Request(url, data=body, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
            return size
    except urllib.error.HTTPError as error:
        text = error.read(32).decode("ascii", "replace").strip() if error.code == 409 else ""
        return int(text) if text.isdecimal() else None
    except OSError:
        return None
