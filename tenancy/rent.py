"""Rent, VAT, credits and interest in whole won: exact fractions, one rounding per line. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from portal.core.periods import month_parts

ROUNDINGS = ("won", "ten_won", "half_up")
VAT_MODES = ("NONE", "ADD", "INSIDE")
WHOLE_BP = 10_000
DAYS_IN_YEAR = 365

_ROUNDING_WORDS = {
    "ko": {"won": "원 미만 버림", "ten_won": "10원 미만 버림", "half_up": "원 미만 반올림"},
    "en": {"won": "won dropped", "ten_won": "below 10 won dropped", "half_up": "to the nearest won"},
}


_COUNTED = {"SEAT": ("석", " seats"), "PERSON": ("명", " people")}


@dataclass(frozen=True, slots=True)
class Line:
    """The rent of one calendar month; ``exact`` is the amount before its one rounding."""

    month: date
    start: date
    end: date
    area_m2: Decimal
    rate_won_per_m2: int
    days: int
    days_in_month: int
    bp: int
    exact: Fraction
    amount: int
    rounding: str


@dataclass(frozen=True, slots=True)
class Vat:
    """Supply value and VAT apart; their sum is ``total``."""

    supply: int
    vat: int

    @property
    def total(self) -> int:
        return self.supply + self.vat


def charge(
    area_m2: Decimal, rate_won_per_m2: int, start: date, end: date, rounding: str = "won"
) -> list[tuple[date, int]]:
    """(month's first day, won) for each month ``[start, end)`` touches.

    Area × rate × days in the period ÷ days in that month, rounded once: ``"won"`` drops below one won, ``"ten_won"``
    below ten, ``"half_up"`` goes to the nearest. Raises ``ValueError`` for an end before the start, a negative area or
    rate, an unknown rounding; ``TypeError`` for a float.
    """
    return [(line.month, line.amount) for line in lines(area_m2, rate_won_per_m2, start, end, rounding)]


def lines(
    area_m2: Decimal, rate_won_per_m2: int, start: date, end: date, rounding: str = "won", *, bp: int = WHOLE_BP
) -> list[Line]:
    """As ``charge``, with all that its sum in words needs; ``bp`` raises the rate (holding over)."""
    _check(area_m2, rate_won_per_m2, start, end, rounding)
    full = Fraction(area_m2) * rate_won_per_m2 * bp / WHOLE_BP
    result = []
    for part in month_parts(start, end):
        exact = full * part.days / part.days_in_month
        amount = rounded(exact, rounding)
        result.append(
            Line(
                month=part.month,
                start=part.start,
                end=part.end,
                area_m2=Decimal(area_m2),
                rate_won_per_m2=rate_won_per_m2,
                days=part.days,
                days_in_month=part.days_in_month,
                bp=bp,
                exact=exact,
                amount=amount,
                rounding=rounding,
            )
        )
    return result


def in_words(line: Line, language: str = "ko", basis: str = "AREA") -> str:
    """How the amount came about: ``20.00㎡ × 5,000원 × 9일/31일 = 29,032.25… → 29,032원(원 미만 버림)``.

    ``basis`` says what the quantity counts: AREA square metres, SEAT seats, PERSON people; FLAT shows no quantity.
    """
    korean = language.startswith("ko")
    won = (lambda text: f"{text}원") if korean else (lambda text: f"KRW {text}")
    terms = [*_quantity(line.area_m2, basis, korean=korean), won(f"{line.rate_won_per_m2:,}")]
    if line.bp != WHOLE_BP:
        terms.append(f"{_percent(line.bp)}%")
    if line.days != line.days_in_month:
        terms.append(f"{line.days}일/{line.days_in_month}일" if korean else f"{line.days}/{line.days_in_month} days")
    text = f"{' × '.join(terms)} = "
    if line.exact == line.amount:
        return text + won(f"{line.amount:,}")
    rounding = _ROUNDING_WORDS["ko" if korean else "en"][line.rounding]
    space = "" if korean else " "
    return f"{text}{two_decimals(line.exact)} → {won(f'{line.amount:,}')}{space}({rounding})"


def _quantity(amount: Decimal, basis: str, *, korean: bool) -> list[str]:
    if basis in _COUNTED:
        korean_word, english_word = _COUNTED[basis]
        return [f"{amount.to_integral_value():,}{korean_word if korean else english_word}"]
    return [] if basis == "FLAT" else [f"{amount:,}㎡"]


def vat(amount: int, mode: str) -> Vat:
    """Supply and VAT of ``amount`` won: NONE; ADD, floor of supply × 10 %; INSIDE, floor of total × 10 ÷ 110.

    Raises ``ValueError`` for an unknown mode or a negative amount.
    """
    if amount < 0:
        raise ValueError("VAT is of an amount that is not negative")
    if mode == "NONE":
        return Vat(amount, 0)
    if mode == "ADD":
        return Vat(amount, amount * 10 // 100)
    if mode == "INSIDE":
        inside = amount * 10 // 110
        return Vat(amount - inside, inside)
    raise ValueError(f"unknown VAT mode {mode}")


def credit(
    billed: int, area_m2: Decimal, rate_won_per_m2: int, used_from: date, used_to: date, rounding: str = "won"
) -> int:
    """What a month billed as ``billed`` is reduced by when only ``[used_from, used_to)`` was used: billed − recomputed.

    Raises ``ValueError`` when the days used come to more than was billed, and as ``charge``.
    """
    due = sum(amount for _, amount in charge(area_m2, rate_won_per_m2, used_from, used_to, rounding))
    if due > billed:
        raise ValueError("the days used cost more than was billed")
    return billed - due


def holdover(area_m2: Decimal, rate_won_per_m2: int, holdover_bp: int, days: int, days_in_month: int) -> int:
    """Won for ``days`` of one month held over: area × rate × bp ÷ 10,000 × days ÷ days in the month, won dropped."""
    if isinstance(area_m2, float):
        raise TypeError("an area is a Decimal, not a float")
    if not 0 <= days <= days_in_month:
        raise ValueError("more days than the month has")
    return rounded(Fraction(area_m2) * rate_won_per_m2 * holdover_bp / WHOLE_BP * days / days_in_month, "won")


def late_interest(open_amount: int, bp: int, days: int) -> int:
    """Won of interest on ``open_amount`` after ``days``: floor(open × bp × days ÷ 3,650,000), bp a year."""
    if open_amount < 0 or bp < 0 or days < 0:
        raise ValueError("interest is on what is open, for days that have passed")
    return open_amount * bp * days // (WHOLE_BP * DAYS_IN_YEAR)


def interest_in_words(open_amount: int, bp: int, days: int, language: str = "ko") -> str:
    """How the interest came about: ``100,000원 × 5% × 30일/365일 = 410.95… → 410원(원 미만 버림)``."""
    korean = language.startswith("ko")
    exact, amount = Fraction(open_amount * bp * days, WHOLE_BP * DAYS_IN_YEAR), late_interest(open_amount, bp, days)
    won = (lambda text: f"{text}원") if korean else (lambda text: f"KRW {text}")
    part = f"{days}일/{DAYS_IN_YEAR}일" if korean else f"{days}/{DAYS_IN_YEAR} days"
    text = f"{won(f'{open_amount:,}')} × {_percent(bp)}% × {part} = "
    if exact == amount:
        return text + won(f"{amount:,}")
    rounding = _ROUNDING_WORDS["ko" if korean else "en"]["won"]
    return f"{text}{two_decimals(exact)} → {won(f'{amount:,}')}{'' if korean else ' '}({rounding})"


def rounding_words(rounding: str, language: str = "ko") -> str:
    """How an amount was rounded: ``원 미만 버림``."""
    return _ROUNDING_WORDS["ko" if language.startswith("ko") else "en"][rounding]


def rounded(exact: Fraction, rounding: str) -> int:
    """Whole won of an exact amount that is not negative."""
    if rounding == "half_up":
        exact += Fraction(1, 2)
    whole = exact.numerator // exact.denominator
    return whole // 10 * 10 if rounding == "ten_won" else whole


def two_decimals(exact: Fraction) -> str:
    """As people read it: ``29,032.25…``, the dots where digits were left out."""
    hundredths, rest = divmod(exact.numerator * 100, exact.denominator)
    return f"{hundredths // 100:,}.{hundredths % 100:02d}{'…' if rest else ''}"


def _percent(bp: int) -> str:
    return f"{bp // 100}" if bp % 100 == 0 else f"{bp // 100}.{bp % 100:02d}"


def _check(area_m2: Decimal, rate: int, start: date, end: date, rounding: str) -> None:
    if isinstance(area_m2, bool) or not isinstance(area_m2, Decimal | int):
        raise TypeError("an area is a Decimal")
    if isinstance(rate, bool) or not isinstance(rate, int):
        raise TypeError("a rate is whole won")
    if any(isinstance(day, datetime) or not isinstance(day, date) for day in (start, end)):
        raise TypeError("start and end are dates")
    if not Decimal(area_m2).is_finite() or area_m2 < 0 or rate < 0:
        raise ValueError("area and rate are not negative")
    if end < start:
        raise ValueError("end is before start")
    if rounding not in ROUNDINGS:
        raise ValueError(f"unknown rounding {rounding}")
