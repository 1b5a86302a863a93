"""The conditions of a support programme as data: caps, rates, stages, clocks. Pure; won, basis points, days.

The defaults are the plan's cap of 100 million won for an edition and the figures of Seoul's conference support of 2025.
A programme keeps them as JSON, every award a copy of what held when it was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from portal.core.amounts import WHOLE_BP, check_natural, check_share_bp


@dataclass(frozen=True, slots=True)
class SupportPolicy:
    """``advance_bp`` is the share paid before the event, ``support_rate_bp`` the share of recognised cost that is borne.

    ``required_onsite`` and ``required_foreign`` are what an award promises unless its call says otherwise; ``pay_table``
    what a shortfall costs (``turnout.pay_rate_bp``). Where people are required they come from ``min_countries`` at least
    and on ``min_days``: an event that was shorter or less international than that is paid nothing by its turnout.
    """

    cap: int = 100_000_000
    support_rate_bp: int = 7_000
    advance_bp: int = 5_000
    move_bp: int = 2_000
    report_days: int = 30
    hearing_days: int = 10
    guarantee: bool = False
    required_onsite: int = 100
    required_foreign: int = 50
    min_countries: int = 3
    min_days: int = 2
    pay_table: tuple[tuple[int, int], ...] = ((10_000, 10_000), (9_000, 9_000), (8_000, 8_000), (0, 0))

    def __post_init__(self) -> None:
        check_natural(
            cap=self.cap,
            move_bp=self.move_bp,
            report_days=self.report_days,
            hearing_days=self.hearing_days,
            required_onsite=self.required_onsite,
            required_foreign=self.required_foreign,
            min_countries=self.min_countries,
            min_days=self.min_days,
        )
        check_share_bp(support_rate_bp=self.support_rate_bp, advance_bp=self.advance_bp)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> SupportPolicy:
        """The policy kept as JSON; what it does not say is the default. Raises ``ValueError`` for an unknown figure."""
        unknown = stored.keys() - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"no figures of a support policy: {', '.join(sorted(unknown))}")
        figures = dict(stored)
        if "pay_table" in figures:
            figures["pay_table"] = tuple((at_least, pay) for at_least, pay in figures["pay_table"])
        return cls(**figures)

    def stored(self) -> dict[str, Any]:
        """Every figure, as JSON keeps it."""
        return {**asdict(self), "pay_table": [list(row) for row in self.pay_table]}

    def advance(self, amount: int) -> int:
        """What of an award of ``amount`` won is paid before the event."""
        return amount * self.advance_bp // WHOLE_BP
