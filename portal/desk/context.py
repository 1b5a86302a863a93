"""What the frame of every page needs to know about the reader. Nothing is asked before a template asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import cached_property
from django.utils.translation import get_language

from portal.accounts.models import Cluster
from portal.desk import menu, people
from portal.notices import queries as notices


@dataclass(frozen=True, slots=True)
class Language:
    """Another language in which this page can be read; ``name`` is in that language."""

    code: str
    name: str
    href: str


class Shell:
    """Header, account menu and footer for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def home(self) -> str:
        return reverse("wagtail_serve", args=[""])

    @cached_property
    def cluster(self) -> str:
        """The city's programme this site speaks for; the names of all of them when it serves several."""
        return " · ".join(map(str, Cluster.objects.all()))

    @cached_property
    def nav(self) -> list[menu.Item]:
        return list(menu.items(menu.MAIN, self.request.path))

    @cached_property
    def account(self) -> list[menu.Item]:
        return list(menu.items(menu.ACCOUNT, self.request.path, desk=bool(people.roles(self.request.user))))

    @cached_property
    def footer(self) -> list[menu.Item]:
        return list(menu.items(menu.FOOTER, self.request.path))

    @cached_property
    def languages(self) -> list[Language]:
        """The same page in every other language."""
        here, path = get_language() or "ko", self.request.get_full_path()
        return [
            Language(code, name, translate_url(path, code))
            for code, name in settings.LANGUAGES
            if not here.startswith(code)
        ]

    @cached_property
    def inbox(self) -> str:
        try:
            return reverse("notices:inbox")
        except NoReverseMatch:
            return ""

    @cached_property
    def unread(self) -> int:
        return notices.unread_count(self.request.user)

    @cached_property
    def session_seconds(self) -> int:
        """How long the session lasts without a request; 0 for a visitor."""
        signed_in = getattr(self.request, "user", None) is not None and self.request.user.is_authenticated
        return self.request.session.get_expiry_age() if signed_in else 0

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def at_door(self) -> bool:
        """Whether this is a page for signing in, which must not lead back to itself."""
        return self.request.path.startswith(reverse("account_login").removesuffix("login/"))


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor."""
    return {"shell": Shell(request)}
