"""The company is the account: registering it, and who acts for it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import rules
from portal.accounts.enums import InvitationStatus, MemberKind, Origin
from portal.accounts.models import Invitation, Membership, Organisation, User
from portal.accounts.roles import PERSON
from portal.core import outbox
from portal.core.business_number import normalise
from portal.core.errors import Invalid, Overtaken

INVITATION_LASTS = timedelta(days=14)
#: Outbox topic: a person has come to act for a company; for rooms in which the two must not meet.
MEMBER_JOINED = "account.member_joined"
TAKEN = _(
    "이미 등록된 사업자등록번호입니다. 그 기업의 대표 계정을 맡은 동료에게 이 전자우편 주소로 초대해 달라고 요청해 주십시오. "
    "초대를 받으면 ‘내 기업’ 화면에서 바로 수락할 수 있습니다."
)


@transaction.atomic
def register_organisation(
    *,
    by: User,
    business_number: str,
    name_ko: str,
    representative: str,
    now: datetime,
    name_en: str = "",
    origin: str = Origin.DOMESTIC,
    opened_date: date | None = None,
    address: str = "",
    business_kind: str = "",
    is_demo: bool = False,
) -> Organisation:
    """Create the company and make ``by`` its master account.

    Raises ``Invalid`` for a wrong or missing number (foreign companies may have none) and for one already registered.
    """
    organisation = Organisation(
        business_number=_number(business_number, origin),
        origin=origin,
        name_ko=name_ko,
        name_en=name_en,
        representative=representative,
        opened_date=opened_date,
        address=address,
        business_kind=business_kind,
        created_at=now,
        is_demo=is_demo,
    )
    try:
        with transaction.atomic():
            organisation.save(force_insert=True)
    except IntegrityError as clash:
        raise Invalid(TAKEN, field="business_number") from clash
    Membership.objects.create(organisation=organisation, user=by, kind=MemberKind.MASTER, since_at=now)
    return organisation


@transaction.atomic
def organisation_of_person(*, user: User, now: datetime) -> Organisation:
    """The organisation under which a person applies in their own name, made at the first time; of two at once one is.

    ``Invalid`` for an account without a name: what is applied for is given to somebody.
    """
    standing = Organisation.objects.filter(person=user).first()
    if standing is not None:
        return standing
    if not user.name.strip():
        raise Invalid(_("먼저 ‘계정과 보안’에서 이름을 적어 주십시오. 신청자의 이름으로 쓰입니다."))
    try:
        with transaction.atomic():
            made = Organisation.objects.create(
                person=user, name_ko=user.name, representative=user.name, created_at=now, is_demo=user.is_demo
            )
    except IntegrityError:
        return Organisation.objects.get(person=user)  # the other tab was faster, and has committed
    Membership.objects.create(organisation=made, user=user, kind=MemberKind.MASTER, since_at=now)
    return made


@transaction.atomic
def invite(*, by: User, organisation: Organisation, email: str, now: datetime) -> Invitation:
    """Invite a colleague by e-mail; an earlier open invitation to the address is replaced. The mail goes by the outbox."""
    rules.check_can_invite(by, organisation)
    address = _address(email)
    if Membership.objects.filter(
        organisation=organisation, user__email__iexact=address, ended_at__isnull=True
    ).exists():
        raise Invalid(_("이미 이 기업의 구성원입니다."), field="email")
    earlier = organisation.invitations.filter(email__iexact=address, status=InvitationStatus.SENT)
    earlier.update(status=InvitationStatus.WITHDRAWN, closed_at=now)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                organisation=organisation,
                email=address,
                invited_by=by,
                token_hash=hash_token(secrets.token_urlsafe(32)),
                created_at=now,
                expires_at=now + INVITATION_LASTS,
            )
    except IntegrityError as clash:
        raise Overtaken from clash
    outbox.put("account.invitation", {"invitation": invitation.pk, "language": by.language})
    return invitation


@transaction.atomic
def issue_token(*, invitation: Invitation) -> str:
    """A fresh token for the invitation's link; the one before it stops working. Kept only as a hash."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_token(token)
    invitation.save(update_fields=["token_hash"])
    return token


