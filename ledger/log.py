"""The ledger's one door: what the rest of the portal may call.

Rooms declare `EventType`s in their `registry.py` and `register` them when the portal starts, give their rows
`ledger_subject()` and their people `ledger_actor()`, and call `append` in the transaction that takes the decision.
Everything behind this module may change.
"""

from collections.abc import Iterable
from pathlib import Path

from ledger import browsing, merkle
from ledger.alarms import on_alarm
from ledger.browsing import Printed, Wanted, printed
from ledger.documents import rule
from ledger.entry import InvalidLeaf, leaf_hash
from ledger.erasure import Held, NothingToErase, erase
from ledger.handing import Handed, NothingPublished, TooMuch, hand_over
from ledger.holding import AlreadyLifted, Standing, check_unheld
from ledger.holding import lift as lift_hold
from ledger.holding import place as place_hold
from ledger.holding import standing as standing_holds
from ledger.openings import KeyDestroyed, KeyUnavailable, open_leaf
from ledger.people import SYSTEM, Acting, Actor, Row, Subject
from ledger.reading import NotYetWitnessed, Reader, Status, UnknownLeaf, last_leaf_of, leaves_of, prove, receipt, status
from ledger.recording import NotInTransaction, append, prepare
from ledger.registry import EventType, InvalidData, UnknownEvent, all_types, register
from ledger.settling import Machinery, Settled
from ledger.words import Case, describe_cases, name, rooms

__all__ = [
    "SYSTEM",
    "Acting",
    "Actor",
    "AlreadyLifted",
    "Case",
    "EventType",
    "Handed",
    "Held",
    "InvalidData",
    "InvalidLeaf",
    "KeyDestroyed",
    "KeyUnavailable",
    "NotInTransaction",
    "NotYetWitnessed",
    "NothingPublished",
    "NothingToErase",
    "Printed",
    "Reader",
    "Row",
    "Settled",
    "Standing",
    "Status",
    "Subject",
    "TooMuch",
    "UnknownEvent",
    "UnknownLeaf",
    "Wanted",
    "all_types",
    "append",
    "check_unheld",
    "concerns_somebody",
    "describe_cases",
    "erase",
    "hand_over",
    "last_leaf_of",
    "leaves_of",
    "lift_hold",
    "name",
    "on_alarm",
    "open_leaf",
    "place_hold",
    "prepare",
    "printed",
    "prove",
    "receipt",
    "register",
    "rooms",
    "root_of",
    "rule",
    "settle",
    "standing_holds",
    "status",
]


def root_of(values: Iterable[bytes]) -> str:
    """The Merkle root (RFC 6962, hex) over `values` in their order: what a leaf says of a list too long to be in it.

    Whoever holds one of the values and its audit path can show that it was among those counted.
    """
    return merkle.root([leaf_hash(value) for value in values]).hex()


def settle(folder: Path | None = None) -> Settled:
    """Integrates, signs and publishes all committed leaves in this process, for rehearsals, commands and tests.

    With `folder`, key, policy and public log are kept there instead of in the installation's own places: a database of
    its own needs a signer of its own. Answers public folder, policy file and size, ready for `python -m ledger.verify`.
    """
    return (Machinery.under(folder) if folder else Machinery.installed()).settle()


def concerns_somebody(reader: Reader) -> bool:
    """Whether the ledger holds anything sealed under this reader's keys."""
    return bool(browsing.holding(reader.ledger_keys(), 1).leaves)
