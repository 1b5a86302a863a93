"""Who really came, and what that is worth. Pure.

Source: thresholds and pay table of Seoul's conference support of 2025, as the defaults of a policy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.core.amounts import WHOLE_BP, check_natural

DOMESTIC, FOREIGN = "DOMESTIC", "FOREIGN"
ONSITE, ONLINE = "ONSITE", "ONLINE"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One scan: who, of which origin, on site or on-line, on which day (ISO), from which country (ISO 3166)."""

    person: str
    origin: str
    mode: str
    day: str
    country: str = "KR"

    def __post_init__(self) -> None:
        if self.origin not in (DOMESTIC, FOREIGN) or self.mode not in (ONSITE, ONLINE):
            raise ValueError(f"unknown origin or mode of a check-in: {self.origin}, {self.mode}")


@dataclass(frozen=True, slots=True)
class TurnoutPolicy:
    """What is asked of an event. ``domestic_per_foreign``: so many residents count for each guest from abroad.

    ``pay_table``: (at least, pays) in basis points of what was required and of the award.
    """

    domestic_per_foreign: int = 1
    min_onsite: int = 100
    min_foreign: int = 50
    min_countries: int = 3
    min_days: int = 2
    pay_table: tuple[tuple[int, int], ...] = ((10_000, 10_000), (9_000, 9_000), (8_000, 8_000), (0, 0))


@dataclass(frozen=True, slots=True)
class Turnout:
    """Distinct people; countries and days of those on site alone."""

    onsite: int
    domestic: int
    foreign: int
    recognised: int
    online: int
    countries: int
    days: int


def turnout(checkins: Iterable[CheckIn], policy: TurnoutPolicy) -> Turnout:
    """Counts people, not scans: on site beats on-line, and the first scan of that kind says the origin.

    Recognised are guests from abroad and, for each of them, so many residents as the policy allows.
    """
    onsite: dict[str, CheckIn] = {}
    everybody, countries, days = set(), set(), set()
    for one in checkins:
        everybody.add(one.person)
        if one.mode == ONSITE:
            onsite.setdefault(one.person, one)
            countries.add(one.country)
            days.add(one.day)
    foreign = sum(one.origin == FOREIGN for one in onsite.values())
    domestic = len(onsite) - foreign
    recognised = foreign + min(domestic, policy.domestic_per_foreign * foreign)
    return Turnout(len(onsite), domestic, foreign, recognised, len(everybody) - len(onsite), len(countries), len(days))


def pay_rate_bp(required: int, actual: int, table: Sequence[tuple[int, int]]) -> int:
    """What part of the award, in basis points, is paid for so many of those required: the first row that is reached.

    Raises ``ValueError`` for a negative number, ``TypeError`` for one that is not whole.
    """
    check_natural(required=required, actual=actual)
    return next((pays for at_least, pays in table if actual * WHOLE_BP >= at_least * required), 0)
