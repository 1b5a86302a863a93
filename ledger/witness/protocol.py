"""A witness: cosigns a checkpoint only if it continues the one that it cosigned before (C2SP tlog-witness).

What it has seen is its own, in a folder with seed, memory and the logs it knows; no Django, no database. So a rewritten
or restored log finds no witness for its second history, and what it tried, under its own signature, stays as evidence.
"""

import base64
import binascii
import fcntl
import hashlib
import json
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from ledger import durable, merkle, note
from ledger.merkle import ProofError
from ledger.note import Checkpoint, NoteError

MAX_PROOF = 63
#: Evidence is for people; more of the same adds nothing and would fill the disk.
MAX_EVIDENCE = 100
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
logger = logging.getLogger("ledger.witness")
_old = re.compile("old (0|[1-9][0-9]{0,18})").fullmatch


class WitnessError(ValueError):
    """This witness cannot work: its folder is missing, damaged or already made."""


class Answer(NamedTuple):
    """What a witness says: an HTTP status, a body and its type."""

    status: int
    body: str = ""
    kind: str = TEXT


class Refusal(Exception):
    """A request that is not cosigned."""

    def __init__(self, status: HTTPStatus, why: str, kind: str = TEXT) -> None:
        super().__init__(why)
        self.answer = Answer(status, f"{why}\n", kind)


class Request(NamedTuple):
    """An add-checkpoint request, well-formed and nothing verified."""

    old: int
    proof: list[bytes]
    note: str
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Seen:
    """What was last cosigned of one log; at size 0 nothing was."""

    size: int = 0
    root: bytes = merkle.EMPTY_ROOT
    time: int = 0
    note: str = ""


class WitnessFolder:
    """Seed, memory and known logs on disk, readable by the witness's user only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seed, self._state, self._logs = folder / "seed", folder / "state", folder / "logs"
        #: Where the process that serves this folder answers.
        self.address = folder / "address"

    def is_initialised(self) -> bool:
        """Whether there are key and memory; without them a witness does not start."""
        return self._seed.exists() and self._state.exists()

    def initialise(self) -> None:
        """Makes the key and an empty memory. A key whose memory is lost must be retired, so it is refused."""
        if self._seed.exists() or (self._state.exists() and self._state.read_bytes() != b"{}"):
            raise WitnessError(f"{self.folder} was a witness before: one that lost its memory gets a new key and name")
        durable.make_folder(self.folder, 0o700)
        # The memory first: a seed without one would look like a memory that was lost.
        durable.write(self._state, b"{}", 0o600)
        durable.write(self._seed, secrets.token_bytes(32), 0o600)

    def seed(self) -> bytes:
        """The key's 32 bytes."""
        return self._seed.read_bytes()

    def know(self, vkey: str) -> None:
        """Adds a log by its verifier key; knowing it already changes nothing."""
        note.parse_vkey(vkey)
        known = self.known()
        if vkey not in known:
            durable.write(self._logs, "".join(f"log {item}\n" for item in [*known, vkey]).encode(), 0o600)

    def forget(self, vkey: str) -> None:
        """Takes a retired key of a log away; the memory of what was cosigned stays."""
        left = [item for item in self.known() if item != vkey]
        durable.write(self._logs, "".join(f"log {item}\n" for item in left).encode(), 0o600)

    def known(self) -> list[str]:
        """The verifier keys of the logs that this witness watches; `WitnessError` when one is malformed."""
        if not self._logs.exists():
            return []
        words = [line.split() for line in self._logs.read_text("utf-8").splitlines() if line.strip()]
        if any(len(line) != 2 or line[0] != "log" for line in words):
            raise WitnessError(f"{self._logs}: each line is 'log' and a verifier key")
        return [vkey for _, vkey in words]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One request at a time, over all threads and processes: comparing and storing are one step."""
        with open(self.folder / "lock", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def recall(self, origin: str) -> Seen:
        """What was last cosigned of a log; `WitnessError` when the memory is missing or damaged."""
        try:
            found = json.loads(self._state.read_text("utf-8")).get(origin)
            if found is None:
                return Seen()
            return Seen(int(found["size"]), bytes.fromhex(found["root"]), int(found["time"]), str(found["note"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise WitnessError(f"the witness's memory cannot be read: {error}") from error

    def remember(self, origin: str, seen: Seen) -> None:
        """Makes the memory durable; only then may the cosignature leave the house."""
        memory = json.loads(self._state.read_text("utf-8"))
        memory[origin] = {"size": seen.size, "root": seen.root.hex(), "time": seen.time, "note": seen.note}
        durable.write(self._state, json.dumps(memory).encode(), 0o600)

    def keep_evidence(self, body: bytes) -> None:
        """Keeps a request that the log signed and that contradicts what was cosigned."""
        folder = self.folder / "evidence"
        durable.make_folder(folder, 0o700)
        target = folder / hashlib.sha256(body).hexdigest()
        if not target.exists() and len(list(folder.iterdir())) < MAX_EVIDENCE:
            durable.write(target, body, 0o600)


class Witness:
    """Answers add-checkpoint requests from a folder, under a name, by a clock in Unix seconds."""

    def __init__(self, folder: WitnessFolder, name: str, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.name, self.clock = folder, name, clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """200 with a cosignature, 400, 403, 404, 409 with the size last cosigned, 422, or 503 for a clock behind."""
        try:
            request = _parse(body)
            self._check_signature(request)
            if request.old > request.checkpoint.size:
                raise Refusal(HTTPStatus.BAD_REQUEST, "the old size is larger than the checkpoint's")
            with self.folder.locked():
                return Answer(HTTPStatus.OK, self._cosign(request))
        except Refusal as refusal:
            if refusal.answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
                self.folder.keep_evidence(body)
                logger.error("evidence of a second history is kept: %s", refusal)
            return refusal.answer

    def latest(self, origin_hash: str) -> Answer:
        """The checkpoint last cosigned of the log whose origin has this SHA-256 (hex), for monitors; else 404."""
        for origin in {note.parse_vkey(vkey).name for vkey in self.folder.known()}:
            if hashlib.sha256(origin.encode()).hexdigest() == origin_hash:
                seen = self.folder.recall(origin)
                if seen.note:
                    return Answer(HTTPStatus.OK, seen.note)
        return Answer(HTTPStatus.NOT_FOUND, "nothing cosigned\n")

    def vkey(self) -> str:
        """The witness's verifier key."""
        return note.vkey(self.name, self.folder.seed(), cosigner=True)

    def _check_signature(self, request: Request) -> None:
        keys = [vkey for vkey in self.folder.known() if note.parse_vkey(vkey).name == request.checkpoint.origin]
        if not keys:
            raise Refusal(HTTPStatus.NOT_FOUND, "an unknown log")
        try:
            note.verify(request.note, keys)
        except NoteError as error:
            raise Refusal(HTTPStatus.FORBIDDEN, str(error)) from error

    def _cosign(self, request: Request) -> str:
        """The cosignature's line, after the memory of it is durable."""
        new, seen, now = request.checkpoint, self.folder.recall(request.checkpoint.origin), int(self.clock())
        if request.old != seen.size:
            raise Refusal(HTTPStatus.CONFLICT, str(seen.size), SIZE)
        _check_growth(request, seen)
        if now < seen.time:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "this witness's clock is behind its last cosignature")
        line = note.cosign(request.note, self.name, self.folder.seed(), now)
        text, _ = note.split(request.note)
        self.folder.remember(new.origin, Seen(new.size, new.root, now, note.join(text, [*_of_log(request), line])))
        return line


