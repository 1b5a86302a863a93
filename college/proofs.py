"""Data Integrity proofs with Ed25519 in both cryptosuites the college uses. Pure.

Source: Data Integrity EdDSA Cryptosuites v1.0 (W3C, 2025), §3.2 eddsa-rdfc-2022 and §3.3 eddsa-jcs-2022. In both the
signed bytes are SHA-256(proof options) ‖ SHA-256(document), each in canonical form, without proof and proof value.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import lru_cache
from hashlib import sha256
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from college import rdf
from college.multikey import SIGNATURE_BYTES, decode_base58btc, encode_base58btc

RDFC = "eddsa-rdfc-2022"
JCS = "eddsa-jcs-2022"
SUITES = (RDFC, JCS)
#: Proof options whose hash is remembered; a day's certificates and the lists need few.
_MOST_OPTIONS = 256


class ProofError(ValueError):
    """The proof does not hold; ``code`` is the reason of the verdict."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def sign(document: dict[str, Any], *, suite: str, seed: bytes, method: str, created: str) -> dict[str, Any]:
    """A copy of ``document`` with one proof; a proof it had is replaced.

    ``seed`` are the 32 bytes of the Ed25519 key, ``method`` names its public key, ``created`` is a timestamp with zone.
    Raises ``ProofError`` for an unknown suite or a document that has no canonical form.
    """
    signer = Ed25519PrivateKey.from_private_bytes(seed).sign
    return attach(document, suite=suite, method=method, created=created, signer=signer)


def attach(
    document: dict[str, Any], *, suite: str, method: str, created: str, signer: Callable[[bytes], bytes]
) -> dict[str, Any]:
    """As ``sign``, with the key behind ``signer``, which returns the Ed25519 signature of the bytes it is given."""
    proof = options(document, suite=suite, method=method, created=created)
    value = signer(signed_bytes(document, proof))
    return {**unsigned(document), "proof": {**proof, "proofValue": encode_base58btc(value)}}


def options(document: Mapping[str, Any], *, suite: str, method: str, created: str) -> dict[str, Any]:
    """The proof before it has a value; jcs carries the document's context, so that nobody can change it unseen."""
    if suite not in SUITES:
        raise ProofError("proof.suite", f"unknown cryptosuite {suite!r}")
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    if suite == JCS and "@context" in document:
        proof["@context"] = deepcopy(document["@context"])
    return proof


def verify(document: Mapping[str, Any], proof: Mapping[str, Any], public: bytes) -> dict[str, Any]:
    """The document that the proof covers, without its proof; ``ProofError`` when it covers another or none.

    Under jcs the proof's context replaces the document's, which must start with it: what somebody appended is left out.
    """
    value = decode_base58btc(proof.get("proofValue"))
    if value is None or len(value) != SIGNATURE_BYTES:
        raise ProofError("proof.value", "the proof value is no Ed25519 signature in base58btc")
    covered = _covered(document, proof)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(value, signed_bytes(covered, proof))
    except InvalidSignature as error:
        raise ProofError("proof.signature", "the signature belongs to other content or another key") from error
    return covered


def signed_bytes(document: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """The 64 bytes that are signed: the hash of the proof options, then that of the document."""
    bare = {key: value for key, value in proof.items() if key != "proofValue"}
    if proof.get("cryptosuite") == RDFC:
        bare["@context"] = document.get("@context")
        return _options_hash(json.dumps(bare, sort_keys=True)) + _rdf_hash(unsigned(document))
    return _jcs_hash(bare) + _jcs_hash(unsigned(document))


@lru_cache(maxsize=_MOST_OPTIONS)
def _options_hash(options: str) -> bytes:
    """Certificates issued together share their proof's options, and canonicalising those is half the work."""
    return _rdf_hash(json.loads(options))


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of JCS of the document without proof: what the ledger keeps of a certificate."""
    return _jcs_hash(unsigned(document)).hex()


def unsigned(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy without its proof."""
    return {key: deepcopy(value) for key, value in document.items() if key != "proof"}


def _covered(document: Mapping[str, Any], proof: Mapping[str, Any]) -> dict[str, Any]:
    covered = unsigned(document)
    if "@context" not in proof:
        return covered
    own, theirs = _listed(proof["@context"]), _listed(covered.get("@context"))
    exact = proof.get("cryptosuite") == RDFC
    if not own or theirs[: len(own)] != own or (exact and theirs != own):
        raise ProofError("proof.context", "the document's context is not the one that was signed")
    return {**covered, "@context": deepcopy(proof["@context"])}


def _listed(context: Any) -> list[Any]:
    return context if isinstance(context, list) else [context]


def _jcs_hash(value: dict[str, Any]) -> bytes:
    try:
        return sha256(rfc8785.dumps(value)).digest()
    except rfc8785.CanonicalizationError as error:
        raise ProofError("proof.signature", f"no canonical form: {error}") from error


def _rdf_hash(value: dict[str, Any]) -> bytes:
    try:
        return sha256(rdf.canonical(value).encode("utf-8")).digest()
    except rdf.ContextError as error:
        raise ProofError("context", str(error)) from error
