"""Sealed personal values: the salt and value behind each commitment.

Each value is AES-256-GCM under the key of the person or company it belongs to; that key is wrapped by a key-encryption
key that never enters the database (here a file; in production a KMS or HSM behind the same two functions). Destroying
the wrapped key makes every value under it unreadable, in backups of this table too.
"""

import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from ledger import durable, entry

_NAMESPACE = UUID("5a1c1d5e-1f0f-5d0c-9b7e-6d6164616e67")
_NONCE_BYTES = 12
#: A process keeps a person's key in memory no longer, and no more of them.
REMEMBERED_SECONDS, MOST_REMEMBERED = 600, 1000


class KeyUnavailable(ValueError):
    """The key-encryption key is missing, or not the one under which a key was wrapped."""


class KeyDestroyed(ValueError):
    """The values of this person were erased; nothing is sealed or opened under that key again."""


class Sealing(NamedTuple):
    """A value to seal: its place in the leaf, whose it is, and what the commitment opens to, in canonical spelling."""

    path: str
    key_id: UUID
    salt: bytes
    value: bytes


def key_id(key: object) -> UUID:
    """The row of a subject key: a UUID as it is, any other name (such as `user:17`) by its hash."""
    return key if isinstance(key, UUID) else _named(str(key))


@lru_cache(maxsize=4096)
def _named(name: str) -> UUID:
    return uuid5(_NAMESPACE, name)


class Sealed(NamedTuple):
    """A row of the table of openings, without its record."""

    path: str
    key_id: UUID
    nonce: bytes
    ciphertext: bytes


class Dek(NamedTuple):
    """A person's key: as the table holds it, and ready to seal."""

    wrapped: bytes
    cipher: AESGCM


def seal(leaf_id: UUID, sealings: Sequence[Sealing], deks: Mapping[UUID, Dek]) -> list[Sealed]:
    """The values sealed for a leaf."""
    rows, nonces = [], os.urandom(_NONCE_BYTES * len(sealings))
    for place, sealing in enumerate(sealings):
        nonce = nonces[_NONCE_BYTES * place : _NONCE_BYTES * (place + 1)]
        # JCS of {"salt", "value"}, put together from parts that are canonical already.
        text = b'{"salt":"%b","value":%b}' % (entry.salt_text(sealing.salt).encode(), sealing.value)
        sealed = deks[sealing.key_id].cipher.encrypt(nonce, text, _aad(leaf_id, sealing.path))
        rows.append(Sealed(sealing.path, sealing.key_id, nonce, sealed))
    return rows


class _Memory:
    """Keys that this process has used lately. Whoever seals with one has the database compare what it holds now."""

    def __init__(self) -> None:
        self._deks: dict[UUID, Dek] = {}
        self._until = 0.0

    def find(self, ids: Iterable[UUID]) -> dict[UUID, Dek] | None:
        """All of them, or None."""
        if time.monotonic() > self._until:
            self._deks = {}
        try:
            return {owner: self._deks[owner] for owner in ids}
        except KeyError:
            return None

    def keep(self, deks: Mapping[UUID, Dek]) -> None:
        if not self._deks or len(self._deks) > MOST_REMEMBERED:
            self._deks, self._until = {}, time.monotonic() + REMEMBERED_SECONDS
        self._deks |= deks

    def drop(self, owner: UUID) -> None:
        self._deks.pop(owner, None)


_memory = _Memory()
remembered = _memory.find
forget = _memory.drop


def read_deks(ids: Sequence[UUID]) -> dict[UUID, Dek]:
    """The keys as the table holds them; missing ones are made. `KeyDestroyed` after an erasure."""
    deks = _select_deks(ids)
    if missing := sorted(owner for owner in ids if owner not in deks):  # in one order, or two of us wait for each other
        deks |= _create_deks(missing)
        if made_elsewhere := [owner for owner in missing if owner not in deks]:
            deks |= _select_deks(made_elsewhere)
    _memory.keep(deks)
    return deks


