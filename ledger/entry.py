"""The leaf: its canonical bytes, its hash and the commitments it carries.

Canonical form is RFC 8785 (JCS) of an object with exactly eight keys. The value rules leave out floats, null and
non-ASCII keys, so that for everything they admit JCS and the encoder below agree; the tests hold that against an
independent implementation.
"""

import hashlib
import hmac
import json
import re
import unicodedata
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Iterable
from datetime import date, datetime
from json.encoder import encode_basestring
from typing import Any, NamedTuple

MAX_BYTES = 65_535
MAX_DEPTH = 8
MAX_INTEGER = 2**53 - 1
SALT_BYTES = 32
LEAF_KEYS = frozenset({"actor", "at", "data", "id", "refs", "subject", "type", "v"})
COMMIT_PREFIX = b"hub-ledger/commit/v1\x00"

_key = re.compile(r"[a-z0-9_]{1,64}").fullmatch
_uuid7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").fullmatch
_type = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){1,3}/[1-9][0-9]{0,3}").fullmatch
_at = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{6})Z").fullmatch
_token = re.compile(r"[A-Za-z0-9._:-]{1,64}").fullmatch
# 32 bytes are 43 base64url characters, the last of which carries four bits only.
_commitment = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]").fullmatch

# A leaf as nearly all are: flat, in ASCII, without escapes. What this admits needs only `_parse_plain`'s checks to be
# known as canonical; everything else takes the long way.
_SCALAR = r'(?:"[ !#-\[\]-~]*+"|0|-?[1-9][0-9]{0,14}|true|false)'
_VALUE = rf"(?:{_SCALAR}|\[(?:{_SCALAR}(?:,{_SCALAR})*+)?\])"
_ID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_C = '"c":"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]",'
_WORD = "[A-Za-z0-9._:-]{1,64}"
_plain = re.compile(
    rf'\{{"actor":\{{(?:{_C}"role":"{_WORD}"|"role":"system")\}},'
    r'"at":"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z",'
    rf'"data":\{{((?:"[a-z0-9_]{{1,64}}":{_VALUE}(?:,"[a-z0-9_]{{1,64}}":{_VALUE})*+)?)\}},'
    rf'"id":"{_ID}","refs":\[(?:"{_ID}"(?:,"{_ID}")*+)?\],'
    rf'"subject":\{{(?:{_C})?"kind":"{_WORD}","ref":"{_WORD}"\}},'
    r'"type":"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){1,3}/[1-9][0-9]{0,3}","v":1\}'
).fullmatch

_quoted = encode_basestring
_decode = json.JSONDecoder().decode


class InvalidLeaf(ValueError):
    """The value or the bytes break a rule of the leaf format."""


class Unfinished(NamedTuple):
    """The canonical spelling of a leaf up to its time, from there up to its refs, and after them."""

    to_at: str
    to_refs: str
    tail: str

    def finished(self, at: str, refs: Iterable[str]) -> bytes:
        """The whole leaf; `InvalidLeaf` when it is too long. Time and refs were checked before."""
        named = ",".join([f'"{ref}"' for ref in refs])
        return _bytes(f"{self.to_at}{at}{self.to_refs}{named}{self.tail}")


def leaf_bytes(leaf: dict[str, Any]) -> bytes:
    """Canonical bytes of `leaf`; `InvalidLeaf` when any rule of the format is broken. Repairs nothing."""
    if type(leaf) is not dict or leaf.keys() != LEAF_KEYS:
        raise InvalidLeaf("a leaf has exactly the keys " + ", ".join(sorted(LEAF_KEYS)))
    if type(leaf["v"]) is not int or leaf["v"] != 1:
        raise InvalidLeaf("v must be the integer 1")
    _check_time(leaf["at"])
    rest = unfinished(leaf["type"], leaf["id"], leaf["actor"], leaf["subject"], leaf["data"])
    _check_refs(leaf["refs"], leaf["id"])
    return rest.finished(leaf["at"], leaf["refs"])


def unfinished(kind: str, own: str, actor: dict[str, Any], subject: dict[str, Any], data: dict[str, Any]) -> Unfinished:
    """A leaf whose time and refs are put in later, when only the database knows them; else as `leaf_bytes`.

    Its keys are always the same, so they stand in order here; what has no quotes to escape is checked to have none.
    """
    _require(_type, kind, "type")
    _require(_uuid7, own, "id")
    _check_actor(actor)
    _check_subject(subject)
    if type(data) is not dict:
        raise InvalidLeaf("data must be an object")
    return Unfinished(
        f'{{"actor":{_spelled_tokens(actor)},"at":"',
        f'","data":{_spelled(data, 2)},"id":"{own}","refs":[',
        f'],"subject":{_spelled_tokens(subject)},"type":"{kind}","v":1}}',
    )


def _spelled_tokens(members: dict[str, str]) -> str:
    return "{" + ",".join([f'"{name}":"{members[name]}"' for name in sorted(members)]) + "}"


def parse_leaf(data: bytes) -> dict[str, Any]:
    """The leaf that `data` spells, only if `data` is exactly its canonical form; else `InvalidLeaf`."""
    if type(data) is not bytes or not 2 <= len(data) <= MAX_BYTES:
        raise InvalidLeaf(f"a leaf is 2 to {MAX_BYTES} bytes")
    return _parse_plain(data) or _parse_any(data)


