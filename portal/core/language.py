"""Which language an answer speaks: that of the address, or where programs ask that of the asker."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers

#: Addresses that no language stands before; nothing there leads to a page under one either.
PLAIN = ("/api/",)


class LanguageMiddleware(LocaleMiddleware):
    """Django's, which would send a program that asks for nothing on to a page for people."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not request.path_info.startswith(PLAIN):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Language",))
        return response
