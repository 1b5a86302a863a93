"""The leaf's rules: every refusal of the format, and the encoder against an independent one."""

import json
import string
import unicodedata

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import entry, merkle
from ledger.entry import InvalidLeaf

ID, OTHER, THIRD = (f"0197f2c4-7c00-7a10-9c1e-2f6f0a3b1d4{digit}" for digit in "456")
SALT = bytes(range(32))
COMMITMENT = entry.commit("홍길동", SALT)


def leaf(**changes):
    return {
        "v": 1,
        "type": "space.allocation.decided/1",
        "id": ID,
        "at": "2026-11-21T22:30:00.123456Z",
        "actor": {"role": "space.approver", "c": COMMITMENT},
        "subject": {"kind": "company", "ref": "c-0042", "c": COMMITMENT},
        "data": {"months": 24, "rent": "120000"},
        "refs": [OTHER],
    } | changes


def nested(depth):
    value = 1
    for _ in range(depth):
        value = {"a": value}
    return value


values = st.recursive(
    st.booleans()
    | st.integers(-entry.MAX_INTEGER, entry.MAX_INTEGER)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20).map(
        lambda text: unicodedata.normalize("NFC", text)
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(string.ascii_lowercase + string.digits + "_", min_size=1, max_size=64), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(value=values)
def test_canonical_bytes_are_those_of_an_independent_encoder(value):
    assert entry.canonical_value(value) == rfc8785.dumps(value)


@given(data=st.dictionaries(st.text(string.ascii_lowercase + "_", min_size=1, max_size=64), values, max_size=5))
def test_leaf_bytes_are_a_fixed_point(data):
    spelled = entry.leaf_bytes(leaf(data=data))
    assert entry.parse_leaf(spelled) == leaf(data=data)
    assert entry.leaf_bytes(entry.parse_leaf(spelled)) == spelled


@given(data=st.binary(max_size=200))
def test_parsing_anything_either_fails_cleanly_or_is_exact(data):
    with pytest.raises(InvalidLeaf):
        entry.parse_leaf(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": {"role": "system"}},
        {"refs": []},
        {"refs": [OTHER, THIRD]},
        {"subject": {"kind": "log", "ref": "log"}},
        {"type": "a.b/9999"},
        {"type": "a.b.c_2.d/1"},
        {"data": {}},
        {"data": nested(7)},
        {"data": {"n": entry.MAX_INTEGER, "m": -entry.MAX_INTEGER}},
        {"data": {"t": 'é"\\\n\u007f\u2028😀'}},
        {"at": "2024-02-29T23:59:59.000000Z"},
        {"subject": {"kind": "a" * 64, "ref": "A-z.0_9:" + "x" * 56}},
    ],
)
def test_what_a_leaf_may_say(changes):
    data = entry.leaf_bytes(leaf(**changes))
    assert data == rfc8785.dumps(leaf(**changes))
    assert entry.parse_leaf(data) == leaf(**changes)


