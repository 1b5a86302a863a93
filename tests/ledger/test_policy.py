"""Policies and proof files: what is accepted, and by whose keys."""

import pytest

from ledger import entry, merkle, note, policy, proof
from ledger.merkle import ProofError
from ledger.note import NoteError
from ledger.policy import PolicyError, PolicyUnmet
from tests.ledger.test_entry import leaf

ORIGIN, LOG_SEED = "log.example/audit", bytes([9]) * 32
LOG = note.vkey(ORIGIN, LOG_SEED)
SEEDS = [bytes([number]) * 32 for number in range(1, 6)]
KEYS = [note.vkey(f"w{number}.example", seed, cosigner=True) for number, seed in enumerate(SEEDS)]
LEAVES = [entry.leaf_bytes(leaf(refs=[], data={"n": number})) for number in range(5)]
HASHES = [entry.leaf_hash(data) for data in LEAVES]
TEXT = note.checkpoint_text(ORIGIN, 5, merkle.root(HASHES))
NOW = 1_800_000_000


def witnessed(*times):
    lines = [
        note.cosign(TEXT, f"w{number}.example", SEEDS[number], time)
        for number, time in enumerate(times)
        if time is not None
    ]
    return note.join(TEXT, [note.sign(TEXT, ORIGIN, LOG_SEED), *lines])


def rules(*lines):
    return policy.parse("\n".join([f"log {LOG}", *lines]) + "\n")


WITNESSES = [f"witness w{number} {key} https://w{number}.example/" for number, key in enumerate(KEYS)]
TWO_OF_THREE = rules(*WITNESSES[:3], "group city 2 w0 w1 w2", "quorum city")


def test_comments_blank_lines_and_urls():
    found = rules("", "# witnesses", WITNESSES[0], "quorum w0")
    assert found.witnesses["w0"].url == "https://w0.example/"
    assert found.quorum == "w0"


@pytest.mark.parametrize(("times", "met"), [((), False), ((1,), False), ((1, 1), True), ((None, 1, 1), True)])
def test_two_of_three(times, met):
    if met:
        assert TWO_OF_THREE.check(witnessed(*times)).size == 5
    else:
        with pytest.raises(PolicyUnmet):
            TWO_OF_THREE.check(witnessed(*times))


@pytest.mark.parametrize(
    ("group", "times", "met"),
    [
        ("group g any w0 w1", (None, 1), True),
        ("group g all w0 w1", (None, 1), False),
        ("group g all w0 w1", (1, 1), True),
        ("group g any w0 w1", (None, None, 1), False),
    ],
)
def test_any_and_all(group, times, met):
    check = rules(*WITNESSES[:3], group, "quorum g").check
    if met:
        check(witnessed(*times))
    else:
        with pytest.raises(PolicyUnmet):
            check(witnessed(*times))


def test_groups_of_groups():
    nested = rules(*WITNESSES, "group a 2 w0 w1 w2", "group b any w3 w4", "group q all a b", "quorum q")
    nested.check(witnessed(1, None, 1, None, 1))
    for times in ((1, 1, 1), (1, None, None, 1, 1)):
        with pytest.raises(PolicyUnmet):
            nested.check(witnessed(*times))


def test_only_the_logs_signature_under_its_own_name_counts():
    other = note.vkey("other.example", LOG_SEED)
    text = note.join(TEXT, [note.sign(TEXT, "other.example", LOG_SEED)])
    with pytest.raises(PolicyUnmet):
        policy.parse(f"log {other}\nquorum none\n").check(text)
    with pytest.raises(PolicyUnmet):
        TWO_OF_THREE.check(note.join(TEXT, [witnessed(1, 1).split("\n", 5)[5]]))


def test_an_old_checkpoint_replayed_is_refused_by_age():
    """Attack 7: cosignatures older than the limit do not count, nor those of the future."""
    TWO_OF_THREE.check(witnessed(NOW - 800, NOW), now=NOW, max_age=900)
    for times in ((NOW - 901, NOW), (NOW + 301, NOW)):
        with pytest.raises(PolicyUnmet):
            TWO_OF_THREE.check(witnessed(*times), now=NOW, max_age=900)
    with pytest.raises(PolicyUnmet):
        rules("quorum none").check(witnessed(NOW), now=NOW, max_age=900)