def hash_token(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def accept_invitation(*, by: User, invitation: Invitation, now: datetime) -> Membership:
    """Make the invited person a member. Of two at once one wins; the other gets ``Overtaken``."""
    rules.check_can_accept(by, invitation, now=now)
    _close(invitation, InvitationStatus.ACCEPTED, now=now, accepted_by=by)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(organisation=invitation.organisation, user=by, since_at=now)
    except IntegrityError as clash:
        raise Invalid(_("이미 이 기업의 구성원입니다.")) from clash
    outbox.put(MEMBER_JOINED, {"user": by.pk, "organisation": membership.organisation_id})
    return membership


@transaction.atomic
def withdraw_invitation(*, by: User, invitation: Invitation, now: datetime) -> None:
    """Take an open invitation back."""
    rules.check_can_sign_for(by, invitation.organisation)
    _close(invitation, InvitationStatus.WITHDRAWN, now=now)


@transaction.atomic
def end_membership(*, by: User, membership: Membership, now: datetime, reason: str = "") -> None:
    """End somebody's acting for the company: they leave, or the master removes them. The row stays as history."""
    role = rules.check_can_end(by, membership)
    _end(membership, by=by.acting_as(role), now=now, ended="left" if role == PERSON else "removed", reason=reason)


@transaction.atomic
def hand_over_master(*, by: User, membership: Membership, now: datetime) -> Membership:
    """Make another member the master account and stay as a member; answers the new master's membership.

    Both old rows end and two new ones begin, so that who could sign when stays readable.
    """
    organisation = membership.organisation
    acting = by.acting_as(rules.check_can_sign_for(by, organisation))
    if membership.user_id == by.pk or membership.kind == MemberKind.MASTER:
        raise Invalid(_("대표 계정을 넘겨받을 다른 구성원을 골라 주십시오."))
    own = Membership.objects.get(organisation=organisation, user=by, ended_at__isnull=True)
    for row in (own, membership):
        _end(row, by=acting, now=now, ended="handed_over")
    Membership.objects.create(organisation=organisation, user=by, kind=MemberKind.MEMBER, since_at=now)
    return Membership.objects.create(
        organisation=organisation, user=membership.user, kind=MemberKind.MASTER, since_at=now
    )


def _number(text: str, origin: str) -> str | None:
    if not text.strip() and origin == Origin.FOREIGN:
        return None
    try:
        return normalise(text)
    except ValueError as wrong:
        message = _(
            "사업자등록번호가 올바르지 않습니다. 숫자 10자리를 다시 확인해 주십시오. 입력하신 내용은 그대로 있습니다."
        )
        raise Invalid(message, field="business_number") from wrong


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise Invalid(_("전자우편 주소를 확인해 주십시오."), field="email") from wrong
    return address


def _close(invitation: Invitation, status: InvitationStatus, *, now: datetime, accepted_by: User | None = None) -> None:
    values: dict[str, Any] = {"status": status, "closed_at": now, "accepted_by": accepted_by}
    if not Invitation.objects.filter(pk=invitation.pk, status=InvitationStatus.SENT).update(**values):
        raise Overtaken
    for name, value in values.items():
        setattr(invitation, name, value)


def end_for_good(membership: Membership, *, by: log.Acting, now: datetime) -> None:
    """End a membership because the person's account ends; a company may be left without people."""
    _end(membership, by=by, now=now, ended="left")


def _end(membership: Membership, *, by: log.Acting, now: datetime, ended: str, reason: str = "") -> None:
    if not Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=now):
        raise Overtaken
    membership.ended_at = now
    log.append(
        "account.member_ended",
        row=membership,
        by=by,
        data={"kind": membership.kind, "ended": ended},
        private={"reason": reason} if reason else None,
    )
