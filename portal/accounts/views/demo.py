"""The demonstration's door. Outside a demonstration there is nothing at these addresses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import demo
from portal.accounts.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """Everyone one may try to be, with one button each."""
    _only_in_a_demonstration()
    return render(request, "accounts/demo.html", {"people": list(demo.visitors())})


@require_POST
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Become a demonstration person. Nobody else can be entered by this door."""
    _only_in_a_demonstration()
    user: Any = get_object_or_404(User, email=f"{key}@{demo.DOMAIN}", is_demo=True, is_active=True)
    login(request, user, backend=BACKEND)
    request.session[demo.SESSION_KEY] = user.pk
    messages.info(request, _("시연용 계정으로 들어왔습니다. 2단계 인증은 시연에서만 생략됩니다."))
    return redirect(settings.LOGIN_REDIRECT_URL)


def _only_in_a_demonstration() -> None:
    if not settings.DEMO:
        raise Http404
