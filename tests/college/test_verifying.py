"""What a certificate may be changed by, and what the verdict says of it."""

import json
import unicodedata
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from college import multikey
from college.credentials import verify
from tests.college.papers import (
    DID,
    ISSUED,
    METHOD,
    NOW,
    OTHER_SEED,
    SEED,
    listed,
    paper,
    public,
    self_issued,
    shelf,
)
from tests.college.verdicts import changed, reason, verdict, without

PLAIN = paper()
LISTED = listed()
FORMS = ("rdfc", "jcs", "both")


@pytest.mark.parametrize("form", FORMS)
def test_our_own_certificate(form):
    result = verdict(listed(form), lists=shelf())
    assert (result.ok, result.reason, result.issuer_known) == (True, None, True)
    assert [(check.name, check.ok) for check in result.checks] == [
        (name, True) for name in ("json", "format", "proof", "issuer", "validity", "status")
    ]


def test_the_same_from_text_and_bytes():
    text = json.dumps(PLAIN, ensure_ascii=False)
    assert verdict(text) == verdict(text.encode()) == verdict(PLAIN)
    assert verdict(PLAIN).document == PLAIN


def test_valid_but_from_nobody_we_know():
    result = verdict(self_issued())
    assert (result.ok, result.issuer_known) == (True, False)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("credentialSubject", "licenseNumber"), "SBC-2026-000124"),
        (("credentialSubject", "identifier", 0, "identityHash"), "이하늘"),
        (("credentialSubject", "achievement", "name"), "다른 과정"),
        (("credentialSubject", "achievement", "id"), "https://madang.example/other"),
        (("validFrom",), "2020-11-20T00:00:01Z"),
        (("awardedDate",), "2020-01-01T00:00:00Z"),
        (("id",), "urn:uuid:0f5a8a1e-6a0b-4c8e-9a55-0d1b62f3c112"),
        (("issuer", "name"), "다른 대학"),
        (("issuer", "id"), "did:web:other.example:college"),
        (("type",), ["VerifiableCredential", "AchievementCredential", "Profile"]),
    ],
)
def test_a_changed_word_breaks_the_signature(form, path, to):
    assert reason(changed(paper(form), *path, to=to)) == "proof.signature"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", ["awardedDate", "validFrom"])
def test_a_missing_word_breaks_the_signature(form, key):
    assert reason(without(paper(form), key)) == "proof.signature"


@pytest.mark.parametrize("form", FORMS)
def test_a_name_in_another_normal_form_breaks_the_signature(form):
    path = ("credentialSubject", "identifier", 0, "identityHash")
    given_name = PLAIN["credentialSubject"]["identifier"][0]["identityHash"]
    decomposed = unicodedata.normalize("NFD", given_name)
    assert decomposed != given_name
    assert reason(changed(paper(form), *path, to=decomposed)) == "proof.signature"


def test_a_name_is_signed_composed():
    decomposed = paper(holder=unicodedata.normalize("NFD", "김하늘"))
    assert decomposed["credentialSubject"]["identifier"][0]["identityHash"] == unicodedata.normalize("NFC", "김하늘")


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        (("proof",), [], "proof.missing"),
        (("proof",), None, "proof.missing"),
        (("proof",), "signed", "proof.suite"),
        (("proof", "type"), "Ed25519Signature2020", "proof.suite"),
        (("proof", "cryptosuite"), "ecdsa-rdfc-2019", "proof.suite"),
        (("proof", "cryptosuite"), ["eddsa-rdfc-2022"], "proof.suite"),
        (("proof", "previousProof"), "urn:uuid:1", "proof.suite"),
        (("proof", "proofPurpose"), "authentication", "proof.purpose"),
        (("proof", "created"), "2020-11-20", "proof.created"),
        (("proof", "created"), "2020-11-20T00:00:00", "proof.created"),
        (("proof", "created"), "2026-13-20T00:00:00Z", "proof.created"),
        (("proof", "created"), 7, "proof.created"),
        (("proof", "proofValue"), "m" + PLAIN["proof"]["proofValue"][1:], "proof.value"),
        (("proof", "proofValue"), PLAIN["proof"]["proofValue"] + "\n", "proof.value"),
        (("proof", "proofValue"), PLAIN["proof"]["proofValue"][:-9], "proof.value"),
        (("proof", "proofValue"), "z" + "1" * 100_000, "proof.value"),
        (("proof", "verificationMethod"), f"{DID}#key-2", "proof.method"),
        (("proof", "verificationMethod"), "did:web:other.example#key-1", "proof.method"),
        (("proof", "verificationMethod"), {"id": METHOD}, "proof.method"),
        (("proof", "verificationMethod"), f"{multikey.did_key(public())}#other", "proof.method"),
        (("proof", "verificationMethod"), multikey.key_method(public(OTHER_SEED)), "proof.signature"),
        (("proof", "verificationMethod"), multikey.key_method(public()), "proof.signature"),
        (("proof", "created"), "2020-11-20T00:00:01Z", "proof.signature"),
        (("proof", "nonce"), "unsigned", "proof.signature"),
        (("proof", "madeUp"), "unsigned", "context"),
        (("proof", "@context"), ["https://www.w3.org/ns/credentials/v2"], "proof.context"),
    ],
)
def test_a_changed_proof(path, to, expected):
    assert reason(changed(PLAIN, *path, to=to)) == expected


