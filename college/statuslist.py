"""The compressed bit string in which a status list says which certificates are revoked or suspended. Pure.

Bitstring Status List v1.0 (W3C): multibase ``u`` + base64url without padding + gzip; bit 0 is the left-most.
"""

import gzip
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

MIN_BYTES = 16 * 1024
MAX_BYTES = 16 * 1024 * 1024
# 4/3 for base64url, and room for deflate's blocks around bytes that do not shrink.
MAX_CHARACTERS = MAX_BYTES * 4 // 3 + 64 * 1024

_GZIP = 16 + zlib.MAX_WBITS
_text = re.compile(r"u[A-Za-z0-9_-]+").fullmatch


class ListError(ValueError):
    """A list, a text or an index that cannot be right."""


def encode(bits: bytes) -> str:
    """The text of ``bits``; the same bits give the same text on one build of zlib. At most 16 MiB."""
    _check(bits)
    return "u" + urlsafe_b64encode(gzip.compress(bits, mtime=0)).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bits that ``text`` holds. ``ListError`` for another alphabet, padding, damage, a tail, or over 16 MiB."""
    if not isinstance(text, str) or len(text) > MAX_CHARACTERS or _text(text) is None:
        raise ListError("not a base64url text after the letter u")
    try:
        packed = urlsafe_b64decode(text[1:] + "=" * (-(len(text) - 1) % 4))
    except ValueError as error:
        raise ListError("not base64url") from error
    if urlsafe_b64encode(packed).rstrip(b"=").decode("ascii") != text[1:]:
        raise ListError("stray bits at the end of base64url")
    return _unpacked(packed)


def is_set(bits: bytes, index: int) -> bool:
    """Whether bit ``index`` is 1; ``ListError`` when there is no such bit."""
    at, mask = _place(bits, index)
    return bool(bits[at] & mask)


def with_bit(bits: bytes, index: int, value: bool) -> bytes:
    """A copy of ``bits`` with bit ``index`` set to ``value``; ``ListError`` when there is no such bit."""
    at, mask = _place(bits, index)
    byte = bits[at] | mask if value else bits[at] & ~mask
    return bits[:at] + bytes([byte]) + bits[at + 1 :]


def _unpacked(packed: bytes) -> bytes:
    unzip = zlib.decompressobj(_GZIP)
    try:
        bits = unzip.decompress(packed, MAX_BYTES + 1)
    except zlib.error as error:
        raise ListError("not gzip") from error
    _check(bits)
    if not unzip.eof or unzip.unused_data:
        raise ListError("gzip is cut short or has a tail")
    return bits


def _check(bits: bytes) -> None:
    if not isinstance(bits, bytes):
        raise ListError("a list is bytes")
    if len(bits) > MAX_BYTES:
        raise ListError("a list holds at most 16 MiB")


def _place(bits: bytes, index: int) -> tuple[int, int]:
    _check(bits)
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(bits) * 8:
        raise ListError("no such bit")
    return index >> 3, 0x80 >> (index & 7)
