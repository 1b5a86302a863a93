"""Who issues: a DID of the college's own, with every key it ever had. Pure.

Source: did:web method (W3C Credentials Community Group), Controlled Identifiers v1.0 (``expires``, ``revoked``).
A retired key stays listed with ``expires`` and goes on proving what it signed before. A compromised one gets
``revoked``: the thief can date a proof as he likes, so it counts only where the ledger sealed the certificate earlier.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from college import instants
from college.multikey import decode_public, encode_public

DOCUMENT_CONTEXT = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]

type Lists = Callable[[str], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an issuer: the fragment that names it, its 32 public bytes, and until when it counts."""

    name: str
    public: bytes
    expires: datetime | None = None
    revoked: datetime | None = None

    def counts(self, created: datetime | None, sealed_at: datetime | None) -> bool:
        """Whether a proof dated ``created``, of a document the ledger sealed at ``sealed_at``, may rest on this key."""
        if self.revoked is not None and (sealed_at is None or sealed_at >= self.revoked):
            return False
        dated = sealed_at or created
        return self.expires is None or (dated is not None and dated < self.expires)


def _never_sealed(digest: str) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer whose key history is at hand.

    ``sealed_at`` tells when the ledger sealed the document with this digest (``proofs.digest``), None if it did not;
    ``lists`` finds the issuer's status lists.
    """

    did: str
    keys: tuple[Key, ...]
    sealed_at: Callable[[str], datetime | None] = field(default=_never_sealed)
    lists: Lists | None = None

    def public(self, method: str, created: datetime | None, digest: str) -> bytes | None:
        """The key that ``method`` names, if it counts for a proof dated ``created`` over this document."""
        for key in self.keys:
            if method == f"{self.did}#{key.name}":
                return key.public if key.counts(created, self.sealed_at(digest)) else None
        return None


type Issuers = Callable[[str], Issuer | None]


def did_web(host: str, *path: str) -> str:
    """``did:web:<host>:<path>``; a port's colon is written ``%3A``."""
    return ":".join(["did:web", host.replace(":", "%3A"), *path])


def document(issuer: Issuer) -> dict[str, Any]:
    """The DID document: every key ever used, and which of them may sign; a revoked one is listed but may not."""
    methods = [_method(issuer.did, key) for key in issuer.keys]
    return {
        "@context": list(DOCUMENT_CONTEXT),
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": [f"{issuer.did}#{key.name}" for key in issuer.keys if key.revoked is None],
    }


def from_document(text: Mapping[str, Any]) -> Issuer:
    """The issuer that a DID document of ours describes; ``ValueError`` when it is malformed."""
    did, methods, may_sign = text.get("id"), text.get("verificationMethod"), text.get("assertionMethod")
    if not isinstance(did, str) or not isinstance(methods, list) or not isinstance(may_sign, list):
        raise ValueError("not a DID document with keys")
    keys = tuple(_key(did, method) for method in methods)
    return Issuer(did, tuple(key for key in keys if key.revoked is not None or f"{did}#{key.name}" in may_sign))


def _method(did: str, key: Key) -> dict[str, str]:
    method = {
        "id": f"{did}#{key.name}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": encode_public(key.public),
    }
    ends = {"expires": key.expires, "revoked": key.revoked}
    return method | {name: instants.write(at) for name, at in ends.items() if at is not None}


def _key(did: str, method: Any) -> Key:
    if not isinstance(method, dict) or method.get("type") != "Multikey" or method.get("controller") != did:
        raise ValueError("a key is a Multikey of the document's own DID")
    owner, _, name = str(method.get("id")).partition("#")
    public = decode_public(method.get("publicKeyMultibase"))
    if owner != did or not name or public is None:
        raise ValueError("a key has a fragment of the DID and an Ed25519 public key")
    return Key(name, public, _instant(method, "expires"), _instant(method, "revoked"))


def _instant(method: Mapping[str, Any], name: str) -> datetime | None:
    if name not in method:
        return None
    at = instants.parse(method[name])
    if at is None:
        raise ValueError(f"{name} is no timestamp with zone")
    return at


_own: list[Issuers] = []


def register_own(lookup: Issuers) -> None:
    """Let ``verify`` know the college's own issuer; called once when the room starts."""
    _own[:] = [lookup]


def own(did: str) -> Issuer | None:
    """Our issuer of this DID, if the room has registered one."""
    return _own[0](did) if _own else None
