"""The draw that decides ties in intake and seats in the college: commit, then reveal.

A secret is committed to before anybody applies; after closing it is mixed with a public value that nobody here
controls. With the secret alone an operator could choose numbers that win; the public value stops that.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from hashlib import sha256

SECRET_BYTES = 32


def new_secret() -> bytes:
    """A fresh secret for one draw; keep it sealed until the draw."""
    return secrets.token_bytes(SECRET_BYTES)


def commitment(secret: bytes) -> str:
    """What is published beforehand: SHA-256 of the secret, in hex."""
    return sha256(secret).hexdigest()


def seed(secret: bytes, public_value: str) -> bytes:
    """SHA-256 of the secret followed by the public value (NFC, UTF-8): 32 bytes that decide the draw."""
    return sha256(secret + unicodedata.normalize("NFC", public_value).encode()).digest()


def order(seed: bytes, ids: Iterable[str]) -> list[str]:
    """The ids in the order drawn: by HMAC-SHA256(seed, id), then by id. The order given in does not matter.

    Raises ``ValueError`` when an id comes twice.
    """
    listed = list(ids)
    if len(set(listed)) != len(listed):
        raise ValueError("an id comes twice")
    return sorted(listed, key=lambda entry: (ticket(seed, entry), entry))


def ticket(seed: bytes, entry: str) -> str:
    """The lot of one id: 64 hex digits, the smaller comes first."""
    return hmac.new(seed, entry.encode(), sha256).hexdigest()
