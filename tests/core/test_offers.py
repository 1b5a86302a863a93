"""Until when an offer holds: counted hours, working days, the last day to join."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.offers import OfferPolicy, expires_at
from portal.core.periods import SEOUL, is_working_day

FAR = datetime(2030, 1, 1, tzinfo=SEOUL)


def seoul(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        # 14 counted hours a day: 48 are three days and six hours.
        (seoul(11, 23, 8), seoul(11, 26, 14)),
        (seoul(11, 23, 12), seoul(11, 26, 18)),
        (seoul(11, 23, 21), seoul(11, 27, 13)),
        # At night nothing is counted, so midnight, 03:00 and 08:00 are one.
        (seoul(11, 24, 0), seoul(11, 27, 14)),
        (seoul(11, 24, 3), seoul(11, 27, 14)),
        (seoul(11, 23, 22), seoul(11, 27, 14)),
        (seoul(11, 23, 23), seoul(11, 27, 14)),
    ],
)
def test_counted_hours(offered, expected):
    assert expires_at(offered, FAR) == expected


def test_never_before_the_next_working_day_ends():
    short = OfferPolicy(counted_hours=4)
    friday = seoul(11, 27, 10)
    assert expires_at(friday, FAR, short) == seoul(11, 30, 18)


def test_a_holiday_is_no_working_day():
    short = OfferPolicy(counted_hours=4)
    assert expires_at(seoul(12, 24, 10), FAR, short) == seoul(12, 28, 18)


def test_never_past_the_last_day_to_join():
    assert expires_at(seoul(11, 23, 8), seoul(11, 24, 9)) == seoul(11, 24, 9)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="zone"):
        expires_at(datetime(2026, 11, 23, 8), FAR)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC)))
def test_always_at_least_two_days_and_a_working_day(offered):
    ends = expires_at(offered, FAR)
    assert ends >= offered + timedelta(hours=48)
    days = ((offered.astimezone(SEOUL) + timedelta(days=ahead)).date() for ahead in range(1, 30))
    working = next(day for day in days if is_working_day(day))
    assert ends >= datetime(working.year, working.month, working.day, 18, tzinfo=SEOUL)
    assert 8 <= ends.hour <= 22
