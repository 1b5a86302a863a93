"""Three tiers of disclosure: what of a frozen snapshot everybody may read, what only the City, auditors and the manager may.

Totals, multiples, rates, costs and decisions are public. Write-downs and values by sector are shown in cells of at least
three companies, and never so that a total gives a held-back cell away. Names and prices are not in it at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from fund.disclosure import LEAST, held_back
from fund.figures import FIGURES

PUBLIC, CITY = "public", "city"


def value_of(content: Mapping[str, Any], code: str) -> Any:
    """A figure of the snapshot as it stands there: whole number, fraction in text, rate, day, or None."""
    figures, answers = content["figures"], content["given"]["answers"]
    if code in answers:
        return answers[code]["yes"]
    if code == "city_share":
        total = figures["committed_total"]
        return f"{figures['committed_city']}/{total}" if total else None
    if FIGURES[code].unit == "rate":
        rate = content["rates"].get(code)
        return rate["rate"] if rate and rate["annualised"] else None
    return figures[code]


def fraction(value: str | None) -> Fraction | None:
    """An exact fraction from its text."""
    return None if value is None else Fraction(value)


def sectors(content: Mapping[str, Any], tier: str) -> list[tuple[str, int | None, int | None, int | None]]:
    """By sector companies, invested and carried; the public reads no cell of fewer than three companies."""
    rows = content["sectors"]
    hidden = _hidden({(row[0], "all"): row[1] for row in rows}) if tier == PUBLIC else set()
    return [
        (sector, None, None, None) if (sector, "all") in hidden else (sector, companies, invested, carried)
        for sector, companies, invested, carried in rows
    ]


def write_downs(content: Mapping[str, Any], tier: str) -> list[tuple[str, str, int | None, int | None]]:
    """By sector and reason companies and amounts, held back in the same way."""
    rows = content["write_downs"]
    hidden = _hidden({(row[0], row[1]): row[2] for row in rows}) if tier == PUBLIC else set()
    return [
        (sector, reason, None, None) if (sector, reason) in hidden else (sector, reason, companies, amount)
        for sector, reason, companies, amount in rows
    ]


def _hidden(companies: Mapping[tuple[str, str], int]) -> set[tuple[str, str]]:
    """Cells held back. The total of all is always public, so what is held back is two cells or more, of three companies
    or more together, unless nothing else is left.
    """
    hidden = {(row, column) for row, column in held_back(companies) if row is not None and column is not None}
    shown = sorted((number, cell) for cell, number in companies.items() if cell not in hidden and number)
    while hidden and shown and (len(hidden) < 2 or sum(companies[cell] for cell in hidden) < LEAST):
        hidden.add(shown.pop(0)[1])
    return hidden


def disclosed(content: Mapping[str, Any], tier: str) -> dict[str, Any]:
    """The snapshot as a reader of this tier may have it; the public gets neither flows nor figures by sub-fund."""
    made = {
        "programme": content["programme"],
        "as_of": content["as_of"],
        "known_at": content["known_at"],
        "queries": content["queries"],
        "method": content["method"],
        "policy": content["given"]["policy"],
        "answers": content["given"]["answers"],
        "figures": {code: value_of(content, code) for code in FIGURES},
        "rates": {name: content["rates"][name]["status"] for name in ("fund_net", "city_net", "fund_gross")},
        "history": content["history"],
        "bridge": content["bridge"],
        "sectors": [list(row) for row in sectors(content, tier)],
        "write_downs": [list(row) for row in write_downs(content, tier)],
    }
    if tier != PUBLIC:
        made |= {"sub_funds": content["sub_funds"], "apart": content.get("apart", []), "runs": content["runs"]}
    return made
