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
from ledger.policy import Policy
from ledger.publisher import Publisher, published_size
from ledger.sequencer import Sequencer
from ledger.signer import Signer, SignerFolder, initialise, vkey

POLICY = "policy"


@dataclass(frozen=True)
class Settled:
    """A log that stands still: its public folder, the policy file to verify it by, and its size."""

    public: Path
    policy: Path
    size: int


class Machinery:
    """Sequencer, signer and publisher over the current database; state in the given folders."""

    def __init__(self, public: Path, signer: Path, policy_file: Path, origin: str) -> None:
        self.public, self.policy_file, self.origin = public, policy_file, origin
        self.signer_folder = SignerFolder(signer)

    @classmethod
    def installed(cls) -> "Machinery":
        """The folders of this installation."""
        ledger = settings.LEDGER
        public, signer, rules = (Path(ledger[name]) for name in ("PUBLIC_DIR", "SIGNER_DIR", "POLICY_FILE"))
        return cls(public, signer, rules, ledger["ORIGIN"])

    @classmethod
    def under(cls, folder: Path) -> "Machinery":
        """Folders of its own, for a database that does not belong to this installation's signer."""
        return cls(folder / "public", folder / "signer", folder / "policy", settings.LEDGER["ORIGIN"])

    def prepare(self) -> None:
        """Makes what is missing: the signer's key and memory, the policy with its key and no witness."""
        if not self.signer_folder.is_initialised():
            with connect() as own:
                initialise(own, self.signer_folder)
        if not self.policy_file.exists():
            durable.make_folder(self.policy_file.parent)
            text = f"log {vkey(self.signer_folder, self.origin)}\nquorum none\n"
            durable.write(self.policy_file, text.encode())
        shown = self.public / POLICY
        if not shown.exists() or shown.read_bytes() != self.policy_file.read_bytes():
            durable.make_folder(self.public)
            durable.write(shown, self.policy_file.read_bytes())

    def rules(self) -> Policy:
        """The policy of this log."""
        return policy.parse(self.policy_file.read_text("utf-8"))

    def tick(self) -> None:
        """The worker's share of one second. Before `ledger_init` has made a policy, nothing is published."""
        Sequencer().step()
        if self.policy_file.exists():
            Publisher(self.public, self.rules()).step(_database_now())

    def settle(self) -> Settled:
        """Integrates, signs and publishes all committed leaves."""
        if connection.in_atomic_block:
            raise ValueError("the signer sees committed leaves only: settle outside a transaction")
        self.prepare()
        Sequencer().drain()
        with connect() as own:
            Signer(own, self.signer_folder, self.origin).step(_database_now())
        Publisher(self.public, self.rules()).step(_database_now())
        return Settled(self.public, self.policy_file, published_size(self.public))


def connect() -> psycopg.Connection:
    """A connection to where Django's goes, without Django's ways."""
    connection.ensure_connection()
    info = connection.connection.info
    return psycopg.connect(info.dsn, password=info.password or None)


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
