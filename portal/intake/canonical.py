"""One spelling for one content: JCS (RFC 8785), so that a digest can be repeated by anyone. Pure."""

import hashlib
import unicodedata
from typing import Any

import rfc8785

#: What a JSON number can hold exactly everywhere.
MAX_INTEGER = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The canonical JSON of ``value``: text, whole numbers, booleans, lists and objects with text keys.

    Raises ``ValueError`` for anything else (a float would not be exact).
    """
    if _has_float(value):
        raise ValueError("a float is not exact")
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def clean_text(text: str) -> str:
    """Text as it is kept: NFC, line breaks as newlines, without NUL and lone surrogates."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return unicodedata.normalize("NFC", kept.encode("utf-8", "ignore").decode())


def _has_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_float(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_has_float(item) for item in value)
    return isinstance(value, float)
