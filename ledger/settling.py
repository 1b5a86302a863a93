"""The whole path from pending leaves to a published checkpoint in one process, with the classes of the real processes.

For commands, rehearsals and tests. A running installation has its own worker and signer for this.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from ledger import durable, policy
from ledger.board import Board
from ledger.cosigning import RolledBack, over_address_file, over_http
from ledger.policy import Policy
from ledger.publisher import Publisher, published_size
from ledger.sequencer import Sequencer
from ledger.signer import Signer, SignerFolder, initialise, vkey
from ledger.witness.protocol import Witness, WitnessFolder, witness_name

POLICY = "policy"
#: The policy's name for the witness that every installation brings along.
LOCAL = "local"


@dataclass(frozen=True)
class Settled:
    """A log that stands still: its public folder, the policy file to verify it by, and its size."""

    public: Path
    policy: Path
    size: int


class Machinery:
    """Sequencer, signer, witness and publisher over the current database; state in the given folders."""

    def __init__(
        self, *, public: Path, signer: Path, witness: Path, state: Path, policy_file: Path, origin: str
    ) -> None:
        self.public, self.policy_file, self.origin = public, policy_file, origin
        self.signer_folder, self.witness_folder = SignerFolder(signer), WitnessFolder(witness)
        self.board = Board(state)

    @classmethod
    def installed(cls) -> "Machinery":
        """The folders of this installation."""
        ledger = settings.LEDGER
        return cls(
            public=Path(ledger["PUBLIC_DIR"]),
            signer=Path(ledger["SIGNER_DIR"]),
            witness=Path(ledger["WITNESS_DIR"]),
            state=Path(ledger["STATE_DIR"]),
            policy_file=Path(ledger["POLICY_FILE"]),
            origin=ledger["ORIGIN"],
        )

    @classmethod
    def under(cls, folder: Path) -> "Machinery":
        """Folders of its own, for a database that does not belong to this installation's signer."""
        return cls(
            public=folder / "public",
            signer=folder / "signer",
            witness=folder / "witness",
            state=folder / "state",
            policy_file=folder / "policy",
            origin=settings.LEDGER["ORIGIN"],
        )

    def prepare(self) -> None:
        """Makes what is missing: the signer's and the witness's key and memory, and the policy with both keys."""
        if not self.signer_folder.is_initialised():
            with connect() as own:
                initialise(own, self.signer_folder)
        self._prepare_policy()
        shown = self.public / POLICY
        if not shown.exists() or shown.read_bytes() != self.policy_file.read_bytes():
            durable.make_folder(self.public)
            durable.write(shown, self.policy_file.read_bytes())

    def _prepare_policy(self) -> None:
        """A policy with the local witness, also in place of the one without any that earlier versions made.

        A policy that a person wrote is left alone, and so is a witness that is kept elsewhere.
        """
        log = vkey(self.signer_folder, self.origin)
        before = self.policy_file.read_text("utf-8") if self.policy_file.exists() else None
        if before not in (None, f"log {log}\nquorum none\n"):
            return
        if not self.witness_folder.is_initialised():
            self.witness_folder.initialise()
        self.witness_folder.know(log)
        durable.make_folder(self.policy_file.parent)
        text = f"log {log}\nwitness {LOCAL} {self._witness().vkey()}\nquorum {LOCAL}\n"
        durable.write(self.policy_file, text.encode())

    def rules(self) -> Policy:
        """The policy of this log."""
        return policy.parse(self.policy_file.read_text("utf-8"))

    def local_vkey(self) -> str:
        """The verifier key of the witness that this installation brings along."""
        return self._witness().vkey()

    def publisher(self, *, in_process: bool = False) -> Publisher:
        """The publisher, which asks the local witness's process, or with `in_process` its classes, and all others."""
        rules = self.rules()
        asks = {name: over_http(witness.url) for name, witness in rules.witnesses.items() if witness.url}
        if LOCAL in rules.witnesses and LOCAL not in asks:
            own = self._witness().add_checkpoint if in_process else over_address_file(self.witness_folder.address)
            asks[LOCAL] = own
        return Publisher(self.public, rules, self.board, asks)

    def tick(self) -> None:
        """The worker's share of one second. Before `ledger_init` has made a policy, nothing is published.

        After an alarm leaves are still recorded, and wait: to give them places would write the second history on.
        """
        if self.board.alarm():
            return
        Sequencer().step()
        if self.policy_file.exists():
            self.publisher().step(database_now())

    def settle(self) -> Settled:
        """Integrates, signs, has cosigned and publishes all committed leaves."""
        if connection.in_atomic_block:
            raise ValueError("the signer sees committed leaves only: settle outside a transaction")
        self.prepare()
        if alarm := self.board.alarm():
            raise RolledBack(f"the log stands still: {alarm}")
        Sequencer().drain()
        with connect() as own:
            Signer(own, self.signer_folder, self.origin).step(database_now())
        self.publisher(in_process=True).step(database_now(), wait=True)
        return Settled(self.public, self.policy_file, published_size(self.public))

    def _witness(self) -> Witness:
        return Witness(self.witness_folder, witness_name(self.origin))


def connect() -> psycopg.Connection:
    """A connection to where Django's goes, without Django's ways."""
    connection.ensure_connection()
    info = connection.connection.info
    return psycopg.connect(info.dsn, password=info.password or None)


def database_now() -> datetime:
    """The database's time at this instant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
