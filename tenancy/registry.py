"""What tenancy tells the ledger: its event types. Imported once, in ``TenancyConfig.ready``."""

from ledger.log import EventType, register

_DAYS = {"start": "date", "end": "date"}
_HASHES = {"inputs": "ref", "result": "ref", "version": "ref"}

EVENT_TYPES = [
    EventType("space.allocation.prepared", 1, {"call": "ref", "inputs": "ref"}),
    EventType("space.allocation.run", 1, {**_HASHES, "placed": "int", "violations": "int"}),
    EventType("space.allocation.decided", 1, _HASHES, series="space.allocation"),
    EventType("space.allocation.published", 1, _HASHES),
    EventType("space.allocation.voided", 1, {}),
    EventType("space.need.lined_up", 1, {"seats": "int", "rank": "int?"}),
    EventType("space.need.left", 1, {"why": "ref"}),
    EventType("space.offer.sent", 1, {"unit": "ref", **_DAYS, "expires_at": "time"}),
    EventType("space.offer.accepted", 1, {"terms": "ref"}),
    EventType("space.offer.declined", 1, {}),
    EventType("space.offer.expired", 1, {"expires_at": "time"}),
    EventType("space.offer.revoked", 1, {}),
    EventType("space.occupancy.held", 1, {"unit": "ref", **_DAYS}),
    EventType("space.occupancy.blocked", 1, {"unit": "ref?", **_DAYS}),
    EventType("space.occupancy.committed", 1, {}),
    EventType("space.occupancy.moved_in", 1, {}),
    EventType("space.occupancy.released", 1, {}),
    EventType("space.occupancy.unblocked", 1, {}),
    EventType("space.occupancy.ended", 1, {"end": "date"}),
    EventType("space.lease.prepared", 1, {"document": "ref"}),
    EventType("space.lease.signed", 1, {"document": "ref", "unit": "ref", **_DAYS}, series="space.lease"),
    EventType("space.lease.lapsed", 1, {}),
    EventType("space.lease.abandoned", 1, {}),
    EventType("space.lease.moved_in", 1, {"on": "date"}),
    EventType("space.invoice.issued", 1, {"month": "date", "total": "decimal", "number": "ref", "due": "date"}),
    EventType("space.invoice.dropped", 1, {}),
    EventType("space.place.imported", 1, {"hub": "ref", "digest": "ref", "cells": "int", "units": "int"}),
]

for event in EVENT_TYPES:
    register(event)
