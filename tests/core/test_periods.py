from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import periods
from portal.core.periods import SEOUL

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(DAYS, st.integers(0, 900))
def test_month_parts_cover_the_period_once(start, length):
    end = start + timedelta(days=length)
    parts = list(periods.month_parts(start, end))
    assert sum(part.days for part in parts) == length
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert len({part.month for part in parts}) == len(parts)
    assert all(0 < part.days <= part.days_in_month for part in parts)


@given(DAYS, st.integers(-60, 60))
def test_months_keep_the_day_where_the_month_has_it(day, months):
    moved = periods.add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == min(day.day, periods.days_in_month(moved))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2020, 12, 31), -1, date(2020, 11, 30)),
        (date(2019, 12, 23), 25, date(2022, 1, 23)),
    ],
)
def test_add_months(day, months, expected):
    assert periods.add_months(day, months) == expected


def test_years_include_the_same_day():
    assert periods.within_years(date(2012, 12, 9), 7, date(2019, 12, 9))
    assert not periods.within_years(date(2012, 12, 9), 7, date(2019, 12, 10))
    assert periods.last_day_within(date(2012, 2, 29), 8) == date(2020, 2, 29)


def test_end_before_start():
    with pytest.raises(ValueError):
        list(periods.month_parts(date(2020, 1, 2), date(2020, 1, 1)))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2019, 12, 24), True),
        (date(2019, 12, 25), False),
        (date(2019, 12, 28), False),
        (date(2019, 12, 29), False),
        (date(2020, 1, 27), False),
        (date(2020, 8, 17), False),
    ],
)
def test_working_days_of_public_offices(day, works):
    assert periods.is_working_day(day) == works


def test_the_override_table_wins_but_makes_no_sunday_a_working_day():
    declared = {date(2019, 12, 24): True, date(2019, 12, 25): False, date(2019, 12, 29): False}
    works = [periods.is_working_day(day, overrides=declared) for day in sorted(declared)]
    assert works == [False, True, False]


def test_adding_working_days_skips_new_year():
    assert periods.add_working_days(date(2019, 12, 31), 1) == date(2020, 1, 2)
    assert periods.add_working_days(date(2020, 1, 23), 2) == date(2020, 1, 29)


def test_a_last_day_on_a_holiday_moves_on():
    assert periods.last_day(date(2019, 12, 26), 30) == date(2020, 1, 28)
    assert periods.end_of_day(date(2020, 1, 28)) == datetime(2020, 1, 28, 15, tzinfo=UTC)


def test_an_offer_keeps_its_hour_on_a_working_day():
    sent = datetime(2019, 12, 23, 14, 0, 5, tzinfo=SEOUL)
    assert periods.offer_expiry(sent, 10) == datetime(2020, 1, 2, 14, 0, 5, tzinfo=SEOUL)


def test_an_offer_that_ends_on_a_day_off_ends_at_six_on_the_next_working_day():
    sent = datetime(2019, 12, 15, 9, tzinfo=SEOUL)
    assert periods.offer_expiry(sent, 10) == datetime(2019, 12, 26, 18, tzinfo=SEOUL)


def test_the_day_of_an_offer_is_counted_in_seoul():
    sent = datetime(2019, 12, 17, 15, 30, tzinfo=UTC)
    assert periods.offer_expiry(sent, 10) == datetime(2019, 12, 30, 18, tzinfo=SEOUL)
