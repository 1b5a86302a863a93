"""Others agree: W3C's vector for eddsa-rdfc-2022, Digital Bazaar's JavaScript, and a second Python library."""

import copy
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc.keys import Ed25519SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.proof.errors import ProofError

from college import contexts, issuers, multikey, proofs
from college.credentials import verify
from tests.college.examples import EXAMPLES
from tests.college.papers import ISSUED, NOW, SEED, issuer, listed, paper, public, self_issued, status_list

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES_V2 = "https://www.w3.org/ns/credentials/examples/v2"
# Data Integrity EdDSA Cryptosuites v1.0, Appendix B.1 (representation eddsa-rdfc-2022).
W3C_METHOD = "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
W3C_PROOF_HASH = "4c4d3890a157f8d611b13c265c2c22f39aa0a567c7c7dd9ba3e45cd579784eeb"
W3C_DOCUMENT_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
W3C_PROOF_VALUE = "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9"


@pytest.fixture
def _examples_context(monkeypatch):
    """The vectors use a third context, which only this test knows."""
    vocabulary = json.dumps({"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}})
    known = {**contexts.pinned(), EXAMPLES_V2: vocabulary}
    monkeypatch.setattr(contexts, "pinned", lambda: known)


@pytest.mark.usefixtures("_examples_context")
def test_official_rdfc_vector():
    given = EXAMPLES["eddsa_jcs_2022"]
    seed, document = bytes.fromhex(given["seed_hex"]), given["unsigned"]
    signed = proofs.sign(
        document, suite="eddsa-rdfc-2022", seed=seed, method=W3C_METHOD, created="2023-02-24T23:36:38Z"
    )
    assert proofs.signed_bytes(document, signed["proof"]).hex() == W3C_PROOF_HASH + W3C_DOCUMENT_HASH
    assert signed["proof"]["proofValue"] == W3C_PROOF_VALUE


def javascript(*credentials):
    """What Digital Bazaar's verifier says of each credential of the tests' issuer."""
    return ask_javascript(issuers.document(issuer()), NOW, *credentials)


def ask_javascript(keys, now, *credentials):
    """The same for an issuer with this DID document, at ``now``."""
    node = shutil.which("node")
    assert node, "node is needed; make setup provides it"
    documents = {url: json.loads(text) for url, text in contexts.pinned().items()} | {keys["id"]: keys}
    for method in keys["verificationMethod"]:
        documents[method["id"]] = {"@context": "https://w3id.org/security/multikey/v1", **method}
    asked = {
        "cases": [{"credential": each, "now": now.isoformat()} for each in credentials],
        "documents": documents,
    }
    run = subprocess.run(
        [node, Path(__file__).with_name("verify.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_javascript_accepts_our_certificates_and_lists():
    answers = javascript(paper(), listed(), status_list("revocation"))
    assert answers == [{"verified": True, "errors": []}] * 3


NASTY = [
    "tab\there",
    "line\nbreak\r\n",
    'quote " and \\ backslash',
    "\u00e9 e\u0301 \uac00 \u1100\u1161",
    "🎓 𝒳 \u2028 \ufeff \u200d",
    "<urn:x> <urn:p> <urn:o> .",
    "@id _:b0 ^^<x> @en",
]


def test_javascript_reads_difficult_words_as_we_do():
    answers = javascript(*(paper(title=words, holder=words) for words in NASTY))
    assert answers == [{"verified": True, "errors": []}] * len(NASTY)


def test_javascript_numbers_nodes_that_look_alike_as_we_do():
    twin = {"narrative": "x", "endorsement": [{"narrative": "y"}]}
    bare = {key: value for key, value in paper().items() if key != "proof"}
    assert javascript(paper(document={**bare, "endorsement": [twin, twin]})) == [{"verified": True, "errors": []}]


def test_javascript_refuses_tampered_certificates():
    renamed, renumbered, unnamed, undefined = (copy.deepcopy(paper()) for _ in range(4))
    renamed["credentialSubject"]["identifier"][0]["identityHash"] = "이하늘"
    renumbered["credentialSubject"]["licenseNumber"] = "SBC-2026-000124"
    del unnamed["awardedDate"]
    undefined["madeUp"] = "x"
    answers = javascript(renamed, renumbered, unnamed, undefined)
    assert [answer["verified"] for answer in answers] == [False] * 4
    assert all("Invalid signature." in answer["errors"] for answer in answers[:3])


def test_javascript_refuses_a_key_that_is_not_ours():
    assert [answer["verified"] for answer in javascript(paper(seed=bytes(32)))] == [False]


def test_a_second_library_verifies_our_jcs_proof():
    signed, suite = self_issued("jcs"), EddsaJcsProofSuite()
    assert suite.verify(signed, now=NOW).issuer == signed["issuer"]["id"]
    with pytest.raises(ProofError):
        suite.verify({**signed, "name": "changed"}, now=NOW)


def test_we_and_a_second_library_sign_the_same_under_rdfc():
    # It knows only the context of credentials, so the document is a status list.
    own = multikey.did_key(public())
    ours = status_list("revocation", issuer=own)
    bare = {key: value for key, value in ours.items() if key != "proof"}
    theirs = DataIntegrityProofSuite().add_proof(
        bare,
        signing_key=Ed25519SigningKey(Ed25519PrivateKey.from_private_bytes(SEED), "key-1"),
        verification_method=multikey.key_method(public()),
        created=ISSUED,
    )
    assert verify(theirs, at=NOW).ok is True
    signed = proofs.sign(
        bare,
        suite=proofs.RDFC,
        seed=SEED,
        method=multikey.key_method(public()),
        created=theirs["proof"]["created"],
    )
    assert signed["proof"] == theirs["proof"]
