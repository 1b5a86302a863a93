"""Our own issuer as ``college.credentials.verify`` asks for it: keys, seals and lists from the database."""

from __future__ import annotations

import re
from typing import Any

from college import issuers, queries, services
from portal.core.clock import database_now

_LIST = re.compile(r".*/college/status/(revocation|suspension)-([0-9]{1,4})").fullmatch


def own(did: str) -> issuers.Issuer | None:
    """Our issuer of this DID; None for another's."""
    return queries.issuer(did, _list) if did == services.certificates.did() else None


def _list(address: str) -> dict[str, Any] | None:
    found = _LIST(address)
    if found is None or address != services.certificates.list_url(found[1], int(found[2])):
        return None
    listed = services.fresh_list(purpose=found[1], number=int(found[2]), now=database_now())
    return listed.document if listed else None
