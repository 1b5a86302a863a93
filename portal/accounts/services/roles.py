"""Giving and taking roles. Each is a line of the ledger; the database refuses a role without one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import queries, rules
from portal.accounts.models import Cluster, RoleAssignment, User
from portal.accounts.roles import ROLES
from portal.core.errors import Invalid, Overtaken


@transaction.atomic
def grant_role(
    *,
    by: Any,
    user: User,
    role: str,
    now: datetime,
    cluster: Cluster | None = None,
    scope_kind: str = "",
    scope_ref: str = "",
) -> RoleAssignment:
    """Give ``user`` a role of ``roles.ROLES`` for a scope; ``by`` is an administrator or ``ledger.log.SYSTEM``."""
    rules.check_scope(role, scope_kind=scope_kind, scope_ref=scope_ref)
    acting = by.acting_as(rules.check_can_change_roles(by, "role.grant", user, cluster=cluster))
    try:
        with transaction.atomic():
            assignment = RoleAssignment.objects.create(
                user=user,
                role=role,
                cluster=cluster,
                scope_kind=scope_kind,
                scope_ref=scope_ref,
                granted_by=by if isinstance(by, User) else None,
                granted_at=now,
            )
    except IntegrityError as clash:
        raise Invalid(_("이미 같은 범위로 가진 역할입니다."), field="role") from clash
    log.append("account.role_granted", row=assignment, by=acting, data=_data(assignment))
    _reflect(user)
    return assignment


@transaction.atomic
def revoke_role(*, by: Any, assignment: RoleAssignment, now: datetime, reason: str = "") -> None:
    """Take a role back. Of two at once one wins; the other gets ``Overtaken``."""
    user = assignment.user
    acting = by.acting_as(rules.check_can_change_roles(by, "role.revoke", user, cluster=assignment.cluster))
    if not RoleAssignment.objects.filter(pk=assignment.pk, ended_at__isnull=True).update(ended_at=now):
        raise Overtaken
    assignment.ended_at = now
    private = {"reason": reason} if reason else None
    log.append("account.role_revoked", row=assignment, by=acting, data=_data(assignment), private=private)
    _reflect(user)


def _data(assignment: RoleAssignment) -> dict[str, str]:
    data = {
        "role": assignment.role,
        "cluster": assignment.cluster.code if assignment.cluster else "",
        "scope_kind": assignment.scope_kind,
        "scope_ref": assignment.scope_ref,
    }
    return {name: value for name, value in data.items() if value}


def _reflect(user: User) -> None:
    """Let what is derived from the roles follow them: staff or not, groups of the CMS."""
    held = [ROLES[a.role] for a in queries.roles_of(user) if a.role in ROLES]
    user.is_staff = any(role.staff for role in held)
    User.objects.filter(pk=user.pk).update(is_staff=user.is_staff)
    managed = frozenset().union(*(role.groups for role in ROLES.values()))
    wanted = frozenset().union(*(role.groups for role in held))
    user.groups.remove(*Group.objects.filter(name__in=managed - wanted))
    user.groups.add(*Group.objects.filter(name__in=wanted))
    queries.forget_roles(user)