@pytest.mark.parametrize(
    "lines",
    [
        ["quorum none", "quorum none"],
        [],
        ["quorum w9"],
        [f"log {LOG}", "quorum none"],
        [WITNESSES[0], WITNESSES[0], "quorum w0"],
        [WITNESSES[0], f"witness other {KEYS[0]}", "quorum w0"],
        [f"witness w {note.vkey('again', SEEDS[0], cosigner=True)}", WITNESSES[0], "quorum w0"],
        [f"witness w {note.vkey('x', LOG_SEED, cosigner=True)}", "quorum w"],
        [f"witness w {note.vkey('x', SEEDS[0])}", "quorum w"],
        ["log " + KEYS[0], "quorum none"],
        [*WITNESSES[:2], "group g 3 w0 w1", "quorum g"],
        [*WITNESSES[:2], "group g 0 w0 w1", "quorum g"],
        [*WITNESSES[:2], "group g -1 w0 w1", "quorum g"],
        [*WITNESSES[:2], "group g 01 w0 w1", "quorum g"],
        [*WITNESSES[:2], "group g some w0 w1", "quorum g"],
        [*WITNESSES[:2], "group g 2 w0 w0", "quorum g"],
        [*WITNESSES[:2], "group g 2 w0 g", "quorum g"],
        [*WITNESSES[:2], "group a any w0", "group b any w0", "group q 2 a b", "quorum q"],
        [*WITNESSES[:2], "group w0 any w1", "quorum w0"],
        [*WITNESSES[:1], "group none any w0", "quorum none"],
        ["group g any w0", WITNESSES[0], "quorum g"],
        ["group g any", "quorum g"],
        ["quorum"],
        ["quorum none none"],
        ["witness w", "quorum none"],
        ["witness w nonsense", "quorum none"],
        ["extra", "quorum none"],
        [f"log {LOG[:-2]}", "quorum none"],
    ],
)
def test_policies_that_say_nothing_clear_are_refused(lines):
    """Attack 8 among them: one key under several names, or in several groups, would count more than once."""
    with pytest.raises(PolicyError):
        rules(*lines)


def test_a_policy_names_a_log():
    with pytest.raises(PolicyError):
        policy.parse(f"{WITNESSES[0]}\nquorum w0\n")


@pytest.mark.parametrize("index", range(5))
def test_a_proof_file_proves_its_leaf_only(index):
    text = proof.make(index, merkle.inclusion_proof(HASHES, index, 5), witnessed(1, 1))
    assert proof.verify(text, LEAVES[index], TWO_OF_THREE).size == 5
    with pytest.raises(ProofError):
        proof.verify(text, LEAVES[(index + 1) % 5], TWO_OF_THREE)
    with pytest.raises(entry.InvalidLeaf):
        proof.verify(text, LEAVES[index] + b"\n", TWO_OF_THREE)


def test_keys_in_the_bundle_are_not_believed():
    """Attack 20: a proof that brings its own log key is signed by nobody the policy knows."""
    stranger = bytes([77]) * 32
    checkpoint = note.join(TEXT, [note.sign(TEXT, ORIGIN, stranger)])
    text = proof.text(
        proof.Proof(0, merkle.inclusion_proof(HASHES, 0, 5), checkpoint, extra=note.vkey(ORIGIN, stranger).encode())
    )
    assert proof.parse(text).extra is not None
    with pytest.raises(NoteError):
        proof.verify(text, LEAVES[0], rules("quorum none"))


GOOD = proof.make(2, merkle.inclusion_proof(HASHES, 2, 5), witnessed())


@pytest.mark.parametrize(
    "wrong",
    [
        GOOD.replace("@v1", "@v2"),
        GOOD.replace("index 2", "index 02"),
        GOOD.replace("index 2", "index -2"),
        GOOD.replace("index 2", "index ٢"),
        GOOD.replace("index 2\n", ""),
        GOOD.replace("index 2", "Index 2"),
        GOOD.replace("index 2\n", "index 2\nextra AAAA\n"),
        GOOD.replace("index 2\n", "extra AAA\nindex 2\n"),
        GOOD.replace("index 2\n", "extra AAAA\nextra AAAA\nindex 2\n"),
        GOOD.replace("index 2\n", "index 2\nAAAA\n"),
        GOOD.replace("index 2\n", "index 2\n" + "A" * 43 + "=\n"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n\n", "\n", 1),
        GOOD[GOOD.index("index") :],
        GOOD.replace("index 2\n", "index 2\n" + ("A" * 43 + "=\n") * 64),
        "",
    ],
    ids=lambda text: repr(text[20:60]),
)
def test_other_spellings_of_a_proof_are_refused(wrong):
    assert proof.verify(GOOD, LEAVES[2], rules("quorum none")).size == 5
    with pytest.raises(ValueError):
        proof.verify(wrong, LEAVES[2], rules("quorum none"))
