"""Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature v1), Ed25519.

A note is a text that ends in a newline, a blank line, and signature lines `— <name> base64(keyid ‖ signature)`.
"""

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE, COSIGNATURE = 0x01, 0x04
MAX_LINES = 64
MAX_TIME = 2**63
_PREFIX = "— "  # U+2014 and a space
_P = 2**255 - 19
# y of the points whose order divides 8 (libsodium's list); a signature under such a key verifies any text.
_LOW_ORDER_Y = frozenset(
    {
        0,
        1,
        _P - 1,
        int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
        int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    }
)


class NoteError(ValueError):
    """A note, a key or a signature that is refused."""


@dataclass(frozen=True)
class VerifiedNote:
    """A note whose text is signed: names of the verified signers, and by cosigner's name the time it stated."""

    text: str
    signers: list[str]
    times: dict[str, int]


class Checkpoint(NamedTuple):
    """What a checkpoint says: whose log, how many leaves, under which root."""

    origin: str
    size: int
    root: bytes


class Key(NamedTuple):
    """A verifier key: its name, its id, its kind (signature or cosignature) and the public key."""

    name: str
    id: bytes
    kind: int
    public: bytes


class Signed(NamedTuple):
    """A verified line: the key, and the time a cosigner stated (None for a plain signature)."""

    key: Key
    time: int | None


def sign(text: str, name: str, seed: bytes) -> str:
    """The signature line (with its newline) of `text` under the Ed25519 key of `seed`."""
    _check_text(text)
    private = _private(name, seed)
    return _line(name, _key_id(name, SIGNATURE, _public(private)), private.sign(text.encode()))


def cosign(checkpoint: str, name: str, seed: bytes, time: int) -> str:
    """A witness's line (with its newline) under a checkpoint, given as its text or as the whole note; `time` in seconds."""
    text = split(checkpoint)[0] if "\n\n" in checkpoint else checkpoint
    parse_checkpoint(text)
    if type(time) is not int or not 0 < time < MAX_TIME:
        raise NoteError("a cosignature's time lies between 0 and 2^63")
    private = _private(name, seed)
    signature = private.sign(_cosigned(text, time))
    return _line(name, _key_id(name, COSIGNATURE, _public(private)), time.to_bytes(8, "big") + signature)


def vkey(name: str, seed: bytes, cosigner: bool = False) -> str:
    """The verifier key of `seed`: `name+hex(keyid)+base64(type ‖ public key)`."""
    public = _public(_private(name, seed))
    kind = COSIGNATURE if cosigner else SIGNATURE
    return f"{name}+{_key_id(name, kind, public).hex()}+{_b64(bytes([kind]) + public)}"


def verify(note: str | bytes, vkeys: Iterable[str]) -> VerifiedNote:
    """The note, when at least one of the keys signed it and none of their lines fails; else `NoteError`."""
    text, signed = verify_lines(note, vkeys)
    names = list(dict.fromkeys(line.key.name for line in signed))
    times: dict[str, int] = {}
    for line in signed:
        if line.time is not None:
            times[line.key.name] = max(line.time, times.get(line.key.name, 0))
    return VerifiedNote(text, names, times)


def verify_lines(note: str | bytes, vkeys: Iterable[str]) -> tuple[str, list[Signed]]:
    """As `verify`, but tells keys apart even where they share a name: the text and one `Signed` for each key."""
    keys = _known(vkeys)
    text, lines = split(note)
    found: dict[Key, Signed] = {}
    for name, blob in lines:
        key = keys.get((name, blob[:4]))
        if key is not None:
            line = _verify_line(text, key, blob[4:])
            if key not in found or (line.time or 0) > (found[key].time or 0):
                found[key] = line
    if not found:
        raise NoteError("no known key has signed this note")
    return text, list(found.values())


