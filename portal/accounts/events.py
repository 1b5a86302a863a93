"""What accounts records in the ledger (03 §8)."""

from ledger.log import EventType, register

_ROLE = {"role": "ref", "cluster": "ref?", "scope_kind": "ref?", "scope_ref": "ref?"}

ROLE_GRANTED = register(EventType("account.role_granted", 1, _ROLE))
ROLE_REVOKED = register(EventType("account.role_revoked", 1, _ROLE))
MEMBER_ENDED = register(
    EventType("account.member_ended", 1, {"kind": "code:MASTER|MEMBER", "ended": "code:left|removed|handed_over"})
)
CONSENT_GIVEN = register(EventType("privacy.consent_given", 1, {"purpose": "ref", "version": "int"}))
CONSENT_WITHDRAWN = register(EventType("privacy.consent_withdrawn", 1, {"purpose": "ref", "version": "int"}))
