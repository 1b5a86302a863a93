"""What allauth asks the house: how mails go out, how secrets are kept, who may drop the second factor."""

from __future__ import annotations

import base64
import hmac
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.translation import gettext

from portal.accounts import mail


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Through the outbox: a mail server that is down loses nothing, and how long it takes tells nothing."""
        request = allauth_context.request
        site = {"name": gettext("마당"), "domain": settings.SITE_URL}
        names = {"request": request, "email": email, "current_site": site}
        mail.send_later(self.render_mail(template_prefix, email, {**names, **context}))

    def format_email_subject(self, subject: str) -> str:
        portal = gettext("마당")
        return f"[{portal}] {subject}"

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """Secrets of authenticator apps and recovery codes are of no use to a reader of the database."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff may change their second factor, not go without one."""
        if not authenticator.user.is_staff:
            return True
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        others = Authenticator.objects.filter(user=authenticator.user, type__in=kinds).exclude(pk=authenticator.pk)
        return others.exists()


def _fernet() -> MultiFernet:
    """The key follows from ``SECRET_KEY``; ``SECRET_KEY_FALLBACKS`` still open what was sealed before a change."""
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), b"madang second factor", "sha256"))
