"""Certificates as Open Badges 3.0 on Verifiable Credentials 2.0: what they say, how they are proved and checked. Pure.

``verify`` touches the database only through the issuer that the room registers with ``college.issuers``.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from college import instants, issuers, proofs, statuslist
from college.contexts import CREDENTIALS_V2, OPEN_BADGES
from college.verifying import Check, Means, Verdict, examine

__all__ = ["Award", "Check", "Status", "Verdict", "compose", "compose_list", "issue", "prove", "verify"]

# ?proof=… → the suites of the set, in order.
PROOFS = {"rdfc": (proofs.RDFC,), "jcs": (proofs.JCS,), "both": (proofs.RDFC, proofs.JCS)}


@dataclass(frozen=True, slots=True)
class Status:
    """One place in a status list: ``purpose`` is revocation or suspension, ``list_url`` the list's address and id."""

    purpose: str
    list_url: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """All that a certificate says. ``salt`` is random, so that nobody finds the name behind the ledger's digest."""

    id: UUID
    number: str
    holder: str
    salt: str
    achievement_url: str
    title: str
    description: str
    criteria: str
    completed_at: datetime
    issued_at: datetime
    issuer: str
    issuer_name: str
    statuses: tuple[Status, ...] = ()


def verify(
    document: dict[str, Any] | str | bytes,
    *,
    at: datetime | None = None,
    lists: issuers.Lists | None = None,
    issuers_known: issuers.Issuers | None = None,
) -> Verdict:
    """The verdict on a certificate as of ``at`` (now), with the status lists that ``lists`` finds by address.

    Never raises on ``document``, fetches nothing. ``issuers_known`` finds key histories by DID; None: the college's
    own. Raises ``ValueError`` for an ``at`` without zone.
    """
    when = datetime.now(UTC) if at is None else at
    if when.utcoffset() is None:
        raise ValueError("at has no zone")
    return examine(document, Means(when, lists, issuers_known or issuers.own))


_issuing: list[Callable[..., Any]] = []


def register_issuing(function: Callable[..., Any]) -> None:
    """Let ``issue`` know who signs and records; called once when the room starts."""
    _issuing[:] = [function]


def issue(completion: Any, *, by: Any, now: datetime) -> Any:
    """The certificate of a decision on completion, signed and recorded by the room; ``by`` may issue.

    Answers the one in force when there is one. Raises ``LookupError`` where no room is running (this module is pure).
    """
    if not _issuing:
        raise LookupError("no room is running that could issue")
    return _issuing[0](completion, by=by, now=now)


def compose(award: Award) -> dict[str, Any]:
    """The certificate without proof; the name in NFC, dates in UTC to the second."""
    document: dict[str, Any] = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": f"urn:uuid:{award.id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": award.issuer, "type": ["Profile"], "name": award.issuer_name},
        "validFrom": instants.write(award.issued_at),
        "awardedDate": instants.write(award.completed_at),
        "credentialSubject": _subject(award),
    }
    if award.statuses:
        document["credentialStatus"] = [_status(status) for status in award.statuses]
    return document


def compose_list(
    *, url: str, issuer: str, purpose: str, bits: bytes, valid_from: datetime, valid_until: datetime
) -> dict[str, Any]:
    """A status list as a credential without proof; ``url`` is its address and its id."""
    return {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instants.write(valid_from),
        "validUntil": instants.write(valid_until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": statuslist.encode(bits),
        },
    }


def prove(
    document: dict[str, Any], *, proof: str = "rdfc", method: str, created: str, signer: Callable[[bytes], bytes]
) -> dict[str, Any]:
    """A copy with the proof a visitor asked for: ``rdfc``, ``jcs``, or ``both`` (a set, rdfc first).

    Raises ``KeyError`` for another word, ``proofs.ProofError`` when the document cannot be signed.
    """
    signed = [
        proofs.attach(document, suite=suite, method=method, created=created, signer=signer) for suite in PROOFS[proof]
    ]
    made = [each["proof"] for each in signed]
    return {**signed[0], "proof": made[0] if len(made) == 1 else made}


def _subject(award: Award) -> dict[str, Any]:
    return {
        "type": ["AchievementSubject"],
        "identifier": [
            _identity("name", unicodedata.normalize("NFC", award.holder)),
            _identity("ext:salt", award.salt),
        ],
        "licenseNumber": award.number,
        "achievement": {
            "id": award.achievement_url,
            "type": ["Achievement"],
            "name": award.title,
            "description": award.description,
            "criteria": {"narrative": award.criteria},
        },
    }


def _identity(kind: str, value: str) -> dict[str, Any]:
    return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}


def _status(status: Status) -> dict[str, str]:
    return {
        "id": f"{status.list_url}#{status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": status.purpose,
        "statusListIndex": str(status.index),
        "statusListCredential": status.list_url,
    }
