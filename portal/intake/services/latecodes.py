"""추가접수 코드: the one way in after the bell. Two people stand for it, the ledger tells of each step, and it works once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Organisation
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.intake import rules
from portal.intake.models import Application, Call, LateCode
from portal.intake.services import telling

#: Letters and digits that nobody mixes up when reading them out.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 16


@transaction.atomic
def issue_late_code(
    *, call: Call, organisation: Organisation, reason: str, evidence: str, expires_at: datetime, by: Any, now: datetime
) -> tuple[LateCode, str]:
    """Make a code for one company; returns the row and the code itself, which is shown this once and kept as a hash.

    It opens nothing until a second person confirms it. An unused code of the same company that ran out gives way.
    """
    role = rules.check_can_issue_late_code(by, call)
    if now < call.closes_at:
        raise NotAllowed(_("접수 중인 공고에는 추가접수 코드가 필요하지 않습니다."))
    for name, text in (("reason", reason), ("evidence", evidence)):
        if not text.strip():
            raise Invalid(_("추가접수 사유와 근거를 적어 주십시오."), field=name)
    if expires_at <= now:
        raise Invalid(_("유효 기한은 앞으로의 시각이어야 합니다."), field="expires_at")
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if call.late_codes.filter(organisation=organisation, used_at__isnull=True).exists():
        raise Invalid(_("이 기업에 이미 발급한 코드가 있습니다."), field="organisation")
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    row = LateCode.objects.create(
        call=call,
        organisation=organisation,
        sha256=_hash(code),
        reason=reason.strip(),
        evidence=evidence.strip(),
        expires_at=expires_at,
        issued_by=by,
        issued_at=now,
    )
    log.append(
        f"{call.ledger_room()}.late_code.issued",
        row=row,
        by=by.acting_as(role),
        data={"expires_at": expires_at},
        private={"for": {"call": call.code, "evidence": row.evidence}, "reason": row.reason},
    )
    return row, code


@transaction.atomic
def confirm_late_code(*, code: LateCode, by: Any, now: datetime) -> LateCode:
    """확인 by a second person; the company is told that it may enter, and until when."""
    role = rules.check_can_confirm_late_code(by, code)
    fresh = LateCode.objects.filter(pk=code.pk, confirmed_at__isnull=True, expires_at__gt=now)
    if fresh.update(confirmed_by=by, confirmed_at=now) != 1:
        raise Overtaken
    code.confirmed_by, code.confirmed_at = by, now
    log.append(f"{code.ledger_room()}.late_code.confirmed", row=code, by=by.acting_as(role), data={})
    telling.late_code_confirmed(code)
    return code


def read_late_code(*, application: Application, text: str, now: datetime) -> LateCode:
    """The confirmed, unused code that ``text`` spells, for this company and call; ``NotAllowed`` for any other."""
    plain = "".join(text.upper().split()).replace("-", "")
    found = LateCode.objects.select_for_update().filter(
        call=application.call_id, organisation=application.organisation_id, sha256=_hash(plain), used_at__isnull=True
    )
    code = found.first()
    if code is None or code.confirmed_at is None or now >= code.expires_at:
        raise NotAllowed(_("추가접수 코드가 맞지 않거나 기한이 지났습니다. 작성하신 내용은 그대로 보관됩니다."))
    return code


def spend(code: LateCode, application: Application, acting: Any, now: datetime) -> None:
    """Use the code up for this application, in the submitting transaction."""
    unused = LateCode.objects.filter(pk=code.pk, used_at__isnull=True)
    if unused.update(used_at=now, application=application) != 1:
        raise Overtaken
    code.used_at, code.application = now, application
    log.append(
        f"{code.ledger_room()}.late_code.used",
        row=code,
        by=acting,
        data={},
        private={"code": str(code.public_id)},
    )


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
