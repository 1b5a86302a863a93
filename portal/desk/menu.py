"""What the header, the account menu and the footer offer. An address that this installation does not serve is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Place:
    """A label and the name of an address; ``desk`` places are for those who hold a role, ``page`` is a page of the site."""

    label: str | Promise
    url_name: str
    desk: bool = False
    page: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A place as the reader sees it; ``current`` is the value of ``aria-current`` or empty."""

    label: str | Promise
    href: str
    current: str = ""


MAIN: Sequence[Place] = (
    Place(_("모집공고"), "intake:calls"),
    Place(_("거점"), "tenancy:hubs"),
    Place(_("교육"), "college:courses"),
    Place(_("지원 행사"), "mice:events"),
    Place(_("투어"), "tour:courses"),
    Place(_("펀드"), "fund:public"),
    Place(_("추진 현황"), "plan:progress"),
)
ACCOUNT: Sequence[Place] = (
    Place(_("업무 화면"), "desk:home", desk=True),
    Place(_("나의 마당"), "desk:my"),
    Place(_("내 기업"), "accounts:organisations"),
    Place(_("계정과 보안"), "accounts:account"),
)
FOOTER: Sequence[Place] = (
    Place(_("이용 안내"), "wagtail_serve", page="guides/"),
    Place(_("지원 프로그램"), "wagtail_serve", page="programmes/"),
    Place(_("거점 안내"), "wagtail_serve", page="hubs/"),
    Place(_("자주 묻는 질문"), "wagtail_serve", page="faq/"),
    Place(_("새 소식"), "wagtail_serve", page="news/"),
    Place(_("자료실"), "wagtail_serve", page="resources/"),
    Place(_("감사원장 검증"), "ledger:index"),
    Place(_("저작권과 출처"), "pages:copyright"),
)


def items(places: Sequence[Place], path: str, *, desk: bool = False) -> Iterator[Item]:
    """The places that this installation serves, the one that holds ``path`` marked."""
    for place in places:
        if place.desk and not desk:
            continue
        try:
            href = reverse(place.url_name, args=[place.page] if place.page else None)
        except NoReverseMatch:
            continue
        yield Item(place.label, href, _current(href, path))


def _current(href: str, path: str) -> str:
    if path == href:
        return "page"
    return "true" if path.startswith(href) else ""