class Text(str):
    pass


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"v": 1.0},
        {"v": "1"},
        {"type": "decided/1"},
        {"type": "a.b.c.d.e/1"},
        {"type": "a.b/0"},
        {"type": "a.b/01"},
        {"type": "a.b/10000"},
        {"type": "a.b"},
        {"type": "A.b/1"},
        {"type": "a.2b/1"},
        {"type": "a.b/1\n"},
        {"type": "a..b/1"},
        {"id": ID.upper()},
        {"id": ID.replace("-7a10", "-4a10")},
        {"id": ID.replace("-9c1e", "-cc1e")},
        {"id": ID.replace("-", "")},
        {"id": ID + "\n"},
        {"at": "2026-11-21T22:30:00Z"},
        {"at": "2026-11-21T22:30:00.123Z"},
        {"at": "2026-11-21T22:30:00.123456+00:00"},
        {"at": "2026-11-21 22:30:00.123456Z"},
        {"at": "2026-02-29T22:30:00.123456Z"},
        {"at": "2026-11-21T24:00:00.000000Z"},
        {"at": "2026-12-31T23:59:60.000000Z"},
        {"at": "0000-01-01T00:00:00.000000Z"},
        {"at": "２026-11-21T22:30:00.123456Z"},
        {"at": 1},
        {"refs": [ID]},
        {"refs": [OTHER, OTHER]},
        {"refs": ["x"]},
        {"refs": (OTHER,)},
        {"refs": None},
        {"refs": [[OTHER]]},
        {"actor": {"role": "space.approver"}},
        {"actor": {"c": COMMITMENT}},
        {"actor": {"role": "system", "name": "x"}},
        {"actor": {"role": "", "c": COMMITMENT}},
        {"actor": {"role": "space approver", "c": COMMITMENT}},
        {"actor": {"role": "system", "c": None}},
        {"actor": {"role": "system", "c": COMMITMENT[:-1]}},
        {"actor": {"role": "system", "c": COMMITMENT + "="}},
        {"actor": {"role": "system", "c": COMMITMENT[:-1] + "B"}},
        {"actor": "system"},
        {"subject": {"kind": "company"}},
        {"subject": {"kind": "company", "ref": ""}},
        {"subject": {"kind": "company", "ref": "a b"}},
        {"subject": {"kind": "company", "ref": "x" * 65}},
        {"subject": {"kind": "company", "ref": "한글"}},
        {"subject": {"kind": "company", "ref": "x", "name": "y"}},
        {"subject": {"kind": "company", "ref": "x\n"}},
        {"data": []},
        {"data": None},
        {"data": {"n": 1.5}},
        {"data": {"n": 1.0}},
        {"data": {"n": float("nan")}},
        {"data": {"n": None}},
        {"data": {"n": entry.MAX_INTEGER + 1}},
        {"data": {"n": -entry.MAX_INTEGER - 1}},
        {"data": {"n": (1,)}},
        {"data": {"n": b"x"}},
        {"data": {"n": Text("x")}},
        {"data": {"Key": 1}},
        {"data": {"": 1}},
        {"data": {"k" * 65: 1}},
        {"data": {"key\n": 1}},
        {"data": {1: 1}},
        {"data": {"t": "a\0"}},
        {"data": {"t": "한\0"}},
        {"data": {"t": "\ud800"}},
        {"data": {"t": unicodedata.normalize("NFD", "한글")}},
        {"data": {"t": "e\u0301"}},
        {"data": nested(8)},
        {"data": {"a": [[[[[[[1]]]]]]]}},
        {"data": {"t": "x" * 66_000}},
        {"more": 1},
    ],
    ids=repr,
)
def test_what_a_leaf_may_not_say(changes):
    with pytest.raises(InvalidLeaf):
        entry.leaf_bytes(leaf(**changes))


@pytest.mark.parametrize("key", sorted(entry.LEAF_KEYS))
def test_every_key_is_needed(key):
    short = leaf()
    del short[key]
    with pytest.raises(InvalidLeaf):
        entry.leaf_bytes(short)


def test_the_size_limit_is_exact():
    room = entry.MAX_BYTES - len(entry.leaf_bytes(leaf(data={"t": ""})))
    assert len(entry.leaf_bytes(leaf(data={"t": "x" * room}))) == entry.MAX_BYTES
    with pytest.raises(InvalidLeaf):
        entry.leaf_bytes(leaf(data={"t": "x" * (room + 1)}))


SPELLED = entry.leaf_bytes(leaf(data={"n": 1, "t": "가/"}))


@pytest.mark.parametrize(
    "data",
    [
        SPELLED.replace(b'"v":1', b'"v":1.0'),
        SPELLED.replace(b'"v":1', b'"v":1,"v":1'),
        SPELLED.replace(b'"n":1,', b'"n":1,"n":1,'),
        SPELLED.replace(b'"n":1', b'"n":-0'),
        SPELLED.replace(b'"n":1', b'"n":1e0'),
        SPELLED.replace(b'"n":1', b'"n":NaN'),
        SPELLED.replace(b",", b", ", 1),
        SPELLED.replace("가".encode(), b"\\uac00"),
        SPELLED.replace(b"/", b"\\/"),
        SPELLED.replace("가".encode(), "가".encode("euc-kr")),
        b"\xef\xbb\xbf" + SPELLED,
        SPELLED + b"\n",
        b" " + SPELLED,
        SPELLED[:-1],
        json.dumps(leaf()).encode(),
        b'"leaf"',
        b"[" * 60_000,
        b'{"v":' + b"9" * 60_000 + b"}",
        b"{}",
        b"",
        SPELLED.decode(),
        bytearray(SPELLED),
        SPELLED + b" " * entry.MAX_BYTES,
    ],
    ids=lambda data: repr(data[:30]),
)
def test_other_spellings_are_refused(data):
    with pytest.raises(InvalidLeaf):
        entry.parse_leaf(data)


