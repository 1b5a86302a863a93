"""The ledger's own event types: what it says about itself and about personal data."""

from django.utils.translation import gettext_lazy as _

from ledger import words
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
SCHEMA = register(
    EventType("ledger.schema", 1, {"sha256": "ref", "types": "int"}, title=_("기록의 형식을 공개했습니다"))
)
MACHINE = register(
    EventType("ledger.machine", 1, {"sha256": "ref", "rules": "int"}, title=_("절차와 상한의 규칙을 공개했습니다"))
)
VERIFIER = register(
    EventType(
        "ledger.verifier.published",
        1,
        {"sha256": "ref", "bytes": "int"},
        title=_("브라우저 확인 프로그램을 공개했습니다"),
    )
)
INCIDENT = register(
    EventType(
        "ledger.incident",
        1,
        {"cause": "code:backup|witness|order", "size": "int"},
        title=_("멈춘 원장을 확인한 뒤 다시 시작했습니다"),
    )
)

words.name(
    roles={"system": _("시스템")},
    rooms={
        "account": _("계정과 권한"),
        "ledger": _("감사원장"),
        "privacy": _("개인정보"),
    },
    kinds={"log": _("이 원장"), "person": _("사람")},
    fields={
        "from": _("이전 상태"),
        "to": _("새 상태"),
        "no": _("결정 번호"),
        "origin_hash": _("원장 이름의 해시"),
        "format": _("형식"),
        "leaves": _("관련 기록"),
        "paths": _("파기한 자리"),
        "basis": _("근거"),
        "sha256": _("파일 해시(SHA-256)"),
        "types": _("형식의 수"),
        "rules": _("규칙의 수"),
        "bytes": _("크기(바이트)"),
        "cause": _("밝혀진 원인"),
        "size": _("기록의 수"),
    },
)
