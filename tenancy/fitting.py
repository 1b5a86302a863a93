"""Which rooms fit a need, and in which order a company wants them. Pure; verified facts only, wishes strike nothing out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

TOO_FEW_SEATS = "too_few_seats"
TOO_SMALL = "too_small"
NOT_ACCESSIBLE = "not_accessible"
OTHER_HUB = "other_hub"
NOT_FREE = "not_free"
OUT_OF_SERVICE = "out_of_service"


@dataclass(frozen=True, slots=True)
class Room:
    """A unit as far as fitting goes; ``key`` names it in proof files, ``free`` says: for the whole term asked for."""

    key: str
    code: str
    hub: str
    seats: int
    area_m2: Decimal
    accessible: bool = False
    in_service: bool = True
    free: bool = True


@dataclass(frozen=True, slots=True)
class Wish:
    """One preference: kind UNIT, HUB or SEATS and its value."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The verified need of one company, its wishes in order."""

    seats: int
    hubs: frozenset[str]
    min_area_m2: Decimal | None = None
    accessible: bool = False
    wishes: tuple[Wish, ...] = ()


def why_not(wanted: Wanted, room: Room) -> str | None:
    """The first reason for which the room does not fit; None when it does."""
    if room.hub not in wanted.hubs:
        return OTHER_HUB
    if not room.in_service:
        return OUT_OF_SERVICE
    if room.seats < wanted.seats:
        return TOO_FEW_SEATS
    if wanted.min_area_m2 is not None and room.area_m2 < wanted.min_area_m2:
        return TOO_SMALL
    if wanted.accessible and not room.accessible:
        return NOT_ACCESSIBLE
    return None if room.free else NOT_FREE


def in_order(wanted: Wanted, rooms: Iterable[Room]) -> list[Room]:
    """The fitting rooms, best first: units named, hubs named, seats named, fewest sufficient seats, code, key."""
    units, hubs, seats = (_positions(wanted.wishes, kind) for kind in ("UNIT", "HUB", "SEATS"))
    last = len(wanted.wishes)
    return sorted(
        (room for room in rooms if why_not(wanted, room) is None),
        key=lambda room: (
            units.get(room.code, last),
            hubs.get(room.hub, last),
            seats.get(str(room.seats), last),
            room.seats,
            room.code,
            room.key,
        ),
    )


def _positions(wishes: Sequence[Wish], kind: str) -> dict[str, int]:
    return {wish.value: position for position, wish in enumerate(wishes) if wish.kind == kind}
