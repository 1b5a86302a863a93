"""Text as it is typed on a keyboard, so that half-typed Korean words are found. Pure.

A Hangul syllable becomes the keys of the standard keyboard (KS X 5002) in their order: 창업 → ㅊㅏㅇㅇㅓㅂ. What somebody has
typed so far is then always the beginning of what they will have typed: the input method shows 가구 as 각 after three keys,
and both give ㄱㅏㄱ. Everything else is folded: no case, no accents, full-width as half-width, marks as blanks.
"""

from __future__ import annotations

import unicodedata

_FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_MIDDLE = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_LAST = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
#: Letters that are two keys.
_TWO_KEYS = str.maketrans(
    dict(
        zip(
            "ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄㅘㅙㅚㅝㅞㅟㅢ",
            [
                "ㄱㅅ",
                "ㄴㅈ",
                "ㄴㅎ",
                "ㄹㄱ",
                "ㄹㅁ",
                "ㄹㅂ",
                "ㄹㅅ",
                "ㄹㅌ",
                "ㄹㅍ",
                "ㄹㅎ",
                "ㅂㅅ",
                "ㅗㅏ",
                "ㅗㅐ",
                "ㅗㅣ",
                "ㅜㅓ",
                "ㅜㅔ",
                "ㅜㅣ",
                "ㅡㅣ",
            ],
            strict=True,
        )
    )
)
_GA, _HIH = ord("가"), ord("힣")


def typed(text: str) -> str:
    """The keys of ``text``, words parted by one blank."""
    return "".join(_keys(sign) for sign in folded(text))


def folded(text: str) -> str:
    """Without case, accents and marks; words parted by one blank. Syllables stay whole."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(_plain(sign) for sign in plain).split())


def initials(text: str) -> str:
    """The first consonants of every Korean word of ``text``: 창업 허브 → ㅊㅇ ㅎㅂ; words without Hangul fall away."""
    words = ("".join(_first(sign) for sign in word if _is_syllable(sign)) for word in folded(text).split())
    return " ".join(word for word in words if word)


def asks_initials(text: str) -> bool:
    """Whether somebody typed first consonants only, at least two of them."""
    letters = typed(text).replace(" ", "")
    return len(letters) > 1 and all(letter in _FIRST for letter in letters)


def found_in(text: str, words: list[str], *, by_initials: bool = False) -> list[tuple[int, int]]:
    """Where ``words`` (as ``typed``) stand in ``text``, as half-open spans of whole signs, in order and not overlapping."""
    keys, places = [" "], [0]
    for place, sign in enumerate(text):
        for key in (initials(sign) if by_initials else typed(sign)) or " ":
            keys.append(key)
            places.append(place)
    line = "".join(keys)
    return _spans(sorted({place for word in words for place in _places(line, word, places)}))


def _places(line: str, word: str, places: list[int]) -> set[int]:
    """The signs that a word touches, wherever it stands; one of one or two keys only where a word begins."""
    wanted = word if len(word) > 2 else f" {word}"
    skipped, at, found = len(wanted) - len(word), line.find(wanted), set()
    while at >= 0:
        found |= set(places[at + skipped : at + len(wanted)])
        at = line.find(wanted, at + 1)
    return found


def _spans(marked: list[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for place in marked:
        if spans and spans[-1][1] == place:
            spans[-1] = (spans[-1][0], place + 1)
        else:
            spans.append((place, place + 1))
    return spans


def _plain(sign: str) -> str:
    if _is_syllable(sign) or "ㄱ" <= sign <= "ㅣ":
        return sign
    # NFKC turns the letters of the keyboard into conjoining ones; they are turned back here.
    if (back := _BACK.get(sign)) is not None:
        return back
    bare = unicodedata.normalize("NFD", sign)[0]
    return bare if bare.isalnum() else " "


def _keys(sign: str) -> str:
    if not _is_syllable(sign):
        return sign.translate(_TWO_KEYS)
    first, rest = divmod(ord(sign) - _GA, 588)
    middle, last = divmod(rest, 28)
    return f"{_FIRST[first]}{_MIDDLE[middle]}{_LAST[last]}".translate(_TWO_KEYS)


def _first(sign: str) -> str:
    return _FIRST[(ord(sign) - _GA) // 588]


def _is_syllable(sign: str) -> bool:
    return _GA <= ord(sign[0]) <= _HIH


#: What NFKC makes of a letter of the keyboard → the letter.
_BACK = {unicodedata.normalize("NFKC", letter): letter for letter in map(chr, range(0x3131, 0x3164))}
