"""The compressed bit string: what is written can be read, and nothing else can."""

import gzip
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from college.statuslist import MAX_BYTES, ListError, decode, encode, is_set, with_bit

GOOD = encode(bytes(16_384))


def text(packed):
    return "u" + urlsafe_b64encode(packed).rstrip(b"=").decode()


def test_the_same_bits_give_the_same_text():
    assert encode(bytes(16_384)) == GOOD
    # Bytes 4 to 7 of gzip are its time stamp, which would make two lists of the same bits differ.
    assert gzip.decompress(gzip.compress(b"x", mtime=0)) == b"x"


def test_bit_0_is_the_left_most():
    assert with_bit(bytes(2), 0, True) == b"\x80\x00"
    assert with_bit(bytes(2), 15, True) == b"\x00\x01"
    assert with_bit(b"\xff\xff", 8, False) == b"\xff\x7f"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "u",
        GOOD[1:],
        "z" + GOOD[1:],
        GOOD + "=",
        GOOD + "\n",
        " " + GOOD,
        GOOD[:-4],
        GOOD.replace("-", "+"),
        text(gzip.compress(bytes(16_384), mtime=0) + b"tail"),
        text(gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0)),
        text(b"not gzip"),
        "uA",
        None,
        GOOD.encode(),
        7,
    ],
    ids=lambda broken: repr(broken)[:20],
)
def test_not_a_list(broken):
    with pytest.raises(ListError):
        decode(broken)


def test_stray_bits_are_refused():
    # Where the bytes leave a remainder of 1, the last character carries 2 bits of a byte and 4 that must be 0.
    lengths = (gzip.compress(bytes(range(length)), mtime=0) for length in range(3))
    spelled = text(next(packed for packed in lengths if len(packed) % 3 == 1))
    assert decode(spelled) is not None
    with pytest.raises(ListError):
        decode(spelled[:-1] + chr(ord(spelled[-1]) + 1))


def test_a_bomb_is_refused_before_it_unpacks():
    with pytest.raises(ListError):
        decode(text(gzip.compress(bytes(MAX_BYTES + 1))))
    with pytest.raises(ListError):
        encode(bytes(MAX_BYTES + 1))


@pytest.mark.parametrize("index", [-1, 16, True, "0", 1.0, None])
def test_no_such_bit(index):
    with pytest.raises(ListError):
        is_set(bytes(2), index)
    with pytest.raises(ListError):
        with_bit(bytes(2), index, True)


@given(st.binary(max_size=2_000))
def test_round_trip(bits):
    assert decode(encode(bits)) == bits


@given(st.binary(min_size=1, max_size=64), st.data(), st.booleans())
def test_one_bit_changes_and_no_other(bits, data, value):
    index = data.draw(st.integers(0, len(bits) * 8 - 1))
    changed = with_bit(bits, index, value)
    assert is_set(changed, index) is value
    others = [at for at in range(len(bits) * 8) if at != index]
    assert [is_set(changed, at) for at in others] == [is_set(bits, at) for at in others]


@given(st.text(max_size=60).map(lambda tail: "u" + tail))
def test_any_text_is_read_or_refused(spelled):
    try:
        bits = decode(spelled)
    except ListError:
        return
    assert isinstance(bits, bytes)
