"""What is public is found by half a word, two syllables or first consonants; nothing else is found."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.test import Client

from portal.core.clock import database_now
from portal.search import queries, registry, services
from portal.search.models import Found
from portal.search.registry import Source
from tests.search.conftest import Shelf

pytestmark = pytest.mark.django_db


def keys(text: str) -> list[str]:
    return [hit.key for hit in queries.search(queries.asked(text)).rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("창업", ["hub"]),
        ("창어", ["hub"]),
        ("허ㅂ", ["hub"]),
        ("업허", ["hub"]),
        ("ㅊㅇㅎㅂ", ["hub"]),
        ("ㅅㅇ", ["hub"]),
        ("STARTUP h", ["hub"]),
        ("서울 창업", ["hub"]),
        ("창업 서울", ["hub"]),
        ("홍릉", ["bio"]),
        ("의료", ["bio"]),
        ("부산", []),
        ("%", []),
        ("_", []),
        ("", []),
    ],
)
def test_finds(shelf: Shelf, text: str, found: list[str]) -> None:
    shelf.put("hub", "서울 창업허브", "Seoul Startup Hub")
    shelf.put("bio", "홍릉 바이오", text="의료기기 시제품")
    services.refresh(now=database_now())
    assert keys(text) == found


def test_the_title_itself_comes_before_its_beginning_its_words_its_inside_and_the_text(shelf: Shelf) -> None:
    for key, title, text in [
        ("text", "다른 것", "창업"),
        ("inside", "청년창업 교실", ""),
        ("word", "서울 창업 교실", ""),
        ("begins", "창업 교실", ""),
        ("itself", "창업", ""),
    ]:
        shelf.put(key, title, text=text)
    services.refresh(now=database_now())
    assert keys("창업") == ["itself", "begins", "word", "inside", "text"]


def test_of_two_alike_the_newer_comes_first(shelf: Shelf) -> None:
    shelf.put("old", "입주기업 모집", on=date(2024, 3, 1))
    shelf.put("new", "입주기업 모집", on=date(2026, 3, 1))
    services.refresh(now=database_now())
    assert keys("입주") == ["new", "old"]


def test_a_word_in_very_many_things_still_shows_the_title_and_the_newest(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "RANKED", 10)
    monkeypatch.setattr(queries, "NEWEST", 20)
    shelf.put("itself", "창업", on=date(2001, 1, 1))
    for number in range(1, 40):
        shelf.put(f"n{number}", f"청년 창업 {number}", on=date(2026, 1, number % 28 + 1))
    services.refresh(now=database_now())
    hits = queries.search(queries.asked("창업"))
    assert not hits.complete
    assert hits.rows[0].key == "itself"
    assert len(hits.rows) == 21
    assert len({hit.key for hit in queries.search(queries.asked("창업"), source="things").rows}) == 21


def test_a_refresh_puts_in_changes_and_takes_out_what_differs_and_nothing_else(shelf: Shelf) -> None:
    shelf.put("a", "하나")
    shelf.put("b", "둘")
    assert services.refresh(now=database_now()) == 2
    assert services.refresh(now=database_now()) == 0
    shelf.put("a", "셋")
    del shelf.held["b"]
    assert services.refresh(now=database_now()) == 2
    assert keys("셋") == ["a"]
    assert keys("하나") == keys("둘") == []


def test_a_rebuild_mends_an_index_that_somebody_spoilt(shelf: Shelf) -> None:
    shelf.put("a", "하나")
    Found.objects.create(
        source="gone", key="x", on_date=date(2026, 1, 1), title_ko="", title_en="", letters=" x", initials=""
    )
    services.rebuild(now=database_now())
    assert list(Found.objects.values_list("source", "key")) == [("things", "a")]


def test_a_thing_stands_in_the_index_once(shelf: Shelf) -> None:
    shelf.put("a", "하나")
    services.refresh(now=database_now())
    row = Found.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_two_sources_of_one_code_stop_the_portal(shelf: Shelf) -> None:
    with pytest.raises(ImproperlyConfigured):
        registry.register(Source("things", "물건", shelf.entries))


def test_the_page_marks_escapes_and_leaves_out_what_was_withdrawn_since(shelf: Shelf, client: Client) -> None:
    shelf.put("a", "<b>창업</b> & 허브", text="창업을 돕습니다")
    shelf.put("b", "창업 비밀")
    services.refresh(now=database_now())
    del shelf.held["b"]
    page = client.get("/ko/search/", {"q": "창업"}).content.decode()
    assert "&lt;b&gt;<mark>창업</mark>&lt;/b&gt; &amp; 허브" in page
    assert "비밀" not in page


def test_the_page_says_what_to_do_when_nothing_is_found_and_survives_what_is_no_question(
    shelf: Shelf, client: Client
) -> None:
    page = client.get("/ko/search/", {"q": "없는말"}).content.decode()
    assert "없는말" in page
    assert "낱말을 줄이거나" in page
    for asked in ({}, {"q": "\x00"}, {"q": "%%%"}, {"q": "가" * 5000}, {"q": "a", "in": "nowhere", "page": "x"}):
        assert client.get("/en/search/", asked).status_code == 200


def test_one_kind_is_shown_page_by_page(shelf: Shelf, client: Client) -> None:
    for number in range(25):
        shelf.put(f"n{number:02}", f"창업 {number}")
    services.refresh(now=database_now())
    first = client.get("/ko/search/", {"q": "창업"}).content.decode()
    assert first.count("<li>\n              <h3>") == 5
    assert "in=things" in first
    last = client.get("/ko/search/", {"q": "창업", "in": "things", "page": "2"}).content.decode()
    assert last.count("<li>\n              <h3>") == 5


def test_what_is_in_the_other_language_is_marked_as_such(shelf: Shelf, client: Client) -> None:
    shelf.put("a", "서울 창업허브", "Seoul hub")
    shelf.put("b", "창업 교실")
    services.refresh(now=database_now())
    page = client.get("/en/search/", {"q": "창업"}).content.decode()
    assert '<p lang="ko">서울 <mark>창업</mark>허브</p>' in page
    assert ' lang="ko"><mark>창업</mark> 교실</a>' in page
