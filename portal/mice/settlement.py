"""What of an organiser's spending counts, and what an award comes to. Pure; won, dates, basis points.

Source: the award's conditions (교부조건) and the agreement; interest on what was paid is returned in every case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.amounts import WHOLE_BP, check_natural, check_share_bp


@dataclass(frozen=True, slots=True)
class Settlement:
    """``binding``: what decided the final amount (award, cap, recognised or tariff; the first of them on a tie).

    ``repayment`` holds the interest; so paid + balance − (repayment − interest) = final.
    """

    final: int
    balance: int
    repayment: int
    binding: str
    interest: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice: category (비목), supply and VAT in won, when it was paid, the SHA-256 of its evidence in hex."""

    code: str
    supply: int
    vat: int
    vat_reclaimable: bool
    paid_on: date
    evidence: str


@dataclass(frozen=True, slots=True)
class Rules:
    """``period`` is half-open; ``budget`` by category; ``move_bp``: how far a category may pass its budget; ``seen``:
    the evidence of other awards."""

    period: tuple[date, date]
    budget: Mapping[str, int]
    move_bp: int = 2000
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cut:
    """What a line lost and why; lines count from 1."""

    line: int
    reason: str
    amount: int


@dataclass(frozen=True, slots=True)
class Recognition:
    """``total`` and the amounts of the cuts make supply + VAT of all lines."""

    total: int
    cuts: tuple[Cut, ...]


def settle(
    award: int,
    cap_left: int,
    recognised: int,
    support_rate_bp: int,
    tariff: int | None = None,
    paid: int = 0,
    interest: int = 0,
) -> Settlement:
    """The final amount, and what is still to be paid or returned.

    ``cap_left`` is what the cap leaves for this award without counting it. Raises ``TypeError`` for what is not a whole
    number, ``ValueError`` for a negative one or a rate above 10,000.
    """
    check_natural(award=award, cap_left=cap_left, recognised=recognised, paid=paid, interest=interest)
    check_share_bp(support_rate_bp=support_rate_bp)
    limits = {"award": award, "cap": cap_left, "recognised": recognised * support_rate_bp // WHOLE_BP}
    if tariff is not None:
        check_natural(tariff=tariff)
        limits["tariff"] = tariff
    binding = min(limits, key=lambda name: limits[name])
    final = limits[binding]
    return Settlement(final, max(final - paid, 0), max(paid - final, 0) + interest, binding, interest)


def recognise(lines: Sequence[Line], rules: Rules) -> Recognition:
    """What of the lines counts, in order. The first of these cuts a whole line: its evidence was seen before, also in a
    line above that was cut (duplicate); its category is not the award's (category); paid outside the period (period).
    Then VAT that is reclaimed (vat), then what passes the category's budget by more than may be moved (over).

    Raises ``TypeError`` for an amount that is not whole, ``ValueError`` for a negative one.
    """
    check_natural(move_bp=rules.move_bp, **{f"budget of {code}": amount for code, amount in rules.budget.items()})
    room = {code: amount + amount * rules.move_bp // WHOLE_BP for code, amount in rules.budget.items()}
    seen, cuts, total = set(rules.seen), list[Cut](), 0
    for number, line in enumerate(lines, start=1):
        check_natural(supply=line.supply, vat=line.vat)
        reason = _whole_line(line, rules, seen)
        seen.add(line.evidence)
        if reason:
            cuts.append(Cut(number, reason, line.supply + line.vat))
            continue
        left = line.supply + (0 if line.vat_reclaimable else line.vat)
        counted = min(left, room[line.code])
        room[line.code] -= counted
        total += counted
        lost = {"vat": line.supply + line.vat - left, "over": left - counted}
        cuts += [Cut(number, why, amount) for why, amount in lost.items() if amount]
    return Recognition(total, tuple(cuts))


def _whole_line(line: Line, rules: Rules, seen: set[str]) -> str:
    """The first rule by which the whole line does not count, or nothing."""
    if line.evidence in seen:
        return "duplicate"
    if line.code not in rules.budget:
        return "category"
    start, end = rules.period
    return "" if start <= line.paid_on < end else "period"
