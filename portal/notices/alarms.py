"""Alarms of the ledger, told to those who must look: administrators and auditors."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import queries
from portal.accounts.roles import ADMIN, AUDITOR
from portal.notices.registry import Topic, register
from portal.notices.services import notify

LEDGER = register(
    Topic(
        "ledger.alarm",
        _("감사원장 경보"),
        _("감사원장에 이상이 있습니다"),
        _("점검: {code}. {sentence} 원장을 고치거나 되돌리지 말고, 먼저 지금 상태를 보존한 뒤 확인해 주십시오."),
        required=True,
    )
)


@transaction.atomic
def tell(code: str, sentence: str) -> None:
    """Everybody whose work it is, once each."""
    people = {user.pk: user for role in (ADMIN, AUDITOR) for user in queries.people_with(role)}
    notify(to=people.values(), topic=LEDGER.code, context={"code": code, "sentence": sentence}, url="/ko/log/")


log.on_alarm(tell)
