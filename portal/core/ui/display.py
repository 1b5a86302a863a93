"""Contrast and text size: a cookie, no account, no JavaScript."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

COOKIE = "display"
MODES = {"auto": _("기기 설정대로"), "light": _("기본"), "contrast": _("선명하게(고대비)")}
SIZES = {"normal": _("보통"), "large": _("크게"), "larger": _("더 크게")}
YEAR = 365 * 24 * 60 * 60


def chosen(request: HttpRequest) -> tuple[str, str]:
    """Mode and size from the cookie; anything unknown is the default."""
    mode, _dot, size = request.COOKIES.get(COOKIE, "").partition(".")
    return (mode if mode in MODES else "auto", size if size in SIZES else "normal")


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Keep what the form says for a year."""
    mode, size = request.POST.get("mode", ""), request.POST.get("size", "")
    if mode in MODES and size in SIZES:
        response.set_cookie(
            COOKIE, f"{mode}.{size}", max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )


def display(request: HttpRequest) -> dict[str, object]:
    """Context processor: ``display.mode``, ``display.size`` and the choices."""
    mode, size = chosen(request)
    return {"display": {"mode": mode, "size": size, "modes": MODES, "sizes": SIZES}}
