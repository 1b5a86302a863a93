"""Checking a certificate: one sentence for people, and behind it each check. Pure, fetches nothing.

The steps and their codes are those of the design of the college, §10; what they rest on: Verifiable Credentials 2.0,
Data Integrity 1.0, Bitstring Status List 1.0 (W3C).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from college import instants, proofs, statuslist, strictjson
from college.contexts import CREDENTIALS_V2
from college.issuers import Issuer, Issuers, Lists
from college.multikey import SIGNATURE_BYTES, decode_base58btc, public_of_method

MAX_PROOFS = 4
MAX_STATUSES = 8
_TAKEN_BACK = {"revocation": "status.revoked", "suspension": "status.suspended"}


@dataclass(frozen=True, slots=True)
class Check:
    """One check; ``ok`` None: there was nothing to check. ``name`` is its code when it failed, else its subject."""

    name: str
    ok: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``ok``: no check failed; ``reason``: the code of the first that did.

    The green tick needs ``ok`` and ``issuer_known``. ``document`` is what the proofs cover, None if they cover nothing.
    """

    ok: bool
    checks: list[Check]
    reason: str | None
    issuer_known: bool
    document: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Means:
    """What a check may rest on: the time it speaks of, the status lists at hand, the issuers known."""

    at: datetime
    lists: Lists | None
    issuers: Issuers


def examine(document: Any, means: Means) -> Verdict:
    """The verdict on a JSON text or value; never raises on what it is given."""
    checks: list[Check] = []
    try:
        value = strictjson.parse(document)
    except strictjson.JsonError as error:
        return _verdict([Check("json", False, str(error))])
    checks.append(Check("json", True, ""))
    problem = _format_problem(value)
    checks.append(Check("format", problem is None, problem or ""))
    if problem is not None:
        return _verdict(checks)
    covered, proof_check = _proofs(value, means)
    checks.append(proof_check)
    shown = value if covered is None else covered
    issuer = means.issuers(_issuer_id(shown))
    checks += [_issuer(value, covered), _validity(shown, means.at), _status(covered, issuer, means)]
    return _verdict(checks, issuer_known=covered is not None and issuer is not None, document=covered)


def _verdict(checks: list[Check], *, issuer_known: bool = False, document: dict[str, Any] | None = None) -> Verdict:
    failed = [check.name for check in checks if check.ok is False]
    return Verdict(not failed, checks, failed[0] if failed else None, issuer_known, document)


def _format_problem(value: Any) -> str | None:
    """What keeps ``value`` from being a credential of data model 2.0."""
    if not isinstance(value, dict):
        return "not an object"
    if _listed(value.get("@context"))[:1] != [CREDENTIALS_V2]:
        return "the first context is not credentials/v2"
    if "VerifiableCredential" not in _listed(value.get("type")):
        return "not of type VerifiableCredential"
    if not _issuer_id(value):
        return "no issuer"
    subjects = _listed(value.get("credentialSubject"))
    if not subjects or not all(isinstance(subject, dict) and subject for subject in subjects):
        return "no credentialSubject"
    for name in ("validFrom", "validUntil", "awardedDate"):
        if name in value and instants.parse(value[name]) is None:
            return f"{name} is no timestamp with zone"
    return None


def _proofs(document: dict[str, Any], means: Means) -> tuple[dict[str, Any] | None, Check]:
    """The document that every proof of the set covers, or None, and the check that says so."""
    listed = _listed(document.get("proof"))
    if not listed or listed == [None]:
        return None, Check("proof.missing", False, "there is no proof")
    try:
        if len(listed) > MAX_PROOFS:
            raise proofs.ProofError("proof.suite", f"more than {MAX_PROOFS} proofs")
        covered = [_proof(document, proof, means) for proof in listed]
    except proofs.ProofError as error:
        return None, Check(error.code, False, str(error))
    # Each covers the whole document but may know fewer contexts; what all of them cover is the shortest.
    shortest = min(covered, key=lambda each: len(_listed(each["@context"])))
    suites = ", ".join(proof["cryptosuite"] for proof in listed)
    return {**shortest, "proof": document["proof"]}, Check("proof", True, suites)


def _proof(document: dict[str, Any], proof: Any, means: Means) -> dict[str, Any]:
    """The document that one proof covers; ``ProofError`` with the code of the first thing wrong with it."""
    if not isinstance(proof, dict) or proof.get("type") != "DataIntegrityProof" or "previousProof" in proof:
        raise proofs.ProofError("proof.suite", "not a DataIntegrityProof on its own")
    if proof.get("cryptosuite") not in proofs.SUITES:
        raise proofs.ProofError("proof.suite", "neither eddsa-rdfc-2022 nor eddsa-jcs-2022")
    if proof.get("proofPurpose") != "assertionMethod":
        raise proofs.ProofError("proof.purpose", "made for another purpose than a certificate")
    for name in ("created", "expires"):
        if name in proof and instants.parse(proof[name]) is None:
            raise proofs.ProofError("proof.created", f"{name} is no timestamp with zone")
    if len(decode_base58btc(proof.get("proofValue")) or b"") != SIGNATURE_BYTES:
        raise proofs.ProofError("proof.value", "the proof value is no Ed25519 signature in base58btc")
    covered = proofs.verify(document, proof, _public(document, proof, means))
    if _listed(covered["@context"])[:1] != [CREDENTIALS_V2]:
        raise proofs.ProofError("proof.context", "the signed context does not begin with credentials/v2")
    return covered


