"""Who completed a run: attendance, required assessments, no open case. Pure; surveys are never a condition."""

from collections.abc import Mapping
from dataclasses import dataclass

from college.attendance import Tally, meets


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment; ``pass_mark`` and scores are whole hundredths of a point."""

    code: str
    pass_mark: int
    required: bool = True


@dataclass(frozen=True, slots=True)
class CompletionPolicy:
    """The conditions of a run, frozen when it is published."""

    version: str
    attendance_percent: int = 80
    assessments: tuple[Assessment, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """``reasons`` says what is missing: ``attendance``, ``assessment:<code>``, ``open_case``; empty when completed."""

    completed: bool
    reasons: tuple[str, ...]


def judge(
    tally: Tally, scores: Mapping[str, int | None], policy: CompletionPolicy, open_case: bool = False
) -> Judgement:
    """The decision on one person, with its reasons in the order of the policy.

    A missing score is not a pass. Raises ``TypeError`` for a score that is no ``int``.
    """
    attended = meets(tally.attended_units, tally.scheduled_units, policy.attendance_percent)
    failed = [
        f"assessment:{assessment.code}"
        for assessment in policy.assessments
        if assessment.required and not _passed(scores.get(assessment.code), assessment.pass_mark)
    ]
    reasons = ([] if attended else ["attendance"]) + failed + (["open_case"] if open_case else [])
    return Judgement(not reasons, tuple(reasons))


def _passed(score: int | None, pass_mark: int) -> bool:
    if score is None:
        return False
    if isinstance(score, bool) or not isinstance(score, int):
        raise TypeError(f"a score is whole hundredths of a point, not {type(score).__name__}")
    return score >= pass_mark
