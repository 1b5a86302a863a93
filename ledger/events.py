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
SUCCEEDED = register(
    EventType(
        "ledger.genesis",
        2,
        {"origin_hash": "ref", "format": "code:hub-ledger-v1", "before_hash": "ref", "size": "int", "root": "ref"},
        title=_("앞선 원장을 이어받아 새 감사원장을 시작했습니다"),
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
HOLD = "code:suit|audit|appeal|law"
HOLD_PLACED = register(
    EventType("privacy.hold_placed", 1, {"basis": HOLD}, title=_("보존 명령으로 개인정보 파기를 멈추게 했습니다"))
)
HOLD_LIFTED = register(EventType("privacy.hold_lifted", 1, {"basis": HOLD}, title=_("보존 명령을 풀었습니다")))
SERIES_CLOSED = register(
    EventType(
        "ledger.series.closed",
        1,
        {"year": "int", "series": "ref[]", "last": "int[]"},
        title=_("한 해의 결정 번호를 마감했습니다"),
    )
)
INSPECTION_FAILED = register(
    EventType(
        "ledger.inspection.failed",
        1,
        {"problems": "int", "first_c": "commitment?"},
        title=_("야간 점검에서 원장의 이상을 찾았습니다"),
    )
)
KEY_ROTATED = register(
    EventType(
        "ledger.key.rotated",
        1,
        {"old": "ref", "new": "ref", "part": "code:log|kek", "keys": "int?"},
        title=_("원장의 열쇠를 바꾸었습니다"),
    )
)
POLICY_PUBLISHED = register(
    EventType("ledger.policy.published", 1, {"sha256": "ref"}, title=_("검증 기준을 공개했습니다"))
)

DISCLOSED = register(
    EventType(
        "privacy.openings_disclosed",
        1,
        {
            "basis": "code:audit|council|court",
            "entries": "int",
            "values": "int",
            "kind": "ref?",
            "since": "date?",
            "until": "date?",
        },
        title=_("감사를 위해 원장과 봉인된 값을 내주었습니다"),
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
        "before_hash": _("앞선 원장 이름의 해시"),
        "root": _("마지막 뿌리 해시"),
        "leaves": _("관련 기록"),
        "paths": _("파기한 자리"),
        "basis": _("근거"),
        "sha256": _("파일 해시(SHA-256)"),
        "types": _("형식의 수"),
        "rules": _("규칙의 수"),
        "bytes": _("크기(바이트)"),
        "cause": _("밝혀진 원인"),
        "size": _("기록의 수"),
        "year": _("연도"),
        "series": _("번호 계열"),
        "last": _("마지막 번호"),
        "problems": _("이상의 수"),
        "old": _("이전 열쇠"),
        "new": _("새 열쇠"),
        "part": _("열쇠의 쓰임"),
        "keys": _("다시 감싼 열쇠의 수"),
        "entries": _("내준 기록의 수"),
        "values": _("열어 준 값의 수"),
        "since": _("부터"),
        "until": _("까지"),
    },
)
