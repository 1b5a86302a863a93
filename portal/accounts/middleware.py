"""The second factor is not a choice for those who see other people's files."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from portal.accounts import queries, second_factor

#: Where a staff person without a second factor may be: the account's own pages, sign-out, language, health.
OPEN_NAMES = frozenset({"set_language", "health", "wagtailadmin_logout"})
OPEN_PREFIXES = ("account_", "mfa_")
#: Staff work that lives under the account's addresses.
STAFF_NAMES = frozenset({"roles", "revoke_role", "deletions", "delete_person", "holds", "lift_hold"})


class SecondFactorMiddleware:
    """Leads staff to set a second factor up, or to use it, before anything but account pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not queries.is_staff(request.user) or second_factor.passed(request) or _is_open(request):
            return self.get_response(request)
        why = _("운영 역할을 맡은 계정은 업무 화면에 들어가기 전에 2단계 인증을 확인합니다.")
        return second_factor.asked(request, back=request.get_full_path(), why=why)


def _is_open(request: HttpRequest) -> bool:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return False
    name = match.url_name or ""
    if match.namespaces:
        return match.namespaces[0] == "accounts" and name not in STAFF_NAMES
    return name in OPEN_NAMES or name.startswith(OPEN_PREFIXES)
