"""Certificates, lists and keys for tests, made as the room will make them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from college import issuers, multikey, proofs, statuslist
from college.credentials import Award, Status, compose, compose_list, prove

SEED = bytes(range(32))
OTHER_SEED = bytes(range(1, 33))
DID = issuers.did_web("madang.example", "college")
METHOD = f"{DID}#key-1"
NOW = datetime(2020, 11, 22, 3, tzinfo=UTC)
ISSUED = datetime(2020, 11, 20, tzinfo=UTC)
LISTS = {purpose: f"https://madang.example/college/status/{purpose}-1" for purpose in ("revocation", "suspension")}
INDEX = 94_567
BITS = bytes(statuslist.MIN_BYTES)


def public(seed=SEED):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def signer(seed=SEED):
    return Ed25519PrivateKey.from_private_bytes(seed).sign


def award(**changes):
    given = {
        "id": UUID("0f5a8a1e-6a0b-4c8e-9a55-0d1b62f3c111"),
        "number": "SBC-2026-000123",
        "holder": "김하늘",
        "salt": "5f1d7a84db00d2fce00b31a7fc73224f",
        "achievement_url": "https://madang.example/college/courses/expert",
        "title": "블록체인 전문가 과정",
        "description": "240시간 전문가 과정",
        "criteria": "출석 80 % 이상, 최종 평가 60점 이상",
        "completed_at": datetime(2020, 11, 18, 9, tzinfo=UTC),
        "issued_at": ISSUED,
        "issuer": DID,
        "issuer_name": "서울 블록체인 칼리지",
    }
    return Award(**{**given, **changes})


def paper(proof="rdfc", *, seed=SEED, method=METHOD, created="2020-11-20T00:00:00Z", document=None, **changes):
    document = compose(award(**changes)) if document is None else document
    return prove(document, proof=proof, method=method, created=created, signer=signer(seed))


def listed(proof="rdfc", **changes):
    statuses = tuple(Status(purpose, url, INDEX) for purpose, url in LISTS.items())
    return paper(proof, statuses=statuses, **changes)


def status_list(purpose, *, bits=BITS, seed=SEED, url=None, issuer=DID, until=NOW + timedelta(hours=24), **changes):
    document = compose_list(
        url=url or LISTS[purpose], issuer=issuer, purpose=purpose, bits=bits, valid_from=ISSUED, valid_until=until
    )
    document.update(changes)
    return proofs.sign(document, suite=proofs.RDFC, seed=seed, method=METHOD, created="2020-11-20T00:00:00Z")


def shelf(*documents):
    """``lists`` for verify: the two lists of the issuer with nothing set, or others given instead."""
    lists = {document["id"]: document for document in map(status_list, LISTS)}
    return {**lists, **{document["id"]: document for document in documents}}.get


def issuer(*keys, sealed_at=None, lists=None):
    known = keys or (issuers.Key("key-1", public()),)
    return issuers.Issuer(DID, known, sealed_at=lambda digest: sealed_at, lists=lists)


def known(*keys, **given):
    """``issuers_known`` for verify: the college with these keys."""
    return {DID: issuer(*keys, **given)}.get


def self_issued(proof="rdfc", seed=SEED, **changes):
    """A certificate whose issuer is the key itself, so that it verifies with nothing else at hand."""
    own = multikey.did_key(public(seed))
    return paper(proof, seed=seed, method=multikey.key_method(public(seed)), issuer=own, **changes)
