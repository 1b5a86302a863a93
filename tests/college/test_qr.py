"""The rotating code: short-lived, of one session and one kind."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from college import qr

SECRET = b"s" * 32
NOW = datetime(2026, 11, 22, 0, 0, 10, tzinfo=UTC)


def read(path, *, secret=SECRET, now=NOW):
    session, step, mac = qr.parts(path)
    return session, qr.kind_of(secret, step, mac), qr.is_fresh(step, now)


def test_a_code_names_its_session_and_kind():
    assert read(qr.path(SECRET, "S-7", "OUT", NOW)) == ("S-7", "OUT", True)


def test_a_photo_lives_at_most_a_minute():
    shown = qr.path(SECRET, "S-7", "IN", NOW - timedelta(seconds=10))
    lives = [read(shown, now=NOW - timedelta(seconds=10) + timedelta(seconds=age))[2] for age in (0, 30, 59, 60)]
    assert lives == [True, True, True, False]


def test_a_code_of_tomorrow_is_not_fresh():
    assert read(qr.path(SECRET, "S-7", "IN", NOW + timedelta(seconds=30)))[2] is False


def test_an_old_code_still_proves_that_it_was_shown():
    shown = qr.path(SECRET, "S-7", "IN", NOW - timedelta(days=3))
    assert read(shown) == ("S-7", "IN", False)


def test_a_code_of_another_session_or_step_proves_nothing():
    _, step, mac = qr.parts(qr.path(SECRET, "S-7", "IN", NOW))
    assert qr.kind_of(b"t" * 32, step, mac) is None
    assert qr.kind_of(SECRET, step + 1, mac) is None


@pytest.mark.parametrize("text", ["", "/a/S-7/1", "/a/S-7/x/" + "m" * 22, "/a/S/7/1/" + "m" * 22, "/a/S/1/" + "m" * 23])
def test_not_a_code(text):
    assert qr.parts(text) is None


def test_only_scans_have_codes():
    with pytest.raises(ValueError, match="EXCUSE"):
        qr.path(SECRET, "S-7", "EXCUSE", NOW)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="zone"):
        qr.step_at(NOW.replace(tzinfo=None))


@given(st.text(max_size=30), st.integers(0, 10**9))
def test_a_guess_proves_nothing(mac, step):
    assert qr.kind_of(SECRET, step, mac) is None
