"""Questions that machines ask by the thousand: answered before anybody's session, language or log line is looked for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import resolve


class StraightMiddleware:
    """Leads the paths under ``settings.STRAIGHT_THROUGH`` to their view past every middleware that follows.

    Such a view knows neither user nor language. It answers in JSON, also when there is nothing (404) or no database (503).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.prefixes = tuple(settings.STRAIGHT_THROUGH)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(self.prefixes):
            return self.get_response(request)
        answer = _answered(request)
        if isinstance(answer, HttpResponse):  # Without its length the server would have to send it in chunks.
            answer.setdefault("Content-Length", str(len(answer.content)))
        return answer


def _answered(request: HttpRequest) -> HttpResponseBase:
    try:
        found = resolve(request.path_info)
        answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    except Http404:
        return JsonResponse({"status": 404}, status=404)
    except (OperationalError, InterfaceError):
        return JsonResponse({"status": 503}, status=503, headers={"Retry-After": "5"})
    return answer
