"""The page of results: what is public under some words, by kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from portal.core.clock import database_now
from portal.search import letters, queries, registry

#: Results of each kind on the first page, and on a page of one kind.
FEW, MANY = 5, 20
#: Signs of the question that are read.
LONGEST = 100
#: Signs of the text beneath a title.
EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Result:
    """One thing found, with what was looked for marked; each text with the language it is in."""

    title: SafeString
    title_language: str
    text: SafeString
    text_language: str
    note: str
    href: str


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one kind; ``more`` leads to all of them."""

    code: str
    title: str | Promise
    count: int
    results: list[Result]
    more: str = ""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What is found, by kind, or one kind page by page; without a question, what can be asked."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    asked, now = queries.asked(text), database_now()
    chosen = next((source for source in registry.sources() if source.code == request.GET.get("in")), None)
    hits = queries.search(asked, source=chosen.code if chosen else "")
    context = {"text": text, "asked": bool(asked.words), "complete": hits.complete, "chosen": chosen, "page": None}
    if chosen:
        page = Paginator(hits.rows, MANY).get_page(request.GET.get("page"))
        context |= {"groups": _groups([(chosen, hits.rows, list(page))], asked, now, text), "page": page}
        context["query"] = urlencode({"q": text, "in": chosen.code})
    else:
        parts = [(source, rows := hits.of(source.code), rows[:FEW]) for source in registry.sources()]
        context["groups"] = _groups(parts, asked, now, text)
    return render(request, "search/results.html", context)


type Part = tuple[registry.Source, list[queries.Hit], "list[queries.Hit] | Page[queries.Hit]"]


def _groups(parts: Iterable[Part], asked: queries.Asked, now: datetime, text: str) -> list[Group]:
    found = []
    for source, rows, shown in parts:
        results = _results(source, [hit.key for hit in shown], asked, now) if rows else []
        more = f"?{urlencode({'q': text, 'in': source.code})}" if len(rows) > len(shown) else ""
        if results:
            found.append(Group(source.code, source.title, len(rows), results, more))
    return found


def _results(source: registry.Source, keys: list[str], asked: queries.Asked, now: datetime) -> list[Result]:
    """The things as the room shows them now; what it no longer shows is left out."""
    entries = {entry.key: entry for entry in source.entries(now, keys)}
    language = get_language() or "ko"
    return [_result(entries[key], asked, language) for key in keys if key in entries]


def _result(entry: registry.Entry, asked: queries.Asked, language: str) -> Result:
    title, title_language = entry.title(language)
    text, text_language = entry.text(language)
    text = _excerpt(text, asked)
    other, other_language = entry.title("ko" if language.startswith("en") else "en")
    # Found under its name in the other language: say so, or nobody sees why it is here.
    if other != title and not _spans(title, asked) and not _spans(text, asked) and _spans(other, asked):
        text, text_language = other, other_language
    return Result(_marked(title, asked), title_language, _marked(text, asked), text_language, entry.note, entry.href)


def _excerpt(text: str, asked: queries.Asked) -> str:
    """The part of a text around the first word that was looked for."""
    text = " ".join(text.split())
    if len(text) <= EXCERPT:
        return text
    spans = _spans(text, asked)
    start = max(0, spans[0][0] - EXCERPT // 3) if spans else 0
    end = start + EXCERPT
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _spans(text: str, asked: queries.Asked) -> list[tuple[int, int]]:
    return letters.found_in(text, list(asked.words), by_initials=asked.initials)


def _marked(text: str, asked: queries.Asked) -> SafeString:
    """The text, escaped, with what was looked for inside ``mark``."""
    at, parts = 0, []
    for start, end in _spans(text, asked):
        parts += [(text[at:start], text[start:end])]
        at = end
    return format_html("{}{}", format_html_join("", "{}<mark>{}</mark>", parts), text[at:])