def _public(document: Mapping[str, Any], proof: Mapping[str, Any], means: Means) -> bytes:
    """The key the proof names: one that is its own DID, or one of a known issuer that counts for this document."""
    method = proof.get("verificationMethod")
    if not isinstance(method, str):
        raise proofs.ProofError("proof.method", "no verification method")
    public = public_of_method(method)
    issuer = means.issuers(_controller(method)) if public is None else None
    if issuer is not None:
        public = issuer.public(method, instants.parse(proof.get("created")), _digest(document, proof))
    if public is None:
        raise proofs.ProofError("proof.method", f"a key that is not known, or no longer counts: {method[:200]}")
    return public


def _digest(document: Mapping[str, Any], proof: Mapping[str, Any]) -> str:
    """The ledger's digest of the document as it was signed, so without a context appended since."""
    context = proof.get("@context", document.get("@context"))
    return proofs.digest({**document, "@context": context})


def _issuer(document: Mapping[str, Any], covered: Mapping[str, Any] | None) -> Check:
    """A DID must own every key that signed; an address proves nothing."""
    if covered is None:
        return Check("issuer", None, "no proof holds")
    issuer = _issuer_id(covered)
    if not issuer.startswith("did:"):
        return Check("issuer", None, f"{issuer} cannot be tied to a key")
    owners = {_controller(proof["verificationMethod"]) for proof in _listed(document["proof"])}
    if owners != {issuer}:
        return Check("issuer.mismatch", False, f"{issuer} does not own the key that signed")
    return Check("issuer", True, issuer)


def _validity(document: Mapping[str, Any], at: datetime) -> Check:
    """Valid in ``[validFrom, validUntil)``; a proof that expires ends with it."""
    starts = instants.parse(document.get("validFrom"))
    if starts is not None and at < starts:
        return Check("validity.not_yet", False, f"valid from {document['validFrom']}")
    ends = [document.get("validUntil")]
    ends += [proof.get("expires") for proof in _listed(document.get("proof")) if isinstance(proof, dict)]
    for text in ends:
        until = instants.parse(text)
        if until is not None and at >= until:
            return Check("validity.expired", False, f"valid until {text}")
    return Check("validity", True, "")


def _status(covered: Mapping[str, Any] | None, issuer: Issuer | None, means: Means) -> Check:
    """Whether a status list of the same issuer has taken the certificate back."""
    if covered is None:
        return Check("status", None, "no proof holds")
    if "credentialStatus" not in covered:
        return Check("status", None, "no status list is named")
    lists = means.lists or (issuer.lists if issuer is not None else None)
    entries = _listed(covered["credentialStatus"])
    if not 0 < len(entries) <= MAX_STATUSES:
        return Check("status.unknown", False, f"{len(entries)} status entries")
    found = {_entry_code(covered, entry, lists, means): entry for entry in entries}
    for code in ("status.revoked", "status.suspended", "status.unknown"):
        if code in found:
            return Check(code, False, json.dumps(found[code])[:200])
    return Check("status", True, "")


def _entry_code(covered: Mapping[str, Any], entry: Any, lists: Lists | None, means: Means) -> str | None:
    """What one entry says of the certificate; None: nothing against it."""
    bits, index = _bits(covered, entry, lists, means)
    code = _TAKEN_BACK.get(entry["statusPurpose"]) if bits is not None else None
    if bits is None or code is None:
        return "status.unknown"
    return code if statuslist.is_set(bits, index) else None


def _bits(document: Mapping[str, Any], entry: Any, lists: Lists | None, means: Means) -> tuple[bytes | None, int]:
    """The list that ``entry`` names and the place in it; None unless it can be relied on."""
    address = entry.get("statusListCredential") if isinstance(entry, dict) else None
    if lists is None or not isinstance(address, str) or "BitstringStatusListEntry" not in _listed(entry.get("type")):
        return None, 0
    verdict = examine(lists(address), Means(means.at, lambda _: None, means.issuers))
    index = _index(entry)
    if not verdict.ok or verdict.document is None or index is None or entry.get("statusSize", 1) != 1:
        return None, 0
    bits = _list_bits(verdict.document, address, entry, _issuer_id(document))
    return (bits, index) if bits is not None and index < len(bits) * 8 else (None, 0)


def _list_bits(listed: Mapping[str, Any], address: str, entry: Mapping[str, Any], issuer: str) -> bytes | None:
    """The bits of a verified list, if it is the one named, of this issuer and purpose, and long enough to hide in."""
    subject = listed["credentialSubject"]
    if (
        "BitstringStatusListCredential" not in _listed(listed.get("type"))
        or listed.get("id", address) != address
        or _issuer_id(listed) != issuer
        or not isinstance(subject, dict)
        or "BitstringStatusList" not in _listed(subject.get("type"))
        or not isinstance(entry.get("statusPurpose"), str)
        or subject.get("statusPurpose") != entry["statusPurpose"]
    ):
        return None
    try:
        bits = statuslist.decode(subject.get("encodedList", ""))
    except statuslist.ListError:
        return None
    return bits if len(bits) >= statuslist.MIN_BYTES else None


def _index(entry: Mapping[str, Any]) -> int | None:
    text = entry.get("statusListIndex")
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return int(text)


def _issuer_id(document: Mapping[str, Any]) -> str:
    issuer = document.get("issuer")
    name = issuer.get("id") if isinstance(issuer, dict) else issuer
    return name if isinstance(name, str) else ""


def _controller(method: str) -> str:
    return method.partition("#")[0]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
