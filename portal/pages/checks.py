"""What a text must have before it is published: headings in order, pictures with a text, links that say where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

#: Words that say nothing to whoever hears the links of a page read out one by one.
EMPTY_WORDS = frozenset(
    {"여기", "클릭", "여기를 클릭", "바로가기", "링크", "here", "click here", "link", "more", "read more"}
)


class _Reader(HTMLParser):
    """Collects headings, pictures and links of a rich text as the database keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.pictures: list[str | None] = []
        self.links: list[str] = []
        self._open: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img" or (tag == "embed" and given.get("embedtype") == "image"):
            self.pictures.append(given.get("alt"))
        if tag in {"h2", "h3", "h4", "a"}:
            self._open.append((tag, []))

    def handle_data(self, data: str) -> None:
        for _tag, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            return
        words = " ".join("".join(self._open.pop()[1]).split())
        if tag == "a":
            self.links.append(words)
        else:
            self.headings.append((int(tag[1]), words))


def faults(html: str) -> list[str | Promise]:
    """What must be mended in a rich text, in words for its editor; WCAG 2.2, 1.1.1, 1.3.1, 2.4.4 and 2.4.6."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [*_headings(reader.headings), *_pictures(reader.pictures), *_links(reader.links)]


def _headings(found: list[tuple[int, str]]) -> Iterator[str | Promise]:
    above = 1
    for level, words in found:
        if not words:
            yield _("빈 제목이 있습니다. 지우거나 글을 넣어 주세요.")
        elif level > above + 1:
            yield format_lazy(_("제목 ‘{words}’이(가) 한 단계를 건너뜁니다. 큰 제목 아래에 두어 주세요."), words=words)
        above = level


def _pictures(found: list[str | None]) -> Iterator[str | Promise]:
    if any(not (alt or "").strip() for alt in found):
        yield _("대체 텍스트가 없는 그림이 있습니다. 그림을 볼 수 없는 분이 읽을 글을 넣어 주세요.")


def _links(found: list[str]) -> Iterator[str | Promise]:
    for words in found:
        if not words:
            yield _("글이 없는 링크가 있습니다. 어디로 가는지 적어 주세요.")
        elif words.lower() in EMPTY_WORDS:
            yield format_lazy(
                _("링크 ‘{words}’만으로는 어디로 가는지 알 수 없습니다. 가는 곳의 이름을 적어 주세요."), words=words
            )
