"""Text as it is typed: half a word is always the beginning of the word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search import letters


@pytest.mark.parametrize(
    ("half", "whole"),
    [
        ("창어", "창업"),
        ("창ㅇ", "창업"),
        ("각", "가구"),
        ("갑", "값"),
        ("고", "과정"),
        ("달", "닭"),
        ("Ｈｕ", "hub"),
        ("cafe", "Café"),
    ],
)
def test_what_is_typed_so_far_begins_what_is_meant(half: str, whole: str) -> None:
    assert letters.typed(whole).startswith(letters.typed(half))


def test_marks_and_blanks_part_words() -> None:
    assert letters.typed(" [서울]·창업_허브 100% ") == letters.typed("서울 창업 허브 100")


def test_initials_are_of_korean_words() -> None:
    assert letters.initials("2026 창업허브 X 모집") == "ㅊㅇㅎㅂ ㅁㅈ"


@pytest.mark.parametrize(
    ("text", "asked"), [("ㅊㅇ", True), ("ㅊㅇ ㅎㅂ", True), ("ㅊ", False), ("창", False), ("ㅏㅏ", False)]
)
def test_consonants_alone_ask_for_initials(text: str, asked: bool) -> None:
    assert letters.asks_initials(text) is asked


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("서울 창업허브", "창어", ["창업"]),
        ("AI 허브와 ai", "ai", ["AI", "ai"]),
        ("가나다 나가", "나", ["나"]),
        ("창업", "허브", []),
    ],
)
def test_what_was_looked_for_is_marked_in_whole_signs(text: str, words: str, marked: list[str]) -> None:
    spans = letters.found_in(text, letters.typed(words).split())
    assert [text[start:end] for start, end in spans] == marked


def test_initials_are_marked_where_they_stand() -> None:
    assert letters.found_in("서울 창업 허브", ["ㅎㅂ"], by_initials=True) == [(6, 8)]


@given(st.text(max_size=40))
def test_any_text_can_be_typed_and_marked(text: str) -> None:
    typed = letters.typed(text)
    assert typed == typed.strip()
    assert "%" not in typed
    assert "_" not in typed
    for start, end in letters.found_in(text, typed.split()):
        assert 0 <= start < end <= len(text)
