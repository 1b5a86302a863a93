import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import lottery

SECRET = bytes.fromhex("691fbe2c4411469810c5bc7e9891e791f272b02018d3ea42d11e3ab2afcb3981")
SEED = "63cf95731d8866cb8e0679221ec9cee295c3dd7fbe83f18a12d249c45c812585"
DRAWN = [8, 5, 1, 9, 4, 10, 6, 2, 11, 3, 7, 0]


def test_a_published_draw():
    assert lottery.commitment(SECRET) == "39470308ae021032848a5c3a910279d80fc4c9fe4460baaf71a4a930611d8c69"
    seed = lottery.seed(SECRET, "3 11 15 29 35 44")
    assert seed.hex() == SEED
    assert lottery.order(seed, [f"r-{n:03}" for n in range(12)]) == [f"r-{n:03}" for n in DRAWN]


@given(st.binary(min_size=32, max_size=32), st.lists(st.text(max_size=8), unique=True, max_size=20), st.randoms())
def test_the_order_given_in_does_not_matter(seed, ids, random):
    shuffled = ids[:]
    random.shuffle(shuffled)
    assert lottery.order(seed, shuffled) == lottery.order(seed, ids)
    assert sorted(lottery.order(seed, ids)) == sorted(ids)


def test_spelling_of_the_public_value_does_not_matter():
    value = "제1147회 추첨"
    assert lottery.seed(SECRET, unicodedata.normalize("NFD", value)) == lottery.seed(SECRET, value)


def test_everyone_is_as_likely_to_be_first():
    firsts = Counter(lottery.order(lottery.seed(SECRET, str(n)), ["a", "b", "c"])[0] for n in range(3000))
    assert all(900 < count < 1100 for count in firsts.values())


def test_an_id_twice():
    with pytest.raises(ValueError):
        lottery.order(bytes(32), ["a", "a"])


def test_secrets_differ():
    assert lottery.new_secret() != lottery.new_secret()
    assert len(lottery.new_secret()) == 32