def _of_log(request: Request) -> list[str]:
    """The log's own signature lines; what others added to the note is not passed on."""
    lines = request.note[request.note.rfind("\n\n") + 2 :].splitlines(keepends=True)
    return [line for line in lines if line.startswith(f"— {request.checkpoint.origin} ")]


def _check_growth(request: Request, seen: Seen) -> None:
    """422 unless the checkpoint continues the one seen last."""
    new = request.checkpoint
    try:
        if new.size == 0 and new.root != merkle.EMPTY_ROOT:
            raise ProofError("an empty log with the root of something")
        if seen.size == 0 or seen.size == new.size:
            if request.proof:
                raise ProofError("a proof where none is needed")
            if seen.size == new.size and seen.root != new.root:
                raise ProofError(f"another root at size {new.size} than the one cosigned")
            return
        merkle.verify_consistency(seen.size, new.size, seen.root, new.root, request.proof)
    except ProofError as error:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error


def _parse(body: bytes) -> Request:
    """The request of a body: `old <n>`, proof hashes, a blank line, the note; 400 when malformed."""
    head, blank, rest = body.partition(b"\n\n")
    try:
        lines, signed = head.decode("ascii").split("\n"), rest.decode("utf-8")
        old = _old(lines[0])
        if not blank or old is None:
            raise ValueError("a request is 'old <size>', a proof, a blank line and a checkpoint")
        if len(lines) - 1 > MAX_PROOF:
            raise ValueError(f"a proof has at most {MAX_PROOF} hashes")
        return Request(int(old[1]), [_hash(line) for line in lines[1:]], signed, _checkpoint(signed))
    except ValueError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, str(error)) from error


def _checkpoint(signed: str) -> Checkpoint:
    return note.parse_checkpoint(note.split(signed)[0])


def _hash(line: str) -> bytes:
    try:
        data = base64.b64decode(line, validate=True)
    except binascii.Error as error:
        raise ValueError("malformed base64 in the proof") from error
    if len(data) != merkle.HASH_BYTES or base64.b64encode(data).decode("ascii") != line:
        raise ValueError("a proof's line is the canonical base64 of 32 bytes")
    return data


def witness_name(origin: str) -> str:
    """The name of the witness that an installation brings along."""
    return f"{origin}/witness"


def request_body(old: int, proof: list[bytes], signed: str) -> bytes:
    """The body of an add-checkpoint request."""
    lines = [f"old {old}", *(base64.b64encode(item).decode("ascii") for item in proof)]
    return ("\n".join(lines) + "\n\n" + signed).encode()
