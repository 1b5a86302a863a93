"""JSON as the signatures need it: one reading only, small enough to check. Pure.

Two readers must never see two documents, so what JSON leaves open is refused: duplicate keys, NaN, lone surrogates,
integers that a JavaScript reader would round.
"""

import json
import math
from typing import Any

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
_INTEGER_CHARACTERS = len(str(-MAX_INTEGER))


class JsonError(ValueError):
    """Not a JSON text, or one that may be read in two ways, or too large."""


def parse(document: dict[str, Any] | str | bytes) -> Any:
    """The value of a JSON text (UTF-8), or a checked value that was parsed elsewhere; ``JsonError`` for any other."""
    if not isinstance(document, str | bytes):
        _check_value(document, 1)
        _check_size(json.dumps(document, ensure_ascii=False).encode("utf-8"))
        return document
    try:
        text = document if isinstance(document, str) else document.decode("utf-8")
        _check_size(text.encode("utf-8"))
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except (UnicodeError, json.JSONDecodeError, RecursionError) as error:
        raise JsonError(f"not a JSON text: {error}") from error
    _check_value(value, 1)
    return value


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise JsonError(f"longer than {MAX_BYTES} bytes")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise JsonError("a key comes twice")
    return value


def _integer(text: str) -> int:
    if len(text) > _INTEGER_CHARACTERS:
        raise JsonError("an integer beyond 2^53 - 1")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonError("a number too large")
    return value


def _constant(text: str) -> Any:
    raise JsonError(f"{text} is not JSON")


def _check_value(value: Any, depth: int) -> None:
    if isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise JsonError(f"deeper than {MAX_DEPTH}")
        for item in value:
            if isinstance(value, dict):
                _check_text(item)
                _check_value(value[item], depth + 1)
            else:
                _check_value(item, depth + 1)
    elif isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise JsonError("an integer beyond 2^53 - 1")
    elif isinstance(value, float) and not math.isfinite(value):
        raise JsonError("a number that is not finite")
    elif value is not None and not isinstance(value, bool | int | float):
        raise JsonError(f"{type(value).__name__} is not JSON")


def _check_text(text: Any) -> None:
    if not isinstance(text, str):
        raise JsonError("a key is a string")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise JsonError("a lone surrogate") from error
