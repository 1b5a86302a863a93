"""What accounts records in the ledger (03 §8)."""

from django.utils.translation import gettext_lazy as _

from ledger.log import EventType, name, register
from portal.accounts.roles import ROLES

_ROLE = {"role": "ref", "cluster": "ref?", "scope_kind": "ref?", "scope_ref": "ref?"}

ROLE_GRANTED = register(EventType("account.role_granted", 1, _ROLE, title=_("역할을 주었습니다")))
ROLE_REVOKED = register(EventType("account.role_revoked", 1, _ROLE, title=_("역할을 거두었습니다")))
MEMBER_ENDED = register(
    EventType(
        "account.member_ended",
        1,
        {"kind": "code:MASTER|MEMBER", "ended": "code:left|removed|handed_over"},
        title=_("기업 구성원 자격이 끝났습니다"),
    )
)
CONSENT_GIVEN = register(
    EventType("privacy.consent_given", 1, {"purpose": "ref", "version": "int"}, title=_("개인정보 처리에 동의했습니다"))
)
CONSENT_WITHDRAWN = register(
    EventType(
        "privacy.consent_withdrawn",
        1,
        {"purpose": "ref", "version": "int"},
        title=_("개인정보 처리 동의를 거두었습니다"),
    )
)
RETENTION_EXECUTED = register(
    EventType(
        "privacy.retention_executed",
        1,
        {
            "basis": "code:request|policy",
            "deleted": "ref[]",
            "kept": "ref[]",
            "call": "ref?",
            "rows": "int?",
            "files": "int?",
            "policy_c": "commitment?",
        },
        title=_("보유 기준에 따라 개인정보를 지웠습니다"),
    )
)

name(
    roles={
        "company.master": _("기업 대표 계정"),
        "company.member": _("기업 구성원"),
        "person": _("본인"),
        **{code: role.name for code, role in ROLES.items()},
    },
    kinds={"organisation": _("기업/기관")},
    fields={
        "role": _("역할"),
        "cluster": _("클러스터"),
        "scope_kind": _("범위의 종류"),
        "scope_ref": _("범위"),
        "kind": _("종류"),
        "ended": _("끝난 까닭"),
        "purpose": _("처리 목적"),
        "version": _("판"),
        "deleted": _("지운 정보"),
        "kept": _("근거로 남긴 정보"),
        "call": _("해당 공고"),
        "rows": _("건수"),
        "files": _("파일 수"),
    },
)