def _parse_plain(data: bytes) -> dict[str, Any] | None:
    """The leaf of a plain spelling that is canonical; None where only the long way can tell."""
    parts = _plain(data.decode("ascii")) if data.isascii() else None
    if parts is None:
        return None
    day, members = parts.groups()
    leaf: dict[str, Any] = _decode(parts.string)
    names, refs = list(leaf["data"]), leaf["refs"]
    # No string of a plain spelling holds a quote, so there are at least as many of these as keys that were written.
    if members.count('":') != len(names) or names != sorted(names) or not _is_day(day):
        return None
    return leaf if leaf["id"] not in refs and len(set(refs)) == len(refs) else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _parse_any(data: bytes) -> dict[str, Any]:
    try:
        leaf = _decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidLeaf(f"not a JSON text: {error}") from error
    if leaf_bytes(leaf) != data:
        raise InvalidLeaf("not the canonical spelling")
    return leaf


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data), the hash of a leaf in the tree (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def commit(value: Any, salt: bytes) -> str:
    """Hiding commitment to `value` under 32 fresh random bytes, as 43 characters of base64url.

    The salt's length is fixed because HMAC pads keys: `k` and `k‖00` would commit alike.
    """
    return commit_canonical(canonical_value(value), salt)


def commit_canonical(value: bytes, salt: bytes) -> str:
    """As `commit`, of what `canonical_value` has already spelled."""
    if type(salt) is not bytes or len(salt) != SALT_BYTES:
        raise InvalidLeaf(f"a salt is {SALT_BYTES} bytes")
    return _base64url(hmac.digest(salt, COMMIT_PREFIX + value, "sha256"))


def salt_text(salt: bytes) -> str:
    """A salt as openings spell it: base64url without padding."""
    return _base64url(salt)


_to_url = bytes.maketrans(b"+/", b"-_")


def _base64url(data: bytes) -> str:
    return b2a_base64(data, newline=False).translate(_to_url).rstrip(b"=").decode("ascii")


def salt_bytes(text: object) -> bytes:
    """The bytes of a salt that `salt_text` spelled; `InvalidLeaf` for any other spelling."""
    if not is_commitment(text):  # a salt has the length of a commitment, and so the same spelling
        raise InvalidLeaf(f"a salt is {SALT_BYTES} bytes in base64url without padding")
    return urlsafe_b64decode(f"{text}=")


def canonical_value(value: Any) -> bytes:
    """JCS of any value that obeys the leaf's value rules; else `InvalidLeaf`."""
    return _bytes(_spelled(value, 1))


def _bytes(spelled: str) -> bytes:
    try:
        data = spelled.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidLeaf("lone surrogate in a string") from error
    if len(data) > MAX_BYTES:
        raise InvalidLeaf(f"longer than {MAX_BYTES} bytes")
    return data


def is_commitment(text: object) -> bool:
    """Whether `text` has the form of a commitment."""
    return type(text) is str and _commitment(text) is not None


def is_leaf_id(text: object) -> bool:
    """Whether `text` is a lower-case UUID of version 7."""
    return type(text) is str and _uuid7(text) is not None


def is_token(text: object) -> bool:
    """Whether `text` may stand as a reference, a role or a kind."""
    return type(text) is str and _token(text) is not None


def _require(pattern: Any, value: object, name: str) -> None:
    if type(value) is not str or pattern(value) is None:
        raise InvalidLeaf(f"{name} is malformed")


def _check_time(value: object) -> None:
    parts = _at(value) if type(value) is str else None
    if parts is None:
        raise InvalidLeaf("at must be UTC with six decimals, such as 2026-11-21T22:30:00.123456Z")
    try:
        datetime(*map(int, parts.groups()))  # type: ignore[arg-type]
    except ValueError as error:
        raise InvalidLeaf("at is not a real instant") from error


def _check_refs(refs: object, own: str) -> None:
    if type(refs) is not list:
        raise InvalidLeaf("refs must be a list")
    for ref in refs:
        _require(_uuid7, ref, "refs")
    if len(set(refs)) != len(refs) or own in refs:
        raise InvalidLeaf("refs must be distinct and never the leaf itself")


def _check_actor(actor: object) -> None:
    if type(actor) is not dict or not {"role"} <= actor.keys() <= {"role", "c"}:
        raise InvalidLeaf("actor has role and c")
    _require(_token, actor["role"], "actor.role")
    if "c" in actor:
        _require(_commitment, actor["c"], "actor.c")
    elif actor["role"] != "system":
        raise InvalidLeaf("only the role system may act without a commitment")


def _check_subject(subject: object) -> None:
    if type(subject) is not dict or not {"kind", "ref"} <= subject.keys() <= {"kind", "ref", "c"}:
        raise InvalidLeaf("subject has kind, ref and maybe c")
    _require(_token, subject["kind"], "subject.kind")
    _require(_token, subject["ref"], "subject.ref")
    if "c" in subject:
        _require(_commitment, subject["c"], "subject.c")


def _spelled(value: Any, depth: int) -> str:
    """Checks and spells in one pass: both look at every part of the value."""
    kind = type(value)
    if kind is str:
        return _spelled_text(value)
    if kind is dict:
        _check_depth(depth)
        for key in value:
            if type(key) is not str or _key(key) is None:
                raise InvalidLeaf("a key is 1 to 64 of a-z, 0-9 and _")
        return "{" + ",".join([f'"{key}":{_spelled(value[key], depth + 1)}' for key in sorted(value)]) + "}"
    if kind is list:
        _check_depth(depth)
        return "[" + ",".join([_spelled(item, depth + 1) for item in value]) + "]"
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise InvalidLeaf("an integer lies within 2^53 - 1 of 0")
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    raise InvalidLeaf(f"{kind.__name__} has no place in a leaf")


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InvalidLeaf(f"deeper than {MAX_DEPTH}")


def _spelled_text(value: str) -> str:
    if "\0" in value:
        raise InvalidLeaf("U+0000 in a string")
    if not value.isascii() and not unicodedata.is_normalized("NFC", value):
        raise InvalidLeaf("a string must be in NFC")
    return _quoted(value)