def prepare(ids: Iterable[UUID]) -> None:
    """Has the keys at hand that are not, with one question for all of them."""
    unknown = [owner for owner in dict.fromkeys(ids) if _memory.find([owner]) is None]
    if unknown:
        read_deks(unknown)


def _select_deks(ids: Sequence[UUID]) -> dict[UUID, Dek]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, wrapped_dek, kek_id FROM ledger_subject_key WHERE id = ANY(%s)", [list(ids)])
        rows = cursor.fetchall()
    if any(wrapped is None for _, wrapped, _ in rows):
        raise KeyDestroyed("a person whose values were erased cannot be written about under the same key")
    held = _current_kek() if rows else ("", b"")
    return {
        owner: Dek(bytes(wrapped), AESGCM(_unwrap(owner, bytes(wrapped), kek, held))) for owner, wrapped, kek in rows
    }


def open_leaf(leaf_id: UUID, keys: set[UUID] | None = None) -> list[dict[str, Any]]:
    """The openings of a leaf that can still be opened, as `{"path", "salt", "value"}`, by path.

    With `keys`, only the values sealed under them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.path, o.nonce, o.ciphertext, k.id, k.wrapped_dek, k.kek_id FROM ledger_opening o"
            " JOIN ledger_record r ON r.id = o.record_id JOIN ledger_subject_key k ON k.id = o.key_id"
            " WHERE r.leaf_id = %s AND k.wrapped_dek IS NOT NULL AND (%s OR k.id = ANY(%s)) ORDER BY o.path",
            [leaf_id, keys is None, list(keys or ())],
        )
        rows = cursor.fetchall()
    found = []
    for path, nonce, ciphertext, owner, wrapped, kek in rows:
        dek = _unwrap(owner, bytes(wrapped), kek, _current_kek())
        text = AESGCM(dek).decrypt(bytes(nonce), bytes(ciphertext), _aad(leaf_id, path))
        found.append({"path": path, **json.loads(text)})
    return found


def open_leaves(leaf_ids: Sequence[UUID]) -> dict[str, list[dict[str, Any]]]:
    """The same for many leaves at once, by leaf id; leaves of which nothing can be opened are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.leaf_id, o.path, o.nonce, o.ciphertext, k.id, k.wrapped_dek, k.kek_id FROM ledger_opening o"
            " JOIN ledger_record r ON r.id = o.record_id JOIN ledger_subject_key k ON k.id = o.key_id"
            " WHERE r.leaf_id = ANY(%s) AND k.wrapped_dek IS NOT NULL ORDER BY r.id, o.path",
            [list(leaf_ids)],
        )
        rows = cursor.fetchall()
    held = _current_kek()
    deks = {owner: _unwrap(owner, bytes(wrapped), kek, held) for *_, owner, wrapped, kek in rows}
    found: dict[str, list[dict[str, Any]]] = {}
    for leaf_id, path, nonce, ciphertext, owner, *_ in rows:
        text = AESGCM(deks[owner]).decrypt(bytes(nonce), bytes(ciphertext), _aad(leaf_id, path))
        found.setdefault(str(leaf_id), []).append({"path": path, **json.loads(text)})
    return found


def ensure_kek() -> None:
    """Makes the key file of a fresh installation; `KeyUnavailable` when it should be there and is not."""
    _current_kek()


