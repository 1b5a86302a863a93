"""Until when an offered seat or place may be accepted. Pure.

The later of 48 counted hours, in which nights do not count, and 18:00 of the next working day; never past the last moment
to join. All of it policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.core.periods import OVERRIDES, SEOUL, add_working_days


@dataclass(frozen=True, slots=True)
class OfferPolicy:
    """Hours counted between ``day_starts`` and ``day_ends`` (Seoul), and when the next working day ends."""

    counted_hours: int = 48
    day_starts: time = time(8)
    day_ends: time = time(22)
    office_closes: time = time(18)


DEFAULT = OfferPolicy()


def expires_at(
    offered_at: datetime,
    late_join_until: datetime,
    policy: OfferPolicy = DEFAULT,
    *,
    overrides: Mapping[date, bool] = OVERRIDES,
) -> datetime:
    """When an offer made at ``offered_at`` lapses (Seoul time); ``ValueError`` for a time without zone."""
    if offered_at.utcoffset() is None or late_join_until.utcoffset() is None:
        raise ValueError("a time without a zone")
    start = offered_at.astimezone(SEOUL)
    working = add_working_days(start.date(), 1, overrides=overrides)
    office = datetime.combine(working, policy.office_closes, SEOUL)
    return min(max(_counted(start, policy), office), late_join_until.astimezone(SEOUL))


def _counted(start: datetime, policy: OfferPolicy) -> datetime:
    """The instant by which the counted hours have passed."""
    left, at = timedelta(hours=policy.counted_hours), start
    while True:
        opens = datetime.combine(at.date(), policy.day_starts, SEOUL)
        closes = datetime.combine(at.date(), policy.day_ends, SEOUL)
        at = max(at, opens)
        if at + left <= closes:
            return at + left
        left -= max(timedelta(0), closes - at)
        at = datetime.combine(at.date() + timedelta(days=1), policy.day_starts, SEOUL)
