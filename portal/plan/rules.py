"""Who may state how far a promise has come."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.queries import AnyUser, role_for
from portal.accounts.roles import roles_for
from portal.core.errors import NotAllowed
from portal.plan.models import Plan

#: A statement is read by everybody at once, so it takes the right to publish, not only to edit.
PUBLISHING = "page.publish"


def check_can_state_progress(by: AnyUser, plan: Plan) -> str:
    """The role under which ``by`` may speak for the plan's city; raises ``NotAllowed``."""
    role = role_for(by, roles_for(PUBLISHING), cluster=plan.cluster)
    if role is None:
        raise NotAllowed(_("추진 상황은 공개 권한이 있는 담당자만 입력할 수 있습니다."))
    return role


def can_state_progress(by: AnyUser, plan: Plan) -> bool:
    """Whether ``by`` may speak for the plan's city."""
    return role_for(by, roles_for(PUBLISHING), cluster=plan.cluster) is not None