def split(note: str | bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """Text and signature lines (name, keyid ‖ signature) of a note, nothing verified; `NoteError` when malformed."""
    if isinstance(note, bytes):
        try:
            note = note.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NoteError("a note is UTF-8") from error
    end = note.rfind("\n\n")
    if end < 0:
        raise NoteError("no blank line before the signatures")
    text, block = note[: end + 1], note[end + 2 :]
    _check_text(text)
    if not block.endswith("\n"):
        raise NoteError("a signature line ends in a newline")
    lines = block[:-1].split("\n")
    if len(lines) > MAX_LINES:
        raise NoteError(f"more than {MAX_LINES} signature lines")
    return text, [_parse_line(line) for line in lines]


def parse_checkpoint(text: str) -> Checkpoint:
    """What the text of a checkpoint says; `NoteError` when malformed. Foreign extension lines are let through."""
    _check_text(text)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or "" in lines:
        raise NoteError("a checkpoint has an origin, a size and a root")
    origin, size, root = lines[:3]
    _check_name(origin)
    if not re.fullmatch("0|[1-9][0-9]{0,18}", size) or int(size) >= MAX_TIME:
        raise NoteError("a checkpoint's size is a decimal number without leading zeros")
    digest = _unb64(root)
    if len(digest) != 32:
        raise NoteError("a checkpoint's root is 32 bytes")
    return Checkpoint(origin, int(size), digest)


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint; `NoteError` for what `parse_checkpoint` would refuse."""
    text = f"{origin}\n{size}\n{_b64(root)}\n"
    parse_checkpoint(text)
    return text


@lru_cache(maxsize=256)
def parse_vkey(text: str) -> Key:
    """The verifier key; `NoteError` for an unknown type, a wrong id or length, or a point no honest key can be."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch("[0-9a-f]{8}", parts[1]):
        raise NoteError("a verifier key is name+hash+key")
    name, blob = parts[0], _unb64(parts[2])
    _check_name(name)
    if len(blob) != 33 or blob[0] not in (SIGNATURE, COSIGNATURE):
        raise NoteError("a verifier key of unknown type or length")
    kind, public = blob[0], blob[1:]
    if _key_id(name, kind, public).hex() != parts[1]:
        raise NoteError("a verifier key whose id is not its hash")
    _check_point(public)
    return Key(name, bytes.fromhex(parts[1]), kind, public)


def _known(vkeys: Iterable[str]) -> dict[tuple[str, bytes], Key]:
    keys: dict[tuple[str, bytes], Key] = {}
    for text in vkeys:
        if not isinstance(text, str):
            raise NoteError("a verifier key is text")
        key = parse_vkey(text)
        if keys.setdefault((key.name, key.id), key) != key:
            raise NoteError("two verifier keys with the same name and id")
    return keys


def _verify_line(text: str, key: Key, signature: bytes) -> Signed:
    message, time = text.encode(), None
    if key.kind == COSIGNATURE:
        time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        if not 0 < time < MAX_TIME:
            raise NoteError(f"cosignature of {key.name} has an impossible time")
        message = _cosigned(text, time)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise NoteError(f"signature of {key.name} does not verify") from error
    return Signed(key, time)


def _parse_line(line: str) -> tuple[str, bytes]:
    if not line.startswith(_PREFIX):
        raise NoteError("a signature line begins with an em dash and a space")
    name, space, blob = line.removeprefix(_PREFIX).partition(" ")
    _check_name(name)
    signature = _unb64(blob)
    if not space or len(signature) < 5:
        raise NoteError("a signature line without its signature")
    return name, signature


def _line(name: str, key_id: bytes, signature: bytes) -> str:
    return f"{_PREFIX}{name} {_b64(key_id + signature)}\n"


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def _private(name: str, seed: bytes) -> Ed25519PrivateKey:
    _check_name(name)
    if not isinstance(seed, bytes) or len(seed) != 32:
        raise NoteError("a seed is 32 bytes")
    return Ed25519PrivateKey.from_private_bytes(seed)


def _public(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()


def _check_text(text: str) -> None:
    if not isinstance(text, str) or not text.endswith("\n"):
        raise NoteError("a note's text ends in a newline")
    _check_characters(text.replace("\n", ""), "text")


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name or "+" in name or any(letter.isspace() for letter in name):
        raise NoteError("a name is not empty and has no space and no plus sign")
    _check_characters(name, "name")


def _check_characters(text: str, what: str) -> None:
    if text.isascii() and text.isprintable():
        return
    # Cc: control characters; Cs: lone surrogates, which UTF-8 cannot spell.
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise NoteError(f"a control character or a lone surrogate in a {what}")


def _check_point(public: bytes) -> None:
    """Refuses encodings that are not canonical, not on the curve, or of low order (RFC 8032 §5.1.3)."""
    y = int.from_bytes(public, "little") & (1 << 255) - 1
    if y >= _P or y in _LOW_ORDER_Y:
        raise NoteError("a verifier key of low order or with a spelling that is not canonical")
    u, v = (y * y - 1) % _P, (-121665 * pow(121666, -1, _P) * y * y + 1) % _P
    if pow(u * pow(v, -1, _P), (_P - 1) // 2, _P) != 1:
        raise NoteError("a verifier key that is no point of the curve")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str) -> bytes:
    """Canonical padded base64 only: what encodes back to the same characters."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("malformed base64") from error
    if _b64(data) != text:
        raise NoteError("base64 that is not canonical")
    return data


def join(text: str, lines: Sequence[str]) -> str:
    """The note of a text and its signature lines."""
    return text + "\n" + "".join(lines)
