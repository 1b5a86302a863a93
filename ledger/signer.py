"""The signer: its own process with its own key and its own memory; `python -m ledger.signer`. No Django.

It signs what the database says only as a continuation of what it signed before, which it knows from a file of its own.
A restored, rewritten or replaced database can therefore not make it sign a second history: it refuses a smaller tree,
the same size with another root, a tree that does not continue its last one, and a clock behind its last signing.
"""

import argparse
import fcntl
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg

from ledger import durable, merkle, note, stored
from ledger.merkle import ProofError
from ledger.stored import State
from ledger.tiles import Tree

DEFAULT_ORIGIN = "log.madang.example/audit"
TICK_SECONDS = 0.5
MAX_CLOCK_DIFFERENCE = timedelta(seconds=60)
logger = logging.getLogger("ledger.signer")


class SigningRefused(ValueError):
    """What the database offers contradicts what this signer knows; a person has to look."""


class Memory(NamedTuple):
    """What was signed last: the durable file `state`."""

    size: int
    root: bytes
    at: datetime


class SignerFolder:
    """Seed and memory on disk, readable by the signer's user only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seed, self._state, self._complaint = folder / "seed", folder / "state", folder / "complaint"
        self._next = folder / "next"

    def is_initialised(self) -> bool:
        """Whether there is a memory; without one the signer does not start."""
        return self._state.exists()

    def initialise(self, now: datetime) -> None:
        """Makes the key, unless one is there, and a memory of the empty tree. Refuses to forget an existing memory."""
        if self.is_initialised():
            raise SigningRefused(f"{self._state} exists: a signer does not forget what it signed")
        durable.make_folder(self.folder, 0o700)
        if not self._seed.exists():
            durable.write(self._seed, secrets.token_bytes(32), 0o600)
        self.remember(Memory(0, merkle.EMPTY_ROOT, now))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One signing at a time: a second process over the same folder waits, so the memory never goes back."""
        with open(self.folder / "lock", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def complaint(self) -> str | None:
        """Why nothing is signed, for whoever may read this folder; None when all is well."""
        try:
            return self._complaint.read_text("utf-8")
        except OSError:
            return None

    def complain(self, why: str | None) -> None:
        """Leaves word why nothing is signed, or takes it back."""
        if why is None:
            self._complaint.unlink(missing_ok=True)
        else:
            durable.write(self._complaint, why.encode(), 0o600)

    def seed(self) -> bytes:
        """The key's 32 bytes."""
        return self._seed.read_bytes()

    def seeds(self) -> list[bytes]:
        """The keys that sign: one, or during a rotation the present and the next."""
        return [self.seed(), self._next.read_bytes()] if self._next.exists() else [self.seed()]

    def begin_rotation(self) -> None:
        """Makes the next key, unless one is there; from now on both sign."""
        with self.locked():
            if not self._next.exists():
                durable.write(self._next, secrets.token_bytes(32), 0o600)

    def retire(self) -> None:
        """Forgets the present key and goes on with the next; `SigningRefused` without one."""
        with self.locked():
            if not self._next.exists():
                raise SigningRefused("there is no next key: no rotation is under way")
            self._next.rename(self._seed)
            durable.sync_folder(self.folder)

    def recall(self) -> Memory:
        """What was signed last; `SigningRefused` when the file is missing or damaged."""
        try:
            size, root, at = self._state.read_text("ascii").splitlines()
            return Memory(int(size), bytes.fromhex(root), datetime.fromisoformat(at))
        except (OSError, ValueError) as error:
            raise SigningRefused(f"the signer's memory cannot be read: {error}") from error

    def remember(self, memory: Memory) -> None:
        """Makes the memory durable; only then may anything be signed."""
        lines = f"{memory.size}\n{memory.root.hex()}\n{memory.at.isoformat()}\n"
        durable.write(self._state, lines.encode("ascii"), 0o600)


class Signer:
    """Signs the newest committed tree, once per call of `step`.

    With a `standby` it signs only what a synchronous standby holds too: what a checkpoint promises then survives the
    loss of the primary's disk, and a failover cannot lose leaves that were signed.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        folder: SignerFolder,
        origin: str,
        standby: psycopg.Connection | None = None,
    ) -> None:
        self.connection, self.folder, self.origin, self.standby = connection, folder, origin, standby

    def step(self, now: datetime) -> str | None:
        """Signs the committed tree and stores the note, which it answers; None when that was done before.

        None too while a required standby has not caught up. Raises `SigningRefused`.
        """
        if not self.folder.is_initialised():
            raise SigningRefused(f"{self.folder.folder} holds no memory of what was signed: was it initialised?")
        with self.folder.locked(), self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET LOCAL ROLE ledger_signer")
            state = self._approve(cursor, now)
            return self._sign(cursor, state, now) if state else None

    def _approve(self, cursor: psycopg.Cursor, now: datetime) -> State | None:
        """The tree to sign, made durable in the signer's own memory before anything is signed."""
        state, memory = stored.tree_state(cursor), self.folder.recall()
        self._check_clock(cursor, memory, now)
        self._check_size(state, memory)
        if state.size == memory.size:
            return None if self._is_stored(cursor, state) else state
        self._check_growth(cursor, state, memory)
        if self.standby is not None and not _holds(self.standby, state):
            return None
        self.folder.remember(Memory(state.size, state.root, now))
        return state

    def _check_clock(self, cursor: psycopg.Cursor, memory: Memory, now: datetime) -> None:
        if now < memory.at:
            raise SigningRefused(f"the clock says {now}, the last signing was at {memory.at}: time did not progress")
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
        if row is None or abs(row[0] - now) > MAX_CLOCK_DIFFERENCE:
            raise SigningRefused(f"the clock says {now}, the database's {row}: one of them is wrong")

    def _check_size(self, state: State, memory: Memory) -> None:
        if state.size < memory.size:
            raise SigningRefused(f"rollback: {memory.size} leaves were signed, the database has {state.size}")
        if state.size == memory.size and state.root != memory.root:
            raise SigningRefused(f"fork: another root at size {state.size} than the one signed")

    def _check_growth(self, cursor: psycopg.Cursor, state: State, memory: Memory) -> None:
        tree = Tree(state.size, stored.tile_reader(cursor))
        try:
            if memory.size == 0:
                if tree.root() != state.root:
                    raise ProofError("the tiles lead to another root")
                return
            path = tree.consistency_proof(memory.size)
            merkle.verify_consistency(memory.size, state.size, memory.root, state.root, path)
        except ProofError as error:
            raise SigningRefused(
                f"fork: the tree of {state.size} does not continue the one signed at {memory.size}: {error}"
            ) from error

    def _is_stored(self, cursor: psycopg.Cursor, state: State) -> bool:
        cursor.execute("SELECT 1 FROM ledger_checkpoint WHERE size = %s", [state.size])
        return state.size == 0 or cursor.fetchone() is not None

    def _sign(self, cursor: psycopg.Cursor, state: State, now: datetime) -> str:
        text = note.checkpoint_text(self.origin, state.size, state.root)
        signed = note.join(text, [note.sign(text, self.origin, seed) for seed in self.folder.seeds()])
        cursor.execute(
            "INSERT INTO ledger_checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)",
            [state.size, state.root, signed, now],
        )
        return signed


def _holds(standby: psycopg.Connection, state: State) -> bool:
    """Whether the standby has the tree: False while it is behind. `SigningRefused` when it is none or has another."""
    with standby.transaction(), standby.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_is_in_recovery()")
        if cursor.fetchone() != (True,):
            raise SigningRefused("what is named as the standby is a primary: it proves nothing about replication")
        there = stored.tree_state(cursor)
        if there.size < state.size:
            return False
        # It may be ahead by now; what counts is that our tree is the beginning of its own.
        if Tree(state.size, stored.tile_reader(cursor)).root() != state.root:
            raise SigningRefused(f"fork: the standby has another root at size {state.size}")
    return True


def vkey(folder: SignerFolder, origin: str) -> str:
    """The log's verifier key."""
    return note.vkey(origin, folder.seed())


def newest_vkey(folder: SignerFolder, origin: str) -> str:
    """The verifier key that stays: during a rotation the next one."""
    return note.vkey(origin, folder.seeds()[-1])


def run(
    connect: Callable[[], psycopg.Connection],
    folder: SignerFolder,
    origin: str,
    stop: threading.Event,
    connect_standby: Callable[[], psycopg.Connection] | None = None,
) -> None:
    """Steps until told to stop. A refusal or a lost database is logged when it changes, and tried again."""
    complaint = folder.complaint()
    while not stop.is_set():
        try:
            with connect() as connection, connect_standby() if connect_standby else nullcontext() as standby:
                signer = Signer(connection, folder, origin, standby)
                while not stop.wait(TICK_SECONDS):
                    signer.step(datetime.now(UTC))
                    if complaint is not None:
                        complaint = None
                        folder.complain(None)
        except (psycopg.Error, SigningRefused) as error:
            if str(error) != complaint:
                complaint = str(error)
                folder.complain(complaint)
                logger.error("not signing: %s", complaint)
            stop.wait(2)


def initialise(connection: psycopg.Connection, folder: SignerFolder, *, succeeding: str | None = None) -> None:
    """`--init`: key and empty memory, allowed only while the database's tree is empty.

    `--succeed`: for a log that takes over the leaves of another one under a new name, `succeeding`: allowed while
    nothing is signed under that name.
    """
    with connection.transaction(), connection.cursor() as cursor:
        if succeeding is not None:
            cursor.execute("SELECT count(*) FROM ledger_checkpoint WHERE starts_with(note, %s)", [f"{succeeding}\n"])
            if cursor.fetchone() != (0,):
                raise SigningRefused(f"{succeeding} has signed already: bring its signer's folder back from its backup")
        elif stored.tree_state(cursor).size:
            raise SigningRefused("the tree has leaves already: bring the signer's folder back from its backup")
    folder.initialise(datetime.now(UTC))


def main(arguments: list[str] | None = None) -> int:
    """Signs until stopped. `--init` makes key and memory once, `--succeed` those of a log under a new name, `--next` a

    second key that signs too, `--retire` forgets the first of two; these and `--vkey` print the verifier key and end.
    """
    parser = argparse.ArgumentParser(prog="python -m ledger.signer", description=__doc__)
    parser.add_argument("--init", action="store_true", help="make key and memory; only while the tree is empty")
    parser.add_argument("--succeed", action="store_true", help="the same for a log that takes another one's place")
    parser.add_argument("--vkey", action="store_true", help="print the log's verifier key")
    parser.add_argument("--next", action="store_true", help="make the next key: from now on both sign")
    parser.add_argument("--retire", action="store_true", help="forget the present key, go on with the next")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    var = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var")
    folder = SignerFolder(Path(os.environ.get("LEDGER_SIGNER_DIR") or var / "signer"))
    origin, url = os.environ.get("LEDGER_ORIGIN") or DEFAULT_ORIGIN, os.environ.get("DATABASE_URL", "")
    try:
        if options.init or options.succeed:
            with psycopg.connect(url) as connection:
                initialise(connection, folder, succeeding=origin if options.succeed else None)
        elif options.next:
            folder.begin_rotation()
        elif options.retire:
            folder.retire()
        elif not options.vkey:
            return _serve(folder, origin, url)
        sys.stdout.write((newest_vkey if options.next else vkey)(folder, origin) + "\n")
    except (SigningRefused, psycopg.Error, OSError) as error:
        logger.error("%s", error)
        return 1
    return 0


def _serve(folder: SignerFolder, origin: str, url: str) -> int:
    if not folder.is_initialised():
        raise SigningRefused(f"{folder.folder} holds no memory of what was signed: bring it back, or --init a new log")
    standby = os.environ.get("LEDGER_STANDBY_URL")
    run(_connector(url), folder, origin, _stop_on_signals(), _connector(standby) if standby else None)
    return 0


def _connector(url: str) -> Callable[[], psycopg.Connection]:
    return lambda: psycopg.connect(url, application_name="ledger signer")


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    sys.exit(main())
