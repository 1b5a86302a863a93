import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.business_number import check_digit, formatted, is_valid, normalise

NINE = st.text("0123456789", min_size=9, max_size=9).filter(lambda digits: digits != "000000000")


@given(NINE)
def test_exactly_one_check_digit_is_right(nine):
    assert [digit for digit in "0123456789" if is_valid(nine + digit)] == [str(check_digit(nine))]


@given(NINE, st.integers(0, 7), st.integers(1, 9))
def test_one_mistyped_digit_is_found(nine, place, shift):
    number = nine + str(check_digit(nine))
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not is_valid(wrong)


@given(NINE)
def test_kept_without_hyphens_shown_with_them(nine):
    number = nine + str(check_digit(nine))
    assert normalise(f" {formatted(number)}\n") == number


@pytest.mark.parametrize("text", ["", "000-00-00000", "123-4567891", "123-45-67891 ", "123–45–67891", None, 1234567891])
def test_refused(text):
    assert not is_valid(text)


def test_normalise_refuses():
    with pytest.raises(ValueError):
        normalise("123-45-67890")
