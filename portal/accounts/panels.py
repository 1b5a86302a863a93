"""What accounts shows on the shared pages: invitations to me, the administrator's desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger import log
from portal.accounts import queries
from portal.accounts.roles import ADMIN, AUDITOR
from portal.core.panels import Panel, register
from portal.core.ui.parts import Task

TEMPLATE = "accounts/panel.html"


def my_invitations(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """Invitations that wait for an answer; None without any."""
    if not user.is_authenticated:
        return None
    address = reverse("accounts:organisations")
    tasks = [
        Task(invitation.organisation.name, _("초대받음"), "info", address, str(invitation.invited_by))
        for invitation in queries.invitations_to(user, now=now)
    ]
    return {"tasks": tasks} if tasks else None


def my_receipts(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """The way to the receipts of the ledger; None for a person about whom it holds nothing."""
    if not user.is_authenticated or not log.concerns_somebody(user):
        return None
    hint = _("나와 내 기업에 관한 감사원장 기록을 내려받고 확인합니다.")
    return {"tasks": [Task(_("나의 기록증명"), _("언제든지"), "", reverse("receipts:index"), hint)]}


def administration(user: Any, now: datetime) -> Mapping[str, Any]:
    """Roles, and deletion requests with how many wait."""
    waiting = queries.deletions_asked().count()
    return {
        "tasks": [
            Task(_("역할 관리"), _("언제든지"), "", reverse("accounts:roles")),
            Task(_("계정 삭제 요청 처리"), str(waiting), "warning" if waiting else "", reverse("accounts:deletions")),
            Task(_("보존 명령"), _("언제든지"), "", reverse("accounts:holds")),
        ]
    }


def auditing(user: Any, now: datetime) -> Mapping[str, Any]:
    """The way to the audit file of the ledger."""
    hint = _("공개 원장과 봉인된 값을 포털 없이 확인할 수 있는 파일로 받습니다.")
    href = reverse("accounts:hand_over_ledger")
    return {"tasks": [Task(_("감사 자료 내려받기"), _("언제든지"), "", href, hint)]}


register(Panel("invitations", "my", gettext_lazy("받은 초대"), TEMPLATE, my_invitations, order=5))
register(Panel("receipts", "my", gettext_lazy("감사원장 기록"), TEMPLATE, my_receipts, order=95))
register(Panel("auditing", "desk", gettext_lazy("감사"), TEMPLATE, auditing, frozenset({AUDITOR}), order=80))
register(
    Panel("administration", "desk", gettext_lazy("시스템 관리"), TEMPLATE, administration, frozenset({ADMIN}), order=90)
)
