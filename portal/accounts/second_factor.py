"""Whether a session has shown a second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from portal.accounts.demo import entered_by_demo_door

CONFIRMED = "second_factor_confirmed"
#: Recovery codes alone are no second factor.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def passed(request: HttpRequest) -> bool:
    """Whether this session passed a second factor, or came in by the demo door of a demonstration."""
    if entered_by_demo_door(request) or request.session.get(CONFIRMED) == request.user.pk:
        return True
    records = get_authentication_records(request, request.user)
    confirmed = any(record.get("method") == "mfa" for record in records) and has_authenticator(request)
    if confirmed:
        _confirm(request)
    return confirmed


def has_authenticator(request: HttpRequest) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    return Authenticator.objects.filter(user_id=request.user.pk, type__in=KINDS).exists()


@receiver(authenticator_added)
def set_up_here(request: HttpRequest, authenticator: Authenticator, **kwargs: Any) -> None:
    """Whoever has just set a second factor up has shown it: a code of the app, or the key itself."""
    if authenticator.type in KINDS and request.user.is_authenticated:
        _confirm(request)


def _confirm(request: HttpRequest) -> None:
    request.session[CONFIRMED] = request.user.pk
