"""Secret addresses under which a calendar reads what is a person's own, without signing in."""

from __future__ import annotations

from django.core import signing

from portal.accounts.models import User


def key_of(user: User, purpose: str) -> str:
    """The secret part of the person's address for ``purpose``: the same each time, another one with another password."""
    return _signer(purpose).sign_object({"user": str(user.public_id), "since": user.get_session_auth_hash()[:16]})


def user_of(key: str, purpose: str) -> User | None:
    """Whose address it is; None for one that was never given for ``purpose`` or is no longer good."""
    try:
        given = _signer(purpose).unsign_object(key)
    except signing.BadSignature:
        return None
    user = User.objects.filter(public_id=given["user"], is_active=True).first()
    return user if user is not None and user.get_session_auth_hash()[:16] == given["since"] else None


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"portal.accounts.feed.{purpose}")
