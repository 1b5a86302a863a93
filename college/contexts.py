"""The two JSON-LD contexts that certificates may use, read from an installed package and pinned by hash. Pure.

They are data files of ``openbadgeslib`` (W3C Software and Document License; 1EdTech's context published with Open
Badges 3.0); none of that package's code is imported and no copy is kept here. Nothing is ever fetched.
"""

import hashlib
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
PACKAGE = "openbadgeslib"


class Pin(NamedTuple):
    """Where a context lies in the package, and the SHA-256 of its bytes."""

    file: str
    sha256: str


PINS = {
    CREDENTIALS_V2: Pin(
        "openbadgeslib/ob3/contexts/credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: Pin(
        "openbadgeslib/ob3/contexts/ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
}


class ContextChanged(RuntimeError):
    """The installed file is not the pinned one: signing or checking with it would mean something else."""


@cache
def text(url: str) -> str:
    """The JSON text of a pinned context; ``KeyError`` for another, ``ContextChanged`` when its bytes differ."""
    pin = PINS[url]
    data = Path(str(distribution(PACKAGE).locate_file(pin.file))).read_bytes()
    if hashlib.sha256(data).hexdigest() != pin.sha256:
        raise ContextChanged(f"{pin.file} of {PACKAGE} is not the file this program was made for")
    return data.decode("utf-8")


def pinned() -> dict[str, str]:
    """Both contexts: address → JSON text."""
    return {url: text(url) for url in PINS}
