"""Errors of the API as problem details (RFC 9457), in the asker's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from portal.core.errors import Refused

MEDIA_TYPE = "application/problem+json"


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The API's exception handler; None leaves a fault of ours to Django."""
    raised = _as_api_error(error)
    if raised is None:
        return None
    set_rollback()
    request = context["request"]
    body = problem(raised.status_code, raised.detail, path=request.path)
    return Response(body, status=raised.status_code, headers=_headers(raised), content_type=MEDIA_TYPE)


def problem(status: int, detail: Any, *, path: str) -> dict[str, Any]:
    """The members of RFC 9457; ``code`` says to programs what ``title`` says to people, ``errors`` names the fields."""
    fields = list(_fields(detail)) if status == HTTPStatus.BAD_REQUEST and not _is_plain(detail) else []
    return {
        "type": "about:blank",
        "title": str(_titles().get(status, HTTPStatus(status).phrase)),
        "status": status,
        "code": getattr(detail, "code", None) or HTTPStatus(status).name.lower(),
        "detail": str(detail) if _is_plain(detail) else _("표시한 항목을 고쳐 다시 보내 주십시오."),
        "instance": path,
        **({"errors": fields} if fields else {}),
    }


def not_found(request: HttpRequest, rest: str = "") -> JsonResponse:
    """An address under ``/api/`` that leads nowhere."""
    body = problem(404, exceptions.NotFound(_("이 주소에는 자료가 없습니다.")).detail, path=request.path)
    return JsonResponse(body, status=404, content_type=MEDIA_TYPE)


def _titles() -> dict[int, str]:
    return {
        400: _("요청을 읽을 수 없습니다"),
        401: _("로그인이 필요합니다"),
        403: _("권한이 없습니다"),
        404: _("없는 자료입니다"),
        405: _("이 방법으로는 할 수 없습니다"),
        406: _("요청하신 형식으로는 드릴 수 없습니다"),
        409: _("지금은 할 수 없습니다"),
        415: _("받지 않는 형식입니다"),
        429: _("요청이 너무 잦습니다"),
    }


def _as_api_error(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound(_("이 주소에는 자료가 없습니다."))
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, Refused):
        told = exceptions.APIException(str(error.message), code=type(error).__name__.lower())
        told.status_code = error.http_status
        return told
    return None


def _headers(error: exceptions.APIException) -> dict[str, str]:
    wait = getattr(error, "wait", None)
    challenge = getattr(error, "auth_header", None)
    return ({"Retry-After": str(max(1, round(wait)))} if wait else {}) | (
        {"WWW-Authenticate": challenge} if challenge else {}
    )


def _is_plain(detail: Any) -> bool:
    return not isinstance(detail, Mapping | Sequence) or isinstance(detail, str)


def _fields(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Each fault with where it is: a JSON pointer into what was sent."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            yield from _fields(below, f"{pointer}/{name}")
    elif _is_plain(detail):
        yield {"pointer": f"#{pointer}", "detail": str(detail), "code": getattr(detail, "code", "invalid")}
    else:
        for below in detail:
            yield from _fields(below, pointer)