def test_a_proof_of_a_set_that_fails_fails_the_set():
    both = paper("both")
    assert [proof["cryptosuite"] for proof in both["proof"]] == ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
    for place in (0, 1):
        broken = changed(both, "proof", place, "proofValue", to=both["proof"][1 - place]["proofValue"])
        assert reason(broken) == "proof.signature"
    assert reason(changed(both, "proof", to=[*both["proof"], "nothing"])) == "proof.suite"
    assert reason(changed(both, "proof", to=both["proof"] * 5)) == "proof.suite"


@pytest.mark.parametrize("appended", ["https://www.w3.org/ns/credentials/examples/v2", {"@vocab": "urn:x:"}])
def test_jcs_leaves_out_an_appended_context(appended):
    signed = paper("jcs")
    result = verdict(changed(signed, "@context", to=[*signed["@context"], appended]))
    assert (result.ok, result.document) == (True, signed)


def test_jcs_refuses_another_order_and_a_stripped_context():
    signed = paper("jcs")
    assert reason(changed(signed, "@context", to=signed["@context"][::-1])) == "format"
    assert reason(changed(signed, "@context", to=signed["@context"][:1])) == "proof.context"
    swapped = [signed["@context"][0], "urn:x", signed["@context"][1]]
    assert reason(changed(signed, "@context", to=swapped)) == "proof.context"
    assert reason(without(signed, "proof", "@context")) == "proof.signature"
    assert reason(changed(signed, "proof", "@context", to=[])) == "proof.context"


def test_rdfc_refuses_an_appended_context():
    unknown = [*PLAIN["@context"], "https://www.w3.org/ns/credentials/examples/v2"]
    assert reason(changed(PLAIN, "@context", to=unknown)) == "context"
    assert reason(changed(PLAIN, "@context", to=[*PLAIN["@context"], {"@vocab": "urn:x:"}])) == "context"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("madeUp",), "x"),
        (("credentialSubject", "madeUp"), "x"),
        (("madeUp",), {"deep": 1}),
        (("_:hidden",), "x"),
        (("name",), None),
        (("evidence",), []),
        (("id",), "relative"),
        (("id",), "//elsewhere.example/x"),
        (("id",), "1:not-a-scheme"),
        (("id",), "_:b0"),
        (("id",), "@unknown"),
        (("id",), "urn:x> <urn:p> <urn:o> .\n<urn:y"),
        (("id",), "urn:x\n"),
        (("id",), 7),
        (("type",), ["VerifiableCredential", "OpenBadgeCredential", "Undefined"]),
        (("credentialSubject", "achievement", "image"), {"id": "x.png", "type": "Image"}),
        (("name",), {"@value": "x", "@direction": "rtl"}),
        (("name",), {"@value": "x", "@index": "y"}),
        (("name",), {"@value": "x", "@language": "no tag"}),
        (("name",), {"@value": "x", "@type": "relative"}),
        (("name",), "bell \u0007"),
        (("credentialSubject", "@context"), {"@vocab": "urn:x:"}),
        (("@graph",), [{"id": "urn:x"}]),
        (("@reverse",), {"issuer": {"id": "urn:x"}}),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_rdfc_refuses_what_its_signature_would_not_cover(path, to):
    assert reason(changed(PLAIN, *path, to=to)) == "context"


def alike(depth, width):
    """A node whose descendants nobody can tell apart: canonicalisation tries their permutations."""
    children = [alike(depth - 1, width) for _ in range(width)] if depth else []
    return {"narrative": "x", **({"endorsement": children} if children else {})}


@pytest.mark.parametrize(("depth", "width"), [(2, 6), (4, 3), (6, 2)])
def test_rdfc_bounds_its_work_on_nodes_that_look_alike(depth, width):
    result = verdict(changed(PLAIN, "endorsement", to=[alike(depth, width)]))
    [failed] = [check for check in result.checks if check.ok is False]
    assert (failed.name, failed.detail) == ("context", "too many nodes that look alike")


