"""When a tour is where, whether every stop is open then, and how many it can take. Pure; Seoul's time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.core.periods import SEOUL


@dataclass(frozen=True, slots=True)
class Stop:
    """``hours``: by weekday (Monday 0) from and until, in minutes of the day; a day without hours is closed."""

    code: str
    dwell_min: int
    capacity: int
    hours: Mapping[int, tuple[int, int]]
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Leg:
    """The way to the next stop."""

    minutes: int
    mode: str = "WALK"


@dataclass(frozen=True, slots=True)
class Visit:
    """From when to when the tour is at a stop."""

    stop: str
    arrive: datetime
    leave: datetime


def visits(start: datetime, stops: Sequence[Stop], legs: Sequence[Leg]) -> list[Visit]:
    """The stops with their times, in order. Raises ``ValueError`` unless there is one leg between each two stops."""
    if len(legs) != len(stops) - 1:
        raise ValueError(f"{len(stops)} stops need {max(len(stops) - 1, 0)} legs, not {len(legs)}")
    found, arrive = list[Visit](), start
    for stop, leg in zip(stops, [*legs, Leg(0)], strict=True):
        leave = arrive + timedelta(minutes=stop.dwell_min)
        found.append(Visit(stop.code, arrive, leave))
        arrive = leave + timedelta(minutes=leg.minutes)
    return found


def problems(start: datetime, stops: Sequence[Stop], legs: Sequence[Leg]) -> list[str]:
    """What stands against the tour, in the order of its stops: ``closed:``, ``before_opening:`` or ``after_closing:`` with
    the stop's code. Leaving on the minute of closing is in time."""
    found = list[str]()
    for stop, visit in zip(stops, visits(start, stops, legs), strict=True):
        found += [f"{problem}:{stop.code}" for problem in _against(stop, visit)]
    return found


def _against(stop: Stop, visit: Visit) -> list[str]:
    arrive, leave = _local(visit.arrive), _local(visit.leave)
    hours = stop.hours.get(arrive.weekday())
    if hours is None or arrive.date() in stop.closed:
        return ["closed"]
    midnight = datetime.combine(arrive.date(), time())
    opens, closes = (midnight + timedelta(minutes=minutes) for minutes in hours)
    return [name for name, wrong in (("before_opening", arrive < opens), ("after_closing", leave > closes)) if wrong]


def _local(moment: datetime) -> datetime:
    """The clock on the wall in Seoul; what names no zone is meant so."""
    return moment if moment.tzinfo is None else moment.astimezone(SEOUL).replace(tzinfo=None)


def capacity(session_max: int, stops: Sequence[Stop]) -> int:
    """How many can go: the smallest of the session's and every stop's."""
    return min([session_max, *(stop.capacity for stop in stops)])
