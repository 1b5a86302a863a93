"""Invented scores: the same every time, and such that as many pass as the variant says. Whole numbers out of 25."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

MAX_POINTS = 25
#: Aims in points of 25, far enough from the pass mark of 60 % that one evaluator's mood decides nothing.
_STRONG, _WEAK = range(18, 23), range(8, 12)
_FAIR = range(15, 17)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a file does in each stage, in points of 25: ``document`` decides who goes on, ``presentation`` who passes."""

    document: int
    presentation: int


def judgements(order: Mapping[str, Sequence[str]], passing: Mapping[str, int]) -> dict[str, Judgement]:
    """One for each receipt number: the first ``passing`` of each track do well in both stages, the others do not."""
    found = {}
    for track, keys in order.items():
        for position, key in enumerate(keys):
            if position < passing[track]:
                found[key] = Judgement(_pick(_STRONG, key, "document"), _pick(_STRONG, key, "presentation"))
            else:
                found[key] = Judgement(_pick(_FAIR, key, "document"), _pick(_WEAK, key, "presentation"))
    return found


def scores(codes: Sequence[str], aim: int, evaluator: str, key: str) -> dict[str, int]:
    """One evaluator's points per criterion: the aim, a point up or down."""
    return {code: min(MAX_POINTS, max(0, aim + _digest(evaluator, key, code) % 3 - 1)) for code in codes}


def _pick(span: range, *words: str) -> int:
    return span[_digest(*words) % len(span)]


def _digest(*words: str) -> int:
    return int.from_bytes(sha256("|".join(words).encode()).digest()[:4])
