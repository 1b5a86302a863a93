"""From score sheets to a ranking, in exact fractions: pure, repeatable without a database. The rules are those of
``rank``; a wrong input is refused, never repaired."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import lcm

from portal.core import lottery

WHOLE_WEIGHT_BP = 10_000
COMBINE = ("mean", "trimmed_mean", "median")
PASS_ON = ("base", "total")
LEAST_TRIM = 3
_NAMED_TIE_BREAKS = ("base", "bonus", "lottery")


class InvalidScores(ValueError):
    """The sheets, criteria or rule contradict themselves; the message says how."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One item of a sheet. Counted weights are positive and add up to 10,000; an item not counted has weight 0."""

    code: str
    max_points: int
    weight_bp: int
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one evaluator gave one application: 0 to ``max_points`` by criterion code; null or absent: abstained."""

    evaluator: str
    application: str
    scores: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """How sheets become an order; frozen with the call."""

    combine: str = "mean"
    trim_from: int = 5
    min_sheets: int = 1
    pass_mark: Fraction | None = None
    pass_on: str = "base"  # noqa: S105
    bonus_cap: Fraction | None = None
    tie_break: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """One application in the result. ``tie`` names what separated it from others with the same total."""

    application: str
    place: int | None
    base: Fraction | None
    bonus: Fraction
    total: Fraction | None
    sheets: int
    passed: bool
    tie: str | None


@dataclass(frozen=True, slots=True)
class _File:
    application: str
    sheets: tuple[Sheet, ...]
    base: Fraction
    bonus: Fraction
    total: Fraction


def rank(
    sheets: Iterable[Sheet],
    criteria: Sequence[Criterion],
    rule: Rule | None = None,
    *,
    bonuses: Mapping[str, Fraction] | None = None,
    applications: Sequence[str] | None = None,
    seed: bytes | None = None,
) -> list[Ranked]:
    """Rank the applications by total, then by the tie-break items; equal on all of them, they share a place.

    A sheet's total is out of 100 over the counted items it scored, so an abstention costs nobody; a sheet without a
    counted score is no sheet. Fewer than ``min_sheets``: no place, last. Raises ``InvalidScores``.
    """
    rule, given, bonuses = rule or Rule(), list(sheets), dict(bonuses or {})
    by_code = _check_criteria(criteria)
    _check_rule(rule, by_code, seed)
    keys = _check_sheets(given, by_code, applications)
    _check_bonuses(bonuses, keys, rule)
    counted = [criterion for criterion in criteria if criterion.counted]
    unit = lcm(*(criterion.max_points for criterion in counted))
    held: dict[str, list[Sheet]] = {key: [] for key in keys}
    for sheet in given:
        if any(sheet.scores.get(criterion.code) is not None for criterion in counted):
            held[sheet.application].append(sheet)
    files, unranked = [], []
    for key in sorted(keys):
        bonus = _capped(bonuses.get(key, 0), rule.bonus_cap)
        if len(held[key]) < rule.min_sheets:
            unranked.append(Ranked(key, None, None, bonus, None, len(held[key]), False, None))
            continue
        base = _base(held[key], counted, unit, rule)
        files.append(_File(key, tuple(held[key]), base, bonus, base + bonus if bonus else base))
    return _placed(files, by_code, rule, seed) + unranked


def final_base(parts: Iterable[tuple[int, Fraction]]) -> Fraction:
    """The base over several stages: Σ share × base ÷ 10,000, shares in basis points adding up to 10,000.

    Raises ``InvalidScores`` for shares that do not. The bonus is added once, by ``rank`` of the last stage.
    """
    listed = list(parts)
    if sum(share for share, _ in listed) != WHOLE_WEIGHT_BP:
        raise InvalidScores("stage shares do not add up to 10,000")
    return sum((share * Fraction(base) for share, base in listed), Fraction(0)) / WHOLE_WEIGHT_BP


def rank_finals(
    bases: Mapping[str, Fraction],
    criteria: Sequence[Criterion],
    rule: Rule,
    sheets: Iterable[Sheet] = (),
    *,
    bonuses: Mapping[str, Fraction] | None = None,
    seed: bytes | None = None,
) -> list[Ranked]:
    """Rank by bases combined over several stages (``final_base``); ``sheets`` of the last stage serve the tie-break.

    Only applications with a base are ranked. Errors as in ``rank``.
    """
    given, bonuses = [sheet for sheet in sheets if sheet.application in bases], dict(bonuses or {})
    by_code = _check_criteria(criteria)
    _check_rule(rule, by_code, seed)
    _check_sheets(given, by_code, list(bases))
    _check_bonuses(bonuses, set(bases), rule)
    held: dict[str, list[Sheet]] = {key: [] for key in bases}
    for sheet in given:
        held[sheet.application].append(sheet)
    files = []
    for key, base in sorted(bases.items()):
        bonus = _capped(bonuses.get(key, 0), rule.bonus_cap)
        files.append(_File(key, tuple(held[key]), Fraction(base), bonus, base + bonus))
    return _placed(files, by_code, rule, seed)


def _placed(files: Sequence[_File], by_code: Mapping[str, Criterion], rule: Rule, seed: bytes | None) -> list[Ranked]:
    """Order the files and give the places 1, 1, 3."""
    order = _order(files, by_code, rule, seed)
    listed = sorted(files, key=lambda file: (order[file.application], file.application))
    # How many share each beginning of a key: what stands alone is told apart. Comparing pairs would take minutes for 10,000.
    sharing = Counter(order[file.application][:depth] for file in files for depth in range(1, len(rule.tie_break) + 2))
    result: list[Ranked] = []
    for _, group in groupby(listed, key=lambda file: order[file.application]):
        place = len(result) + 1
        result += [
            Ranked(
                application=file.application,
                place=place,
                base=file.base,
                bonus=file.bonus,
                total=file.total,
                sheets=len(file.sheets),
                passed=_passes(file, rule),
                tie=_tie(order[file.application], sharing, rule),
            )
            for file in group
        ]
    return result


type _Key = tuple[int | str, ...]


def _order(files: Sequence[_File], by_code: Mapping[str, Criterion], rule: Rule, seed: bytes | None) -> dict[str, _Key]:
    """By application, smaller is better: the total, then each tie-break item."""
    columns: list[Sequence[int | str]] = [_whole([file.total for file in files])]
    for item in rule.tie_break:
        if item in by_code:
            columns.append(_whole([_item_score(file.sheets, by_code[item], rule) for file in files]))
        elif item == "lottery":
            columns.append([lottery.ticket(seed or b"", file.application) for file in files])
        else:
            columns.append(_whole([file.base if item == "base" else file.bonus for file in files]))
    return {file.application: key for file, key in zip(files, zip(*columns, strict=True), strict=True)}


def _whole(values: Sequence[Fraction | None]) -> list[int]:
    """The values in whole numbers that keep their order, the highest first; null, scored by nobody, is last.

    Ten thousand fractions compared and hashed as such take seconds; over one denominator they are whole numbers.
    """
    unit = lcm(*{value.denominator for value in values if value is not None})
    scaled = [None if value is None else value.numerator * (unit // value.denominator) for value in values]
    least = min((value for value in scaled if value is not None), default=0)
    return [1 - least if value is None else -value for value in scaled]


def _tie(own: _Key, sharing: Mapping[_Key, int], rule: Rule) -> str | None:
    """The first item by which, with those before it, a file is told from all who have its total."""
    if sharing[own[:1]] == 1:
        return None
    for depth, item in enumerate(rule.tie_break, start=2):
        if sharing[own[:depth]] == 1:
            return item
    return "shared"


def _passes(file: _File, rule: Rule) -> bool:
    if rule.pass_mark is None:
        return True
    return (file.base if rule.pass_on == PASS_ON[0] else file.total) >= rule.pass_mark


def _base(sheets: Sequence[Sheet], counted: Sequence[Criterion], unit: int, rule: Rule) -> Fraction:
    """The sheets' totals combined, each 100 × Σ(weight × score ÷ max) ÷ Σ(weight) over the counted items it scored.

    Counted in whole numbers over one denominator, ``unit`` being a multiple of every maximum; made a fraction once.
    """
    totals = [_sheet_total(sheet, counted, unit) for sheet in sheets]
    weight = lcm(*{weight for _reached, weight in totals})
    reached, number = _combine([reached * (weight // own) for reached, own in totals], rule)
    return Fraction(100 * reached, unit * weight * number)


def _sheet_total(sheet: Sheet, counted: Iterable[Criterion], unit: int) -> tuple[int, int]:
    """Σ(weight × score × unit ÷ max) and Σ(weight) over the counted items the sheet scored."""
    reached = weight = 0
    for criterion in counted:
        score = sheet.scores.get(criterion.code)
        if score is not None:
            reached += criterion.weight_bp * score * (unit // criterion.max_points)
            weight += criterion.weight_bp
    return reached, weight


def _item_score(sheets: Iterable[Sheet], criterion: Criterion, rule: Rule) -> Fraction | None:
    given = (sheet.scores.get(criterion.code) for sheet in sheets)
    scores = [score for score in given if score is not None]
    if not scores:
        return None
    reached, number = _combine(scores, rule)
    return Fraction(reached, criterion.max_points * number)


def _combine(values: Sequence[int], rule: Rule) -> tuple[int, int]:
    """The sum of the values that count by the rule, and how many they are: their mean is the combined value."""
    if rule.combine == "median":
        ordered, middle = sorted(values), len(values) // 2
        kept = ordered[middle : middle + 1] if len(ordered) % 2 else ordered[middle - 1 : middle + 1]
        return sum(kept), len(kept)
    if rule.combine == "trimmed_mean" and len(values) >= rule.trim_from:
        return sum(values) - max(values) - min(values), len(values) - 2
    return sum(values), len(values)


def _capped(bonus: Fraction | int, cap: Fraction | None) -> Fraction:
    return Fraction(bonus) if cap is None else min(Fraction(bonus), Fraction(cap))


def _check_criteria(criteria: Sequence[Criterion]) -> dict[str, Criterion]:
    by_code = {criterion.code: criterion for criterion in criteria}
    if len(by_code) != len(criteria):
        raise InvalidScores("a criterion code comes twice")
    for criterion in criteria:
        if not _is_int(criterion.max_points) or criterion.max_points < 1:
            raise InvalidScores(f"{criterion.code}: max_points is no positive whole number")
        weight = criterion.weight_bp
        if not _is_int(weight) or weight < 0 or (weight > 0) != criterion.counted:
            raise InvalidScores(f"{criterion.code}: a counted weight is positive, one not counted is 0")
    if sum(criterion.weight_bp for criterion in criteria) != WHOLE_WEIGHT_BP:
        raise InvalidScores("counted weights do not add up to 10,000")
    return by_code


def _check_rule(rule: Rule, by_code: Mapping[str, Criterion], seed: bytes | None) -> None:
    if rule.combine not in COMBINE or rule.pass_on not in PASS_ON:
        raise InvalidScores("unknown way to combine or to pass")
    if not _is_int(rule.trim_from) or rule.trim_from < LEAST_TRIM:
        raise InvalidScores("trimming starts at three sheets or more")
    if not _is_int(rule.min_sheets) or rule.min_sheets < 1:
        raise InvalidScores("min_sheets is at least 1")
    for item in rule.tie_break:
        if item not in by_code and item not in _NAMED_TIE_BREAKS:
            raise InvalidScores(f"unknown tie-break item {item}")
    if "lottery" in rule.tie_break and "lottery" not in by_code and seed is None:
        raise InvalidScores("a lottery needs its seed")
    for bound in (rule.pass_mark, rule.bonus_cap):
        if bound is not None and not _is_exact(bound):
            raise InvalidScores("pass mark and bonus cap are exact numbers")


def _check_sheets(
    sheets: Iterable[Sheet], by_code: Mapping[str, Criterion], applications: Sequence[str] | None
) -> set[str]:
    """The keys of all applications ranked."""
    listed = set(applications or ())
    if applications is not None and len(listed) != len(applications):
        raise InvalidScores("an application is listed twice")
    most = {code: criterion.max_points for code, criterion in by_code.items()}
    pairs: set[tuple[str, str]] = set()
    for sheet in sheets:
        if applications is not None and sheet.application not in listed:
            raise InvalidScores(f"a sheet for {sheet.application}, which is not listed")
        if (sheet.evaluator, sheet.application) in pairs:
            raise InvalidScores(f"two sheets of {sheet.evaluator} for {sheet.application}")
        pairs.add((sheet.evaluator, sheet.application))
        for code, score in sheet.scores.items():
            # Most scores are plain and in range; only the others are looked at again, to say what is wrong.
            if type(score) is not int or code not in most or not 0 <= score <= most[code]:
                _check_score(code, score, by_code)
    return listed | {application for _, application in pairs}


def _check_score(code: str, score: int | None, by_code: Mapping[str, Criterion]) -> None:
    if code not in by_code:
        raise InvalidScores(f"unknown criterion {code}")
    if score is None:
        return
    if not _is_int(score) or not 0 <= score <= by_code[code].max_points:
        raise InvalidScores(f"{code}: a score is a whole number from 0 to {by_code[code].max_points}")


def _check_bonuses(bonuses: Mapping[str, Fraction], keys: set[str], rule: Rule) -> None:
    for application, bonus in bonuses.items():
        if application not in keys:
            raise InvalidScores(f"a bonus for {application}, which is not listed")
        if not _is_exact(bonus) or bonus < 0:
            raise InvalidScores("a bonus is an exact number, not negative")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_exact(value: object) -> bool:
    return isinstance(value, Fraction) or _is_int(value)