PLAIN = entry.leaf_bytes(leaf(data={"b": 1, "flag": True, "list": ["x", 2], "to": "SENT"}))
#: Bits of leaves, put anywhere into a plain one: what the quick way admits, the long way must admit as the same leaf.
BITS = [
    b'"', b",", b":", b"{", b"}", b"[", b"]", b"\\", b" ", b"\n", b"\x00", b"\x7f", b"\xc3\xa9", b"0", b"9", b"-0", b"1.0", b"1e3",
    b"null", b"true", b"9007199254740993", b"123456789012345", b'"a":1,', b'"b":2,', b'"zz":[],', b'"zz":[1,"x"],', b'"zz":{},',
    b'"role":"system"', b'"c":"x",', b'"no":"a.b/2026/1",', f'"{OTHER}",'.encode(), f'"{ID}",'.encode(), b"24:00:00", b"2026-02-30",
]  # fmt: skip


def both_ways(data):
    """The leaf by the quick way (None: cannot tell) and by the long way (None: refused)."""
    try:
        return entry._parse_plain(data), entry._parse_any(data)
    except InvalidLeaf:
        return entry._parse_plain(data), None


@settings(max_examples=400)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(PLAIN)), st.integers(0, 12), st.sampled_from([b"", *BITS])), min_size=1, max_size=3
    )
)
def test_the_quick_way_of_parsing_admits_nothing_that_the_long_way_refuses(edits):
    data = PLAIN
    for at, length, put in edits:
        data = data[:at] + put + data[at + length :]
    quick, long = both_ways(data)
    assert quick is None or quick == long


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"b":1,', b'"b":1,"b":1,'),
        (b'"b":1,', b'"zz":1,'),
        (b'"b":1', b'"b":-0'),
        (b'"b":1', b'"b":01'),
        (b'"b":1', b'"b":1.0'),
        (b'"b":1', b'"b":{"d":1,"c":2}'),
        (b'"b":1', b'"b":null'),
        (b'"b":1', b'"b":9007199254740992'),
        (b"SENT", b"SE\\u0041T"),
        (b"SENT", b"SE\x00T"),
        (b"SENT", b"e\xcc\x81"),
        (b"2026-11-21", b"2026-02-30"),
        (b"2026-11-21", b"0000-11-21"),
        (b"T22:30:00", b"T24:00:00"),
        (b"T22:30:00", b"T22:30:60"),
        (OTHER.encode(), ID.encode()),
        (f'"{OTHER}"'.encode(), f'"{OTHER}","{OTHER}"'.encode()),
        (f'"c":"{COMMITMENT}","role"'.encode(), b'"role"'),
        (b'"v":1', b'"v":2'),
        (b"decided/1", b"decided/0"),
    ],
)
def test_what_is_wrong_in_a_plain_leaf_is_refused_by_both_ways(old, new):
    data = PLAIN.replace(old, new, 1)
    assert data != PLAIN
    assert both_ways(data) == (None, None)


def test_a_plain_leaf_takes_the_quick_way():
    assert both_ways(PLAIN) == (json.loads(PLAIN), json.loads(PLAIN))
    for allowed in (b'"b":123456789012345', b'"b":-7', b'"b":[]', b'"b":"~ !"', b'"b":0'):
        quick, long = both_ways(PLAIN.replace(b'"b":1', allowed))
        assert quick == long
        assert quick is not None


@pytest.mark.parametrize("salt", [b"", SALT[:31], SALT + b"\0", "x" * 32, bytearray(SALT)], ids=repr)
def test_salts_of_other_lengths_are_refused(salt):
    with pytest.raises(InvalidLeaf):
        entry.commit("x", salt)


@pytest.mark.parametrize("value", [1.5, None, {"a": None}, "e\u0301", {"A": 1}, {"a": {1, 2}}, nested(9)], ids=repr)
def test_values_outside_the_rules_are_not_committed_to(value):
    with pytest.raises(InvalidLeaf):
        entry.commit(value, SALT)


def test_commitments_differ_by_salt_and_by_value():
    found = {entry.commit(value, salt) for value in ("a", "b", ["a"]) for salt in (SALT, SALT[::-1])}
    assert len(found) == 6
    assert all(entry.is_commitment(text) for text in found)


def test_a_salt_is_spelled_one_way_only():
    assert entry.salt_bytes(entry.salt_text(SALT)) == SALT
    for text in (entry.salt_text(SALT) + "=", entry.salt_text(SALT)[:-1] + "9", "x", None, 7):
        with pytest.raises(InvalidLeaf):
            entry.salt_bytes(text)


def test_a_node_offered_as_a_leaf_hashes_differently():
    """Attack 15: the 65 bytes of an inner node's preimage are no leaf, and would not hash to the node."""
    left, right = entry.leaf_hash(b"a"), entry.leaf_hash(b"b")
    node = b"\x01" + left + right
    assert entry.leaf_hash(node) != merkle.node_hash(left, right)
    with pytest.raises(InvalidLeaf):
        entry.parse_leaf(node)
