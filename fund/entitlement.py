"""What carry the manager would hold had the whole fund been shared by its European terms: the other side of a clawback. Pure.

Source: ILPA Principles 3.0 on clawback (whole fund, after later calls and losses); the tiers are those of ``fund.waterfall``.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from fund.waterfall import Flow, Terms, distribute
from portal.core.amounts import check_natural

#: More than any account can be owed: the first two tiers then show all that it is owed.
_ENDLESS = 10**30


def entitled(terms: Terms, flows: Sequence[Flow], nav: int, on: date) -> int:
    """The carry due on ``on`` if ``nav`` were paid out that day, in minor units.

    Every past payment, carry included, runs again through the European tiers on its own day; carry given back lowers
    the payment that passed it on. What partners then still lack of capital and preferred return comes off. Raises
    ``ValueError`` for a negative ``nav`` and whatever ``distribute`` refuses.
    """
    check_natural(nav=nav)
    european = replace(terms, waterfall="european")
    past = _again(european, flows)
    carry = sum(flow.amount for flow in past if flow.kind == "carry")
    last = distribute(european, past, nav, on)
    paid = [Flow(on, "distribution", last.lp_total)] if last.lp_total else []
    owed = distribute(european, [*past, *paid], _ENDLESS, on)
    lacking = owed.lines[0].lp + owed.lines[1].lp
    return max(0, carry + last.gp_total - lacking)


def _again(european: Terms, flows: Sequence[Flow]) -> list[Flow]:
    past: list[Flow] = []
    returned = 0
    for day, rows in groupby(sorted(flows, key=lambda flow: flow.on), key=lambda flow: flow.on):
        sums = {"contribution": 0, "distribution": 0, "carry": 0, "carry_returned": 0}
        for row in rows:
            sums[row.kind] += row.amount
        if sums["contribution"]:
            past.append(Flow(day, "contribution", sums["contribution"]))
        returned += sums["carry_returned"]
        pool = max(0, sums["distribution"] + sums["carry"] - returned)
        returned -= sums["distribution"] + sums["carry"] - pool
        shared = distribute(european, past, pool, day)
        past += [
            Flow(day, kind, amount)
            for kind, amount in (("distribution", shared.lp_total), ("carry", shared.gp_total))
            if amount
        ]
    return past
