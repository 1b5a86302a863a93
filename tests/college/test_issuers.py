"""The college's own keys: in use, retired, stolen, and as a DID document."""

import json
from datetime import datetime, timedelta

import pytest

from college import issuers, proofs
from college.credentials import verify
from college.issuers import Key
from tests.college.papers import DID, METHOD, NOW, OTHER_SEED, issuer, known, paper, public
from tests.college.verdicts import changed, reason, verdict, without

PLAIN = paper()
KEY = Key("key-1", public())
RETIRED = datetime.fromisoformat("2020-11-21T00:00:00Z")


def test_a_retired_key_proves_what_it_signed_before():
    keys = known(Key("key-1", public(), expires=RETIRED))
    assert reason(PLAIN, issuers_known=keys) is None
    assert reason(paper(created="2020-11-21T00:00:00Z"), issuers_known=keys) == "proof.method"
    undated = without(PLAIN, "proof", "created")
    assert reason(undated, issuers_known=keys) == "proof.method"


def test_a_stolen_key_counts_only_with_an_earlier_leaf():
    stolen = Key("key-1", public(), revoked=RETIRED)
    seals = {None: "proof.method", RETIRED: "proof.method", RETIRED - timedelta(seconds=1): None}
    for sealed_at, expected in seals.items():
        assert reason(PLAIN, issuers_known=known(stolen, sealed_at=sealed_at)) == expected


def test_the_leaf_is_looked_up_by_what_was_signed():
    asked = []

    def sealed_at(digest):
        asked.append(digest)

    signed = paper("jcs")
    college = issuers.Issuer(DID, (KEY,), sealed_at=sealed_at)
    verdict(changed(signed, "@context", to=[*signed["@context"], "urn:x"]), issuers_known={DID: college}.get)
    assert asked == [proofs.digest(signed)]


def test_an_issuer_document_brings_its_keys_back():
    keys = (
        Key("key-1", public(), expires=RETIRED),
        Key("key-2", public(OTHER_SEED), revoked=RETIRED),
    )
    text = issuers.document(issuer(*keys))
    assert issuers.from_document(json.loads(json.dumps(text))).keys == keys
    assert text["assertionMethod"] == [METHOD]
    assert text["verificationMethod"][0]["expires"] == "2020-11-21T00:00:00Z"


def test_a_key_that_may_not_sign_is_no_key():
    text = {**issuers.document(issuer(KEY)), "assertionMethod": []}
    assert issuers.from_document(text).keys == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"verificationMethod": None},
        {"verificationMethod": ["key-1"]},
        {"verificationMethod": [{"type": "Multikey", "controller": "did:web:other"}]},
        {"verificationMethod": [{"type": "Multikey", "controller": DID, "id": DID, "publicKeyMultibase": "z6Mk"}]},
    ],
    ids=str,
)
def test_a_malformed_issuer_document(changes):
    with pytest.raises(ValueError):
        issuers.from_document({**issuers.document(issuer(KEY)), **changes})


def test_a_port_in_a_did():
    assert issuers.did_web("localhost:8000", "college") == "did:web:localhost%3A8000:college"


def test_the_room_registers_its_own_issuer(monkeypatch):
    monkeypatch.setattr(issuers, "_own", [])
    assert verify(PLAIN, at=NOW).reason == "proof.method"
    issuers.register_own(known())
    assert (verify(PLAIN, at=NOW).ok, verify(PLAIN, at=NOW).issuer_known) == (True, True)
