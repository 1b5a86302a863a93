"""What a certificate may be changed by, and what the verdict says of it."""

import copy
import json
import unicodedata
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from college import issuers, multikey, proofs, statuslist
from college.credentials import verify
from college.issuers import Key
from tests.college.papers import (
    BITS,
    DID,
    INDEX,
    ISSUED,
    LISTS,
    METHOD,
    NOW,
    OTHER_SEED,
    SEED,
    issuer,
    known,
    listed,
    paper,
    public,
    self_issued,
    shelf,
    status_list,
)

PLAIN = paper()
LISTED = listed()
FORMS = ("rdfc", "jcs", "both")


def verdict(document, *, at=NOW, lists=None, issuers_known=None):
    return verify(document, at=at, lists=lists, issuers_known=issuers_known or known())


def reason(document, **given):
    return verdict(document, **given).reason


def changed(document, *path, to):
    copied = copy.deepcopy(document)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = to
    return copied


def without(document, *path):
    copied = copy.deepcopy(document)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    return copied


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


def taken_back(*purposes):
    bits = statuslist.with_bit(BITS, INDEX, True)
    return shelf(*(status_list(purpose, bits=bits) for purpose in purposes))


def test_taken_back():
    assert reason(LISTED, lists=taken_back("revocation")) == "status.revoked"
    assert reason(LISTED, lists=taken_back("suspension")) == "status.suspended"
    assert reason(LISTED, lists=taken_back("suspension", "revocation")) == "status.revoked"


def test_lists_of_the_issuer_are_used_when_none_are_given():
    assert reason(LISTED, issuers_known=known(lists=taken_back("revocation"))) == "status.revoked"
    assert reason(LISTED, issuers_known=known(lists=shelf())) is None


ELSEWHERE = {**status_list("suspension"), "id": LISTS["revocation"]}
BAD_LISTS = {
    "at hand": lambda: {}.get,
    "signed": lambda: shelf({**status_list("revocation"), "validUntil": "2030-01-01T00:00:00Z"}),
    "signed by us": lambda: shelf(status_list("revocation", seed=OTHER_SEED)),
    "in force": lambda: shelf(status_list("revocation", until=NOW)),
    "ours": lambda: shelf(status_list("revocation", issuer="https://other.example")),
    "of the purpose": lambda: shelf(status_list("suspension", url=LISTS["revocation"])),
    "the one named": lambda: {**dict.fromkeys(LISTS.values(), status_list("revocation"))}.get,
    "long enough": lambda: shelf(status_list("revocation", bits=BITS[:-1])),
    "a list": lambda: shelf(status_list("revocation", type=["VerifiableCredential"])),
    "an object": lambda: lambda address: "nothing",
}


@pytest.mark.parametrize("missing", BAD_LISTS)
def test_a_list_that_is_not(missing):
    assert reason(LISTED, lists=BAD_LISTS[missing]()) == "status.unknown"


def test_no_lists_at_hand():
    assert reason(LISTED) == "status.unknown"


@pytest.mark.parametrize(
    "changes",
    [
        {"statusListIndex": str(len(BITS) * 8)},
        {"statusListIndex": "-1"},
        {"statusListIndex": "１"},
        {"statusListIndex": 7},
        {"statusPurpose": "message"},
        {"type": "Other"},
        {"statusListCredential": "https://madang.example/none"},
        {"statusSize": 2},
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_looked_up(changes):
    bare = {key: value for key, value in LISTED.items() if key != "proof"}
    entry = {**bare["credentialStatus"][0], **changes}
    document = paper("jcs", document={**bare, "credentialStatus": entry})
    assert reason(document, lists=shelf()) == "status.unknown"


def test_entries_without_end_are_not_looked_up():
    bare = {key: value for key, value in LISTED.items() if key != "proof"}
    for count in (0, 9):
        document = paper("jcs", document={**bare, "credentialStatus": bare["credentialStatus"][:1] * count})
        assert reason(document, lists=shelf()) == "status.unknown"


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


def test_signing_is_deterministic():
    assert paper(seed=SEED) == PLAIN
