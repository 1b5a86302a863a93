"""Things of which there are only so many: seats, budgets, shares.

One rule: a conditional ``UPDATE … SET taken = taken + n WHERE taken + n <= capacity`` decides the race, and a ``CHECK``
on the table makes overselling impossible for whoever goes around this module. Count first, insert second: a duplicate
insert that is dropped after the count would eat a place.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet


def take(rows: QuerySet[Any], *, counter: str, capacity: str, n: int = 1) -> bool:
    """Take ``n`` from the one row of ``rows``; False when fewer than ``n`` are left.

    ``counter`` and ``capacity`` are column names. Raises ``ValueError`` for ``n`` below 1.
    """
    _check(n)
    return rows.filter(**{f"{counter}__lte": F(capacity) - n}).update(**{counter: F(counter) + n}) == 1


def give_back(rows: QuerySet[Any], *, counter: str, n: int = 1) -> bool:
    """Return ``n`` to the one row of ``rows``; False when fewer than ``n`` had been taken."""
    _check(n)
    return rows.filter(**{f"{counter}__gte": n}).update(**{counter: F(counter) - n}) == 1


def _check(n: int) -> None:
    if n < 1:
        raise ValueError(f"a scarce thing is moved in whole positive numbers, not {n}")
