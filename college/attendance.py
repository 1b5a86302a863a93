"""From scans to attended units: one day, then the run. Pure; the rules are numbered in the design of the college.

The defaults follow common Korean practice: ten minutes, three marks make one absence, half a day, 80 %. Courses under
10 days or 40 hours count by the hour. Times are cut to whole seconds; nothing here is a float.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

KINDS = frozenset({"IN", "OUT", "LEAVE", "RETURN", "EXCUSE", "VOID"})
OPENS = frozenset({"IN", "RETURN"})
CLOSES = frozenset({"OUT", "LEAVE"})
COUNTS = frozenset({"DAY", "HOUR"})
WHOLE_BP = 10_000

type Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Event:
    """One recorded scan or office entry; ``voids`` is the ``seq`` of the event that a VOID takes back."""

    kind: str
    at: datetime
    seq: int
    voids: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One lesson ``[starts_at, ends_at)`` worth ``units``; in DAY mode a session has one unit."""

    starts_at: datetime
    ends_at: datetime
    units: int = 1
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """How a run counts; frozen when the run is published. ``n_to_absence`` 0: marks never become absences."""

    count_by: str = "DAY"
    late_after_min: int = 10
    early_before_min: int = 10
    min_ratio_bp: int = 5000
    n_to_absence: int = 3
    checkout_required: bool = True
    excused_cap_units: int | None = None

    def __post_init__(self) -> None:
        if self.count_by not in COUNTS:
            raise ValueError(f"count_by is DAY or HOUR, not {self.count_by!r}")


@dataclass(frozen=True, slots=True)
class Day:
    """What one session came to: PRESENT, LATE, EARLY, OUT, ABSENT, EXCUSED or CANCELLED."""

    status: str
    marks: int
    present_s: int
    scheduled_units: int
    attended_units: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What all sessions came to; ``converted`` is the number of absences that marks were turned into."""

    scheduled_units: int
    attended_units: int
    marks: int
    converted: int
    excused_units: int


def day_status(events: Iterable[Event], session: Session, policy: Policy) -> Day:
    """The day of one person in one session; the order in which ``events`` come does not matter (rules 1 to 6).

    Raises ``ValueError`` for a naive time, an empty session, units below 1, an unknown kind of event.
    """
    start, end = _bounds(session)
    recorded = [_checked(event) for event in events]
    if session.cancelled:
        return Day("CANCELLED", 0, 0, 0, 0)
    standing = _standing(recorded)
    if any(event.kind == "EXCUSE" for event in standing):
        return Day("EXCUSED", 0, 0, session.units, session.units)
    spans = _within(_presence(standing, end, policy), start, end)
    if not spans:
        return Day("ABSENT", 0, 0, session.units, 0)
    return _judged(spans, start, end, session.units, policy)


def tally(days: Iterable[Day], policy: Policy) -> Tally:
    """All days of a run added up; excused units up to the cap, marks turned into absences in DAY mode (rule 7)."""
    listed = list(days)
    scheduled = sum(day.scheduled_units for day in listed)
    attended = sum(day.attended_units for day in listed)
    marks = sum(day.marks for day in listed)
    excused_all = sum(day.attended_units for day in listed if day.status == "EXCUSED")
    cap = policy.excused_cap_units
    excused = excused_all if cap is None else min(excused_all, cap)
    converts = policy.count_by == "DAY" and policy.n_to_absence > 0
    converted = marks // policy.n_to_absence if converts else 0
    return Tally(scheduled, max(0, attended - (excused_all - excused) - converted), marks, converted, excused)


def meets(attended_units: int, scheduled_units: int, percent: int) -> bool:
    """Whether at least ``percent`` of the scheduled units were attended, in whole numbers (rule 8); of none: False.

    Raises ``TypeError`` for anything but ``int``; ``ValueError`` for a negative number, more attended than scheduled,
    or a percentage outside 0 to 100.
    """
    for number in (attended_units, scheduled_units, percent):
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"units and percent are whole numbers, not {type(number).__name__}")
    if not 0 <= attended_units <= scheduled_units or not 0 <= percent <= 100:
        raise ValueError("attended units lie between 0 and the scheduled ones, percent between 0 and 100")
    return scheduled_units > 0 and attended_units * 100 >= percent * scheduled_units


def _bounds(session: Session) -> Span:
    start, end = _second(session.starts_at), _second(session.ends_at)
    if end <= start:
        raise ValueError("a session ends after it starts")
    if session.units < 1:
        raise ValueError("a session has at least one unit")
    return start, end


def _checked(event: Event) -> Event:
    if event.kind not in KINDS:
        raise ValueError(f"unknown kind of event: {event.kind!r}")
    return Event(event.kind, _second(event.at), event.seq, event.voids)


def _second(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("a time without a zone")
    return at.replace(microsecond=0)


def _standing(events: Iterable[Event]) -> list[Event]:
    """What no VOID in force takes back, by time and number; VOIDs are read from the highest number down (rule 2)."""
    taken_back: set[int] = set()
    for event in sorted(events, key=_newest_first, reverse=True):
        if event.kind == "VOID" and event.seq not in taken_back and event.voids is not None:
            taken_back.add(event.voids)
    left = (event for event in events if event.kind != "VOID" and event.seq not in taken_back)
    return sorted(left, key=lambda event: (event.at, event.seq, event.kind))


def _newest_first(event: Event) -> tuple[int, int]:
    return event.seq, -1 if event.voids is None else event.voids


def _presence(events: Sequence[Event], end: datetime, policy: Policy) -> list[Span]:
    """When somebody was there (rule 3); without a check-out where one is required, never."""
    spans: list[Span] = []
    since: datetime | None = None
    checked_out = True
    for event in events:
        if event.kind in OPENS:
            since, checked_out = (event.at if since is None else since), False
        elif event.kind in CLOSES:
            checked_out = checked_out or event.kind == "OUT"
            if since is not None:
                spans.append((since, event.at))
                since = None
    if policy.checkout_required and not checked_out:
        return []
    return spans if since is None else [*spans, (since, end)]


def _within(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The spans cut to the session, empty ones left out, touching ones joined (rule 4)."""
    kept: list[Span] = []
    for entry, leave in spans:
        entry, leave = max(entry, start), min(leave, end)
        if entry >= leave:
            continue
        if kept and kept[-1][1] == entry:
            kept[-1] = (kept[-1][0], leave)
        else:
            kept.append((entry, leave))
    return kept


def _judged(spans: Sequence[Span], start: datetime, end: datetime, units: int, policy: Policy) -> Day:
    """Marks, seconds and units of somebody who was there (rules 5 and 6)."""
    lateness, earliness = _seconds(start, spans[0][0]), _seconds(spans[-1][1], end)
    late = lateness > 0 and lateness >= policy.late_after_min * 60
    early = earliness > policy.early_before_min * 60
    out = len(spans) > 1
    present_s = sum(_seconds(*span) for span in spans)
    present_s += (0 if late else lateness) + (0 if early else earliness)
    length = _seconds(start, end)
    if policy.count_by == "DAY" and present_s * WHOLE_BP < policy.min_ratio_bp * length:
        return Day("ABSENT", 0, present_s, units, 0)
    status = "LATE" if late else "EARLY" if early else "OUT" if out else "PRESENT"
    attended = units if policy.count_by == "DAY" else present_s * units // length
    return Day(status, late + early + out, present_s, units, attended)


def _seconds(start: datetime, end: datetime) -> int:
    span = end - start
    return span.days * 86_400 + span.seconds
