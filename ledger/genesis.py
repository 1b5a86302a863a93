"""The first leaf, by which a log says which one it is."""

import hashlib

from django.conf import settings
from django.db import transaction

from ledger import events
from ledger.models import Record, TreeState
from ledger.people import SYSTEM
from ledger.recording import append


@transaction.atomic
def begin() -> bool:
    """Writes `ledger.genesis/1` when the log is empty; answers whether it did."""
    if Record.objects.exists():
        return False
    origin = hashlib.sha256(settings.LEDGER["ORIGIN"].encode()).hexdigest()
    append(events.GENESIS, row=TreeState(id=1), by=SYSTEM, data={"origin_hash": origin, "format": "hub-ledger-v1"})
    return True
