"""What axes asks the house: whom a failed sign-in counts against, and the page of somebody locked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def address(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str | None:
    """The e-mail address tried, in lower case: from the credentials, else from the form."""
    tried = (credentials or {}).get("email") or (request.POST.get("login") if request is not None else None)
    return tried.strip().lower()[:255] if isinstance(tried, str) and tried.strip() else None


def client_ip(request: HttpRequest) -> str | None:
    """The address by the same trust in proxies as allauth's limits."""
    return get_client_ip(request)


def answer(request: HttpRequest, response: HttpResponse | None, credentials: Mapping[str, Any] | None) -> HttpResponse:
    """Says how long to wait and which other ways in there are; never whether the account exists."""
    return render(request, "accounts/locked_out.html", status=429)
