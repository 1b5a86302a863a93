"""Ed25519 keys and signatures as multibase text, and the DIDs that are keys themselves. Pure.

Source: Controlled Identifiers v1.0 (W3C), Multikey; did:key method v0.9.
"""

import re

import base58

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64

_ED25519_PUBLIC = b"\xed\x01"
# The longest text this module reads is a signature: 88 characters. Base 58 takes quadratic time, so longer is refused.
_base58btc = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{1,90}").fullmatch


def decode_base58btc(text: object) -> bytes | None:
    """The bytes of ``z`` + base58btc; None for any other spelling."""
    if not isinstance(text, str) or _base58btc(text) is None:
        return None
    return base58.b58decode(text[1:])


def encode_base58btc(data: bytes) -> str:
    """``data`` as ``z`` + base58btc."""
    return "z" + base58.b58encode(data).decode("ascii")


def encode_public(public: bytes) -> str:
    """A public key as ``publicKeyMultibase``."""
    if len(public) != PUBLIC_BYTES:
        raise ValueError(f"an Ed25519 public key has {PUBLIC_BYTES} bytes")
    return encode_base58btc(_ED25519_PUBLIC + public)


def decode_public(text: object) -> bytes | None:
    """The public key in ``publicKeyMultibase``; None for anything but Ed25519."""
    data = decode_base58btc(text)
    if data is None or len(data) != len(_ED25519_PUBLIC) + PUBLIC_BYTES or not data.startswith(_ED25519_PUBLIC):
        return None
    return data[len(_ED25519_PUBLIC) :]


def did_key(public: bytes) -> str:
    """The DID that is this key."""
    return f"did:key:{encode_public(public)}"


def key_method(public: bytes) -> str:
    """The verification method of a DID that is this key: the key names itself."""
    return f"{did_key(public)}#{encode_public(public)}"


def public_of_method(method: str) -> bytes | None:
    """The key that a ``did:key`` verification method names; None when it is none, or names two."""
    did, hash_sign, fragment = method.partition("#")
    public = decode_public(fragment)
    return public if hash_sign and public is not None and did == f"did:key:{fragment}" else None