def create_kek(path: Path) -> None:
    """Makes the key file once; an existing one is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _kek.cache_clear()


def _create_deks(ids: Sequence[UUID]) -> dict[UUID, Dek]:
    """The keys made here: all but those that another transaction made at the same moment."""
    kek_id, kek = _current_kek()
    keys = {owner: os.urandom(32) for owner in ids}
    nonces = {owner: os.urandom(_NONCE_BYTES) for owner in ids}
    wrapped = {owner: nonce + AESGCM(kek).encrypt(nonce, keys[owner], owner.bytes) for owner, nonce in nonces.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_subject_key (id, wrapped_dek, kek_id) SELECT *, %s FROM unnest(%s::uuid[], %s::bytea[])"
            " ON CONFLICT DO NOTHING RETURNING id",
            [kek_id, list(ids), list(wrapped.values())],
        )
        made = [owner for (owner,) in cursor.fetchall()]
    return {owner: Dek(wrapped[owner], AESGCM(keys[owner])) for owner in made}


def _unwrap(owner: UUID, wrapped: bytes, kek_id: str, held: tuple[str, bytes]) -> bytes:
    current, kek = held
    if kek_id != current:
        kek = _previous_kek(kek_id, current)
    try:
        return AESGCM(kek).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], owner.bytes)
    except InvalidTag as error:
        raise KeyUnavailable("a wrapped key does not open: it was damaged or exchanged") from error


def current_kek_id() -> str:
    """The name of the key-encryption key under which keys are wrapped now."""
    return _current_kek()[0]


def replace_kek() -> tuple[str, str]:
    """Puts a new key-encryption key in the place of the present one, which stays beside it; answers both names.

    Running processes take the new one at their next look at the file. `KeyUnavailable` while an earlier one still lies
    there: keys may stand under it.
    """
    path = Path(settings.LEDGER["KEK_FILE"])
    before, key = _current_kek()
    if _previous(path).exists():
        raise KeyUnavailable(f"{_previous(path)} is still there: finish the rotation before")
    durable.write(_previous(path), key, 0o600)
    durable.write(path, secrets.token_bytes(32), 0o600)
    return before, current_kek_id()


def drop_previous_kek() -> bool:
    """Destroys the key-encryption key before, once nothing is wrapped under it; answers whether there was one."""
    path = _previous(Path(settings.LEDGER["KEK_FILE"]))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_subject_key WHERE wrapped_dek IS NOT NULL AND kek_id <> %s", [current_kek_id()]
        )
        left = cursor.fetchone()[0]
    if left:
        raise KeyUnavailable(f"{left} keys are still wrapped under another key: wrap them again first")
    found = path.exists()
    path.unlink(missing_ok=True)
    return found


def wrap_again(owner: UUID, wrapped: bytes, kek_id: str) -> tuple[bytes, str]:
    """A wrapped key under the present key-encryption key, with that key's name."""
    held = _current_kek()
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(held[1]).encrypt(nonce, _unwrap(owner, wrapped, kek_id, held), owner.bytes), held[0]


def _previous(path: Path) -> Path:
    return path.with_name(f"{path.name}.previous")


def _previous_kek(kek_id: str, current: str) -> bytes:
    """The key before, while a rotation is under way."""
    try:
        found, kek = _read_kek(_previous(Path(settings.LEDGER["KEK_FILE"])))
    except FileNotFoundError:
        found, kek = "", b""
    if found != kek_id:
        raise KeyUnavailable(f"the key {kek_id} is needed, the file holds {current}")
    return kek


def _current_kek() -> tuple[str, bytes]:
    path = Path(settings.LEDGER["KEK_FILE"])
    try:
        return _read_kek(path)
    except FileNotFoundError:
        _create_first_kek(path)
        return _read_kek(path)


def _read_kek(path: Path) -> tuple[str, bytes]:
    """The key of a file, read again only when the file was replaced: another process may rotate it."""
    seen = path.stat()
    return _kek(str(path), seen.st_ino, seen.st_mtime_ns)


def _create_first_kek(path: Path) -> None:
    """A fresh installation gets its key; one that has sealed values must get its own key back from the backup."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM ledger_subject_key WHERE wrapped_dek IS NOT NULL)")
        if cursor.fetchone()[0]:
            raise KeyUnavailable(f"{path} is missing and sealed values exist: restore it from its backup")
    create_kek(path)


@lru_cache(maxsize=4)
def _kek(path: str, inode: int, changed: int) -> tuple[str, bytes]:
    key = Path(path).read_bytes()
    if len(key) != 32:
        raise KeyUnavailable(f"{path} does not hold 32 bytes")
    return hashlib.sha256(b"hub-ledger/kek\x00" + key).hexdigest()[:16], key


def _aad(leaf_id: UUID, path: str) -> bytes:
    return leaf_id.bytes + path.encode("ascii")
