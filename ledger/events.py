"""The ledger's own event types: what it says about itself and about personal data."""

from ledger.registry import EventType, register

GENESIS = register(EventType("ledger.genesis", 1, {"origin_hash": "ref", "format": "code:hub-ledger-v1"}))
SCHEMA = register(EventType("ledger.schema", 1, {"hash": "ref"}))
POLICY_PUBLISHED = register(EventType("ledger.policy.published", 1, {"hash": "ref"}))
INCIDENT = register(
    EventType("ledger.incident", 1, {"code": "code:rollback|fork|outage|other", "details_c": "commitment?"})
)
ERASED = register(
    EventType("privacy.erased", 1, {"leaves": "ref[]", "paths": "ref[]", "basis": "code:request|retention|order|other"})
)
