"""What accounts itself holds about a person (see ``personal.py``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessLog
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Invitation, Membership, Organisation, User
from portal.accounts.personal import Holding, register

Row = Mapping[str, object]
_HISTORY = _("누가 언제 기업을 대표했는지는 계약과 결정의 근거이므로 이름을 지운 채 남습니다.")
_DECISIONS = _("결정에 관여한 기록은 법정 보존 기간 동안 남습니다. 이름은 열어 볼 수 없게 됩니다.")


def profile(user: User) -> Iterator[Row]:
    yield {
        "id": str(user.public_id),
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "joined_at": user.joined_at,
        "last_login_at": user.last_login,
        "deletion_requested_at": user.deletion_requested_at,
    }


def addresses(user: User) -> Iterator[Row]:
    yield from EmailAddress.objects.filter(user=user).order_by("pk").values("email", "verified", "primary")


def memberships(user: User) -> Iterator[Row]:
    rows = Membership.objects.filter(user=user).select_related("organisation").order_by("pk")
    for row in rows:
        yield {
            "organisation": row.organisation.name_ko,
            "kind": row.kind,
            "since_at": row.since_at,
            "ended_at": row.ended_at,
        }


def invitations(user: User) -> Iterator[Row]:
    rows = Invitation.objects.filter(email__iexact=user.email).select_related("organisation").order_by("pk")
    for row in rows:
        yield {
            "organisation": row.organisation.name_ko,
            "status": row.status,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
        }


def roles(user: User) -> Iterator[Row]:
    rows = user.role_assignments.select_related("cluster").order_by("pk")
    for row in rows:
        yield {
            "role": row.role,
            "cluster": row.cluster.code if row.cluster else None,
            "scope": f"{row.scope_kind}:{row.scope_ref}".strip(":"),
            "granted_at": row.granted_at,
            "ended_at": row.ended_at,
        }


def consents(user: User) -> Iterator[Row]:
    yield from user.consents.order_by("pk").values("purpose", "version", "given_at", "withdrawn_at")


def authenticators(user: User) -> Iterator[Row]:
    yield from Authenticator.objects.filter(user=user).order_by("pk").values("type", "created_at", "last_used_at")


def sign_ins(user: User) -> Iterator[Row]:
    """Successful sign-ins and failed attempts under the person's own address."""
    fields = ("attempt_time", "ip_address", "user_agent")
    for kind, model in (("signed_in", AccessLog), ("failed", AccessAttempt)):
        for row in model.objects.filter(username__iexact=user.email).order_by("pk").values(*fields):
            yield {"kind": kind, **row}


def forget_sign_ins(user: User) -> None:
    for model in (AccessLog, AccessAttempt):
        model.objects.filter(username__iexact=user.email).delete()


def forget_profile(user: User) -> None:
    """Leaves the row, which history points to, with nothing in it that tells who it was."""
    user.email, user.name, user.last_login = f"{user.public_id}@deleted.invalid", "", None
    user.is_active = False
    user.set_unusable_password()
    user.save()
    Organisation.objects.filter(person=user).update(name_ko="", name_en="", representative="", address="")


register(
    Holding("addresses", _("전자우편 주소"), addresses, lambda user: EmailAddress.objects.filter(user=user).delete())
)
register(
    Holding(
        "authenticators",
        _("패스키와 인증 앱"),
        authenticators,
        lambda user: Authenticator.objects.filter(user=user).delete(),
    )
)
register(Holding("sign_ins", _("로그인 기록"), sign_ins, forget_sign_ins))
register(
    Holding(
        "invitations",
        _("받은 초대"),
        invitations,
        lambda user: Invitation.objects.filter(email__iexact=user.email).delete(),
    )
)
# The last to go of what is deleted: the others are found by the address.
register(Holding("profile", _("계정 정보"), profile, forget_profile))
register(
    Holding(
        "consents",
        _("동의 기록"),
        consents,
        stays=_("동의를 받고 철회한 사실은 증명할 수 있어야 하므로 이름을 지운 채 남습니다."),
    )
)
register(Holding("memberships", _("기업 구성원 이력"), memberships, stays=_HISTORY))
register(Holding("roles", _("맡은 역할 이력"), roles, stays=_DECISIONS))
