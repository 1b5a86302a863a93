"""The rules of a run as data: how attendance counts, what completion takes, how seats are answered. Pure.

A run keeps its policy as JSON, frozen when it is published; here it is read, with the defaults of the design.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from college.attendance import Policy as AttendancePolicy
from college.completion import Assessment, CompletionPolicy
from college.waitingroom import RATE_PER_S
from portal.core.offers import OfferPolicy

_ATTENDANCE = (
    "count_by",
    "late_after_min",
    "early_before_min",
    "min_ratio_bp",
    "n_to_absence",
    "checkout_required",
    "excused_cap_units",
)
_SEATS = ("live_requests", "tenants_first", "pay_within_hours", "counted_hours", "waiting_room", "admit_per_s")
#: How many people a second a waiting room may let in: fewer would take hours, more is beyond any server of ours.
LEAST_PER_S, MOST_PER_S = 10, 1000
_SECTIONS = frozenset({"version", "attendance", "completion", "seats"})


@dataclass(frozen=True, slots=True)
class SeatPolicy:
    """How many live requests a person may have, who comes first, how long a fee may stay unpaid.

    ``waiting_room``: a first-come run opens through one, which lets ``admit_per_s`` people in every second.
    """

    live_requests: int = 3
    tenants_first: bool = False
    pay_within: timedelta = timedelta(hours=72)
    counted_hours: int = 48
    waiting_room: bool = False
    admit_per_s: int = RATE_PER_S

    def offer(self) -> OfferPolicy:
        return OfferPolicy(counted_hours=self.counted_hours)


@dataclass(frozen=True, slots=True)
class RunPolicy:
    """All rules of one run."""

    version: str
    attendance: AttendancePolicy
    completion: CompletionPolicy
    seats: SeatPolicy


def read(data: Mapping[str, Any]) -> RunPolicy:
    """The policy that the JSON of a run says; ``ValueError`` for an unknown part or a value that cannot be."""
    unknown = data.keys() - _SECTIONS
    if unknown:
        raise ValueError(f"a policy has no part {', '.join(sorted(unknown))}")
    version = str(data.get("version", "1"))
    return RunPolicy(version, _attendance(data), _completion(data, version), _seats(data))


def _attendance(data: Mapping[str, Any]) -> AttendancePolicy:
    return AttendancePolicy(**_known(data.get("attendance", {}), _ATTENDANCE))


def _completion(data: Mapping[str, Any], version: str) -> CompletionPolicy:
    given = _known(data.get("completion", {}), ("attendance_percent", "assessments"))
    percent = int(given.get("attendance_percent", 80))
    if not 0 <= percent <= 100:
        raise ValueError("attendance_percent lies between 0 and 100")
    assessments = tuple(
        Assessment(str(each["code"]), int(each["pass_mark"]), bool(each.get("required", True)))
        for each in given.get("assessments", ())
    )
    return CompletionPolicy(version, percent, assessments)


def _seats(data: Mapping[str, Any]) -> SeatPolicy:
    given = _known(data.get("seats", {}), _SEATS)
    admit_per_s = int(given.get("admit_per_s", RATE_PER_S))
    if not LEAST_PER_S <= admit_per_s <= MOST_PER_S:
        raise ValueError(f"admit_per_s lies between {LEAST_PER_S} and {MOST_PER_S}")
    return SeatPolicy(
        int(given.get("live_requests", 3)),
        bool(given.get("tenants_first", False)),
        timedelta(hours=int(given.get("pay_within_hours", 72))),
        int(given.get("counted_hours", 48)),
        bool(given.get("waiting_room", False)),
        admit_per_s,
    )


def _known(section: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    unknown = section.keys() - set(names)
    if unknown:
        raise ValueError(f"a policy has no {', '.join(sorted(unknown))}")
    return dict(section)
