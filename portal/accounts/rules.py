"""May this person do this now? ``check_can_x`` raises with the reason and answers the role under which it is allowed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import queries
from portal.accounts.enums import HoldBasis, InvitationStatus, MemberKind, ScopeKind
from portal.accounts.models import Cluster, Invitation, Membership, Organisation, User
from portal.accounts.roles import COMPANY_MASTER, COMPANY_MEMBER, PERSON, ROLES, roles_for
from portal.core.errors import Invalid, Late, NotAllowed

_REFERENCE = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def check_may(by: Any, action: str, *, cluster: Cluster | str | None = None, **narrow: Any) -> str:
    """The person's role that allows ``action`` in this scope (``queries.has_role`` says what a scope is)."""
    role = queries.role_for(by, roles_for(action), cluster=cluster, **narrow)
    if role is None:
        raise NotAllowed(_("이 작업은 담당 역할이 있는 사람만 할 수 있습니다."))
    return role


def may(by: Any, action: str, *, cluster: Cluster | str | None = None, **narrow: Any) -> bool:
    """Whether one of the person's roles allows ``action`` in this scope."""
    return queries.role_for(by, roles_for(action), cluster=cluster, **narrow) is not None


def check_can_take_ledger(by: Any) -> str:
    """Auditors of everything: the ledger's entries do not say which cluster they belong to."""
    return check_may(by, "ledger.read", cluster="*")


def check_can_act_for(by: User, organisation: Organisation) -> str:
    """Any live member prepares for the company; answers ``company.master`` or ``company.member``."""
    membership = queries.members_of(organisation).filter(user=by).first()
    if membership is None:
        raise NotAllowed(_("이 기업의 구성원이 아닙니다."))
    return COMPANY_MASTER if membership.kind == MemberKind.MASTER else COMPANY_MEMBER


def can_act_for(by: User, organisation: Organisation) -> bool:
    return queries.is_member(by, organisation)


def check_can_sign_for(by: User, organisation: Organisation) -> str:
    """Only the master account sends, signs, invites and ends memberships."""
    if not queries.is_master(by, organisation):
        raise NotAllowed(_("대표 계정만 할 수 있습니다. 대표 계정에 요청해 주십시오."))
    return COMPANY_MASTER


def can_sign_for(by: User, organisation: Organisation) -> bool:
    return queries.is_master(by, organisation)


def check_can_invite(by: User, organisation: Organisation) -> str:
    """The master of a company; who applies as one person applies alone."""
    role = check_can_sign_for(by, organisation)
    if organisation.person_id is not None:
        raise NotAllowed(_("개인으로 신청하는 자리에는 다른 사람을 초대할 수 없습니다."))
    return role


def check_can_accept(by: User, invitation: Invitation, *, now: datetime) -> str:
    """An open invitation, before it expires, by the person whose address it was sent to."""
    if invitation.status == InvitationStatus.ACCEPTED:
        raise Late(_("이미 수락한 초대입니다."))
    if invitation.status != InvitationStatus.SENT:
        raise Late(_("취소된 초대입니다. 초대한 기업에 다시 요청해 주십시오."))
    if now >= invitation.expires_at:
        raise Late(_("초대의 유효 기간이 지났습니다. 초대한 기업에 다시 요청해 주십시오."))
    if by.email.casefold() != invitation.email.casefold():
        raise NotAllowed(_("다른 전자우편 주소로 보낸 초대입니다. 초대받은 주소의 계정으로 로그인해 주십시오."))
    return PERSON


def check_can_end(by: User, membership: Membership) -> str:
    """A member leaves by themselves, the master ends others; a master first hands the master account over."""
    if membership.ended_at is not None:
        raise Late(_("이미 끝난 구성원입니다."))
    if membership.kind == MemberKind.MASTER:
        raise NotAllowed(_("대표 계정은 먼저 다른 구성원에게 넘긴 뒤 나갈 수 있습니다."))
    if membership.user_id == by.pk:
        return PERSON
    return check_can_sign_for(by, membership.organisation)


