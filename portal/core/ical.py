"""Calendar feeds (RFC 5545), as people subscribe to them with their own calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar

MIME = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; ``uid`` stays the same while it changes, so that calendars move it instead of adding another.

    A cancelled one stays in the feed, so that calendars take it out. ``sequence`` counts the changes of time, place or
    state: a calendar keeps the copy with the higher one, so a cancelled entry never stands at 0. What has days and no hours
    is given by its first and its last day.
    """

    uid: str
    title: str
    starts_at: datetime | date
    ends_at: datetime | date
    changed_at: datetime
    place: str = ""
    url: str = ""
    tentative: bool = False
    cancelled: bool = False
    sequence: int = 0
    text: str = ""


def feed(name: str, entries: Iterable[Entry]) -> str:
    """The calendar as a file; times are UTC, days are days."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Madang//Calendar//KO")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical().decode()


def _event(entry: Entry) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("summary", entry.title)
    event.add("dtstart", _moment(entry.starts_at))
    event.add("dtend", _moment(entry.ends_at, after=timedelta(days=1)))
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", max(entry.sequence, int(entry.cancelled)))
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    if entry.text:
        event.add("description", entry.text)
    if entry.url:
        event.add("url", entry.url)
    return event


def _moment(at: datetime | date, after: timedelta = timedelta(0)) -> datetime | date:
    """An instant in UTC; a day as it is, moved by ``after``, for the last day of an entry is one that it does not have."""
    return at.astimezone(UTC) if isinstance(at, datetime) else at + after
