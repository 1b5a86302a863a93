"""Whether a session has shown a second factor, and the way to showing one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

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


def asked(request: HttpRequest, *, back: str, why: str) -> HttpResponse:
    """Lead to showing a second factor and then ``back``, or, for who has none yet, to setting one up; ``why`` is told."""
    if has_authenticator(request):
        messages.info(request, why)
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")
    first = _("인증 앱이나 패스키를 먼저 등록해 주십시오.")
    messages.warning(request, f"{why} {first}")
    return redirect("mfa_index")


def required(back: str) -> Callable[..., Callable[..., HttpResponseBase]]:
    """A view that binds a company is open only to a session with a second factor (05 §5); others come ``back`` to the page.

    ``back`` is the name of an address with the view's own arguments. Signed-in people only.
    """

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **arguments: Any) -> HttpResponseBase:
            if passed(request):
                return view(request, *args, **arguments)
            why = _("이 일은 2단계 인증을 확인한 뒤에 할 수 있습니다. 아직 바뀐 것은 없습니다.")
            return asked(request, back=reverse(back, args=args, kwargs=arguments), why=why)

        return guarded

    return wrap


@receiver(authenticator_added)
def set_up_here(request: HttpRequest, authenticator: Authenticator, **kwargs: Any) -> None:
    """Whoever has just set a second factor up has shown it: a code of the app, or the key itself."""
    if authenticator.type in KINDS and request.user.is_authenticated:
        _confirm(request)


def _confirm(request: HttpRequest) -> None:
    request.session[CONFIRMED] = request.user.pk