def can_end(by: User, membership: Membership) -> bool:
    return _allowed(check_can_end, by, membership)


def check_can_change_roles(by: Any, action: str, user: User, *, cluster: Cluster | None) -> str:
    """An administrator of the scope, never for themselves; the console acts as the system."""
    if by is log.SYSTEM:
        return "system"
    if by.pk == user.pk:
        raise NotAllowed(_("자신의 역할은 스스로 바꿀 수 없습니다. 다른 관리자에게 요청해 주십시오."))
    role = queries.role_for(by, roles_for(action), cluster=cluster) if cluster else _everywhere(by, action)
    if role is None:
        raise NotAllowed(_("역할을 주고 거두는 일은 그 범위의 시스템 관리자만 할 수 있습니다."))
    return role


def _everywhere(by: User, action: str) -> str | None:
    """The role that allows ``action`` without any limit of scope."""
    wide = queries.roles_of(by).filter(cluster__isnull=True, scope_kind="", role__in=roles_for(action)).first()
    return wide.role if wide else None


def check_scope(role: str, *, scope_kind: str, scope_ref: str) -> None:
    """A known role, narrowed to nothing or to a kind of thing that it may be narrowed to."""
    if role not in ROLES:
        raise Invalid(_("알 수 없는 역할입니다."), field="role")
    if bool(scope_kind) != bool(scope_ref):
        raise Invalid(_("범위의 종류와 대상을 함께 입력해 주십시오."), field="scope_ref")
    if scope_kind and (scope_kind not in ScopeKind.values or ScopeKind(scope_kind) not in ROLES[role].scopes):
        raise Invalid(_("이 역할은 그런 범위로 좁힐 수 없습니다."), field="scope_kind")
    if scope_ref and not _REFERENCE.fullmatch(scope_ref):
        raise Invalid(_("대상은 영문자와 숫자로 된 코드입니다."), field="scope_ref")


def check_can_request_deletion(by: User) -> str:
    """Nobody leaves a role or a company without a hand that holds it."""
    if queries.roles_of(by).exists():
        raise NotAllowed(_("맡은 역할이 있습니다. 시스템 관리자가 역할을 거둔 뒤 삭제를 요청해 주십시오."))
    held = Membership.objects.filter(user=by, kind=MemberKind.MASTER, ended_at__isnull=True).values("organisation")
    others = Membership.objects.filter(organisation__in=held, ended_at__isnull=True).exclude(user=by)
    if others.exists():
        raise NotAllowed(_("대표 계정을 맡은 기업이 있습니다. 다른 구성원에게 넘긴 뒤 삭제를 요청해 주십시오."))
    return PERSON


def check_can_delete(by: User, user: User) -> str:
    """An administrator carries out what the person asked for, and nothing else."""
    role = check_may(by, "person.delete")
    if user.deletion_requested_at is None or not user.is_active:
        raise NotAllowed(_("삭제를 요청한 계정이 아닙니다."))
    check_can_request_deletion(user)
    try:
        log.check_unheld(user.ledger_key)
    except log.Held as standing:
        raise held(standing) from standing
    return role


def held(hold: log.Held) -> NotAllowed:
    """Why nothing of a person is erased now."""
    since = date_format(timezone.localtime(hold.since), "DATE_FORMAT")
    text = _("보존 명령({basis}, {since}부터)이 있어 지울 수 없습니다. 보존 명령이 풀린 뒤에 처리할 수 있습니다.")
    return NotAllowed(text.format(basis=HoldBasis(hold.basis).label, since=since))


def check_can_hold(by: User, user: User) -> str:
    """An administrator, for somebody whose data are still there."""
    role = check_may(by, "hold.place")
    if not user.is_active:
        raise NotAllowed(_("이미 삭제된 계정입니다. 남은 개인정보가 없습니다."))
    return role


def _allowed(check: Any, *args: Any) -> bool:
    try:
        check(*args)
    except (NotAllowed, Late):
        return False
    return True
