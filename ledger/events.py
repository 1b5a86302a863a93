"""The ledger's own event types: what it says about itself and about personal data."""

from django.utils.translation import gettext_lazy as _

from ledger.registry import EventType, register

GENESIS = register(
    EventType(
        "ledger.genesis",
        1,
        {"origin_hash": "ref", "format": "code:hub-ledger-v1"},
        title=_("감사원장을 시작했습니다"),
    )
)
ERASED = register(
    EventType(
        "privacy.erased",
        1,
        {"leaves": "ref[]", "paths": "ref[]", "basis": "code:request|retention|order|other"},
        title=_("개인정보를 파기했습니다"),
    )
)