@pytest.mark.parametrize(("depth", "width"), [(1, 4), (2, 2)])
def test_rdfc_signs_a_few_nodes_that_look_alike(depth, width):
    document = {key: value for key, value in PLAIN.items() if key != "proof"}
    assert reason(paper(document={**document, "endorsement": [alike(depth, width)]})) is None


def test_rdfc_bounds_the_size_of_what_it_reads():
    assert reason(changed(PLAIN, "name", to=[f"n{number}" for number in range(600)])) == "context"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "json"),
        ("{", "json"),
        ('{"a":1,"a":1}', "json"),
        ('{"a":NaN}', "json"),
        ('{"a":-Infinity}', "json"),
        ('{"a":1e999}', "json"),
        ('{"a":"\\ud800"}', "json"),
        ('{"\\udfff":1}', "json"),
        ('{"a":9007199254740992}', "json"),
        ('{"a":-9007199254740992}', "json"),
        ('{"a":' + "9" * 5_000 + "}", "json"),
        ("[" * 33 + "]" * 33, "json"),
        ("[" * 100_000, "json"),
        ('"' + "x" * 262_144 + '"', "json"),
        (b"\xff{}", "json"),
        (b"\xef\xbb\xbf{}", "json"),
        ("\ud800", "json"),
        ({"a": {1}}, "json"),
        ({1: "a"}, "json"),
        ({"a": float("nan")}, "json"),
        ({"a": 2**53}, "json"),
        (7, "format"),
        (None, "format"),
        ("[]", "format"),
        ("{}", "format"),
        ('{"a":9007199254740991}', "format"),
        ("[" * 32 + "]" * 32, "format"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_texts_that_are_no_certificate(text, expected):
    assert reason(text) == expected


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("@context",), ["https://www.w3.org/2018/credentials/v1"]),
        (("@context",), None),
        (("type",), ["OpenBadgeCredential"]),
        (("issuer",), None),
        (("issuer",), {"name": "nobody"}),
        (("credentialSubject",), []),
        (("credentialSubject",), "somebody"),
        (("credentialSubject",), [{}]),
        (("validFrom",), "2020-11-20"),
        (("validUntil",), "2020-11-20T25:00:00Z"),
        (("awardedDate",), 7),
    ],
)
def test_no_credential(path, to):
    assert reason(changed(PLAIN, *path, to=to)) == "format"


def test_validity_is_half_open():
    document = {**{key: value for key, value in PLAIN.items() if key != "proof"}, "validUntil": "2020-11-30T00:00:00Z"}
    signed = paper(document=document)
    until = datetime.fromisoformat("2020-11-30T00:00:00Z")
    moments = (ISSUED - timedelta(seconds=1), ISSUED, until - timedelta(microseconds=1), until)
    expected = ["validity.not_yet", None, None, "validity.expired"]
    assert [reason(signed, at=at) for at in moments] == expected


def test_a_naive_time_is_the_callers_mistake():
    with pytest.raises(ValueError, match="zone"):
        verify(PLAIN, at=NOW.replace(tzinfo=None))


def test_a_did_must_own_the_key_that_signed():
    stolen_name = paper(seed=OTHER_SEED, method=multikey.key_method(public(OTHER_SEED)))
    assert reason(stolen_name) == "issuer.mismatch"
    result = verdict(paper(seed=OTHER_SEED, method=multikey.key_method(public(OTHER_SEED)), issuer="https://x.example"))
    assert (result.ok, result.issuer_known) == (True, False)


def test_what_no_proof_covers_is_not_shown():
    assert verdict(changed(PLAIN, "validFrom", to="2020-11-19T00:00:00Z")).document is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PATHS = [(key,) for key in LISTED] + [("proof", key) for key in LISTED["proof"]]
PATHS += [("credentialStatus", 0, key) for key in LISTED["credentialStatus"][0]]
SHELF = shelf()


@given(st.sampled_from(PATHS), json_values)
def test_never_raises_and_never_takes_a_change(path, to):
    mutated = changed(LISTED, *path, to=to)
    result = verdict(mutated, lists=SHELF)
    assert result.ok is (mutated == LISTED)


@given(json_values | st.text(max_size=40) | st.binary(max_size=40))
def test_never_raises_on_anything(anything):
    assert verify(anything, at=NOW).ok is False


def test_signing_is_deterministic():
    assert paper(seed=SEED) == PLAIN
