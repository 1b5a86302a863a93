"""The issuer's private keys: files outside the database, each used through ``signer`` only."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

SEED_BYTES = 32
_name = re.compile(r"[a-z0-9-]{1,40}").fullmatch


class KeyMissing(RuntimeError):
    """The private half of a key is not on this machine."""


def make() -> tuple[str, bytes]:
    """A fresh key; answers its name and public half. The private half is readable by this account only."""
    name, seed = f"key-{secrets.token_hex(4)}", secrets.token_bytes(SEED_BYTES)
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(seed)
        file.flush()
        os.fsync(file.fileno())
    return name, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def signer(name: str) -> Callable[[bytes], bytes]:
    """The function that signs with this key; ``KeyMissing`` when its file is not here."""
    try:
        seed = _path(name).read_bytes()
    except FileNotFoundError as missing:
        raise KeyMissing(name) from missing
    return Ed25519PrivateKey.from_private_bytes(seed).sign


def _path(name: str) -> Path:
    if _name(name) is None:
        raise KeyMissing(name)
    return Path(settings.COLLEGE_KEY_DIR) / f"{name}.seed"
